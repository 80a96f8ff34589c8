"""Several documents of one agency and year: duplicates, differences, versions of one address."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.domain import Outcome, OutcomeKind, State

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]

PAGE, OTHER_PAGE = "https://a.gov.cn/report.html", "https://a.gov.cn/report.pdf"
RECEIVED = ("requests", "received", "total")
FEE = ("proactive_disclosure", "administrative_fees", "fee_amount")


def day(number: int) -> dt.datetime:
    return dt.datetime(2024, 1, number, tzinfo=dt.UTC)


def roles(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int]]:
    """By the title's last word: role, and cells that differ from the winner's."""
    rows = con.execute(
        "select split_part(title, ' ', 3), role, differing_cells"
        " from marts.report_documents inner join staging.documents using (document_sha256)"
    ).fetchall()
    return {name: (role, cells) for name, role, cells in rows}


def differences(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(
        'select "table", "row", "column", "left", "right", difference, kind, severity,'
        " likely_cause from marts.fct_findings where rule = 'documents_differ' order by all"
    ).fetchall()


def revision(con: duckdb.DuckDBPyConnection) -> int:
    ((told,),) = con.execute("select revision from marts.dim_report").fetchall()
    return int(told)


def test_the_same_report_in_two_formats_is_one_report(build: Build, make_report: Make) -> None:
    cells = {RECEIVED: 5, FEE: "12.5"}
    page = make_report("page", cells=cells)
    paper = make_report("paper", cells=cells, read_by="ocr.rapidocr")
    con = build([page, paper], addresses={"page": PAGE, "paper": OTHER_PAGE})
    assert roles(con) == {"page": ("winner", 0), "paper": ("duplicate", 0)}
    assert differences(con) == []
    assert revision(con) == 1
    assert con.execute(
        "select place, document_sha256, replaced_by, addresses from marts.report_documents"
    ).fetchall() == [
        (1, page.document_sha256, None, [PAGE]),
        (2, paper.document_sha256, None, [OTHER_PAGE]),
    ]


def test_a_document_at_several_addresses_is_one_document(build: Build, make_report: Make) -> None:
    con = build(
        [make_report("page")],
        addresses={"page": PAGE},
        archived={"page": day(2)},
        also_at=[("page", OTHER_PAGE, day(1))],
    )
    assert con.execute("select addresses from marts.report_documents").fetchall() == [
        ([OTHER_PAGE, PAGE],)
    ]


def test_other_figures_in_another_document_are_a_finding(build: Build, make_report: Make) -> None:
    page = make_report("page", cells={RECEIVED: 5, FEE: "12.5"})
    paper = make_report("paper", cells={RECEIVED: 7, FEE: "12.5"}, read_by="ocr.rapidocr")
    con = build([page, paper], addresses={"page": PAGE, "paper": OTHER_PAGE})
    assert roles(con) == {"page": ("winner", 0), "paper": ("duplicate", 1)}
    assert differences(con) == [(*RECEIVED, 5, 7, -2, "document", "warning", "unknown")]
    ((sha256, zh, en),) = con.execute(
        "select document_sha256, message_zh, message_en from marts.fct_findings"
        " where rule = 'documents_differ'"
    ).fetchall()
    assert sha256 == page.document_sha256, "beside the figure that is published"
    for message in (zh, en):
        assert OTHER_PAGE in message
        assert "5" in message
        assert "-2" in message
    assert con.execute("select findings_warning from marts.dim_report").fetchall() == [(1,)]
    assert revision(con) == 1


@pytest.mark.parametrize("state", [State.BLANK, State.NOT_APPLICABLE])
def test_blank_that_differs_from_a_figure_is_no_zero(
    build: Build, make_report: Make, state: State
) -> None:
    page = make_report("page", cells={RECEIVED: state})
    paper = make_report("paper", cells={RECEIVED: 7}, read_by="ocr.rapidocr")
    con = build([page, paper], addresses={"page": PAGE, "paper": OTHER_PAGE})
    ((left, right, difference, zh, en),) = con.execute(
        'select "left", "right", difference, message_zh, message_en'
        " from marts.fct_findings where rule = 'documents_differ'"
    ).fetchall()
    blank_is_left = left is None
    assert {left, right} == {None, 7}
    assert difference == (-7 if blank_is_left else 7)
    assert "无数字" in zh
    assert "no figure in " in en


def test_of_several_that_differ_the_best_is_told(build: Build, make_report: Make) -> None:
    outcomes = [
        make_report("first", cells={RECEIVED: 5}, published_on=dt.date(2023, 3, 3)),
        make_report("second", cells={RECEIVED: 6}, published_on=dt.date(2023, 3, 2)),
        make_report("third", cells={RECEIVED: 9}, published_on=dt.date(2023, 3, 1)),
    ]
    con = build(outcomes)
    assert [found[3:6] for found in differences(con)] == [(5, 6, -1)]
    ((message,),) = con.execute(
        "select message_en from marts.fct_findings where rule = 'documents_differ'"
    ).fetchall()
    assert "/in/second, /in/third" in message


def test_what_is_not_printed_surely_differs_from_nothing(build: Build, make_report: Make) -> None:
    """A lost or unreadable cell is no figure, a blank counts as 0."""
    whole = {RECEIVED: 5, ("requests", "granted", "total"): 0, FEE: "12.5"}
    lost = {
        RECEIVED: State.UNREADABLE,
        ("requests", "granted", "total"): State.BLANK,
        FEE: State.ABSENT,
    }
    assert differences(build([make_report("a", cells=whole), make_report("b", cells=lost)])) == []
    blank = {**whole, RECEIVED: State.BLANK}
    con = build([make_report("a", cells=whole), make_report("b", cells=blank)])
    # equals but for their keys: whichever speaks, 5 stands against a blank
    assert [(abs(d), *cell) for *cell, _, _, d, _, _, _ in differences(con)] == [(5, *RECEIVED)]


def test_amounts_are_compared_in_yuan(build: Build, make_report: Make) -> None:
    page, paper = (make_report(name, cells={FEE: "12.5"}) for name in ("page", "paper"))

    def printed(value: str, unit: str | None, yuan: str | None) -> Outcome:
        facts = [
            replace(
                fact,
                value=Decimal(value),
                unit=unit,
                value_yuan=Decimal(yuan) if yuan else None,
            )
            if (fact.table, fact.row, fact.column) == FEE
            else fact
            for fact in paper.facts
        ]
        return replace(paper, facts=tuple(facts))

    assert differences(build([page, printed("125000", "元", "125000")])) == []
    assert len(differences(build([page, printed("125001", "元", "125001")]))) == 1
    # 3 of an unknown unit may be the same amount, and may not: nobody knows
    unknown = printed("3", None, None)
    assert differences(build([page, unknown])) == []
    con = build(
        [page, unknown],
        addresses={"page": PAGE, "paper": PAGE},
        archived={"page": day(1), "paper": day(2)},
    )
    assert revision(con) == 1


def test_a_replacement_at_the_same_address_is_a_revision(build: Build, make_report: Make) -> None:
    """The old one has everything for it but that it no longer stands."""
    old = make_report("old", cells={RECEIVED: 5}, published_on=dt.date(2023, 6, 1))
    new = make_report("new", cells={RECEIVED: 7}, read_by="ocr.rapidocr")
    con = build(
        [old, new],
        addresses={"old": PAGE, "new": PAGE},
        archived={"old": day(1), "new": day(2)},
    )
    assert roles(con) == {"new": ("winner", 0), "old": ("replaced", 1)}
    assert revision(con) == 2
    assert differences(con) == [], "a correction is no contradiction"
    assert con.execute(
        "select document_sha256, replaced_by, addresses from marts.report_documents where place = 2"
    ).fetchall() == [(old.document_sha256, new.document_sha256, [PAGE])]
    assert con.execute(
        "select total from marts.fct_requests where disposition = 'received'"
    ).fetchall() == [(7,)]


def test_a_page_of_new_looks_and_old_figures_is_no_revision(
    build: Build, make_report: Make
) -> None:
    """What speaks then is told by the usual order: here the complete one."""
    complete = make_report("complete", cells={RECEIVED: 5})
    partial = make_report("partial", cells={RECEIVED: 5}, tables=("requests", "reviews"))
    con = build(
        [complete, partial],
        addresses={"complete": PAGE, "partial": PAGE},
        archived={"complete": day(1), "partial": day(2)},
    )
    assert roles(con) == {"complete": ("winner", 0), "partial": ("duplicate", 0)}
    assert revision(con) == 1


def test_each_change_of_figures_counts_once(build: Build, make_report: Make) -> None:
    """Three versions in two formats, and a fourth that changed nothing: two revisions."""
    figures = {"v1": 1, "v2": 2, "v3": 3, "v4": 3, "pdf1": 1, "pdf3": 3}
    con = build(
        [make_report(name, cells={RECEIVED: n}) for name, n in figures.items()],
        addresses={name: OTHER_PAGE if "pdf" in name else PAGE for name in figures},
        archived={name: day(int(name[-1])) for name in figures},
    )
    assert revision(con) == 3
    told = {name: role for name, (role, _) in roles(con).items()}
    assert told == {
        "v4": "winner",
        "v3": "duplicate",
        "pdf3": "duplicate",
        "v1": "replaced",
        "v2": "replaced",
        "pdf1": "replaced",
    }
    assert differences(con) == []


def test_figures_that_came_back_stand_again(build: Build, make_report: Make) -> None:
    con = build(
        [make_report(name, cells={RECEIVED: n}) for name, n in (("a", 1), ("b", 2), ("c", 1))],
        addresses=dict.fromkeys("abc", PAGE),
        archived={"a": day(1), "b": day(2), "c": day(3)},
    )
    assert {name: role for name, (role, _) in roles(con).items()} == {
        "c": "winner",
        "a": "duplicate",
        "b": "replaced",
    }
    assert revision(con) == 3


def test_another_year_at_the_same_address_replaces_nothing(build: Build, make_report: Make) -> None:
    """Both years have a copy elsewhere, too."""
    con = build(
        [
            make_report(name, year=year, cells={RECEIVED: year}, published_on=published)
            for year in (2021, 2022)
            for name, published in ((f"page{year}", dt.date(2023, 2, 2)), (f"copy{year}", None))
        ],
        addresses={"page2021": PAGE, "page2022": PAGE},
        archived={"page2021": day(1), "page2022": day(2)},
    )
    assert roles(con) == {
        "page2021": ("winner", 0),
        "copy2021": ("duplicate", 0),
        "page2022": ("winner", 0),
        "copy2022": ("duplicate", 0),
    }
    assert con.execute("select distinct revision from marts.dim_report").fetchall() == [(1,)]


def test_what_is_no_report_is_no_document_of_an_agency_year(
    build: Build, make_report: Make
) -> None:
    con = build([make_report("page"), make_report("listing", kind=OutcomeKind.NOT_A_REPORT)])
    assert list(roles(con)) == ["page"]
