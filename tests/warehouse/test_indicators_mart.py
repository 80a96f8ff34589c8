"""Annexes of 2014 and before in the warehouse: the mart, its sums, the bridge across vintages."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from pipelines.domain import Fact, Finding, Outcome, Place, State
from pipelines.forms import finding, load_forms
from pipelines.warehouse.rules import audit

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]
FORMS = load_forms()
# row, column, printed token, unit
Printed = tuple[str, str, str | None, str | None]

NATIONAL: list[Printed] = [
    ("disclosed_items", "current", "310", "条"),
    ("requests_received", "current", "12", "件"),
    ("requests.in_person", "current", "3", "件"),
    ("requests.web", "current", "9", "件"),
    ("replies_total", "current", "11", "件"),
    ("replies.granted", "current", "8", "件"),
    ("replies.refused", "current", "3", "件"),
    ("reconsiderations", "current", "2", "件"),
    ("litigations", "current", "1", "件"),
    ("fees_charged", "current", "0.37", "万元"),
    ("政策解读稿件发布数", "current", "", "篇"),
]


def fact(row: str, column: str, raw: str | None, unit: str | None) -> Fact:
    value = Decimal(raw) if raw else None
    state = State.ABSENT if raw is None else State.REPORTED if raw else State.BLANK
    yuan = {"元": 1, "万元": 10000}.get(unit or "")
    return Fact(
        table="indicators",
        row=row,
        column=column,
        vintage="2014",
        state=state,
        value=value,
        unit=unit if value is not None else None,
        value_yuan=value * yuan if value is not None and yuan else None,
        raw=raw,
        place=Place(table=1, row=2, cell=3),
    )


@pytest.fixture
def annex(make_report: Make) -> Callable[..., Outcome]:
    def made(
        printed: Sequence[Printed], *, year: int = 2016, findings: Sequence[Finding] = ()
    ) -> Outcome:
        report = make_report(f"annex {year}", year=year, tables=(), findings=findings)
        facts = tuple(fact(*entry) for entry in printed)
        return replace(report, facts=facts, tables={"indicators": ("2014",)})

    return made


def test_the_mart_holds_what_is_printed(build: Build, annex: Make) -> None:
    con = build([annex([*NATIONAL, ("disclosed_items", "cumulative", "999", "条")])])
    rows = {
        r["indicator"]: r for r in con.table("marts.fct_indicators").to_arrow_table().to_pylist()
    }
    assert set(rows) == {row for row, *_ in NATIONAL}
    items = rows["disclosed_items"]
    assert (items["current"], items["cumulative"], items["unit"]) == (310, 999, "条")
    assert (items["state"], items["cumulative_state"]) == ("reported", "reported")
    assert (items["raw"], items["cumulative_raw"], items["vintage"]) == ("310", "999", "2014")
    fees = rows["fees_charged"]
    assert (fees["unit"], fees["current_yuan"]) == ("万元", 3700)
    assert (fees["cumulative"], fees["cumulative_state"]) == (None, "absent")
    blank = rows["政策解读稿件发布数"]
    assert (blank["current"], blank["state"], blank["raw"]) == (None, "blank", "")
    vintage = con.execute("select indicators_vintage from marts.dim_report").fetchall()
    assert vintage == [("2014",)]


def test_every_indicator_of_the_forms_has_a_label(build: Build) -> None:
    con = build([], batches=[])
    rows = con.execute(
        "select indicator, label_zh, label_en, parent, kind, unit, is_coded"
        " from marts.dim_indicator"
    ).fetchall()
    known = {row[0]: row[1:] for row in rows}
    assert known["requests.web"] == ("网络申请数", "Requests on the web", "requests_received",
                                     "count", "件", True)  # fmt: skip
    assert known["fees_waived"][3:5] == ("amount", "元")
    assert known["政策解读稿件发布数"][5] is False
    assert all(label and english for label, english, *_ in known.values())
    parents = {row[2] for row in known.values()} - {None}
    assert parents <= set(known)


def test_totals_are_bridged_where_they_mean_the_same(
    build: Build, annex: Make, make_report: Make
) -> None:
    newer = make_report(
        "newer",
        year=2021,
        cells={
            ("requests", "received", "total"): 20,
            ("requests", "total_processed", "total"): 19,
            ("reviews", "reconsideration", "total"): 5,
            ("reviews", "litigation_direct", "total"): 2,
            ("reviews", "litigation_after_reconsideration", "total"): 1,
        },
    )
    con = build([annex(NATIONAL), newer])
    bridged = (
        "requests_received",
        "requests_total_processed",
        "reviews_reconsideration_total",
        "reviews_litigation_total",
    )
    rows = con.execute(
        "select measure, report_year, value::integer, vintage, comparable"
        f" from marts.comparable_years where measure in {bridged} order by all"
    ).fetchall()
    assert rows == [
        ("requests_received", 2016, 12, "2014", True),
        ("requests_received", 2021, 20, "2021", True),
        ("requests_total_processed", 2016, 11, "2014", True),
        ("requests_total_processed", 2021, 19, "2021", True),
        ("reviews_litigation_total", 2016, 1, "2014", True),
        ("reviews_litigation_total", 2021, 3, "2021", True),
        ("reviews_reconsideration_total", 2016, 2, "2014", True),
        ("reviews_reconsideration_total", 2021, 5, "2021", True),
    ]
    others = con.execute(
        "select count(*) from marts.comparable_years where report_year = 2016"
    ).fetchone()
    assert others == (4,)


def test_a_blank_total_is_not_bridged(build: Build, annex: Make) -> None:
    con = build([annex([("requests_received", "current", "", "件")])])
    assert con.execute("select count(*) from marts.comparable_years").fetchone() == (0,)


def told(outcome: Outcome) -> set[tuple[str, str | None, str | None, str | None]]:
    return {(f.rule, f.row, f.column, f.reading) for f in audit(outcome, FORMS)}


def changed(printed: Sequence[Printed], row: str, raw: str | None) -> list[Printed]:
    return [(r, c, raw if r == row else t, u) for r, c, t, u in printed]


def test_parts_sum_to_their_total(annex: Make) -> None:
    rule = "indicator_parts_sum_to_total"
    assert told(annex(NATIONAL)) == set()
    broken = annex(changed(NATIONAL, "requests.web", "8"))
    assert told(broken) == {
        (rule, "requests_received", "current", "strict"),
        (rule, "requests_received", "current", "blank_as_zero"),
    }
    (strict,) = [f for f in audit(broken, FORMS) if f.reading == "strict"]
    sides = (strict.left, strict.right, strict.difference)
    assert sides == tuple(map(Decimal, (11, 12, -1)))
    assert strict.likely_cause == "filing"
    blank = annex(changed(NATIONAL, "requests.web", ""))
    assert told(blank) == {(rule, "requests_received", "current", "blank_as_zero")}
    assert told(annex(changed(NATIONAL, "requests.web", None))) == set()
    # One part alone is no list of parts.
    alone = [entry for entry in NATIONAL if entry[0] != "requests.web"]
    assert told(annex(alone)) == set()


def test_blank_total_of_an_annex_is_named_in_the_message(annex: Make) -> None:
    (found,) = audit(annex(changed(NATIONAL, "requests_received", "")), FORMS)
    assert (found.rule, found.row) == ("indicator_parts_sum_to_total", "requests_received")
    assert (found.left, found.right, found.difference) == (Decimal(12), None, Decimal(12))
    assert "总数为空白" in found.message_zh
    assert "the total is blank" in found.message_en
    assert "Counted as zero: " in found.message_en


def test_column_of_an_annex_whose_totals_are_all_blank_is_one_hint(annex: Make) -> None:
    blank = changed(changed(NATIONAL, "requests_received", ""), "replies_total", "")
    (found,) = audit(annex(blank), FORMS)
    assert (found.rule, found.table) == ("totals_left_blank", "indicators")
    assert (found.row, found.column, found.severity) == (None, "current", "hint")


def test_blank_replies_are_no_zero(annex: Make) -> None:
    printed: list[Printed] = [
        (row, column, raw, "件")
        for column in ("current", "cumulative")
        for row, raw in (("requests_received", "4"), ("replies_total", ""))
    ]
    told = audit(annex(printed), FORMS)
    assert [f.column for f in told] == ["cumulative", "current"]
    for found in told:
        assert (found.rule, found.left, found.right) == ("replies_match_requests", None, Decimal(4))
        assert "答复总数为空白" in found.message_zh
        assert "the total of replies is blank" in found.message_en


def test_nothing_is_judged_where_an_indicator_is_unknown(annex: Make) -> None:
    unknown = finding(FORMS, "unknown_indicator", table="indicators", row="某某数", detail="某某数")
    assert told(annex(changed(NATIONAL, "requests.web", "8"), findings=[unknown])) == set()


def test_channels_and_replies_are_judged_beside_a_cumulative_column_alone(annex: Make) -> None:
    one: list[Printed] = [
        ("disclosed_items", "current", "9", "条"),
        ("disclosed.website", "current", "7", "条"),
        ("disclosed.gazette", "current", "1", "条"),
        ("requests_received", "current", "4", "条"),
        ("replies_total", "current", "3", "条"),
    ]
    assert told(annex(one)) == set()
    both = [*one, *((row, "cumulative", raw, unit) for row, _, raw, unit in one)]
    assert {t[:3] for t in told(annex(both))} == {
        (rule, row, column)
        for rule, row in (
            ("disclosure_channels_sum_to_total", "disclosed_items"),
            ("replies_match_requests", "requests_received"),
        )
        for column in ("current", "cumulative")
    }


@pytest.mark.parametrize(
    ("row", "raw", "unit", "broken"),
    [
        ("disclosed_items", "1.5", "条", True),
        ("disclosed_items", "-1", "条", True),
        ("fees_charged", "1.5", "万元", False),
        ("fees_charged", "1.5", None, False),
        ("budget", "-2", "万元", True),
        ("某某数", "-1", "件", True),
        ("某某费", "1.5", "元", False),
    ],
)
def test_counts_are_whole(annex: Make, row: str, raw: str, unit: str | None, broken: bool) -> None:
    found = {f.rule for f in audit(annex([(row, "current", raw, unit)]), FORMS)}
    assert found == ({"counts_are_whole"} if broken else set())
