"""Each trouble told from what it looks like, and from ordinary pages that only look alike."""

from collections.abc import Mapping

import pytest

from pipelines.crawl.families import gkmlpt, hanweb_jpage
from pipelines.crawl.model import Page
from pipelines.crawl.trouble import (
    Trouble,
    Troubled,
    TroubleKind,
    incomplete,
    too_many_pages,
    trouble_of,
)
from pipelines.crawl.words import load_words
from pipelines.forms import load_forms
from tests.unit.crawl.nights import source

WORDS = load_words()
ADDRESS = "http://www.linyi.example/zwgk/nb/index.html"
LINKS = "".join(f'<li><a href="/a/{i}.html">临漪市第{i}号公告</a></li>' for i in range(30))
REPORT = "<p>本机关按时答复政府信息公开申请，主动公开规范性文件。</p>" * 40


def _trouble(
    body: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Trouble | None:
    content = body.encode() if isinstance(body, str) else body
    return trouble_of(Page(ADDRESS, content, status, headers or {}), WORDS)


def _page(body: str, title: str = "", head: str = "") -> str:
    title = f"<title>{title}</title>"
    return f"<html><head>{title}{head}</head><body>{body}</body></html>"


JSL = "<script>document.cookie='__jsl_clearance_s=1|0|x';location.href=location.pathname</script>"
TROUBLES = [
    ("jsl, 521", "challenge", JSL, 521),
    ("jsl, 200", "challenge", JSL, 200),
    ("ruishu, 412", "challenge", _page("<script>$_ts=window['$_ts'];</script>"), 412),
    ("ruishu, 202", "challenge", _page("", head="<script>$_ts=window['$_ts'];</script>"), 202),
    (
        "acw",
        "challenge",
        "<html><script>setCookie('acw_sc__v2',x)</script></html>",
        200,
    ),
    (
        "unnamed",
        "challenge",
        _page("<script>document.cookie = 'k=' + f(3); window.location.reload();</script>"),
        200,
    ),
    (
        "captcha",
        "captcha",
        _page("<p>请输入验证码</p><input name='captcha'>"),
        200,
    ),
    (
        "captcha, 403",
        "captcha",
        _page("<div id='yzm'></div>请按住滑块，拖动到最右边", title="安全验证"),
        403,
    ),
    ("too often", "captcha", _page("<h3>访问过于频繁，请稍后再试</h3>"), 200),
    (
        "login",
        "login_page",
        _page("<form>用户名<input ><input type=Password></form>"),
        200,
    ),
    ("404 as 200", "error_page", _page("<h1>404</h1><a href='/'>返回首页</a>"), 200),
    (
        "gone as 200",
        "error_page",
        _page("<a href='/'>首页</a> 对不起", title="您访问的页面不存在或已删除！"),
        200,
    ),
    (
        "with the site's name",
        "error_page",
        _page("<p>.</p>", title="页面不存在 - 临漪市人民政府"),
        200,
    ),
    ("tomcat", "error_page", _page("", title="HTTP Status 404 – Not Found"), 200),
    ("nginx as 200", "error_page", _page("<center><h1>502 Bad Gateway</h1></center>"), 200),
    ("one line", "error_page", "<html><body>系统繁忙，请稍后再试</body></html>", 200),
    ("404", "http_error", _page("<h1>404</h1>"), 404),
    ("500", "http_error", "", 500),
    ("503", "http_error", _page("busy"), 503),
    ("412 without a script", "http_error", "precondition failed", 412),
    ("nothing", "stub_page", "", 200),
    ("white space", "stub_page", " \r\n", 200),
    ("an empty frame", "stub_page", _page("<div class='TRS_Editor'></div>"), 200),
    ("cut in a tag", "truncated", _page(REPORT)[:-30] + "<td colspan='", 200),
    (
        "cut in a script",
        "truncated",
        _page(REPORT).partition("</body")[0] + "<script>var a = 1",
        200,
    ),
    ("a PDF without its end", "truncated", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", 200),
    ("nested too deep", "unreadable_answer", _page("<div>" * 3000 + REPORT), 200),
    ("a DOCX without its end", "truncated", b"PK\x03\x04" + bytes(60), 200),
]


@pytest.mark.parametrize(
    ("kind", "body", "status"), [t[1:] for t in TROUBLES], ids=[t[0] for t in TROUBLES]
)
def test_trouble_is_told(kind: str, body: str | bytes, status: int) -> None:
    trouble = _trouble(body, status)
    assert trouble is not None
    assert str(trouble.kind) == kind
    assert trouble.status == status
    assert trouble.detail


ORDINARY = [
    ("a picture in the page", _page(f"<img src='data:image/png;base64,{'A' * 200_000}'>{REPORT}")),
    ("tags in a script", _page(f"<script>{'x = 1<b >2;<div>' * 3000}</script>{REPORT}")),
    ("a list", _page(f"<ul>{LINKS}</ul>")),
    (
        "a list with a login and a captcha in its head",
        _page(
            f"<form>密码<input type='password'>验证码<input name='captcha'></form>{LINKS}{REPORT}"
        ),
    ),
    ("a short list with a login", _page(f"密码<input type='password'>{LINKS}")),
    ("a letter box", _page(f"请输入验证码<input name='captcha'><img src='/captcha.jpg'>{REPORT}")),
    ("a heading of an error", _page(f"<h3>访问出错</h3><div class='tips'>404</div>{REPORT}")),
    ("a short list that loads itself again", _page(f"{JSL}{LINKS}")),
    (
        "a report that speaks of captchas",
        _page(f"<h1>年度报告</h1><p>申请人须请输入验证码，完成安全验证。</p>{REPORT}"),
    ),
    ("a report that speaks of pages that are gone", _page(f"<p>网站页面不存在的问题</p>{REPORT}")),
    (
        "a short notice with a number",
        _page("<h1>2022年政府信息公开年报</h1><p>见附件404号</p><a href='a.pdf'>附件</a>"),
    ),
    (
        "a page that sets a cookie",
        _page(
            f"<script>document.cookie='seen=1'; if(old) location.href='/'</script>{LINKS}{REPORT}"
        ),
    ),
    ("a page of one picture", _page("<img src='nb.jpg'>")),
    ("a page of one viewer", _page("<iframe src='nb.pdf'></iframe>")),
    ("a page that sends on", _page("", head="<meta http-equiv='refresh' content='0;url=/nb/'>")),
    ("a shell", _page("<div id='app'></div>", head="<script src='/app.js'></script>")),
    ("a page that says there is nothing", _page("<div>暂无数据</div>")),
    ("a page without its last tags", _page(f"{LINKS}{REPORT}").partition("</body")[0]),
    ("a sign for less", _page(REPORT).partition("</body")[0] + "申请 < 5 件"),
    ("JSON", '{"articles": [{"title": "<p>404</p>", "url": "/a.html"}]}'),
    ("JSON of nothing", "[]"),
    ("a store of records", "<datastore><recordset><record>x</record></recordset></datastore>"),
    ("a PDF", b"%PDF-1.4\n...\nstartxref\n9\n%%EOF\n"),
    ("a DOCX", b"PK\x03\x04" + bytes(60) + b"PK\x05\x06" + bytes(18)),
    ("a DOC", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    ("GB18030", _page(f"{LINKS}{REPORT}").encode("gb18030")),
]


@pytest.mark.parametrize("body", [o[1] for o in ORDINARY], ids=[o[0] for o in ORDINARY])
def test_ordinary_pages_are_in_none(body: str | bytes) -> None:
    assert _trouble(body) is None


def test_missing_bytes_are_told_by_the_length() -> None:
    body = _page(f"{LINKS}{REPORT}")
    length = len(body.encode())
    cut = _trouble(body, headers={"content-length": str(length + 7)})
    assert cut == Trouble(TroubleKind.TRUNCATED, ADDRESS, f"7 bytes of {length + 7} are missing")
    assert _trouble(body, headers={"content-length": str(length)}) is None
    assert _trouble(body, headers={"content-length": "soon"}) is None
    # What was packed is longer than what its header tells.
    packed = {"content-length": str(length + 7), "content-encoding": "gzip"}
    assert _trouble(body, headers=packed) is None


def test_a_loop_is_told_by_the_way() -> None:
    page = Page(ADDRESS, _page(LINKS).encode())
    looped = trouble_of(page, WORDS, [ADDRESS, "http://www.linyi.example/b"])
    assert looped is not None
    assert looped.kind is TroubleKind.REDIRECT_LOOP
    assert trouble_of(page, WORDS, ["http://www.linyi.example/a", "http://b.example/"]) is None


def test_a_challenge_is_told_before_its_status() -> None:
    blocked = _trouble(_page("<div id='yzm'></div>安全验证"), 403)
    assert blocked is not None
    assert blocked.kind is TroubleKind.CAPTCHA


@pytest.mark.parametrize(
    ("body", "status", "may_pass"),
    [("", 503, True), ("", 429, True), ("", 404, False), ("", 200, True), (JSL, 521, False)],
)
def test_what_another_try_may_mend(body: str, status: int, may_pass: bool) -> None:
    trouble = _trouble(body, status)
    assert trouble is not None
    assert trouble.may_pass is may_pass


def test_a_listing_that_shows_less_than_it_tells() -> None:
    told = incomplete(ADDRESS, 20, 19)
    assert told is not None
    assert told.kind is TroubleKind.INCOMPLETE_LISTING
    assert incomplete(ADDRESS, 20, 20) is None
    assert incomplete(ADDRESS, None, 0) is None
    many = too_many_pages(ADDRESS, 201, 200)
    assert many is not None
    assert many.kind is TroubleKind.TOO_MANY_PAGES
    assert too_many_pages(ADDRESS, 200, 200) is None


@pytest.mark.parametrize("record", ["<div>" * 3000, "<b>" * 3000])
def test_a_store_with_a_record_that_is_nested_too_deep_is_troubled(record: str) -> None:
    store = f"<datastore><recordset><record><![CDATA[{record}]]></record></recordset></datastore>"
    page = Page("http://www.linyi.example/module/web/jpage/dataproxy.jsp", store.encode())
    with pytest.raises(Troubled) as troubled:
        hanweb_jpage.listing(page, source(), WORDS)
    assert troubled.value.trouble.kind is TroubleKind.UNREADABLE_ANSWER


def test_an_article_that_is_nested_too_deep_is_troubled() -> None:
    script = f'<script>window._CONFIG = {{DETAIL: {{"content": "{"<div>" * 3000}"}}}}</script>'
    page = Page("http://www.linyi.example/gkmlpt/content/1/1/post_1.html", _page(script).encode())
    with pytest.raises(Troubled) as troubled:
        gkmlpt.document(page, source(), load_forms().lexicon)
    assert troubled.value.trouble.kind is TroubleKind.UNREADABLE_ANSWER
