"""Agency and year in every habit of titles, heads and signatures; typed by hand, names made up.

Either right or told: where no one could know, the value is missing and a finding says so.
"""

import datetime as dt
from html import escape

import pytest

from pipelines.domain import Outcome, OutcomeKind
from pipelines.forms import load_forms
from pipelines.runs.process import process_document

LEXICON = load_forms().lexicon
BUREAU = "云岭县教育局"
TITLE = f"{BUREAU}2021年政府信息公开工作年度报告"
PLAIN = "2021年政府信息公开工作年度报告"


def lines_of(head: list[str], said: list[str], tail: list[str]) -> list[str]:
    lines = [*head]
    for number, section in zip("一二三四五六", LEXICON.sections, strict=True):
        lines.append(f"{number}、{section.label}")
        lines += (said or ["无。"]) if number == "一" else ["无。"]
    return [*lines, *tail]


def page(
    *head: str, said: str = "", tail: tuple[str, ...] = (), title: str = "", above: str = "",
    **metas: str,
) -> Outcome:  # fmt: skip
    lines = lines_of(list(head), [said] if said else [], list(tail))
    meta = "".join(f'<meta name="{n}" content="{escape(v)}">' for n, v in metas.items())
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    html = f"<html><head><title>{escape(title)}</title>{meta}</head><body>{above}{paragraphs}"
    return process_document("page.html", html.encode())


def told(outcome: Outcome) -> set[str]:
    return {f.rule for f in outcome.findings if f.rule.startswith(("agency_", "year_"))}


def names(outcome: Outcome) -> tuple[str | None, int | None]:
    return outcome.names.agency_name, outcome.names.report_year


@pytest.mark.parametrize(
    "title",
    [
        "云岭县教育局2021年年度政府信息公开工作报告",
        "云岭县教育局2021年年度政府信息公开工作年度报告",
        "云岭县教育局2021度政府信息公开工作年度报告",
        "云岭县教育局2021年的政府信息公开工作年度报告",
        "云岭县教育局2021年度政府信息公开年报",
        "云岭县教育局2021年政务信息公开工作年度报告",
        "云岭县教育局2021年度政府信息和政务公开工作年度报告",
        "云岭县教育局2021年政务公开暨政府信息公开工作年度报告",
        "云岭县教育局2021年政府信息公开工作总结",
        "云岭县教育局关于2021年度政府信息公开工作情况的报告",
        "2021年度云岭县教育局政府信息公开工作年度报告",
        "（2021年）云岭县教育局政府信息公开工作年度报告",
        "云岭县教育局（2021年）政府信息公开工作年度报告",
        "云岭县教育局政府信息公开工作年度报告（2021年度）",
        "云岭县教育局政府信息公开工作年度报告-2021年",
        "云岭县教育局20 21 年政府信息公开工作年度报告",
        "云岭县教育局２０２１年政府信息公开工作年度报告",
        "云岭县教育局二0二一年政府信息公开工作年度报告",
        "云岭县教育局二◯二一年政府信息公开工作年度报告",
        "云岭县教育局二Ｏ二一年政府信息公开工作年度报告",
        "云岭县教育局2O21年政府信息公开工作年度报告",
        "云岭县教育局政府信息公开年度报告（二〇二一年）",
        "云岭县教育局2021年1月1日—12月31日政府信息公开工作年度报告",
        "云岭县教育局2021年1月-12月政府信息公开工作年度报告",
        "【云岭县教育局】2021年政府信息公开工作年度报告",
        "【公示】云岭县教育局2021年政府信息公开工作年度报告",
        "[年度报告]云岭县教育局2021年政府信息公开工作年度报告",
        "【政府信息公开年报】云岭县教育局2021年政府信息公开工作年度报告",
        "云岭县教育局《2021年政府信息公开工作年度报告》",
        "云岭县教育局（本级）2021年政府信息公开工作年度报告",
        "（标题不在正文）云岭县教育局2021年政府信息公开工作年度报告",
        "附件1 云岭县教育局2021年政府信息公开工作年度报告",
        "云政教发〔2022〕3号 云岭县教育局2021年政府信息公开工作年度报告",
        "[2022-01-20] 云岭县教育局2021年政府信息公开工作年度报告",
        "云岭县教育局2021年政府信息公开工作年度报告（2022年1月20日）",
        "云岭县教育局2021年政府信息公开工作年度报告（二〇二二年一月）",
        "云岭县教育局2021年政府信息公开工作年度报告 2022年01月20日 14:35 来源：云岭县教育局",
        "标题：云岭县教育局2021年政府信息公开工作年度报告",
        "首页>政府信息公开制度>云岭县教育局2021年政府信息公开工作年度报告",
        "年报｜云岭县教育局2021年政府信息公开工作年度报告",
        "云岭县人民政府门户网站 云岭县教育局2021年政府信息公开工作年度报告",
        "云岭县 教育局 2021年政府信息公开工作年度报告",
        "2021年政府信息公开工作年度报告（云岭县教育局）",
        "云岭县政府信息公开工作年度报告（云岭县教育局2021年度）",
        "2021年政府信息公开工作年度报告——云岭县教育局",
        "关于公布云岭县教育局2021年政府信息公开工作年度报告的通知",
        "云岭县教育局办公室关于印发《云岭县教育局2021年政府信息公开工作年度报告》的通知",
        "我县教育局关于云岭县教育局2021年政府信息公开工作年度报告的公告",
    ],
)
def test_a_title_on_one_line(title: str) -> None:
    outcome = page(title)
    assert (names(outcome), told(outcome)) == ((BUREAU, 2021), set())
    text = "\n".join(lines_of([title], [], []))
    assert names(process_document("a.txt", text.encode())) == (BUREAU, 2021)


@pytest.mark.parametrize(
    ("head", "agency"),
    [
        ("云岭县政务公开办公室{}", "云岭县政务公开办公室"),
        ("云岭县红星一二三四农场{}", "云岭县红星一二三四农场"),
        ("云岭县市场监督管理局（云岭县知识产权局）{}", "云岭县市场监督管理局"),
        ("海风经济技术开发区管理委员会{}", "海风经济技术开发区管理委员会"),
        ("海风市公安局望江分局{}", "海风市公安局望江分局"),
        ("海风海关{}", "海风海关"),
        ("叶县人民政府{}", "叶县人民政府"),
        ("镇江市教育局{}", "镇江市教育局"),
        ("本溪市教育局{}", "本溪市教育局"),
        ("会同县林业局{}", "会同县林业局"),
        ("民政部{}", "民政部"),
        ("国家统计局{}", "国家统计局"),
        ("云岭县{}", "云岭县"),
        ("云岭县人民政府办公室关于印发云岭县{}的通知", "云岭县"),
        ("转发云岭县人民政府办公室关于印发云岭县{}的通知", "云岭县"),
    ],
)
def test_whose_name_it_is(head: str, agency: str) -> None:
    outcome = page(head.format(PLAIN))
    assert (names(outcome), told(outcome)) == ((agency, 2021), set())


@pytest.mark.parametrize(
    "head",
    [
        [BUREAU, "2021年", "政府信息公开工作年度报告"],
        [BUREAU, "政府信息公开工作年度报告", "（2021年度）"],
        ["云岭县教育局2021年度政府信息公开", "工作年度报告"],
        ["云岭县教育局2021年政府信", "息公开工作年度报告"],
        ["云岭县教育局2021年政府信息公开工作年度", "报告"],
        ["2021年度", BUREAU, "政府信息公开工作年度报告"],
        ["2021年", "云岭县教育局政府信息公开工作年度报告"],
        ["云岭县教育局关于", "2021年政府信息公开工作年度报告的公告"],
        [PLAIN, BUREAU],
        [PLAIN, BUREAU, "（2022年1月20日）"],
        ["云 岭 县 教 育 局", "2 0 2 1 年 政 府 信 息 公 开 工 作 年 度 报 告"],
        ["云岭县教育局（云岭县体育局）", "云岭县教育局2021年政府信息公开工作年度报告"],
        ["云教〔2022〕3号", BUREAU, PLAIN],
        ["首页", BUREAU, PLAIN],
        ["云岭县政府信息公开年报", TITLE],
        ["政府信息公开指南", "政府信息公开制度", TITLE],
        ["图解", TITLE],
        [TITLE, f"上一篇：{BUREAU}2020年政府信息公开工作年度报告"],
        ["关于公布2021年政府信息公开工作年度报告的公告", f"现将{TITLE}予以公布。"],
        ["关于印发《2021年政府信息公开工作年度报告》的通知", f"现将《{TITLE}》印发给你们。"],
        [TITLE, "按照《国务院办公厅政府信息与政务公开办公室关于政府信息公开工作年度报告有关事项的"
         "通知》要求，编制本报告。"],
        ["索引号：1234/2022-00012", "发布机构：云岭县教育局", TITLE],
    ],
)  # fmt: skip
def test_a_title_among_other_lines(head: list[str]) -> None:
    outcome = page(*head)
    assert (names(outcome), told(outcome)) == ((BUREAU, 2021), set())


@pytest.mark.parametrize(
    "title",
    [
        f"我局{PLAIN}",
        f"本机关{PLAIN}",
        f"全县{PLAIN}",
        f"县教育局{PLAIN}",
        f"示范区教育局{PLAIN}",
        f"高新区管委会{PLAIN}",
        f"镇人民政府{PLAIN}",
        f"我县教育局{PLAIN}",
        "2021年各部门政府信息公开工作年度报告",
        "2021年度本级政府信息公开年报",
    ],
)
def test_a_name_without_its_place_is_none(title: str) -> None:
    outcome = page(title)
    assert names(outcome)[1] == 2021
    if outcome.names.agency_name is not None:  # a bureau's, as any county has one
        assert outcome.names.agency_name == "教育局"
    else:
        assert "agency_unknown" in told(outcome)


@pytest.mark.parametrize("short", ["我局", "县教育局", "教育局", "本局"])
def test_a_name_without_its_place_is_found_whole_elsewhere(short: str) -> None:
    outcome = page(f"{short}{PLAIN}", tail=(BUREAU, "2022年1月20日"))
    assert (names(outcome), told(outcome)) == ((BUREAU, 2021), {"agency_from_signature"})


@pytest.mark.parametrize(
    "title",
    [
        f"{BUREAU}政府信息公开工作年度报告 2022年1月20日",
        f"{BUREAU}政府信息公开工作年度报告 2022-01-20",
        f"云教〔2022〕3号 {BUREAU}政府信息公开工作年度报告",
        f"{BUREAU}2019-2020年政府信息公开工作年度报告",
        f"{BUREAU}2021年度政府信息公开工作年度报告（2020年）",
    ],
)
def test_a_date_or_two_years_are_no_year(title: str) -> None:
    outcome = page(title)
    assert (names(outcome), told(outcome)) == ((BUREAU, None), {"year_unknown"})


@pytest.mark.parametrize(
    "said",
    [
        "本报告中所列数据统计期限从二〇二一年一月一日起至二〇二一年十二月三十一日止。",
        "统计期限：2021.1.1-2021.12.31。",
        "数据统计时间为2021年1月至12月。",
    ],
)
def test_periods(said: str) -> None:
    outcome = page(f"{BUREAU}政府信息公开工作年度报告", said=said)
    assert (names(outcome), told(outcome)) == ((BUREAU, 2021), {"year_from_period"})
    assert outcome.names.published_on is None


@pytest.mark.parametrize(
    "tail",
    [
        ("乙山县教育局", "2022年1月20日"),
        ("云岭县财政局2022年1月20日",),
        ("云岭县财政局", "2022-01-20"),
        ("云岭县财政局", "2022.1.20"),
        ("云岭县财政局", "2022年1月"),
        ("云岭县财政局（盖章）", "二O二二年一月二十日"),
        ("2022年1月20日", "云岭县财政局"),
        ("云岭县人民政府", "2022年1月20日"),
    ],
)
def test_another_signs(tail: tuple[str, ...]) -> None:
    outcome = page(TITLE, tail=tail)
    assert (names(outcome), told(outcome)) == ((BUREAU, 2021), {"agency_disagrees"})


@pytest.mark.parametrize(
    ("agency", "signed"),
    [
        ("云岭县", "云岭县人民政府"),
        ("云岭县", "云岭县人民政府办公室"),
        ("松溪镇", "云岭县松溪镇人民政府"),
        ("云岭县松溪镇人民政府", "松溪镇"),
        ("云岭县城关街道", "城关街道办事处"),
        ("海风市卫健委", "海风市卫生健康委员会"),
        ("海风高新区管委会", "海风高新区管理委员会"),
        (BUREAU, "云岭县教育局办公室"),
    ],
)
def test_the_same_by_another_name(agency: str, signed: str) -> None:
    assert told(page(f"{agency}{PLAIN}", tail=(signed, "2022年1月20日"))) == set()


@pytest.mark.parametrize(
    ("agency", "signed"),
    [
        ("海风市教育局", "海风市海东区教育局"),
        ("云岭县公安局", "云岭县公安局交通警察大队"),
        ("云岭县松溪镇", "云岭县柳河镇人民政府"),
        ("云岭县人民政府办公室", "云岭县人民政府"),
    ],
)
def test_not_the_same(agency: str, signed: str) -> None:
    outcome = page(f"{agency}{PLAIN}", tail=(signed, "2022年1月20日"))
    assert told(outcome) == {"agency_disagrees"}


@pytest.mark.parametrize(
    ("day", "disagrees"),
    [
        ("2021年1月20日", True),  # the year of publishing in the title
        ("2021年12月28日", False),
        ("2022年1月20日", False),
        ("2024年1月20日", True),  # last year's title, or an older one
    ],
)
def test_the_year_against_the_day_of_signing(day: str, disagrees: bool) -> None:
    outcome = page(TITLE, tail=(BUREAU, day))
    assert names(outcome) == (BUREAU, 2021)
    assert told(outcome) == ({"year_disagrees"} if disagrees else set())


@pytest.mark.parametrize(
    ("said", "disagrees"),
    [
        ("2020年，我局认真贯彻条例。2020年共收到政府信息公开申请3件。", True),
        ("二〇二〇年收到申请3件。二〇二〇年公开信息4条。", True),
        ("2021年，我局认真贯彻条例。2020年收到3件，2020年公开4条。", False),
        ("与2020年相比，公开更多。2020年3月1日，开会。2020年4月1日，又开会。", False),
    ],
)
def test_prose_of_another_year(said: str, disagrees: bool) -> None:
    assert ("year_disagrees" in told(page(TITLE, said=said))) is disagrees


def test_sentences_and_metadata_that_name_another() -> None:
    of_another_year = f"现公布{BUREAU}2020年政府信息公开工作年度报告。"
    assert told(page(TITLE, of_another_year)) == {"year_disagrees"}
    of_another = "现公布乙山县财政局2021年政府信息公开工作年度报告。"
    assert told(page(TITLE, of_another)) == {"agency_disagrees"}
    assert told(page(TITLE, ArticleTitle=f"乙山县财政局{PLAIN}")) == {"agency_disagrees"}
    assert told(page(TITLE, ContentSource="云岭县财政局")) == {"agency_disagrees"}
    assert told(page(TITLE, ContentSource="云岭县人民政府办公室")) == set()
    assert told(page(TITLE, ContentSource="云岭县融媒体中心")) == set()
    assert told(page(TITLE, PubDate="2021-01-20")) == {"year_disagrees"}
    assert told(page(TITLE, PubDate="2023-06-20")) == set()


@pytest.mark.parametrize(
    "line",
    [
        "来源：云岭县教育局",
        "发布单位：云岭县教育局",
        "发布时间：2022-01-20 来源：云岭县教育局 浏览次数：12",
        "来源: 云岭县教育局 | 发布日期: 2022-01-20",
        "【来源：云岭县教育局】",
        "来源 云岭县教育局",
        "文章来源：云岭县教育局 作者：张三",
    ],
)
def test_a_line_that_names_the_publisher(line: str) -> None:
    outcome = page(PLAIN, line)
    assert (names(outcome), told(outcome)) == ((BUREAU, 2021), {"agency_from_publisher"})


@pytest.mark.parametrize(
    "table",
    [
        "<tr><td>索引号</td><td>1/2</td></tr><tr><td>发布机构</td><td>云岭县教育局</td></tr>",
        "<tr><td>索引号：</td><td>1/2</td><td>发 布 机 构：</td><td>云岭县教育局</td></tr>",
        "<tr><td>发布机构：云岭县教育局</td><td>发布日期：2022-01-20</td></tr>",
    ],
)
def test_a_table_that_names_the_publisher(table: str) -> None:
    outcome = page(PLAIN, above=f"<table>{table}</table>")
    assert (names(outcome), told(outcome)) == ((BUREAU, 2021), {"agency_from_publisher"})


def test_the_title_in_a_table_above() -> None:
    table = (
        f"<table><tr><td>名称</td><td>{TITLE}</td></tr><tr><td>主题</td><td>无</td></tr></table>"
    )
    outcome = page("政府信息公开工作年度报告", above=table)
    assert (names(outcome), told(outcome)) == ((BUREAU, 2021), set())


@pytest.mark.parametrize("source", ["本站", "新华社", "云岭县人民政府网", "云岭县人民政府办公室"])
def test_publishers_that_are_not_taken(source: str) -> None:
    outcome = page(PLAIN, ContentSource=source)
    assert (names(outcome), told(outcome)) == ((None, 2021), {"agency_unknown"})


@pytest.mark.parametrize(
    "title",
    [
        f"{TITLE}_云岭县人民政府",
        f"{TITLE} - 政府信息公开年报 - 云岭县人民政府门户网站",
        f"云岭县人民政府 - {TITLE}",
        f"云岭县人民政府门户网站 {TITLE}",
        f"云岭县政府信息公开 - {TITLE}",
        f"法定主动公开内容_云岭县人民政府门户网站 {TITLE}",
    ],
)
def test_the_title_of_the_page(title: str) -> None:
    assert names(page("工作年度报告", title=title)) == (BUREAU, 2021)
    assert told(page(TITLE, title=title)) == set()


@pytest.mark.parametrize("site", ["云岭县人民政府-", "云岭县人民政府门户网站 ", "政府信息公开 "])
def test_the_name_of_a_website_is_no_agency(site: str) -> None:
    outcome = page(PLAIN, title=f"{site}{PLAIN}")
    assert (names(outcome), told(outcome)) == ((None, 2021), {"agency_unknown"})


@pytest.mark.parametrize(
    "title",
    [
        f"文字解读：{TITLE}",
        f"{TITLE}解读",
        f"《{TITLE}》政策解读",
        f"【图解】{TITLE}",
        f"一图看懂｜{TITLE}",
        f"数说{PLAIN}",
        "云岭县教育局政府信息公开年度报告制度",
        "云岭县政府信息公开工作年度报告编制办法",
        "关于做好2021年政府信息公开工作年度报告编制工作的通知",
        "云岭县人民政府办公室关于报送2021年政府信息公开工作年度报告的通知",
        "关于编制2021年政府信息公开工作年度报告的通知",
        "云岭县2021年政府信息公开工作年度报告汇总",
        "云岭县2021年上半年政府信息公开工作报告",
        "云岭县各部门2021年政府信息公开年度报告一览表",
        "《2021年政府信息公开工作年度报告》的起草说明",
        "云岭县2021年政府信息公开工作年度报告情况统计",
    ],
)
def test_what_is_no_report_is_refused_with_its_title(title: str) -> None:
    outcome = page(title)
    assert outcome.kind is OutcomeKind.NOT_A_REPORT
    assert "its title says what it is" in (outcome.reason or "")


def test_titles_far_below_are_of_others() -> None:
    links = ("相关链接", f"云岭县财政局{PLAIN}", "云岭县民政局2020年政府信息公开工作年度报告")
    assert (names(page(TITLE, tail=links)), told(page(TITLE, tail=links))) == (
        (BUREAU, 2021),
        set(),
    )
    outcome = page(PLAIN, tail=links)
    assert (names(outcome), told(outcome)) == ((None, 2021), {"agency_unknown"})
    outcome = page("县情", *(f"第{n}条新闻。" for n in range(40)), tail=links)
    assert told(outcome) == {"agency_unknown", "year_unknown"}


def test_a_notice_that_a_sentence_quotes_tells_nothing() -> None:
    quoted = (
        "根据《云岭县人民政府办公室关于切实做好2020年政府信息公开年报工作的函》要求，编制本报告。"
    )
    assert told(page(TITLE, quoted)) == set()
    outcome = page(PLAIN, quoted)
    assert (names(outcome), told(outcome)) == ((None, 2021), {"agency_unknown"})


def test_a_year_within_a_name() -> None:
    outcome = page("云岭县二〇二五项目办公室2021年政府信息公开年报")
    assert (names(outcome), told(outcome)) == ((None, None), {"agency_unknown", "year_unknown"})


def test_a_menu_that_looks_like_a_section() -> None:
    assert names(page("基本情况", TITLE)) == (BUREAU, 2021)


def test_the_first_half_of_a_name_on_the_line_above() -> None:
    outcome = page("云岭县住房和城乡", f"建设局{PLAIN}")
    assert (names(outcome), told(outcome)) == ((None, 2021), {"agency_unknown"})
    assert names(page("中华人民共和国民政部", f"民政部{PLAIN}")) == ("民政部", 2021)


def test_a_listing_is_no_report() -> None:
    titles = "".join(f"<p>云岭县{n}局{PLAIN}</p>" for n in ("教育", "财政", "民政"))
    outcome = process_document("x.html", f"<html><body>{titles}".encode())
    assert (outcome.kind, "listing" in (outcome.reason or "")) == (OutcomeKind.NOT_A_REPORT, True)


@pytest.mark.parametrize(
    "date", ["2022-01-20", "2022-01-20 16:30", "2022年1月20日", "2022 年 1 月 20 日"]
)
def test_the_date_of_publishing_with_and_without_a_time(date: str) -> None:
    published = dt.date(2022, 1, 20)
    assert page(TITLE, PubDate=date).names.published_on == published
    assert page(TITLE, f"发布时间：{date} 来源：{BUREAU}").names.published_on == published
