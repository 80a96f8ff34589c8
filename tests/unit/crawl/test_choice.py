"""Which entries are reports: titles, columns, twins, missing years."""

import datetime as dt
from typing import Any

import pytest

from pipelines.crawl.choice import Choice, NoReports, choose, columns_in
from pipelines.crawl.model import Entry
from pipelines.crawl.source import Source
from pipelines.crawl.titles import Reason
from pipelines.crawl.trouble import TroubleKind
from pipelines.crawl.words import load_words
from pipelines.forms import load_forms

WORDS = load_words()
LEXICON = load_forms().lexicon
BASE = "http://www.linyi.example"


def _source(**changes: Any) -> Source:
    record = {
        "id": "made",
        "agency_id": "990100-government",
        "family": "plain",
        "start": [f"{BASE}/nb/"],
        "first_year": 2022,
    }
    return Source.model_validate(record | changes)


def _entry(title: str, path: str = "/nb/1.html", **more: Any) -> Entry:
    return Entry(title, path if "://" in path else BASE + path, **more)


def _choose(*entries: Entry, until: int = 2022, **changes: Any) -> Choice:
    choice = choose(entries, _source(**changes), WORDS, LEXICON, until)
    assert isinstance(choice, Choice)
    return choice


ANCHOR = _entry("临漪市人民政府2022年政府信息公开工作年度报告", "/nb/anchor.html")


def _verdict(entry: Entry, **changes: Any) -> str:
    """`report`, the reason against it, or `other`."""
    choice = _choose(entry, ANCHOR, **changes)
    if len(choice.reports) == 2:
        return "report"
    return str(choice.ignored[0].reason) if choice.ignored else "other"


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("临漪市财政局2021年政府信息公开工作年度报告", 2021),
        ("2021年度临漪市财政局政府信息公开年报", 2021),
        ("临漪市财政局二〇二一年政府信息公开年度报告", 2021),
        ("临漪市财政局二○二一年政府信息公开年度报告", 2021),
        ("临漪市財政局2021年政府信息公開工作年度報告", 2021),
        ("临漪市财政局２０２１年政府信息公开工作年度报告（2022年1月发布）", 2021),
        ("临漪市财政局2021年政府信息公开工作年度报告(2022-01-20)", 2021),
        ("关于印发临漪市财政局2021年政府信息公开工作年度报告的通知", 2021),
        ("临漪市编制委员会办公室2021年政务公开工作报告", 2021),
        ("2021年法治政府建设与政府信息公开工作年度报告", 2021),
        ("临漪市财政局政府信息公开工作年度报告", None),
        ("临漪市财政局2021年、2020年政府信息公开工作年度报告", None),
        ("临政办函〔2022〕3号 临漪市财政局2021年政府信息公开工作年度报告", 2021),
        ("临漪市财政局2021年1月1日至2021年12月31日政府信息公开工作年度报告", 2021),
    ],
)
def test_a_report_is_told_by_its_title(title: str, year: int | None) -> None:
    chosen = _choose(_entry(title), ANCHOR).reports
    assert [c.entry for c in chosen] == [_entry(title), ANCHOR]
    assert chosen[0].year == year


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("【文字解读】临漪市财政局2021年政府信息公开工作年度报告", "not_a_report"),
        ("一图读懂：2021年政府信息公开工作年度报告", "not_a_report"),
        ("图解2021年政府信息公开工作年度报告", "not_a_report"),
        ("临漪市财政局政府信息公开指南", "not_a_report"),
        ("临漪市财政局政府信息公开目录", "not_a_report"),
        ("临漪市政府信息公开制度", "not_a_report"),
        ("关于做好2021年政府信息公开工作年度报告编制工作的通知", "not_a_report"),
        ("政府信息公开工作年度报告格式", "not_a_report"),
        ("2021年上半年政府信息公开工作报告", "not_a_report"),
        ("2008-2020年政府信息公开工作年度报告", "several_years"),
        ("2008年至2020年政府信息公开工作年度报告", "several_years"),
        ("历年政府信息公开年报", "several_years"),
        ("政府信息公开年报", "column"),
        ("政府信息公开年度报告", "column"),
        ("2021年部门决算信息公开情况报告", "other_subject"),
        ("2021年度工作报告", "no_subject"),
        ("2021年政务公开", "no_report_word"),
        ("首页", "other"),
        ("2021年第一次常务会议", "other"),
        ("年度人物", "other"),
    ],
)
def test_what_is_near_a_report_is_ignored_with_its_reason(title: str, reason: str) -> None:
    assert _verdict(_entry(title)) == reason


@pytest.mark.parametrize(
    ("title", "alone", "in_column"),
    [
        ("2021年", "other", "report"),
        ("2021年度报告", "no_subject", "report"),
        ("2021年度政府信息公开情况", "no_report_word", "report"),
        ("2021年度政府网站监管年报", "no_subject", "other_subject"),
        ("2021年法治政府建设年度报告", "no_subject", "other_subject"),
        ("临漪市财政局2021年度", "other", "no_report_word"),
        ("临漪市财政局", "other", "other"),
    ],
)
def test_a_column_of_reports_speaks_for_its_entries(title: str, alone: str, in_column: str) -> None:
    assert _verdict(_entry(title)) == alone
    assert _verdict(_entry(title, column="政府信息公开年报")) == in_column


def test_an_address_that_is_only_a_reports_speaks_for_it() -> None:
    entry = _entry("二〇二一年", is_typed=True, told_year=2020)
    assert _verdict(entry) == "report"
    assert _choose(entry, ANCHOR).reports[0].year == 2021
    assert _choose(_entry("查看", is_typed=True, told_year=2020), ANCHOR).reports[0].year == 2020
    assert _verdict(_entry("2021年年报解读", is_typed=True)) == "not_a_report"


def test_a_source_ignores_titles_of_its_own() -> None:
    entry = _entry("临漪市财政局2021年政府信息公开工作年度报告（征求意见稿）")
    assert _verdict(entry) == "report"
    assert _verdict(entry, ignored_titles=["征求意见稿"]) == "by_source"


def test_a_source_has_columns_of_its_own() -> None:
    entry = _entry("阳光年报")
    assert _verdict(entry) == "other"
    assert _verdict(entry, columns=["阳光年报"]) == "column"
    assert columns_in([entry, ANCHOR], _source(), WORDS) == ()
    assert columns_in([entry, entry, ANCHOR], _source(columns=["阳光年报"]), WORDS) == (entry,)


TITLE = "临漪市2022年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    "second",
    [
        "/nb/t20230119_1_wap.html",
        "/wap/nb/t20230119_1.html",
        "/en/nb/t20230119_1.html",
        "https://www.linyi.example/nb/t20230119_1.html",
        "http://m.linyi.example/nb/t20230119_1.html",
        "http://big5.linyi.example/gate/big5/www.linyi.example/nb/t20230119_1.html",
    ],
)
def test_editions_of_a_page_are_one_report(second: str) -> None:
    first = _entry(TITLE, "/nb/t20230119_1.html")
    twin = _entry(TITLE, second)
    for order in ([first, twin], [twin, first]):
        (chosen,) = _choose(*order).reports
        addresses = {chosen.entry.address, *chosen.twins}
        assert addresses == {first.address, twin.address}
        # One that is open to be read on the way is the second choice.
        plainest = twin if second.startswith("https") else first
        assert chosen.entry == plainest


def test_two_pages_are_two_reports_whatever_their_titles() -> None:
    one, two = _entry(TITLE, "/nb/t20230119_1.html"), _entry(TITLE, "/nb/t20230301_7.html")
    assert len(_choose(one, two).reports) == 2
    assert len(_choose(one, one).reports) == 1


def test_a_link_that_only_says_more_does_not_hide_the_report() -> None:
    more, report = _entry("更多", "/nb/7.html"), _entry(TITLE, "/nb/7.html")
    assert _choose(more, report).reports[0].entry == report


def test_missing_years_are_told() -> None:
    reports = [_entry(f"临漪市{y}年政府信息公开工作年度报告", f"/{y}.html") for y in (2019, 2021)]
    assert _choose(*reports, first_year=2018, until=2022).missing == (2018, 2020, 2022)
    assert _choose(*reports, first_year=2019, until=2019).missing == ()


def test_a_listing_without_reports_is_no_empty_choice() -> None:
    near = _entry("政府信息公开指南", listed_on=dt.date(2022, 1, 1))
    nothing = choose([near, _entry("首页", "/")], _source(), WORDS, LEXICON, 2022)
    assert isinstance(nothing, NoReports)
    assert nothing.trouble.kind is TroubleKind.EMPTY_LISTING
    assert nothing.trouble.address == f"{BASE}/nb/"
    assert [i.reason for i in nothing.ignored] == [Reason.NOT_A_REPORT]
    assert nothing.others == 1
    # Before the first report is due there may well be none.
    assert _choose(near, first_year=2023, until=2022).reports == ()
