"""fct_findings and the counts that dim_report makes of it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import duckdb

from pipelines.domain import Outcome, State
from pipelines.forms import finding, load_forms
from pipelines.warehouse.rules import audited_rules
from pipelines.warehouse.sql_models import SQL_DIR

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]

FORMS = load_forms()


def test_reading_and_judging_stand_in_one_table(build: Build, make_report: Make) -> None:
    told = finding(FORMS, "row_short", table="reviews", row="reconsideration",
                   left=Decimal(4), right=Decimal(5))  # fmt: skip
    con = build(
        [make_report(cells={("reviews", "litigation_direct", "total"): 1}, findings=[told])]
    )
    assert con.execute(
        """
        select rule, kind, reading, "row", likely_cause, "left", difference, waiver
        from marts.fct_findings order by all
        """
    ).fetchall() == [
        ("outcomes_sum_to_total", "filing", "blank_as_zero", "litigation_direct", "unknown",
         0, -1, None),
        ("outcomes_sum_to_total", "filing", "strict", "litigation_direct", "unknown", 0, -1, None),
        ("row_short", "reading", None, "reconsideration", "reading", 4, -1, None),
    ]  # fmt: skip


def test_sightings_in_one_place_are_one_row(build: Build, make_report: Make) -> None:
    seen = [finding(FORMS, "unknown_label", table="requests", detail=d) for d in ("乙", "甲", "乙")]
    con = build([make_report(findings=seen)])
    rows = con.execute("select occurrences, message_zh from marts.fct_findings").fetchall()
    assert [(n, text.count("\n")) for n, text in rows] == [(3, 2)]
    assert "甲" in rows[0][1]
    assert rows[0][1].count("乙") == 2


def test_figures_of_sightings_that_differ_are_null(build: Build, make_report: Make) -> None:
    one = finding(FORMS, "row_short", table="requests", row="granted", left=Decimal(6))
    con = build([make_report(findings=[one, replace(one, left=Decimal(5))])])
    assert con.execute('select "left", occurrences from marts.fct_findings').fetchall() == [
        (None, 2)
    ]


def test_a_broken_identity_counts_once(build: Build, make_report: Make) -> None:
    seen = [finding(FORMS, "unknown_label", table="requests", detail=d) for d in ("甲", "乙")]
    hint = finding(FORMS, "agency_from_publisher", detail="某局")
    cells = {
        ("reviews", "litigation_direct", "total"): 1,  # in both readings
        ("reviews", "reconsideration", "total"): 1,  # with blanks as zero only
        ("reviews", "reconsideration", "upheld"): State.BLANK,
    }
    con = build([make_report(cells=cells, findings=[*seen, hint])])
    assert con.execute(
        "select findings_error, findings_warning, findings_hint from marts.dim_report"
    ).fetchone() == (2, 2, 1)
    assert con.execute(
        "select count(*) from marts.fct_findings where rule = 'outcomes_sum_to_total'"
    ).fetchone() == (3,)


def test_every_select_of_audits_is_a_rule_with_the_same_columns(build: Build) -> None:
    files = {file.stem for file in (SQL_DIR / "audits").glob("*.sql")}
    assert set(audited_rules()) == files - {"findings", "identities"}
    assert set(audited_rules()) <= set(FORMS.rules)
    con = build([], batches=[])
    for name in files - {"findings"}:
        columns = [row[0] for row in con.execute(f"describe audits.{name}").fetchall()]
        assert columns == [
            "document_sha256",
            "rule",
            "table",
            "row",
            "column",
            "reading",
            "left",
            "right",
            "difference",
            "detail",
        ]
