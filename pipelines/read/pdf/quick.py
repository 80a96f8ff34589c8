"""Text PDF through pdfium, many times faster than pdfplumber. What it cannot prove it refuses, and
the careful reader is asked.

First the stream of the text is read, which must match a form (`stream_blocks`). Where it does not,
the ruling lines are read (`table_blocks`). `read_by` names which of the two it was.
"""

from collections.abc import Sequence
from contextlib import ExitStack

from pipelines.domain import Document, Grid, Reading, UnreadableDocument
from pipelines.forms import Forms, load_forms
from pipelines.read.pdf import calls as pdfium
from pipelines.read.pdf.grid import Block, prose_blocks, table_blocks
from pipelines.read.pdf.page import Page
from pipelines.read.pdf.seen import MAX_PAGES, pages_of, why_unusable
from pipelines.read.pdf.stream import NotAsExpectedError
from pipelines.read.pdf.tables import stream_blocks
from pipelines.read.pdf.words import check_cuts, words_of

STREAM = f"pdfium-stream/{pdfium.VERSION}"
GRID = f"pdfium-grid/{pdfium.VERSION}"

# The end-of-file mark stands within so many bytes of the end; some writers add rubbish after it.
_EOF_WITHIN = 4096
_METADATA = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate")


def read_pdfium(document: Document, max_pages: int = MAX_PAGES) -> Reading:
    """Grids and paragraphs page by page, from top to bottom; places are page and box (points,
    origin at the upper left corner of what is seen of the page).

    Raises:
        UnreadableDocument: the PDF is truncated, damaged, encrypted or too long; it has no usable
            text or no ruled table; or it is not sure in which cell a text stands.
    """
    if b"%%EOF" not in document.content[-_EOF_WITHIN:]:
        raise UnreadableDocument("the PDF is truncated: it has no end-of-file mark")
    forms = load_forms()
    try:
        with pdfium.opened(document.content) as handle, ExitStack() as stack:
            pages: list[Page] = []
            for page in pages_of(handle, max_pages):
                stack.callback(page.close)
                pages.append(page)
            blocks, read_by = _blocks(pages, forms)
            properties = {name.lower(): pdfium.meta_text(handle, name) for name in _METADATA}
    except pdfium.NotOpenedError as error:
        raise UnreadableDocument(str(error)) from error
    except (ValueError, ArithmeticError, LookupError) as error:  # a damaged file says anything
        cause = " ".join(str(error).split())
        raise UnreadableDocument(f"the PDF makes no sense to pdfium: {cause}") from error
    metadata = {name: text for name, text in properties.items() if text}
    return Reading(tuple(blocks), read_by, metadata)


def _blocks(pages: Sequence[Page], forms: Forms) -> tuple[list[Block], str]:
    """The blocks, and who read them."""
    try:
        return stream_blocks(pages, forms), STREAM
    except NotAsExpectedError:
        return _ruled_blocks(pages, forms), GRID


def _ruled_blocks(pages: Sequence[Page], forms: Forms) -> list[Block]:
    words = words_of(forms)
    texts = [page.text for page in pages]
    tables = words.pages(texts)
    if not tables:
        reason = why_unusable(texts) or "no statutory label in its text"
        raise UnreadableDocument(f"the PDF has {reason}")
    blocks: list[Block] = []
    for index, page in enumerate(pages):
        blocks += table_blocks(page) if index in tables else prose_blocks(page)
    grids = [block for block in blocks if isinstance(block, Grid)]
    if not any(words.stand_in(_text(grid)) for grid in grids):
        raise UnreadableDocument("the PDF has statutory labels, but no ruled table that holds one")
    check_cuts(grids, words)
    return blocks


def _text(grid: Grid) -> str:
    return "".join(cell.text for cell in grid.cells)
