"""Text copies: tables flattened to tabs or pipes, to one cell or one row a line, or to a single
line, with the damage of copying."""

import random
from collections.abc import Iterator, Sequence

from tests.simulate.habits import Habits
from tests.simulate.layout import LaidCell, LaidTable, columns_of, lay_out, rng_of
from tests.simulate.report import REQUESTS, SimulatedReport


def render_text(report: SimulatedReport, habits: Habits | None = None) -> bytes:
    """The report as plain text in the encoding of `habits`."""
    habits = habits or report.habits
    rng = rng_of(report, "text")
    parts = []
    for part in lay_out(report, habits):
        if isinstance(part, LaidTable):
            parts.append("\n".join(_table(part, habits, rng)))
        else:
            parts.append(part.text)
    return ("\n\n".join(parts) + "\n").encode(habits.encoding)


# Copies in which an empty cell leaves no trace, or nearly none.
_RUNNING = ("lines", "glued", "one_line")


def _table(table: LaidTable, habits: Habits, rng: random.Random) -> Iterator[str]:
    if habits.text_layout == "one_line":
        rows = _rows(table, habits, rng)
        yield " ".join(word for cells in rows for cell in cells for word in cell.split())
        return
    if habits.text_layout == "glued":
        for cells in _rows(table, habits, rng):
            yield _glued(cells, apart=not habits.figures_run_together)
        return
    separator = {"tab": "\t", "pipe": " | ", "lines": "\n"}[habits.text_layout]
    for index, cells in enumerate(_rows(table, habits, rng)):
        if habits.text_layout == "lines":
            # Nothing tells an empty line from the end of a table: a copy of this kind drops
            # the empty cells of labels, and keeps a blank figure as a line with a space.
            yield separator.join(cells)
            continue
        line = separator.join(cell.replace("\n", " ") for cell in cells)
        if habits.text_layout == "pipe":
            yield f"| {line} |"
            if index == 0:
                yield "|" + " --- |" * len(cells)
        else:
            yield line


def _glued(cells: Sequence[str], *, apart: bool) -> str:
    """Labels run into one another and into the first figure; figures stand `apart` or do not."""
    line = ""
    for cell in cells:
        text = "".join(cell.split())
        two_figures = apart and line[-1:].isdigit() and text[:1].isdigit()
        sign = not (text[:1].isdigit() or text[:1].isalpha())
        line += f" {text}" if two_figures or sign else text
    return line.strip()


def _rows(table: LaidTable, habits: Habits, rng: random.Random) -> Iterator[list[str]]:
    placed = columns_of(table.rows)
    width = max(c[-1] + r[-1].column_span for c, r in zip(placed, table.rows, strict=True))
    slots: dict[tuple[int, int], str | None] = {}
    for index, (columns, row) in enumerate(zip(placed, table.rows, strict=True)):
        lost = _lost(row, rng) if table.table == REQUESTS and habits.lost_figures else None
        for column, cell in zip(columns, row, strict=True):
            if cell is lost and rng.random() < habits.lost_figures:
                continue
            for down in range(cell.row_span):
                for right in range(cell.column_span):
                    first = down == 0 and right == 0
                    slots[index + down, column + right] = _slot(cell, first, habits)
    for index in range(len(table.rows)):
        cells = [c for c in (slots.get((index, x)) for x in range(width)) if c is not None]
        if habits.text_layout not in _RUNNING:
            if habits.shifted_labels and table.table == REQUESTS and table.codes[index]:
                cells = _shifted(cells, rng)
            cells += [""] * habits.filler_columns
        yield cells


def _lost(row: Sequence[LaidCell], rng: random.Random) -> LaidCell | None:
    """The figure that the row may have lost."""
    figures = [cell for cell in row if cell.role == "figure"]
    return rng.choice(figures) if figures else None


def _slot(cell: LaidCell, first: bool, habits: Habits) -> str | None:
    """What a copy leaves of one slot of a cell; None where it leaves nothing at all."""
    if cell.text is None:
        return None
    if habits.text_layout in _RUNNING:
        if cell.role == "figure":
            return (cell.text or " ") if first else None
        return (cell.text or None) if first else None
    if first:
        return cell.text
    if habits.spans == "dropped":
        return None
    return "" if habits.spans == "padded" or cell.role == "figure" else cell.text


def _shifted(cells: list[str], rng: random.Random) -> list[str]:
    """Labels shifted as flattening does: empty cells added, or those on the left taken away."""
    while cells and cells[0] == "" and rng.random() < 0.3:
        cells = cells[1:]
    return [""] * rng.choice([0, 0, 1]) + cells + [""] * rng.choice([0, 0, 1, 2])
