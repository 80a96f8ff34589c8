"""The line one document walks: read → recognize → normalize. What workers and the cli both call.

The last station, audit, is SQL over many documents at once; cli and assets call it with what
comes from here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipelines import __version__
from pipelines.domain import (
    Document,
    NotAReport,
    OgiError,
    Outcome,
    OutcomeKind,
    UnreadableDocument,
    sha256_of,
)
from pipelines.forms import FORMS_DIR, Forms, load_forms
from pipelines.normalize import normalize
from pipelines.read import Reader, document_of, read, readers_of
from pipelines.recognize import recognize

# The code that makes facts of bytes, below pipelines/.
_PARSING_CODE = ("domain", "forms", "read", "recognize", "normalize", "process.py")
_UNKNOWN_MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """Where a worker finds a document: its name for messages, its key, its file."""

    path: str
    sha256: str
    file: str


def process_document(path: str, content: bytes) -> Outcome:
    """Walk one document; a bad one gives an outcome with its reason, never an exception."""
    try:
        document = document_of(path, content)
    except UnreadableDocument as error:
        return _refused(path, content, _UNKNOWN_MEDIA_TYPE, OutcomeKind.FAILED, error)
    try:
        return _walk(document, load_forms())
    except NotAReport as error:
        return _refused(path, content, document.media_type, OutcomeKind.NOT_A_REPORT, error)
    except UnreadableDocument as error:
        return _refused(path, content, document.media_type, OutcomeKind.FAILED, error)
    except OgiError:
        raise
    except Exception as error:  # one bad document never ends a batch
        fault = UnreadableDocument(f"{type(error).__name__} while reading: {error}")
        return _refused(path, content, document.media_type, OutcomeKind.FAILED, fault)


def process_batch(refs: Sequence[DocumentRef]) -> list[Outcome]:
    """Walk a batch; the outcomes in the order of `refs`."""
    return [process_document(ref.path, Path(ref.file).read_bytes()) for ref in refs]


@lru_cache(maxsize=1)
def parser_version() -> str:
    """A name for the code and forms that parse: it changes when either does."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    files = [f for part in _PARSING_CODE for f in _files(package / part, "*.py")]
    for file in sorted([*files, *_files(FORMS_DIR, "*.yaml")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _files(path: Path, pattern: str) -> list[Path]:
    return [path] if path.is_file() else list(path.rglob(pattern))


def _walk(document: Document, forms: Forms) -> Outcome:
    """Ask the readers one after the other, from fast to careful, until one does not refuse."""
    *quick, careful = readers_of(document)
    for reader in quick:
        try:
            return _report(document, forms, reader)
        except UnreadableDocument:
            continue
    return _report(document, forms, careful)


def _report(document: Document, forms: Forms, reader: Reader) -> Outcome:
    reading = read(document, reader)
    report = recognize(reading, forms)
    facts, findings = normalize(report, forms)
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
        findings=(*report.findings, *findings),
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
