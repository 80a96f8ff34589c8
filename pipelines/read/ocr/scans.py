"""Pictures and scans → grids with places and confidence, and lines of prose.

The tables are those that ruling lines make; a figure outside of them has no sure place and is
refused.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from pipelines.domain import Document, Grid, Paragraph, Reading, UnreadableDocument
from pipelines.read.ocr.cells import UNREAD, grids_of, place_of
from pipelines.read.ocr.engine import (
    Picture,
    Text,
    TextBox,
    detect_lines,
    ocr_name,
    recognize_lines,
    require_ocr,
)
from pipelines.read.ocr.pages import LIMITS, OcrLimits, PagePicture, picture_pages, scan_pages
from pipelines.read.ocr.rules import Sheet, sheet_of
from pipelines.read.ocr.turn import quarters_of

# A line of prose that is less sure than this is noise.
_MIN_PROSE = 0.5
# A digit in prose that is less sure than this is not told: years and claims are read from prose.
_MIN_DIGIT = 0.9
_MIN_INK = 40  # pixels
# Three figures side by side, or five where some are marks.
_FIGURES = re.compile(
    rf"(?:\s[+-]?[\d{UNREAD}][\d.,{UNREAD}]*){{3,}}$|(?:\s[\d.,/+{UNREAD}-]+){{5,}}$"
)
_FIGURE = re.compile(r"[+-]?\d[\d.,]*")
# So much higher than the page's lines are those of its title, where there are some to compare.
_LARGE, _MIN_LINES = 1.25, 4
# A page whose labels and prose are read with less is perhaps not upright.
_UPRIGHT = 0.8


def read_picture(document: Document, limits: OcrLimits = LIMITS) -> Reading:
    """A picture file by OCR; places are page and box in pixels of the picture.

    Raises:
        UnreadableDocument: the extra is not installed, the picture is damaged, too large or shows
            no text, or figures stand side by side in no ruled table.
    """
    require_ocr()
    return _reading(picture_pages(document, limits), "picture")


def read_scan(document: Document, limits: OcrLimits = LIMITS) -> Reading:
    """The drawn pages of a PDF by OCR; places are page and box in points.

    Raises:
        UnreadableDocument: as `read_picture`.
    """
    require_ocr()
    return _reading(scan_pages(document, limits), "scan")


def _reading(pages: Iterable[PagePicture], what: str) -> Reading:
    blocks = [block for page in pages for block in page_blocks(page)]
    if not shows_text(blocks):
        raise UnreadableDocument(f"the {what} shows no text")
    return Reading(tuple(blocks), ocr_name())


def shows_text(blocks: Iterable[Paragraph | Grid]) -> bool:
    """Whether there is any: a blank page and an empty table have none."""
    return any(isinstance(b, Paragraph) or any(c.text for c in b.cells) for b in blocks)


def page_blocks(page: PagePicture) -> list[Paragraph | Grid]:
    """What stands on a page, from top to bottom, whichever way up it lies.

    Raises:
        UnreadableDocument: figures stand side by side in no ruled table.
    """
    placed = _placed(page, 0)
    if _sureness(placed) < _UPRIGHT and (quarters := quarters_of(page.grey)):
        placed = _placed(page, quarters)
    for _, block, _ in placed:
        if isinstance(block, Paragraph) and _FIGURES.search(f" {block.text}"):
            raise UnreadableDocument(f"page {page.number}: figures side by side in no ruled table")
    return [block for _, block, _ in sorted(placed, key=lambda p: p[0])]


_Line = list[tuple[TextBox, Text]]
_Placed = tuple[float, Paragraph | Grid, float]
"""How far down it stands, what it is, and how sure the recognizer is of its words."""


def _placed(page: PagePicture, quarters: int) -> list[_Placed]:
    """What stands on the page when it is turned so many quarters."""
    sheet = sheet_of(page.grey, page.tint, quarters)
    grids = grids_of(sheet, page.number, page.scale)
    placed: list[_Placed] = [
        (float(table.ys[0]), grid, _words_of(grid))
        for table, grid in zip(sheet.tables, grids, strict=True)
    ]
    for line in _prose(sheet):
        box = _around([b for b, _ in line])
        place = place_of(sheet, (box.x0, box.y0, box.x1, box.y1), page.number, page.scale)
        sureness = min(text.confidence for _, text in line)
        placed.append((box.y0, Paragraph(_joined(line), place), sureness))
    return placed


def _words_of(grid: Grid) -> float:
    """How sure the recognizer is of the grid's labels; 0 where it has none."""
    sure = [c.confidence or 0.0 for c in grid.cells if sum(map(str.isalpha, c.text)) > 1]
    return float(np.mean(sure)) if sure else 0.0


def _sureness(placed: Sequence[_Placed]) -> float:
    return float(np.mean([sureness for _, _, sureness in placed])) if placed else 0.0


def _prose(sheet: Sheet) -> list[_Line]:
    """The lines outside the tables, from top to bottom."""
    outside = _without_tables(sheet)
    boxes = detect_lines(outside) if outside is not None else []
    texts = recognize_lines([_crop(outside, box) for box in boxes]) if outside is not None else []
    return _with_titles_joined(
        (box, Text(_without_doubtful_digits(text), text.confidence))
        for box, text in zip(boxes, texts, strict=True)
        if text.text and text.confidence >= _MIN_PROSE
    )


def _without_doubtful_digits(text: Text) -> str:
    sure = iter(text.each)
    return "".join(
        char if char.isspace() or next(sure, 0.0) >= _MIN_DIGIT or not char.isdigit() else UNREAD
        for char in text.text
    )


def _without_tables(sheet: Sheet) -> Picture | None:
    """The page with its tables painted over; None where nothing else is printed."""
    outside, ink = sheet.grey.copy(), sheet.ink.copy()
    paper = int(np.percentile(sheet.grey, 90))
    for table in sheet.tables:
        area = np.s_[
            max(0, table.ys[0] - 4) : table.ys[-1] + 5, max(0, table.xs[0] - 4) : table.xs[-1] + 5
        ]
        outside[area], ink[area] = paper, 0
    return outside if np.count_nonzero(ink) >= _MIN_INK else None


def _crop(picture: Picture, box: TextBox) -> Picture:
    height, width = picture.shape
    x0, y0 = max(0, int(box.x0)), max(0, int(box.y0))
    x1, y1 = min(width, int(box.x1) + 1), min(height, int(box.y1) + 1)
    return picture[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]


def _with_titles_joined(found: Iterable[tuple[TextBox, Text]]) -> list[_Line]:
    """The lines; those of a title, which are set larger than the others, are one."""
    lines = _lines(found)
    heights = [float(np.median([box.y1 - box.y0 for box, _ in line])) for line in lines]
    large = _LARGE * float(np.median(heights)) if len(lines) >= _MIN_LINES else float("inf")
    joined: list[_Line] = []
    for number, line in enumerate(lines):
        goes_on = number > 0 and min(heights[number - 1 : number + 1]) > large
        if goes_on and line[0][0].y0 - joined[-1][-1][0].y1 < heights[number]:
            joined[-1] = [*joined[-1], *line]
        else:
            joined.append(line)
    return joined


def _lines(found: Iterable[tuple[TextBox, Text]]) -> list[_Line]:
    lines: list[_Line] = []
    for box, text in sorted(found, key=lambda f: (f[0].y0 + f[0].y1) / 2):
        middle = (box.y0 + box.y1) / 2
        if lines and middle < lines[-1][0][0].y1 - 0.25 * (box.y1 - box.y0):
            lines[-1].append((box, text))
        else:
            lines.append([(box, text)])
    return [sorted(line, key=lambda f: f[0].x0) for line in lines]


def _joined(line: Sequence[tuple[TextBox, Text]]) -> str:
    text, before = line[0][1].text, line[0][0]
    for box, more in line[1:]:
        gap, height = box.x0 - before.x1, box.y1 - box.y0
        # A figure that stands alone belongs to a table that no rules make.
        alone = gap > height and _FIGURE.fullmatch(more.text)
        text += (" " if gap > 0.5 * height else "") + (UNREAD if alone else more.text)
        before = box
    return text


def _around(boxes: Sequence[TextBox]) -> TextBox:
    return TextBox(
        min(b.x0 for b in boxes),
        min(b.y0 for b in boxes),
        max(b.x1 for b in boxes),
        max(b.y1 for b in boxes),
    )
