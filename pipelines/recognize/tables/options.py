"""Every way in which the printed cells of a row can stand in its columns, in the order of print.

What a copy may have done to a row is undone in all ways at once: blanks left out or added, cells
lost, a foreign number taken in, figures run together. One of the ways is the truth; which of them
is for the sums to say (`constraint`), not for this module.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, combinations, islice, product

from pipelines.domain import Cell
from pipelines.recognize.tables.placement import FigureRow
from pipelines.text import narrow

Option = tuple[Cell | None, ...]
"""One cell a column, None where none is printed for it."""

# More are too many to choose among; the row is then left as it was.
MAX_OPTIONS = 8000
# A page number, or the number of a row, can stand among the figures.
_MAX_FOREIGN = 2
# As many digits as seven figures of two and one of three digits have.
_MAX_GLUED = 16
_DIGITS = re.compile(r"\d+")


def options(
    row: FigureRow, columns: int, *, foreign: bool = False, run_together: bool = False
) -> tuple[Option, ...]:
    """The ways for a row of so many columns; none where nothing is printed, or too many.

    `foreign`: one of the figures is surely none of the row's own. `run_together`: the copy runs
    figures together elsewhere, so that digits enough for the whole row are the whole row.
    """
    ways = dict.fromkeys(islice(_ways(row, columns, foreign, run_together), MAX_OPTIONS + 1))
    return tuple(ways) if len(ways) <= MAX_OPTIONS else ()


def runs_together(row: FigureRow) -> bool:
    """Whether its one printed figure can only be several."""
    printed = [cell for cell in row.cells if narrow(cell.text)]
    return len(printed) == 1 and _cannot_be_one(printed[0])


def aligned(row: FigureRow, columns: int, *, right: bool) -> tuple[Option, ...]:
    """The one way for a row of a padded copy, if its columns are the first cells behind its label,
    or the last; none where a figure stands beside them."""
    if row.exact or row.stream or len(row.cells) < columns:
        return ()
    cells = row.cells[-columns:] if right else row.cells[:columns]
    return (cells,) if sum(bool(narrow(c.text)) for c in cells) == len(row.figures) else ()


def _ways(row: FigureRow, columns: int, foreign: bool, run_together: bool) -> Iterator[Option]:
    figures = row.figures
    if not figures:
        return iter(())
    if foreign:
        return _without(figures, 1, columns)
    if len(figures) > columns:
        too_many = len(figures) - columns
        return _without(figures, too_many, columns) if too_many <= _MAX_FOREIGN else iter(())
    if not row.exact:
        # Neither the blanks of a copy nor their number are to be trusted.
        spellings = _spellings(figures, columns, run_together)
        return chain.from_iterable(_spread(spelling, columns) for spelling in spellings)
    if len(row.cells) >= columns:
        return _without_blanks(row.cells, columns)
    return _spread(row.cells, columns)


def _spread(cells: Sequence[Cell], columns: int) -> Iterator[Option]:
    """The cells in their order over the columns, the others empty."""
    for taken in combinations(range(columns), len(cells)):
        option: list[Cell | None] = [None] * columns
        for column, cell in zip(taken, cells, strict=True):
            option[column] = cell
        yield tuple(option)


def _without_blanks(cells: Sequence[Cell], columns: int) -> Iterator[Option]:
    """As many blank cells left out as are too many."""
    blanks = [i for i, cell in enumerate(cells) if not narrow(cell.text)]
    for left_out in combinations(blanks, len(cells) - columns):
        yield tuple(cell for i, cell in enumerate(cells) if i not in left_out)


def _without(figures: Sequence[Cell], foreign: int, columns: int) -> Iterator[Option]:
    """So many of the figures left out, as foreign to the row."""
    for left_out in combinations(range(len(figures)), foreign):
        own = [figure for i, figure in enumerate(figures) if i not in left_out]
        yield from _spread(own, columns)


def _spellings(
    figures: Sequence[Cell], columns: int, run_together: bool
) -> Iterator[tuple[Cell, ...]]:
    """The figures as they stand; and those that are run together taken apart, as far as they then
    fill the row. A number that stands alone in its row may be one, or all of the row's."""
    alone = len(figures) == 1
    apart = alone and run_together and len(narrow(figures[0].text)) >= columns
    if not apart and not any(map(_cannot_be_one, figures)):
        yield tuple(figures)
    spelt = [list(_parts(f)) if alone or _cannot_be_one(f) else [(f,)] for f in figures]
    for parts in product(*spelt):
        whole = tuple(chain.from_iterable(parts))
        if len(whole) == columns:
            yield whole


def _cannot_be_one(figure: Cell) -> bool:
    """Digits that no one writes as one number: it would begin with a zero."""
    digits = narrow(figure.text)
    return len(digits) > 1 and digits.startswith("0") and digits.isdecimal()


def _parts(figure: Cell) -> Iterator[tuple[Cell, ...]]:
    """The numbers that a run of digits can be put together of, two at least."""
    digits = narrow(figure.text)
    if _DIGITS.fullmatch(digits) is None or len(digits) > _MAX_GLUED:
        return
    for cuts in range(1, len(digits)):
        for at in combinations(range(1, len(digits)), cuts):
            ends = (*at, len(digits))
            texts = [digits[a:b] for a, b in zip((0, *at), ends, strict=True)]
            if all(len(t) == 1 or t[0] != "0" for t in texts):
                yield tuple(figure._replace(text=text) for text in texts)
