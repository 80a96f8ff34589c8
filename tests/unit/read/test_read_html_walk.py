"""Pages as careless systems make them, walked: every figure is right or told, none is wrong."""

import random
from dataclasses import fields
from typing import Any

import pytest

from pipelines.domain import Kind, OutcomeKind, State
from pipelines.forms import load_forms
from pipelines.runs.process import process_document
from tests.simulate import Habits, SimulatedReport, generate, load_agencies
from tests.simulate.html_habits import PageHabits
from tests.simulate.html_page import render_html

AGENCIES = sorted(load_agencies().values(), key=lambda a: a.agency_id)
ALONE: list[dict[str, Any]] = [{f.name: True} for f in fields(PageHabits) if f.default is False]
LOST = (State.ABSENT, State.UNREADABLE)
TITLE = (
    "<h1>甲市教育局2021年政府信息公开工作年度报告</h1><p>一、总体情况</p>"
    "<p>三、收到和处理政府信息公开申请情况</p><p>四、政府信息公开行政复议、行政诉讼情况</p>"
)
OUTCOMES = "".join(f"<td>{o}" for o in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))
REVIEWS = (
    "<table><tr><td colspan=5>行政复议<td colspan=10>行政诉讼"
    "<tr>" + OUTCOMES.replace("<td>", "<td rowspan=2>") + "<td colspan=5>未经复议直接起诉"
    "<td colspan=5>复议后起诉<tr>" + OUTCOMES * 2 + "<tr>"
    "<td>1<td>2<td>3<td>4<td>10<td>11<td>12<td>13<td>14<td>50<td>21<td>22<td>23<td>24<td>90</table>"
)
DISCLOSURE = (
    "<table><tr><td colspan=4>第二十条第（一）项"
    "<tr><td>信息内容<td>本年制发件数<td>本年废止件数<td>现行有效件数"
    "<tr><td>规章<td>1<td>2<td>3<tr><td>行政规范性文件<td>4<td>5<td>6</table>"
)


def a_report(seed: int, habits: Habits | None = None) -> SimulatedReport:
    rng = random.Random(seed)
    forms = load_forms()
    drawn = habits or Habits.draw(rng, marks=forms.lexicon.not_applicable)
    vintage = rng.choice(["2019", "2021"])
    agency = rng.choice(AGENCIES)
    return generate(rng, vintage=vintage, agency=agency, year=2022, habits=drawn)


def faults(report: SimulatedReport, page: PageHabits) -> tuple[list[str], int]:
    """What is wrong without being told, and how many cells are lost and told."""
    outcome = process_document("page", render_html(report, None, page))
    if outcome.kind is not OutcomeKind.REPORT:
        return [str(outcome.reason)], 0
    facts = {(f.table, f.row, f.column): f for f in outcome.facts}
    told = {(f.table, f.row) for f in outcome.findings if f.kind is Kind.READING}
    wrong, lost = [], 0
    for key, printed in report.truth.items():
        fact = facts.get(key)
        if fact is None or fact.state in LOST:
            lost += 1
            if (key[0], None) not in told and key[:2] not in told:
                wrong.append(f"{key} is lost")
        elif (fact.state, fact.value) != (printed.state, printed.value):
            wrong.append(f"{key}: {printed} read as {fact.state} {fact.value}")
    wrong += [str(k) for k in facts.keys() - report.truth.keys() if facts[k].state not in LOST]
    if outcome.names.agency_name not in (report.agency_name, None):
        wrong.append(f"agency {outcome.names.agency_name}")
    return wrong, lost


@pytest.mark.parametrize("seed", range(40))
def test_random_pages(seed: int) -> None:
    report = a_report(seed)
    page = PageHabits.draw(random.Random(seed))
    assert faults(report, page)[0] == [], page


@pytest.mark.parametrize(
    "page",
    [PageHabits(**habit) for habit in ALONE]
    + [PageHabits(container=c) for c in ("ucap", "trs", "article", "unknown")]
    + [PageHabits(nesting=n) for n in ("framed", "in_layout", "centred")]
    + [PageHabits(hiding=h) for h in ("display", "visibility", "mso", "attribute", "sheet")],
    ids=lambda page: " ".join(
        f"{f.name}={getattr(page, f.name)}"
        for f in fields(page)
        if getattr(page, f.name) != f.default
    ),
)
def test_no_habit_of_pages_costs_a_careful_report_a_cell(page: PageHabits) -> None:
    assert faults(a_report(3, Habits()), page) == ([], 0)


def read_as(html: str) -> tuple[dict[tuple[str, str], str | None], set[str]]:
    outcome = process_document("page", (TITLE + html).encode())
    figures = {(f.row, f.column): str(f.value) if f.value is not None else None
               for f in outcome.facts}  # fmt: skip
    return figures, {f.rule for f in outcome.findings}


def test_the_tables_typed_here_are_read() -> None:
    figures, _ = read_as(REVIEWS + DISCLOSURE)
    assert figures["litigation_direct", "corrected"] == "12"
    assert figures["regulations", "repealed"] == "2"


@pytest.mark.parametrize(
    "cell",
    ["<img src=2.gif>", "2<sup>3</sup>", "<del>2</del>", "2<br>3", "<table><tr><td>2<td>3</table>"],
)
def test_a_cell_that_is_no_figure_beyond_doubt_has_no_value(cell: str) -> None:
    figures, rules = read_as(DISCLOSURE.replace("<td>2<td>3", f"<td>{cell}</td><td>3"))
    assert figures["regulations", "repealed"] is None
    assert figures["normative_documents", "repealed"] == "5"
    assert rules & {"unreadable_cell", "row_short", "ambiguous_placement"}


@pytest.mark.parametrize(
    "cell",
    ["2<span style='display:none'>3</span>", "<s>1</s>2", "<input value=2>", "2<sup>①</sup>"],
)
def test_a_figure_with_something_beside_it_is_read(cell: str) -> None:
    figures, _ = read_as(DISCLOSURE.replace("<td>2<td>3", f"<td>{cell}</td><td>3"))
    assert figures["regulations", "repealed"] == "2"


def test_two_copies_that_differ_are_told_and_two_that_do_not_are_one() -> None:
    figures, rules = read_as(REVIEWS + REVIEWS)
    assert figures["reconsideration", "pending"] == "4"
    assert "duplicate_row" not in rules
    figures, rules = read_as(REVIEWS + REVIEWS.replace("<td>4<", "<td>40<"))
    assert figures["reconsideration", "pending"] is None
    assert "duplicate_row" in rules


def test_a_table_cut_between_its_columns_gives_no_figures() -> None:
    halves = (
        f"<table><tr><td colspan=5>行政复议<tr>{OUTCOMES}<tr><td>1<td>2<td>3<td>4<td>10</table>"
        "<table><tr><td colspan=5>未经复议直接起诉<td colspan=5>复议后起诉"
        f"<tr>{OUTCOMES * 2}<tr><td>1<td>2<td>3<td>4<td>10<td>1<td>2<td>3<td>4<td>10</table>"
    )
    figures, rules = read_as(halves)
    assert set(figures.values()) <= {None}
    assert "tables_missing" in rules
