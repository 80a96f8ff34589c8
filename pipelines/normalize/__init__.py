"""Statutory tables → Facts and Findings: every cell as printed, or told why not."""

from collections.abc import Iterator
from decimal import Decimal

from pipelines.domain import Fact, Finding, PlacedCell, Report, State
from pipelines.forms import BlockTable, Forms, finding
from pipelines.forms.tokens import Token, TokenKind, parse_token

__all__ = ["normalize"]


def normalize(report: Report, forms: Forms) -> tuple[tuple[Fact, ...], tuple[Finding, ...]]:
    """One fact for every cell of every recognized table, and the findings of cells that cannot be
    read. Nothing is filled in: a lost cell is absent, an unsure one unreadable."""
    facts: list[Fact] = []
    findings: list[Finding] = []
    for table in report.tables:
        for cell in table.cells:
            fact = _fact(table.table, cell, forms)
            facts.append(fact)
            findings.extend(_oddities(fact, cell, forms))
    return tuple(facts), tuple(findings)


def _fact(table: str, cell: PlacedCell, forms: Forms) -> Fact:
    kind = _kind_of(table, cell, forms)
    if cell.raw is None:
        token = Token(State.UNREADABLE if cell.unsure else State.ABSENT)
    else:
        token = parse_token(cell.raw, kind, forms.lexicon)
    unit = None
    if kind == "amount" and token.value is not None:
        unit = token.unit or cell.unit_hint
    return Fact(
        table=table,
        row=cell.row,
        column=cell.column,
        vintage=cell.vintage,
        state=token.state,
        value=token.value,
        unit=unit,
        value_yuan=_yuan(token.value, unit, forms),
        raw=cell.raw,
        place=cell.place,
    )


def _kind_of(table: str, cell: PlacedCell, forms: Forms) -> TokenKind:
    form_table = forms.vintages[cell.vintage].tables[table]
    if isinstance(form_table, BlockTable):
        return form_table.measure(cell.row, cell.column).kind
    return "count"


def _yuan(value: Decimal | None, unit: str | None, forms: Forms) -> Decimal | None:
    if value is None or unit is None:
        return None
    return value * forms.lexicon.money_units[unit]


def _oddities(fact: Fact, cell: PlacedCell, forms: Forms) -> Iterator[Finding]:
    if fact.state is State.UNREADABLE and not cell.unsure:
        detail = " ".join((cell.raw or "").split())
        yield finding(
            forms,
            "unreadable_cell",
            table=fact.table,
            row=fact.row,
            column=fact.column,
            detail=detail,
        )
