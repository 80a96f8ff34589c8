"""Tables are whole as laid out, and stay so when a page cuts them."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulate import Habits, SimulatedReport, generate, load_agencies, load_words
from tests.simulate.layout import LaidLine, LaidTable, columns_of, lay_out, split_table


def report_with(habits: Habits, vintage: str = "2021", seed: int = 1) -> SimulatedReport:
    return generate(
        random.Random(seed),
        vintage=vintage,
        agency=load_agencies()["990121-government"],
        year=2022,
        habits=habits,
    )


def tables_of(report: SimulatedReport) -> list[LaidTable]:
    return [p for p in lay_out(report) if isinstance(p, LaidTable)]


def covered(table: LaidTable) -> list[tuple[int, int]]:
    slots = []
    for index, columns in enumerate(columns_of(table.rows)):
        for column, cell in zip(columns, table.rows[index], strict=True):
            slots += [
                (index + down, column + right)
                for down in range(cell.row_span)
                for right in range(cell.column_span)
            ]
    return slots


def assert_is_a_rectangle(table: LaidTable) -> None:
    slots = covered(table)
    assert len(slots) == len(set(slots))
    width = len(table.widths)
    assert set(slots) == {(y, x) for y in range(len(table.rows)) for x in range(width)}
    assert abs(sum(table.widths) - 1) < 1e-9


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), vintage=st.sampled_from(["2019", "2021"]))
def test_every_table_is_a_rectangle_in_all_habits(seed: int, vintage: str) -> None:
    habits = Habits.draw(random.Random(seed), titles=list(load_words().titles))
    report = report_with(habits, vintage, seed)
    tables = tables_of(report)
    for table in tables:
        assert_is_a_rectangle(table)
    keys = [c.key for t in tables for row in t.rows for c in row if c.key is not None]
    assert sorted(keys) == sorted(report.truth)
    for table in tables:
        for row in table.rows:
            for cell in row:
                if cell.key is not None:
                    assert cell.text == report.truth[cell.key].token


@settings(max_examples=40, deadline=None)
@given(
    at=st.integers(1, 27),
    repeat_labels=st.booleans(),
    repeat_header=st.booleans(),
    vintage=st.sampled_from(["2019", "2021"]),
)
def test_a_cut_table_is_two_rectangles(
    at: int, repeat_labels: bool, repeat_header: bool, vintage: str
) -> None:
    habits = Habits(repeat_group_labels=repeat_labels, repeat_header=repeat_header)
    whole = tables_of(report_with(habits, vintage))[1]
    at = min(at, len(whole.rows) - 1)
    upper, lower = split_table(whole, at, habits)
    assert_is_a_rectangle(upper)
    assert_is_a_rectangle(lower)
    repeated = 3 if repeat_header and at >= 3 else 0
    assert len(upper.rows) + len(lower.rows) == len(whole.rows) + repeated
    assert upper.codes + lower.codes[repeated:] == whole.codes


def test_labels_of_cut_groups_are_blank_or_repeated() -> None:
    for repeat, labels in ((False, ["", ""]), (True, ["三、本年度办理结果", "（三）不予公开"])):
        habits = Habits(page_cut="refused.internal_affairs", repeat_group_labels=repeat)
        *_, requests, rest, reviews = tables_of(report_with(habits))
        assert (requests.table, rest.table, reviews.table) == ("requests", "requests", "reviews")
        assert [cell.text for cell in rest.rows[0][:2]] == labels
        assert rest.rows[0][2].text == "6.属于四类过程性信息"


def test_the_page_number_stands_between_the_halves() -> None:
    parts = lay_out(report_with(Habits(page_cut="granted")))
    numbers = [
        i for i, p in enumerate(parts) if isinstance(p, LaidLine) and p.kind == "page_number"
    ]
    (at,) = numbers
    assert isinstance(parts[at - 1], LaidTable)
    assert isinstance(parts[at + 1], LaidTable)


def headings_and_tables(habits: Habits) -> list[str]:
    return [
        part.table if isinstance(part, LaidTable) else part.text
        for part in lay_out(report_with(habits))
        if isinstance(part, LaidTable) or part.kind == "heading"
    ]


def test_sections_stand_in_their_order() -> None:
    assert headings_and_tables(Habits()) == [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "proactive_disclosure",
        "三、收到和处理政府信息公开申请情况",
        "requests",
        "四、政府信息公开行政复议、行政诉讼情况",
        "reviews",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]


def test_reviews_may_stand_under_the_next_heading() -> None:
    order = headings_and_tables(Habits(reviews_under_problems=True))
    assert order.index("reviews") == order.index("五、存在的主要问题及改进情况") + 1


def test_a_sentence_may_stand_before_each_table() -> None:
    report = report_with(Habits(prose_before_table=True))
    parts = lay_out(report)
    for index, part in enumerate(parts):
        if isinstance(part, LaidTable):
            before = parts[index - 1]
            assert isinstance(before, LaidLine)
            assert before.text == report.before_tables[part.table]


def texts(table: LaidTable) -> list[str | None]:
    return [cell.text for row in table.rows for cell in row]


def test_labels_are_written_in_the_habits_of_their_author() -> None:
    plain = texts(tables_of(report_with(Habits()))[1])
    assert "1.属于国家秘密" in plain
    assert "（三）不予公开" in plain
    assert "1、属于国家秘密" in texts(tables_of(report_with(Habits(enumerators="comma")))[1])
    assert "（1）属于国家秘密" in texts(tables_of(report_with(Habits(enumerators="bracket")))[1])
    half = texts(tables_of(report_with(Habits(brackets="half")))[1])
    assert "(三)不予公开" in half
    assert not any("（" in text for text in half if text)
    spaced = texts(tables_of(report_with(Habits(vertical="spaced")))[1])
    assert "三 、 本 年 度 办 理 结 果" in spaced
    stacked = texts(tables_of(report_with(Habits(vertical="lines")))[1])
    assert "三\n、\n本\n年\n度\n办\n理\n结\n果" in stacked
    broken = texts(tables_of(report_with(Habits(broken_headers=True)))[1])
    assert "商业\n企业" in broken


def test_variants_keep_their_numbers() -> None:
    report = report_with(Habits(label_variants=1.0))
    labels = texts(tables_of(report)[1])
    assert any(label in labels for label in ("2.其他法律法规禁止公开", "2.其他法律行政止公开"))
    assert "1.属于国家秘密" in labels  # has no variants


def test_headers_and_figures_may_span_different_columns() -> None:
    report = report_with(Habits(header_off_columns=True), "2019")
    table = tables_of(report)[0]
    assert len(table.widths) == 5
    assert_is_a_rectangle(table)
    header, figures = table.rows[1], table.rows[2]
    assert [c.column_span for c in header] != [c.column_span for c in figures]


def test_habits_of_layout_can_be_changed_after_the_report_is_made() -> None:
    report = report_with(Habits())
    half = replace(report.habits, brackets="half")
    title, *_ = lay_out(report, half)
    assert title == lay_out(report)[0]
    assert lay_out(report, half) != lay_out(report)
