"""`ogi run`, `ingest` and `status`: from files to the release, and where things are."""

import os
import shlex
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.terminal import console_of, from_here, print_pairs, settings_of_process, steps
from pipelines.domain import OgiError

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.runs.run import RunReport
    from pipelines.settings import Settings
    from pipelines.warehouse.census import Census


def run(
    inputs: Annotated[
        list[Path] | None,
        typer.Option("--input", metavar="FOLDER", help="A folder of documents; may be repeated."),
    ] = None,
) -> None:
    """Take the inbox, and any folder given, all the way to a release.

    Documents are archived, read, loaded and checked, and the release is published. Ends 0 when
    that is done: findings and documents that failed are in its report. Ends 2 when it could not
    be done or the release was blocked.
    """
    settings = settings_of_process()
    inbox = [settings.inbox_dir] if settings.inbox_dir.is_dir() else []
    if inputs:
        _require_file(inputs)
    else:
        _require_document(settings)
    _run([*inbox, *(inputs or [])], settings)


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files and folders.", readable=False)
    ],
) -> None:
    """Take files and folders all the way to a release; ends as `ogi run` does."""
    _require_file(paths)
    _run(paths, settings_of_process())


def _require_document(settings: "Settings") -> None:
    """Check that the inbox holds a file or the archive a document: an absent inbox is an empty one,
    and an empty one is normal, unless there is nothing else to publish.

    Raises:
        OgiError: neither does.
    """
    from pipelines.archive import manifest, open_archive, walk

    if next(walk([settings.inbox_dir], skip=None, unreadable=[]), None) is not None:
        return
    if not manifest(open_archive(settings.archive_address)).num_rows:
        raise OgiError(
            f"nothing to publish: the archive holds no document, the inbox {settings.inbox_dir} no"
            " file; put documents there, or name a folder with --input"
        )


def _require_file(paths: Sequence[Path]) -> None:
    """Check that the paths hold a file.

    Raises:
        OgiError: a path does not exist, or they hold no file; the message names it.
    """
    from pipelines.archive import walk

    for path in paths:
        if not path.exists():
            raise OgiError(f"{path}: no such file or folder")
    unreadable: list[tuple[str, str]] = []
    if next(walk(paths, skip=None, unreadable=unreadable), None) is None:
        named = ", ".join(map(str, paths))
        why = unreadable[0][1] if unreadable else "it is empty; hidden files are not read"
        raise OgiError(f"{named}: no file here: {why}")


def status() -> None:
    """Show where things are, what the last release holds, what waits, and what runs by itself."""
    from assets.instance import INBOX, INBOX_EVERY_S, NIGHTLY, NIGHTLY_AT, NIGHTLY_ZONE
    from pipelines.archive import manifest, open_archive
    from pipelines.publish import changes, current_release
    from pipelines.runs.process import parser_version
    from pipelines.warehouse.lake import processed

    settings = settings_of_process()
    archive = open_archive(settings.archive_address)
    archived = set(manifest(archive).column("document_sha256").to_pylist())
    waiting = archived - processed(settings.lake_dir, parser_version())
    inbox = sum(1 for file in settings.inbox_dir.rglob("*") if file.is_file())
    release = current_release(settings.published_file)
    rows = [
        ("home", str(settings.home.absolute())),
        ("archive", f"{archive.address}, {len(archived):,} documents"),
        ("waiting to be read", f"{len(waiting):,} of them, by parser {parser_version()}"),
        ("inbox", f"{settings.inbox_dir.absolute()}, {inbox:,} files"),
        ("nightly schedule", _automation(settings, NIGHTLY, f"{NIGHTLY_AT:%H:%M} {NIGHTLY_ZONE}")),
        ("inbox sensor", _automation(settings, INBOX, f"every {INBOX_EVERY_S} s")),
    ]
    if release is None and settings.published_file.is_file():
        file = settings.published_file.absolute()
        rows.append(("release", f"{file}, unfinished or of another version of this project"))
    elif release is None:
        rows.append(("release", "none yet; `ogi run` makes one"))
    else:
        rows += [
            ("release", f"{settings.published_file.absolute()}, of {release.created_at}"),
            ("made by", f"version {release.version}, release format {release.release_format}"),
            ("documents", _census(release.counts)),
            ("facts", f"{release.counts.facts:,}"),
            ("findings", f"{sum(release.counts.findings.values()):,}"),
            *(
                ("changed", f"{change}; the next `ogi run` or `ogi ingest` publishes it again")
                for change in changes(settings.published_file, release.files)
            ),
        ]
    print_pairs(rows, console_of())


def _automation(settings: "Settings", name: str, times: str) -> str:
    from assets.instance import automation_state

    state = automation_state(settings, name)
    switched = ", as switched in Dagster's pages" if state.is_switched else ""
    if not state.is_on:
        return f"off{switched}"
    return f"on{switched}: {times}, only while `make dev` runs"


def to_release(
    paths: Sequence[Path], settings: "Settings", *, sources: Sequence[str] | None = None
) -> "RunReport":
    """Take files, and with `sources` websites, all the way; the steps are shown on stderr.

    Raises:
        OgiError: it could not be done.
    """
    # Libraries warn developers of what may change in them; for that there are the tests.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    _writable(settings)
    from expectations.evaluation import evaluate
    from pipelines.runs.run import run as run_all

    with steps() as on_progress:
        return run_all(paths, settings, evaluate, sources=sources, on_progress=on_progress)


def _run(paths: Sequence[Path], settings: "Settings") -> None:
    report = to_release(paths, settings)
    tell_run(report, settings)
    if report.blocked:
        raise OgiError("release blocked: " + "; ".join(report.blocked))


def _writable(settings: "Settings") -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OgiError(f"OGI_HOME: {settings.home} cannot be written: {why}") from error


def tell_run(report: "RunReport", settings: "Settings") -> None:
    """What a run did, what there is now, and what to try next."""
    console = console_of()
    if report.nothing_new:
        console.print(f"Nothing new: {report.known:,} file(s) are known, the release is current.")
    release = report.published_file
    failed = f"{report.failed_total:,}" if report.failed_total else "none"
    rows = [
        ("files" if report.crawl else "documents", f"{report.new:,} new, {report.known:,} known"),
        ("failed now", failed),
        ("in the warehouse", _census(report.counts)),
        ("facts", f"{report.counts.facts:,}"),
        ("findings", f"{sum(report.counts.findings.values()):,}"),
        ("release", _outcome(report)),
        *(("blocked by", reason) for reason in report.blocked),
        ("warehouse", str(release.absolute()) if release else "none yet"),
        ("took", f"{report.duration:.1f} s"),
    ]
    print_pairs(rows, console)
    if not report.nothing_new:
        _tell_refused(report, console)
        _tell_findings(report.counts.findings, console)
    console.print("\nTry next:", style="bold")
    for command in _next_commands(report, settings):
        # Not wrapped: each is there to be copied.
        console.print(f"  {command}", markup=False, soft_wrap=True)


def _outcome(report: "RunReport") -> str:
    if not report.blocked:
        return "published"
    return "blocked; the one before it stays" if report.published_file else "blocked"


def _tell_refused(report: "RunReport", console: "Console") -> None:
    for heading, refused, total in (
        ("Failed, archived with the reason:", report.failed, report.failed_total),
        ("Nothing could be taken from:", report.unreadable, len(report.unreadable)),
    ):
        if refused:
            console.print(f"\n{heading}", style="bold red")
        for path, reason in refused:
            told = reason.removeprefix(f"{path}: ")
            console.print(f"  {path}: {told}", markup=False, soft_wrap=True)
        if total > len(refused):
            console.print(f"  and {total - len(refused):,} more: reasons are in dim_document")


def _tell_findings(findings: "Mapping[str, int]", console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    from pipelines.forms import load_forms
    from pipelines.serve.drawn import SEVERITY_STYLE
    from pipelines.serve.table_layout import fit_table

    if not findings:
        return
    rules = load_forms().rules
    table = Table(title="Findings by rule", title_justify="left")
    table.add_column("severity", no_wrap=True)
    table.add_column("rule", no_wrap=True)
    table.add_column("meaning")
    table.add_column("findings", justify="right", no_wrap=True)
    for rule, number in findings.items():
        severity = rules[rule].severity.value
        told = Text(severity, style=SEVERITY_STYLE[severity])
        table.add_row(told, rule, rules[rule].label_en, f"{number:,}")
    console.print()
    console.print(fit_table(table, console))


def _next_commands(report: "RunReport", settings: "Settings") -> list[str]:
    """Three commands that work from here, with this home and a document of this warehouse."""
    home = f"OGI_HOME={shlex.quote(str(settings.home))} " if "OGI_HOME" in os.environ else ""
    program = home + shlex.quote(from_here(Path(sys.argv[0])))
    columns = "agency_name, report_year, requests_received, grant_rate"
    commands = [f'{program} query "SELECT {columns} FROM agency_years LIMIT 10"']
    # After a block a query would answer from the release before it.
    if report.blocked or report.published_file is None:
        return [f"{program} status", f"{program} read --help", f"{program} check --help"]
    from pipelines.serve.database import connect

    with connect(report.published_file) as con:
        row = con.execute(
            "SELECT first_address FROM dim_document WHERE outcome = 'report'"
            " ORDER BY document_sha256 NOT IN"
            " (SELECT document_sha256 FROM fct_findings WHERE kind = 'filing'), first_address"
        ).fetchone()
    if row is not None and Path(row[0]).is_file():
        commands.append(f"{program} check {shlex.quote(from_here(Path(row[0])))}")
    else:
        commands.append(f'{program} query "FROM dim_rule"')
    if report.counts.documents > report.counts.reports:
        refused = "SELECT first_address, outcome, reason FROM dim_document"
        commands.append(f"{program} query \"{refused} WHERE outcome <> 'report'\"")
    else:
        commands.append(f"{program} status")
    return commands


def _census(counts: "Census") -> str:
    return (
        f"{counts.documents:,} documents: {counts.reports:,} reports, "
        f"{counts.not_a_report:,} no reports, {counts.failed:,} failed"
    )
