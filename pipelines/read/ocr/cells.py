"""A cell's ink → its text, and how sure it is.

A figure is recognized twice, in two sizes, and compared with its ink (figures.py): only where all
agree is it sure. A cell with ink is never blank, and a row whose columns are in doubt has no sure
figure.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.domain import Cell, Grid, Place
from pipelines.read.ocr.engine import Picture, Text, recognize_lines
from pipelines.read.ocr.figures import (
    MIN_DIGIT,
    Box,
    Glyph,
    glyphs_of,
    is_misnamed,
    is_speck,
    may_be_figure,
    odd_glyphs,
    pitch_fits,
    plain,
    slash_in,
    touching_digits,
    usual_pitch,
)
from pipelines.read.ocr.rules import RuledTable, Sheet, Slots

# What stands for ink that could not be recognized.
UNREAD = "\ufffd"

_MARGIN = 3  # pixels beside a rule that may belong to it
_MIN_STROKE = 9  # pixels of ink that are no dust, at 200 dpi
_MIN_EXTENT = 5  # the longer side of what is no dust
_LINE_GAP = 4  # rows without ink between two lines
_FULL_LINE_SHARE = 0.75
_DARKER = (0.35, 0.5, 0.6, 0.7)
_MIN_TINTED = 12  # pixels in colour that may be a stamp
_FAINT = 9.0  # levels of grey: what is so much darker than its surroundings is printed
_HIDDEN_SHARE = 0.12  # of a side that is ruled in traces
# A dash, which recognizers hardly know when it stands alone.
_DASH = chr(0x2014)
_MARKS = (_DASH, "/", "\\")
_DASH_WIDTH = (8, 50)
_DASH_HEIGHT = 7


@dataclass(slots=True)
class _Line:
    """A line of a cell: where its ink stands, and the boxes of its separate strokes."""

    x0: int
    y0: int
    x1: int
    y1: int
    strokes: list[Box]
    specks: list[Box] = field(default_factory=list)
    text: Text = field(default=Text("", 0.0))
    glyphs: list[Glyph] | None = None


@dataclass(slots=True)
class _Held:
    """A cell with its lines; `cut`: ink runs through its sides, so that its text may be a part."""

    slots: Slots
    box: Box
    lines: list[_Line]
    cut: bool
    doubtful: bool

    @property
    def shows_figures(self) -> bool:
        return all(line.text.text in _MARKS or may_be_figure(line.text.text) for line in self.lines)


def grids_of(sheet: Sheet, page: int, scale: float) -> list[Grid]:
    """The sheet's tables with their text; places in units of `scale` pixels."""
    held = [[_held(sheet, t, slots) for slots in t.cells] for t in sheet.tables]
    _recognize(sheet, [cell for cells in held for cell in cells])
    grids = []
    for table, cells in zip(sheet.tables, held, strict=True):
        lost = _rows_in_doubt(sheet, table, cells)
        placed = [
            _cell(cell, place_of(sheet, cell.box, page, scale), cell.slots.row in lost)
            for cell in cells
        ]
        grids.append(Grid(tuple(placed), exact=True))
    return grids


def place_of(
    sheet: Sheet, box: tuple[float, float, float, float], page: int, scale: float
) -> Place:
    """The place on the page as it was before it was straightened."""
    x0, y0, x1, y1 = (round(max(0.0, v / scale), 2) for v in sheet.before(box))
    return Place(page=page, box=(x0, y0, x1, y1))


def _cell(held: _Held, place: Place, row_in_doubt: bool) -> Cell:
    text, confidence = _joined(held.lines, held.box[2] - held.box[0])
    doubtful = held.doubtful or not held.slots.sure or (row_in_doubt and held.shows_figures)
    if doubtful and not text:
        text = UNREAD
    slots = held.slots
    return Cell(
        text,
        slots.row,
        slots.column,
        place,
        slots.row_span,
        slots.column_span,
        0.0 if doubtful else confidence,
    )


def _rows_in_doubt(sheet: Sheet, table: RuledTable, cells: Sequence[_Held]) -> set[int]:
    """The rows whose figures may stand in other columns than it seems: a wall is unsure, ink runs
    through one, or a cell of a row above reaches in among the figures."""
    by_row: dict[int, list[_Held]] = {}
    for cell in cells:
        for row in range(cell.slots.row, cell.slots.row + cell.slots.row_span):
            by_row.setdefault(row, []).append(cell)
    lost = set()
    for row, covering in by_row.items():
        ordered = sorted(covering, key=lambda c: c.slots.column)
        figures = [i for i, c in enumerate(ordered) if c.lines and c.shows_figures]
        if not figures:
            continue
        among = ordered[max(0, figures[0] - 1) :]
        if (
            row in table.unsure_rows
            or any(c.slots.row_span > 1 or (c.cut and c.shows_figures) for c in among)
            or any(_hides_a_wall(sheet, table, c) for c in among if c.shows_figures)
        ):
            lost.add(row)
    return lost


def _hides_a_wall(sheet: Sheet, table: RuledTable, cell: _Held) -> bool:
    """Whether a cell that spans columns shows traces of a rule between them."""
    _, y0, _, y1 = cell.box
    rows = np.ones(y1 - y0, dtype=bool)
    rows[: _MARGIN + 3] = rows[-_MARGIN - 3 :] = False
    for line in cell.lines:
        rows[max(0, line.y0 - 2 - y0) : line.y1 + 2 - y0] = False
    if rows.sum() < 2 * _MARGIN:
        return cell.slots.column_span > 1 and not cell.lines
    for edge in table.xs[cell.slots.column + 1 : cell.slots.column + cell.slots.column_span]:
        beside = np.s_[y0:y1, max(0, edge - 6) : edge + 7]
        if float((sheet.raw_ink[beside][rows] > 0).any(axis=1).mean()) > _HIDDEN_SHARE:
            return True
        profile = np.median(sheet.grey[beside][rows], axis=0)
        if float(np.median(profile) - profile.min()) > _FAINT:
            return True
    return False


def _joined(lines: Sequence[_Line], width: int) -> tuple[str, float]:
    """The lines joined by line feeds; a figure broken because the cell is full is one token."""
    if not lines:
        return "", 1.0
    parts = [line.text.text or UNREAD for line in lines]
    confidence = min(line.text.confidence if line.text.text else 0.0 for line in lines)
    text = parts[0]
    for before, part in zip(lines, parts[1:], strict=False):
        broken = re.search(r"[\d.,]$", text) and re.match(r"[\d.,]", part)
        full = before.x1 - before.x0 > _FULL_LINE_SHARE * width
        if broken and not full:
            confidence = 0.0
        text += ("" if broken and full else "\n") + part
    return text, round(confidence, 4)


def _held(sheet: Sheet, table: RuledTable, slots: Slots) -> _Held:
    """The cell's lines of ink, from top to bottom; rules and dust are no ink."""
    import cv2  # noqa: PLC0415 - an extra

    box = table.box(slots)
    x0, y0, x1, y1 = box
    left, top, right, bottom = x0 + _MARGIN, y0 + _MARGIN, x1 - _MARGIN, y1 - _MARGIN
    ink = sheet.ink[top:bottom, left:right]
    if not ink.size:
        return _Held(slots, box, [], cut=False, doubtful=False)
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(ink), connectivity=8)
    strokes: list[Box] = []
    specks: list[Box] = []
    for x, y, w, h, area in stats[1:count].tolist():
        shape = (left + x, top + y, left + x + w, top + y + h)
        if area >= _MIN_STROKE:
            strokes.append(shape)
        elif is_speck(area):
            specks.append(shape)
    lines = _as_lines(strokes)
    for line in lines:
        line.specks = [s for s in specks if line.y0 <= s[1] and s[3] <= line.y1 + 6]
    cut = any(s[0] <= left + 1 or s[2] >= right - 1 for line in lines for s in line.strokes)
    through = any(s[1] <= top + 1 or s[3] >= bottom - 1 for line in lines for s in line.strokes)
    tinted = int(np.count_nonzero(sheet.tint[y0:y1, x0:x1])) >= _MIN_TINTED
    faint = not lines and _shows_faint_ink(sheet.grey[top + 2 : bottom - 2, left + 2 : right - 2])
    return _Held(slots, box, lines, cut, cut or through or tinted or faint)


def _shows_faint_ink(grey: Picture) -> bool:
    """Whether something is printed on the paper, however weakly."""
    import cv2  # noqa: PLC0415

    if min(grey.shape) < 8:
        return False
    calm = cv2.blur(grey.astype(np.float32), (5, 5))
    paper = cv2.blur(grey.astype(np.float32), (41, 41))
    grain = float(np.median(np.abs(grey.astype(np.float32) - paper))) * 1.48
    return float((paper - calm).max()) > max(_FAINT, 1.6 * grain)


def _as_lines(strokes: Iterable[Box]) -> list[_Line]:
    """Strokes whose heights overlap, or nearly; lines that are dust are left out."""
    ordered = sorted(strokes, key=lambda s: s[1])
    lines: list[_Line] = []
    for stroke in ordered:
        x0, y0, x1, y1 = stroke
        if lines and y0 <= lines[-1].y1 + _LINE_GAP:
            line = lines[-1]
            line.x0, line.x1 = min(line.x0, x0), max(line.x1, x1)
            line.y1 = max(line.y1, y1)
            line.strokes.append(stroke)
        else:
            lines.append(_Line(x0, y0, x1, y1, [stroke]))
    return [line for line in lines if max(line.x1 - line.x0, line.y1 - line.y0) >= _MIN_EXTENT]


def _recognize(sheet: Sheet, cells: Sequence[_Held]) -> None:
    lines = []
    for cell in cells:
        mark = _mark(sheet, cell)
        if mark is not None:
            cell.lines[0].text = Text(mark, 1.0)
        else:
            lines += cell.lines
    first = recognize_lines([_crop(sheet, line, 0.15) for line in lines])
    for line, text in zip(lines, first, strict=True):
        line.text = text
    figures = [line for line in lines if not line.text.text or may_be_figure(line.text.text)]
    second = recognize_lines([_crop(sheet, line, 0.45) for line in figures])
    for line, text in zip(figures, second, strict=True):
        line.text = _agreed(line.text, text)
        line.glyphs = _glyphs(sheet, line)
    usual = usual_pitch(line.glyphs for line in figures if line.glyphs)
    for line in figures:
        line.glyphs = line.glyphs or touching_digits(line.text.text, line.strokes, usual)
    fitting = [(line, line.glyphs) for line in figures if line.glyphs]
    odd = odd_glyphs(sheet.grey, [glyphs for _, glyphs in fitting])
    doubtful = {id(line) for line in figures if not line.glyphs}
    for index, (line, glyphs) in enumerate(fitting):
        if index in odd or not pitch_fits(glyphs, usual) or is_misnamed(sheet.grey, glyphs):
            doubtful.add(id(line))
    for line in figures:
        if id(line) in doubtful:
            line.text = Text(line.text.text, 0.0)


def _mark(sheet: Sheet, cell: _Held) -> str | None:
    """The dash or slash that stands alone in the middle of the cell: no rest of a rule."""
    if len(cell.lines) != 1 or len(cell.lines[0].strokes) != 1 or cell.lines[0].specks:
        return None
    box = x0, y0, x1, y1 = cell.lines[0].strokes[0]
    left, top, right, bottom = cell.box
    if abs((y0 + y1) - (top + bottom)) >= 0.4 * (bottom - top):
        return None
    if abs((x0 + x1) - (left + right)) >= 0.6 * (right - left):
        return None
    width, height = x1 - x0, y1 - y0
    if _DASH_WIDTH[0] <= width <= min(_DASH_WIDTH[1], 0.6 * (right - left)) and height <= min(
        _DASH_HEIGHT, width / 3
    ):
        return _DASH
    return slash_in(sheet.grey, box) if height >= MIN_DIGIT else None


def _agreed(first: Text, second: Text) -> Text:
    if plain(first.text) != plain(second.text):
        return Text(first.text or second.text, 0.0)
    return Text(first.text, min((*first.each, *second.each), default=0.0))


def _glyphs(sheet: Sheet, line: _Line) -> list[Glyph] | None:
    """Blurred characters touch; their darkest ink does not."""
    glyphs = glyphs_of(line.text.text, line.strokes, line.specks)
    if glyphs is not None:
        return glyphs
    for share in _DARKER:
        shapes = _dark_shapes(sheet, line, share)
        glyphs = glyphs_of(line.text.text, shapes, line.specks)
        if glyphs is not None:
            return glyphs
    return None


def _dark_shapes(sheet: Sheet, line: _Line, share: float) -> list[Box]:
    """The line's strokes where only ink counts that is so dark: 0 paper, 1 darkest."""
    import cv2  # noqa: PLC0415

    grey = sheet.grey[line.y0 : line.y1, line.x0 : line.x1]
    darkest, paper = (float(v) for v in np.percentile(grey, (2, 95)))
    dark = (grey < paper - share * (paper - darkest)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    return [
        (line.x0 + x, line.y0 + y, line.x0 + x + w, line.y0 + y + h)
        for x, y, w, h, area in stats[1:count].tolist()
        if area >= _MIN_STROKE // 2
    ]


def _crop(sheet: Sheet, line: _Line, margin: float) -> Picture:
    """The line on paper, with a margin (a share of its height) that shows nothing else."""
    height = max(line.y1 - line.y0, line.x1 - line.x0 if len(line.strokes) == 1 else 0)
    height = max(12, min(height, 60))
    edge = max(3, round(height * margin))
    missing = max(0, (24 - (line.y1 - line.y0)) // 2)  # a dash is low, and no line of its own
    x0, x1 = max(0, line.x0 - 2), min(sheet.grey.shape[1], line.x1 + 2)
    y0, y1 = max(0, line.y0 - 2), min(sheet.grey.shape[0], line.y1 + 2)
    inner = sheet.grey[y0:y1, x0:x1]
    paper = int(np.percentile(inner, 90))
    padded = np.pad(
        inner, ((edge + missing, edge + missing), (edge, edge)), constant_values=max(paper, 200)
    )
    return np.asarray(padded, dtype=np.uint8)
