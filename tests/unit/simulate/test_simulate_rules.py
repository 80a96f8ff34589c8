"""Breaking a rule breaks that rule, in the place that is said, and what shares the changed cell."""

import random
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domain import State, Verdict
from tests.simulate import (
    Habits,
    SimulatedReport,
    break_rule,
    broken_rules,
    generate,
    load_agencies,
    lose_cell,
)
from tests.simulate.rules import instances

Key = tuple[str, str, str]
Judge = Callable[
    [SimulatedReport, Mapping[Key, Decimal | None]], set[tuple[str, str | None, str | None]]
]
IDENTITIES = [
    "requests_in_equal_requests_out",
    "dispositions_sum_to_total",
    "applicants_sum_to_total",
    "outcomes_sum_to_total",
]
BLANKS = Habits(zeros="blank")


def report_of(
    seed: int,
    agency_id: str = "990100-government",
    vintage: str = "2021",
    habits: Habits | None = None,
) -> SimulatedReport:
    return generate(
        random.Random(seed),
        vintage=vintage,
        agency=load_agencies()[agency_id],
        year=2022,
        habits=habits or Habits(),
    )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    rule=st.sampled_from(IDENTITIES),
    vintage=st.sampled_from(["2019", "2021"]),
    habits=st.sampled_from([Habits(), BLANKS, Habits(thousands=True)]),
)
def test_one_figure_is_changed_and_its_sums_fail(
    seed: int, rule: str, vintage: str, habits: Habits, judge: Judge
) -> None:
    whole = report_of(seed, "990000-government", vintage, habits)
    try:
        broken, change = break_rule(whole, rule, random.Random(seed))
    except ValueError:
        assert habits == BLANKS  # a report with blanks may have no sum without one
        return
    changed = [key for key in whole.truth if whole.truth[key] != broken.truth[key]]
    assert changed == [change.cell]
    assert whole.truth[change.cell].token == change.before
    assert broken.truth[change.cell].token == change.after != change.before

    strict = {key: cell.value for key, cell in broken.truth.items()}
    loose = {key: cell.value or Decimal(0) for key, cell in broken.truth.items()}
    assert (rule, change.row, change.column) in judge(broken, strict)
    holding_the_cell = {
        (i.rule, i.row, i.column) for i in instances(whole) if change.cell in i.operands
    }
    assert judge(broken, loose) == holding_the_cell

    told = broken_rules(broken)
    for verdict, figures in ((Verdict.STRICT, strict), (Verdict.BLANK_AS_ZERO, loose)):
        of_verdict = {(b.rule, b.row, b.column) for b in told if b.verdict is verdict}
        assert of_verdict == judge(broken, figures)
    assert all(b.left != b.right for b in told)


def test_broken_only_where_blanks_are_read_as_zero(judge: Judge) -> None:
    found = 0
    for seed in range(30):
        whole = report_of(seed, "990121-natural-resources", habits=BLANKS)
        try:
            broken, change = break_rule(
                whole, "applicants_sum_to_total", random.Random(seed), blank_as_zero_only=True
            )
        except ValueError:
            continue
        found += 1
        told = broken_rules(broken)
        assert {b.verdict for b in told} == {Verdict.BLANK_AS_ZERO}
        strict = {key: cell.value for key, cell in broken.truth.items()}
        assert judge(broken, strict) == set()
        assert change.rule in {b.rule for b in told}
    assert found > 5


def test_no_blank_no_break_in_blanks_alone() -> None:
    with pytest.raises(ValueError, match="no place to break"):
        break_rule(
            report_of(1), "applicants_sum_to_total", random.Random(1), blank_as_zero_only=True
        )


def test_a_count_that_is_not_whole() -> None:
    broken, change = break_rule(report_of(1), "counts_are_whole", random.Random(1))
    (told,) = broken_rules(broken)
    assert (told.rule, told.row, told.column) == ("counts_are_whole", change.row, change.column)
    assert told.verdict is None
    assert "." in change.after


def test_an_unknown_rule_has_no_place() -> None:
    with pytest.raises(ValueError, match="no place to break sums_are_pretty"):
        break_rule(report_of(1), "sums_are_pretty", random.Random(1))


def test_totals_left_blank_break_the_loose_reading_and_are_told(judge: Judge) -> None:
    report = report_of(1, habits=Habits(item_totals_blank=True))
    loose = {key: cell.value or Decimal(0) for key, cell in report.truth.items()}
    told = {(b.rule, b.row, b.column) for b in broken_rules(report)}
    assert told == judge(report, loose) != set()


def test_a_lost_cell_is_absent_and_silences_its_sums() -> None:
    cell = ("requests", "received", "natural_person")
    broken, _ = break_rule(report_of(1), "requests_in_equal_requests_out", random.Random(4))
    damaged = lose_cell(broken, cell)
    assert damaged.truth[cell].state is State.ABSENT
    assert damaged.truth[cell].token is None
    assert cell not in damaged.cells
    assert len(damaged.cells) == len(broken.cells) - 1
    for told in broken_rules(damaged):
        assert (told.row, told.column) not in [("received", None), (None, "natural_person")]


def test_an_unknown_cell_cannot_be_lost() -> None:
    with pytest.raises(KeyError):
        lose_cell(report_of(1), ("requests", "received", "martians"))
