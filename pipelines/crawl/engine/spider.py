"""The spider: every source of a night at once, each walked by itself, one request after another."""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from pipelines.crawl.engine.fetch import ScrapyFetcher
from pipelines.crawl.engine.requests import SOURCE
from pipelines.crawl.fetched import Fetcher
from pipelines.crawl.job import CrawlJob
from pipelines.crawl.ledger import Ledger
from pipelines.crawl.report import SourceReport
from pipelines.crawl.source import Source
from pipelines.crawl.terms import Terms
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind
from pipelines.crawl.walk import failed
from pipelines.domain import OgiError

# Between two of these, what was found is kept.
_FLUSH_EVERY_S = 15.0

Walk = Callable[[Source, Fetcher, Terms, Ledger], Any]
Tell = Callable[[SourceReport], None]


class NightSpider(scrapy.Spider):
    """Gives each source its fetcher and hears how it ended. It has no callbacks: what comes back
    from a website goes to the walk that asked for it."""

    name = "ogi-night"

    def __init__(
        self, *, job: CrawlJob, terms: Terms, ledger: Ledger, walk: Walk, tell: Tell
    ) -> None:
        super().__init__()
        self.job = job
        self.ledger = ledger
        self._terms = terms
        self._walk = walk
        self._tell = tell
        self._fetchers: dict[str, ScrapyFetcher] = {}
        self._flushed = time.monotonic()
        self.fault: Exception | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "NightSpider":
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.request_sent, signals.request_reached_downloader)
        crawler.signals.connect(spider.response_came, signals.response_downloaded)
        return spider

    def request_sent(self, request: Request) -> None:
        if (fetcher := self._fetcher_of(request)) is not None:
            fetcher.sent()

    def response_came(self, response: Response, request: Request) -> None:
        if (fetcher := self._fetcher_of(request)) is not None:
            fetcher.came(response)

    async def start(self) -> AsyncIterator[Any]:
        """Walk all sources, so many at once as the job says."""
        places = asyncio.Semaphore(self.job.hosts)
        done = set(self.ledger.memory.finished())
        waiting = [source for source in self.job.sources if source.id not in done]
        try:
            async with asyncio.TaskGroup() as group:
                for source in waiting:
                    group.create_task(self._one(source, places))
        except* (OgiError, OSError) as errors:
            # The archive or the memory is at fault, and no source can go on.
            self.fault = errors.exceptions[0]
        return
        yield

    async def _one(self, source: Source, places: asyncio.Semaphore) -> None:
        async with places:
            fetcher = ScrapyFetcher(self.crawler, source, self.job.limits, _now)
            self._fetchers[source.id] = fetcher
            try:
                report = await self._walk(source, fetcher, self._terms, self.ledger)
            except Troubled as error:
                report = failed(source, error.trouble, fetcher.traffic())
            except (OgiError, OSError):
                raise
            except Exception as error:  # one source never ends the night
                self.logger.exception("source %s", source.id)
                detail = f"{type(error).__name__}: {error}"
                trouble = Trouble(TroubleKind.OWN_FAULT, source.start[0], detail)
                report = failed(source, trouble, fetcher.traffic())
        self._tell(report)
        if time.monotonic() - self._flushed >= _FLUSH_EVERY_S:
            self.ledger.flush()
            self._flushed = time.monotonic()

    def _fetcher_of(self, request: Request) -> ScrapyFetcher | None:
        source: Source | None = request.meta.get(SOURCE)
        return self._fetchers.get(source.id) if source is not None else None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
