"""Titles: agency and year in the forms in which agencies write them."""

import pytest

from pipelines.domain import Kind, Outcome
from pipelines.forms import load_forms
from pipelines.recognize.identity.titles import parse_title
from pipelines.runs.process import process_document

LEXICON = load_forms().lexicon


@pytest.mark.parametrize(
    ("text", "agency", "year"),
    [
        ("扶沟县自然资源局2021年政府信息公开工作年度报告", "扶沟县自然资源局", 2021),
        ("盐池县自然资源局 2020 年政府信息公开年度报告", "盐池县自然资源局", 2020),
        ("2019年上海市人民政府办公厅政府信息公开工作年度报告", "上海市人民政府办公厅", 2019),
        ("公主岭市档案局2021年度政府信息公开工作年度报告", "公主岭市档案局", 2021),
        ("会同县林业局信息公开工作年度报告", "会同县林业局", None),
        ("大庙乡2024年政府信息公开工作年度报告", "大庙乡", 2024),
        ("甲县乙局二〇二〇年政府信息公开工作年度报告", "甲县乙局", 2020),
        ("甲县乙局二○二○年政府信息公开工作年度报告", "甲县乙局", 2020),
        ("甲县人民政府信息公开工作2020年度报告", "甲县人民政府", 2020),
        ("甲县人民政府2020年政府信息公开工作年度报告", "甲县人民政府", 2020),
        ("甲县乙局关于印发《2020年政府信息公开工作年度报告》的通知", "甲县乙局", 2020),
        ("首页>政务公开>甲县乙局2023年政府信息公开工作年度报告", "甲县乙局", 2023),
        ("2022年政府信息公开工作年度报告", None, 2022),
        ("武漢市生態環境局2020年政府信息公開工作年度報告", "武漢市生態環境局", 2020),
    ],
)
def test_titles(text: str, agency: str | None, year: int | None) -> None:
    title = parse_title(text, LEXICON)
    assert title is not None
    assert (title.agency, title.year) == (agency, year)


@pytest.mark.parametrize(
    "text",
    [
        "政府信息公开指南",
        "甲县乙局2021年工作总结",
        "本报告由甲县乙局依照政府信息公开工作年度报告格式编制",
        "根据要求，现公布2021年政府信息公开工作年度报告。",
        "",
    ],
)
def test_what_is_no_title(text: str) -> None:
    assert parse_title(text, LEXICON) is None


def test_an_interpretation_of_a_report_is_refused() -> None:
    title = parse_title("文字解读：甲县乙局2021年政府信息公开工作年度报告", LEXICON)
    assert title is not None
    assert title.refused


SECTIONS = "\n".join(
    f"<p>{n}、{s.label}</p><p>无。</p>"
    for n, s in zip("一二三四五六", LEXICON.sections, strict=True)
)


def names_in(html: str) -> tuple[str | None, int | None]:
    outcome = process_document("page.html", f"<html><body>{html}{SECTIONS}".encode())
    return outcome.names.agency_name, outcome.names.report_year


def test_agency_and_year_on_two_lines() -> None:
    html = "<p>甲县自然资源局</p><p>2020 年政府信息公开年度报告</p>"
    assert names_in(html) == ("甲县自然资源局", 2020)


@pytest.mark.parametrize("above", ["甲县自然资源局2020", "甲县自然资源局2020年"])
def test_a_title_broken_within_the_year(above: str) -> None:
    below = "年度政府信息公开工作年度报告".removeprefix("年" if above.endswith("年") else "")
    assert names_in(f"<p>{above}</p><p>{below}</p>") == ("甲县自然资源局", 2020)


def test_a_menu_above_the_title_is_no_agency() -> None:
    html = "<p>首页 政务要闻 办事服务</p><p>2020年政府信息公开年度报告</p>"
    assert names_in(html) == (None, 2020)


def test_the_publisher_stands_in_for_an_agency_that_the_title_leaves_out() -> None:
    meta = "<meta name='ContentSource' content='甲县教育局'>"
    page = f"<html><head>{meta}</head><body><p>2020年政府信息公开年度报告</p>{SECTIONS}"
    outcome = process_document("page.html", page.encode())
    assert outcome.names.agency_name == "甲县教育局"
    assert "agency_from_publisher" in {f.rule for f in outcome.findings}


@pytest.mark.parametrize(
    "text",
    [
        "索引号99990121/2023-信息分类政府信息公开年报",
        "11/22/26, 8:58 PM 2021年政府信息公开工作年度报告",
    ],
)
def test_numbers_and_hours_are_no_agency(text: str) -> None:
    title = parse_title(text, LEXICON)
    assert title is None or title.agency is None


def test_an_unknown_name_or_year_is_told() -> None:
    page = f"<html><body><p>政府信息公开工作年度报告</p>{SECTIONS}"
    outcome = process_document("page.html", page.encode())
    assert {"agency_unknown", "year_unknown"} <= {f.rule for f in outcome.findings}


def page(*paragraphs: str, title: str = "政府信息公开工作年度报告") -> Outcome:
    lines = "".join(f"<p>{p}</p>" for p in (title, *paragraphs))
    body = SECTIONS.replace("<p>无。</p>", lines, 1).replace(f"<p>{title}</p>", "", 1)
    return process_document("x", f"<html><body><p>{title}</p>{body}".encode())


def rules_of(outcome: Outcome) -> set[str]:
    return {f.rule for f in outcome.findings if f.kind is Kind.DOCUMENT}


@pytest.mark.parametrize(
    "text",
    [
        "本报告所列数据的统计期限自2021年1月1日起，至2021年12月31日止。",
        "统计期限为 2021 年 1 月 1 日至 12 月 31 日。",
        "（2021年01月01日—2021年12月31日）",
    ],
)
def test_the_period_stands_in_for_a_year_that_the_title_leaves_out(text: str) -> None:
    outcome = page(text)
    assert (outcome.names.report_year, outcome.names.year_source) == (2021, "period")
    assert "year_from_period" in rules_of(outcome)


@pytest.mark.parametrize(
    "text",
    [
        "2021年1月20日至2021年12月31日，共受理申请3件。",
        "自2020年1月1日起，至2021年12月31日止。",
        "2021年，我局共主动公开信息12条。",
        "2022年1月20日",
    ],
)
def test_other_dates_tell_no_year(text: str) -> None:
    outcome = page(text)
    assert outcome.names.report_year is None
    assert "year_unknown" in rules_of(outcome)


def test_a_title_and_a_period_that_differ_are_told() -> None:
    outcome = page(
        "统计期限自2020年1月1日起，至2020年12月31日止。",
        title="甲县教育局2021年政府信息公开工作年度报告",
    )
    assert (outcome.names.report_year, outcome.names.year_source) == (2021, "title")
    (told,) = [f for f in outcome.findings if f.rule == "year_disagrees"]
    assert "2020" in told.message_en


def signed(name: str, *, title: str = "2021年政府信息公开工作年度报告") -> Outcome:
    content = f"<html><body><p>{title}</p>{SECTIONS}<p>{name}</p><p>2022年1月20日</p>"
    return process_document("x", content.encode())


def test_the_signature_stands_in_for_an_agency_that_the_title_leaves_out() -> None:
    outcome = signed("甲县教育局")
    assert (outcome.names.agency_name, outcome.names.agency_source) == ("甲县教育局", "signature")
    assert "agency_from_signature" in rules_of(outcome)


def test_a_signature_in_characters() -> None:
    content = (
        f"<html><body><p>2021年政府信息公开工作年度报告</p>{SECTIONS}"
        "<p>甲县教育局 二〇二二年一月二十日</p>"
    )
    assert process_document("x", content.encode()).names.agency_name == "甲县教育局"


def test_a_name_without_a_date_signs_nothing() -> None:
    content = (
        f"<html><body><p>2021年政府信息公开工作年度报告</p>{SECTIONS}"
        "<p>主办单位：甲县人民政府</p><p>乙县教育局</p>"
    )
    assert process_document("x", content.encode()).names.agency_name is None


def test_a_signature_that_leaves_the_county_out_agrees() -> None:
    title = "甲县教育局2021年政府信息公开工作年度报告"
    assert "agency_disagrees" not in rules_of(signed("教育局", title=title))
    assert "agency_disagrees" in rules_of(signed("乙县教育局", title=title))


def test_the_other_names_of_a_document_are_kept_as_evidence() -> None:
    page = (
        "<html><head><meta name='ContentSource' content='乙市甲县人民政府办公室'></head><body>"
        "<h1>甲县教育局2021年政府信息公开工作年度报告</h1><h2>一、总体情况</h2><p>无。</p>"
        "<h2>二、主动公开政府信息情况</h2><p>无。</p></body></html>"
    )
    names = process_document("x.html", page.encode()).names
    assert names.agency_name == "甲县教育局"
    assert names.other_names == ("乙市甲县人民政府办公室",)
