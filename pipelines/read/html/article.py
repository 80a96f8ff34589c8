"""Where in a page its article is: the conventions of the systems that make government websites."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.domain import Grid, Paragraph
from pipelines.forms import INDICATORS, BlockTable, Forms
from pipelines.read.html.tree import HIDDEN, Ids, Marks
from pipelines.text import fold
from pipelines.web.conventions import ARTICLES

# What frames a page where no convention tells the article.
CHROME = (
    "nav",
    "footer",
    '[role="navigation"]',
    '[role="contentinfo"]',
    ".footer",
    ".foot",
    "#footer",
    "#foot",
    ".breadcrumb",
    ".crumbs",
)
_MAX_MATCHES = 50
_MIN_TEXT = 30

# The title and what is said of the publication stand above the article, beside it or around it.
_MAX_LEVELS = 4
_MAX_ABOVE = 40
_MAX_HEAD_TEXT = 1500
_LINKED_SHARE = 0.5
_NO_HEAD = frozenset({"nav", "script", "style", "-text", "-comment", "br", "hr"})

# Pages that are made in the browser carry the article as a string: gkmlpt's `DETAIL`.
_DETAIL = re.compile(r"\bDETAIL[\"']?\s*:\s*\{")
_CONTENT = re.compile(r"[\"']?content[\"']?\s*:\s*(?=\")")
_MAX_BEFORE_CONTENT = 20_000
# So many labels of a statutory table make a grid one.
_MIN_LABELS = 3


def article_of(tree: LexborHTMLParser, marks: Marks) -> list[LexborNode]:
    """The elements of the article and of its head, in the order of the page, none within another;
    none at all where no convention tells the article."""
    for selector in ARTICLES:
        found = tree.css(selector)[:_MAX_MATCHES]
        parts = [n for n in found if len(n.text().strip()) >= _MIN_TEXT and _is_shown(n, marks)]
        if parts:
            inside = {n.mem_id for n in parts}
            outer = [n for n in parts if inside.isdisjoint(_ids_above(n))]
            return [*reversed(list(_head_of(outer[0]))), *outer]
    return []


def _is_shown(node: LexborNode, marks: Marks) -> bool:
    current: LexborNode | None = node
    for _ in range(_MAX_ABOVE):
        if current is None or current.tag == "body":
            return True
        if marks.of(current, current.tag_id) & HIDDEN:
            return False
        current = current.parent
    return True


def _ids_above(node: LexborNode) -> Iterator[int]:
    above = node.parent
    for _ in range(_MAX_ABOVE):
        if above is None:
            return
        yield above.mem_id
        above = above.parent


def chrome_of(tree: LexborHTMLParser) -> Ids:
    """The elements that frame pages."""
    return frozenset(n.mem_id for n in tree.css(", ".join(CHROME)))


def _head_of(part: LexborNode) -> Iterator[LexborNode]:
    """What stands before the article, up to where the page's own links begin. Among the article's
    neighbours links may be those of a bar of tools."""
    level: LexborNode | None = part
    for height in range(_MAX_LEVELS):
        if level is None or level.tag == "body":
            return
        before = level.prev
        among_links = False
        for _ in range(_MAX_ABOVE):
            if before is None:
                break
            if before.tag not in _NO_HEAD:
                text = len("".join(before.text().split()))
                linked = sum(len("".join(a.text().split())) for a in before.css("a[href]"))
                among_links = among_links or linked > text * _LINKED_SHARE
                if text > _MAX_HEAD_TEXT or (among_links and height):
                    return
                if text and linked <= text * _LINKED_SHARE:
                    yield before
            before = before.prev
        if among_links:
            return
        level = level.parent


def embedded_article(tree: LexborHTMLParser) -> tuple[int, str] | None:
    """The article that a script holds for the browser to show: the script's number (from 1) and
    the article's markup. The script is read as text, never run."""
    for number, script in enumerate(tree.css("script"), start=1):
        text = script.text()
        detail = _DETAIL.search(text) if "DETAIL" in text else None
        if detail is None:
            continue
        within = _CONTENT.search(text, detail.end(), detail.end() + _MAX_BEFORE_CONTENT)
        if within is None:
            continue
        try:
            content, _ = json.JSONDecoder(strict=False).raw_decode(text, within.end())
        except ValueError:
            continue
        if isinstance(content, str) and content.strip():
            return number, content
    return None


def statutory_tables(blocks: Iterable[Paragraph | Grid], forms: Forms) -> set[str]:
    """The names of the statutory tables among the blocks, told by the labels in their grids."""
    labels = _labels(forms)
    found: set[str] = set()
    for grid in (b for b in blocks if isinstance(b, Grid)):
        texts = {fold(c.text) for c in grid.cells if c.text and len(c.text) < 60}
        found |= {name for name, of_table in labels.items() if len(texts & of_table) >= _MIN_LABELS}
    return found


@lru_cache(maxsize=2)
def _labels(forms: Forms) -> dict[str, frozenset[str]]:
    labels: dict[str, set[str]] = {}
    for form in forms.vintages.values():
        for name, table in form.tables.items():
            of_table = labels.setdefault(name, set())
            if isinstance(table, BlockTable):
                items = (item.labels for block in table.blocks for item in block.items)
                of_table.update(fold(label) for labels_ in items for label in labels_)
            else:
                own = table.columns if name == "reviews" else table.rows
                of_table.update(fold(label) for row in own for label in row.labels)
    annexes = (row.labels for form in forms.annexes.values() for row in form.annex.rows)
    labels[INDICATORS] = {fold(label) for labels_ in annexes for label in labels_}
    return {name: frozenset(of_table) for name, of_table in labels.items()}
