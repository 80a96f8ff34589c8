"""Web pages: the report in its article, the chrome of a government website around it."""

import datetime as dt
import random
from collections.abc import Iterator
from html import escape

from tests.simulate import html_wild
from tests.simulate.habits import Habits
from tests.simulate.html_habits import PageHabits
from tests.simulate.layout import LaidCell, LaidLine, LaidTable, lay_out, rng_of
from tests.simulate.report import SimulatedReport
from tests.simulate.words import Words, load_words

_STYLE = """
body{margin:0;font-family:SimSun,serif;color:#333;background:#f4f6f9}
a{color:#333;text-decoration:none}
.top{background:#0b57a4;color:#fff;padding:18px 0}
.wrap{width:1000px;margin:0 auto}
.top a{color:#cfe0f2;font-size:13px}.site{font-size:28px;letter-spacing:4px}
.menu{background:#083f78}.menu a{color:#fff;display:inline-block;padding:10px 22px}
.crumbs{padding:12px 0;font-size:14px;color:#666}
.article{background:#fff;padding:30px 60px 50px;border:1px solid #dde3ea}
.article h1{font-size:24px;text-align:center;color:#0b3a6d;line-height:1.6;font-weight:bold}
.infos{text-align:center;font-size:13px;color:#888;border-bottom:1px solid #e3e3e3;padding:0 0 12px}
.infos span{margin:0 12px}
.content{font-size:16px;line-height:2}
.content p{text-indent:2em;margin:8px 0}
.content table p{text-indent:0;margin:0}
.content td{padding:4px 6px;line-height:1.5;font-size:14px}
.index{width:100%;font-size:13px;margin:0 0 20px;background:#f7f9fc}.index th{text-align:right}
.tools{text-align:right;font-size:13px;padding:20px 0 0}
.foot{background:#e9edf2;text-align:center;font-size:13px;padding:20px 0;margin:20px 0 0}
""".strip()


def render_html(
    report: SimulatedReport, habits: Habits | None = None, page: PageHabits | None = None
) -> bytes:
    """The report as a web page in the encoding of `habits`; lost cells are left out of their
    rows, so that what follows them moves to the left, as it does on real pages. `page` tells how it
    is marked up, if not with care."""
    habits = habits or report.habits
    words = load_words()
    if page is not None:
        return _encoded(_wild_page(report, habits, page, words), habits, page)
    lines = [
        "<!DOCTYPE html>",
        '<html lang="zh-CN">',
        *_head(report, habits, words),
        "<body>",
        *_chrome_above(report, words),
        '<div class="wrap article">',
        *(_info_table(report, words) if habits.info_table else ()),
        *_article(report, habits, words),
        *_tools(words),
        "</div>",
        *_footer(report, words),
        "</body>",
        "</html>",
    ]
    return ("\n".join(lines) + "\n").encode(habits.encoding)


def _encoded(lines: Iterator[str], habits: Habits, page: PageHabits) -> bytes:
    content = "\n".join(lines).encode(habits.encoding)
    marked = page.byte_order_mark and habits.encoding == "utf-8"
    return (b"\xef\xbb\xbf" if marked else b"") + content


def _wild_page(
    report: SimulatedReport, habits: Habits, page: PageHabits, words: Words
) -> Iterator[str]:
    rng = rng_of(report, "page")
    yield '<html xmlns:o="urn:schemas-microsoft-com:office:office">'
    yield from _head(report, habits, words)
    yield html_wild.HIDING_SHEET
    yield html_wild.EXPORT_HEAD if page.exported else ""
    yield "<body>"
    yield from _chrome_above(report, words)
    yield "<table width=1000 align=center><tr><td>" if page.nesting == "in_layout" else ""
    for _ in range(2 if page.twin else 1):
        yield "<div class=wrap>"
        yield from _info_table(report, words) if habits.info_table else ()
        yield from _title_lines(report, words)
        yield f"<div {html_wild.CONTAINERS[page.container]}>"
        yield html_wild.EXPORT_ISLAND if page.exported else ""
        yield from _wild_body(report, habits, page, random.Random(rng.random()))
        yield "</div></div>"
    yield "</td></tr></table>" if page.nesting == "in_layout" else ""
    if page.around:
        yield from html_wild.around(rng, report.title, report.report_year)
    yield from _tools(words)
    yield from _footer(report, words)


def _wild_body(
    report: SimulatedReport, habits: Habits, page: PageHabits, rng: random.Random
) -> Iterator[str]:
    for part in lay_out(report, habits):
        if isinstance(part, LaidTable):
            lines = list(html_wild.table(part, page, rng))
            if page.commented:
                yield f"<!-- {' '.join(lines).replace('0', '6').replace('--', '')} -->"
            yield from lines
        elif part.kind != "title":
            yield _line(part, habits)


def _government(report: SimulatedReport) -> str:
    """The place whose website it is: the county for a township, else the agency's region."""
    agency = report.agency
    return agency.county or agency.city or agency.province or agency.agency_name


def _date(template: str, day: dt.date) -> str:
    return template.format(year=day.year, month=day.month, day=day.day)


def _head(report: SimulatedReport, habits: Habits, words: Words) -> Iterator[str]:
    charset = habits.declared_encoding or habits.encoding
    yield "<head>"
    yield f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    site = words.page.site.format(government=_government(report))
    yield f"<title>{escape(report.title)}_{escape(site)}</title>"
    if habits.page_metas:
        metas = {
            "SiteName": site,
            "ColumnName": words.page.path[-1],
            "ArticleTitle": report.title,
            "PubDate": f"{report.published_on} 09:30",
            "ContentSource": report.agency_name,
        }
        for name, content in metas.items():
            yield f'<meta name="{name}" content="{escape(content, quote=True)}">'
    yield f"<style>\n{_STYLE}\n</style>"
    yield "</head>"


def _chrome_above(report: SimulatedReport, words: Words) -> Iterator[str]:
    page = words.page
    site = page.site.format(government=_government(report))
    links = " | ".join(f'<a href="#">{escape(link)}</a>' for link in page.links)
    yield '<div class="top"><div class="wrap">'
    yield f'<div class="site">{escape(site)}</div><div class="links">{links}</div>'
    yield "</div></div>"
    menu = "".join(f'<a href="#">{escape(entry)}</a>' for entry in page.menu)
    yield f'<div class="menu"><div class="wrap">{menu}</div></div>'
    path = " &gt; ".join(f'<a href="#">{escape(step)}</a>' for step in (page.home, *page.path))
    yield f'<div class="wrap crumbs">{escape(page.here)} {path}</div>'


def _info_table(report: SimulatedReport, words: Words) -> Iterator[str]:
    info = words.page.info
    code = (report.agency.region_code or "")[:6]
    number = rng_of(report, "index").randrange(1, 2000)
    published = report.published_on
    value = info.index_value.format(code=code, year=published.year, number=number)
    yield '<table class="index"><tbody>'
    yield f"<tr><th>{info.index}</th><td>{value}</td>"
    yield f"<th>{info.category}</th><td>{info.category_value}</td></tr>"
    yield f"<tr><th>{info.publisher}</th><td>{escape(report.agency_name)}</td>"
    yield f"<th>{info.date}</th><td>{_date(info.date_format, published)}</td></tr>"
    yield "</tbody></table>"


def _article(report: SimulatedReport, habits: Habits, words: Words) -> Iterator[str]:
    yield from _title_lines(report, words)
    yield '<div class="content" id="zoom">'
    for part in lay_out(report, habits):
        if isinstance(part, LaidTable):
            yield from _table(part, habits)
        elif part.kind != "title":
            yield _line(part, habits)
    yield "</div>"


def _title_lines(report: SimulatedReport, words: Words) -> Iterator[str]:
    page = words.page
    published = _date(page.published_format, report.published_on)
    yield f"<h1>{'<br>'.join(map(escape, report.title_lines))}</h1>"
    yield '<div class="infos">'
    yield f"<span>{page.published}{published}</span>"
    yield f"<span>{page.source}{escape(report.agency_name)}</span>"
    views = rng_of(report, "views").randrange(20, 900)
    yield f"<span>{page.views}{views}</span><span>{page.font_size}</span>"
    yield "</div>"


def _line(part: LaidLine, habits: Habits) -> str:
    text = escape(part.text)
    if part.kind == "heading":
        text = f"<strong>{text}</strong>"
    align = ' align="center"' if part.kind == "page_number" else ""
    if habits.markup == "word":
        style = "font-family:FangSong_GB2312;font-size:16pt;mso-hansi-font-family:FangSong"
        return f'<p class="MsoNormal"{align}><span style="{style}">{text}</span></p>'
    return f"<p{align}>{text}</p>"


def _table(table: LaidTable, habits: Habits) -> Iterator[str]:
    name = ' class="MsoTableGrid"' if habits.markup == "word" else ""
    yield f'<table{name} border="1" cellspacing="0" cellpadding="0" align="center" width="100%"'
    yield ' style="border-collapse:collapse">'
    yield "<tbody>"
    for row in table.rows:
        yield "<tr>"
        for cell in row:
            if cell.text is not None:
                yield _cell(cell, habits)
        yield "</tr>"
    yield "</tbody>"
    yield "</table>"


def _cell(cell: LaidCell, habits: Habits) -> str:
    spans = "".join(
        f' {name}="{count}"'
        for name, count in (("rowspan", cell.row_span), ("colspan", cell.column_span))
        if count > 1
    )
    text = escape(cell.text or "").replace("\n", "<br>").replace(chr(0xA0), "&nbsp;")
    align = "left" if cell.role == "label" and not cell.vertical else "center"
    if habits.markup == "word":
        paragraph = f'<p class="MsoNormal" align="{align}" style="text-align:{align}">'
        run = f'<span style="font-size:10.5pt;font-family:SimSun">{text}<o:p></o:p></span>'
        border = 'valign="center" style="border:1pt solid windowtext"'
        return f"<td{spans} {border}>{paragraph}{run}</p></td>"
    return f'<td{spans} style="text-align:{align}">{text}</td>'


def _tools(words: Words) -> Iterator[str]:
    page = words.page
    yield f'<div class="tools">{page.share} &nbsp; [{page.print}] [{page.close}]</div>'
    yield f'<div class="related"><b>{page.attachments}</b></div>'


def _footer(report: SimulatedReport, words: Words) -> Iterator[str]:
    yield '<div class="foot">'
    code = (report.agency.region_code or "")[:6]
    for line in words.page.footer:
        yield f"<p>{escape(line.format(government=_government(report), code=code))}</p>"
    yield "</div>"
