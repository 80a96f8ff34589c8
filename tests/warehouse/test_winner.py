"""Two documents of one agency-year: one wins by the written order, each criterion in its turn."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipelines.domain import Outcome, OutcomeKind, State
from pipelines.forms import finding, load_forms

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]

ABSENT = {("requests", "granted", "total"): State.ABSENT}
UNREADABLE = [finding(load_forms(), "unreadable_cell", table="requests", detail="?")]
WARNING = [finding(load_forms(), "unknown_label", table="requests", detail="?")]
SLIP = [finding(load_forms(), "year_unknown")]
EARLY, LATE = dt.date(2023, 1, 1), dt.date(2023, 6, 1)

# Each pair differs in one criterion for the better and in the next ones for the worse, so that
# only the order of the criteria makes the first one win.
PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "more tables": (
        {"cells": ABSENT, "findings": UNREADABLE},
        {"tables": ("requests", "reviews")},
    ),
    "fewer absent cells": ({"findings": UNREADABLE}, {"cells": ABSENT}),
    "fewer reading errors": (
        {"read_by": "ocr.rapidocr"},
        {"findings": UNREADABLE, "published_on": LATE},
    ),
    "native text before OCR": (
        {"published_on": EARLY},
        {"read_by": "ocr.rapidocr", "published_on": LATE},
    ),
    "newest published": ({"published_on": LATE}, {"published_on": EARLY}),
    "published before unknown": ({"published_on": EARLY}, {"published_on": None}),
}


@pytest.mark.parametrize("criterion", PAIRS)
@pytest.mark.parametrize("swapped", [False, True])
def test_each_criterion_in_its_turn(
    build: Build, make_report: Make, criterion: str, swapped: bool
) -> None:
    """Names are swapped too, so that no winner owes it to its key; the loser is archived later,
    so that neither owes it to the archive."""
    names = ("x", "y") if swapped else ("y", "x")
    better, worse = (
        make_report(name, **traits) for name, traits in zip(names, PAIRS[criterion], strict=True)
    )
    con = build(
        [better, worse],
        archived={
            names[0]: dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            names[1]: dt.datetime(2024, 2, 1, tzinfo=dt.UTC),
        },
    )
    assert _winner(con) == better.document_sha256


@pytest.mark.parametrize("findings", [WARNING, SLIP])
def test_only_reading_errors_count(build: Build, make_report: Make, findings: list[Any]) -> None:
    """A warning, or an error that is no reading fault, costs a document nothing."""
    told = make_report("told", findings=findings, published_on=LATE)
    silent = make_report("silent", published_on=EARLY)
    assert _winner(build([told, silent])) == told.document_sha256


def test_newest_archived_then_the_key(build: Build, make_report: Make) -> None:
    first, second = make_report("first"), make_report("second")
    moments = {
        name: dt.datetime(2024, 1, day, tzinfo=dt.UTC)
        for day, name in enumerate(("second", "first"), start=1)
    }
    assert _winner(build([first, second], archived=moments)) == first.document_sha256
    tied = build([first, second])
    assert _winner(tied) == min(first.document_sha256, second.document_sha256)


def test_the_losers_stay_linked_and_their_figures_out(build: Build, make_report: Make) -> None:
    winner = make_report("new", cells={("requests", "received", "total"): 5}, published_on=LATE)
    loser = make_report("old", cells={("requests", "received", "total"): 4}, published_on=EARLY)
    con = build(
        [winner, loser],
        archived={
            "old": dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            "new": dt.datetime(2024, 2, 1, tzinfo=dt.UTC),
        },
    )
    assert con.execute(
        "select document_sha256, agency_id, report_year from marts.dim_document where not is_winner"
    ).fetchall() == [(loser.document_sha256, "a", 2022)]
    # at an address of its own, it is no revision
    assert con.execute("select revision, document_sha256 from marts.dim_report").fetchall() == [
        (1, winner.document_sha256)
    ]
    assert con.execute(
        "select total from marts.fct_requests where disposition = 'received'"
    ).fetchall() == [(5,)]
    # findings are told of every document, winner or not
    told = con.execute("select distinct document_sha256 from marts.fct_findings").fetchall()
    assert {sha for (sha,) in told} == {winner.document_sha256, loser.document_sha256}


def test_only_reports_whose_agency_and_year_are_known_compete(
    build: Build, make_report: Make
) -> None:
    listing = make_report("listing", kind=OutcomeKind.NOT_A_REPORT, published_on=LATE)
    nobody = make_report("nobody", agency=None, cells={("requests", "received", "total"): 5})
    yearless = make_report("yearless", year=None)
    con = build([listing, nobody, yearless])
    assert con.execute("select count(*) from marts.dim_document").fetchone() == (3,)
    for mart in ("dim_report", "agency_years", "fct_requests"):
        assert con.execute(f"select count(*) from marts.{mart}").fetchone() == (0,)
    assert con.execute(
        "select distinct document_sha256, agency_id, report_year from marts.fct_findings"
    ).fetchall() == [(nobody.document_sha256, None, 2022)]


def test_a_corrected_resolution_moves_a_report(build: Build, make_report: Make) -> None:
    """Agency and year come from the resolution table, not from what the document says."""
    report = make_report()
    con = build([report], resolution={report.document_sha256: ("b", 2021)})
    assert con.execute("select agency_id, report_year from marts.agency_years").fetchall() == [
        ("b", 2021)
    ]
    assert con.execute("select distinct agency_id from marts.fct_requests").fetchall() == [("b",)]


def _winner(con: duckdb.DuckDBPyConnection) -> str:
    rows = con.execute("select document_sha256 from marts.dim_document where is_winner").fetchall()
    assert len(rows) == 1
    return str(rows[0][0])
