"""Statutory tables → Facts and Findings: every cell as printed, or told why not."""

from collections.abc import Iterator
from decimal import Decimal

from pipelines.domain import Fact, Finding, PlacedCell, Report, State
from pipelines.forms import INDICATORS, BlockTable, Forms, finding
from pipelines.normalize.claims import claims_of, compared
from pipelines.normalize.slips import SLIP_SUSPECTED, suspicions
from pipelines.text.lexicon import Lexicon
from pipelines.text.numerals import chinese_number
from pipelines.text.tokens import Token, TokenKind, parse_token

__all__ = [
    "SLIP_SUSPECTED",
    "claims_of",
    "compared",
    "normalize",
    "suspicions",
]

# Below it a figure read from a picture is withheld.
MIN_CONFIDENCE = 0.9


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


def _is_doubtful(cell: PlacedCell, lexicon: Lexicon) -> bool:
    """Whether a reader of pictures was not sure of the cell, a blank one too. A number in
    characters is never sure there: to it a stroke is a one, a plus a ten."""
    if cell.raw is None or cell.confidence is None:
        return False
    in_characters = chinese_number(cell.raw, lexicon) is not None
    return in_characters or cell.confidence < MIN_CONFIDENCE


def _fact(table: str, cell: PlacedCell, forms: Forms) -> Fact:
    kind = _kind_of(table, cell, forms)
    if cell.raw is None:
        token = Token(State.UNREADABLE if cell.unsure else State.ABSENT)
    elif _is_doubtful(cell, forms.lexicon):
        token = Token(State.UNREADABLE)
    else:
        token = parse_token(cell.raw, kind, forms.lexicon)
    unit = None
    if token.value is not None and (kind == "amount" or table == INDICATORS):
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
        confidence=cell.confidence,
    )


def _kind_of(table: str, cell: PlacedCell, forms: Forms) -> TokenKind:
    if table == INDICATORS:
        return _kind_of_indicator(cell, forms)
    form_table = forms.vintages[cell.vintage].tables[table]
    if isinstance(form_table, BlockTable):
        return form_table.measure(cell.row, cell.column).kind
    return "count"


def _kind_of_indicator(cell: PlacedCell, forms: Forms) -> TokenKind:
    """What the form says; of an indicator that no form knows, what its unit says."""
    known = forms.indicators.get(cell.row)
    if known is not None:
        return known.kind
    return "amount" if cell.unit_hint in forms.lexicon.money_units else "count"


def _yuan(value: Decimal | None, unit: str | None, forms: Forms) -> Decimal | None:
    if value is None or unit not in forms.lexicon.money_units:
        return None
    return value * forms.lexicon.money_units[unit]


def _oddities(fact: Fact, cell: PlacedCell, forms: Forms) -> Iterator[Finding]:
    if fact.state is State.UNREADABLE and not cell.unsure:
        detail = " ".join((cell.raw or "").split())
        yield finding(
            forms,
            "low_confidence" if _is_doubtful(cell, forms.lexicon) else "unreadable_cell",
            table=fact.table,
            row=fact.row,
            column=fact.column,
            detail=detail,
        )
