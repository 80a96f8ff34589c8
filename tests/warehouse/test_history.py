"""What happened to a report: sightings → events, and which document speaks after them."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import pytest

from pipelines.domain import Outcome, OutcomeKind, Sighting

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]

PAGE, NEW_PAGE = "https://a.gov.cn/1.html", "https://a.gov.cn/2022/1.html"
PDF, SHEET = "https://a.gov.cn/files/1.pdf", "https://a.gov.cn/files/2.xlsx"
RECEIVED = ("requests", "received", "total")
GRANTED = ("requests", "granted", "total")


def day(number: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2024, 1, 1, hour, tzinfo=dt.UTC) + dt.timedelta(days=number - 1)


def saw(seen_at: dt.datetime, address: str, what: Outcome | None, **more: Any) -> Sighting:
    """What a crawl of source `s` saw; None is a tombstone."""
    sha256 = what.document_sha256 if what is not None else None
    told: dict[str, Any] = {
        "source": "s",
        "status": 404 if what is None else 200,
        "is_listed": what is not None,
    }
    return Sighting(address, seen_at=seen_at, document_sha256=sha256, **{**told, **more})


def history(con: duckdb.DuckDBPyConnection, columns: str = "event, address") -> list[Any]:
    return con.execute(
        f"select {columns} from marts.report_history order by agency_id, report_year, event_no"
    ).fetchall()


def speaking(con: duckdb.DuckDBPyConnection) -> str:
    """The title's last word of the one winner."""
    ((title,),) = con.execute("select title from marts.dim_report").fetchall()
    return str(title).rpartition(" ")[2]


def covered(con: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    ((*found,),) = con.execute("select status, is_moved, is_gone from marts.coverage").fetchall()
    return tuple(found)


def ranked(con: duckdb.DuckDBPyConnection) -> list[Any]:
    return con.execute(
        "select split_part(title, ' ', 3), role, marts.report_documents.is_gone"
        " from marts.report_documents inner join staging.documents using (document_sha256)"
        " order by place"
    ).fetchall()


# -- replaced


def test_replaced_tells_how_many_figures_differ(build: Build, make_report: Make) -> None:
    old = make_report("old", cells={RECEIVED: 4, GRANTED: 4})
    new = make_report("new", cells={RECEIVED: 5, GRANTED: 5})
    looks = make_report("looks", cells={RECEIVED: 5, GRANTED: 5})
    con = build(
        [old, new, looks],
        seen=[
            saw(day(1), PAGE, old, title="报告", listed_on=dt.date(2023, 1, 20), listing="l"),
            saw(day(2), PAGE, new),
            saw(day(3), PAGE, looks),
        ],
    )
    assert history(
        con,
        "event_no, event, seen_at, document_sha256, previous_document_sha256, differing_cells,"
        " revision",
    ) == [
        (1, "found", day(1).replace(tzinfo=None), old.document_sha256, None, None, 1),
        (
            2,
            "replaced",
            day(2).replace(tzinfo=None),
            new.document_sha256,
            old.document_sha256,
            2,
            2,
        ),
        (
            3,
            "replaced",
            day(3).replace(tzinfo=None),
            looks.document_sha256,
            new.document_sha256,
            0,
            2,
        ),
    ]
    assert history(con, "source, status, listing, title, listed_on")[0] == (
        "s",
        200,
        "l",
        "报告",
        dt.date(2023, 1, 20),
    )
    assert con.execute("select revision from marts.dim_report").fetchall() == [(2,)]


def test_the_revision_is_that_of_the_address(build: Build, make_report: Make) -> None:
    old, new = (make_report(n, cells={RECEIVED: i}) for i, n in enumerate(("old", "new"), 4))
    con = build(
        [old, new],
        seen=[
            saw(day(1), PAGE, old),
            saw(day(2), PAGE, new),
            saw(day(3), PDF, old),
            saw(day(4), PAGE, new, is_listed=False),
            saw(day(5), PDF, old, is_listed=False),
        ],
    )
    assert history(con, "event, revision") == [
        ("found", 1),
        ("replaced", 2),
        ("found", 1),
        ("unlisted", 2),
        ("unlisted", 1),
    ]


def test_what_came_back_stands_again(build: Build, make_report: Make) -> None:
    """A → B → A: everything but its place speaks for B."""
    first = make_report("first", cells={RECEIVED: 4}, read_by="ocr.rapidocr", published_on=None)
    second = make_report("second", cells={RECEIVED: 5})
    con = build(
        [first, second],
        seen=[saw(day(1), PAGE, first), saw(day(2), PAGE, second), saw(day(3), PAGE, first)],
    )
    assert history(con, "event, differing_cells, revision") == [
        ("found", None, 1),
        ("replaced", 1, 2),
        ("replaced", 1, 3),
    ]
    assert speaking(con) == "first"
    assert ranked(con) == [("first", "winner", False), ("second", "replaced", False)]
    assert con.execute("select revision from marts.dim_report").fetchall() == [(3,)]
    assert covered(con) == ("revised", False, False)


def test_a_file_that_came_back_stands_again(build: Build, make_report: Make) -> None:
    """The manifest has each pair once: only a sighting tells of the third time."""
    first, second = (make_report(n, cells={RECEIVED: i}) for i, n in enumerate(("first", "second")))
    file = "/in/report.html"
    con = build(
        [first, second],
        addresses={"first": file, "second": file},
        archived={"first": day(1), "second": day(2)},
        seen=[saw(day(3), file, first, source="file", status=None)],
    )
    assert history(con, "event, seen_at") == [
        (event, day(number).replace(tzinfo=None))
        for number, event in enumerate(("found", "replaced", "replaced"), 1)
    ]
    assert speaking(con) == "first"


def test_a_page_that_came_back_from_another_year_is_moved_no_more(
    build: Build, make_report: Make
) -> None:
    """The newest archived is the other year's; the last seen is this one's."""
    this = make_report("this")
    other = make_report("other", year=2023, published_on=dt.date(2024, 1, 5))
    seen = [saw(day(1), PAGE, this), saw(day(1), NEW_PAGE, this), saw(day(2), PAGE, other)]
    ask = "select report_year, status, is_moved, is_gone from marts.coverage"
    assert build([this, other], seen=seen, last_closed_year=2023).execute(ask).fetchall() == [
        (2022, "moved", True, False),
        (2023, "present", False, False),
    ]
    back = [*seen, saw(day(3), PAGE, this)]
    con = build([this, other], seen=back, last_closed_year=2023)
    assert con.execute(ask).fetchall() == [
        (2022, "present", False, False),
        (2023, "present", False, True),
    ]
    assert history(con, "report_year, event, address, moved_to") == [
        (2022, "found", PAGE, None),
        (2022, "found", NEW_PAGE, None),
        (2022, "moved", PAGE, NEW_PAGE),
        (2022, "returned", PAGE, None),
        (2023, "found", PAGE, None),
        (2023, "gone", PAGE, None),
    ]


def test_what_was_replaced_and_then_deleted_stays_replaced(build: Build, make_report: Make) -> None:
    old = make_report("old", cells={RECEIVED: 4}, published_on=dt.date(2023, 9, 9))
    new = make_report("new", cells={RECEIVED: 5}, read_by="ocr.rapidocr")
    con = build(
        [old, new],
        seen=[saw(day(1), PAGE, old), saw(day(2), PAGE, new), saw(day(3), PAGE, None)],
    )
    assert ranked(con) == [("new", "winner", True), ("old", "replaced", True)]
    assert history(con, "event, document_sha256, previous_document_sha256, status, revision")[
        2
    ] == ("gone", None, new.document_sha256, 404, 2)


@pytest.mark.parametrize("kind", [OutcomeKind.FAILED, OutcomeKind.REPORT])
def test_bytes_that_nobody_could_read_do_not_end_a_report(
    build: Build, make_report: Make, kind: OutcomeKind
) -> None:
    """The report may well be there: it is replaced by what we know nothing of."""
    old = make_report("old", cells={RECEIVED: 4})
    lost = make_report("lost", agency=None, year=None, kind=kind)
    again = make_report("again", cells={RECEIVED: 6})
    seen = [saw(day(1), PAGE, old), saw(day(2), PAGE, lost)]
    con = build([old, lost], seen=seen)
    assert history(con, "event, document_sha256, differing_cells") == [
        ("found", old.document_sha256, None),
        ("replaced", lost.document_sha256, None),
    ]
    assert (speaking(con), covered(con)) == ("old", ("present", False, False))
    con = build([old, lost, again], seen=[*seen, saw(day(3), PAGE, again)])
    assert history(con, "event, differing_cells, revision") == [
        ("found", None, 1),
        ("replaced", None, 1),
        ("replaced", None, 2),
    ]


def test_what_is_no_report_ends_it(build: Build, make_report: Make) -> None:
    report = make_report("report")
    shop = make_report("shop", agency=None, year=None, kind=OutcomeKind.NOT_A_REPORT)
    con = build([report, shop], seen=[saw(day(1), PAGE, report), saw(day(2), PAGE, shop)])
    assert history(con, "event, status") == [("found", 200), ("gone", 200)]
    assert (speaking(con), covered(con)) == ("report", ("present", False, True))


# -- moved


@pytest.mark.parametrize(
    ("found", "event"),
    [
        # the night's crawl reads the listing before it asks for what is no longer listed
        (day(10), "moved"),
        (day(9), "moved"),
        (day(12), "moved"),
        (day(40), "moved"),
        (day(41), "gone"),
    ],
)
def test_moved_where_another_address_has_it_by_then_or_soon(
    build: Build, make_report: Make, found: dt.datetime, event: str
) -> None:
    report = make_report("report")
    con = build(
        [report],
        seen=[
            saw(day(1), PAGE, report),
            saw(day(10, 1), PAGE, None),
            saw(found, NEW_PAGE, report),
        ],
    )
    sha256 = report.document_sha256 if event == "moved" else None
    assert (event, PAGE, NEW_PAGE if sha256 else None, sha256, report.document_sha256) in history(
        con, "event, address, moved_to, document_sha256, previous_document_sha256"
    )
    # it is not gone, however late it was found
    assert covered(con) == ("moved", True, False)


def test_moved_with_other_bytes_tells_what_differs(build: Build, make_report: Make) -> None:
    old = make_report("old", cells={RECEIVED: 4})
    new = make_report("new", cells={RECEIVED: 5}, read_by="ocr.rapidocr", published_on=None)
    con = build(
        [old, new],
        seen=[saw(day(1), PAGE, old), saw(day(2), NEW_PAGE, new), saw(day(2, 1), PAGE, None)],
    )
    assert history(con, "event, document_sha256, previous_document_sha256, differing_cells")[2] == (
        "moved",
        new.document_sha256,
        old.document_sha256,
        1,
    )
    # what stands speaks, though all else speaks for what is gone; and they do not contradict
    assert ranked(con) == [("new", "winner", False), ("old", "duplicate", True)]
    assert con.execute("from marts.fct_findings where rule = 'documents_differ'").fetchall() == []


def test_moved_to_the_same_bytes_rather_than_to_another_copy(
    build: Build, make_report: Make
) -> None:
    page, paper = make_report("page"), make_report("paper")
    con = build(
        [page, paper],
        seen=[
            saw(day(1), PAGE, page),
            saw(day(1), PDF, paper, page=PAGE),
            saw(day(20), NEW_PAGE, page),
            saw(day(10), PAGE, None),
        ],
    )
    assert ("moved", PAGE, NEW_PAGE) in history(con, "event, address, moved_to")
    other = build(
        [page, paper],
        seen=[saw(day(1), PAGE, page), saw(day(1), PDF, paper), saw(day(10), PAGE, None)],
    )
    assert ("moved", PAGE, PDF) in history(other, "event, address, moved_to")


MIRROR = "https://mirror.gov.cn/1.html"


@pytest.mark.parametrize(
    ("places", "moved_to"),
    [
        # the same bytes, though others are nearer in time and no attachment
        ([(NEW_PAGE, "other", 10, None), (MIRROR, "report", 2, PDF)], MIRROR),
        # a page before an attachment that was found nearer
        ([(PDF, "other", 10, MIRROR), (NEW_PAGE, "other", 2, None)], NEW_PAGE),
        # what was found nearest, before or after
        ([(MIRROR, "other", 2, None), (NEW_PAGE, "other", 12, None)], NEW_PAGE),
        ([(MIRROR, "other", 9, None), (NEW_PAGE, "other", 25, None)], MIRROR),
        # all alike: the order of addresses, not of work
        ([(MIRROR, "other", 9, None), (NEW_PAGE, "other", 9, None)], NEW_PAGE),
    ],
)
def test_of_several_places_the_likeliest(
    build: Build,
    make_report: Make,
    places: Sequence[tuple[str, str, int, str | None]],
    moved_to: str,
) -> None:
    made = {name: make_report(name) for name in ("report", "other")}
    con = build(
        list(made.values()),
        seen=[
            saw(day(1), PAGE, made["report"]),
            saw(day(10, 5), PAGE, None),
            *(saw(day(n), at, made[what], page=page) for at, what, n, page in places),
        ],
    )
    assert ("moved", PAGE, moved_to) in history(con, "event, address, moved_to")


def test_moved_by_redirect(build: Build, make_report: Make) -> None:
    report = make_report("report")
    con = build(
        [report],
        seen=[
            saw(day(1), PAGE, report),
            saw(day(2), PAGE, report, answered_from=NEW_PAGE, is_listed=False),
        ],
    )
    assert history(con, "event, moved_to, differing_cells") == [
        ("found", None, None),
        ("moved", NEW_PAGE, 0),
    ]
    assert covered(con) == ("moved", True, False)


@pytest.mark.parametrize(
    "answered_from", [PAGE.replace("https", "http"), PAGE + "/", PAGE, None], ids=str
)
def test_the_same_place_by_another_scheme_is_no_move(
    build: Build, make_report: Make, answered_from: str | None
) -> None:
    report = make_report("report")
    con = build(
        [report],
        seen=[saw(day(1), PAGE, report), saw(day(2), PAGE, report, answered_from=answered_from)],
    )
    assert history(con) == [("found", PAGE)]


def test_what_always_led_elsewhere_did_not_move(build: Build, make_report: Make) -> None:
    report = make_report("report")
    seen = [saw(day(n), PAGE, report, answered_from=NEW_PAGE) for n in (1, 2)]
    con = build([report], seen=seen)
    assert history(con) == [("found", PAGE)]
    assert covered(con) == ("present", False, False)


def test_sent_home_is_gone(build: Build, make_report: Make) -> None:
    report = make_report("report")
    gone = saw(day(2), PAGE, None, status=200, answered_from="https://a.gov.cn/")
    con = build([report], seen=[saw(day(1), PAGE, report), gone])
    assert history(con, "event, moved_to, status")[1] == ("gone", None, 200)
    assert covered(con) == ("present", False, True)


# -- gone, returned, unlisted


def test_gone_is_never_a_loss(build: Build, make_report: Make) -> None:
    report = make_report("report", cells={RECEIVED: 4})
    seen = [saw(day(1), PAGE, report), saw(day(2), PAGE, None), saw(day(3), PAGE, None)]
    con = build([report], seen=seen)
    assert history(con) == [("found", PAGE), ("gone", PAGE)]
    assert covered(con) == ("present", False, True)
    assert con.execute(
        "select total from marts.fct_requests where disposition = 'received'"
    ).fetchall() == [(4,)]
    con = build([report], seen=[*seen, saw(day(4), PAGE, report)])
    assert history(con, "event, differing_cells") == [
        ("found", None),
        ("gone", None),
        ("returned", 0),
    ]
    assert covered(con) == ("present", False, False)


def test_all_its_addresses_in_one_night_are_gone_and_not_moved(
    build: Build, make_report: Make
) -> None:
    page, paper = make_report("page"), make_report("paper")
    con = build(
        [page, paper],
        seen=[
            saw(day(1), PAGE, page),
            saw(day(1), PDF, paper, page=PAGE),
            saw(day(2, 1), PAGE, None),
            saw(day(2, 5), PDF, None, page=PAGE),
        ],
    )
    assert [event for event, _ in history(con)] == ["found", "found", "gone", "gone"]
    assert covered(con) == ("present", False, True)


def test_unlisted_and_listed_again(build: Build, make_report: Make) -> None:
    report = make_report("report")
    con = build(
        [report],
        seen=[
            saw(day(1), PAGE, report),
            saw(day(2), PAGE, report, is_listed=False),
            saw(day(3), PAGE, report, is_listed=False),
            saw(day(4), PAGE, report),
        ],
    )
    assert history(con, "event, seen_at") == [
        ("found", day(1).replace(tzinfo=None)),
        ("unlisted", day(2).replace(tzinfo=None)),
        ("returned", day(4).replace(tzinfo=None)),
    ]
    assert covered(con) == ("present", False, False)


def test_listed_as_long_as_one_source_lists_it(build: Build, make_report: Make) -> None:
    report = make_report("report")

    def events(*said: tuple[int, str, bool]) -> list[tuple[str, str]]:
        seen = [saw(day(n), PAGE, report, source=s, is_listed=listed) for n, s, listed in said]
        return history(build([report], seen=seen), "event, source")

    found = (1, "one", True), (1, "two", True)
    assert events(*found) == [("found", "one")]
    assert events(*found, (2, "one", False)) == [("found", "one")]
    assert events(*found, (2, "one", False), (3, "two", False)) == [
        ("found", "one"),
        ("unlisted", "two"),
    ]
    again = (2, "one", False), (3, "one", True), (4, "two", False)
    assert events(*found, *again) == [("found", "one")]


# -- attachments


def test_attachments_stand_with_the_report_of_their_page(build: Build, make_report: Make) -> None:
    page = make_report("page")
    sheets = [
        make_report(name, agency=None, year=None, kind=OutcomeKind.NOT_A_REPORT)
        for name in ("sheet", "new sheet")
    ]
    con = build(
        [page, *sheets],
        seen=[
            saw(day(1), PAGE, page),
            saw(day(1), SHEET, sheets[0], page=PAGE),
            saw(day(2), SHEET, sheets[1], page=PAGE),
            saw(day(3), SHEET, None, page=PAGE),
        ],
    )
    told = "agency_id, report_year, event, address, page, differing_cells"
    assert history(con, told) == [
        ("a", 2022, "found", PAGE, None, None),
        ("a", 2022, "found", SHEET, PAGE, None),
        ("a", 2022, "replaced", SHEET, PAGE, None),
        # its page stands, and holds not what it held
        ("a", 2022, "gone", SHEET, PAGE, None),
    ]
    assert covered(con) == ("present", False, False)


def test_an_attachment_moves_with_its_bytes(build: Build, make_report: Make) -> None:
    page = make_report("page")
    sheet = make_report("sheet", agency=None, year=None, kind=OutcomeKind.NOT_A_REPORT)
    con = build(
        [page, sheet],
        seen=[
            saw(day(1), PAGE, page),
            saw(day(1), SHEET, sheet, page=PAGE),
            saw(day(3), SHEET + "2", sheet, page=PAGE),
            saw(day(3), SHEET, None, page=PAGE),
        ],
    )
    assert ("moved", SHEET, SHEET + "2", 0) in history(
        con, "event, address, moved_to, differing_cells"
    )


def test_an_attachment_that_is_also_listed_alone_stays_one(build: Build, make_report: Make) -> None:
    """Another source lists the file itself, and knows of no page."""
    page = make_report("page")
    sheet = make_report("sheet", agency=None, year=None, kind=OutcomeKind.NOT_A_REPORT)
    con = build(
        [page, sheet],
        seen=[
            saw(day(1), PAGE, page),
            saw(day(1), SHEET, sheet, page=PAGE),
            saw(day(3), SHEET, sheet, source="other"),
        ],
    )
    assert history(con) == [("found", PAGE), ("found", SHEET)]


def test_a_page_of_nothing_but_its_attachment_stands_with_it(
    build: Build, make_report: Make
) -> None:
    frame = make_report("frame", agency=None, year=None, kind=OutcomeKind.NOT_A_REPORT)
    paper = make_report("paper")
    seen = [saw(day(1), PAGE, frame), saw(day(1), PDF, paper, page=PAGE)]
    con = build([frame, paper], seen=seen)
    assert sorted(history(con)) == [("found", PAGE), ("found", PDF)]
    # the report is in the paper: it is gone with that, and not with the frame
    con = build([frame, paper], seen=[*seen, saw(day(3), PDF, None, page=PAGE)])
    assert covered(con) == ("present", False, True)


def test_the_page_of_several_reports_is_of_none(build: Build, make_report: Make) -> None:
    """A listing with the reports of two bureaus attached, and a guide to both."""
    frame, guide = (
        make_report(n, agency=None, year=None, kind=OutcomeKind.NOT_A_REPORT)
        for n in ("frame", "guide")
    )
    one, two = make_report("one"), make_report("two", agency="b")
    con = build(
        [frame, guide, one, two],
        seen=[
            saw(day(1), PAGE, frame),
            saw(day(1), SHEET, guide, page=PAGE),
            saw(day(1), PDF, one, page=PAGE),
            saw(day(1), PDF + "2", two, page=PAGE),
        ],
    )
    assert history(con, "agency_id, event, address") == [
        ("a", "found", PDF),
        ("b", "found", PDF + "2"),
    ]


def test_attachments_of_a_page_that_holds_another_year_each_year(
    build: Build, make_report: Make
) -> None:
    sheets = [
        make_report(name, agency=None, year=None, kind=OutcomeKind.NOT_A_REPORT)
        for name in ("s1", "s2")
    ]
    this = make_report("this")
    other = make_report("other", year=2023, published_on=dt.date(2024, 1, 5))
    con = build(
        [this, other, *sheets],
        seen=[
            saw(day(1), PAGE, this),
            saw(day(1), SHEET, sheets[0], page=PAGE),
            saw(day(5), PAGE, other),
            saw(day(5), SHEET + "2", sheets[1], page=PAGE),
        ],
    )
    found = history(con, "report_year, event, address")
    assert (2022, "found", SHEET) in found
    assert (2023, "found", SHEET + "2") in found
    assert len(found) == 5


# -- files, imports and crawls together


def test_files_are_found_and_replaced_and_never_gone(build: Build, make_report: Make) -> None:
    old, new = (make_report(n, cells={RECEIVED: i}) for i, n in enumerate(("old", "new")))
    other = make_report("other", year=2023, published_on=dt.date(2024, 1, 5))
    con = build(
        [old, new, other],
        addresses=dict.fromkeys(("old", "new", "other"), "/in/report.html"),
        archived={"old": day(1), "new": day(2), "other": day(3)},
        last_closed_year=2023,
    )
    assert history(con, "report_year, event, address, status, source") == [
        (2022, "found", "/in/report.html", None, "ingest"),
        (2022, "replaced", "/in/report.html", None, "ingest"),
        (2023, "found", "/in/report.html", None, "ingest"),
    ]
    assert con.execute("select is_moved, is_gone from marts.coverage").fetchall() == [
        (False, False),
        (False, False),
    ]


def test_a_copy_of_ours_is_no_place_to_move_to(build: Build, make_report: Make) -> None:
    report = make_report("report")
    con = build(
        [report],
        seen=[saw(day(1), PAGE, report), saw(day(5), PAGE, None)],
        addresses={"report": "/in/report.html"},
        archived={"report": day(2)},
    )
    assert history(con) == [("found", PAGE), ("found", "/in/report.html"), ("gone", PAGE)]
    # published nowhere any more; ours is the same document all the same
    assert covered(con) == ("present", False, True)
    assert ranked(con) == [("report", "winner", False)]


def test_a_copy_of_ours_gives_way_to_nothing_that_is_gone(build: Build, make_report: Make) -> None:
    """Where nothing stands on the web, the usual order tells: here, complete before partial."""
    whole = make_report("whole")
    ours = make_report("ours", tables=("requests",))
    seen = [saw(day(1), PAGE, whole), saw(day(5), PAGE, None)]
    assert ranked(build([whole, ours], seen=seen)) == [
        ("whole", "winner", True),
        ("ours", "duplicate", False),
    ]
    page = make_report("page", tables=("requests",), published_on=dt.date(2023, 9, 9))
    con = build([whole, ours, page], seen=[*seen, saw(day(5), NEW_PAGE, page)])
    assert ranked(con) == [
        ("page", "winner", False),
        ("ours", "duplicate", False),
        ("whole", "duplicate", True),
    ]


def test_our_copy_stands_though_we_wrote_over_it(build: Build, make_report: Make) -> None:
    """Its path holds another year's now; that tells nothing of the web."""
    ours, page = make_report("ours"), make_report("page", tables=("requests",))
    other = make_report("other", agency="b", year=2023, published_on=dt.date(2024, 1, 5))
    con = build(
        [ours, other, page],
        seen=[saw(day(1), PAGE, page)],
        addresses=dict.fromkeys(("ours", "other"), "/in/report.html"),
        archived={"ours": day(1), "other": day(2)},
    )
    assert ("ours", "winner", False) in ranked(con)
    assert ("page", "duplicate", False) in ranked(con)


def test_an_import_tells_what_came_before_the_crawl(build: Build, make_report: Make) -> None:
    old, new = (make_report(n, cells={RECEIVED: i}) for i, n in enumerate(("old", "new"), 4))
    con = build(
        [old, new],
        seen=[saw(day(5), PAGE, new)],
        addresses={"old": PAGE},
        archived={"old": day(1)},
    )
    assert history(con, "event, source, differing_cells") == [
        ("found", "ingest", None),
        ("replaced", "s", 1),
    ]
    assert speaking(con) == "new"


def test_an_import_does_not_contradict_the_crawl(build: Build, make_report: Make) -> None:
    """Imported after the crawl's last word: it may have looked again, and seen no change."""
    old, new = (make_report(n, cells={RECEIVED: i}) for i, n in enumerate(("old", "new"), 4))
    con = build(
        [old, new],
        seen=[saw(day(5), PAGE, new)],
        addresses={"old": PAGE},
        archived={"old": day(9)},
    )
    assert history(con) == [("found", PAGE)]
    assert con.execute("select revision from marts.dim_report").fetchall() == [(1,)]


# -- order


def test_what_still_stands_goes_before_what_is_gone_even_where_it_was_replaced(
    build: Build, make_report: Make
) -> None:
    """Replaced on the one site by what was then deleted; the mirror has the old one still."""
    old, new = (make_report(n, cells={RECEIVED: i}) for i, n in enumerate(("old", "new"), 4))
    seen = [saw(day(1), PAGE, old), saw(day(1), NEW_PAGE, old), saw(day(2), PAGE, new)]
    assert speaking(build([old, new], seen=seen)) == "new"
    con = build([old, new], seen=[*seen, saw(day(3), PAGE, None)])
    assert ranked(con) == [("old", "winner", False), ("new", "duplicate", True)]


def test_the_log_in_any_order_gives_one_history(build: Build, make_report: Make) -> None:
    reports = [make_report(n, cells={RECEIVED: i}) for i, n in enumerate("abc")]
    seen: Sequence[Sighting] = [
        saw(day(1), PAGE, reports[0]),
        saw(day(1), PAGE, reports[1]),
        saw(day(2), PAGE, None),
        saw(day(2), NEW_PAGE, reports[2]),
        saw(day(2), NEW_PAGE, reports[2]),
    ]
    first = history(build(reports, seen=seen), "columns(*)")
    assert first == history(build(reports, seen=seen[::-1]), "columns(*)")
    assert len({row[2] for row in first}) == len(first)
