"""What is read out of any page: encodings, addresses, dates, scripts, where it sends its reader."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.crawl.addresses import same_page
from pipelines.crawl.model import Page
from pipelines.crawl.pages import html_of, links, next_page, of_text, sent_on_to
from pipelines.crawl.parts import parts_of
from pipelines.crawl.script_values import arguments_of, json_after, json_of, number_of, text_of
from pipelines.crawl.words import load_words
from pipelines.text import decode
from pipelines.web.addresses import absolute, file_ending

WORDS = load_words()
BASE = "http://www.linyi.example/zwgk/nb/index.html"
TEXT = "<title>政府信息公开年报</title>临漪市朙㙍"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5", "nonsense"])
def test_text_is_read_whatever_is_declared(encoding: str, declared: str) -> None:
    text = f"<meta charset={declared}>{TEXT}"
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_text_that_is_cut_off_or_broken_keeps_its_encoding(encoding: str) -> None:
    content = (TEXT * 20).encode(encoding)
    assert decode(content[:-1])[1] == encoding
    assert decode(content[:300] + b"\xff" + content[300:])[1] == encoding


@given(st.binary(max_size=200))
def test_all_bytes_are_some_text(content: bytes) -> None:
    assert isinstance(decode(content)[0], str)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("a.html", "http://www.linyi.example/zwgk/nb/a.html"),
        ("./a.html#top", "http://www.linyi.example/zwgk/nb/a.html"),
        ("../a.html", "http://www.linyi.example/zwgk/a.html"),
        ("/a b.pdf", "http://www.linyi.example/a%20b.pdf"),
        ("\n /a\n.html ", "http://www.linyi.example/a.html"),
        ("\\files\\a.pdf", "http://www.linyi.example/files/a.pdf"),
        ("//Other.Example/a", "http://other.example/a"),
        ("https://www.linyi.example", "https://www.linyi.example/"),
        ("/年报.pdf?名=年", "http://www.linyi.example/%E5%B9%B4%E6%8A%A5.pdf?%C3%FB=%C4%EA"),
        ("/a%20b.pdf", "http://www.linyi.example/a%20b.pdf"),
        ("http://政务.example/", "http://xn--zfr164b.example/"),
        ("#top", None),
        ("", None),
        ("javascript:void(0)", None),
        ("mailto:a@b.example", None),
        ("ftp://b.example/a", None),
        ("data:text/html,a", None),
        ("http://[::1", None),
        ("http://a<b.example/", None),
        ("http:///a", "http://www.linyi.example/a"),
        ("/" + "a" * 3000, None),
    ],
)
def test_an_address_is_what_a_browser_makes_of_it(written: str, address: str | None) -> None:
    assert absolute(written, BASE, "gb18030") == address


@given(st.text(max_size=60))
def test_no_text_breaks_an_address(text: str) -> None:
    for written in (text, f"http://{text}", f"//{text}/", f"/{text}"):
        address = absolute(written, BASE, "gb18030")
        assert address is None or (address.isascii() and address.startswith("http"))


def test_editions_of_a_page_have_one_name() -> None:
    twins = WORDS.twins
    name = same_page("http://www.linyi.example/nb/a.html?id=1", twins)
    assert name == same_page("https://wap.linyi.example/en/nb/a_wap.HTML?id=1", twins)
    assert name != same_page("http://www.linyi.example/nb/a.html?id=2", twins)
    assert name != same_page("http://www.linyi.example/nb/a_1.html?id=1", twins)
    assert name != same_page("http://www.yunbu.example/nb/a.html?id=1", twins)
    # A mark that is all of a name is no mark.
    assert same_page("http://m.example/a", twins) == "m.example/a"


@pytest.mark.parametrize(
    ("address", "ending"),
    [
        ("http://a.example/b.PDF?c=d.doc", "pdf"),
        ("http://a.example/", ""),
        ("http://a.example/b", ""),
    ],
)
def test_how_a_file_ends(address: str, ending: str) -> None:
    assert file_ending(address) == ending


def test_a_date_beside_belongs_to_one_link() -> None:
    html = of_text(
        "<div><a href=a>甲</a><a href=b>乙</a> 2023-01-01</div>"
        "<dl><dt><a href=c>丙2020-05-05</a></dt><dd>2023-01-02</dd></dl>",
        BASE,
    )
    assert [(e.title, e.listed_on) for e in links(html)] == [
        ("甲", None),
        ("乙", None),
        ("丙2020-05-05", dt.date(2023, 1, 2)),
    ]


@pytest.mark.parametrize(
    ("link", "title"),
    [
        ("<a href=a title='2022年年报'>2022年...</a>", "2022年年报"),
        ("<a href=a title='2022年年报'>2022年…</a>", "2022年年报"),
        ("<a href=a title='2022年年报'>2022年</a>", "2022年年报"),
        ("<a href=a title='点击查看'>2022年年报</a>", "2022年年报"),
        ("<a href=a title='2022年年报'></a>", "2022年年报"),
        ("<a href=a><b>2022</b>年\n年报</a>", "2022 年 年报"),
    ],
)
def test_the_fuller_title_of_a_link_counts(link: str, title: str) -> None:
    assert [e.title for e in links(of_text(link, BASE))] == [title]


@pytest.mark.parametrize(
    "word", ["下一页", "下页", "下一页>", ">", "&gt;&gt;", "Next", " 下 一 页 "]
)
def test_the_next_page(word: str) -> None:
    html = of_text(f"<a href='p1.html'>上一页</a><a href='p3.html'>{word}</a>", BASE)
    assert next_page(html, WORDS) == "http://www.linyi.example/zwgk/nb/p3.html"


@pytest.mark.parametrize(
    "link",
    [
        "<a href='#'>下一页</a>",
        "<a href='index.html'>下一页</a>",
        "<a>下一页</a>",
        "<a href='b.html'>下一页的通知</a>",
    ],
)
def test_no_next_page(link: str) -> None:
    assert next_page(of_text(link, BASE), WORDS) is None


HEAD = "<html><head>{}</head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("head", "body", "target"),
    [
        ("<meta http-equiv=Refresh content='0; url=/a'>", "", "/a"),
        ("<meta http-equiv=refresh content='3;URL=\"/a\"'>", "", "/a"),
        ("<meta http-equiv=refresh content='5,/a'>", "", "/a"),
        ("<script>window.location='/a'</script>", "", "/a"),
        ("", '<script>top.location.replace("/a");</script>', "/a"),
        ("<meta http-equiv=refresh content='300'>", "", None),
        ("<meta http-equiv=refresh content='300;url=/a'>", "", None),
        ("<meta http-equiv=refresh content='0;url=index.html'>", "", None),
        ("<meta http-equiv=refresh content='0;url=javascript:go()'>", "", None),
        ("<script>if (phone) location.href = '/wap/'</script>", "临漪市人民政府" * 20, None),
    ],
)
def test_where_a_page_sends_its_reader(head: str, body: str, target: str | None) -> None:
    page = Page(BASE, HEAD.format(head, body).encode())
    wanted = f"http://www.linyi.example{target}" if target else None
    assert sent_on_to(html_of(page)) == wanted


@pytest.mark.parametrize(
    ("body", "kind", "path"),
    [
        ("<a href='/a.PDF'>附件</a>", "attachment", "/a.PDF"),
        ("<a href='/d?id=1'>年报.docx</a>", "attachment", "/d?id=1"),
        ("<a href='/d?id=1'>年报.docx（点击下载）</a>", "attachment", "/d?id=1"),
        ("<a href='/a.doc;jsessionid=1'>附件</a>", "attachment", "/a.doc;jsessionid=1"),
        ("<a href='/d?name=a.xls&x=1'>附件</a>", "attachment", "/d?name=a.xls&x=1"),
        ("<map><area href='/a.pdf'></map>", "attachment", "/a.pdf"),
        ("<iframe src='/d?name=a.pdf'></iframe>", "viewer", "/d?name=a.pdf"),
        ("<iframe src='/op/view.aspx?src=/a.docx'></iframe>", "viewer", "/a.docx"),
        ("<article><img src='/a.jpg'></article>", "picture", "/a.jpg"),
        ("<a href='/download/17'>附件</a>", "attachment", "/download/17"),
        ("<a href='/pdf/viewer.html?file=/a.pdf'>看</a>", "attachment", "/a.pdf"),
        ("<iframe src='/pdf/viewer.html?file=/a.pdf&x=1'></iframe>", "viewer", "/a.pdf"),
        ("<object data='/a.ofd'></object>", "viewer", "/a.ofd"),
        ("<script>show('\\/a.pdf')</script>", "viewer", "/a.pdf"),
        ("<iframe src='/b.html'></iframe>", "frame", "/b.html"),
        ("<div id=zoom><img src='/a.jpg'></div>", "picture", "/a.jpg"),
    ],
)
def test_parts(body: str, kind: str, path: str) -> None:
    (part,) = parts_of(of_text(body, BASE))
    assert (str(part.kind), part.address) == (kind, f"http://www.linyi.example{path}")


@pytest.mark.parametrize(
    "body",
    [
        "<a href='/b.html'>下一篇</a>",
        "<footer><a href='/a.pdf'>说明</a></footer>",
        "<iframe src='http://count.example/b.html'></iframe>",
        "<iframe src='/b.html' width=0 height=0></iframe>",
        "<img src='/banner.jpg'>",
        "<div id=zoom><img src='/icon/pdf.gif'><img src='/a.jpg' width=16></div>",
        "<div id=zoom><img src='data:image/png;base64,AA'></div>",
        "<a href='mailto:a.pdf'>年报</a>",
        "<a href='http://share.example/s?url=http://www.linyi.example/a.pdf'>分享</a>",
        f"<a href='/b.html?{'&'.join(f'p{n}=a.pdf' for n in range(60))}'>更多</a>",
        f"<a href='/viewer.html?{'&'.join(f'file={n}' for n in range(60))}'>更多</a>",
    ],
)
def test_no_parts(body: str) -> None:
    assert parts_of(of_text(body, BASE)) == ()


def test_a_file_that_is_linked_and_shown_is_one_part() -> None:
    html = of_text("<a href='a.pdf'>附件</a><iframe src='a.pdf'></iframe>", BASE)
    assert [str(part.kind) for part in parts_of(html)] == ["viewer"]


def test_values_of_scripts() -> None:
    script = (
        "f(1,'a b', \"c\", x_1); var n = 12; o = {m: '7', 'SID': 'x', k: [1, {\"a\": 2}]}; f(y())"
    )
    assert arguments_of(script, "f") == ("1", "a b", "c", "x_1")
    assert arguments_of(script, "g") is None
    assert number_of(script, "n") == 12
    assert number_of(script, "m") == 7
    assert number_of(script, "SID") is None
    assert text_of(script, "absent", "sid") == "x"
    assert json_after(script, "k") == [1, {"a": 2}]
    assert json_after(script, "o") is None
    assert json_of('callback({"a": [1]});') == {"a": [1]}
    assert json_of("\ufeff[]") == []
    assert json_of("{a:1}") is None
    assert json_of("[" * 100_000) is None
