"""Tables of a page: rows as they are displayed, and their cells in their slots."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from pipelines.domain import Cell, Place, UnreadableDocument
from pipelines.read.html.cells import EMPTY, CellText, text_of_cell
from pipelines.read.html.limits import HtmlLimits
from pipelines.read.html.tree import CELLS, GONE, HIDDEN, TR, UNSEEN, Marks, id_of

_MAX_SPAN = 1000
_MAX_HEIGHT = 65534
_DIGITS = re.compile(r"\s*(\d{1,6})")
TD = id_of("td")
_GROUPS = {id_of(tag): (order, tag) for order, tag in enumerate(("thead", "tbody", "tfoot"))}
# A cell with so much prose in it is a page's layout, not a table's cell.
_LAYOUT_TEXT = 400
_LAYOUT_BLOCKS = 3
# With so many cells beside it, a cell that holds a table is a table's.
_MIN_BESIDE = 2


class TableCell(NamedTuple):
    """A cell as marked up; spans as stated, a row span of 0 reaches the end of the row group."""

    node: LexborNode
    path: str
    content: CellText
    row_span: int
    column_span: int
    shown: bool


class TableRow(NamedTuple):
    """A row that is displayed; `left` counts the rows from it to the end of its row group."""

    cells: tuple[TableCell, ...]
    left: int

    def is_layout(self) -> bool:
        """Whether one of its cells is a part of the page rather than of a table."""
        filled = sum(bool(c.content.text.strip()) for c in self.cells)
        for cell in self.cells:
            text, blocks, tables = cell.content
            long = len(text) > _LAYOUT_TEXT
            beside = filled - bool(text.strip())
            if (blocks > _LAYOUT_BLOCKS and long) or (tables and (long or beside < _MIN_BESIDE)):
                return True
        return False


def rows_of(table: LexborNode, path: str, marks: Marks) -> list[TableRow]:
    """The rows in the order in which they are displayed: head, bodies, foot."""
    groups: list[tuple[int, list[tuple[TableCell, ...]]]] = []
    counts: dict[int, int] = {}
    group = table.first_child
    while group is not None:
        number = group.tag_id
        if number in _GROUPS:
            counts[number] = counts.get(number, 0) + 1
            if not marks.of(group, number) & HIDDEN:
                order, tag = _GROUPS[number]
                groups.append((order, _rows(group, f"{path}/{tag}[{counts[number]}]", marks)))
        group = group.next
    groups.sort(key=lambda g: g[0])
    return [TableRow(row, len(rows) - i) for _, rows in groups for i, row in enumerate(rows)]


def _rows(group: LexborNode, path: str, marks: Marks) -> list[tuple[TableCell, ...]]:
    rows: list[tuple[TableCell, ...]] = []
    number = 0
    row = group.first_child
    while row is not None:
        if row.tag_id == TR:
            number += 1
            shown = marks.of(row, TR)
            if not shown & GONE:
                rows.append(_cells(row, f"{path}/tr[{number}]/", marks, bool(shown & UNSEEN)))
        row = row.next
    return rows


def _cells(row: LexborNode, path: str, marks: Marks, unseen: bool) -> tuple[TableCell, ...]:
    cells: list[TableCell] = []
    data = heads = 0
    node = row.first_child
    while node is not None:
        number = node.tag_id
        if number in CELLS:
            if number == TD:
                data += 1
                name = f"{path}td[{data}]"
            else:
                heads += 1
                name = f"{path}th[{heads}]"
            attributes = node.attributes
            high = wide = 1
            shown = UNSEEN if unseen else 0
            if attributes:
                shown |= marks.of_attributes(attributes)
                high = _span(attributes.get("rowspan"), _MAX_HEIGHT)
                wide = _span(attributes.get("colspan"), _MAX_SPAN) or 1
            if not shown & GONE:
                content = EMPTY if shown & UNSEEN else text_of_cell(node, marks)
                cells.append(TableCell(node, name, content, high, wide, not shown & UNSEEN))
        node = node.next
    return tuple(cells)


def _span(stated: str | None, most: int) -> int:
    """The span that the attribute states, 1 where it states none."""
    if not stated:
        return 1
    digits = _DIGITS.match(stated)
    return min(int(digits.group(1)), most) if digits else 1


def resolved(rows: Sequence[TableRow], limits: HtmlLimits) -> list[list[Cell]]:
    """For every row its cells in their slots, as a browser lays them out.

    Raises:
        UnreadableDocument: the table has more columns than the limit.
    """
    # For each column the row below the cell that reaches down into it.
    below: list[int] = []
    laid: list[list[Cell]] = []
    for number, row in enumerate(rows):
        column = 0
        cells: list[Cell] = []
        for cell in row.cells:
            while column < len(below) and below[column] > number:
                column += 1
            wide = cell.column_span
            if column + wide > limits.max_columns:
                raise UnreadableDocument(f"a table has more than {limits.max_columns:,} columns")
            high = min(cell.row_span or row.left, row.left)
            if high > 1:
                if len(below) < column + wide:
                    below.extend([0] * (column + wide - len(below)))
                reached = [max(number + high, end) for end in below[column : column + wide]]
                below[column : column + wide] = reached
            text = cell.content.text
            cells.append(Cell(text, number, column, Place(path=cell.path), high, wide))
            column += wide
        laid.append(cells)
    return laid
