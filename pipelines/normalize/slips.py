"""Where the error lies: whether a table that breaks its sums would keep them but for one slip of
reading (a digit lost, neighbours swapped, a row moved). Then another reader is asked; else the slip
is the filer's. No figure is ever changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain

from pipelines.domain import Fact, Finding, State
from pipelines.forms import Equation, Forms, RectangularTable, difference, finding

SLIP_SUSPECTED = "reading_slip_suspected"

Cell = tuple[str, str]  # row, column
Values = Mapping[Cell, Decimal]

_LOST = (State.UNREADABLE, State.ABSENT)
# A table in which so many sums break was not filled in by the form at all.
_MOST_BROKEN = 20


@dataclass(frozen=True, slots=True)
class Slip:
    """Figures that would keep every sum, and the slip that would have made the printed ones of
    them: a digit lost or turned, neighbours swapped, a row moved."""

    figures: dict[Cell, Decimal]
    kind: str


def suspicions(facts: Sequence[Fact], forms: Forms) -> Iterator[Finding]:
    """One finding a table whose sums break and would hold but for a slip of reading."""
    tables: dict[str, list[Fact]] = {}
    for fact in facts:
        tables.setdefault(fact.table, []).append(fact)
    for name, of_table in tables.items():
        form = forms.vintages.get(of_table[0].vintage)
        table = form.tables.get(name) if form is not None else None
        if isinstance(table, RectangularTable) and any(map(_could_slip, of_table)):
            yield from _suspicions(of_table, table, forms)


def _suspicions(facts: Sequence[Fact], form: RectangularTable, forms: Forms) -> Iterator[Finding]:
    sums = Sums(facts, form)
    if not 0 < len(sums.broken) <= _MOST_BROKEN:
        return
    slip = next(chain(_moves(sums, form), _digits(sums)), None)
    if slip is None:
        return
    (row, column), figure = next(iter(slip.figures.items()))
    yield finding(
        forms,
        SLIP_SUSPECTED,
        table=form.table,
        row=row,
        column=column,
        left=sums.values[row, column],
        right=figure,
        detail=slip.kind,
    )


def _could_slip(fact: Fact) -> bool:
    """Whether a reader put the cell together. Where elements hold the cells apart none can slip."""
    place = fact.place
    return place is not None and (place.page is not None or place.line is not None)


class Sums:
    """The identities of one table over its figures, blanks as zeros."""

    def __init__(self, facts: Sequence[Fact], form: RectangularTable) -> None:
        self.values = {
            (f.row, f.column): f.value or Decimal(0) for f in facts if f.state not in _LOST
        }
        self.reported = {(f.row, f.column) for f in facts if f.state is State.REPORTED}
        self.by_confidence = any(f.confidence is not None for f in facts)
        known = self.values.keys()
        self.all = [e for e in form.equations if known >= set(e.cells)]

    @cached_property
    def broken(self) -> list[Equation]:
        return [equation for equation in self.all if difference(equation, self.values)]

    def keeps_all(self, figures: Values) -> bool:
        """Whether every sum holds with these figures instead."""
        changed = {**self.values, **figures}
        return not any(difference(equation, changed) for equation in self.all)

    def needed(self, cell: Cell) -> Decimal | None:
        """What the cell would have to be for all sums to hold; None where nothing would do."""
        first = self.broken[0]
        if cell not in first.cells:
            return None
        sign = 1 if cell in first.left else -1
        figure = self.values[cell] - sign * difference(first, self.values)
        return figure if figure >= 0 and self.keeps_all({cell: figure}) else None


def _digits(sums: Sums) -> Iterator[Slip]:
    """Each printed figure that another, a slip over its digits away, would keep all sums."""
    for cell in sums.broken[0].cells:
        figure = sums.needed(cell) if cell in sums.reported else None
        kind = _kind_of(sums, cell, figure) if figure is not None else None
        if figure is not None and kind is not None:
            yield Slip({cell: figure}, kind)


def _kind_of(sums: Sums, cell: Cell, figure: Decimal) -> str | None:
    read, meant = str(sums.values[cell]), str(figure)
    if _lost_digit(meant, read) or _lost_digit(read, meant):
        return "digit"
    if len(read) == len(meant):
        off = [i for i, (a, b) in enumerate(zip(read, meant, strict=True)) if a != b]
        turned = len(off) == 2 and off[1] == off[0] + 1
        if turned and read[off[0]] == meant[off[1]] and read[off[1]] == meant[off[0]]:
            return "digits"
        if len(off) == 1 and sums.by_confidence:
            return "digit"
    return None


def _lost_digit(whole: str, rest: str) -> bool:
    return len(whole) == len(rest) + 1 and any(
        whole[:i] + whole[i + 1 :] == rest for i in range(len(whole))
    )


def _moves(sums: Sums, form: RectangularTable) -> Iterator[Slip]:
    """Neighbours in a row taken for each other, and rows moved by one column."""
    columns = [column.code for column in form.columns]
    touched = {row for e in sums.broken for row, _ in e.cells}
    for row in (r.code for r in form.rows if r.code in touched):
        cells = [(row, column) for column in columns]
        if not sums.reported.issuperset(cells):
            continue
        read = [sums.values[cell] for cell in cells]
        for i in range(len(cells) - 1):
            swapped = {cells[i]: read[i + 1], cells[i + 1]: read[i]}
            if read[i] != read[i + 1] and sums.keeps_all(swapped):
                yield Slip(swapped, "neighbours")
        for moved in ([*read[1:], Decimal(0)], [Decimal(0), *read[:-1]]):
            figures = dict(zip(cells, moved, strict=True))
            if moved != read and sums.keeps_all(figures):
                yield Slip(figures, "row")
