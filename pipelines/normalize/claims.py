"""Figures told in prose → Claims: one of each, and how it stands to the table's figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipelines.domain import Claim, Comparison, Fact, Finding, FoundClaim, State
from pipelines.forms import Forms, RectangularTable, finding
from pipelines.forms.claims import ClaimKind
from pipelines.text.numerals import is_rounded, parse_number

AMBIGUOUS = "claim_ambiguous"
DIFFERS = "text_matches_table"
PARTS = "claim_parts_sum_to_total"
# The basis of a comparison in which blanks and dashes were taken for zero.
BLANK_AS_ZERO = "blank_as_zero"

_PART = ".part."
# A list of fewer parts need not be whole, even where nothing says so.
_MIN_PARTS = 3
_EMPTY = (State.BLANK, State.NOT_APPLICABLE)

CellKey = tuple[str, str, str]  # table, row, column


def claims_of(
    found: Sequence[FoundClaim], forms: Forms
) -> tuple[tuple[Claim, ...], tuple[Finding, ...]]:
    """One claim of each code with its value, not compared yet, and the findings: of claims that are
    told with different figures, which are dropped, and of parts that do not sum to their total."""
    valued = _widened([(f, _value(f, forms)) for f in found], forms)
    by_code: dict[str, list[tuple[FoundClaim, Decimal | None]]] = {}
    for told, value in valued:
        by_code.setdefault(told.claim, []).append((told, value))
    torn = {code for code, all_told in by_code.items() if len(_figures(all_told)) > 1}
    torn |= {code.partition(_PART)[0] + _PART for code in torn}
    claims: list[Claim] = []
    for code, all_told in by_code.items():
        if code not in torn and code.partition(_PART)[0] + _PART not in torn:
            claims.append(_claim(*_best(all_told), forms))
    findings = [
        finding(forms, AMBIGUOUS, detail="; ".join(dict.fromkeys(t.raw for t, _ in by_code[code])))
        for code in sorted(torn & set(by_code))
    ]
    return tuple(claims), (*findings, *_sums(valued, {c.claim for c in claims}, forms))


def compared(
    claims: Sequence[Claim], facts: Sequence[Fact], forms: Forms
) -> tuple[tuple[Claim, ...], tuple[Finding, ...]]:
    """The claims beside the figures that they restate, and a finding for each that differs from
    its figure in every known way of counting. Where either is unknown there is no comparison."""
    cells = {(f.table, f.row, f.column): f for f in facts}
    judged = tuple(_compared(claim, cells, forms) for claim in claims)
    return judged, tuple(
        finding(
            forms,
            DIFFERS,
            table=c.table,
            row=c.row,
            column=c.column,
            left=c.value,
            right=c.table_value,
            detail=c.raw,
        )
        for c in judged
        if c.comparison is Comparison.DIFFERS
    )


def _value(found: FoundClaim, forms: Forms) -> Decimal | None:
    if found.denied:
        return Decimal(0)
    return None if found.figure is None else parse_number(found.figure, forms.lexicon)


Valued = tuple[FoundClaim, Decimal | None]


def _widened(valued: Sequence[Valued], forms: Forms) -> list[Valued]:
    """Where a report gives a figure with and without what another claim tells, the greater is the
    wider claim: requests received, and those with what was brought forward."""
    told = {f.claim: value for f, value in reversed(valued)}
    renamed = list(valued)
    for kind in forms.claims.claims:
        values = {v for f, v in valued if f.claim == kind.code and v is not None}
        more = told.get(kind.wider_by or "")
        if kind.wider is None or len(values) != 2 or not more:
            continue
        if max(values) - min(values) == more:
            renamed = [
                (replace(f, claim=kind.wider), v)
                if f.claim == kind.code and v == max(values) and not f.exact
                else (f, v)
                for f, v in renamed
            ]
    return renamed


def _figures(all_told: Sequence[Valued]) -> set[Decimal]:
    return {value for _, value in all_told if value is not None}


def _best(all_told: Sequence[Valued]) -> Valued:
    """The first that has a figure; one that is not rounded before others."""
    return min(all_told, key=lambda told: (told[1] is None, not told[0].exact))


def _claim(found: FoundClaim, value: Decimal | None, forms: Forms) -> Claim:
    kind = forms.claims.by_code.get(found.claim)
    one_row = kind is not None and len(kind.rows) == 1
    one_column = kind is not None and len(kind.columns) == 1
    return Claim(
        claim=found.claim,
        value=value,
        unit=found.unit,
        raw=found.raw,
        place=found.place,
        table=kind.table if kind else None,
        row=kind.rows[0] if kind and one_row else None,
        column=kind.columns[0] if kind and one_column else None,
        rounded=found.figure is not None and is_rounded(found.figure, forms.lexicon),
    )


def _sums(valued: Sequence[Valued], kept: set[str], forms: Forms) -> Iterator[Finding]:
    """Totals whose parts, all of them understood, come to something else. A list of few parts that
    falls short may simply not be whole."""
    parts_of: dict[int | None, list[Decimal]] = {}
    for told, value in valued:
        if value is not None:
            parts_of.setdefault(told.part_of, []).append(value)
    for told, value in valued:
        if not told.whole or value is None or told.claim not in kept:
            continue
        parts = parts_of.get(told.total, [])
        total = sum(parts, Decimal(0))
        if total > value or (total < value and len(parts) >= _MIN_PARTS):
            yield finding(
                forms, PARTS, left=total, right=value, detail=f"{told.raw}: {_added(parts)}"
            )


def _added(parts: Sequence[Decimal]) -> str:
    return " + ".join(format(part, "f") for part in parts)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A table's figure. `blanks`: blanks were counted as zero in it; `printed`: not all are."""

    value: Decimal
    blanks: bool
    printed: bool


def _compared(claim: Claim, cells: Mapping[CellKey, Fact], forms: Forms) -> Claim:
    kind = forms.claims.by_code.get(claim.claim)
    if kind is None or kind.table is None:
        return claim
    columns = kind.columns
    if kind.or_columns and not _has_columns(kind.table, columns, kind.rows, cells):
        columns = kind.or_columns
    if len(columns) == 1:
        claim = replace(claim, column=columns[0])
    figure = _figure(kind, kind.rows, columns, cells, forms)
    if figure is None or claim.value is None or claim.rounded:
        return claim
    size = forms.lexicon.money_units.get(claim.unit or "", Decimal(1))
    value = claim.value * size
    told = replace(claim, table_value=figure.value / size if figure.printed else None)
    if value == figure.value:
        basis = BLANK_AS_ZERO if figure.blanks else None
        return replace(told, comparison=Comparison.EQUAL, basis=basis)
    ways = {name: (rows, columns) for name, rows in kind.bases.items()}
    ways |= {name: (kind.rows, named) for name, named in kind.other_columns.items()}
    untried = figure.blanks
    for name, (rows, other_columns) in ways.items():
        other = _figure(kind, rows, other_columns, cells, forms)
        if other is not None and not other.blanks and other.value == value:
            return replace(told, comparison=Comparison.ANOTHER_BASIS, basis=name)
        has_cells = _has_columns(kind.table, other_columns, rows, cells)
        untried |= has_cells and (other is None or other.blanks)
    # Where a way of counting cannot be tried, nothing is said against the claim.
    return claim if untried else replace(told, comparison=Comparison.DIFFERS)


def _has_columns(
    table: str | None, columns: Sequence[str], rows: Sequence[str], cells: Mapping[CellKey, Fact]
) -> bool:
    return any((table, row, column) in cells for row in rows for column in columns)


def _figure(
    kind: ClaimKind,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[CellKey, Fact],
    forms: Forms,
) -> _Figure | None:
    """The sum over rows and columns; None where one of its cells is lost or unreadable."""
    table = kind.table or ""
    members = [m for row in rows for m in _members(table, row, cells, forms)]
    facts = [cells.get((table, row, column)) for row in members for column in columns]
    total = Decimal(0)
    blanks = not facts
    for fact in facts:
        if fact is None or fact.state not in (State.REPORTED, *_EMPTY):
            return None
        blanks |= fact.state in _EMPTY
        figure = fact.value_yuan if kind.is_money else fact.value
        if fact.state is State.REPORTED and figure is None:
            return None
        total += figure or 0
    printed = any(fact is not None and fact.state is State.REPORTED for fact in facts)
    return _Figure(total, blanks, printed) if facts else None


def _members(table: str, row: str, cells: Mapping[CellKey, Fact], forms: Forms) -> list[str]:
    """The rows of a group as this document's form has them, or the row itself."""
    held = {r for t, r, _ in cells if t == table}
    if row in held:
        return [row]
    tables = [form.tables.get(table) for form in forms.vintages.values()]
    members = {
        r.code
        for form_table in tables
        if isinstance(form_table, RectangularTable)
        for r in form_table.rows
        if r.group == row
    }
    return sorted(members & held) or [row]
