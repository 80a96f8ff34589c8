"""Rules over two years follow the successor: after a reform, the next report is another's."""

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipelines.domain import Outcome
from pipelines.warehouse.sql_models import load_examples

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]


def goes_on(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, int], tuple[str | None, bool]]:
    rows = con.execute(
        "select agency_id, report_year, next_agency_id, is_next_whole from marts.dim_report"
    ).fetchall()
    return {(a, y): (following, whole) for a, y, following, whole in rows if following}


def broken(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    (example,) = (e for e in load_examples() if e.name == "carried_forward_meets_next_year")
    return con.execute(
        f"select agency_id, report_year, agencies, difference from ({example.sql})"
    ).fetchall()


def report(make: Make, agency: str, year: int, *, out: int = 0, into: int = 0) -> Outcome:
    cells = {("requests", "carried_forward", "total"): out} if out else {}
    cells |= {("requests", "brought_forward", "total"): into} if into else {}
    return make(f"{agency}{year}", agency=agency, year=year, vintage="2019", cells=cells)


MERGED = {
    "commerce": {"successor_agency_id": "market", "last_year": 2018},
    "quality": {"successor_agency_id": "market", "last_year": 2018},
}


def test_a_report_is_followed_by_that_of_its_own_agency(build: Build, make_report: Make) -> None:
    con = build([report(make_report, "a", y) for y in (2018, 2019, 2021)])
    assert goes_on(con) == {("a", 2018): ("a", True)}


@pytest.mark.parametrize(("into", "differences"), [(7, []), (5, [("market", 2018, 2, 2)])])
def test_after_a_merger_all_that_was_carried_forward_counts(
    build: Build, make_report: Make, into: int, differences: list[tuple[Any, ...]]
) -> None:
    con = build(
        [
            report(make_report, "commerce", 2018, out=4),
            report(make_report, "quality", 2018, out=3),
            report(make_report, "market", 2019, into=into),
        ],
        agencies=MERGED,
    )
    assert goes_on(con) == {
        ("commerce", 2018): ("market", True),
        ("quality", 2018): ("market", True),
    }
    assert broken(con) == [tuple(d) for d in differences]


def test_what_is_not_whole_is_not_judged(build: Build, make_report: Make) -> None:
    """The other bureau's last report is not here: 4 of the 7 cannot be missed."""
    con = build(
        [report(make_report, "commerce", 2018, out=4), report(make_report, "market", 2019, into=7)],
        agencies=MERGED,
    )
    assert goes_on(con) == {("commerce", 2018): ("market", False)}
    assert broken(con) == []


def test_an_agency_that_ended_earlier_is_not_missed(build: Build, make_report: Make) -> None:
    agencies = {**MERGED, "quality": {"successor_agency_id": "market", "last_year": 2015}}
    con = build(
        [report(make_report, "commerce", 2018, out=4), report(make_report, "market", 2019, into=7)],
        agencies=agencies,
    )
    assert broken(con) == [("market", 2018, 1, -3)]


def test_one_that_took_another_over_wants_its_last_report(build: Build, make_report: Make) -> None:
    con = build(
        [report(make_report, "market", 2018, out=4), report(make_report, "market", 2019, into=7)],
        agencies={"commerce": MERGED["commerce"]},
    )
    assert goes_on(con) == {("market", 2018): ("market", False)}
    assert broken(con) == []


def test_its_own_report_comes_before_the_successors(build: Build, make_report: Make) -> None:
    con = build(
        [
            report(make_report, "commerce", 2018, out=4),
            report(make_report, "commerce", 2019, into=4),
            report(make_report, "market", 2019),
        ],
        agencies={"commerce": {"successor_agency_id": "market", "last_year": 2019}},
    )
    assert goes_on(con) == {("commerce", 2018): ("commerce", True)}
    assert broken(con) == []


def test_successors_are_followed_to_the_one_that_reports(build: Build, make_report: Make) -> None:
    con = build(
        [report(make_report, "poverty", 2022, out=2), report(make_report, "farms", 2023, into=2)],
        agencies={
            "poverty": {"successor_agency_id": "villages"},
            "villages": {"successor_agency_id": "farms", "last_year": 2021},
        },
    )
    assert goes_on(con) == {("poverty", 2022): ("farms", True)}
    assert broken(con) == []


def test_successors_in_a_circle_end(build: Build, make_report: Make) -> None:
    con = build(
        [report(make_report, "a", 2020, out=1), report(make_report, "b", 2021)],
        agencies={"a": {"successor_agency_id": "b"}, "b": {"successor_agency_id": "a"}},
    )
    assert goes_on(con) == {("a", 2020): ("b", True)}
    assert broken(con) == [("b", 2020, 1, 1)]
