"""What several readers read in one document becomes one report."""

from dataclasses import replace
from decimal import Decimal

from pipelines.domain import Claim, Fact, Outcome, OutcomeKind, Place, State
from pipelines.forms import finding, load_forms
from pipelines.normalize import SLIP_SUSPECTED
from pipelines.runs.reconcile import reconcile

CELL = ("requests", "received", "total")


def read_as(*, total: int | None, others: int = 0, **claims: int) -> Outcome:
    """A report with one figure in requests/received/total, and `others` more figures."""
    figures = {CELL: total} | {("reviews", f"row {n}", "total"): n for n in range(others)}
    facts = tuple(
        Fact(
            table=table,
            row=row,
            column=column,
            value=None if value is None else Decimal(value),
            unit=None,
            value_yuan=None,
            state=State.UNREADABLE if value is None else State.REPORTED,
            raw=str(value),
            vintage="2021",
            place=None,
        )
        for (table, row, column), value in figures.items()
    )
    stated = tuple(
        Claim(code, Decimal(value), "件", f"{value}件", Place(line=1))
        for code, value in claims.items()
    )
    return Outcome("0" * 64, "x", "text/html", 1, OutcomeKind.REPORT, facts=facts, claims=stated)


def suspected(report: Outcome) -> Outcome:
    """The same report, with the suspicion that its requests/received/total is misread."""
    table, row, column = CELL
    (left,) = (f.value for f in report.facts if (f.table, f.row, f.column) == CELL)
    slip = finding(load_forms(), SLIP_SUSPECTED, table=table, row=row, column=column, left=left)
    return replace(report, findings=(slip,))


def test_a_claim_that_another_reader_read_otherwise_is_withheld() -> None:
    best = read_as(total=1, received=12, granted=3, refused=1)
    both = reconcile([best, read_as(total=1, received=72, granted=3)], load_forms())
    assert [(c.claim, c.value) for c in both.claims] == [
        ("granted", Decimal(3)),
        ("refused", Decimal(1)),
    ]


def test_a_figure_that_another_reader_read_otherwise_is_withheld_with_a_finding() -> None:
    both = reconcile([read_as(total=12, others=1), read_as(total=72)], load_forms())
    assert [f.value for f in both.facts if (f.table, f.row, f.column) == CELL] == [None]
    assert [(f.rule, f.left, f.right) for f in both.findings] == [
        ("readers_differ", Decimal(12), Decimal(72))
    ]


def test_a_suspected_slip_is_cleared_by_a_second_reader_that_read_the_same() -> None:
    fuller = suspected(read_as(total=12, others=1))
    assert reconcile([read_as(total=12), fuller], load_forms()).findings == ()


def test_a_suspected_slip_is_never_cleared_by_the_reader_that_is_suspected() -> None:
    fuller = suspected(read_as(total=12, others=1))
    found = reconcile([read_as(total=None), fuller], load_forms()).findings
    assert [f.rule for f in found] == [SLIP_SUSPECTED]
