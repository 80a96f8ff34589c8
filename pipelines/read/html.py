"""HTML through selectolax: the text in document order, and tables with their spans resolved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.domain import Cell, Document, Grid, Paragraph, Place, Reading
from pipelines.read.media_type import decode

NAME = "html/1"

_SKIPPED = {"script", "style", "noscript", "template", "head", "select", "button", "textarea"}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "label",
    "mark", "o:p", "q", "s", "small", "span", "strong", "sub", "sup", "tt", "u", "var", "wbr",
}  # fmt: skip
_WHITE = re.compile(r"[ \t\r\n\f]+")
_MAX_SPAN = 1000
# A cell with so much prose in it is a page's layout, not a table's cell.
_LAYOUT_TEXT = 400


def read_html(document: Document) -> Reading:
    """Paragraphs and exact grids; places are element paths."""
    tree = LexborHTMLParser(decode(document.content))
    walk = _Walk()
    if tree.body is not None:
        walk.visit(tree.body, "/html/body")
    walk.end_paragraph()
    return Reading(tuple(walk.blocks), NAME, _metadata(tree))


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


@dataclass
class _Walk:
    """The blocks found so far and the paragraph that is being gathered."""

    blocks: list[Paragraph | Grid] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    path: str = ""

    def end_paragraph(self) -> None:
        for line in "".join(self.text).split("\n"):
            folded = _WHITE.sub(" ", line).strip(" \xa0\u3000")
            if folded:
                self.blocks.append(Paragraph(folded, Place(path=self.path)))
        self.text.clear()

    def add_text(self, text: str, path: str) -> None:
        if not self.text:
            self.path = path
        self.text.append(_WHITE.sub(" ", text))

    def visit(self, node: LexborNode, path: str) -> None:
        for child, tag, child_path in _children(node, path):
            if tag == "-text":
                self.add_text(child.text(deep=False), path)
            elif tag == "br":
                self.text.append("\n")
            elif tag in _SKIPPED:
                continue
            elif tag in _INLINE:
                self.visit(child, child_path)
            else:
                self.end_paragraph()
                rows = list(_rows(child, child_path)) if tag == "table" else []
                if rows and not _is_layout(child, rows):
                    self.blocks.append(Grid(tuple(_resolved(rows)), exact=True))
                else:
                    self.visit(child, child_path)
                self.end_paragraph()


def _children(node: LexborNode, path: str) -> Iterator[tuple[LexborNode, str, str]]:
    """Each child with its tag and its path, counted among its like."""
    counts: dict[str, int] = {}
    child = node.child
    while child is not None:
        tag = child.tag or ""
        counts[tag] = counts.get(tag, 0) + 1
        yield child, tag, f"{path}/{tag}[{counts[tag]}]"
        child = child.next


def _rows(table: LexborNode, path: str) -> Iterator[list[tuple[LexborNode, str]]]:
    for child, tag, child_path in _children(table, path):
        if tag == "tr":
            yield [(c, p) for c, t, p in _children(child, child_path) if t in ("td", "th")]
        elif tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child, child_path)


def _is_layout(table: LexborNode, rows: list[list[tuple[LexborNode, str]]]) -> bool:
    if len(table.css("table")) > 1:
        return True
    return any(
        len(cell.text()) > _LAYOUT_TEXT and len(cell.css("p, div, br")) > 3
        for row in rows
        for cell, _ in row
    )


def _resolved(rows: list[list[tuple[LexborNode, str]]]) -> Iterator[Cell]:
    """Cells in their slots, as a browser lays them out."""
    taken: set[tuple[int, int]] = set()
    for row, nodes in enumerate(rows):
        column = 0
        for node, path in nodes:
            while (row, column) in taken:
                column += 1
            wide = _span(node, "colspan")
            high = min(_span(node, "rowspan") or len(rows), len(rows) - row)
            taken.update(
                (r, c) for r in range(row, row + high) for c in range(column, column + (wide or 1))
            )
            yield Cell(_cell_text(node), row, column, Place(path=path), high, wide or 1)
            column += wide or 1


def _span(node: LexborNode, name: str) -> int:
    """The span that the attribute states, 1 where it states none; 0 means: to the end."""
    digits = re.match(r"\s*(\d{1,6})", node.attributes.get(name) or "1")
    return min(int(digits.group(1)), _MAX_SPAN) if digits else 1


def _cell_text(node: LexborNode) -> str:
    parts: list[str] = []

    def gather(parent: LexborNode) -> None:
        child = parent.child
        while child is not None:
            tag = child.tag or ""
            if tag == "-text":
                parts.append(_WHITE.sub(" ", child.text(deep=False)))
            elif tag == "br":
                parts.append("\n")
            elif tag not in _SKIPPED:
                block = tag not in _INLINE
                parts.append("\n" if block and "".join(parts).strip() else "")
                gather(child)
                parts.append("\n" if block else "")
            child = child.next

    gather(node)
    lines = (line.strip(" ") for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
