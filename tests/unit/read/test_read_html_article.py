"""Where the article is, what the page points to, and the pictures in it."""

import base64

import pytest

from pipelines.domain import Grid, Paragraph, Reading
from pipelines.read import document_of, read
from pipelines.read.html.page import pictures_of

TABLE = "<table><tr><th>内容<th>数量<tr><td>规章<td>1<tr><td>行政规范性文件<td>2</table>"
STATUTORY = """<table><tr><td>信息内容<td>制发件数<td>废止件数<td>现行有效件数
    <tr><td>规章<td>1<td>0<td>3<tr><td>行政规范性文件<td>2<td>0<td>9
    <tr><td>信息内容<td colspan=3>处理决定数量<tr><td>行政许可<td colspan=3>7</table>"""
CHROME = """<div class=top><a href=/>首页</a><a href=/a>政务公开</a></div>
    <div class=loc>当前位置：<a href=/>首页</a> &gt; <a href=/x>政府信息公开年报</a></div>"""
RELATED = """<ul><li><a href=1.html>某局2019年政府信息公开工作年度报告</a> 2020-01-20
    <li><a href=2.html>某局2018年政府信息公开工作年度报告</a> 2019-01-20</ul>
    <div class=foot>主办：某办公室</div>"""
BODY = "<p>一、总体情况</p><p>本报告由某局编制，列出数据自年初起。本年度的工作如下。</p>"


def reading_of(html: str) -> Reading:
    return read(document_of("page.html", html.encode()))


def texts(html: str) -> list[str]:
    return [b.text for b in reading_of(html).blocks if isinstance(b, Paragraph)]


def grids(html: str) -> int:
    return sum(isinstance(b, Grid) for b in reading_of(html).blocks)


@pytest.mark.parametrize(
    "container",
    ["id=UCAP-CONTENT", "class='a trs_editor_view b'", "class=TRS_Editor", "id=zoom",
     "class=article", "itemprop=articleBody"],
)  # fmt: skip
def test_the_article_is_found_with_its_title(container: str) -> None:
    html = f"""{CHROME}<div><h1>某局2020年报告</h1><div>来源：某局</div>
        <div {container}>{BODY}</div></div>{RELATED}"""
    assert texts(html) == [
        "某局2020年报告",
        "来源：某局",
        "一、总体情况",
        "本报告由某局编制，列出数据自年初起。本年度的工作如下。",
    ]


def test_the_head_of_the_page_is_no_head_of_the_article() -> None:
    tools = "<div><a href=#>微信</a><a href=#>打印</a></div>"
    article = f"<div><h1>某局2020年报告</h1>{tools}<div id=zoom>{BODY}</div></div>"
    for html in (
        f"<div class=site>甲市门户网站</div>{CHROME}{article.replace(tools, '')}",
        f"<div class=site>甲市门户网站</div>{article}",
        f"<div class=site>甲市门户网站</div><div>{CHROME}<h2>公开专栏</h2>{article}</div>",
    ):
        found = texts(html)
        assert found[0] in ("某局2020年报告", "公开专栏")
        assert "甲市门户网站" not in found
        assert "微信打印" not in found


def test_where_no_convention_holds_links_and_frames_of_the_page_are_left_out() -> None:
    html = f"{CHROME}<h1>某局2020年报告</h1><div class=x9>{BODY}</div>{RELATED}"
    assert texts(html) == [
        "某局2020年报告",
        "一、总体情况",
        "本报告由某局编制，列出数据自年初起。本年度的工作如下。",
    ]


def test_a_statutory_table_outside_the_article_is_not_lost() -> None:
    assert grids(f"<div id=zoom>{BODY}</div>{STATUTORY}") == 1
    assert grids(f"<div id=zoom>{BODY}{STATUTORY}</div><table><tr><td>1<td>2</table>") == 1


def test_a_second_copy_outside_the_article_is_left_out() -> None:
    html = f"<div id=zoom>{BODY}{STATUTORY}</div><div class=mobile>{BODY}{STATUTORY}</div>"
    assert grids(html) == 1


def test_parts_of_an_article_are_all_taken() -> None:
    part = f"<div class=TRS_Editor>{BODY}</div>"
    assert len(texts(part + part)) == 4
    assert len(texts(f"<div class=TRS_Editor>{part}</div>")) == 2


def test_an_empty_or_hidden_container_is_no_article() -> None:
    assert "一、总体情况" in texts(f"<div id=zoom> </div><div>{BODY}</div>")
    hidden = f"<div style='display:none'><div id=zoom>旧{BODY}</div></div><div>{BODY}</div>"
    assert texts(hidden)[0] == "一、总体情况"


def test_an_article_that_a_script_holds_is_read() -> None:
    html = """<script>window._CONFIG = {SID: '1', DETAIL: {"id": 7, "title": "x",
        "content": "<p>\\u4e00\\u3001<\\/p><table><tr><td>a<td>b<\\/table>"}, TREE: []}</script>"""
    first, second = reading_of(html).blocks
    assert isinstance(first, Paragraph)
    assert first.text == "一、"
    assert isinstance(second, Grid)
    path = "script[1]/DETAIL.content/table[1]/tbody[1]/tr[1]/td[1]"
    assert second.cells[0].place.path == path


def test_an_article_on_the_page_is_preferred_to_one_in_a_script() -> None:
    html = f'<div id=zoom>{BODY}{TABLE}</div><script>DETAIL: {{"content": "{TABLE}"}}</script>'
    assert grids(html) == 1


def test_metadata_of_the_systems_is_kept() -> None:
    html = """<meta name=ArticleTitle content=甲><meta name="PubDate" content="2021-01-20 10:00">
        <meta property=og:title content=乙><title> 丙 </title>"""
    assert reading_of(html).metadata == {
        "articletitle": "甲",
        "pubdate": "2021-01-20 10:00",
        "og:title": "乙",
        "title": "丙",
    }


# -- links ------------------------------------------------------------------------------------


def links(html: str) -> list[tuple[str, str, str, bool]]:
    return [(x.kind, x.address, x.text, x.inside) for x in reading_of(html).links]


def test_attachments_frames_and_pictures_are_named() -> None:
    html = f"""<meta http-equiv=Refresh content="0; URL='/new/index.html'">
        <a href=guide.pdf>指南</a>
        <div id=zoom>{BODY}<a href=" ./P0201.docx ">附件</a>
        <a href=/down?f=%E8%A1%A8.xls&amp;x=1>表</a><a href=/d?id=5>2020年报告.pdf</a>
        <a href=other.html>其他</a><a href="javascript:f('a.pdf')">x</a>
        <iframe src="/pdfjs/web/viewer.html?file=%2Ffiles%2Fa.pdf" title=报告></iframe>
        <embed src=b.pdf><object data=c.pdf></object>
        <img src=t1.jpg alt=表><img src=data:image/png;,>
        </div><img src=logo.png>"""
    assert links(html) == [
        ("viewer", "/files/a.pdf", "报告", True),
        ("viewer", "b.pdf", "", True),
        ("viewer", "c.pdf", "", True),
        ("attachment", "guide.pdf", "指南", False),
        ("attachment", "./P0201.docx", "附件", True),
        ("attachment", "/down?f=%E8%A1%A8.xls&x=1", "表", True),
        ("attachment", "/d?id=5", "2020年报告.pdf", True),
        ("refresh", "/new/index.html", "", False),
        ("picture", "t1.jpg", "表", True),
    ]


def test_addresses_are_resolved_only_where_the_page_names_its_base() -> None:
    assert links("<a href=../a.pdf>x</a>")[0][1] == "../a.pdf"
    based = "<base href='http://example.gov.cn/x/y/'><a href=../a.pdf>x</a>"
    assert links(based)[0][1] == "http://example.gov.cn/x/a.pdf"
    assert links("<base href='http://[bad'><a href=a.pdf>x</a>")[0][1] == "a.pdf"


def test_links_have_places_and_are_named_once() -> None:
    (link,) = reading_of("<p>a</p><p>b<a href=a.pdf>x</a><a href=a.pdf>y</a></p>").links
    assert link.place.path == "/html/body/p[2]/a[1]"


# -- pictures ---------------------------------------------------------------------------------


def test_pictures_in_the_article_are_given_with_their_places() -> None:
    data = base64.b64encode(b"\x89PNG...").decode()
    html = f"""<img src="data:image/png;base64,AAAA"><div id=zoom>{BODY}
        <p><img src="DATA:image/PNG;base64,{data[:5]} {data[5:]}"></p>
        <img src="data:image/gif,GIF8">
        <img src="data:image/png;base64,@@@"><img src="data:text/html,x"><img src=a.png></div>"""
    found = list(pictures_of(document_of("page.html", html.encode())))
    assert [(p.path, content, kind) for p, content, kind in found] == [
        ("/html/body/div[1]/p[3]/img[1]", b"\x89PNG...", "image/png"),
        ("/html/body/div[1]/img[1]", b"GIF8", "image/gif"),
    ]
