"""The inventory: which reports should exist, and what became of each."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import duckdb
import pytest

from pipelines.domain import AgencyStatus, Outcome

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]

RECEIVED = ("requests", "received", "total")
PAGE, NEW_PAGE = "https://a.gov.cn/report.html", "https://a.gov.cn/2022.html"


def day(number: int) -> dt.datetime:
    return dt.datetime(2024, 1, number, tzinfo=dt.UTC)


def years(con: duckdb.DuckDBPyConnection, agency: str = "a") -> dict[int, tuple[str, str | None]]:
    rows = con.execute(
        "select report_year, status, expected_by from marts.coverage where agency_id = ?", [agency]
    ).fetchall()
    return {year: (status, why) for year, status, why in rows}


def reports(make: Make, *of_years: int, agency: str = "a") -> list[Outcome]:
    dates = {y: dt.date(y + 1, 1, 20) for y in of_years}
    return [make(f"{agency}{y}", agency=agency, year=y, published_on=dates[y]) for y in of_years]


MISSING, PRESENT = ("missing", "own_years"), ("present", "own_years")


def test_gaps_and_the_years_after_are_missing(build: Build, make_report: Make) -> None:
    con = build(reports(make_report, 2018, 2020), last_closed_year=2022)
    assert years(con) == {
        2018: PRESENT,
        2019: MISSING,
        2020: PRESENT,
        2021: MISSING,
        2022: MISSING,
    }


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"last_year": 2021}, {2018: PRESENT, 2019: MISSING, 2020: PRESENT, 2021: MISSING}),
        ({"last_year": 2019}, {2018: PRESENT, 2019: MISSING, 2020: PRESENT}),
        # When it ended is not told: nothing is expected after its last report.
        ({"successor_agency_id": "b"}, {2018: PRESENT, 2019: MISSING, 2020: PRESENT}),
        # Only a rule knows it: its own reports prove the gap, nothing proves the years after.
        ({"status": AgencyStatus.GENERATED}, {2018: PRESENT, 2019: MISSING, 2020: PRESENT}),
        # It may be no agency of its own.
        ({"status": AgencyStatus.PROVISIONAL}, {2018: ("present", None), 2020: ("present", None)}),
    ],
)
def test_what_the_record_says_bounds_its_own_years(
    build: Build, make_report: Make, record: Mapping[str, Any], expected: Mapping[int, Any]
) -> None:
    agencies = {"a": record, "b": {"last_year": 2000}}
    assert years(build(reports(make_report, 2018, 2020), agencies=agencies)) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"first_year": 2020}, range(2020, 2023)),
        ({"first_year": 2000, "last_year": 2010}, range(2008, 2011)),
        ({"first_year": 2021, "last_year": 2030}, range(2021, 2023)),
        ({"first_year": 2023}, ()),
        ({"first_year": 2018, "successor_agency_id": "b"}, ()),
        ({"first_year": 2018, "last_year": 2019, "successor_agency_id": "b"}, range(2018, 2020)),
        ({"first_year": 2020, "status": AgencyStatus.GENERATED}, ()),
        ({"first_year": 2020, "status": AgencyStatus.PROVISIONAL}, ()),
        ({}, ()),
        ({"last_year": 2020}, ()),
    ],
)
def test_a_reviewed_record_with_a_first_year_is_expected_without_a_report(
    build: Build, record: Mapping[str, Any], expected: range
) -> None:
    con = build([], batches=[], agencies={"a": record, "b": {}}, last_closed_year=2022)
    assert years(con) == dict.fromkeys(expected, ("missing", "registry"))


def test_a_record_and_own_years_agree(build: Build, make_report: Make) -> None:
    """Reports outside of the record's years are there, and prove themselves."""
    con = build(
        reports(make_report, 2017, 2020, 2023),
        agencies={"a": {"first_year": 2019, "last_year": 2020}},
        last_closed_year=2022,
    )
    assert years(con) == {
        2017: PRESENT,
        2018: MISSING,
        2019: ("missing", "registry"),
        2020: ("present", "registry"),
        2021: MISSING,
        2022: MISSING,
        2023: PRESENT,
    }


LATE = {
    # report year, government, published on: days late
    (2021, False, "2022-01-31"): 0,
    (2021, False, "2022-02-01"): 1,
    (2021, True, "2022-02-01"): 0,
    (2021, True, "2022-03-31"): 0,
    (2021, True, "2022-04-02"): 2,
    (2018, False, "2019-03-31"): 0,
    (2018, False, "2019-04-01"): 1,
    (2019, False, "2020-02-01"): 1,
}


@pytest.mark.parametrize("case", LATE, ids=str)
def test_late_is_past_the_day_of_its_kind_and_year(
    build: Build, make_report: Make, case: tuple[int, bool, str]
) -> None:
    year, government, published = case
    con = build(
        [make_report(year=year, published_on=dt.date.fromisoformat(published))],
        agencies={"a": {"is_government": government, "last_year": year}},
    )
    days = LATE[case]
    assert con.execute("select status, days_late from marts.coverage").fetchall() == [
        ("late" if days else "present", days)
    ]


def test_a_township_that_is_late_is_only_a_hint(build: Build, make_report: Make) -> None:
    record = {"admin_level": "township", "is_government": True, "last_year": 2021}
    con = build([make_report(year=2021, published_on=dt.date(2022, 4, 10))], agencies={"a": record})
    assert con.execute("select status, days_late from marts.coverage").fetchall() == [
        ("present", 10)
    ]


@pytest.mark.parametrize("published", [None, dt.date(2022, 12, 30)])
def test_without_a_date_of_publishing_nothing_is_late(
    build: Build, make_report: Make, published: dt.date | None
) -> None:
    """A date of the report year itself is no date of its publishing."""
    con = build([make_report(published_on=published)])
    assert con.execute("select status, published_on, days_late from marts.coverage").fetchall() == [
        ("present", None, None)
    ]


def test_a_report_that_was_in_time_is_not_late_by_its_second_copy(
    build: Build, make_report: Make
) -> None:
    con = build(
        [
            make_report("first", published_on=dt.date(2023, 1, 5)),
            make_report("again", published_on=dt.date(2023, 9, 1)),
        ]
    )
    assert con.execute("select status, published_on from marts.coverage").fetchall() == [
        ("present", dt.date(2023, 1, 5))
    ]


def test_revised_and_its_document(build: Build, make_report: Make) -> None:
    old, new = (make_report(name, cells={RECEIVED: n}) for n, name in enumerate(("old", "new"), 4))
    con = build(
        [old, new],
        addresses={"old": PAGE, "new": PAGE},
        archived={"old": day(1), "new": day(2)},
    )
    assert con.execute(
        "select status, revision, document_sha256 from marts.coverage"
    ).fetchall() == [("revised", 2, new.document_sha256)]


def test_moved_is_where_its_address_holds_something_else(build: Build, make_report: Make) -> None:
    """The page of the newest report: that of 2022 stood there, now that of 2023 does."""
    con = build(
        [make_report("old"), make_report("next", year=2023, published_on=dt.date(2024, 1, 2))],
        addresses={"old": PAGE, "next": PAGE},
        archived={"old": day(1), "next": day(2)},
        also_at=[("old", NEW_PAGE, day(3))],
        last_closed_year=2023,
    )
    assert con.execute("select report_year, status, is_moved from marts.coverage").fetchall() == [
        (2022, "moved", True),
        (2023, "present", False),
    ]


def test_two_addresses_that_both_hold_it_are_no_move(build: Build, make_report: Make) -> None:
    con = build(
        [make_report("old")],
        addresses={"old": PAGE},
        archived={"old": day(1)},
        also_at=[("old", NEW_PAGE, day(3))],
    )
    assert years(con) == {2022: PRESENT}


def test_a_report_that_only_we_still_hold_is_present(build: Build, make_report: Make) -> None:
    con = build(
        [make_report("old"), make_report("next", year=2023, published_on=dt.date(2024, 1, 2))],
        addresses={"old": PAGE, "next": PAGE},
        archived={"old": day(1), "next": day(2)},
    )
    assert con.execute("select status, is_moved from marts.coverage").fetchall() == [
        ("present", False),
        ("present", False),
    ]


def test_late_comes_before_revised_and_revised_before_moved(
    build: Build, make_report: Make
) -> None:
    def status(published: dt.date) -> Any:
        return (
            build(
                [
                    make_report("old", cells={RECEIVED: 4}, published_on=published),
                    make_report("new", cells={RECEIVED: 5}, published_on=published),
                    make_report("next", year=2023, published_on=dt.date(2024, 1, 2)),
                ],
                addresses={"old": PAGE, "new": PAGE, "next": PAGE},
                archived={"old": day(1), "new": day(2), "next": day(3)},
                also_at=[("new", NEW_PAGE, day(4))],
            )
            .execute("select status, is_moved, revision from marts.coverage limit 1")
            .fetchone()
        )

    assert status(dt.date(2023, 2, 2)) == ("late", True, 2)
    assert status(dt.date(2023, 1, 2)) == ("revised", True, 2)


def test_where_it_is_comes_from_the_agency(build: Build, make_report: Make) -> None:
    con = build([make_report()])
    assert con.execute(
        "select region_code, province, city, county from marts.coverage"
    ).fetchall() == [("350128", "福建省", "福州市", None)]


def test_reports_of_later_years_are_present_and_open_years_between_are_not_missing(
    build: Build, make_report: Make
) -> None:
    con = build(reports(make_report, 2021, 2024), last_closed_year=2018)
    assert years(con) == {2021: PRESENT, 2024: PRESENT}
