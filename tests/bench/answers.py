"""Whether an answer is right: ours cell by cell, a peer's by the rows of the requests table.

That is for reports of careful authors, whose cells all hold whole numbers."""

from collections.abc import Sequence
from itertools import takewhile

from pipelines.domain import Reading
from pipelines.forms import load_forms
from pipelines.normalize import normalize
from pipelines.recognize import recognize
from tests.simulate import SimulatedReport
from tests.simulate.report import REQUESTS

Tables = Sequence[Sequence[Sequence[object]]]
"""Tables of rows of cells, as a peer gives them."""
Answer = Reading | Tables | Exception
"""What a way gave; an exception where it gave nothing."""


def fault(answer: Answer, report: SimulatedReport) -> str | None:
    """What is wrong with the answer, in one line."""
    if isinstance(answer, Exception):
        return f"{type(answer).__name__}: {' '.join(str(answer).split())}"
    return _of_reading(answer, report) if isinstance(answer, Reading) else _of_rows(answer, report)


def _of_reading(reading: Reading, report: SimulatedReport) -> str | None:
    """Every cell of the three tables must be as printed, its place kept, and none invented."""
    forms = load_forms()
    try:
        facts, _ = normalize(recognize(reading, forms), forms)
    except Exception as error:
        return f"no report: {error}"
    found = {(f.table, f.row, f.column): f for f in facts}
    for key, printed in report.truth.items():
        fact = found.get(key)
        if fact is None or (fact.state, fact.value) != (printed.state, printed.value):
            return f"{'.'.join(key)}: {printed.token!r} was read as {fact and fact.raw!r}"
        if fact.place is None or not fact.place.as_json():
            return f"{'.'.join(key)}: its place is lost"
    extra = found.keys() - report.truth.keys()
    return f"{'.'.join(min(extra))}: invented" if extra else None


def _of_rows(tables: Tables, report: SimulatedReport) -> str | None:
    """The rows that end in as many figures as the requests table has columns must be its rows.
    Labels are not looked at: a peer knows nothing of them."""
    expected: dict[str, list[str]] = {}
    for (table, row, _), printed in report.truth.items():
        if table == REQUESTS:
            expected.setdefault(row, []).append(_plain(printed.token))
    width = max(map(len, expected.values()))
    ends = (_figures_at_end(row) for table in tables for row in table)
    found = [figures for figures in ends if len(figures) == width]
    if len(found) != len(expected):
        return f"{REQUESTS}: {len(found)} rows of figures, not {len(expected)}"
    for (row, figures), mine in zip(expected.items(), found, strict=True):
        if figures != mine:
            return f"{REQUESTS}.{row}: {' '.join(figures)} was read as {' '.join(mine)}"
    return None


def _figures_at_end(row: Sequence[object]) -> list[str]:
    """The figures behind the last label; peers pad rows to the widest one of the sheet."""
    cells = [_plain(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    figures = list(takewhile(str.isdigit, reversed(cells)))
    return figures[::-1]


def _plain(cell: object) -> str:
    """The text of a cell; a whole number without the decimals that a peer gave it."""
    text = "" if cell is None else str(cell).strip()
    return "" if text == "nan" else text.removesuffix(".0")
