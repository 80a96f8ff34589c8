"""Folding: what counts as the same label."""

import pytest

from pipelines.forms import load_forms
from pipelines.text import fold, narrow, simplify, unnumbered

NUMERALS = load_forms().lexicon.numerals


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("第二十条 第(一)项", "第二十条第（一）项"),
        ("本年新\n制作数量", "本年新制作数量"),
        ("上一年項目數量", "上一年项目数量"),
        ("上一年項(xiàng)目數(shù)量", "上一年项目数量"),
        ("對(duì)外公開(kāi)總數(shù)量", "对外公开总数量"),
        ("三\n、\n本\n年\n度\n办\n理\n结\n果", "三、本年度办理结果"),
        ("危及“三安全一稳定”", '危及"三安全一稳定"'),
    ],
)
def test_the_same_label(printed: str, label: str) -> None:
    assert fold(printed) == fold(label)


@pytest.mark.parametrize(
    ("one", "other"), [("规章", "规程"), ("1.属于国家秘密", "2.属于国家秘密"), ("总计", "合计")]
)
def test_other_labels(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("1.属于国家秘密", "属于国家秘密"),
        ("（一）予以公开", "予以公开"),
        ("(七) 总计", "总计"),
        ("一)主动公开", "主动公开"),
        ("三、本年度办理结果", "本年度办理结果"),
        ("1、（2）重复申请", "重复申请"),
        ("三类内部事务", "三类内部事务"),
        ("2020年", "2020年"),
        ("1.5", "1.5"),
    ],
)
def test_enumerations_are_taken_away_and_nothing_else(text: str, bare: str) -> None:
    assert unnumbered(text, NUMERALS) == bare


def test_units_in_brackets_are_no_reading() -> None:
    assert simplify("205（万）") == "205(万)"
    assert narrow("無") == "無"
    assert simplify("無") == "无"
