"""Fits tables into the width of a terminal without cutting a cell."""

from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table

_ANY_WIDTH = 1_000_000
# A column of text is not drawn narrower than this many characters.
_NARROWEST_TEXT = 12


def fit_table(table: Table, console: Console, *, skip_empty: bool = False) -> Table:
    """The table with its columns narrowed to the console, their text folded; or, where that is
    not enough, each of its rows as lines of a column's name and value.

    A column that is `no_wrap` keeps its width, and one with a `min_width` at least that; any other
    is narrowed to 12 characters at most. `skip_empty` leaves out names without a value.
    """
    natural = [_width(console, column.header, *column.cells) for column in table.columns]
    narrowest = [
        width if column.no_wrap else min(width, column.min_width or _NARROWEST_TEXT)
        for column, width in zip(table.columns, natural, strict=True)
    ]
    # Of each column two blanks and a rule, and the first rule.
    available = console.width - 3 * len(natural) - 1
    if available < sum(narrowest):
        return _upright(table, console, skip_empty=skip_empty)
    # The widest columns are narrowed first; all of them at 0 are at their narrowest.
    for limit in range(max(natural), -1, -1):
        widths = [min(w, max(limit, least)) for w, least in zip(natural, narrowest, strict=True)]
        if sum(widths) <= available:
            break
    for column, width in zip(table.columns, widths, strict=True):
        column.overflow = "fold"
        column.width = width
    return table


def _upright(table: Table, console: Console, *, skip_empty: bool) -> Table:
    upright = Table(show_header=False, title=table.title, title_justify=table.title_justify)
    names = [column.header for column in table.columns]
    widest = (console.width - 7) // 2
    upright.add_column(style="bold", overflow="fold", width=min(_width(console, *names), widest))
    upright.add_column(overflow="fold")
    for row in zip(*(column.cells for column in table.columns), strict=True):
        for name, value in zip(names, row, strict=True):
            if not skip_empty or _width(console, value):
                upright.add_row(name, value)
        upright.add_section()
    return upright


def _width(console: Console, *cells: RenderableType) -> int:
    """Of the widest cell, in characters of the terminal."""
    # Rich gives no width beyond the one it is asked for.
    unbounded = console.options.update(max_width=_ANY_WIDTH)
    return max(Measurement.get(console, unbounded, cell).maximum for cell in cells)
