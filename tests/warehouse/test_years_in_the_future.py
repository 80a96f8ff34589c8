"""A report on a year that no report can be on yet is kept, with a finding."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import duckdb
import pytest

from pipelines.domain import Finding, Outcome, Severity, calendar_of
from pipelines.forms import load_forms
from pipelines.warehouse.rules import audit, audit_many

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]


def _found(outcome: Outcome, today: str) -> list[Finding]:
    calendar = calendar_of(dt.date.fromisoformat(today))
    found = audit(outcome, load_forms(), calendar)
    return [f for f in found if f.rule == "year_in_the_future"]


@pytest.mark.parametrize(
    ("today", "is_future"),
    [
        ("2020-06-30", True),
        # Few are written before the year ends, none before October.
        ("2023-09-30", True),
        ("2023-10-01", False),
        ("2024-01-01", False),
    ],
)
def test_year_is_compared_with_the_day(make_report: Make, today: str, is_future: bool) -> None:
    assert bool(_found(make_report(year=2023), today)) is is_future


def test_finding_names_both_years(make_report: Make) -> None:
    (found,) = _found(make_report(year=2030), "2024-05-01")
    assert (found.left, found.right) == (Decimal(2030), Decimal(2023))
    assert found.severity is Severity.WARNING
    assert "2030" in found.message_en
    assert "2030年" in found.message_zh
    assert "2023年" in found.message_zh


def test_no_day_is_compared_where_none_is_given(make_report: Make) -> None:
    outcome = make_report(year=2099)
    assert audit_many([outcome], load_forms()) == {outcome.document_sha256: ()}


def test_build_keeps_the_report_beside_its_finding(build: Build, make_report: Make) -> None:
    con = build([make_report("a", year=2023), make_report("b", year=2020)], last_closed_year=2019)
    rules = "select report_year, rule from marts.fct_findings"
    assert con.execute(rules).fetchall() == [(2023, "year_in_the_future")]
    held = "select report_year from marts.agency_years order by 1"
    assert con.execute(held).fetchall() == [(2020,), (2023,)]
