"""What identities find where operands are blank: true messages, and one hint for blank totals."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from pipelines.domain import Finding, LikelyCause, Outcome, Severity, State, Verdict
from pipelines.forms import finding, load_forms
from pipelines.warehouse.rules import audit

Make = Callable[..., Outcome]
Cell = tuple[str, str, str]

FORMS = load_forms()
FORM = FORMS.vintages["2021"]
EMPTY = (State.BLANK, State.NOT_APPLICABLE)
NAMES = {State.BLANK: ("空白", "blank"), State.NOT_APPLICABLE: ("不适用", "not applicable")}
REQUESTS = FORM.rectangular("requests")
ROWS = [row.code for row in REQUESTS.rows]
COLUMNS = [column.code for column in REQUESTS.columns]
CHANNELS = [row.code for row in FORM.rectangular("reviews").rows]
# Three requests of natural persons, all granted.
THREE: dict[Cell, int | State] = {
    ("requests", row, column): 3
    for row in ("received", "granted", "total_processed")
    for column in ("natural_person", "total")
}


def found(make: Make, cells: dict[Cell, int | State], rule: str | None = None) -> list[Finding]:
    return [f for f in audit(make(cells=cells), FORMS) if rule in (None, f.rule)]


def figures(told: Finding) -> tuple[Decimal | None, ...]:
    return told.left, told.right, told.difference


@pytest.mark.parametrize("state", EMPTY)
def test_blank_total_of_one_row_is_an_error_that_names_the_cell(
    make_report: Make, state: State
) -> None:
    cells = {**THREE, ("requests", "granted", "total"): state}
    (told,) = found(make_report, cells, "applicants_sum_to_total")
    assert (told.severity, told.reading, told.row) == (
        Severity.ERROR,
        Verdict.BLANK_AS_ZERO,
        "granted",
    )
    assert figures(told) == (Decimal(3), None, Decimal(3))
    assert told.likely_cause is LikelyCause.FILING
    zh, en = NAMES[state]
    assert told.message_zh == (
        f"“（一）予以公开”行：六类申请人之和为3，总计为{zh}，相差3。按零计算的单元格：“总计”（{zh}）。"
    )
    assert told.message_en == (
        f"Row Granted: the sum of the six applicant columns is 3, the total is {en}; difference 3."
        f" Counted as zero: Total ({en})."
    )


@pytest.mark.parametrize("state", EMPTY)
def test_column_of_totals_without_a_figure_is_one_hint(make_report: Make, state: State) -> None:
    cells = {**THREE, **{("requests", row, "total"): state for row in ROWS}}
    (told,) = found(make_report, cells)
    assert (told.rule, told.severity, told.reading) == ("totals_left_blank", Severity.HINT, None)
    assert (told.table, told.row, told.column) == ("requests", None, "total")
    assert figures(told) == (None, None, None)
    assert "“总计”" in told.message_zh
    assert "“六类申请人之和等于总计”" in told.message_zh
    assert "“Applicants sum to the total”" in told.message_en


def test_row_of_totals_without_a_figure_is_one_hint(make_report: Make) -> None:
    """Both identities that need the row are silent: received against processed as well."""
    cells = {
        **THREE,
        **{("requests", "total_processed", column): State.BLANK for column in COLUMNS},
    }
    (told,) = found(make_report, cells)
    assert (told.rule, told.row, told.column) == ("totals_left_blank", "total_processed", None)
    assert "“各办理结果之和等于（七）总计”" in told.message_zh


def test_totals_of_reviews_without_a_figure_are_one_hint(make_report: Make) -> None:
    cells: dict[Cell, int | State] = {("reviews", c, "total"): State.BLANK for c in CHANNELS}
    assert found(make_report, cells) == [], "no sum is anything but zero"
    for channel in CHANNELS:
        cells["reviews", channel, "upheld"] = 2
    (told,) = found(make_report, cells)
    assert (told.rule, told.table, told.column) == ("totals_left_blank", "reviews", "total")


def test_one_printed_total_makes_every_blank_one_an_error(make_report: Make) -> None:
    cells: dict[Cell, int | State] = {("reviews", c, "total"): State.BLANK for c in CHANNELS}
    cells |= {("reviews", c, "upheld"): 2 for c in CHANNELS}
    cells["reviews", CHANNELS[0], "total"] = 2
    told = found(make_report, cells)
    assert {(f.rule, f.row, f.right) for f in told} == {
        ("outcomes_sum_to_total", channel, None) for channel in CHANNELS[1:]
    }


@pytest.mark.parametrize("lost", [State.UNREADABLE, State.ABSENT])
def test_lost_cell_in_a_column_of_blank_totals(make_report: Make, lost: State) -> None:
    """An unreadable total may hold a figure; an absent one is no cell of the document."""
    cells: dict[Cell, int | State] = {("reviews", c, "total"): State.BLANK for c in CHANNELS}
    cells |= {("reviews", c, "upheld"): 2 for c in CHANNELS}
    cells["reviews", CHANNELS[0], "total"] = lost
    rules = [f.rule for f in found(make_report, cells)]
    assert rules == (
        ["totals_left_blank"] if lost is State.ABSENT else ["outcomes_sum_to_total"] * 2
    )


def test_blank_table_has_no_finding(make_report: Make) -> None:
    cells = {("requests", row, column): State.BLANK for row in ROWS for column in COLUMNS}
    assert found(make_report, {**cells}) == []


def test_blank_row_has_no_finding_of_its_own(make_report: Make) -> None:
    cells = {**THREE, **{("requests", "received", column): State.BLANK for column in COLUMNS}}
    told = found(make_report, cells)
    assert {(f.rule, f.column) for f in told} == {
        ("requests_in_equal_requests_out", "natural_person"),
        ("requests_in_equal_requests_out", "total"),
    }
    for f in told:
        assert f.left == 0, "the row of requests brought forward is printed"
        assert f.message_zh.endswith(
            "按零计算的单元格：“一、本年新收政府信息公开申请数量”（空白）。"
        )


def test_printed_total_of_blank_parts_names_three_of_them(make_report: Make) -> None:
    parts = [("requests", "granted", column) for column in COLUMNS if column != "total"]
    cells = {**THREE, **dict.fromkeys(parts, State.BLANK), parts[0]: State.NOT_APPLICABLE}
    (told,) = found(make_report, cells, "applicants_sum_to_total")
    assert figures(told) == (None, Decimal(3), Decimal(-3))
    assert "六类申请人之和为空白或不适用，总计为3" in told.message_zh
    assert told.message_zh.endswith(
        "按零计算的单元格：“自然人”（不适用）、“商业企业”（空白）、“科研机构”（空白）等6格。"
    )
    assert "the sum of the six applicant columns is blank or not applicable" in told.message_en
    assert told.message_en.endswith(" and 3 more.")


def test_blank_beside_printed_parts_keeps_their_sum(make_report: Make) -> None:
    cells = {
        **THREE,
        ("requests", "granted", "other_organization"): State.BLANK,
        ("requests", "granted", "total"): 5,
        ("requests", "total_processed", "total"): 5,
    }
    (told,) = [
        f for f in found(make_report, cells, "applicants_sum_to_total") if f.row == "granted"
    ]
    assert figures(told) == (Decimal(3), Decimal(5), Decimal(-2))
    assert told.message_en.endswith("difference -2. Counted as zero: Other organizations (blank).")


@pytest.mark.parametrize("lost", [State.UNREADABLE, State.ABSENT])
def test_blank_total_beside_a_lost_part_is_not_evaluated(make_report: Make, lost: State) -> None:
    cells = {
        **THREE,
        ("requests", "granted", "total"): State.BLANK,
        ("requests", "granted", "other_organization"): lost,
    }
    assert found(make_report, cells, "applicants_sum_to_total") == []


def test_cause_of_blank_totals_is_unknown_where_the_table_was_hard_to_read(
    make_report: Make,
) -> None:
    cells = {**THREE, **{("requests", row, "total"): State.BLANK for row in ROWS}}
    doubt = finding(FORMS, "row_short", table="requests", row="granted")
    (told,) = audit(make_report(cells=cells, findings=[doubt]), FORMS)
    assert told.likely_cause is LikelyCause.UNKNOWN


def test_no_message_prints_a_blank_as_zero(make_report: Make) -> None:
    """Every operand of every identity, blank where the others sum to something."""
    for table in (REQUESTS, FORM.rectangular("reviews")):
        for identity in table.identities:
            over = table.rows if identity.for_each == "row" else table.columns
            for operands in (identity.left, identity.right):
                others = identity.right if operands is identity.left else identity.left
                place = over[0].code

                def cell(operand: str) -> Cell:
                    at = (place, operand) if identity.for_each == "row" else (operand, place)  # noqa: B023
                    return (table.table, *at)  # noqa: B023

                cells: dict[Cell, int | State] = {cell(o): State.BLANK for o in operands}
                cells |= {cell(o): 1 for o in others}
                told = [
                    f for f in found(make_report, cells, identity.id) if place in (f.row, f.column)
                ]
                assert told, (identity.id, operands)
                for f in told:
                    assert {f.left, f.right} == {None, Decimal(len(others))}
                    assert "为空白" in f.message_zh
                    assert "为0" not in f.message_zh
                    assert " is 0" not in f.message_en
