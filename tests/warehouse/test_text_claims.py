"""Figures of the prose in the warehouse: from a document's bytes to fct_text_claims."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from pipelines.domain import Claim, Comparison, Outcome, Place
from pipelines.runs.process import process_document
from tests.simulate import generate, load_agencies, render

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]
COLUMNS = 'value, unit, place, "table", "row", "column", table_value, comparison, basis'


def a_page() -> str:
    """A generated report that restates what it received."""
    agency = load_agencies()["990102-market-regulation"]
    for seed in range(100):
        report = generate(random.Random(seed), vintage="2021", agency=agency, year=2022)
        page = render(report, "html").decode()
        if "新收政府信息公开申请" in page and report.claims["received"] > 9:
            return page
    raise AssertionError("no report in a hundred restates what it received")


def processed(page: str) -> Outcome:
    outcome = process_document("report.html", page.encode())
    return replace(outcome, names=replace(outcome.names, agency_name="a"))


def test_prose_reaches_its_mart(build: Build) -> None:
    outcome = processed(a_page())
    con = build([outcome])
    rows = con.execute(f"select claim, {COLUMNS} from marts.fct_text_claims").fetchall()
    assert {row[0] for row in rows} == {claim.claim for claim in outcome.claims}
    (received,) = [row[1:] for row in rows if row[0] == "received"]
    printed = con.execute(
        "select total from marts.fct_requests where disposition = 'received'"
    ).fetchone()
    assert printed is not None
    assert received[0] == received[6] == printed[0]
    assert received[1] == "件"
    assert re.fullmatch(r'\{"path": ".+"\}', received[2])
    assert received[3:6] == ("requests", "received", "total")
    assert received[7:] == ("equal", None)
    assert "text_matches_table" not in {f.rule for f in outcome.findings}


def test_prose_that_contradicts_its_table_is_a_finding(build: Build) -> None:
    def one_more(told: re.Match[str]) -> str:
        return f"{told[1]}{int(told[2]) + 1}件"

    # A second sentence may tell the same figure: it is made to say the same.
    words = r"((?:新收|收到|其中新收)(?:政府信息公开申请)?)(\d+)件"
    outcome = processed(re.sub(words, one_more, a_page()))
    con = build([outcome])
    (row,) = con.execute(
        "select kind, severity, difference, agency_id, report_year, message_zh"
        " from marts.fct_findings where rule = 'text_matches_table'"
    ).fetchall()
    assert row[:5] == ("filing", "warning", Decimal(1), "a", 2022)
    (claim,) = con.execute(
        "select value - table_value, comparison from marts.fct_text_claims where claim = 'received'"
    ).fetchall()
    assert claim == (1, "differs")


def test_only_the_document_that_speaks_for_its_year_is_heard(
    build: Build, make_report: Make
) -> None:
    def told(value: int) -> Claim:
        return Claim("disclosed_items", Decimal(value), "条", f"{value}条", Place(line=value))

    con = build(
        [
            make_report("whole", claims=[told(1)]),
            make_report("partial", tables=["requests"], claims=[told(2)]),
            make_report("nobody", agency=None, claims=[told(3)]),
        ]
    )
    assert con.execute("select value, place from marts.fct_text_claims").fetchall() == [
        (1, '{"line": 1}')
    ]


@pytest.mark.parametrize("value", [Decimal("0.00000001"), Decimal(10) ** 11, None])
def test_every_value_comes_back(build: Build, make_report: Make, value: Decimal | None) -> None:
    claim = Claim(
        "granted", value, "件", "予以公开", Place(page=1, box=(1.0, 2.0, 3.0, 4.0)), "requests",
        "granted", "total", value, Comparison.ANOTHER_BASIS, "with_partly_granted",
    )  # fmt: skip
    con = build([make_report(claims=[claim])])
    assert con.execute(f"select {COLUMNS} from marts.fct_text_claims").fetchall() == [
        (value, "件", '{"page": 1, "box": [1.0, 2.0, 3.0, 4.0]}', "requests", "granted", "total",
         value, "another_basis", "with_partly_granted"),
    ]  # fmt: skip
