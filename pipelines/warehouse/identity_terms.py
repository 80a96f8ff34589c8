"""raw.identity_terms: the operands of every identity of every form, for sql/ to evaluate."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import pyarrow as pa

from pipelines.domain.arrow import row_mapping
from pipelines.domain.integers import Int16
from pipelines.forms import (
    INDICATORS,
    Annex,
    Equation,
    Forms,
    RectangularTable,
    equations_of,
    merged,
)


class _Term(NamedTuple):
    """One operand of one equation, in the form of one vintage.

    `equation` is one number in all vintages; `place_row` and `place_column` are where a finding of
    it lies. A side is complete with `operands_needed` cells. `is_total`: the cell is one of a row
    or column of totals (`total_row`, `total_column`). An equation with a `needs_column` is
    evaluated only where the document prints that column of the table.
    """

    equation: Int16
    rule: str
    vintage: str
    table: str
    place_row: str | None
    place_column: str | None
    side: str
    operands_needed: Int16
    row: str
    column: str
    is_total: bool
    total_row: str | None
    total_column: str | None
    needs_column: str | None


def identity_terms(forms: Forms) -> pa.Table:
    """One row an operand, vintage and equation."""
    numbers: dict[tuple[str, ...], int] = {}
    terms = [
        term._replace(equation=numbers.setdefault(_place(term), len(numbers)))
        for term in (*_of_tables(forms), *_of_annexes(forms))
    ]
    return row_mapping(_Term).table(terms)


def _place(term: _Term) -> tuple[str, ...]:
    return term.table, term.rule, term.place_row or "", term.place_column or ""


def _of_tables(forms: Forms) -> Iterator[_Term]:
    for form in forms.vintages.values():
        for table in form.tables.values():
            if isinstance(table, RectangularTable):
                for is_over_rows in (True, False):
                    equations = [e for e in table.equations if (e.row is None) is is_over_rows]
                    yield from _of_table(form.vintage, table.table, equations)


def _of_table(vintage: str, table: str, equations: Iterable[Equation]) -> Iterator[_Term]:
    """Those of equations that all sum over rows, or all over columns."""
    totals = {e.right[0] for e in equations if len(e.right) == 1 < len(e.left)}
    for equation in equations:
        total = next((cell for cell in equation.cells if cell in totals), None)
        for term in _operands(equation, vintage, table):
            yield term._replace(
                is_total=(term.row, term.column) == total,
                total_row=total[0] if total and equation.row is None else None,
                total_column=total[1] if total and equation.column is None else None,
            )


def _of_annexes(forms: Forms) -> Iterator[_Term]:
    by_vintage = sorted(forms.annexes.values(), key=lambda form: form.vintage)
    for vintage, of_vintage in groupby(by_vintage, key=lambda form: form.vintage):
        yield from _of_annex(vintage, [form.annex for form in of_vintage])


def _of_annex(vintage: str, annexes: list[Annex]) -> Iterator[_Term]:
    """Provinces print some rows of the form and leave others out: a sum is evaluated over the parts
    that are printed, two or more where the form has several. Its totals are those of its column. A
    sum that only annexes of several columns have is evaluated where there are as many."""
    columns = list(dict.fromkeys(column.code for annex in annexes for column in annex.columns))
    everywhere = {
        (identity.id, identity.right[0])
        for annex in annexes
        if len(annex.columns) == 1
        for identity in annex.identities
    }
    equations = merged(
        equation._replace(row=equation.right[0][0])
        for annex in annexes
        for equation in equations_of(annex.identities, (), columns)
    )
    for equation in equations:
        is_everywhere = (equation.rule, equation.row) in everywhere
        for term in _operands(equation, vintage, INDICATORS):
            yield term._replace(
                operands_needed=min(2, term.operands_needed),
                is_total=term.side == "right",
                total_column=equation.column,
                needs_column=None if is_everywhere else columns[-1],
            )


def _operands(equation: Equation, vintage: str, table: str) -> Iterator[_Term]:
    """The terms of an equation that needs all its cells and has no total."""
    for side, cells in (("left", equation.left), ("right", equation.right)):
        for row, column in cells:
            yield _Term(
                equation=0,
                rule=equation.rule,
                vintage=vintage,
                table=table,
                place_row=equation.row,
                place_column=equation.column,
                side=side,
                operands_needed=len(cells),
                row=row,
                column=column,
                is_total=False,
                total_row=None,
                total_column=None,
                needs_column=None,
            )
