"""Which cell of a row stands in which column. A place that is not sure is not given."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from pipelines.domain import Cell
from pipelines.forms import narrow


class Certainty(Enum):
    SURE = "sure"
    SHORT = "short"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Placement:
    """One cell a column, None where the copy has lost it or its place is not sure."""

    cells: tuple[Cell | None, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class FigureRow:
    """The cells behind a row's label, `label_slot` the column of the label (-1: there is none).

    `header_slots` are the slots of the column labels above, where all of them were found and
    nothing speaks against them.
    """

    cells: tuple[Cell, ...]
    label_slot: int
    exact: bool
    stream: bool
    header_slots: tuple[range, ...] | None = None

    @property
    def figures(self) -> tuple[Cell, ...]:
        return tuple(c for c in self.cells if narrow(c.text))


Offsets = tuple[int, ...]


def learn_offsets(rows: Sequence[FigureRow], columns: int) -> Offsets | None:
    """How far behind their labels the figures of whole rows stand in a text copy, where all whole
    rows agree; that tells fillers from blanks in the others."""
    found = {
        tuple(c.column - row.label_slot for c in row.figures)
        for row in rows
        if not row.exact and not row.stream and len(row.figures) == columns
    }
    return found.pop() if len(found) == 1 else None


def place(row: FigureRow, columns: int, offsets: Offsets | None) -> Placement:
    """The row's cells in their columns.

    A row with as many figures as columns is sure whatever stands between them. With fewer, blanks
    count only where the layout or the whole rows beside it tell which blanks are cells.
    """
    if len(row.figures) == columns:
        return Placement(row.figures, Certainty.SURE)
    under_header = _under_header(row)
    if under_header is not None:
        return Placement(under_header, Certainty.SURE)
    if len(row.figures) > columns:
        return _nothing(columns, Certainty.AMBIGUOUS)
    if row.stream:
        return _place_short(row, columns)
    return _place_exact(row, columns) if row.exact else _place_copied(row, columns, offsets)


def _under_header(row: FigureRow) -> tuple[Cell, ...] | None:
    """One cell under each column label, and no figure elsewhere. Where a copy repeats a spanned
    cell, the repetitions are one."""
    slots = row.header_slots
    if slots is None or row.label_slot >= min(s.start for s in slots):
        return None
    under = [[c for c in row.cells if c.column in slot] for slot in slots]
    if any(len({narrow(c.text) for c in cells}) != 1 for cells in under):
        return None
    if sum(bool(narrow(c.text)) for cells in under for c in cells) != len(row.figures):
        return None
    return tuple(cells[0] for cells in under)


def place_in_lossy_copy(row: FigureRow, columns: int) -> Placement:
    """The row's cells where the copy has lost cells of other rows: its blanks prove nothing."""
    if row.exact or not row.figures or len(row.figures) >= columns:
        raise ValueError("only for rows of copies with some figures and fewer than columns")
    return _place_short(row, columns)


def _place_exact(row: FigureRow, columns: int) -> Placement:
    if len(row.cells) == columns:
        return Placement(row.cells, Certainty.SURE)
    if len(row.cells) < columns:
        return _place_short(row, columns)
    return _nothing(columns, Certainty.AMBIGUOUS)


def _place_copied(row: FigureRow, columns: int, offsets: Offsets | None) -> Placement:
    """By the offsets of the whole rows beside it; without any, only where nothing is left over."""
    by_slot = {c.column - row.label_slot: c for c in row.cells}
    if not row.figures:
        placed: list[Cell | None] = list(row.cells[:columns])
    elif offsets is not None:
        placed = [by_slot[offset] for offset in offsets if offset in by_slot]
    else:
        placed = list(row.cells)
    if any(figure not in placed for figure in row.figures) or len(placed) > columns:
        return _nothing(columns, Certainty.AMBIGUOUS)
    if len(placed) < columns:
        return _place_short(row, columns)
    return Placement(tuple(placed), Certainty.SURE)


def _place_short(row: FigureRow, columns: int) -> Placement:
    """A row that lost cells. One lost among figures that are all the same: whichever it was, the
    others hold that figure. Otherwise no place is sure; nor in a stream, which does not show
    whether the cell was lost or blank."""
    figures = row.figures
    one_lost = len(figures) == columns - 1 and columns > 2 and not row.stream
    if one_lost and len({narrow(c.text) for c in figures}) == 1:
        return Placement((*figures, None), Certainty.SHORT)
    return _nothing(columns, Certainty.SHORT)


def _nothing(columns: int, certainty: Certainty) -> Placement:
    return Placement((None,) * columns, certainty)
