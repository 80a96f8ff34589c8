"""Compare what several readers read in one document, and withhold what they read differently."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.domain import Fact, Kind, Outcome, Severity, State
from pipelines.forms import Forms, finding
from pipelines.normalize import SLIP_SUSPECTED

CellKey = tuple[str, str, str]  # table, row, column


def reconcile(reports: Sequence[Outcome], forms: Forms) -> Outcome:
    """The fullest of the reports that readers made of one document, without the facts and claims
    that another reader read with another figure; each such fact has a `readers_differ` finding."""
    chosen = best = fullest(reports)
    for other in reports:
        if other is not chosen:  # a reader confirms no figure of its own
            best = _withhold_differing_facts(_without_confirmed_slips(best, other), other, forms)
            best = _withhold_differing_claims(best, other)
    return best


def fullest(reports: Sequence[Outcome]) -> Outcome:
    """The report with the most values; of equals the one with the fewest doubts."""
    return max(reports, key=_worth)


def count_doubts(report: Outcome) -> int:
    """How often its reader was not sure."""
    return sum(f.kind is Kind.READING and f.severity is not Severity.HINT for f in report.findings)


def _worth(report: Outcome) -> tuple[int, int]:
    return sum(f.value is not None for f in report.facts), -count_doubts(report)


def differing_cells(one: Outcome, other: Outcome) -> dict[CellKey, tuple[Fact, Fact]]:
    """The cells in which both have a figure, and not the same."""
    figures = {(f.table, f.row, f.column): f for f in other.facts if f.value is not None}
    return {
        key: (fact, figures[key])
        for fact in one.facts
        if (key := (fact.table, fact.row, fact.column)) in figures
        and fact.value is not None
        and fact.value != figures[key].value
    }


def _without_confirmed_slips(best: Outcome, other: Outcome) -> Outcome:
    """`best` without the suspicion that it misread a figure which another reader read as it did: so
    it is printed."""
    read = {(f.table, f.row, f.column): f.value for f in other.facts}
    kept = tuple(
        f
        for f in best.findings
        if f.rule != SLIP_SUSPECTED
        or read.get((f.table or "", f.row or "", f.column or "")) != f.left
    )
    return replace(best, findings=kept)


def _withhold_differing_facts(best: Outcome, other: Outcome, forms: Forms) -> Outcome:
    """`best` without the figures that another reader read otherwise, each with a finding, which
    holds up the release: one of the two readers is at fault."""
    differences = differing_cells(best, other)
    if not differences:
        return best
    facts = tuple(
        replace(fact, value=None, unit=None, value_yuan=None, state=State.UNREADABLE)
        if (fact.table, fact.row, fact.column) in differences
        else fact
        for fact in best.facts
    )
    findings = [
        finding(
            forms,
            "readers_differ",
            table=table,
            row=row,
            column=column,
            left=one.value,
            right=two.value,
            detail=f"{best.read_by}, {other.read_by}",
        )
        for (table, row, column), (one, two) in differences.items()
    ]
    return replace(best, facts=facts, findings=(*best.findings, *findings))


def _withhold_differing_claims(best: Outcome, other: Outcome) -> Outcome:
    """`best` without the claims that another reader read with another figure."""
    read = {claim.claim: claim.value for claim in other.claims}
    agreed = tuple(c for c in best.claims if read.get(c.claim, c.value) == c.value)
    return replace(best, claims=agreed)
