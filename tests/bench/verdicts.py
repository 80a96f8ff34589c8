"""What was read beside what is printed: cells right, flagged, lost by the copy, missing, wrong."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.domain import Fact, Kind, Outcome, OutcomeKind, State
from pipelines.forms import INDICATORS, BlockTable, Forms
from pipelines.text import narrow
from pipelines.text.tokens import TokenKind, parse_token
from tests.bench.cases import Case

VERDICTS = ("right", "flagged", "lost", "missing", "wrong")
"""`flagged`: no value, and a finding that says so. `lost`: the same, where this copy leaves no
trace of the row's blank cells. `missing`: no value and no finding."""

Score = Counter[str]

TABLES_MISSING = "tables_missing"

_NO_CELL = (State.ABSENT, State.UNREADABLE)


@dataclass(frozen=True, slots=True)
class JudgedCell:
    """One printed cell, or (`column` None) a cell of a row that was not found."""

    table: str
    row: str
    column: str | None
    printed: str | None
    raw: str | None
    verdict: str

    def __str__(self) -> str:
        where = ".".join(filter(None, (self.table, self.row, self.column)))
        return f"{where}: {self.printed!r}, read {self.raw!r}: {self.verdict}"


def judged_cells(
    case: Case, outcome: Outcome, forms: Forms, *, drops_blanks: bool = False
) -> list[JudgedCell]:
    """Every cell that the case prints, and every figure that it does not print. `drops_blanks`: the
    document was rendered without a trace of blank cells."""
    judged: list[JudgedCell] = []
    for (table, row), tokens in case.printed.items():
        got = [f for f in outcome.facts if f.table == table and row in (f.row, None)]
        has_blanks = any(token is not None and not narrow(token) for token in tokens)
        flagged = "lost" if drops_blanks and has_blanks else "flagged"
        if len(got) != len(tokens):
            verdict = flagged if is_told(table, row, outcome) else "missing"
            judged += [JudgedCell(table, row or "", None, t, None, verdict) for t in tokens]
            continue
        for fact, token in zip(got, tokens, strict=True):
            verdict = _verdict(fact, token, outcome, forms, flagged)
            judged.append(JudgedCell(table, fact.row, fact.column, token, fact.raw, verdict))
    judged += _invented(case, outcome)
    return judged


def scored(cells: Sequence[JudgedCell]) -> Score:
    """How many cells of each verdict."""
    return Counter(cell.verdict for cell in cells)


def is_told(table: str, row: str | None, outcome: Outcome) -> bool:
    """Whether a finding tells that the row, or its table, could not be read."""
    about = {(f.table, f.row) for f in outcome.findings if f.kind is Kind.READING}
    return outcome.kind is not OutcomeKind.REPORT or not about.isdisjoint(
        {(table, None), (table, row)}
    )


def wrongly_not_refused(outcome: Outcome, forms: Forms) -> str | None:
    """Of a report whose tables nobody can read: what is wrong with the answer; None where it is a
    report without facts, and a finding for every table that is missing."""
    if outcome.kind is not OutcomeKind.REPORT:
        return f"{outcome.kind}: {outcome.reason}"
    cells = [f for f in outcome.facts if f.state not in _NO_CELL]
    if cells:
        return f"{len(cells)} facts, first {cells[0].table}.{cells[0].row}.{cells[0].column}"
    year = outcome.names.report_year
    wanted = (INDICATORS,) if year and forms.wants_annex(year) else forms.table_names
    told = {f.table for f in outcome.findings if f.rule == TABLES_MISSING}
    untold = [name for name in wanted if name not in told]
    return f"no {TABLES_MISSING} on {', '.join(untold)}" if untold else None


def _verdict(fact: Fact, token: str | None, outcome: Outcome, forms: Forms, flagged: str) -> str:
    told = is_told(fact.table, fact.row, outcome)
    if token is None:
        return "right" if told else "wrong"
    wanted = parse_token(token, _kind_of(fact, forms), forms.lexicon)
    same_text = narrow(fact.raw or "") == narrow(token)
    if same_text and (fact.state, fact.value) == (wanted.state, wanted.value):
        return "right"
    if fact.state in _NO_CELL:
        return flagged if told else "missing"
    return "wrong"


def _kind_of(fact: Fact, forms: Forms) -> TokenKind:
    form = forms.vintages.get(fact.vintage)
    if form is None:
        return forms.indicators[fact.row].kind if fact.row in forms.indicators else "count"
    table = form.tables[fact.table]
    return table.measure(fact.row, fact.column).kind if isinstance(table, BlockTable) else "count"


def _invented(case: Case, outcome: Outcome) -> Iterator[JudgedCell]:
    rows = set(case.printed)
    for f in outcome.facts:
        if f.state not in _NO_CELL and rows.isdisjoint({(f.table, f.row), (f.table, None)}):
            yield JudgedCell(f.table, f.row, f.column, None, f.raw, "wrong")
