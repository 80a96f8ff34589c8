"""The crawl as an asset, and what is wrong with it as checks: never mistaken for a quiet night."""

from collections.abc import Iterable, Iterator

import dagster as dg
from pydantic import Field

from pipelines.crawl import TroubleKind
from pipelines.crawl.report import CrawlReport, SourceReport
from pipelines.runs import crawl as crawling
from pipelines.runs.context import House
from pipelines.settings import Settings

_MOST_LISTED = 200
# A report that is not there is the agency's doing until someone finds that it is ours.
_OF_THE_AGENCY = frozenset({TroubleKind.MISSING_YEAR})


class ChosenSources(dg.Config):
    """Which sources to crawl."""

    sources: list[str] = Field(default=[], description="ids of sources; none: every one")


@dg.asset(
    group_name="archive",
    kinds={"python", "scrapy"},
    description="Reports as the websites of their agencies publish them: listings read, documents "
    "and their attachments fetched, what was replaced, moved or taken away noted.",
)
def crawled_documents(
    context: dg.AssetExecutionContext, config: ChosenSources, house: dg.ResourceParam[House]
) -> dg.MaterializeResult[None]:
    if house.settings.crawl_contact is None and not config.sources:
        # Whoever only takes in files has no websites to ask.
        return dg.MaterializeResult(metadata={"not_crawled": str(crawling.NoContact())})
    sources = crawling.chosen_sources(house.settings, config.sources)

    def tell(report: SourceReport) -> None:
        context.log.info(line_of(report))

    report = crawling.crawl(house.settings, sources, house.progress, tell)
    return dg.MaterializeResult(
        metadata={
            "night": report.night,
            "resumed": report.is_resumed,
            "sources": len(report.sources),
            "in_trouble": len(report.in_trouble),
            **{name: report.total(name) for name in _TOTALS},
            "troubles": dg.MetadataValue.json({str(k): n for k, n in report.troubles.items()}),
            "report": dg.MetadataValue.md(_markdown(report)),
        }
    )


_TOTALS = (
    "listing_pages", "reports", "requests", "bytes", "new", "replaced", "returned", "moved",
    "gone", "unlisted", "unchanged", "known", "troubled",
)  # fmt: skip


def line_of(report: SourceReport) -> str:
    """A source in one line."""
    outcomes = ", ".join(f"{n} {name}" for name, n in report.documents if n)
    troubles = f"; {report.troubles_total} troubles" if report.troubles_total else ""
    return f"{report.source}: {report.reports} reports listed: {outcomes or 'none'}{troubles}"


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            "every_source_was_read",
            asset=crawled_documents,
            description="No challenge, error page, dead link or empty listing stood in the place of"
            " what was asked for.",
        ),
        dg.AssetCheckSpec(
            "no_year_is_missing",
            asset=crawled_documents,
            description="Every year that should be listed is.",
        ),
    ],
    name="crawl_checks",
)
def crawl_checks(settings: dg.ResourceParam[Settings]) -> Iterator[dg.AssetCheckResult]:
    report = crawling.last_report(settings) if settings.crawl_contact else None
    if report is not None and not report.sources:
        # Whoever looked at nothing has found nothing to be in order.
        report = None
    for name, is_agency, severity in (
        ("every_source_was_read", False, dg.AssetCheckSeverity.ERROR),
        ("no_year_is_missing", True, dg.AssetCheckSeverity.WARN),
    ):
        rows = list(_rows(report.sources if report else (), is_agency))
        yield dg.AssetCheckResult(
            asset_key=crawled_documents.key,
            check_name=name,
            passed=report is not None and not rows,
            severity=severity if report is not None else dg.AssetCheckSeverity.WARN,
            description=None if report is not None else "nothing was crawled",
            metadata={
                "troubles": dg.MetadataValue.int(len(rows)),
                "listed": dg.MetadataValue.table(rows[:_MOST_LISTED])
                if rows
                else dg.MetadataValue.null(),
            },
        )


def _rows(reports: Iterable[SourceReport], is_agency: bool) -> Iterator[dg.TableRecord]:
    for report in reports:
        for trouble in report.troubles:
            if (trouble.kind in _OF_THE_AGENCY) is is_agency:
                yield dg.TableRecord(
                    {
                        "source": report.source,
                        "kind": str(trouble.kind),
                        "address": trouble.address,
                        "detail": trouble.detail,
                    }
                )


def _markdown(report: CrawlReport) -> str:
    """The sources as a table: those in trouble first."""
    names = ("listing_pages", "reports", "requests", "troubles_total")
    lines = ["| source | listing pages | reports | requests | troubles |", "|---|---|---|---|---|"]
    ranked = sorted(report.sources, key=lambda r: (-r.troubles_total, r.source))
    for told in ranked[:_MOST_LISTED]:
        cells = (told.source, *(f"{getattr(told, name):,}" for name in names))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def of_sources(names: Iterable[str]) -> dict[str, object]:
    """The run config that makes the crawl take these sources."""
    return {crawled_documents.op.name: {"config": {"sources": list(names)}}}
