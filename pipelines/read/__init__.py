"""Document → Reading: paragraphs and grids with places."""

from collections.abc import Callable

from pipelines.domain import Document, Reading, UnreadableDocument, sha256_of
from pipelines.read.containers import DOC, DOCX, RTF, XLS, XLSX, ZIP
from pipelines.read.html import read_html
from pipelines.read.media_type import HTML, PDF, PICTURES, TEXT, media_type_of
from pipelines.read.ocr import (
    has_usable_text,
    read_page_with_pictures,
    read_picture,
    read_pictures,
    read_scan,
)
from pipelines.read.office import (
    OFFICE_SIGNATURES,
    Converted,
    convert,
    read_docx,
    read_office,
    read_xls,
    read_xlsx,
    using,
)
from pipelines.read.pdf import read_pdf, read_pdfium
from pipelines.read.text import read_text
from pipelines.read.zipped import ARCHIVE, entries_of

__all__ = [
    "ARCHIVE",
    "OFFICE_SIGNATURES",
    "PICTURES",
    "ZIP",
    "Converted",
    "Reader",
    "convert",
    "document_of",
    "entries_of",
    "read",
    "read_pictures",
    "readers_of",
    "using",
]

Reader = Callable[[Document], Reading]


def _read_pdf_or_scan(document: Document) -> Reading:
    return (read_pdf if has_usable_text(document) else read_scan)(document)


# For each media type its readers, from fast to careful: when one refuses, the next is asked.
_READERS: dict[str, tuple[Reader, ...]] = {
    TEXT: (read_text,),
    HTML: (read_html, read_page_with_pictures),
    PDF: (read_pdfium, _read_pdf_or_scan),
    DOCX: (read_docx,),
    DOC: (read_office,),
    RTF: (read_office,),
    XLSX: (read_xlsx,),
    XLS: (read_xls,),
    **dict.fromkeys(PICTURES, (read_picture,)),
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
