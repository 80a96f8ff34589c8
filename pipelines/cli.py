"""The command line, the top of the house. Each command imports what it needs and no more."""

import hashlib
import json
import os
import shlex
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from pipelines.domain import OgiError

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

    from assets.run import RunReport
    from pipelines.domain import Finding, Outcome
    from pipelines.process import DocumentRef
    from pipelines.publish import Census
    from pipelines.reference import Registry, Resolution
    from pipelines.serve.check_page import Checked
    from pipelines.settings import Settings

app = typer.Typer(
    name="ogi",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

agencies = typer.Typer(
    no_args_is_help=True,
    help="The agencies that reports named: review those that are not in the registry, accept them.",
)
app.add_typer(agencies, name="agencies")

# Up to this many documents, starting worker processes costs more than they save.
_FEW = 4
# Where nobody watches, tables are as wide as they need to be: nothing is cut.
_UNWATCHED_WIDTH = 200
_MOST_ROWS_DRAWN = 200

RegistryOption = Annotated[
    Path | None,
    typer.Option(
        "--registry", metavar="FOLDER", help="Where agencies.csv is, if not in data/reference."
    ),
]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A document.", readable=False)]


class ReadFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    HTML = "html"


class ReviewFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


class CheckFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    HTML = "html"


class CoverageFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class QueryFormat(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def main() -> None:
    """The entry point: whatever a user can mend is one line on stderr and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
    except OgiError as error:
        _complain(str(error))
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        _complain(f"{error.filename}: {error.strerror}")
        sys.exit(2)
    except Exception:
        # A fault of ours; Python's own status 1 would say that a check has found an error.
        traceback.print_exc()
        sys.exit(2)


@app.callback(invoke_without_command=True)
def ogi(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """A warehouse of China's annual reports on open government information.

    Archive, lake, warehouse and release live under data/ of the project, or in the folder that
    the environment variable OGI_HOME names.
    """
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"ogi {version_of('ogi-warehouse')}")
        raise typer.Exit


@app.command()
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
    settings = _settings()
    inbox = [settings.inbox_dir] if settings.inbox_dir.is_dir() else []
    if not inbox and not inputs:
        raise OgiError(
            f"{settings.inbox_dir}: no inbox here; make it and put documents into it, "
            "or name a folder with --input"
        )
    _run([*inbox, *(inputs or [])], settings)


@app.command()
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files and folders.", readable=False)
    ],
) -> None:
    """Take files and folders all the way to a release; ends as `ogi run` does."""
    _run(paths, _settings())


@app.command()
def read(
    file: FileArgument,
    output: Annotated[
        ReadFormat,
        typer.Option("--format", help="json: the contract `ogi.reading/1`; html: one page."),
    ] = ReadFormat.TABLE,
) -> None:
    """Read one document and print its statutory tables and findings; nothing is stored.

    Ends 0 for a report, 2 with one line on stderr for anything else.
    """
    from pipelines.domain import OutcomeKind

    settings = _settings()
    outcome = _outcome(file, settings)
    if outcome.kind is not OutcomeKind.REPORT:
        raise OgiError(_refusal(outcome))
    audited = (*_audited([outcome])[outcome.document_sha256], *_on_agency(outcome))
    if output is ReadFormat.JSON:
        _print_json(outcome, audited)
    elif output is ReadFormat.HTML:
        _print_page(outcome, audited, settings)
    else:
        _draw_reading(outcome, audited)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Documents.", readable=False)],
    output: Annotated[
        CheckFormat, typer.Option("--format", help="json: one object a line; html: one page.")
    ] = CheckFormat.TABLE,
) -> None:
    """Judge documents by the rules of their form, without a warehouse.

    Ends 0 when there is no finding of severity error, 1 when there is one, 2 when a document is
    no report or cannot be read (the others are judged all the same).
    """
    from pipelines.domain import OutcomeKind, Severity
    from pipelines.serve.check_page import Checked, check_page
    from pipelines.serve.judged import judged

    refused = broken = False
    page: list[Checked] = []
    for outcome, audited in _walk(list(dict.fromkeys(files)), _settings()):
        if outcome.kind is not OutcomeKind.REPORT:
            refused = True
            _complain(_refusal(outcome))
        findings = (*outcome.findings, *audited)
        broken = broken or any(f.severity is Severity.ERROR for f in findings)
        # The page is made at the end; the facts of thousands of documents need not wait for it.
        checked = Checked(replace(outcome, facts=()), tuple(judged(findings)))
        if output is CheckFormat.HTML:
            page.append(checked)
        elif outcome.kind is OutcomeKind.REPORT:
            if output is CheckFormat.JSON:
                _print_json(outcome, audited)
            else:
                _draw_check(checked)
    if output is CheckFormat.HTML:
        from pipelines.forms import load_forms

        typer.echo(check_page(page, load_forms()), nl=False)
    raise typer.Exit(2 if refused else int(broken))


# SQL may begin with a comment, whose dashes are no option.
@app.command(context_settings={"ignore_unknown_options": True})
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT statement.")],
    output: Annotated[
        QueryFormat | None,
        typer.Option("--format", help="table; with --output, what the file's name ends in."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write there, not to stdout.")
    ] = None,
) -> None:
    """Ask the release in SQL; read-only.

    The tables are in schema marts: `ogi query "SHOW TABLES"`, `ogi query "DESCRIBE agency_years"`.
    """
    from pipelines.serve.database import query as ask

    chosen = output or _format_of(file)
    if chosen is QueryFormat.PARQUET and file is None and sys.stdout.isatty():
        raise OgiError("parquet is not for a terminal: name a file with --output")
    answer = ask(_settings().published_file, sql)
    if chosen is QueryFormat.PARQUET:
        import pyarrow.parquet as pq

        pq.write_table(answer, file or sys.stdout.buffer)
        return
    if file is None:
        _write_answer(answer, chosen, sys.stdout)
        return
    with file.open("w", encoding="utf-8", newline="") as out:
        _write_answer(answer, chosen, out)


@app.command()
def evidence(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="SHA-256 of the document.")],
    table: Annotated[str, typer.Argument(metavar="TABLE")],
    row: Annotated[str, typer.Argument(metavar="ROW")],
    column: Annotated[str, typer.Argument(metavar="COLUMN")],
) -> None:
    """Show where one figure is printed: document, page and box or element, and the raw token."""
    from pipelines.serve.origin import evidence as origin_of

    origin = origin_of(_settings().published_file, document, table, row, column)
    typer.echo(json.dumps(origin, ensure_ascii=False, indent=2, default=str))


@agencies.command()
def review(
    output: Annotated[
        ReviewFormat, typer.Option("--format", help="json: a list of objects.")
    ] = ReviewFormat.TABLE,
    registry: RegistryOption = None,
) -> None:
    """List the agencies of the release that are provisional or told by rule, with candidates."""
    from pipelines.serve.unreviewed import unreviewed, unreviewed_table

    rows = list(unreviewed(_settings().published_file, _registry(registry)))
    if output is ReviewFormat.JSON:
        typer.echo(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2))
    elif rows:
        _console().print(unreviewed_table(rows))
    else:
        typer.echo("Every agency of the release is reviewed.")


@agencies.command()
def accept(
    name_or_id: Annotated[
        str, typer.Argument(metavar="NAME_OR_ID", help="As `ogi agencies review` lists it.")
    ],
    agency_id: Annotated[
        str | None,
        typer.Option("--as", metavar="AGENCY_ID", help="Which agency it is: a known one or a new."),
    ] = None,
    registry: RegistryOption = None,
) -> None:
    """Write a reviewed record into the registry, for the next run to find.

    Without --as the agency is the one that place and function tell. With it the name becomes
    another name of the agency of that id or, where there is none, a new record: a region's code
    and a function, `640323-natural-resources`. A name that would still mean others is refused.
    """
    from pipelines.reference import accept_name, write_registry
    from pipelines.serve.unreviewed import names_of

    known = _registry(registry)
    names, year = names_of(_settings().published_file, name_or_id)
    told = agency_id
    for name in names:
        accepted = accept_name(known, name, agency_id=told, year=year)
        known, told = accepted.registry, accepted.agency.agency_id
        typer.echo(f"{name}: {'new' if accepted.is_new else 'a name of'} {told}")
    write_registry(known, registry)


@app.command()
def coverage(
    region: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Of this region and all below it, such as 640323."),
    ] = None,
    year: Annotated[int | None, typer.Option(metavar="YEAR", help="Of one report year.")] = None,
    output: Annotated[
        CoverageFormat, typer.Option("--format", help="csv: one line an agency and year.")
    ] = CoverageFormat.TABLE,
) -> None:
    """Show which reports should exist, by year, and which of them are missing."""
    from pipelines.serve import coverage as served

    found = served.coverage(_settings().published_file, region=region, year=year)
    if output is CoverageFormat.JSON:
        served.write_coverage_json(found, sys.stdout)
    elif output is CoverageFormat.CSV:
        served.write_coverage_csv(found, sys.stdout)
    else:
        served.draw_coverage(found, _console())


@app.command()
def status() -> None:
    """Show where things are, what the last release holds and which documents are waiting."""
    from pipelines.archive import manifest
    from pipelines.load import processed
    from pipelines.process import parser_version
    from pipelines.publish import current_release

    settings = _settings()
    archived = set(manifest(settings.archive_dir).column("document_sha256").to_pylist())
    waiting = archived - processed(settings.lake_dir, parser_version())
    inbox = sum(1 for file in settings.inbox_dir.rglob("*") if file.is_file())
    release = current_release(settings.published_file)
    rows = [
        ("home", str(settings.home.absolute())),
        ("archive", f"{settings.archive_dir.absolute()}, {len(archived):,} documents"),
        ("waiting to be read", f"{len(waiting):,} of them, by parser {parser_version()}"),
        ("inbox", f"{settings.inbox_dir.absolute()}, {inbox:,} files"),
    ]
    if release is None:
        rows.append(("release", "none yet; `ogi run` makes one"))
    else:
        rows += [
            ("release", f"{settings.published_file.absolute()}, of {release.created_at}"),
            ("documents", _census(release.counts)),
            ("facts", f"{release.counts.facts:,}"),
            ("findings", f"{sum(release.counts.findings.values()):,}"),
        ]
    _print_pairs(rows, _console())


def _run(paths: Sequence[Path], settings: "Settings") -> None:
    for path in paths:
        if not path.exists():
            raise OgiError(f"{path}: no such file or folder")
    # Libraries warn developers of what may change in them; for that there are the tests.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    _writable(settings)
    from assets.run import run as run_all

    with _steps() as on_progress:
        report = run_all(paths, settings, on_progress=on_progress)
    _tell_run(report, settings)
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


def _tell_run(report: "RunReport", settings: "Settings") -> None:
    console = _console()
    if report.nothing_new:
        console.print(f"Nothing new: {report.known:,} file(s) are known, the release is current.")
    release = report.published_file
    failed = f"{report.failed_total:,}" if report.failed_total else "none"
    rows = [
        ("documents", f"{report.new:,} new, {report.known:,} known"),
        ("failed now", failed),
        ("in the warehouse", _census(report.counts)),
        ("facts", f"{report.counts.facts:,}"),
        ("findings", f"{sum(report.counts.findings.values()):,}"),
        ("release", "blocked; the one before it stays" if report.blocked else "published"),
        *(("blocked by", reason) for reason in report.blocked),
        ("warehouse", str(release.absolute()) if release else "none yet"),
        ("took", f"{report.duration:.1f} s"),
    ]
    _print_pairs(rows, console)
    if not report.nothing_new:
        _tell_refused(report, console)
        _tell_findings(report.counts.findings, console)
    console.print("\nTry next:", style="bold")
    for command in _next_commands(report, settings):
        # Not wrapped: each is there to be copied.
        console.print(f"  {command}", markup=False, soft_wrap=True)


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
    console.print(table)


def _next_commands(report: "RunReport", settings: "Settings") -> list[str]:
    """Three commands that work from here, with this home and a document of this warehouse."""
    home = f"OGI_HOME={shlex.quote(str(settings.home))} " if "OGI_HOME" in os.environ else ""
    program = home + shlex.quote(_from_here(Path(sys.argv[0])))
    columns = "agency_name, report_year, requests_received, grant_rate"
    commands = [f'{program} query "SELECT {columns} FROM agency_years LIMIT 10"']
    if report.published_file is None:
        return [f"{program} status", f"{program} read --help", f"{program} check --help"]
    from pipelines.serve.database import connect

    with connect(report.published_file) as con:
        row = con.execute(
            "SELECT first_address FROM dim_document WHERE outcome = 'report'"
            " ORDER BY document_sha256 NOT IN"
            " (SELECT document_sha256 FROM fct_findings WHERE kind = 'filing'), first_address"
        ).fetchone()
    if row is not None and Path(row[0]).is_file():
        commands.append(f"{program} check {shlex.quote(_from_here(Path(row[0])))}")
    else:
        commands.append(f'{program} query "FROM dim_rule"')
    if report.counts.documents > report.counts.reports:
        refused = "SELECT first_address, outcome, reason FROM dim_document"
        commands.append(f"{program} query \"{refused} WHERE outcome <> 'report'\"")
    else:
        commands.append(f"{program} status")
    return commands


def _from_here(path: Path) -> str:
    """As short as it can be written in the folder where the user stands."""
    absolute = path.absolute()
    here = Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def _census(counts: "Census") -> str:
    return (
        f"{counts.documents:,} documents: {counts.reports:,} reports, "
        f"{counts.not_a_report:,} no reports, {counts.failed:,} failed"
    )


def _print_pairs(rows: Sequence[tuple[str, str]], console: "Console") -> None:
    from rich.markup import escape

    # Never wrapped: paths are there to be copied.
    for name, value in rows:
        console.print(f"[bold]{name:<18}[/bold] {escape(value)}", soft_wrap=True)


def _settings() -> "Settings":
    from pipelines.settings import get_settings

    return get_settings()


def _registry(folder: Path | None) -> "Registry":
    from pipelines.reference import load_registry

    return load_registry(folder) if folder is not None else load_registry()


def _readable(file: Path, settings: "Settings") -> None:
    # Before a byte is read: a document of gigabytes must not fill the memory.
    if file.is_dir():
        raise OgiError(f"{file}: is a folder; name its files, or use `ogi ingest`")
    if not file.is_file():
        raise OgiError(f"{file}: {'is no file' if file.exists() else 'no such file'}")
    size = file.stat().st_size
    if size > settings.max_document_bytes:
        raise OgiError(
            f"{file}: has {size:,} bytes, more than the limit of "
            f"{settings.max_document_bytes:,} (OGI_MAX_DOCUMENT_BYTES)"
        )


def _outcome(file: Path, settings: "Settings") -> "Outcome":
    from pipelines.execution import limits_of, process_within

    _readable(file, settings)
    (outcome,) = process_within(limits_of(settings), [_ref(file)])
    return outcome


def _ref(file: Path) -> "DocumentRef":
    from pipelines.process import DocumentRef

    return DocumentRef(str(file), _sha256_of_file(file), str(file.absolute()))


def _audited(outcomes: "Sequence[Outcome]") -> "dict[str, tuple[Finding, ...]]":
    from pipelines.audit import audit_many
    from pipelines.domain import OutcomeKind
    from pipelines.forms import load_forms

    # Two files with the same bytes are one document: its figures must not be summed twice.
    once = {o.document_sha256: o for o in outcomes if o.kind is OutcomeKind.REPORT}
    return audit_many(list(once.values()), load_forms()) if once else {}


def _walk(
    files: Sequence[Path], settings: "Settings"
) -> "Iterator[tuple[Outcome, tuple[Finding, ...]]]":
    """Outcome and audit of every file, in the order of `files`; many go through the Executor."""
    order = [str(f) for f in files]
    done: dict[str, tuple[Outcome, tuple[Finding, ...]]] = {}
    following = 0
    with _progress(len(files), "documents") as advance:
        for outcomes in _outcomes(files, settings):
            audited = _audited(outcomes)
            for outcome in outcomes:
                done[outcome.path] = (outcome, audited.get(outcome.document_sha256, ()))
            advance(len(outcomes))
            while following < len(order) and order[following] in done:
                yield done.pop(order[following])
                following += 1


def _outcomes(files: Sequence[Path], settings: "Settings") -> "Iterator[list[Outcome]]":
    readable = []
    for file in files:
        try:
            _readable(file, settings)
            readable.append(file)
        except OgiError as error:
            yield [_not_read(str(file), str(error).removeprefix(f"{file}: "))]
    if len(readable) <= _FEW and settings.dask_address is None:
        for file in readable:
            yield [_outcome(file, settings)]
        return

    from pipelines.execution import (
        executor,
        failed,
        in_flight,
        limits_of,
        map_batches,
        process_within,
    )

    refs = [_ref(file) for file in readable]
    # A few batches for each worker, so that one slow document does not leave the others idle.
    size = max(1, min(settings.batch_size, len(refs) // (4 * settings.workers)))
    yield from map_batches(
        lambda: executor(settings),
        partial(process_within, limits_of(settings), audit_every=settings.audit_every),
        [refs[i : i + size] for i in range(0, len(refs), size)],
        failure=failed,
        in_flight=in_flight(settings),
    )


def _sha256_of_file(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _not_read(path: str, reason: str) -> "Outcome":
    from pipelines.domain import Outcome, OutcomeKind

    return Outcome(
        document_sha256="",
        path=path,
        media_type="",
        bytes=0,
        kind=OutcomeKind.FAILED,
        reason=reason,
    )


def _refusal(outcome: "Outcome") -> str:
    return f"{outcome.path}: {outcome.reason}"


def _resolved(outcome: "Outcome") -> "Resolution":
    from pipelines.reference import Evidence, load_registry

    names = outcome.names
    evidence = Evidence(year=names.report_year, others=names.other_names)
    return load_registry().resolve(names.agency_name, evidence)


def _on_agency(outcome: "Outcome") -> "list[Finding]":
    from pipelines.forms import load_forms
    from pipelines.reference import resolution_finding

    if outcome.names.agency_name is None:
        return []
    found = resolution_finding(_resolved(outcome), load_forms())
    return [found] if found is not None else []


def _print_json(outcome: "Outcome", audited: "Sequence[Finding]") -> None:
    from pipelines.serve.reading_json import reading_object

    agency = _resolved(outcome).agency
    told = reading_object(outcome, agency.agency_id if agency else None, audited)
    typer.echo(json.dumps(told, ensure_ascii=False))


def _print_page(outcome: "Outcome", audited: "Sequence[Finding]", settings: "Settings") -> None:
    from pipelines.execution import limits_of, read_again_within
    from pipelines.forms import load_forms
    from pipelines.serve.judged import judged
    from pipelines.serve.reading_page import reading_page

    # An outcome has what was recognized, and not what stands beside it.
    ref = _ref(Path(outcome.path))
    reading = read_again_within(limits_of(settings), ref, outcome.read_by or "")
    findings = judged((*outcome.findings, *audited))
    typer.echo(reading_page(outcome, findings, load_forms(), reading), nl=False)


def _draw_reading(outcome: "Outcome", audited: "Sequence[Finding]") -> None:
    from pipelines.forms import load_forms
    from pipelines.serve.drawn import findings_table, legend, statutory_tables
    from pipelines.serve.judged import judged

    forms, console = load_forms(), _console()
    names = outcome.names
    console.print(
        f"{names.agency_name or 'agency unknown'} · {names.report_year or 'year unknown'}"
        f" · {names.title or 'no title'} · published {names.published_on or 'on an unknown day'}",
        style="bold",
        markup=False,
    )
    for table in statutory_tables(outcome, forms):
        console.print(table)
    console.print(legend())
    findings = judged((*outcome.findings, *audited))
    console.print(findings_table(findings, forms, console.width) if findings else "No findings.")


def _draw_check(checked: "Checked") -> None:
    from pipelines.forms import load_forms
    from pipelines.serve.drawn import findings_table

    console, names = _console(), checked.outcome.names
    console.print(
        f"{checked.outcome.path}: {names.agency_name or 'agency unknown'}, "
        f"{names.report_year or 'year unknown'}: {len(checked.findings) or 'no'} finding(s)",
        style="bold",
        markup=False,
    )
    if checked.findings:
        console.print(findings_table(checked.findings, load_forms(), console.width))


def _format_of(file: Path | None) -> QueryFormat:
    ending = file.suffix.removeprefix(".").lower() if file else ""
    return QueryFormat(ending) if ending in set(QueryFormat) else QueryFormat.TABLE


def _write_answer(answer: "pa.Table", output: QueryFormat, out: TextIO) -> None:
    from pipelines.serve.answers import drawn, write_csv, write_json

    if output is QueryFormat.CSV:
        write_csv(answer, out)
    elif output is QueryFormat.JSON:
        write_json(answer, out)
    else:
        console = _console(out)
        console.print(drawn(answer, console, _MOST_ROWS_DRAWN))
        if answer.num_rows > _MOST_ROWS_DRAWN:
            console.print(
                f"{_MOST_ROWS_DRAWN} of {answer.num_rows:,} rows; all of them with --format csv"
            )


def _console(out: TextIO | None = None) -> "Console":
    from rich.console import Console

    file = out or sys.stdout
    watched = file.isatty() or "COLUMNS" in os.environ
    return Console(file=file, width=None if watched else _UNWATCHED_WIDTH, highlight=False)


@contextmanager
def _progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar on stderr where somebody watches it and it is worth a look."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

    bar = Progress(
        *Progress.get_default_columns()[:2],
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=total <= _FEW or not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


@contextmanager
def _steps() -> "Iterator[Callable[[str, int, int | None], None]]":
    """A line on stderr for each step of a run, with a bar where its length is known."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    tasks: dict[str, TaskID] = {}

    def tell(step: str, done: int, total: int | None) -> None:
        if step not in tasks:
            for task in tasks.values():
                bar.update(task, total=1, completed=1)
            tasks[step] = bar.add_task(step, total=total, told="")
        told = f"{done:,}" if total is None else f"{done:,} of {total:,}"
        bar.update(tasks[step], completed=done, total=total, told=told if done or total else "")

    with bar:
        yield tell


def _complain(message: str) -> None:
    typer.echo(" ".join(message.split()), err=True)
