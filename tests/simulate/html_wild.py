"""Cells, tables and surroundings as careless systems mark them up."""

import random
from collections.abc import Iterator
from dataclasses import replace
from html import escape

from tests.simulate.html_habits import PageHabits
from tests.simulate.layout import LaidCell, LaidTable
from tests.simulate.report import DISCLOSURE

HIDING = {
    "display": 'style="color:red; DISPLAY : none"',
    "visibility": 'style="visibility:hidden"',
    "mso": "style='mso-hide:all;display:none'",
    "attribute": "hidden",
    "sheet": 'class="x0 gone"',
}
HIDING_SHEET = "<style>@media print{.wrap{display:none}} .gone , .never{ display:none }</style>"
CONTAINERS = {
    "zoom": 'class="content" id="zoom"',
    "ucap": 'class="pages_content" id="UCAP-CONTENT"',
    "trs": 'class="view TRS_Editor trs_web"',
    "article": 'class="article"',
    "unknown": 'class="main-box-7"',
}
_NO_WIDTH = (chr(0x200B), chr(0xAD), chr(0xFEFF), chr(0x200C))
_MARKS = ("[1]", "*", chr(0x2460), "(2)")
EXPORT_HEAD = (
    "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom>"
    "</w:WordDocument></xml><![endif]-->"
)
EXPORT_ISLAND = (
    "<xml><w:WordDocument><w:Compatibility><w:UseFELayout/>12</w:Compatibility>"
    "</w:WordDocument></xml><v:shapetype id=_x0000_t75><v:path o:extrusionok=f>31</v:path>"
    '</v:shapetype><![if !vml]><img width=1 height=1 src="image001.gif"><![endif]>'
)


def figure_text(text: str, page: PageHabits, rng: random.Random) -> str:
    """The markup of a figure or label whose text is given, escaped."""
    if page.invisible and len(text) > 1 and rng.random() < 0.3:
        at = rng.randrange(1, len(text))
        text = text[:at] + rng.choice(_NO_WIDTH) + text[at:]
    marked = escape(text).replace("\n", "<br>").replace(chr(0xA0), "&nbsp;")
    if page.entities and text.isdecimal():
        marked = "".join(f"&#{ord(c)};" for c in text)
    if page.noted and text.strip() and rng.random() < 0.15:
        marked += f"<sup>{rng.choice(_MARKS)}</sup>"
    return marked


def cell(laid: LaidCell, page: PageHabits, rng: random.Random, tag: str) -> str:
    """A whole cell, with what is hidden in it or before it."""
    spans = f" rowspan={laid.row_span}" if laid.row_span > 1 else ""
    wide = laid.column_span
    if page.wide_titles and laid.role == "block":
        wide += 90
    spans += f" colspan='{wide}'" if wide > 1 else ""
    text = laid.text or ""
    marked = figure_text(text, page, rng)
    figure = laid.role == "figure"
    if figure and page.inputs and text.strip() and rng.random() < 0.4:
        marked = f'<input name="f" value="{escape(text, quote=True)}" readonly>'
    if figure and page.struck and text.strip() and rng.random() < 0.2:
        struck = rng.choice(("<del>{}</del>", "<s>{}</s>"))
        marked = struck.format(rng.randrange(90)) + marked
    if page.hiding != "none" and rng.random() < 0.1:
        marked += f"<span {HIDING[page.hiding]}>{rng.randrange(9)}</span>"
    if page.exported:
        marked = (
            '<p class=MsoNormal align=center style="text-align:center;mso-line-height:exactly">'
            "<span lang=EN-US style='font-size:10.5pt;mso-bidi-font-size:11.0pt'><span"
            f" style='mso-spacerun:yes'>{marked}</span><o:p></o:p></span></p>"
        )
    end = "" if page.unclosed else f"</{tag}>"
    whole = f"<{tag}{spans} valign=top>{marked}{end}\n"
    gone = page.hiding not in ("none", "visibility") and figure and rng.random() < 0.05
    return (f"<td {HIDING[page.hiding]}>{rng.randrange(9)}</td>" if gone else "") + whole


def table(laid: LaidTable, page: PageHabits, rng: random.Random) -> Iterator[str]:
    """The table, or its two parts."""
    for number, part in enumerate(_parts(laid, page)):
        if page.nesting == "framed":
            yield "<table border=0 width='100%'><tr><td>"
        if page.nesting == "centred":
            yield "<div align=center><font face=SimSun>"
        yield '<table border=1 cellspacing=0 cellpadding=0 style="mso-table-layout-alt:fixed">'
        if page.captions and number == 0:
            yield f"<caption>{laid.table}</caption>"
        yield from _rows(part, page, rng)
        yield "</table>"
        if page.nesting == "centred":
            yield "</font></div>"
        if page.nesting == "framed":
            yield "</td></tr></table>"


def _parts(laid: LaidTable, page: PageHabits) -> list[LaidTable]:
    starts = [i for i, row in enumerate(laid.rows) if row and row[0].role == "block"]
    if not page.split or laid.table != DISCLOSURE or len(starts) < 2:
        return [laid]
    at = starts[1]
    return [
        replace(laid, rows=laid.rows[:at], codes=laid.codes[:at]),
        replace(laid, rows=laid.rows[at:], codes=laid.codes[at:]),
    ]


def _rows(laid: LaidTable, page: PageHabits, rng: random.Random) -> Iterator[str]:
    headed = page.heads and laid.header_rows > 0
    if headed:
        yield "<thead>"
    for number, row in enumerate(laid.rows):
        header = headed and number < laid.header_rows
        tag = "th" if header else "td"
        cells = "".join(cell(c, page, rng, tag) for c in row if c.text is not None)
        # A span that begins in the head would end with it.
        if headed and number == laid.header_rows:
            yield "</thead><tbody>"
        padding = "<td></td>" * 2 if page.padded_rows and number >= laid.header_rows else ""
        yield f"<tr>{cells}{padding}" + ("" if page.unclosed else "</tr>")
        if page.hiding not in ("none", "visibility") and not header and rng.random() < 0.1:
            fakes = "".join(f"<td>{c.text if c.role != 'figure' else 8}</td>" for c in row)
            yield f"<tr {HIDING[page.hiding]}>{fakes}</tr>"
    if headed:
        yield "</tbody>"


def around(rng: random.Random, title: str, year: int) -> Iterator[str]:
    """A list of other reports, and a calendar."""
    yield '<div class="side"><ul class="list">'
    for other in range(year - 4, year):
        name = escape(title.replace(str(year), str(other)))
        yield f'<li><a href="./t{other}0131_{rng.randrange(9999)}.html">{name}</a></li>'
    yield '</ul><table class="calendar"><tbody>'
    for week in range(5):
        days = "".join(f"<td>{week * 7 + day}</td>" for day in range(1, 8))
        yield f"<tr>{days}</tr>"
    yield "</tbody></table></div>"
