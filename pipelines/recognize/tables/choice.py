"""Placements for the rows of a table that have none: what the form's sums leave of all that can be.

Every way in which each row can stand is asked for; then, for the blanks, the two ways in which a
whole table can stand whose rows were padded unevenly. The rows that have a placement keep it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pipelines.domain import Cell
from pipelines.forms import Equation
from pipelines.recognize.tables.constraint import Candidates, CellCode, possible
from pipelines.recognize.tables.options import Option, aligned, options, runs_together
from pipelines.recognize.tables.placement import Certainty, FigureRow, Placement
from pipelines.text import narrow
from pipelines.text.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row as printed: its cells of the form in printed order, and its placement so far. With
    `foreign` one of its figures is none of its own."""

    figures: FigureRow
    columns: tuple[CellCode, ...]
    placement: Placement
    foreign: bool = False

    @property
    def unplaced(self) -> bool:
        """Whether it prints figures and none of them has a place."""
        return bool(self.figures.figures) and not any(self.placement.cells)


Ways = Callable[[PrintedRow], tuple[Option, ...]]


def chosen(
    rows: Sequence[PrintedRow], equations: Sequence[Equation], lexicon: Lexicon
) -> list[Placement]:
    """The placements of the rows, in their order: the new ones where the sums leave one column for
    some figure of a row, else as they were."""
    # Where a row is printed twice no sum is known: its many ways need not be listed.
    cells = [cell for row in rows for cell in row.columns]
    if not any(row.unplaced for row in rows) or len(set(cells)) < len(cells):
        return [row.placement for row in rows]

    def left_of(ways: Ways) -> list[tuple[Option, ...]]:
        return possible([_candidates(row, ways) for row in rows], equations, lexicon)

    together = any(runs_together(row.figures) for row in rows)
    left = left_of(partial(_every_way, run_together=together))
    placements = [
        _placement(row, ways) if row.unplaced else row.placement
        for row, ways in zip(rows, left, strict=True)
    ]
    alignments = [found for ways in _alignments(rows) if any(found := left_of(ways))]
    if len(alignments) != 1:
        return placements
    return [
        _with_blanks(placement, way) if row.figures.figures else placement
        for row, placement, (way,) in zip(rows, placements, alignments[0], strict=True)
    ]


def _alignments(rows: Sequence[PrintedRow]) -> Iterator[Ways]:
    """The sides from which all rows with figures can be read, with their blanks. Where a row prints
    a figure in every column, its author leaves no blanks, and those of other rows are none."""
    printed = [row for row in rows if row.figures.figures]
    if not any(len(row.figures.figures) == len(row.columns) for row in printed):
        for ways in (_to_the_left, _to_the_right):
            if all(map(ways, printed)):
                yield ways


def _candidates(row: PrintedRow, ways: Ways) -> Candidates:
    if row.unplaced:
        return Candidates(row.columns, ways(row))
    return Candidates(row.columns, (row.placement.cells,), fixed=True)


def _every_way(row: PrintedRow, *, run_together: bool) -> tuple[Option, ...]:
    return options(row.figures, len(row.columns), foreign=row.foreign, run_together=run_together)


def _to_the_left(row: PrintedRow) -> tuple[Option, ...]:
    return aligned(row.figures, len(row.columns), right=False)


def _to_the_right(row: PrintedRow) -> tuple[Option, ...]:
    return aligned(row.figures, len(row.columns), right=True)


def _placement(row: PrintedRow, ways: Sequence[Option]) -> Placement:
    cells, unsure = _agreed(ways) if ways else ((), frozenset())
    return Placement(cells, Certainty.CHOSEN, unsure) if any(cells) else row.placement


def _with_blanks(placement: Placement, way: Option) -> Placement:
    """The placement with the blanks of that way, if that has every figure where it is already."""
    cells = placement.cells
    differs = any(
        cell is not None and narrow(cell.text) and cell != placed
        for cell, placed in zip(way, cells, strict=True)
    )
    if differs or None not in cells:
        return placement
    return Placement(way, Certainty.CHOSEN)


def _agreed(options: Sequence[Option]) -> tuple[Option, frozenset[int]]:
    """The cells that stand in the same column in every way, and the columns that are left open."""
    cells: list[Cell | None] = []
    left_open = set()
    for column, in_column in enumerate(zip(*options, strict=True)):
        # One blank is as good as another.
        different = {
            "" if cell is not None and not narrow(cell.text) else cell for cell in in_column
        }
        cells.append(in_column[0] if len(different) == 1 else None)
        if len(different) > 1:
            left_open.add(column)
    return tuple(cells), frozenset(left_open)
