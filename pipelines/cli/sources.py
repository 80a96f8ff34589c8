"""`ogi sources`: the records of the websites that are crawled."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.crawl import SourcesArgument, draw_troubles
from pipelines.cli.terminal import console_of, settings_of_process
from pipelines.domain import OgiError

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.crawl.report import LookReport

app = typer.Typer(
    no_args_is_help=True,
    help="The websites that are crawled: list their records, try them, add one.",
)

_MOST_SHOWN = 60


class SourcesFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


@app.command(name="list")
def list_sources(
    output: Annotated[
        SourcesFormat, typer.Option("--format", help="json: the records, as a list.")
    ] = SourcesFormat.TABLE,
) -> None:
    """List the records of all sources."""
    import json

    from rich.table import Table

    from pipelines.runs.crawl import chosen_sources
    from pipelines.serve.table_layout import fit_table

    settings = settings_of_process()
    sources = chosen_sources(settings, [])
    if output is SourcesFormat.JSON:
        told = [source.model_dump(mode="json") for source in sources]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    table = Table(title=f"{len(sources)} sources in {settings.sources_dir}", title_justify="left")
    for name in ("source", "family", "whose reports", "from", "verified"):
        table.add_column(name, no_wrap=True)
    table.add_column("start", overflow="fold")
    for source in sources:
        whose = source.agency_id or f"offices of {source.government_id}"
        verified = "yes" if source.verified else "no"
        start = "\n".join(source.start)
        table.add_row(source.id, source.family, whose, str(source.first_year), verified, start)
    console = console_of()
    console.print(fit_table(table, console))


@app.command()
def check(
    sources: SourcesArgument = None,
    output: Annotated[
        SourcesFormat, typer.Option("--format", help="json: one object.")
    ] = SourcesFormat.TABLE,
) -> None:
    """Try sources: read their listings, fetch no document, store nothing.

    Ends 0 when every one lists what it should, 2 when one is in trouble.
    """
    from rich.table import Table

    from pipelines.cli.terminal import progress
    from pipelines.runs.crawl import check as check_them
    from pipelines.runs.crawl import chosen_sources
    from pipelines.serve.table_layout import fit_table

    settings = settings_of_process()
    chosen = chosen_sources(settings, sources or [])
    with progress(len(chosen), "sources") as advance:
        report = check_them(settings, chosen, lambda _: advance(1))
    if output is SourcesFormat.JSON:
        typer.echo(report.model_dump_json(indent=2))
    else:
        table = Table(title="Sources", title_justify="left")
        table.add_column("source", no_wrap=True)
        for name in ("pages", "entries", "reports", "not taken", "troubles"):
            table.add_column(name, justify="right", no_wrap=True)
        for told in report.sources:
            counts = (told.listing_pages, told.entries, told.reports, told.ignored_total)
            numbers = (f"{n:,}" for n in (*counts, told.troubles_total))
            table.add_row(told.source, *numbers)
        console = console_of()
        console.print(fit_table(table, console))
        draw_troubles(report.in_trouble, console)
    if report.in_trouble:
        raise OgiError(f"{len(report.in_trouble)} of {len(report.sources)} sources in trouble")


@app.command()
def add(
    address: Annotated[str, typer.Argument(metavar="URL", help="A page of the website.")],
    *,
    agency: Annotated[
        str | None, typer.Option(metavar="AGENCY_ID", help="Whose reports all of them are.")
    ] = None,
    government: Annotated[
        str | None,
        typer.Option(metavar="AGENCY_ID", help="The government whose offices report there."),
    ] = None,
    source_id: Annotated[
        str | None, typer.Option("--id", help="The record's name; the agency's id if none.")
    ] = None,
    first_year: Annotated[
        int | None, typer.Option(help="The first year expected; the first one listed if none.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="The name of a column of reports; may be repeated.")
    ] = None,
    private: Annotated[
        list[str] | None, typer.Option(help="A host or network that may be private: for tests.")
    ] = None,
    delay: Annotated[float, typer.Option(help="Seconds between two requests.")] = 3.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
) -> None:
    """Look at a website: its family, its columns of reports, what it lists; write its record.

    Ends 2, and writes nothing, where no report is found.
    """
    from pipelines.runs.crawl import look
    from pipelines.runs.source_records import new_source, record_of, write_record

    settings = settings_of_process()
    asked = new_source(
        settings,
        address,
        agency_id=agency,
        government_id=government,
        source_id=source_id,
        columns=tuple(column or ()),
        private_hosts=tuple(private or ()),
        delay_seconds=delay,
    )
    looked = look(settings, asked)
    console = console_of()
    _draw_look(looked, console)
    record = record_of(asked, looked, first_year)
    if dry_run:
        console.print("Nothing written: --dry-run", style="bold")
        return
    file = write_record(settings, record)
    console.print(f"Written: {file}", soft_wrap=True, markup=False)
    console.print("Its record says `verified: false` until someone has compared it with the site.")


def _draw_look(looked: "LookReport", console: "Console") -> None:
    from rich.table import Table

    from pipelines.cli.terminal import print_pairs
    from pipelines.serve.table_layout import fit_table

    rows = [("address", looked.address), ("family", looked.family or "none")]
    rows += [("column", f"{title}: {address}") for title, address in looked.columns]
    if looked.listing is not None:
        told = looked.listing
        rows.append(("listing", f"{told.listing_pages} pages, {told.entries} entries"))
        rows.append(("reports", f"{told.reports}, of {len(looked.years)} years"))
    print_pairs(rows, console)
    if looked.titles:
        table = Table(title="What it would list", title_justify="left")
        table.add_column("title", overflow="fold")
        table.add_column("address", overflow="fold")
        for title, address in looked.titles[:_MOST_SHOWN]:
            table.add_row(title, address)
        console.print(fit_table(table, console))
        if len(looked.titles) > _MOST_SHOWN:
            console.print(f"{_MOST_SHOWN} of {len(looked.titles):,}")
    if looked.listing is not None and looked.listing.ignored:
        table = Table(title="Not taken", title_justify="left")
        for name in ("title", "reason", "word"):
            table.add_column(name, overflow="fold")
        for ignored in looked.listing.ignored[:_MOST_SHOWN]:
            table.add_row(ignored.title, str(ignored.reason), ignored.detail)
        console.print(fit_table(table, console))
    for trouble in looked.troubles:
        text = f"{trouble.kind}: {trouble.address}: {trouble.detail}"
        console.print(text, style="red", markup=False, soft_wrap=True)
