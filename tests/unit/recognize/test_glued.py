"""Labels and figures of one line, taken apart; what is prose stays whole."""

import pytest

from pipelines.forms import load_forms
from pipelines.recognize.tables.glued import unglued, unglued_header
from pipelines.recognize.tables.labels import labels_of
from pipelines.runs.process import process_document

FORMS = load_forms()
LABELS = labels_of(FORMS)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("规章 0 0 12", ["规章", "0", "0", "12"]),
        ("规章0 0 12", ["规章", "0", "0", "12"]),
        ("1.属于国家秘密3 0 0 0 0 0 3", ["1.属于国家秘密", *"3000003"]),
        (
            "（三）不予公开1.属于国家秘密3 0 0 0 0 0 3",
            ["（三）不予公开", "1.属于国家秘密", *"3000003"],
        ),
        ("规章000", ["规章", "000"]),
        ("行政事业性收费 - 3.5万元", ["行政事业性收费", "-", "3.5万元"]),
        ("行政许可65+1 0", ["行政许可", "65", "+1", "0"]),
        ("行政处罚126增72 142", ["行政处罚", "126", "增72", "142"]),
        ("行政强制2-2 0", ["行政强制", "2", "-2", "0"]),
        ("行政强制2减少2 0", ["行政强制", "2", "减少2", "0"]),
        ("1.属于国家秘密3-4 0 0 0 0", None),
        ("行政处罚4 4-", None),
        ("行政许可", None),
        ("办理行政许可12件", None),
        ("截至2021年底，规章 3", None),
        ("2021", None),
        ("", None),
    ],
)
def test_a_row_on_one_line(text: str, parts: list[str] | None) -> None:
    assert unglued(text, LABELS, FORMS.lexicon) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "信息内容本年制发件数本年废止件数现行有效件数",
            ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ),
        (
            "结果维持结果纠正其他结果尚未审结总计",
            ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"],
        ),
        (
            "商业企业科研机构社会公益组织法律服务机构其他",
            ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"],
        ),
        (
            "信息內容本年新制作數(shù)量本年新公開(kāi)數(shù)量對(duì)外公開(kāi)總數(shù)量",
            ["信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"],
        ),
        ("总计", None),
        ("总计为12件", None),
        ("自然人申请占多数", None),
    ],
)
def test_a_header_run_together(text: str, parts: list[str] | None) -> None:
    assert unglued_header(text, LABELS) == parts


def rows_of(text: str) -> dict[str, list[str | None]]:
    outcome = process_document("x.txt", text.encode())
    rows: dict[str, list[str | None]] = {}
    for fact in outcome.facts:
        value = None if fact.value is None else str(fact.value)
        rows.setdefault(fact.row, []).append(value)
    return rows


HEAD = "甲县教育局2021年政府信息公开工作年度报告\n一、总体情况\n二、主动公开政府信息情况\n"


def test_glued_rows_under_a_glued_header() -> None:
    rows = rows_of(
        HEAD
        + "第二十条第（一）项\n信息内容本年制发件数本年废止件数现行有效件数\n"
        + "规章0 0 12\n行政规范性文件3 1 40\n"
    )
    assert rows["regulations"] == ["0", "0", "12"]
    assert rows["normative_documents"] == ["3", "1", "40"]


def test_figures_glued_to_one_another_are_no_figures() -> None:
    rows = rows_of(
        HEAD
        + "第二十条第（一）项\n信息内容本年制发件数本年废止件数现行有效件数\n"
        + "规章0012\n行政规范性文件3 1 40\n"
    )
    assert rows["regulations"] == [None, None, None]


def test_a_figure_glued_to_a_label_is_not_lost_in_the_label() -> None:
    """The row has three figures, the first in the cell of the label; as a slip of the pen in the
    label it would leave two, each a column too far to the left."""
    rows = rows_of(
        HEAD
        + "第二十条第（五）项\n信息内容\t上一年项目数量\t本年增/减\t处理决定数量\n"
        + "行政许可2\t1\t5\n"
    )
    assert rows["administrative_licensing"] == ["2", "1", "5"]


def test_rows_without_a_header_take_the_form_that_holds_their_figures() -> None:
    """One figure behind the fees would fit the form of 2021; two behind licences fit only that of
    2019, where a figure of the fees is then lost or blank."""
    rows = rows_of(
        HEAD.replace("2021", "2019")
        + "第二十条第（五）项\n行政许可 0 0\n第二十条第（八）项\n行政事业性收费 0\n"
        + "第二十条第（一）项\n规章 1 2 3\n规范性文件 4 5 6\n"
    )
    assert rows["regulations"] == ["1", "2", "3"]
    assert rows["administrative_fees"] == [None, None]
