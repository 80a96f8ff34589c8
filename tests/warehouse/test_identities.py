"""sql/audits against the identities of data/forms: the SQL and the data say the same."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.domain import Fact, Finding, LikelyCause, Outcome, Severity, State, Verdict
from pipelines.forms import Identity, RectangularTable, finding, load_forms
from pipelines.warehouse.rules import audit, audit_many

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]
Break = tuple[str, str | None, str | None, Verdict, Decimal | None, Decimal | None]
Cells = dict[tuple[str, str, str], Fact]

FORMS = load_forms()
VERDICTS = {Verdict.STRICT, Verdict.BLANK_AS_ZERO}


def breaks_in_python(outcome: Outcome, vintage: str) -> set[Break]:
    """The identities of data/forms, evaluated cell by cell."""
    cells = {(f.table, f.row, f.column): f for f in outcome.facts}
    found: set[Break] = set()
    for name in ("requests", "reviews"):
        table = FORMS.vintages[vintage].rectangular(name)
        for identity in table.identities:
            over = table.columns if identity.for_each == "column" else table.rows
            has_totals = not blank_totals(cells, table, identity)
            for place in over:

                def side(
                    operands: tuple[str, ...], at: str = place.code, of: Identity = identity
                ) -> list[Fact]:
                    keys = [(o, at) if of.for_each == "column" else (at, o) for o in operands]
                    return [cells[name, row, column] for row, column in keys]  # noqa: B023

                left, right = side(identity.left), side(identity.right)
                sums = [printed_sum(x) for x in (left, right)]
                if (sums[0] or 0) == (sums[1] or 0):
                    continue
                row, column = (
                    (None, place.code) if identity.for_each == "column" else (place.code, None)
                )
                found |= {
                    (identity.id, row, column, verdict, sums[0], sums[1])
                    for verdict in verdicts({f.state for f in left + right})
                    if verdict is Verdict.STRICT or has_totals
                }
    return found


def printed_sum(facts: list[Fact]) -> Decimal | None:
    """The sum of what is printed; None where nothing is."""
    printed = [f.value for f in facts if f.value is not None]
    return sum(printed, Decimal(0)) if printed else None


def blank_totals(cells: Cells, table: RectangularTable, identity: Identity) -> bool:
    """Whether a total among the operands has no figure in any of its cells."""
    by_column = identity.for_each == "column"
    totals = {
        i.right[0]
        for i in table.identities
        if i.for_each == identity.for_each and len(i.right) == 1 < len(i.left)
    }
    for total in totals & {*identity.left, *identity.right}:
        over = table.columns if by_column else table.rows
        keys = [(total, p.code) if by_column else (p.code, total) for p in over]
        states = {cells[table.table, row, column].state for row, column in keys}
        if not states & {State.REPORTED, State.UNREADABLE}:
            return True
    return False


def verdicts(states: set[State]) -> Iterator[Verdict]:
    if states == {State.REPORTED}:
        yield Verdict.STRICT
    if not states & {State.UNREADABLE, State.ABSENT}:
        yield Verdict.BLANK_AS_ZERO


def breaks_in_sql(findings: tuple[Finding, ...]) -> set[Break]:
    found = [(f.rule, f.row, f.column, f.reading, f.left, f.right) for f in findings if f.reading]
    assert len(found) == len(set(found))
    for f in findings:
        assert f.left is None or f.right is None or f.difference == f.left - f.right
    return set(found)


def consistent(make: Make, name: str, vintage: str, figures: list[int]) -> Outcome:
    """A report in which all identities hold: applicants ask for `figures`, all of it granted."""
    outcome = make(name, vintage=vintage)
    table = FORMS.vintages[vintage].rectangular("requests")
    by_column = dict(zip((c.code for c in table.columns), [*figures, sum(figures)], strict=True))
    filled = ("received", "granted", "total_processed")
    return replace(
        outcome,
        facts=tuple(
            replace(f, value=Decimal(by_column[f.column]))
            if f.table == "requests" and f.row in filled
            else f
            for f in outcome.facts
        ),
    )


cell = st.one_of(
    st.sampled_from([s for s in State if s is not State.REPORTED]),
    st.sampled_from([State.BLANK, State.NOT_APPLICABLE]),
    st.integers(-2, 9).map(Decimal),
    st.decimals(0, 5, places=2),
)
changes = st.lists(st.tuples(st.integers(0, 10**6), cell), max_size=12)
report = st.tuples(
    st.sampled_from(sorted(FORMS.vintages)),
    st.lists(st.integers(0, 20), min_size=6, max_size=6),
    changes,
    st.sampled_from([None, State.BLANK, State.NOT_APPLICABLE]),
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(report, min_size=1, max_size=6))
def test_the_audits_are_the_identities_of_the_forms(
    make_report: Make, drawn: list[tuple[str, list[int], list[tuple[int, Decimal | State]], State]]
) -> None:
    outcomes = {}
    for number, (vintage, figures, changed, zeros) in enumerate(drawn):
        outcome = consistent(make_report, f"r{number}", vintage, figures)
        facts = [
            replace(f, state=zeros, value=None) if zeros and f.value == 0 else f
            for f in outcome.facts
        ]
        judged = [n for n, f in enumerate(facts) if f.table != "proactive_disclosure"]
        for place, new in changed:
            at = judged[place % len(judged)]
            state, value = (new, None) if isinstance(new, State) else (State.REPORTED, new)
            facts[at] = replace(facts[at], state=state, value=value)
        outcomes[vintage, number] = replace(outcome, facts=tuple(facts))
    found = audit_many(list(outcomes.values()), FORMS)
    for (vintage, _), outcome in outcomes.items():
        assert breaks_in_sql(found[outcome.document_sha256]) == breaks_in_python(outcome, vintage)


@pytest.mark.parametrize("vintage", sorted(FORMS.vintages))
def test_every_identity_breaks_and_every_identity_holds(make_report: Make, vintage: str) -> None:
    """Each operand of each identity, nudged by one, breaks its rule; left alone, none breaks."""
    whole = consistent(make_report, "whole", vintage, [1, 2, 0, 0, 3, 4])
    assert audit(whole, FORMS) == ()
    nudged = {}
    for name in ("requests", "reviews"):
        table = FORMS.vintages[vintage].rectangular(name)
        for row, column in table.cells():
            facts = tuple(
                replace(f, value=(f.value or Decimal(0)) + 1)
                if (f.table, f.row, f.column) == (name, row, column)
                else f
                for f in whole.facts
            )
            key = f"{name}/{row}/{column}"
            sha256 = make_report(key).document_sha256
            nudged[name, row, column] = replace(whole, document_sha256=sha256, facts=facts)
    found = audit_many(list(nudged.values()), FORMS)
    seen = set()
    for (name, row, column), outcome in nudged.items():
        expected = {
            (identity.id, place, verdict)
            for identity in FORMS.vintages[vintage].rectangular(name).identities
            for operand, place in [
                (row, column) if identity.for_each == "column" else (column, row)
            ]
            if operand in (*identity.left, *identity.right)
            for verdict in VERDICTS
        }
        told = {(f.rule, f.row or f.column, f.reading) for f in found[outcome.document_sha256]}
        assert told == expected, (name, row, column)
        seen |= {rule for rule, _, _ in told}
    tables = [FORMS.vintages[vintage].rectangular(name) for name in ("requests", "reviews")]
    assert seen == {identity.id for table in tables for identity in table.identities}


def test_what_is_newly_disclosed_is_part_of_what_is_disclosed(make_report: Make) -> None:
    row = ("proactive_disclosure", "normative_documents")
    printed = {(*row, "made"): 5, (*row, "newly_disclosed"): 4, (*row, "disclosed_total"): 4}
    outcome = make_report("within", vintage="2019", cells=printed)
    (found,) = (f for f in audit(outcome, FORMS) if f.rule == "disclosed_within_total")
    assert (found.row, found.column, found.reading) == ("normative_documents", "made", None)
    assert (found.left, found.right, found.difference) == (Decimal(5), Decimal(4), Decimal(1))
    assert found.severity is Severity.HINT
    blank = {**printed, (*row, "disclosed_total"): State.BLANK}
    silent = audit(make_report("blank", vintage="2019", cells=blank), FORMS)
    assert "disclosed_within_total" not in {f.rule for f in silent}, "a blank is not a zero"


def test_a_blank_is_judged_as_zero_only(make_report: Make) -> None:
    cells = {
        ("requests", "received", "total"): 3,
        ("requests", "brought_forward", "total"): State.BLANK,
    }
    found = audit(make_report(cells=cells), FORMS)
    in_out = [f for f in found if f.rule == "requests_in_equal_requests_out"]
    assert [(f.column, f.reading, f.left, f.right, f.difference) for f in in_out] == [
        ("total", Verdict.BLANK_AS_ZERO, Decimal(3), Decimal(0), Decimal(3))
    ]


@pytest.mark.parametrize("state", [State.UNREADABLE, State.ABSENT])
def test_a_lost_operand_is_judged_by_nobody(make_report: Make, state: State) -> None:
    cells = {
        ("requests", "received", "total"): 3,
        ("requests", "brought_forward", "total"): state,
        ("requests", "received", "natural_person"): 3,
        ("requests", "total_processed", "natural_person"): 3,
        ("requests", "granted", "natural_person"): 3,
        ("requests", "total_processed", "total"): 3,
        ("requests", "granted", "total"): 3,
    }
    assert audit(make_report(cells=cells), FORMS) == ()


def test_a_row_of_another_vintage_is_an_operand_by_its_own_form(make_report: Make) -> None:
    """A 2021 report with the one-row heading of 2019: both vintages make the sum together."""
    old = make_report(vintage="2019", cells={("requests", "otherwise_processed", "total"): 2})
    new = make_report(cells={("requests", "total_processed", "total"): 2})
    one_row = [f for f in old.facts if f.row == "otherwise_processed"]
    kept = [f for f in new.facts if not f.row.startswith("otherwise_processed")]
    mixed = replace(new, facts=(*kept, *one_row))
    rules = {f.rule for f in audit(mixed, FORMS)}
    assert "dispositions_sum_to_total" not in rules
    broken = replace(mixed, facts=(*kept, *(replace(f, value=Decimal(9)) for f in one_row)))
    told = [
        (f.column, f.left, f.right)
        for f in audit(broken, FORMS)
        if f.rule == "dispositions_sum_to_total" and f.reading is Verdict.STRICT
    ]
    assert ("total", Decimal(9), Decimal(2)) in told


def test_a_side_that_misses_a_row_is_not_judged(make_report: Make) -> None:
    """Facts without the row at all: a sum over what happens to be there would be a guess."""
    whole = make_report(cells={("requests", "total_processed", "total"): 5})
    assert "dispositions_sum_to_total" in {f.rule for f in audit(whole, FORMS)}
    for lost in ("granted", "total_processed"):
        partial = replace(whole, facts=tuple(f for f in whole.facts if f.row != lost))
        assert "dispositions_sum_to_total" not in {f.rule for f in audit(partial, FORMS)}


@pytest.mark.parametrize(
    ("vintage", "cell", "printed", "breaks"),
    [
        ("2021", ("requests", "granted", "total"), "1.5", True),
        ("2021", ("requests", "granted", "total"), "-1", True),
        ("2021", ("requests", "granted", "total"), "1", False),
        ("2021", ("reviews", "reconsideration", "upheld"), "0.5", True),
        ("2019", ("proactive_disclosure", "regulations", "made"), "-1", True),
        ("2019", ("proactive_disclosure", "administrative_licensing", "change"), "-3", False),
        ("2019", ("proactive_disclosure", "administrative_licensing", "change"), "0.5", True),
        ("2021", ("proactive_disclosure", "administrative_fees", "fee_amount"), "0.5", False),
        ("2021", ("proactive_disclosure", "administrative_fees", "fee_amount"), "-0.5", True),
        (
            "2019",
            ("proactive_disclosure", "centralized_procurement", "procurement_amount"),
            "7.2",
            False,
        ),
    ],
)
def test_counts_are_whole(
    make_report: Make, vintage: str, cell: tuple[str, str, str], printed: str, breaks: bool
) -> None:
    found = [
        f
        for f in audit(make_report(vintage=vintage, cells={cell: printed}), FORMS)
        if f.rule == "counts_are_whole"
    ]
    assert [(f.table, f.row, f.column, f.reading, f.left) for f in found] == (
        [(*cell, None, Decimal(printed))] if breaks else []
    )
    assert all(printed in f.message_en and printed in f.message_zh for f in found)


def test_messages_are_those_of_the_rule(make_report: Make) -> None:
    outcome = make_report(
        cells={
            ("requests", "granted", "total"): "1.50",
            ("reviews", "litigation_direct", "total"): 100,
        }
    )
    for told in audit(outcome, FORMS):
        again = finding(
            FORMS,
            told.rule,
            table=told.table,
            row=told.row,
            column=told.column,
            left=told.left,
            right=told.right,
            detail="1.50" if told.rule == "counts_are_whole" else "",
        )
        assert told == replace(again, reading=told.reading)
        assert "{" not in told.message_zh + told.message_en


def test_braces_in_a_document_are_no_placeholders(make_report: Make) -> None:
    outcome = make_report(cells={("requests", "granted", "total"): "1.5"})
    facts = tuple(
        replace(f, raw="{left}{row}") if f.value == Decimal("1.5") else f for f in outcome.facts
    )
    told = [f for f in audit(replace(outcome, facts=facts), FORMS) if f.rule == "counts_are_whole"]
    assert "{left}{row}" in told[0].message_en


def test_the_likely_cause_is_unknown_where_the_table_was_hard_to_read(make_report: Make) -> None:
    trouble = finding(FORMS, "row_short", table="requests", row="granted")
    cells = {("requests", "received", "total"): 1, ("reviews", "reconsideration", "total"): 1}
    found = audit(make_report(cells=cells, findings=[trouble]), FORMS)
    causes = {(f.table, f.likely_cause) for f in found}
    assert causes == {("requests", LikelyCause.UNKNOWN), ("reviews", LikelyCause.FILING)}


def test_one_document_and_the_warehouse_are_judged_alike(build: Build, make_report: Make) -> None:
    cells = {
        ("requests", "received", "total"): 3,
        ("requests", "granted", "natural_person"): State.BLANK,
        ("requests", "partly_granted", "natural_person"): "1.5",
        ("reviews", "reconsideration", "corrected"): 2,
    }
    outcomes = [make_report("new", cells=cells), make_report("old", vintage="2019", cells=cells)]
    con = build(outcomes)
    for outcome in outcomes:
        rows = con.execute(
            """
            select rule, "row", "column", reading, "left", "right", message_zh, message_en
            from marts.fct_findings where document_sha256 = ?
            """,
            [outcome.document_sha256],
        ).fetchall()
        alone = {
            (f.rule, f.row, f.column, f.reading and f.reading.value, f.left, f.right,
             f.message_zh, f.message_en)
            for f in audit(outcome, FORMS)
        }  # fmt: skip
        assert len(rows) == len(alone) > 0
        assert set(rows) == alone


def test_a_document_without_tables_breaks_nothing(make_report: Make) -> None:
    empty = make_report(tables=())
    assert audit_many([empty], FORMS) == {empty.document_sha256: ()}
    assert audit_many([], FORMS) == {}
