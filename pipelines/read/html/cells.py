"""The text of one table cell, as a reader of the page sees it.

- A picture in a cell is U+FFFC: a figure printed as a picture is not blank.
- Text that is struck out is left out; where there is nothing else it stays, each character with
  U+0336, so that nobody takes it for the figure.
- Text above or below the line (a note's mark) is left out; a bare number right beside a digit
  stays, on a line of its own, so that nobody reads both as one figure.
- Where an input stands, its value is the text.
"""

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from pipelines.read.html.tree import (
    BLOCKS,
    BR,
    CELLS,
    FIELDS,
    HIDDEN,
    PICTURES,
    STRUCK,
    TABLE,
    TEXT,
    Marks,
    ids_of,
    is_skipped,
)

PICTURE = "\ufffc"
_STROKE = "\u0336"
# A parser makes U+FFFD of this in a page, so it can stand for a line's end there.
BREAK = "\x00"

_BLANK = f" \n\xa0\u3000{BREAK}"
WHITE = re.compile(r"[ \t\r\n\f]+")
_TYPED = frozenset({"", "text", "number", "tel"})
_TINY = frozenset({"0", "1", "2", "0px", "1px", "2px"})
_FRAMES = ids_of("iframe object embed")
_ROWS = ids_of("tbody tr td th")
_SPECIAL = PICTURES | FIELDS | {BR, TABLE}
_SILENT = ids_of("colgroup") | {TEXT}
# So many tables of one cell, each around the next, are a frame around text.
_MAX_FRAMES = 3
_MAX_FRAME_NODES = 8


class CellText(NamedTuple):
    """`text` has a line feed where a line ends; `blocks` counts the elements that end one;
    `tables` are those inside that are more than a frame."""

    text: str = ""
    blocks: int = 0
    tables: tuple[LexborNode, ...] = ()


EMPTY = CellText()


@dataclass(slots=True)
class _Aside:
    """A piece of text that is struck out or off the line, and where in the text it stands."""

    at: int
    struck: bool
    parts: list[str]


def text_of_cell(cell: LexborNode, marks: Marks) -> CellText:
    """The text of a cell and what else is in it; tables inside are not entered."""
    only = cell.first_child
    if only is None:
        return EMPTY
    if only.tag_id == TEXT and only.next is None:
        text = only.text_content or ""
        return CellText(text if text.isalnum() else lines_of(text))
    return _Gathering(marks).gathered(only)


def lines_of(text: str) -> str:
    """The text as lines, white space folded, empty lines left out."""
    if BREAK not in text:
        return WHITE.sub(" ", text).strip(" ")
    lines = (WHITE.sub(" ", line).strip(" ") for line in text.split(BREAK))
    return "\n".join(line for line in lines if line)


def shown_value(field: LexborNode) -> str:
    """The text that a form's field shows."""
    if field.tag == "input":
        attributes = field.attributes
        typed = (attributes.get("type") or "").strip().lower() in _TYPED
        return (attributes.get("value") or "") if typed else ""
    if field.tag == "textarea":
        return field.text()
    chosen = field.css_first("option[selected]") or field.css_first("option")
    return chosen.text() if chosen is not None else ""


def only_cell(table: LexborNode) -> LexborNode | None:
    """The cell of a table that has just one and no caption; None for any other table."""
    node = table.first_child
    found: LexborNode | None = None
    for _ in range(_MAX_FRAME_NODES):
        if node is None:
            return found
        number = node.tag_id
        if number in _SILENT:
            node = node.next
        elif found is not None or number not in _ROWS:
            return None
        elif number in CELLS:
            found, node = node, node.next
        else:
            behind = node.next
            while behind is not None and behind.tag_id == TEXT:
                behind = behind.next
            if behind is not None:
                return None
            node = node.first_child
    return None


class _Gathering:
    """Gathers a cell's text: in `parts`, or aside."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.parts: list[str] = []
        self.asides: list[_Aside] = []
        self.blocks = 0
        self.tables: list[LexborNode] = []

    def gathered(self, first: LexborNode) -> CellText:
        out = self.parts
        # Where to go on behind an element: the node, what ends the line, where the text goes, how
        # many frames deep.
        stack: list[tuple[LexborNode | None, str, list[str], int]] = []
        frames = 0
        node: LexborNode | None = first
        while node is not None or stack:
            if node is None:
                node, end, out, frames = stack.pop()
                if end:
                    out.append(end)
                continue
            number = node.tag_id
            if number == TEXT:
                out.append(node.text_content or "")
                node = node.next
                continue
            marks = self.marks.of(node, number)
            if number in _SPECIAL or marks & HIDDEN or is_skipped(node, number):
                framed = None
                if not marks & HIDDEN:
                    framed = self._take_special(node, number, out, frames)
                if framed is None:
                    node = node.next
                else:
                    stack.append((node.next, BREAK, out, frames))
                    frames += 1
                    node = framed.first_child
                continue
            end = ""
            if number in BLOCKS:
                self.blocks += 1
                end = BREAK
                out.append(BREAK)
            stack.append((node.next, end, out, frames))
            if marks and out is self.parts:
                aside = _Aside(len(out), bool(marks & STRUCK), [])
                self.asides.append(aside)
                out = aside.parts
            node = node.first_child
        text = "".join(self.parts)
        text = self._with_asides(text) if self.asides else lines_of(text)
        return CellText(text, self.blocks, tuple(self.tables))

    def _take_special(
        self, node: LexborNode, number: int, out: list[str], frames: int
    ) -> LexborNode | None:
        """Take an element that is more, or less, than its text; the cell to go down in where it is
        a frame around one."""
        if number == BR:
            out.append(BREAK)
        elif number == TABLE:
            framed = only_cell(node) if frames < _MAX_FRAMES else None
            if framed is not None:
                out.append(BREAK)
                return framed
            self.tables.append(node)
            out.append(BREAK + PICTURE + BREAK)
        elif number in PICTURES:
            if not _is_spacer(node):
                out.append(PICTURE)
        elif number in FIELDS:
            out.append(shown_value(node))
        return None

    def _with_asides(self, text: str) -> str:
        text = lines_of(text)
        if not text.strip():
            return self._alone() or text
        before = ["", *accumulate((p.rstrip(_BLANK)[-1:] for p in self.parts), _last)]
        behind = ["", *accumulate((p.lstrip(_BLANK)[:1] for p in reversed(self.parts)), _last)]
        behind.reverse()
        kept: list[str] = []
        at = 0
        for aside in self.asides:
            mark = lines_of("".join(aside.parts)).strip()
            beside_figure = before[aside.at].isdecimal() or behind[aside.at].isdecimal()
            if not aside.struck and beside_figure and mark.isdecimal():
                kept += [*self.parts[at : aside.at], f"{BREAK}{mark}{BREAK}"]
                at = aside.at
        return lines_of("".join([*kept, *self.parts[at:]]))

    def _alone(self) -> str:
        """The text of a cell in which nothing stands but asides."""
        told = [lines_of("".join(a.parts)) for a in self.asides if not a.struck]
        if not any(t.strip() for t in told):
            told = [_struck(lines_of("".join(a.parts))) for a in self.asides if a.struck]
        return "\n".join(t for t in told if t.strip())


def _last(before: str, character: str) -> str:
    """The character, or the one before it where there is none."""
    return character or before


def _is_spacer(picture: LexborNode) -> bool:
    if picture.tag_id in _FRAMES:
        return False
    attributes = picture.attributes
    sizes = (attributes.get("width"), attributes.get("height"))
    return any((size or "").strip().lower() in _TINY for size in sizes)


def _struck(text: str) -> str:
    return "".join(c if c.isspace() else c + _STROKE for c in text)
