"""The figures make sense: sums hold, years join, sizes fit the agency."""

import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domain import Agency, State
from pipelines.forms import BlockTable, Forms
from tests.simulate import Habits, SimulatedReport, generate, generate_series, load_agencies

Key = tuple[str, str, str]
Judge = Callable[
    [SimulatedReport, Mapping[Key, Decimal | None]], set[tuple[str, str | None, str | None]]
]
AGENCY_IDS = sorted(load_agencies())
MIXED = {"proactive_disclosure": "2021", "requests": "2019", "reviews": "2021"}


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    agency_id=st.sampled_from(AGENCY_IDS),
    vintage=st.sampled_from(["2019", "2021", MIXED]),
)
def test_every_identity_holds(
    seed: int, agency_id: str, vintage: str | dict[str, str], judge: Judge
) -> None:
    agency = load_agencies()[agency_id]
    report = generate(random.Random(seed), vintage=vintage, agency=agency, year=2022)
    assert judge(report, report.figures) == set()
    assert judge(report, {key: cell.value for key, cell in report.truth.items()}) == set()


def test_the_judge_sees_a_broken_sum(county_office: Agency, judge: Judge) -> None:
    report = generate(random.Random(1), vintage="2021", agency=county_office, year=2022)
    figures = dict(report.figures)
    figures["reviews", "reconsideration", "total"] += 1
    assert judge(report, figures) == {("outcomes_sum_to_total", "reconsideration", None)}


@pytest.mark.parametrize("vintage", ["2019", "2021"])
def test_every_cell_of_the_form_is_there_and_no_other(
    forms: Forms, county_office: Agency, vintage: str
) -> None:
    report = generate(random.Random(3), vintage=vintage, agency=county_office, year=2022)
    wanted = {
        (name, row, column)
        for name, table in forms.vintages[vintage].tables.items()
        for row, column in table.cells()
    }
    assert set(report.truth) == set(report.figures) == wanted
    assert report.vintages == dict.fromkeys(forms.vintages[vintage].tables, (vintage,))


def test_vintages_mix_by_table_and_by_block(county_office: Agency) -> None:
    by_table = generate(random.Random(3), vintage=MIXED, agency=county_office, year=2022)
    assert by_table.vintages["proactive_disclosure"] == ("2021",)
    assert by_table.vintages["requests"] == ("2019",)
    assert ("requests", "otherwise_processed", "total") in by_table.truth
    by_block = generate(
        random.Random(3), vintage={**MIXED, "art20_1": "2019"}, agency=county_office, year=2021
    )
    assert by_block.vintages["proactive_disclosure"] == ("2019", "2021")
    made = by_block.truth["proactive_disclosure", "regulations", "made"]
    decisions = by_block.truth["proactive_disclosure", "administrative_licensing", "decisions"]
    assert (made.vintage, decisions.vintage) == ("2019", "2021")


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), agency_id=st.sampled_from(AGENCY_IDS))
def test_years_of_a_series_join(seed: int, agency_id: str, judge: Judge) -> None:
    agency = load_agencies()[agency_id]
    years = [2019, 2020, 2021, 2022]
    series = generate_series(random.Random(seed), agency=agency, years=years)
    assert [r.vintages["requests"] for r in series] == [("2019",), ("2019",), ("2021",), ("2021",)]
    for before, after in pairwise(series):
        assert judge(after, after.figures) == set()
        for (table, row, column), figure in before.figures.items():
            if (table, row) == ("requests", "carried_forward"):
                assert after.figures[table, "brought_forward", column] == figure
            if column == "prior_year_items" and (table, row, column) in after.figures:
                change = before.figures[table, row, "change"]
                assert after.figures[table, row, column] == figure + change
            if column == "in_force" and (table, row, column) in after.figures:
                issued = after.figures[table, row, "issued"]
                repealed = after.figures[table, row, "repealed"]
                assert after.figures[table, row, column] == figure + issued - repealed


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    agency_id=st.sampled_from(AGENCY_IDS),
    vintage=st.sampled_from(["2019", "2021"]),
)
def test_figures_break_no_rule_of_sense(
    seed: int, agency_id: str, vintage: str, forms: Forms
) -> None:
    agency = load_agencies()[agency_id]
    report = generate(random.Random(seed), vintage=vintage, agency=agency, year=2022)
    disclosure = forms.vintages[vintage].tables["proactive_disclosure"]
    assert isinstance(disclosure, BlockTable)
    figure = report.figures
    for (table, row, column), value in figure.items():
        kind = "count" if table != "proactive_disclosure" else disclosure.measure(row, column).kind
        assert kind == "change" or value >= 0
        assert kind == "amount" or value == value.to_integral_value()
        if column == "change":
            items = figure[table, row, "prior_year_items"] + value
            assert items >= 0
            decisions = figure.get((table, row, "decisions"), Decimal(0))
            assert not decisions or decisions != items
        if column == "disclosed_total":
            assert figure[table, row, "made"] <= value
            assert figure[table, row, "newly_disclosed"] <= value
        if row == "regulations" and value:
            assert agency.is_government
            assert agency.admin_level in ("province", "city")


def test_a_government_is_larger_than_a_township(agencies: dict[str, Agency]) -> None:
    def received(agency_id: str) -> list[Decimal]:
        reports = [
            generate(random.Random(s), vintage="2021", agency=agencies[agency_id], year=2022)
            for s in range(10)
        ]
        return [r.figures["requests", "received", "total"] for r in reports]

    province, city, county, township = (
        received(f"{code}-government") for code in ("990000", "990100", "990121", "990121101")
    )
    assert min(province) > max(city)
    assert sum(city) > sum(county)
    assert min(county) > max(township)


def test_the_same_seed_gives_the_same_report(county_office: Agency) -> None:
    first, second = (
        generate(random.Random(7), vintage="2021", agency=county_office, year=2022)
        for _ in range(2)
    )
    other = generate(random.Random(8), vintage="2021", agency=county_office, year=2022)
    assert first == second != other


def test_the_prose_restates_the_tables(province: Agency) -> None:
    report = generate(random.Random(2), vintage="2021", agency=province, year=2022)
    prose = "".join(p for paragraphs in report.paragraphs.values() for p in paragraphs)
    assert set(report.paragraphs) == {"overview", "problems", "other"}
    received = report.figures["requests", "received", "total"]
    assert report.claims["received"] == received
    assert f"{received}件" in prose
    assert province.agency_name in prose
    assert "2022" in prose
    assert "{" not in prose


def test_channels_of_disclosure_add_up(province: Agency) -> None:
    for seed in range(40):
        report = generate(random.Random(seed), vintage="2021", agency=province, year=2022)
        claims = report.claims
        if "disclosed" in claims:
            parts = [claims[f"disclosed_{channel}"] for channel in ("website", "media", "other")]
            assert sum(parts) == claims["disclosed"]
            return
    pytest.fail("no report in forty restates the channels")


def test_reports_are_published_in_time(agencies: dict[str, Agency]) -> None:
    for agency in agencies.values():
        for seed in range(5):
            report = generate(random.Random(seed), vintage="2021", agency=agency, year=2022)
            assert report.published_on.year == 2023
            assert report.published_on.month <= (3 if agency.is_government else 1)


def test_a_vintage_that_leaves_a_table_out_is_refused(county_office: Agency) -> None:
    with pytest.raises(ValueError, match="reviews"):
        generate(
            random.Random(1),
            vintage={"proactive_disclosure": "2021", "requests": "2021"},
            agency=county_office,
            year=2022,
        )


def test_a_previous_report_of_another_year_is_refused(county_office: Agency) -> None:
    before = generate(random.Random(1), vintage="2021", agency=county_office, year=2020)
    with pytest.raises(ValueError, match="2020 is not the year before"):
        generate(random.Random(1), vintage="2021", agency=county_office, year=2022, previous=before)


def test_an_unknown_vintage_is_refused(county_office: Agency) -> None:
    with pytest.raises(KeyError):
        generate(random.Random(1), vintage="1999", agency=county_office, year=2022)


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("plain", "青濂县自然资源局2021年政府信息公开工作年度报告"),
        ("year_mark_twice", "青濂县自然资源局2021年度政府信息公开工作年度报告"),
        ("year_first", "2021年青濂县自然资源局政府信息公开工作年度报告"),
        ("chinese_year", "青濂县自然资源局二〇二一年政府信息公开工作年度报告"),
        ("no_agency", "2021年政府信息公开工作年度报告"),
        ("no_year", "青濂县自然资源局政府信息公开工作年度报告"),
    ],
)
def test_titles(county_office: Agency, title: str, wanted: str) -> None:
    habits = Habits(title=title)
    report = generate(
        random.Random(1), vintage="2021", agency=county_office, year=2021, habits=habits
    )
    assert report.title == wanted


def test_every_reported_cell_has_a_value_and_no_other(county_office: Agency) -> None:
    habits = Habits(zeros="blank")
    report = generate(
        random.Random(1), vintage="2019", agency=county_office, year=2020, habits=habits
    )
    states = {cell.state for cell in report.truth.values()}
    assert states == {State.REPORTED, State.BLANK}
    for cell in report.truth.values():
        assert (cell.value is not None) == (cell.state is State.REPORTED)
