"""A night from its first request to its report."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from scrapy.crawler import CrawlerProcess

from pipelines.crawl.engine.settings import scrapy_settings
from pipelines.crawl.engine.spider import NightSpider, Walk
from pipelines.crawl.fetched import Fetcher
from pipelines.crawl.job import CrawlJob, LookJob
from pipelines.crawl.ledger import Ledger, Vault
from pipelines.crawl.looking import look_at
from pipelines.crawl.memory import Memory
from pipelines.crawl.report import CrawlReport, LookReport, SourceReport
from pipelines.crawl.source import Source
from pipelines.crawl.terms import Terms
from pipelines.crawl.walk import look as look_only
from pipelines.crawl.walk import walk
from pipelines.crawl.words import load_words
from pipelines.domain import OgiError
from pipelines.forms import load_forms


def crawl(
    job: CrawlJob,
    vault: Vault,
    memory: Memory,
    on_source: Callable[[SourceReport], None] = lambda _: None,
) -> CrawlReport:
    """Walk every source of the job; a night that was broken off goes on where it was. `on_source`
    hears of each source when it is done.

    Raises:
        OgiError: the archive or the memory cannot be written.
        OSError: the same.
    """
    is_resumed = memory.begin(dt.datetime.now(dt.UTC))
    ledger = Ledger(vault, memory)
    before = {
        source: SourceReport.model_validate(report) for source, report in memory.finished().items()
    }
    reports = {s.id: before[s.id] for s in job.sources if s.id in before}

    def tell(report: SourceReport) -> None:
        reports[report.source] = report
        on_source(report)

    _run(job, ledger, _look_only if job.listings_only else walk, tell)
    ledger.flush()
    if broken_off := [source.id for source in job.sources if source.id not in reports]:
        raise OgiError(
            f"broken off before {len(broken_off)} of {len(job.sources)} sources were done"
            f" ({broken_off[0]}); the next crawl goes on there"
        )
    memory.end(dt.datetime.now(dt.UTC))
    return CrawlReport(
        night=memory.night,
        began_at=memory.began_at,
        ended_at=dt.datetime.now(dt.UTC),
        is_resumed=is_resumed,
        sources=tuple(reports[source.id] for source in job.sources if source.id in reports),
    )


def look(job: LookJob, vault: Vault, memory: Memory) -> LookReport:
    """Look at a website that nobody has a record of.

    Raises:
        OgiError: as `crawl`.
    """
    memory.begin(dt.datetime.now(dt.UTC))
    found: list[LookReport] = []

    async def looking(
        source: Source, fetcher: Fetcher, terms: Terms, _: Ledger
    ) -> SourceReport | None:
        found.append(await look_at(source, fetcher, terms))
        return found[0].listing

    night = CrawlJob(
        sources=(job.source,),
        until_year=job.until_year,
        contact=job.contact,
        limits=job.limits,
    )
    faults: list[SourceReport] = []
    _run(night, Ledger(vault, memory), looking, faults.append)
    if not found:
        raise OgiError(f"{job.source.start[0]}: {faults[0].troubles[0].detail}")
    return found[0]


async def _look_only(
    source: Source, fetcher: Fetcher, terms: Terms, ledger: Ledger
) -> SourceReport:
    report, _, _ = await look_only(source, fetcher, terms)
    return report


def _run(job: CrawlJob, ledger: Ledger, walking: Walk, tell: Callable[[Any], None]) -> None:
    terms = Terms(
        words=load_words(),
        lexicon=load_forms().lexicon,
        limits=job.limits,
        until_year=job.until_year,
        recheck_days=job.recheck_days,
        now=dt.datetime.now(dt.UTC),
    )
    process = CrawlerProcess(scrapy_settings(job))
    crawler = process.create_crawler(NightSpider)
    process.crawl(crawler, job=job, terms=terms, ledger=ledger, walk=walking, tell=tell)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, NightSpider):
        raise OgiError("Scrapy did not start; its log says why")
    if spider.fault is not None:
        raise spider.fault
