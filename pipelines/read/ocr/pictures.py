"""Reports whose tables are pictures in a web page, and reports published as several pictures."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from selectolax.lexbor import LexborNode

from pipelines.domain import (
    Document,
    Grid,
    Paragraph,
    Place,
    Reading,
    UnreadableDocument,
    sha256_of,
)
from pipelines.forms import load_forms
from pipelines.read.html.article import statutory_tables
from pipelines.read.html.page import pictures_of, read_html
from pipelines.read.media_type import decoded_text
from pipelines.read.ocr.engine import ocr_name, require_ocr
from pipelines.read.ocr.pages import LIMITS, OcrLimits, PagePicture, picture_pages, size_of
from pipelines.read.ocr.scans import page_blocks, shows_text
from pipelines.web.markup import parse_html

Block = Paragraph | Grid
InPage = tuple[Place, bytes, str]
"""Where a picture stands in a page, its bytes, and the media type that the page states."""


def read_page_with_pictures(document: Document, limits: OcrLimits = LIMITS) -> Reading:
    """A web page that prints no statutory table, with what the pictures show that it holds in
    itself. The places in a picture are the path of its element and a box in pixels.

    Raises:
        UnreadableDocument: the page prints its tables, or holds no picture that could be one; as
            `read_html`, and as `read_picture` of one of the pictures.
    """
    reading = read_html(document)
    grids = (block for block in reading.blocks if isinstance(block, Grid))
    if statutory_tables(grids, load_forms()):
        raise UnreadableDocument("the page prints its tables: its pictures are not read")
    pictures = [p for p in pictures_of(document) if _is_page(p[1], limits)]
    if not pictures:
        raise UnreadableDocument("the page holds no picture that could be a table")
    return with_pictures(reading, pictures, element_order(document), limits)


def with_pictures(
    page: Reading,
    pictures: Iterable[InPage],
    order: dict[str, int],
    limits: OcrLimits = LIMITS,
) -> Reading:
    """The page's reading with the blocks of its pictures among its own, by the `order` of elements.
    A picture that shows no text is passed over.

    Raises:
        UnreadableDocument: as `read_picture`.
    """
    require_ocr()
    placed = [(_rank(block, order), block) for block in page.blocks]
    for number, (place, content, media_type) in enumerate(pictures, start=1):
        if number > limits.max_pages:
            raise UnreadableDocument(f"the page has more than {limits.max_pages} pictures")
        name = place.path or f"picture {number}"
        picture = Document(name, content, sha256_of(content), media_type)
        rank = order.get(place.path or "", len(order))
        placed += [(rank, _in_page(b, place)) for b in _blocks(picture_pages(picture, limits))]
    placed.sort(key=lambda p: p[0])
    blocks = tuple(block for _, block in placed)
    return replace(page, blocks=blocks, read_by=f"{page.read_by}+{ocr_name()}")


def read_pictures(documents: Sequence[Document], limits: OcrLimits = LIMITS) -> Reading:
    """One report that was published as several pictures, in the natural order of their names
    (page2 before page10); places are the number of the page in that order and a box in pixels.

    Raises:
        UnreadableDocument: as `read_picture`; the message names the picture.
    """
    require_ocr()
    blocks: list[Block] = []
    pages = 0
    for document in sorted(documents, key=_natural):
        try:
            for page in picture_pages(document, limits):
                pages += 1
                if pages > limits.max_pages:
                    raise UnreadableDocument(f"more than {limits.max_pages} pages")
                blocks += page_blocks(replace(page, number=pages))
        except UnreadableDocument as error:
            raise UnreadableDocument(f"{document.path}: {error}") from error
    if not shows_text(blocks):
        raise UnreadableDocument("the pictures show no text")
    return Reading(tuple(blocks), ocr_name())


def element_order(document: Document) -> dict[str, int]:
    """The paths of the page's elements, as places have them, in document order."""
    tree = parse_html(decoded_text(document.content))
    order: dict[str, int] = {}
    if tree.body is None:
        return order
    waiting: list[tuple[LexborNode, str]] = [(tree.body, "/html/body")]
    while waiting:
        node, path = waiting.pop()
        order[path] = len(order)
        waiting += reversed(list(_children(node, path)))
    return order


def _children(node: LexborNode, path: str) -> Iterator[tuple[LexborNode, str]]:
    counts: dict[str, int] = {}
    child = node.child
    while child is not None:
        tag = child.tag or ""
        counts[tag] = counts.get(tag, 0) + 1
        if not tag.startswith(("-", "!")):
            yield child, f"{path}/{tag}[{counts[tag]}]"
        child = child.next


def _rank(block: Block, order: dict[str, int]) -> int:
    place = block.place if isinstance(block, Paragraph) else block.cells[0].place
    return order.get(place.path or "", len(order))


def _is_page(content: bytes, limits: OcrLimits) -> bool:
    """Whether the picture is large enough for a table: no icon, no rule."""
    width, height = size_of(content)
    return min(width, height) >= limits.min_side


def _blocks(pages: Iterable[PagePicture]) -> list[Block]:
    blocks = [block for page in pages for block in page_blocks(page)]
    return blocks if shows_text(blocks) else []


def _in_page(block: Block, picture: Place) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, place=_place_in(block.place, picture))
    cells = tuple(c._replace(place=_place_in(c.place, picture)) for c in block.cells)
    return replace(block, cells=cells)


def _place_in(place: Place, picture: Place) -> Place:
    return place._replace(page=None, path=picture.path)


def _natural(document: Document) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", document.path.casefold())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts if p]
