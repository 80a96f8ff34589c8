"""PDF pages: A4, one embedded font, ruled tables that break over pages as word processors do."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.domain import OgiError
from tests.simulate.habits import Habits
from tests.simulate.layout import (
    LaidCell,
    LaidLine,
    LaidTable,
    columns_of,
    lay_out,
    split_table,
)
from tests.simulate.report import SimulatedReport
from tests.simulate.words import Words, load_words

FONT_FILES = (
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
    Path("/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf"),
)
FONT_PACKAGE = "fonts-droid-fallback"
_FONT = "DroidSansFallback"
# It has no Latin glyphs: digits are set in a standard font, as word processors do.
_LATIN_FONT = "Times-Roman"

_WIDTH, _HEIGHT = A4
_LEFT, _TOP, _BOTTOM = 65.0, 72.0, 72.0
_USABLE = _WIDTH - 2 * _LEFT
_FOOT = 42.0
_CELL_SIZE, _CELL_LEADING, _CELL_PAD = 9.0, 11.5, 3.0
_MIN_CELL_SIZE = 5.0
# Punctuation that does not begin a line: ideographic comma and stop, full-width , : ; ) and ).
_NOT_FIRST = {chr(c) for c in (0x3001, 0x3002, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF09, 0x201D)} | set(
    ",.;:)"
)


class MissingFontError(OgiError):
    """No font with Chinese glyphs is installed."""


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    leading: float
    before: float = 0.0
    indent: float = 0.0
    centred: bool = False
    bold: bool = False


_STYLES = {
    "title": _Style(19, 32, centred=True, bold=True),
    "heading": _Style(14, 26, before=8, indent=28, bold=True),
    "subheading": _Style(13, 25, indent=26, bold=True),
    "paragraph": _Style(13, 25, indent=26),
}


def font_file() -> Path:
    """The TrueType font that PDFs are set in.

    Raises:
        MissingFontError: it is not installed; the message names the Debian package.
    """
    for file in FONT_FILES:
        if file.is_file():
            return file
    raise MissingFontError(
        f"no Chinese font at {FONT_FILES[0]}: install the Debian package {FONT_PACKAGE}"
    )


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    """The code points that the font has; registers it at the first call."""
    font = TTFont(_FONT, str(font_file()))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph) - {ord(" ")}


def render_pdf(report: SimulatedReport, habits: Habits | None = None) -> bytes:
    """The report as a PDF: the same report and habits give the same bytes.

    Raises:
        ValueError: the report has a lost cell, which a ruled table cannot have.
        MissingFontError: the font is not installed.
    """
    lost = [key for key, cell in report.truth.items() if cell.token is None]
    if lost:
        raise ValueError(f"a PDF cannot lose a cell: {lost[0]}")
    habits = habits or report.habits
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(report.title)
    canvas.setAuthor(report.agency_name)
    pages = _Pages(canvas, habits, load_words())
    for part in lay_out(report, habits, cut_pages=False):
        if isinstance(part, LaidTable):
            pages.table(part)
        else:
            pages.line(part)
    pages.finish()
    canvas.save()
    return buffer.getvalue()


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Pieces of the text, each with the font that has its glyphs."""
    for chinese, characters in groupby(text, key=lambda c: ord(c) in _glyphs()):
        yield (_FONT if chinese else _LATIN_FONT), "".join(characters)


def _width(text: str, size: float) -> float:
    return sum(float(pdfmetrics.stringWidth(t, font, size)) for font, t in _runs(text))


def _wrap_evenly(text: str, size: float, width: float) -> list[str]:
    """As few lines as `_wrap` makes, as even as can be."""
    lines = _wrap(text, size, width)
    if len(lines) == 1 or "\n" in text:
        return lines
    fair = _width(text, size) / len(lines) + size / 2
    even = _wrap(text, size, min(width, fair))
    return even if len(even) == len(lines) else lines


def _wrap(text: str, size: float, width: float, indent: float = 0.0) -> list[str]:
    """Lines no wider than `width`, the first one shorter by `indent`; Chinese breaks anywhere,
    numbers nowhere."""
    lines: list[str] = []
    for piece in text.split("\n"):
        line, room = "", width - (indent if not lines else 0.0)
        for word in _unbreakable(piece):
            if line and _width(line + word, size) > room:
                # What must not begin a line takes the character before it down with it.
                kept = len(line) - 1 if word in _NOT_FIRST and len(line) > 1 else len(line)
                lines.append(line[:kept])
                line, room = line[kept:], width
            line += word
        lines.append(line)
    return lines


def _unbreakable(text: str) -> Iterator[str]:
    run = ""
    for character in text:
        if character.isascii() and not character.isspace():
            run += character
            continue
        if run:
            yield run
        run = ""
        yield character
    if run:
        yield run


@dataclass(slots=True)
class _Pages:
    """A canvas and how far down the page it is written."""

    canvas: Canvas
    habits: Habits
    words: Words
    number: int = 1
    y: float = field(default=_HEIGHT - _TOP)

    def finish(self) -> None:
        """Write the page number and close the page."""
        number = self.words.page_number[self.habits.page_number].format(n=self.number)
        self._text(number, _WIDTH / 2 - _width(number, 10) / 2, _FOOT, 10)
        self.canvas.showPage()

    def _new_page(self) -> None:
        self.finish()
        self.number += 1
        self.y = _HEIGHT - _TOP

    @property
    def _room(self) -> float:
        return self.y - _BOTTOM

    def _text(self, text: str, x: float, y: float, size: float, bold: bool = False) -> None:
        self.canvas.saveState()
        run = self.canvas.beginText(x, y)
        if bold:  # the font has one weight: outline the glyphs too
            run.setTextRenderMode(2)
            self.canvas.setLineWidth(size / 40)
        for font, piece in _runs(text):
            run.setFont(font, size)
            run.textOut(piece)
        self.canvas.drawText(run)
        self.canvas.restoreState()

    def line(self, part: LaidLine) -> None:
        """A title, a heading or a paragraph, wrapped; breaks over pages line by line."""
        style = _STYLES[part.kind]
        self.y -= style.before
        needed = style.leading * (3 if part.kind in ("heading", "subheading") else 1)
        if self._room < needed:  # no heading alone at the foot of a page
            self._new_page()
        indent = style.indent
        if style.centred:
            lines = _wrap_evenly(part.text, style.size, _USABLE)
        else:
            lines = _wrap(part.text, style.size, _USABLE, indent)
        for text in lines:
            if self._room < style.leading:
                self._new_page()
            self.y -= style.leading
            x = _LEFT + ((_USABLE - _width(text, style.size)) / 2 if style.centred else indent)
            self._text(text, x, self.y + 0.28 * style.size, style.size, style.bold)
            indent = 0.0
        if part.kind == "title":
            self.y -= 6

    def table(self, table: LaidTable) -> None:
        """A ruled table; what does not fit goes to the next page, a label that spans the cut is
        cut with it."""
        self.y -= 6
        rest: LaidTable | None = table
        while rest is not None:
            heights = _row_heights(rest)
            fitting = _fitting_rows(heights, self._room)
            if fitting <= rest.header_rows:  # not even one row below the header
                if self.y >= _HEIGHT - _TOP:
                    raise ValueError(f"a row of {rest.table} is higher than a page")
                self._new_page()
                continue
            if fitting == len(rest.rows):
                self._draw(rest, heights, last=True)
                rest = None
            else:
                upper, rest = split_table(rest, fitting, self.habits)
                self._draw(upper, heights[:fitting], last=False)
                self._new_page()
        self.y -= 8

    def _draw(self, table: LaidTable, heights: list[float], *, last: bool) -> None:
        edges = _column_edges(table)
        tops = [self.y]
        for height in heights:
            tops.append(tops[-1] - height)
        for index, columns in enumerate(columns_of(table.rows)):
            for column, cell in zip(columns, table.rows[index], strict=True):
                x0, x1 = edges[column], edges[column + cell.column_span]
                top, bottom = tops[index], tops[index + cell.row_span]
                closed = last or self.habits.closing_rule or bottom > tops[-1]
                self._cell(cell, (x0, bottom, x1, top), closed)
        self.y = tops[-1]

    def _cell(self, cell: LaidCell, box: tuple[float, float, float, float], closed: bool) -> None:
        x0, bottom, x1, top = box
        canvas = self.canvas
        canvas.setLineWidth(0.6)
        canvas.line(x0, top, x1, top)
        if closed:
            canvas.line(x0, bottom, x1, bottom)
        for x, outer in ((x0, x0 <= _LEFT + 0.1), (x1, x1 >= _LEFT + _USABLE - 0.1)):
            if not (outer and self.habits.open_sides):
                canvas.line(x, bottom, x, top)
        lines, size, leading = _cell_lines(cell, x1 - x0)
        y = (top + bottom) / 2 + len(lines) * leading / 2
        for text in lines:
            y -= leading
            free = x1 - x0 - _width(text, size)
            x = x0 + (_CELL_PAD if cell.role == "label" and not cell.vertical else free / 2)
            if text.strip():
                self._text(text, x, y + 0.3 * size, size)


def _column_edges(table: LaidTable) -> list[float]:
    edges = [_LEFT]
    for share in table.widths:
        edges.append(edges[-1] + share * _USABLE)
    return edges


def _cell_lines(cell: LaidCell, width: float) -> tuple[list[str], float, float]:
    """The lines of a cell, their size and leading; a figure is never wrapped but set smaller."""
    text = cell.text or ""
    inner = width - 2 * _CELL_PAD
    size = _CELL_SIZE
    if cell.role == "figure":
        while size > _MIN_CELL_SIZE and _width(text, size) > inner:
            size -= 0.5
        return [text], size, _CELL_LEADING
    if cell.role == "header":
        return _wrap_evenly(text, size, inner), size, _CELL_LEADING
    return _wrap(text, size, inner), size, _CELL_LEADING


def _row_heights(table: LaidTable) -> list[float]:
    """High enough for every cell of one row; a label that spans rows stretches the last of them."""
    edges = _column_edges(table)
    heights = [_CELL_LEADING + 2 * _CELL_PAD] * len(table.rows)
    spanning: list[tuple[int, LaidCell, float]] = []
    for index, columns in enumerate(columns_of(table.rows)):
        for column, cell in zip(columns, table.rows[index], strict=True):
            lines, _, leading = _cell_lines(cell, edges[column + cell.column_span] - edges[column])
            needed = len(lines) * leading + 2 * _CELL_PAD
            if cell.row_span == 1:
                heights[index] = max(heights[index], needed)
            else:
                spanning.append((index, cell, needed))
    for index, cell, needed in spanning:
        missing = needed - sum(heights[index : index + cell.row_span])
        if missing > 0:
            heights[index + cell.row_span - 1] += missing
    return heights


def _fitting_rows(heights: list[float], room: float) -> int:
    for count, height in enumerate(heights):
        room -= height
        if room < 0:
            return count
    return len(heights)
