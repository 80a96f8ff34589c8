"""`ogi archive`: whether the archive is whole, and the way out of it and into it as WARC."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.terminal import console_of, print_pairs, settings_of_process, steps

if TYPE_CHECKING:
    from pipelines.archive import Archive
    from pipelines.archive.verify import VerifyReport
    from pipelines.archive.warc.import_ import ImportReport

app = typer.Typer(
    no_args_is_help=True,
    help="Verify the archive, write it to a WARC, and take in WARCs.",
)


class ArchiveFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[ArchiveFormat, typer.Option("--format", help="json: one object.")]


@app.command()
def verify(output: FormatOption = ArchiveFormat.TABLE) -> None:
    """Recompute every sum of the archive.

    What is wrong is one line each, with what mends it. Ends 0 when all is right, 2 otherwise.
    """
    from pipelines.archive.verify import verify as verify_archive

    archive = _archive()
    with steps() as tell:
        report = verify_archive(archive, on_object=lambda done: tell("verify", done, None))
    if output is ArchiveFormat.JSON:
        told = {"archive": archive.address, **asdict(report)}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print_verified(archive, report)
    if report.faults:
        raise typer.Exit(2)


@app.command()
def export(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The WARC to write; packed if it ends in .gz.")
    ],
    source: Annotated[
        str | None, typer.Option(metavar="ID", help="Only what came from this source.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Only from that day (UTC) on."),
    ] = None,
) -> None:
    """Write documents, where they came from and what was seen to a WARC."""
    from pipelines.archive.warc.export import export_warc

    with steps() as tell:
        report = export_warc(
            _archive(),
            file,
            source=source,
            since=since.replace(tzinfo=UTC).date() if since else None,
            on_row=lambda done, total: tell("export", done, total),
        )
    rows = [
        ("file", str(file.absolute())),
        ("documents", f"{report.rows:,}, by address"),
        ("sightings", f"{report.sightings:,}"),
    ]
    print_pairs(rows, console_of())


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="WARCs, packed or plain.")],
    output: FormatOption = ArchiveFormat.TABLE,
) -> None:
    """Take the documents of WARCs into the archive, our own WARCs and those of other crawlers.

    The next `ogi run` reads them. Ends 2 when a file is broken; what is whole in it is taken.
    """
    from pipelines.archive.warc.import_ import import_warcs

    archive = _archive()
    limit = settings_of_process().max_document_bytes
    with steps() as tell:
        report = import_warcs(
            files, archive, max_bytes=limit, on_record=lambda done: tell("import", done, None)
        )
    if output is ArchiveFormat.JSON:
        told = {"archive": archive.address, **asdict(report)}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
    else:
        _print_imported(archive, report)
    if report.broken:
        raise typer.Exit(2)


def _archive() -> "Archive":
    from pipelines.archive import open_archive

    return open_archive(settings_of_process().archive_address)


def _print_verified(archive: "Archive", report: "VerifyReport") -> None:
    rows = [
        ("archive", archive.address),
        ("objects", f"{report.objects:,}, {report.bytes:,} bytes"),
        ("rows", f"{report.rows:,} of the manifest, {report.sightings:,} sightings"),
        ("named by no row", f"{len(report.unnamed):,} (pages of listings are kept so)"),
        ("faults", f"{len(report.faults):,}"),
    ]
    print_pairs(rows, console_of())
    for fault in report.faults:
        typer.echo(f"{fault.address}: {fault.problem}; {fault.remedy}")


def _print_imported(archive: "Archive", report: "ImportReport") -> None:
    rows = [
        ("archive", archive.address),
        ("documents", f"{report.new:,} new, {report.known:,} known"),
        ("rows", f"{report.rows:,} new in the manifest, {report.sightings:,} new sightings"),
        ("passed over", f"{sum(report.passed_over.values()):,}"),
        *((f"  {reason}", f"{count:,}") for reason, count in report.passed_over.items()),
    ]
    print_pairs(rows, console_of())
    for one in report.broken:
        typer.echo(f"{one.file}, at byte {one.offset:,}: {one.problem}", err=True)
