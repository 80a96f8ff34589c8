"""Annexes typed by hand: which figure goes to which indicator, and where none may."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from pipelines.domain import Cell, Grid, Paragraph, Place, Reading, State
from pipelines.forms import load_forms
from pipelines.normalize import normalize
from pipelines.recognize import recognize

FORMS = load_forms()
TITLE = "海风市教育局2016年政府信息公开工作年度报告"
FUJIAN = ["指标名称", "计量单位", "2016年度", "历年累计"]
NATIONAL = ["统计指标", "单位", "统计数"]
NATIONAL_ROWS = [
    ["一、主动公开情况", "——", "——"],
    ["（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", "条", "310"],
    ["其中：主动公开规范性文件数", "条", "4"],
    ["制发规范性文件总数", "件", "5"],
    ["三、依申请公开情况", "——", "——"],
    ["（一）收到申请数", "件", "12"],
    ["1.当面申请数", "件", "2"],
    ["2.传真申请数", "件", "0"],
    ["3.网络申请数", "件", "9"],
    ["4.信函申请数", "件", "1"],
    ["四、行政复议数量", "件", "3"],
    ["（一）维持具体行政行为数", "件", "1"],
    ["（二）被依法纠错数", "件", "2"],
    ["（三）其他情形数", "件", "0"],
    ["五、行政诉讼数量", "件", "7"],
    ["（一）维持具体行政行为或者驳回原告诉讼请求数", "件", "4"],
    ["（二）被依法纠错数", "件", "3"],
    ["（三）其他情形数", "件", "0"],
    ["七、依申请公开信息收取的费用", "万元", "0.37"],
]


def grid(rows: Sequence[Sequence[str]], *, exact: bool = True) -> Grid:
    cells = [
        Cell(text, i, j, Place(table=1, row=i + 1, cell=j + 1))
        for i, row in enumerate(rows)
        for j, text in enumerate(row)
    ]
    return Grid(tuple(cells), exact)


def read(*blocks: Grid | Paragraph, title: str = TITLE) -> Reading:
    here = Place(line=1)
    return Reading((Paragraph(title, here), Paragraph("一、概述", here), *blocks), "test")


def found(*blocks: Grid | Paragraph, title: str = TITLE) -> tuple[dict, list]:  # type: ignore[type-arg]
    """Value or state by row and column, and (rule, row) of each finding."""
    report = recognize(read(*blocks, title=title), FORMS)
    facts, findings = normalize(report, FORMS)
    values = {
        (f.row, f.column): str(f.value) if f.value is not None else f.state
        for f in facts
        if f.table == "indicators"
    }
    return values, [(f.rule, f.row) for f in (*report.findings, *findings)]


def test_the_national_annex() -> None:
    values, findings = found(grid([NATIONAL, *NATIONAL_ROWS]))
    assert values == {
        ("disclosed_items", "current"): "310",
        ("normative_documents_disclosed", "current"): "4",
        ("normative_documents_issued", "current"): "5",
        ("requests_received", "current"): "12",
        ("requests.in_person", "current"): "2",
        ("requests.fax", "current"): "0",
        ("requests.web", "current"): "9",
        ("requests.letter", "current"): "1",
        ("reconsiderations", "current"): "3",
        ("reconsiderations.upheld", "current"): "1",
        ("reconsiderations.corrected", "current"): "2",
        ("reconsiderations.other", "current"): "0",
        ("litigations", "current"): "7",
        ("litigations.upheld", "current"): "4",
        ("litigations.corrected", "current"): "3",
        ("litigations.other", "current"): "0",
        ("fees_charged", "current"): "0.37",
    }
    assert findings == []


def test_units_and_amounts() -> None:
    report = recognize(read(grid([NATIONAL, *NATIONAL_ROWS])), FORMS)
    facts, _ = normalize(report, FORMS)
    told = {f.row: (f.unit, f.value_yuan) for f in facts}
    assert told["disclosed_items"] == ("条", None)
    assert told["requests_received"] == ("件", None)
    unit, yuan = told["fees_charged"]
    assert (unit, str(yuan)) == ("万元", "3700.00")
    assert {f.vintage for f in facts} == {"2014"}
    assert report.tables[0].vintages == ("2014",)


def test_the_unit_in_the_cell_wins() -> None:
    rows = [*NATIONAL_ROWS, ["八、收费减免金额", "元", "0.2万元"]]
    facts, _ = normalize(recognize(read(grid([NATIONAL, *rows])), FORMS), FORMS)
    (waived,) = [f for f in facts if f.row == "fees_waived"]
    assert (str(waived.value), waived.unit, waived.value_yuan) == ("0.2", "万元", Decimal(2000))


def test_one_figure_across_two_columns_is_of_neither() -> None:
    rows = [
        ["主动公开文件数", "条", "3460", "85376"],
        ["受理依申请公开信息总数", "条", "7"],
        ["行政复议数", "件", "0", "0"],
        ["行政诉讼数", "件", "0", "0"],
    ]
    plain = grid([FUJIAN, *rows])
    cells = [
        Cell(c.text, c.row, c.column, c.place, column_span=2 if c.text == "7" else 1)
        for c in plain.cells
    ]
    values, findings = found(Grid(tuple(cells), exact=True))
    assert values["requests_received", "current"] is State.UNREADABLE
    assert values["requests_received", "cumulative"] is State.UNREADABLE
    assert ("row_short", "requests_received") in findings


def test_two_columns_and_a_blank_is_a_blank() -> None:
    rows = [
        ["主动公开文件数", "条", "3460", "85376"],
        ["其中：1、政府网站公开数", "条", "", "85376"],
        ["受理依申请公开信息总数", "条", "/", "0"],
        ["对申请的答复总数", "条", "若干", "0"],
        ["行政复议数", "件", "0", "0"],
    ]
    values, findings = found(grid([FUJIAN, *rows]))
    assert values["disclosed.website", "current"] is State.BLANK
    assert values["disclosed.website", "cumulative"] == "85376"
    assert values["requests_received", "current"] is State.NOT_APPLICABLE
    assert values["replies_total", "current"] is State.UNREADABLE
    assert findings == [("unreadable_cell", "replies_total")]


def test_columns_in_another_order_are_told_by_their_captions() -> None:
    header = ["指标名称", "历年累计", "本年度", "计量单位"]
    rows = [
        ["主动公开文件数", "900", "7", "条"],
        ["受理依申请公开信息总数", "20", "2", "条"],
        ["行政复议数", "3", "1", "件"],
        ["行政诉讼数", "0", "0", "件"],
    ]
    values, _ = found(grid([header, *rows]))
    assert values["disclosed_items", "current"] == "7"
    assert values["disclosed_items", "cumulative"] == "900"
    assert values["reconsiderations", "current"] == "1"


def test_a_row_that_lost_a_cell_has_no_figures() -> None:
    rows = [
        ["主动公开文件数", "条", "3460", "85376"],
        ["受理依申请公开信息总数", "条", "28"],
        ["行政复议数", "件", "0", "0"],
        ["行政诉讼数", "件", "0", "0"],
        ["行政申诉数", "件", "0", "0"],
    ]
    for exact in (True, False):
        values, findings = found(grid([FUJIAN, *rows], exact=exact))
        assert values["requests_received", "current"] is State.UNREADABLE
        assert values["requests_received", "cumulative"] is State.UNREADABLE
        assert ("row_short", "requests_received") in findings
        assert values["disclosed_items", "cumulative"] == "85376"


def test_two_halves_side_by_side() -> None:
    left, right = NATIONAL_ROWS[:10], [*NATIONAL_ROWS[10:], ["", "", ""]]
    rows = [[*a, *b] for a, b in zip(left, right, strict=True)]
    for exact in (True, False):
        values, findings = found(grid([[*NATIONAL, *NATIONAL], *rows], exact=exact))
        assert values["reconsiderations.corrected", "current"] == "2"
        assert values["litigations.corrected", "current"] == "3"
        assert values["requests.letter", "current"] == "1"
        assert len(values) == 17
        assert findings == []


def test_a_label_under_several_parents_is_told_by_its_own_alone() -> None:
    """The row of litigations is not legible: what stands under it is nobody's."""
    rows = [*NATIONAL_ROWS]
    rows[14] = ["五、行？？讼", "件", "7"]
    del rows[15]
    values, findings = found(grid([NATIONAL, *rows]))
    assert values["reconsiderations.corrected", "current"] == "2"
    assert ("litigations.corrected", "current") not in values
    assert values["被依法纠错数", "current"] == "3"
    assert ("unknown_indicator", "被依法纠错数") in findings


def test_an_unknown_indicator_is_kept_under_its_label() -> None:
    rows = [*NATIONAL_ROWS, ["其中：9、政务头条公开的奇怪数", "条", "77"]]
    values, findings = found(grid([NATIONAL, *rows]))
    assert values["政务头条公开的奇怪数", "current"] == "77"
    assert findings == [("unknown_indicator", "政务头条公开的奇怪数")]


def test_an_indicator_of_the_form_without_a_code() -> None:
    rows = [*NATIONAL_ROWS, ["3.政策解读稿件发布数", "篇", "6"]]
    values, findings = found(grid([NATIONAL, *rows]))
    assert values["政策解读稿件发布数", "current"] == "6"
    assert findings == [("indicator_without_code", "政策解读稿件发布数")]


def test_a_slip_in_a_label_is_told_and_a_negation_is_no_slip() -> None:
    rows = [
        ["收到申请数", "件", "9"],
        ["申请答复数", "件", "9"],
        ["同意公开答复数", "件", "4"],
        ["申请信息不存数", "件", "0"],
        ["不同意部分公开答复数", "件", "5"],
        ["行政复议数量", "件", "0"],
        ["行政诉讼数量", "件", "0"],
    ]
    values, findings = found(grid([NATIONAL, *rows]))
    assert values["replies.nonexistent", "current"] == "0"
    assert ("label_matched_loosely", "replies.nonexistent") in findings
    assert ("replies.partly_granted", "current") not in values
    assert values["不同意部分公开答复数", "current"] == "5"


def test_a_row_printed_twice_with_other_figures() -> None:
    rows = [*NATIONAL_ROWS, ["收到申请数", "件", "13"]]
    values, findings = found(grid([NATIONAL, *rows]))
    assert values["requests_received", "current"] is State.UNREADABLE
    assert ("duplicate_row", "requests_received") in findings


def lines(*texts: str) -> list[Paragraph]:
    return [Paragraph(text, Place(line=n)) for n, text in enumerate(texts, start=1)]


def test_one_cell_a_line() -> None:
    texts = [t for row in [NATIONAL, *NATIONAL_ROWS] for t in row]
    values, findings = found(*lines(*texts))
    assert len(values) == 17
    assert values["litigations.corrected", "current"] == "3"
    assert findings == []


def test_lines_that_lost_cells_do_not_take_page_numbers() -> None:
    texts = [t for row in [NATIONAL, *NATIONAL_ROWS] for t in row]
    at = texts.index("1.当面申请数") + 2
    texts[at : at + 1] = []  # a blank leaves nothing
    after = texts.index("4.信函申请数") + 2
    texts[after] = "3"  # nothing but the number of the page
    values, findings = found(*lines(*texts))
    assert values["requests.in_person", "current"] is State.ABSENT
    assert values["requests.letter", "current"] is State.UNREADABLE
    assert values["disclosed_items", "current"] == "310"
    assert ("row_short", "requests.in_person") in findings


def test_the_whole_table_on_one_line_and_glued_rows() -> None:
    rows = [
        ["主动公开文件数", "条", "3460", "85376"],
        ["其中：1、政府网站公开数", "条", "3460", "85376"],
        ["受理依申请公开信息总数", "条", "7", "28"],
        ["行政复议数", "件", "0", "0"],
    ]
    one = " ".join(" ".join(row) for row in [FUJIAN, *rows])
    glued = ["".join(FUJIAN), *("".join(row[:3]) + f" {row[3]}" for row in rows)]
    for texts in ([one], glued):
        values, findings = found(*lines(*texts))
        assert values["requests_received", "current"] == "7"
        assert values["requests_received", "cumulative"] == "28"
        assert len(values) == 8
        assert findings == []


def test_figures_glued_to_one_another_are_nobodys() -> None:
    rows = [
        ["主动公开文件数", "条", "346085376"],
        ["受理依申请公开信息总数", "条", "728"],
        ["行政复议数", "件", "1", "1"],
        ["行政诉讼数", "件", "2", "2"],
    ]
    values, findings = found(*lines("".join(FUJIAN), *(" ".join(row) for row in rows)))
    assert values["disclosed_items", "current"] is State.UNREADABLE
    assert ("row_short", "disclosed_items") in findings


def test_an_annex_cut_by_a_page_goes_on() -> None:
    rows = NATIONAL_ROWS
    upper, lower = grid([NATIONAL, *rows[:12]]), grid(rows[12:])
    values, findings = found(upper, Paragraph("- 3 -", Place(line=9)), lower)
    assert values["reconsiderations.corrected", "current"] == "2"
    assert values["litigations.corrected", "current"] == "3"
    assert findings == []


def test_an_annex_cut_by_a_page_goes_on_where_its_rows_have_fillers_behind() -> None:
    halves = [
        [*row, *other] for row, other in zip(NATIONAL_ROWS[:6], NATIONAL_ROWS[6:], strict=False)
    ]
    rows = [[*row, "", ""] for row in halves]
    upper, lower = grid([[*NATIONAL, *NATIONAL], *rows[:3]]), grid(rows[3:])
    values, _ = found(upper, Paragraph("- 3 -", Place(line=9)), lower)
    whole, _ = found(grid([[*NATIONAL, *NATIONAL], *rows]))
    assert values == whole
    assert values["requests.web", "current"] == "9"


def test_the_column_of_another_year_is_not_the_current_one() -> None:
    header = ["指标名称", "计量单位", "2015年度", "2016年度"]
    rows = [
        ["主动公开文件数", "条", "1", "2"],
        ["受理依申请公开信息总数", "条", "3", "4"],
        ["行政复议数", "件", "5", "6"],
        ["行政诉讼数", "件", "7", "8"],
    ]
    values, findings = found(grid([header, *rows]))
    assert values["disclosed_items", "current"] == "2"
    assert values["litigations", "current"] == "8"
    assert findings == [("unknown_label", None)]


def test_stray_words_make_no_annex_and_2019_wants_its_tables() -> None:
    title = TITLE.replace("2016", "2020")
    rows = [
        ["指标", "单位", "数量"],
        ["行政复议数", "件", "1"],
        ["行政诉讼数", "件", "1"],
        ["网站数", "个", "1"],
    ]
    headings = lines("一、总体情况", "二、主动公开政府信息情况", "三、其他")
    report = recognize(read(grid(rows), *headings, title=title), FORMS)
    assert report.tables == ()
    rules = [f.rule for f in report.findings]
    assert rules.count("tables_missing") == 3
    assert "six_sections_present" in rules


def test_a_report_before_2019_wants_the_annex_alone() -> None:
    parts = ["二、主动公开政府信息情况", "三、依申请公开政府信息情况", "四、收费及减免情况"]
    report = recognize(read(*lines(*parts)), FORMS)
    assert [f.table for f in report.findings if f.rule == "tables_missing"] == ["indicators"]
    assert "six_sections_present" not in {f.rule for f in report.findings}
    whole = recognize(read(grid([NATIONAL, *NATIONAL_ROWS])), FORMS)
    assert whole.findings == ()


def test_a_figure_that_spans_rows_is_of_none() -> None:
    plain = grid([NATIONAL, *NATIONAL_ROWS])
    at = 7  # the row of requests made in person
    cells = [
        Cell(c.text, c.row, c.column, c.place, row_span=2 if (c.row, c.column) == (at, 2) else 1)
        for c in plain.cells
        if (c.row, c.column) != (at + 1, 2)
    ]
    values, _ = found(Grid(tuple(cells), exact=True))
    assert values["requests.in_person", "current"] is State.UNREADABLE
    assert values["requests.fax", "current"] is State.UNREADABLE
    assert values["requests.web", "current"] == "9"


@pytest.mark.parametrize(
    "label", ["（1）当面申请数", "①当面申请数", "1、 当面 申请数", "#1.當面申請數"]
)
def test_labels_however_numbered(label: str) -> None:
    rows = [list(row) for row in NATIONAL_ROWS]
    rows[6][0] = label
    values, findings = found(grid([NATIONAL, *rows]))
    assert values["requests.in_person", "current"] == "2"
    assert findings == []


def test_figures_under_a_caption_that_no_form_knows_are_not_taken() -> None:
    for caption, values_wanted in (("2016年", 17), ("2016年增减", 0), ("填报", 0)):
        values, findings = found(
            grid([["统计指标", "单位", caption], *NATIONAL_ROWS]),
            *lines("二、主动公开政府信息情况", "三、依申请公开政府信息情况"),
        )
        assert len(values) == values_wanted, caption
        assert findings == ([] if values else [("tables_missing", None)])


def test_a_list_without_a_header() -> None:
    values, findings = found(grid(NATIONAL_ROWS))
    assert len(values) == 17
    assert findings == []
    two = [[*row, "9"] for row in NATIONAL_ROWS]
    values, findings = found(grid(two), *lines("二、主动公开情况", "三、依申请公开情况"))
    assert (values, findings) == ({}, [("tables_missing", None)])


def test_a_report_of_2019_with_an_annex_alone_still_wants_its_tables() -> None:
    title = TITLE.replace("2016", "2020")
    report = recognize(read(grid([NATIONAL, *NATIONAL_ROWS]), title=title), FORMS)
    assert [t.table for t in report.tables] == ["indicators"]
    missing = [f.table for f in report.findings if f.rule == "tables_missing"]
    assert missing == ["proactive_disclosure", "requests", "reviews"]
