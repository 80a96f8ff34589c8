"""`ogi read` and `ogi check`: one document, or many, without a warehouse."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.terminal import complain, console_of, progress, settings_of_process
from pipelines.domain import OgiError

if TYPE_CHECKING:
    from pipelines.domain import Finding, Outcome
    from pipelines.reference import Resolution
    from pipelines.runs.process import DocumentRef
    from pipelines.serve.judged import Checked
    from pipelines.settings import Settings

# Up to this many documents, starting worker processes costs more than they save.
_FEW = 4

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A document.", readable=False)]


class ReadFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    HTML = "html"


class CheckFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    HTML = "html"


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

    settings = settings_of_process()
    outcome = _outcome(file, settings)
    if outcome.kind is not OutcomeKind.REPORT:
        raise OgiError(_refusal(outcome))
    audited = _audited([outcome])[outcome.document_sha256]
    if output is ReadFormat.JSON:
        _print_json(outcome, audited)
    elif output is ReadFormat.HTML:
        _print_page(outcome, audited, settings)
    else:
        _draw_reading(outcome, audited)


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
    from pipelines.serve.judged import Checked, judged

    refused = broken = False
    page: list[Checked] = []
    for outcome, audited in _walk(list(dict.fromkeys(files)), settings_of_process()):
        if outcome.kind is not OutcomeKind.REPORT:
            refused = True
            complain(_refusal(outcome))
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
        from pipelines.serve.check_page import check_page

        typer.echo(check_page(page, load_forms()), nl=False)
    raise typer.Exit(2 if refused else int(broken))


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
    from pipelines.runs.workers import document_work

    _readable(file, settings)
    (outcome,) = document_work(settings)([_ref(file)])
    return outcome


def _ref(file: Path) -> "DocumentRef":
    from pipelines.runs.process import DocumentRef

    return DocumentRef(str(file), _sha256_of_file(file), str(file.absolute()))


def _audited(outcomes: "Sequence[Outcome]") -> "dict[str, tuple[Finding, ...]]":
    """What the audits and the resolution of the agency find in each report, by sha256."""
    from pipelines.domain import OutcomeKind, calendar_of, today_in_china
    from pipelines.forms import load_forms
    from pipelines.warehouse.rules import audit_many

    # Two files with the same bytes are one document: its figures must not be summed twice.
    once = {o.document_sha256: o for o in outcomes if o.kind is OutcomeKind.REPORT}
    calendar = calendar_of(today_in_china())
    audited = audit_many(list(once.values()), load_forms(), calendar) if once else {}
    return {sha: (*found, *_on_agency(once[sha])) for sha, found in audited.items()}


def _walk(
    files: Sequence[Path], settings: "Settings"
) -> "Iterator[tuple[Outcome, tuple[Finding, ...]]]":
    """Outcome and audit of every file, in the order of `files`; many go through the Executor."""
    order = [str(f) for f in files]
    done: dict[str, tuple[Outcome, tuple[Finding, ...]]] = {}
    following = 0
    with progress(len(files), "documents") as advance:
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

    from pipelines.runs.batches import process_documents

    yield from process_documents(settings, [_ref(file) for file in readable])


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
    from pipelines.forms import load_forms
    from pipelines.runs.workers import limits_of, read_again_within
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

    forms, console = load_forms(), console_of()
    names = outcome.names
    console.print(
        f"{names.agency_name or 'agency unknown'} · {names.report_year or 'year unknown'}"
        f" · {names.title or 'no title'} · published {names.published_on or 'on an unknown day'}",
        style="bold",
        markup=False,
    )
    for table in statutory_tables(outcome, forms, console):
        console.print(table)
    console.print(legend())
    findings = judged((*outcome.findings, *audited))
    console.print(findings_table(findings, forms, console) if findings else "No findings.")


def _draw_check(checked: "Checked") -> None:
    from pipelines.forms import load_forms
    from pipelines.serve.drawn import findings_table

    console, names = console_of(), checked.outcome.names
    console.print(
        f"{checked.outcome.path}: {names.agency_name or 'agency unknown'}, "
        f"{names.report_year or 'year unknown'}: {len(checked.findings) or 'no'} finding(s)",
        style="bold",
        markup=False,
    )
    if checked.findings:
        console.print(findings_table(checked.findings, load_forms(), console))
