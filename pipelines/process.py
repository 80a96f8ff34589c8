"""The line one document walks: read → recognize → normalize. What workers and the cli both call."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.domain import Outcome


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """Where a worker finds a document: its name for messages, its key, its file."""

    path: str
    sha256: str
    file: str


def process_document(path: str, content: bytes) -> Outcome:
    """Walk one document; a bad one gives an outcome with its reason, never an exception."""
    raise NotImplementedError


def process_batch(refs: Sequence[DocumentRef]) -> list[Outcome]:
    """Walk a batch; the outcomes in the order of `refs`."""
    raise NotImplementedError


def parser_version() -> str:
    """A name for the code and forms that parse: it changes when either does."""
    raise NotImplementedError
