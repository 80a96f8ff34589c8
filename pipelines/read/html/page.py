"""HTML through selectolax: the article as paragraphs and as grids with their spans resolved.

What is kept is the article, where a convention tells it and all statutory tables are in it; else
the page without what leads elsewhere.
"""

from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.domain import Document, Grid, Paragraph, Place, Reading
from pipelines.forms import load_forms
from pipelines.read.html.article import (
    article_of,
    chrome_of,
    embedded_article,
    statutory_tables,
)
from pipelines.read.html.blocks import Walk
from pipelines.read.html.limits import LIMITS, HtmlLimits
from pipelines.read.html.links import links_of
from pipelines.read.html.pictures import pictures_in
from pipelines.read.html.tree import Marks, Paths, marks_of
from pipelines.read.media_type import decoded_text
from pipelines.web.markup import parse_html

NAME = "html/2"

Block = Paragraph | Grid


def read_html(document: Document, limits: HtmlLimits = LIMITS) -> Reading:
    """Paragraphs and exact grids; places are element paths. What is not displayed is not read.

    Raises:
        UnreadableDocument: the page is larger, or nested deeper, than the limits allow.
    """
    tree = _parsed(document, limits)
    marks = marks_of(tree)
    parts = article_of(tree, marks)
    blocks = _blocks(tree, marks, parts, limits)
    if not any(isinstance(b, Grid) for b in blocks):
        blocks = (*blocks, *_embedded(tree, limits))
    inside = frozenset(p.mem_id for p in parts)
    return Reading(blocks, NAME, _metadata(tree), links_of(tree, inside, limits))


def pictures_of(
    document: Document, limits: HtmlLimits = LIMITS
) -> Iterator[tuple[Place, bytes, str]]:
    """The pictures that the article of the page holds in itself: place, bytes, media type.

    Raises:
        UnreadableDocument: as `read_html`.
    """
    tree = _parsed(document, limits)
    parts = article_of(tree, marks_of(tree))
    return pictures_in(tree, frozenset(p.mem_id for p in parts), limits)


def _parsed(document: Document, limits: HtmlLimits) -> LexborHTMLParser:
    return parse_html(decoded_text(document.content), limits)


def _blocks(
    tree: LexborHTMLParser, marks: Marks, parts: Sequence[LexborNode], limits: HtmlLimits
) -> tuple[Block, ...]:
    """The blocks of the article, or of the page where the article cannot be all of the report."""
    article = Walk(marks, limits)
    paths = Paths()
    for part in parts:
        article.visit(part, paths.climb(part)[0] or "")
    inside = tuple(b.block for b in article.blocks)
    if inside and len(tree.css("table")) == sum(len(part.css("table")) for part in parts):
        return inside
    page = Walk(marks, limits, chrome_of(tree))
    if tree.body is not None:
        page.visit(tree.body, "/html/body")
    if inside:
        forms = load_forms()
        if statutory_tables((b.block for b in page.blocks), forms) <= statutory_tables(
            inside, forms
        ):
            return inside
    kept = tuple(b.block for b in page.blocks if not b.chrome or isinstance(b.block, Grid))
    # A page of nothing but links is told as what it is.
    return kept or tuple(b.block for b in page.blocks)


def _embedded(tree: LexborHTMLParser, limits: HtmlLimits) -> Iterator[Block]:
    """The blocks of an article that a script of the page holds."""
    embedded = embedded_article(tree)
    if embedded is None:
        return
    number, markup = embedded
    inner = parse_html(markup, limits)
    walk = Walk(marks_of(inner), limits)
    if inner.body is not None:
        walk.visit(inner.body, f"script[{number}]/DETAIL.content")
    yield from (b.block for b in walk.blocks)


def _metadata(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.css("meta"):
        name = meta.attributes.get("name") or meta.attributes.get("property")
        content = meta.attributes.get("content")
        if name and content:
            found.setdefault(name.strip().lower(), content.strip())
    title = tree.css_first("title")
    if title is not None and title.text(strip=True):
        found.setdefault("title", title.text(strip=True))
    return found
