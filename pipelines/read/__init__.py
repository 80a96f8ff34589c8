"""Document → Reading: paragraphs and grids with places."""

from collections.abc import Callable

from pipelines.domain import Document, Reading, UnreadableDocument, sha256_of
from pipelines.read.html import read_html
from pipelines.read.media_type import HTML, PDF, TEXT, media_type_of
from pipelines.read.pdf import read_pdf
from pipelines.read.text import read_text

__all__ = ["Reader", "document_of", "read", "readers_of"]

Reader = Callable[[Document], Reading]

# For each media type its readers, from fast to careful: when one refuses, the next is asked.
_READERS: dict[str, tuple[Reader, ...]] = {
    TEXT: (read_text,),
    HTML: (read_html,),
    PDF: (read_pdf,),
}


def document_of(path: str, content: bytes) -> Document:
    """The document of these bytes.

    Raises:
        UnreadableDocument: the bytes are empty or of no known kind.
    """
    return Document(path, content, sha256_of(content), media_type_of(content))


def readers_of(document: Document) -> tuple[Reader, ...]:
    """The readers of the document's media type, from fast to careful.

    Raises:
        UnreadableDocument: none reads that media type.
    """
    readers = _READERS.get(document.media_type)
    if readers is None:
        known = ", ".join(sorted(_READERS))
        raise UnreadableDocument(f"no reader for {document.media_type}; there are some for {known}")
    return readers


def read(document: Document, reader: Reader | None = None) -> Reading:
    """The document's reading by `reader`, or by the fastest for its media type.

    Raises:
        UnreadableDocument: the bytes cannot be read; the message says why in one line.
    """
    return (reader or readers_of(document)[0])(document)
