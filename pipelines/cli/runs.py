"""`ogi run` and `ingest`: from files to the release."""

import json
import os
import shlex
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.failures import chosen_failures
from pipelines.cli.interrupts import received_signal
from pipelines.cli.terminal import (
    complain,
    console_of,
    from_here,
    print_pairs,
    settings_of_process,
    steps,
)
from pipelines.domain import OgiError

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.runs.history import RunRecord
    from pipelines.runs.run import RunReport
    from pipelines.settings import Settings
    from pipelines.warehouse.census import Census


class RunFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[
    RunFormat, typer.Option("--format", help="json: one object, the run's report.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]


def run(
    inputs: Annotated[
        list[Path] | None,
        typer.Option("--input", metavar="FOLDER", help="A folder of documents; may be repeated."),
    ] = None,
    accept_failures: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DOCUMENT",
            help="A failed document that does not count in this run's rate of failures, as `ogi"
            " failed` lists it: the beginning of its SHA-256, or its address. May be repeated;"
            " `all` for all that it lists.",
        ),
    ] = None,
    output: FormatOption = RunFormat.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Take the inbox, and any folder given, all the way to a release.

    Documents are archived, read, loaded and checked, and the release is published. Ends 0 when
    that is done: findings and documents that failed are in its report. Ends 2 when it could not
    be done or the release was blocked.
    """
    from pipelines.runs.history import RunRecord

    settings = settings_of_process()
    inbox = [settings.inbox_dir] if settings.inbox_dir.is_dir() else []
    if inputs:
        _require_file(inputs)
    else:
        _require_document(settings)
    accepted = chosen_failures(accept_failures, settings) if accept_failures else ()
    record = RunRecord("ogi run", accepted_failures=accepted)
    _run([*inbox, *(inputs or [])], settings, record, output, quiet=quiet)


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files and folders.", readable=False)
    ],
    output: FormatOption = RunFormat.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Take files and folders all the way to a release; ends as `ogi run` does."""
    from pipelines.runs.history import RunRecord

    _require_file(paths)
    _run(paths, settings_of_process(), RunRecord("ogi ingest"), output, quiet=quiet)


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


def to_release(
    paths: Sequence[Path],
    settings: "Settings",
    record: "RunRecord",
    *,
    sources: Sequence[str] | None = None,
    quiet: bool = False,
) -> "RunReport":
    """Take files, and with `sources` websites, all the way; `record` is kept in the history. The
    steps are shown on stderr, unless `quiet`.

    Raises:
        OgiError: it could not be done.
    """
    # Libraries warn developers of what may change in them; for that there are the tests.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    _writable(settings)
    from expectations.evaluation import evaluate
    from pipelines.runs.run import run as run_all

    try:
        with steps(quiet=quiet) as on_progress:
            return run_all(
                paths,
                settings,
                evaluate,
                sources=sources,
                on_progress=on_progress,
                record=record,
                is_interrupted=lambda: received_signal() is not None,
            )
    finally:
        _notify(record, settings)


def _notify(record: "RunRecord", settings: "Settings") -> None:
    from pipelines.runs.failure_notice import notify_failure
    from pipelines.runs.history import RunOutcome

    if record.outcome in (RunOutcome.FAILED, RunOutcome.BLOCKED):
        try:
            notify_failure(settings, record.outcome, record.reasons, record.run_id)
        except OgiError as error:
            complain(str(error))


def _run(
    paths: Sequence[Path],
    settings: "Settings",
    record: "RunRecord",
    output: RunFormat,
    *,
    quiet: bool,
) -> None:
    report = to_release(paths, settings, record, quiet=quiet)
    if output is RunFormat.JSON:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
    elif not quiet:
        tell_run(report, settings)
    refuse_blocked(report)


def refuse_blocked(report: "RunReport") -> None:
    """Check that the release was not blocked.

    Raises:
        OgiError: it was; the message has every reason.
    """
    if reasons := report.record.reasons:
        raise OgiError("release blocked: " + "; ".join(reasons))


def _as_json(report: "RunReport") -> dict[str, Any]:
    """The run's line of the history, with what it could not read and the findings by rule."""
    from pipelines.runs.history import as_json

    return {
        **as_json(report.record),
        "release": str(report.published_file) if report.published_file else None,
        "failed_documents": [{"address": a, "reason": reason} for a, reason in report.failed],
        "unreadable_paths": [{"path": p, "reason": reason} for p, reason in report.unreadable],
        "findings_by_rule": report.counts.findings,
    }


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
    from pipelines.runs.history import RunOutcome

    console = console_of()
    record = report.record
    is_unchanged = record.outcome is RunOutcome.UNCHANGED
    if is_unchanged:
        console.print(f"Nothing new: {record.known:,} file(s) are known, the release is current.")
    release = report.published_file
    failed = f"{record.read_failed:,}" if record.read_failed else "none"
    rows = [
        ("files" if report.crawl else "documents", f"{record.new:,} new, {record.known:,} known"),
        ("failed now", failed),
        *exceptional_rows(record),
        ("in the warehouse", census_line(report.counts)),
        ("facts", f"{report.counts.facts:,}"),
        ("findings", f"{sum(report.counts.findings.values()):,}"),
        ("release", _outcome(report)),
        *(("blocked by", reason) for reason in record.reasons),
        ("warehouse", str(release.absolute()) if release else "none yet"),
        ("took", f"{record.seconds:.1f} s"),
    ]
    print_pairs(rows, console)
    if not is_unchanged:
        _tell_refused(report, console)
        _tell_findings(report.counts.findings, console)
    console.print("\nTry next:", style="bold")
    for command in _next_commands(report, settings):
        # Not wrapped: each is there to be copied.
        console.print(f"  {command}", markup=False, soft_wrap=True)


def exceptional_rows(record: "RunRecord") -> list[tuple[str, str]]:
    """What few runs have: documents read again, failures accepted."""
    rows = []
    if record.read_again:
        cells = "cells cannot be compared"
        if record.changed_cells is not None:
            cells = f"{record.changed_cells:,} cells changed"
        rows.append(("read again", f"{record.read_again:,} documents, by a new parser: {cells}"))
    if accepted := len(record.accepted_failures):
        rows.append(("accepted", f"{accepted:,} failures, which may not block the release"))
    return rows


def _outcome(report: "RunReport") -> str:
    if not report.record.reasons:
        return str(report.record.outcome)
    return "blocked; the one before it stays" if report.published_file else "blocked"


def _tell_refused(report: "RunReport", console: "Console") -> None:
    for heading, refused, total in (
        ("Failed, archived with the reason:", report.failed, report.record.read_failed),
        ("Nothing could be taken from:", report.unreadable, len(report.unreadable)),
    ):
        if refused:
            console.print(f"\n{heading}", style="bold red")
        for path, reason in refused:
            told = reason.removeprefix(f"{path}: ")
            console.print(f"  {path}: {told}", markup=False, soft_wrap=True)
        if total > len(refused):
            console.print(f"  and {total - len(refused):,} more: `ogi failed` lists them")


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
    if report.record.reasons or report.published_file is None:
        return [f"{program} failed", f"{program} status", f"{program} run --help"]
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


def census_line(counts: "Census") -> str:
    """How many documents a warehouse has, by outcome."""
    return (
        f"{counts.documents:,} documents: {counts.reports:,} reports, "
        f"{counts.not_a_report:,} no reports, {counts.failed:,} failed"
    )
