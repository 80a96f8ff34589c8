"""From the printed cell to the marts: nothing is filled in, nothing repaired."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.domain import Outcome, State
from pipelines.warehouse.sql_models import load_marts

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]

APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_organization",
    "legal_service_organization",
    "other_organization",
)


def row_of(row: str, *cells: int | str | State, total: int | str | State) -> dict[Any, Any]:
    """One row of the requests table; applicants that are not named are blank."""
    padded = [*cells, *[State.BLANK] * (len(APPLICANTS) - len(cells))]
    made = {("requests", row, a): c for a, c in zip(APPLICANTS, padded, strict=True)}
    return made | {("requests", row, "total"): total}


def panel(con: duckdb.DuckDBPyConnection, *columns: str) -> tuple[Any, ...]:
    row = con.execute(f"select {', '.join(columns)} from marts.agency_years").fetchone()
    assert row is not None
    return tuple(row)


@pytest.mark.parametrize("state", [s for s in State if s is not State.REPORTED])
def test_only_a_reported_cell_has_a_figure(build: Build, make_report: Make, state: State) -> None:
    con = build(
        [
            make_report(
                cells={
                    ("requests", "granted", "natural_person"): state,
                    ("reviews", "reconsideration", "upheld"): state,
                    ("proactive_disclosure", "regulations", "issued"): state,
                }
            )
        ]
    )
    requests = "select natural_person, natural_person_state, total, total_state"
    assert con.execute(
        f"{requests} from marts.fct_requests where disposition = 'granted'"
    ).fetchone() == (None, state.value, 0, "reported")
    assert con.execute(
        "select upheld, upheld_state from marts.fct_reviews where channel = 'reconsideration'"
    ).fetchone() == (None, state.value)
    assert con.execute(
        "select value, state from marts.fct_proactive_disclosure"
        " where item = 'regulations' and measure = 'issued'"
    ).fetchone() == (None, state.value)
    assert panel(con, "regulations_issued", "reviews_reconsideration_upheld") == (None, None)
    assert con.execute(
        "select value, state from marts.requests_long"
        " where disposition = 'granted' and applicant = 'natural_person'"
    ).fetchone() == (None, state.value)


@pytest.mark.parametrize(
    ("cells", "total", "expected"),
    [
        ((1, 2), 9, (9, "printed")),  # never repaired
        ((1, 2), 0, (0, "printed")),
        ((1, 2), State.BLANK, (3, "summed")),
        ((1, 0, State.NOT_APPLICABLE), State.NOT_APPLICABLE, (1, "summed")),
        ((0,), State.BLANK, (0, "summed")),
        ((), State.BLANK, (None, None)),
        ((1, State.UNREADABLE), State.BLANK, (None, None)),
        ((1, State.ABSENT), State.BLANK, (None, None)),
        ((1, 2), State.UNREADABLE, (None, None)),
        ((1, 2), State.ABSENT, (None, None)),
        ((1, 2), "2.5", (None, None)),
        ((1, "2.5"), State.BLANK, (None, None)),
        ((State.UNREADABLE,), 7, (7, "printed")),
    ],
)
def test_resolved_totals(
    build: Build, make_report: Make, cells: Any, total: Any, expected: tuple[Any, Any]
) -> None:
    rows = ("received", "brought_forward", "total_processed", "carried_forward")
    made = [row_of(row, *cells, total=total) for row in rows]
    con = build([make_report(cells={key: cell for row in made for key, cell in row.items()})])
    for row in rows:
        assert panel(con, f"requests_{row}", f"requests_{row}_basis") == expected
        assert (
            con.execute(
                "select resolved_total, resolved_basis from marts.fct_requests"
                " where disposition = ?",
                [row],
            ).fetchone()
            == expected
        )


@pytest.mark.parametrize(
    ("upheld", "total", "expected"),
    [
        (2, 1, (1, "printed")),
        (2, State.BLANK, (2, "summed")),
        (State.ABSENT, State.BLANK, (None, None)),
    ],
)
def test_resolved_totals_of_reviews(
    build: Build, make_report: Make, upheld: Any, total: Any, expected: tuple[Any, Any]
) -> None:
    channel = "litigation_after_reconsideration"
    cells = {("reviews", channel, "upheld"): upheld, ("reviews", channel, "total"): total}
    con = build([make_report(cells=cells)])
    assert panel(con, f"reviews_{channel}_total", f"reviews_{channel}_total_basis") == expected


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ([((1,), 1), ((2,), 2)], 3),
        ([((1,), State.BLANK), ((), State.BLANK)], 1),  # a row that is blank throughout
        ([((), State.BLANK), ((), State.BLANK)], 0),
        ([((1,), 1), ((State.ABSENT,), State.BLANK)], None),
        ([((1,), 1), ((2,), State.UNREADABLE)], None),
        ([((1,), 1), ((State.UNREADABLE,), 5)], 6),
    ],
)
def test_a_group_is_the_sum_of_its_rows(
    build: Build, make_report: Make, rows: list[Any], refused: int | None
) -> None:
    """The other six grounds are 0."""
    cells: dict[Any, Any] = {}
    for name, (printed, total) in zip(
        ("refused.state_secret", "refused.internal_affairs"), rows, strict=True
    ):
        cells |= row_of(name, *printed, total=total)
    con = build([make_report(cells=cells)])
    assert panel(con, "requests_refused") == (refused,)


def test_a_group_without_a_figure_is_null(build: Build, make_report: Make) -> None:
    cells: dict[Any, Any] = {}
    for name in ("not_held", "needs_creation", "still_unclear"):
        cells |= row_of(f"unable.{name}", total=State.BLANK)
    con = build([make_report(cells=cells)])
    assert panel(con, "requests_unable", "unable_rate") == (None, None)


def test_otherwise_processed_is_a_row_in_2019_and_three_in_2021(
    build: Build, make_report: Make
) -> None:
    old = make_report(
        "old", year=2020, vintage="2019", cells=row_of("otherwise_processed", 4, total=4)
    )
    new = make_report(
        "new",
        cells=row_of("otherwise_processed.other", 1, total=1)
        | row_of("otherwise_processed.fee_overdue", 2, total=2),
    )
    con = build([old, new])
    assert con.execute(
        """
        select requests_otherwise_processed, requests_otherwise_processed_other, requests_vintage
        from marts.agency_years order by report_year
        """
    ).fetchall() == [(4, None, "2019"), (3, 1, "2021")]


def test_rates(build: Build, make_report: Make) -> None:
    def total(row: str, figure: int | State) -> dict[Any, Any]:
        return {("requests", row, "total"): figure}

    cells = (
        total("granted", 5)
        | total("partly_granted", 1)
        | total("refused.state_secret", 2)
        | total("total_processed", 10)
        | total("received", 9)
        | total("brought_forward", 3)
        | total("carried_forward", 3)
        | {
            ("reviews", "reconsideration", "upheld"): 3,
            ("reviews", "reconsideration", "corrected"): 1,
        }
    )
    con = build([make_report(cells=cells)])
    rates = (
        "grant_rate",
        "refusal_rate",
        "carried_forward_rate",
        "reconsideration_correction_rate",
    )
    assert panel(con, *rates) == (0.6, 0.2, 0.25, 0.25)


def test_a_rate_of_nothing_is_null(build: Build, make_report: Make) -> None:
    rates = [name for name in load_marts()["agency_years"].columns if name.endswith("_rate")]
    assert len(rates) == 7
    assert panel(build([make_report()]), *rates) == (None,) * 7
    blank = make_report(
        cells=row_of("partly_granted", total=State.BLANK)
        | {("requests", "total_processed", "total"): 4, ("requests", "granted", "total"): 4}
    )
    assert panel(build([blank]), "grant_rate", "refusal_rate") == (None, 0.0)


@pytest.mark.parametrize("printed", ["2.5", "0.00000001", "-0.5"])
def test_a_figure_that_is_not_whole_is_null_here_and_kept_in_raw(
    build: Build, make_report: Make, printed: str
) -> None:
    columns = {
        "requests": ("granted", (*APPLICANTS, "total")),
        "reviews": ("reconsideration", ("upheld", "corrected", "other_result", "pending", "total")),
    }
    cells = {(t, row, c): printed for t, (row, codes) in columns.items() for c in codes}
    con = build([make_report(cells=cells)])
    for table, (row, codes) in columns.items():
        where = "disposition" if table == "requests" else "channel"
        for code in codes:
            assert con.execute(
                f"select {code}, {code}_state from marts.fct_{table} where {where} = ?", [row]
            ).fetchone() == (None, "unreadable")
    kept = con.execute("select value, raw from raw.facts where value <> 0").fetchall()
    assert kept == [(Decimal(printed), printed)] * 12
    told = con.execute(
        'select "table", "row", "column" from marts.fct_findings where rule = \'counts_are_whole\''
    ).fetchall()
    assert set(told) == set(cells)


def test_a_negative_count_stays_as_printed(build: Build, make_report: Make) -> None:
    con = build([make_report(cells={("requests", "granted", "total"): -2})])
    assert panel(con, "requests_granted") == (-2,)


def test_amounts_keep_their_decimals_and_their_unit(build: Build, make_report: Make) -> None:
    fees = ("proactive_disclosure", "administrative_fees", "fee_amount")
    con = build([make_report(cells={fees: "712.18789512"})])
    assert con.execute(
        "select value, unit, value_yuan from marts.fct_proactive_disclosure"
        " where measure = 'fee_amount'"
    ).fetchone() == (Decimal("712.18789512"), "万元", Decimal("7121878.9512"))
    assert panel(con, "fee_amount_yuan") == (Decimal("7121878.9512"),)


@pytest.mark.parametrize("printed", ["1" + "0" * 15, "9" * 40, "1.123456789", "Infinity", "NaN"])
def test_a_figure_that_no_column_holds_is_withheld_and_told(
    build: Build, make_report: Make, printed: str
) -> None:
    """Glued digits, mostly: neither a crash of the batch nor a rounded figure."""
    con = build([make_report(cells={("requests", "granted", "total"): printed})])
    assert con.execute(
        "select total, total_state from marts.fct_requests where disposition = 'granted'"
    ).fetchone() == (None, "unreadable")
    assert con.execute('select rule, kind, "row", "column" from marts.fct_findings').fetchall() == [
        ("unreadable_cell", "reading", "granted", "total")
    ]


def test_the_largest_figures_still_add_up(build: Build, make_report: Make) -> None:
    """No sum anywhere overflows, whatever stands in the cells."""
    largest = "9" * 15
    report = make_report()
    cells = {
        (f.table, f.row, f.column): largest
        for f in report.facts
        if f.column not in ("fee_amount", "total")
    } | {
        ("requests", row, "total"): State.BLANK
        for row in {f.row for f in report.facts if f.table == "requests"}
    }
    con = build([make_report(cells=cells)])
    assert panel(con, "requests_granted", "requests_refused") == (
        6 * int(largest),
        48 * int(largest),
    )


def test_vintages_of_a_mixed_report(build: Build, make_report: Make) -> None:
    report = make_report()
    report.tables["requests"] = ("2021", "2019")
    con = build([report])
    assert con.execute(
        "select requests_vintage, reviews_vintage from marts.dim_report"
    ).fetchone() == ("2019+2021", "2021")
    partial = build([make_report(tables=("requests",))])
    assert partial.execute(
        "select requests_vintage, reviews_vintage from marts.dim_report"
    ).fetchone() == ("2021", None)


def test_dispositions_stand_in_the_order_of_the_form(build: Build, make_report: Make) -> None:
    con = build([make_report()])
    rows = con.execute(
        "select disposition, parent, vintages, row_vintages from marts.dim_disposition"
        ' order by "order"'
    ).fetchall()
    codes = [row[0] for row in rows]
    assert codes[:6] == [
        "received",
        "brought_forward",
        "granted",
        "partly_granted",
        "refused",
        "refused.state_secret",
    ]
    assert codes[-6:] == [
        "otherwise_processed",
        "otherwise_processed.correction_overdue",
        "otherwise_processed.fee_overdue",
        "otherwise_processed.other",
        "total_processed",
        "carried_forward",
    ]
    by_code = {row[0]: row[1:] for row in rows}
    both = ["2019", "2021"]
    assert by_code["otherwise_processed"] == (None, both, ["2019"])
    assert by_code["otherwise_processed.other"] == ("otherwise_processed", ["2021"], ["2021"])
    assert by_code["refused"] == (None, both, [])
    items = con.execute('select item from marts.dim_item order by "order"').fetchall()
    assert items.index(("other_public_services",)) == items.index(("administrative_licensing",)) + 1
    assert items[-1] == ("centralized_procurement",)
