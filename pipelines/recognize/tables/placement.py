"""Which cell of a row stands in which column. A place that is not sure is not given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from pipelines.domain import Cell
from pipelines.text import narrow

# In a narrow row a figure that is lost and a blank that was left out look the same.
_MAX_MEASURES = 3


class Certainty(Enum):
    SURE = "sure"
    CHOSEN = "chosen"  # by the form's sums, among several ways
    SHORT = "short"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Placement:
    """One cell a column, None where the copy has lost it or its place is not sure; `unsure` are the
    columns in which printed figures may stand, but not surely."""

    cells: tuple[Cell | None, ...]
    certainty: Certainty
    unsure: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FigureRow:
    """The cells behind a row's label; `label_end` is the slot behind the label. `spaced`: the same
    with a blank one for each empty line, in copies of one cell a line."""

    cells: tuple[Cell, ...]
    label_end: int
    exact: bool
    stream: bool
    spaced: tuple[Cell, ...] = ()

    @property
    def figures(self) -> tuple[Cell, ...]:
        printed = (c for c in self.cells if narrow(c.text))
        if self.exact:
            return tuple(printed)
        # Zeros that a copy has run together can be nothing but zeros.
        return tuple(
            cell._replace(text=zero)
            for cell in printed
            for zero in (narrow(cell.text) if set(narrow(cell.text)) == {"0"} else (cell.text,))
        )

    @property
    def end(self) -> int:
        return max((c.column + c.column_span for c in self.cells), default=self.label_end)


Slots = tuple[range, ...]


@dataclass(frozen=True)
class Peers:
    """The rows with as many columns in the same grid, which bear witness to where cells stand.
    What they say is found once for all rows that ask."""

    rows: tuple[FigureRow, ...]
    columns: int

    @cached_property
    def _starts(self) -> dict[int, set[int]]:
        """For each slot at which rows end, the slots at which their figures begin."""
        starts: dict[int, set[int]] = {}
        for row in self.rows:
            starts.setdefault(row.end, set()).update(c.column for c in row.figures)
        return starts

    def confirm(self, row: FigureRow, slots: Slots) -> bool:
        """Whether figures stand in the first and the last of these slots, in rows that end where
        this one does, and none beside them: header and data need not align. Rows of a copy that
        end in different places are shifted, and bear no witness."""
        if not row.exact and len(self._starts) > 1:
            return False
        starts = self._starts.get(row.end, set())
        inside = all(any(s in slot for slot in slots) for s in starts)
        return inside and all(any(s in slots[i] for s in starts) for i in (0, -1))

    @cached_property
    def slots_of_whole_rows(self) -> Slots | None:
        """Where all whole rows have their figures, if they agree."""
        found = {
            tuple(range(c.column, c.column + c.column_span) for c in r.figures)
            for r in self.rows
            if len(r.figures) == self.columns
        }
        return found.pop() if len(found) == 1 else None

    @cached_property
    def have_blank_rows(self) -> bool:
        """Whether so many rows print nothing that it is the author's habit: else one may have lost
        the only figure that it had."""
        if self.columns <= _MAX_MEASURES or self.are_regular:
            return True
        return sum(not r.figures for r in self.rows) >= len(self.rows) / 4

    @cached_property
    def are_regular(self) -> bool:
        """Whether every row has just as many cells as columns: then none was added or lost. A row
        that is full but for one end, at which all rows are blank, has lost a cell at the other."""
        if any(len(r.cells) != self.columns for r in self.rows):
            return False
        lost_one = any(len(r.figures) == self.columns - 1 for r in self.rows)
        shows = [all(narrow(r.cells[end].text) == "" for r in self.rows) for end in (0, -1)]
        return not (lost_one and any(shows) and self.columns > _MAX_MEASURES)


def with_empty_lines(rows: Sequence[FigureRow], columns: int) -> tuple[FigureRow, ...]:
    """Rows of one-cell lines with their empty lines as blank cells, where all rows come out even:
    at just as many cells as columns, or with empty ones behind, if some row shows which. What
    stands behind the last row may be empty as well. The rows as they are where it is not so."""
    *others, last = rows
    length = len(others[0].spaced) if others else columns
    even = all(len(row.spaced) == length for row in others) and len(last.spaced) >= length
    filled = [[bool(narrow(cell.text)) for cell in row.spaced] for row in rows]
    shown = length == columns or any(f[0] and f[columns - 1] for f in filled if len(f) >= columns)
    if not even or length < columns or not shown or any(any(f[columns:]) for f in filled):
        return tuple(rows)
    return tuple(
        FigureRow(row.spaced[:columns], row.label_end, exact=True, stream=False) for row in rows
    )


def unpacked(row: FigureRow, columns: int) -> FigureRow:
    """A row that stands packed to the left, without the blank cells behind its columns."""
    blank = not any(narrow(cell.text) for cell in row.cells[columns:])
    return replace(row, cells=row.cells[:columns]) if blank else row


def place(row: FigureRow, columns: int, header_slots: Slots | None, peers: Peers) -> Placement:
    """The row's cells in their columns.

    A row with as many figures as columns is sure whatever stands between them. With fewer, blanks
    count only where the layout, or the other rows of the grid, show which blanks are cells.
    """
    figures = row.figures
    if len(figures) > columns:
        by_header = _under(row, header_slots) if header_slots is not None else None
        return _sure(by_header) if by_header is not None else nothing(columns)
    if len(figures) == columns:
        return _sure(figures)
    if row.stream:
        return _short(row, columns)
    # A figure under all columns is another form's only one.
    spans_all = any(cell.column_span >= columns > 1 for cell in figures)
    readings = () if spans_all else _readings(row, columns, header_slots, peers)
    sure = next((cells for cells in readings if cells is not None), None)
    if sure is not None:
        return _sure(sure)
    unclear = spans_all or (row.exact and len(row.cells) >= columns)
    return nothing(columns) if unclear else _short(row, columns)


def _readings(
    row: FigureRow, columns: int, header_slots: Slots | None, peers: Peers
) -> Sequence[tuple[Cell, ...] | None]:
    """The ways in which a row with blanks can be sure."""
    if not row.figures:
        blank = len(row.cells) >= columns and (row.exact or peers.have_blank_rows)
        return (row.cells[:columns] if blank else None,)
    first, last = row.figures[0].column, row.figures[-1].column
    spanned = tuple(c for c in row.cells if first <= c.column <= last)
    counted = row.cells if len(row.cells) == columns else None
    slots = next(
        (s for s in (header_slots, peers.slots_of_whole_rows) if s and peers.confirm(row, s)),
        None,
    )
    wide = columns > _MAX_MEASURES
    begins = header_slots is not None and row.exact and row.label_end == header_slots[0].start
    return (
        counted if row.exact or peers.are_regular else None,
        # The first column begins where the label ends: fillers stand behind the last.
        _under(row, header_slots) if header_slots is not None and begins and wide else None,
        spanned if len(spanned) == columns else None,
        _under(row, slots) if slots is not None else None,
    )


def _under(row: FigureRow, slots: Slots) -> tuple[Cell, ...] | None:
    """One cell in each slot, and no figure elsewhere. Where a copy repeats a spanned cell, the
    repetitions are one."""
    if row.label_end > slots[0].start:
        return None
    under = [[c for c in row.cells if c.column in slot] for slot in slots]
    if any(len({narrow(c.text) for c in cells}) != 1 for cells in under):
        return None
    if sum(bool(narrow(c.text)) for cells in under for c in cells) != len(row.figures):
        return None
    return tuple(cells[0] for cells in under)


def _short(row: FigureRow, columns: int) -> Placement:
    """A row that lost cells, or whose blanks prove nothing. One lost among figures that are all
    the same: whichever it was, the others hold that figure. Otherwise no place is sure; nor in a
    stream, which does not show whether the cell was lost or blank."""
    figures = row.figures
    one_lost = len(figures) == columns - 1 and columns > _MAX_MEASURES and not row.stream
    if one_lost and len({narrow(c.text) for c in figures}) == 1:
        return Placement((*figures, None), Certainty.SHORT)
    return Placement((None,) * columns, Certainty.SHORT, frozenset(range(columns)))


def _sure(cells: tuple[Cell, ...]) -> Placement:
    return Placement(cells, Certainty.SURE)


def nothing(columns: int) -> Placement:
    """No cell is given: the columns of the figures cannot be told."""
    return Placement((None,) * columns, Certainty.AMBIGUOUS, frozenset(range(columns)))
