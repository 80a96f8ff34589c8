"""`ogi crawl`: the websites of the sources, all the way to a release."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.runs import refuse_blocked, tell_run, to_release
from pipelines.cli.terminal import console_of, print_pairs, settings_of_process, steps
from pipelines.domain import OgiError

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.crawl.report import CrawlReport, SourceReport
    from pipelines.runs.run import RunReport

_MOST_TROUBLES = 40
_NEWS = ("new", "replaced", "returned", "moved", "gone", "unlisted")


class CrawlFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


SourcesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help="Ids of sources; none: every one.", show_default=False),
]


def crawl(
    sources: SourcesArgument = None,
    archive_only: Annotated[
        bool, typer.Option("--archive-only", help="End when the documents are archived.")
    ] = False,
    last: Annotated[
        bool, typer.Option("--last", help="Crawl nothing: show what the last crawl told.")
    ] = False,
    output: Annotated[
        CrawlFormat, typer.Option("--format", help="json: the crawl's report, whole.")
    ] = CrawlFormat.TABLE,
) -> None:
    """Crawl the websites of the sources, and take what is new all the way to a release.

    Records of sources are in data/reference/sources, or in the folder that OGI_SOURCES names. A
    crawl that was broken off goes on where it was. Ends 0 when it is done: troubles of websites
    are in its report. Ends 2 when it could not be done or the release was blocked.
    """
    from pipelines.runs.crawl import chosen_sources, contact_of, last_report
    from pipelines.runs.crawl import crawl as crawl_them
    from pipelines.runs.history import RunRecord

    settings = settings_of_process()
    run: RunReport | None = None
    if last:
        report = last_report(settings)
        if report is None:
            raise OgiError(f"{settings.crawl_dir}: there was no crawl yet")
        _draw_or_print(report, output)
        return
    # Before anything is begun.
    contact_of(settings)
    chosen = chosen_sources(settings, sources or [])
    if not chosen:
        raise OgiError(
            f"{settings.sources_dir}: no source has a record; `ogi sources add` makes one"
        )
    if archive_only:
        with steps() as on_progress:
            report = crawl_them(settings, chosen, on_progress)
    else:
        run = to_release([], settings, RunRecord("ogi crawl"), sources=sources or [])
        report = run.crawl
        if output is CrawlFormat.TABLE:
            tell_run(run, settings)
    if report is None:
        raise OgiError("the crawl left no report")
    _draw_or_print(report, output)
    if run is not None:
        refuse_blocked(run)


def _draw_or_print(report: "CrawlReport", output: CrawlFormat) -> None:
    if output is CrawlFormat.JSON:
        typer.echo(report.model_dump_json(indent=2))
    else:
        draw_crawl(report, console_of())


def draw_crawl(report: "CrawlReport", console: "Console") -> None:
    """The night in numbers, its sources in trouble, and what is wrong there."""
    took = (report.ended_at - report.began_at).total_seconds()
    news = ", ".join(f"{report.total(name):,} {name}" for name in _NEWS if report.total(name))
    known = f"{report.total('known'):,} as listed before, {report.total('unchanged'):,} unchanged"
    ignored = f"{report.total('ignored_total'):,} near a report, {report.total('others'):,} others"
    pages, requests = report.total("listing_pages"), report.total("requests")
    rows = [
        ("crawl", f"night {report.night}, {took:.0f} s" + ", resumed" * report.is_resumed),
        ("sources", f"{len(report.sources):,}, {len(report.in_trouble):,} of them in trouble"),
        (
            "listings",
            f"{pages:,} pages, {report.total('reports'):,} reports",
        ),
        ("documents", f"{news or 'no news'}; {known}"),
        ("not taken", ignored),
        (
            "requests",
            f"{requests:,}, {report.total('not_modified'):,} not modified",
        ),
        ("bytes", f"{report.total('bytes'):,}"),
    ]
    print_pairs(rows, console)
    draw_troubles(report.in_trouble, console)


def draw_troubles(sources: "Sequence[SourceReport]", console: "Console") -> None:
    """What is wrong, source by source."""
    from rich.table import Table

    from pipelines.serve.table_layout import fit_table

    told = [(source.source, trouble) for source in sources for trouble in source.troubles]
    if not told:
        return
    table = Table(title="Troubles", title_justify="left")
    for name in ("source", "kind"):
        table.add_column(name, no_wrap=True)
    table.add_column("address", overflow="fold")
    table.add_column("detail", overflow="fold")
    for source, trouble in told[:_MOST_TROUBLES]:
        table.add_row(source, str(trouble.kind), trouble.address, trouble.detail)
    console.print(fit_table(table, console))
    total = sum(source.troubles_total for source in sources)
    if total > _MOST_TROUBLES:
        console.print(f"{min(_MOST_TROUBLES, len(told))} of {total:,}; all of them: --format json")
