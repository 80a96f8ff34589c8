"""Text PDF through pdfplumber: ruled tables as exact grids, other lines as paragraphs."""

import io
import logging
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pdfplumber
from pdfplumber.page import Page
from pdfplumber.table import Table

from pipelines.domain import Cell, Document, Grid, Paragraph, Place, Reading, UnreadableDocument
from pipelines.forms import load_forms
from pipelines.read.pdf.seen import check_text
from pipelines.read.pdf.words import check_cuts, words_of

# It tells of every oddity of every font; what matters is raised.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

NAME = f"pdfplumber/{pdfplumber.__version__}"

Box = tuple[float, float, float, float]
Char = dict[str, Any]

# Rulings closer than this (points) are one line.
_SNAP = 3.0
# A vertical rule that runs so far past the last horizontal one is a table cut by the page.
_CUT_FROM = 6.0
# The end-of-file mark stands within so many bytes of the end; some writers add rubbish after it.
_EOF_WITHIN = 4096
_FULL_LINE_SHARE = 0.75


def read_pdf(document: Document) -> Reading:
    """Grids and paragraphs page by page, from top to bottom; places are page and box (points).

    Raises:
        UnreadableDocument: the PDF is truncated, damaged, encrypted or too long, has no usable
            text, or figures that are hidden, struck out or cut by the page.
    """
    if b"%%EOF" not in document.content[-_EOF_WITHIN:]:
        raise UnreadableDocument("the PDF is truncated: it has no end-of-file mark")
    check_text(document)
    blocks: list[Paragraph | Grid] = []
    metadata: dict[str, str] = {}
    try:
        with pdfplumber.open(io.BytesIO(document.content)) as pdf:
            if not pdf.pages:
                raise UnreadableDocument("the PDF has no pages")
            metadata = {
                str(k).lower(): v for k, v in (pdf.metadata or {}).items() if isinstance(v, str)
            }
            for page in pdf.pages:
                _check_upright(page)
                blocks.extend(_page_blocks(page))
                page.close()
    except UnreadableDocument:
        raise
    except Exception as error:  # pdfminer raises whatever its parsers meet
        cause = str(error) or type(error.__context__ or error).__name__
        raise UnreadableDocument(f"the PDF cannot be read: {' '.join(cause.split())}") from error
    if not blocks:
        raise UnreadableDocument("the PDF has no text (a scan?); this version reads text PDFs only")
    check_cuts([block for block in blocks if isinstance(block, Grid)], words_of(load_forms()))
    return Reading(tuple(blocks), NAME, metadata)


def _check_upright(page: Page) -> None:
    """Refuse a page that lies sideways: its lines would be taken for columns.

    Raises:
        UnreadableDocument: most of its text is not upright.
    """
    upright = sum(bool(c["upright"]) for c in page.chars)
    if upright * 2 < len(page.chars):
        raise UnreadableDocument(f"the text of page {page.page_number} lies sideways")


def _page_blocks(page: Page) -> Iterator[Paragraph | Grid]:
    chars = [c for c in page.chars if c["text"].strip()]
    tables = sorted(page.find_tables(_settings(page)), key=lambda t: t.bbox[1]) if chars else []
    placed: list[tuple[float, Paragraph | Grid]] = []
    inside: set[int] = set()
    for table in tables:
        cells = _grid_cells(table, chars, page.page_number, inside)
        if any(c.text for c in cells):
            placed.append((table.bbox[1], Grid(tuple(cells), exact=True)))
    rest = [c for i, c in enumerate(chars) if i not in inside]
    for line in _lines(rest):
        box = _box_of(line)
        text = _join(line)
        placed.append((box[1], Paragraph(text, Place(page=page.page_number, box=box))))
    for _, block in sorted(placed, key=lambda p: p[0]):
        yield block


def _settings(page: Page) -> dict[str, Any]:
    """The rules that a table lacks: a closing one where the page cuts it, outer ones where its
    sides are open. Each is drawn only as far as its own table."""
    verticals = [e for e in page.edges if e["orientation"] == "v" and e["height"] > _CUT_FROM]
    horizontals = [e for e in page.edges if e["orientation"] == "h"]
    across: list[Box] = []
    down: list[Box] = []
    for top, bottom in _bands((e["top"], e["bottom"]) for e in verticals):
        rules = [e for e in horizontals if top - _SNAP <= e["top"] <= bottom + _SNAP]
        if not rules:
            continue
        left, right = min(e["x0"] for e in rules), max(e["x1"] for e in rules)
        highest, lowest = min(e["top"] for e in rules), max(e["top"] for e in rules)
        across += [(left, y, right, y) for y in (top, bottom) if not _near(y, highest, lowest)]
        sides = [e["x0"] for e in verticals if top - _SNAP <= e["top"] <= bottom + _SNAP]
        down += [(x, top, x, bottom) for x in (left, right) if not _near(x, min(sides), max(sides))]
    return {
        "explicit_horizontal_lines": [_rule(box) for box in across],
        "explicit_vertical_lines": [_rule(box) for box in down],
        "snap_tolerance": _SNAP,
    }


def _near(value: float, *others: float) -> bool:
    return any(abs(value - other) <= _CUT_FROM for other in others)


def _rule(box: Box) -> dict[str, Any]:
    x0, top, x1, bottom = box
    sizes = {"width": x1 - x0, "height": bottom - top}
    return {"object_type": "line", "x0": x0, "x1": x1, "top": top, "bottom": bottom, **sizes}


def _bands(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Overlapping vertical spans joined: one band a table."""
    bands: list[tuple[float, float]] = []
    for top, bottom in sorted(spans):
        if bands and top <= bands[-1][1] + _SNAP:
            bands[-1] = (bands[-1][0], max(bands[-1][1], bottom))
        else:
            bands.append((top, bottom))
    return bands


def _grid_cells(table: Table, chars: Sequence[Char], page: int, inside: set[int]) -> list[Cell]:
    """The table's cells with their slots and text; marks in `inside` the characters they hold."""
    boxes: list[Box] = sorted({tuple(c) for c in table.cells}, key=lambda b: (b[1], b[0]))  # type: ignore[misc]
    xs = _snapped(x for b in boxes for x in (b[0], b[2]))
    ys = _snapped(y for b in boxes for y in (b[1], b[3]))
    slots = {b: (_slot(ys, b[1]), _slot(xs, b[0]), _slot(ys, b[3]), _slot(xs, b[2])) for b in boxes}
    owner = {
        (row, column): b
        for b, (top, left, bottom, right) in slots.items()
        for row in range(top, bottom)
        for column in range(left, right)
    }
    held: dict[Box, list[Char]] = {b: [] for b in boxes}
    for i, char in enumerate(chars):
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        box = owner.get((bisect_right(ys, y) - 1, bisect_right(xs, x) - 1))
        if box is not None:
            held[box].append(char)
            inside.add(i)
    return [
        Cell(
            _cell_text(held[b], b),
            top,
            left,
            Place(page=page, box=_rounded(b)),
            bottom - top,
            right - left,
        )
        for b, (top, left, bottom, right) in slots.items()
        if bottom > top and right > left
    ]


def _snapped(values: Iterable[float]) -> list[float]:
    snapped: list[float] = []
    for value in sorted(values):
        if not snapped or value - snapped[-1] > _SNAP:
            snapped.append(value)
    return snapped


def _slot(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - value))


def _lines(chars: Iterable[Char]) -> list[list[Char]]:
    """Characters in lines from top to bottom, each from left to right."""
    lines: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: ((c["top"] + c["bottom"]) / 2, c["x0"])):
        middle = (char["top"] + char["bottom"]) / 2
        if (
            lines
            and middle <= lines[-1][0]["bottom"]
            and middle - _middle(lines[-1][0]) < 0.5 * (char["bottom"] - char["top"])
        ):
            lines[-1].append(char)
        else:
            lines.append([char])
    return [sorted(line, key=lambda c: c["x0"]) for line in lines]


def _middle(char: Char) -> float:
    return float(char["top"] + char["bottom"]) / 2


def _join(line: Sequence[Char]) -> str:
    """The line's text with a space where the gap is wider than half a character."""
    parts = [line[0]["text"]]
    for before, char in pairwise(line):
        gap = char["x0"] - before["x1"]
        if gap > 0.5 * min(before["size"], char["size"]):
            parts.append(" ")
        parts.append(char["text"])
    return "".join(parts)


def _cell_text(chars: Sequence[Char], box: Box) -> str:
    """Lines joined by line feeds; a figure broken because the cell is full is one token."""
    if not chars:
        return ""
    lines = _lines(chars)
    text = _join(lines[0])
    for before, line in pairwise(lines):
        left, _, right, _ = _box_of(before)
        full = right - left > _FULL_LINE_SHARE * (box[2] - box[0])
        joined = _join(line)
        broken_figure = re.search(r"[\d.,]$", text) and re.match(r"[\d.,]", joined)
        text += ("" if full and broken_figure else "\n") + joined
    return text


def _box_of(chars: Sequence[Char]) -> Box:
    return _rounded(
        (
            min(c["x0"] for c in chars),
            min(c["top"] for c in chars),
            max(c["x1"] for c in chars),
            max(c["bottom"] for c in chars),
        )
    )


def _rounded(box: Box) -> Box:
    x0, top, x1, bottom = (round(float(v), 2) for v in box)
    return x0, top, x1, bottom
