"""Process one document: read → recognize → normalize. Workers and the command line call it.

Rules over the facts are SQL over many documents at once, in `pipelines.warehouse`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from pipelines import __version__
from pipelines.domain import (
    Document,
    MissingSoftware,
    NotAReport,
    OgiError,
    Outcome,
    OutcomeKind,
    Reading,
    UnreadableDocument,
    sha256_of,
)
from pipelines.forms import FORMS_DIR, Forms, load_forms
from pipelines.normalize import (
    claims_of,
    compared,
    normalize,
    suspicions,
)
from pipelines.read import (
    ARCHIVE,
    OFFICE_SIGNATURES,
    PICTURES,
    ZIP,
    Converted,
    Reader,
    convert,
    document_of,
    entries_of,
    read,
    read_pictures,
    readers_of,
    using,
)
from pipelines.recognize import recognize
from pipelines.runs.reconcile import count_doubts, differing_cells, fullest, reconcile

# The code that makes facts of bytes, and files of the lake of facts, below pipelines/.
_PARSING_CODE = (
    "domain", "forms", "normalize", "read", "recognize", "text", "web",
    "runs/process.py", "runs/reconcile.py", "warehouse/arrow_tables.py", "warehouse/lake.py",
)  # fmt: skip
_UNKNOWN_MEDIA_TYPE = "application/octet-stream"
_SAMPLED_DIGITS = 8


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """Where a worker finds a document: its name for messages, its key, its file (a path; in
    what is sent to `pipelines.runs.workers` also a URL that fsspec knows)."""

    path: str
    sha256: str
    file: str


def process_document(path: str, content: bytes, *, audited: bool = False) -> Outcome:
    """Walk one document; a bad one gives an outcome with its reason, never an exception.

    `audited`: every reader of its kind is asked, even where the first is sure, and what they
    disagree on is withheld with a finding.
    """
    try:
        document = document_of(path, content)
    except UnreadableDocument as error:
        return _refused(path, content, _UNKNOWN_MEDIA_TYPE, OutcomeKind.FAILED, error)
    try:
        return _walk_any(document, load_forms(), audited)
    except NotAReport as error:
        return _refused(path, content, document.media_type, OutcomeKind.NOT_A_REPORT, error)
    except UnreadableDocument as error:
        return _refused(path, content, document.media_type, OutcomeKind.FAILED, error)
    except OgiError:
        raise
    except Exception as error:  # one bad document never ends a batch
        fault = UnreadableDocument(f"{type(error).__name__} while reading: {error}")
        return _refused(path, content, document.media_type, OutcomeKind.FAILED, fault)


def is_audited(sha256: str, every: int) -> bool:
    """Whether the document is in the sample of every `every`th, of none where that is 0. The bytes
    decide, so that it is the same on every machine."""
    return every > 0 and int(sha256[:_SAMPLED_DIGITS], 16) % every == 0


def converted_together(refs: Sequence[DocumentRef]) -> Converted:
    """What LibreOffice makes of these documents, by sha256: together they take a fraction of the
    time. For `pipelines.read.using`."""
    return convert([document for ref in refs for document in _readable(ref)])


def needs_office(ref: DocumentRef) -> bool:
    """Whether the document may be one that LibreOffice is needed for."""
    with Path(ref.file).open("rb") as file:
        return file.read(8).startswith(OFFICE_SIGNATURES)


def _readable(ref: DocumentRef) -> Iterator[Document]:
    with suppress(UnreadableDocument):
        yield document_of(ref.path, Path(ref.file).read_bytes())


def read_again(document: Document, read_by: str) -> Reading | None:
    """What the reader `read_by` made of the document, or of what it read in an archive; None where
    it does not any more."""
    if document.media_type != ZIP:
        return _read_by(read_by, [partial(reader, document) for reader in readers_of(document)])
    entries = entries_of(document).documents
    pictures = [entry for entry in entries if entry.media_type in PICTURES]
    readings: list[Callable[[], Reading]] = []
    for entry in entries:
        with suppress(UnreadableDocument):
            readings += [partial(reader, entry) for reader in readers_of(entry)]
    readings.append(partial(read_pictures, pictures))
    return _read_by(read_by.removeprefix(f"{ARCHIVE}+"), readings)


def _read_by(name: str, readings: Iterable[Callable[[], Reading]]) -> Reading | None:
    for read_it in readings:
        with suppress(UnreadableDocument):
            reading = read_it()
            if reading.read_by == name:
                return reading
    return None


@lru_cache(maxsize=1)
def parser_version() -> str:
    """A name for the code and forms that parse: it changes when either does."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    files = [f for part in _PARSING_CODE for f in _files(package / part, "*.py")]
    for file in sorted([*files, *_files(FORMS_DIR, "*.yaml")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _files(path: Path, pattern: str) -> list[Path]:
    return [path] if path.is_file() else list(path.rglob(pattern))


def _walk_any(document: Document, forms: Forms, audited: bool) -> Outcome:
    if document.media_type == ZIP:
        return _walk_archive(document, forms, audited)
    return _walk(document, forms, audited)


def _walk_archive(archive: Document, forms: Forms, audited: bool) -> Outcome:
    """The report in an archive: a document is one report, so that two that differ are refused."""
    entries = entries_of(archive)
    pictures = [entry for entry in entries.documents if entry.media_type in PICTURES]
    others = [entry for entry in entries.documents if entry.media_type not in PICTURES]
    found = _Found([], [], list(entries.skipped))
    with using(convert(others)):
        for entry in others:
            found.take(entry.path, partial(_walk, entry, forms, audited))
    if pictures and not found.reports:
        # A report that was published as pictures of its pages.
        name = f"{len(pictures)} pictures"
        found.take(name, lambda: _reported(archive, read_pictures(pictures), forms))
    best = found.report()
    return replace(
        best,
        document_sha256=archive.sha256,
        path=archive.path,
        media_type=archive.media_type,
        bytes=len(archive.content),
        read_by=f"{ARCHIVE}+{best.read_by}",
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What became of the documents in an archive; of those that gave no report, name and reason."""

    reports: list[Outcome]
    not_reports: list[str]
    failed: list[str]

    def take(self, name: str, walk: Callable[[], Outcome]) -> None:
        try:
            self.reports.append(walk())
        except NotAReport as error:
            self.not_reports.append(f"{name}: {error}")
        except UnreadableDocument as error:
            self.failed.append(f"{name}: {error}")

    def report(self) -> Outcome:
        """The fullest report.

        Raises:
            NotAReport: everything was read and nothing is one.
            UnreadableDocument: there is none, or there are two that differ.
        """
        if not self.reports and self.not_reports and not self.failed:
            raise NotAReport("; ".join(self.not_reports[:3]))
        if not self.reports:
            reasons = "; ".join([*self.failed, *self.not_reports][:3])
            raise UnreadableDocument(f"no report in the archive; {reasons}")
        best = fullest(self.reports)
        for other in self.reports:
            if _of_another(best, other) or differing_cells(best, other):
                raise UnreadableDocument(
                    f"the archive holds two different reports: {best.path} and {other.path}"
                )
        return best


def _of_another(one: Outcome, other: Outcome) -> bool:
    """Whether they speak of another agency or another year."""
    return any(
        len({getattr(one.names, name), getattr(other.names, name)} - {None}) > 1
        for name in ("agency_name", "report_year")
    )


def _walk(document: Document, forms: Forms, audited: bool) -> Outcome:
    """Ask the readers one after the other, from fast to careful, until one has nothing to doubt;
    of several reports the fullest, without the figures on which they differ."""
    reports: list[Outcome] = []
    refusals: list[OgiError] = []
    for reader in readers_of(document):
        try:
            reports.append(_report(document, forms, reader))
        except (NotAReport, UnreadableDocument) as error:
            refusals.append(error)
            continue
        if not audited and not count_doubts(reports[-1]):
            break
    if not reports:
        raise _refusal(refusals)
    best = reconcile(reports, forms)
    claims, findings = compared(best.claims, best.facts, forms)
    return replace(best, claims=claims, findings=(*best.findings, *findings))


def _refusal(refusals: Sequence[OgiError]) -> OgiError:
    """Why there is no report: a reader that read the text is preferred to one that could not. What
    is not installed is named in any case: with it, the document may be a report."""
    missing = [str(refusal) for refusal in refusals if isinstance(refusal, MissingSoftware)]
    for refusal in refusals:
        if isinstance(refusal, NotAReport):
            return NotAReport("; ".join([str(refusal), *missing])) if missing else refusal
    return UnreadableDocument("; ".join(dict.fromkeys(str(r) for r in refusals)))


def _report(document: Document, forms: Forms, reader: Reader) -> Outcome:
    return _reported(document, read(document, reader), forms)


def _reported(document: Document, reading: Reading, forms: Forms) -> Outcome:
    report = recognize(reading, forms)
    facts, findings = normalize(report, forms)
    suspected = suspicions(facts, forms)
    claims, doubts = claims_of(report.claims, forms)
    return Outcome(
        document_sha256=document.sha256,
        path=document.path,
        media_type=document.media_type,
        bytes=len(document.content),
        kind=OutcomeKind.REPORT,
        read_by=reading.read_by,
        names=report.names,
        sections=report.sections,
        tables={t.table: t.vintages for t in report.tables},
        facts=facts,
        findings=(*report.findings, *findings, *suspected, *doubts),
        claims=claims,
    )


def _refused(
    path: str, content: bytes, media_type: str, kind: OutcomeKind, error: OgiError
) -> Outcome:
    return Outcome(
        document_sha256=sha256_of(content),
        path=path,
        media_type=media_type,
        bytes=len(content),
        kind=kind,
        reason=" ".join(str(error).split()),
    )
