"""Facts as their form lays them out: blocks of rows under one header, and the labels."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pipelines.domain import Fact, State
from pipelines.forms import INDICATORS, BlockTable, Forms, RectangularTable, Table
from pipelines.text.labels import Labelled


def blocks(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    """Facts cut where the columns change: the disclosure table has several headers."""
    by_row: dict[str, list[Fact]] = {}
    for fact in facts:
        by_row.setdefault(fact.row, []).append(fact)
    for _, rows in groupby(by_row.values(), key=lambda row: tuple(f.column for f in row)):
        yield [fact for row in rows for fact in row]


def label_in_form(fact: Fact, code: str, forms: Forms, *, rows: bool) -> str:
    """The label in the vintage of the fact: the forms name some rows differently."""
    table = _table(fact, forms)
    entries: Iterable[Labelled] = ()
    if isinstance(table, BlockTable):
        entries = [e for b in table.blocks for e in (b.items if rows else b.measures)]
    elif table is not None:
        entries = table.rows if rows else table.columns
    elif fact.table == INDICATORS:
        annexes = [form.annex for form in forms.annexes.values()]
        entries = [e for annex in annexes for e in (annex.rows if rows else annex.columns)]
    return next((e.label for e in entries if e.code == code), code)


def group_label(fact: Fact, forms: Forms) -> str | None:
    """The label of the group that the row of the fact stands in, None where it has none."""
    table = _table(fact, forms)
    if not isinstance(table, RectangularTable):
        return None
    group = next((r.group for r in table.rows if r.code == fact.row), None)
    return next((g.label for g in table.groups if g.code == group), None)


def cell_code(fact: Fact) -> str:
    """The code of the cell of a fact in its table, `table.row.column`."""
    return f"{fact.table}.{fact.row}.{fact.column}"


def shown(fact: Fact) -> str:
    """The number and unit of a reported fact, else its printed token; empty where there is none."""
    if fact.state is State.REPORTED:
        return f"{fact.value:f}{fact.unit or ''}"
    return (fact.raw or "").strip()


def _table(fact: Fact, forms: Forms) -> Table | None:
    form = forms.vintages.get(fact.vintage)
    return form.tables.get(fact.table) if form else None
