"""A page's runs and lattices → grids and paragraphs. Text whose cell is not sure is refused."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipelines.domain import Cell, Grid, Paragraph, Place, UnreadableDocument
from pipelines.read.pdf.lattice import BrokenRulesError, Lattice, lattices_of
from pipelines.read.pdf.page import Page, Run, lines_of
from pipelines.read.pdf.rules import rules_of
from pipelines.read.pdf.seen import check_seen

Block = Paragraph | Grid
# A lattice and, for each of its cells, what stands in it.
Held = tuple[Lattice, list[list[Run]]]

# A gap wider than this share of the font's size is a space.
_SPACE = 0.5
# The same character within this share of its width is drawn twice, to look bold.
_TWICE = 0.35
# Runs that share more than this share of a character's width lie over one another.
_OVER = 0.4
# Figures that stand side by side in no cell: three, or five where some are marks.
_FIGURES = re.compile(r"(?:\s[+-]?\d[\d,.]*){3,}$|(?:\s[\d.,/+-]+){5,}$")


def table_blocks(page: Page) -> Iterator[Block]:
    """The grids of a page and the lines around them, from top to bottom.

    Raises:
        UnreadableDocument: it is not sure which cell a text stands in, or what the cell says.
    """
    try:
        rules, runs = rules_of(page), page.runs()
        check_seen(page, runs, rules.across)
        tables, rest = _held(page, runs, lattices_of(rules))
        placed: list[tuple[float, Block]] = [
            (lattice.ys[0], _grid(lattice, texts, page.number))
            for lattice, texts in tables
            if any(texts)
        ]
    except BrokenRulesError as error:
        raise UnreadableDocument(f"page {page.number}: {error}") from error
    placed += [
        (line.place.box[1] if line.place.box else 0.0, line)
        for line in lines_outside(rest, page.number)
    ]
    placed.sort(key=lambda p: p[0])
    return (block for _, block in placed)


def prose_blocks(page: Page) -> Iterator[Paragraph]:
    """The lines of a page, from top to bottom."""
    return paragraphs(page.prose(), page.number)


def lines_outside(runs: Sequence[Run], page: int) -> Iterator[Paragraph]:
    """The lines of a page with tables that stand in none.

    Raises:
        UnreadableDocument: figures stand side by side there: a table whose rules were not seen.
    """
    for line in paragraphs(runs, page):
        if _FIGURES.search(f" {line.text}"):
            raise UnreadableDocument(f"page {page}: figures side by side in no ruled table")
        yield line


def _held(
    page: Page, runs: Sequence[Run], lattices: Sequence[Lattice]
) -> tuple[list[Held], list[Run]]:
    """Each lattice with the runs of each cell; and those that stand in none."""
    tables: list[Held] = [(lattice, [[] for _ in lattice.boxes]) for lattice in lattices]
    rest = [run for run in runs if not _put(run, tables, page)]
    return tables, rest


def _put(run: Run, tables: Sequence[Held], page: Page) -> bool:
    """Into the one cell that holds all of the run, character by character where none does; whether
    it stands in or beside a table at all."""
    beside = False
    for lattice, cells in tables:
        if lattice.ys[0] <= run.middle < lattice.ys[-1]:
            beside = True
            number = lattice.cell_of(run.first, run.last, run.middle)
            if number >= 0:
                if run.x0 >= run.x1:
                    raise BrokenRulesError("text in a cell runs sideways")
                cells[number].append(run)
                return True
    if beside and len(run.text) == 1:
        raise BrokenRulesError("text stands among rules, but in no cell")
    return beside and all(_put(part, tables, page) for part in page.characters(run))


def _grid(lattice: Lattice, texts: Sequence[Sequence[Run]], page: int) -> Grid:
    xs = [round(x, 2) for x in lattice.xs]
    ys = [round(y, 2) for y in lattice.ys]
    cells = []
    held = zip(lattice.boxes, texts, strict=True)
    padding = min((runs[0].x0 - xs[box.column] for box, runs in held if runs), default=0.0)
    for box, runs in zip(lattice.boxes, texts, strict=True):
        row, column, row_span, column_span = box
        left, right = xs[column], xs[column + column_span]
        place = Place(page, (left, ys[row], right, ys[row + row_span]))
        room = right - left - 2 * max(padding, 0.0)
        text = runs[0].text if len(runs) == 1 else _cell_text(runs, room)
        cells.append(Cell(text, row, column, place, row_span, column_span))
    return Grid(tuple(cells), exact=True)


def _cell_text(runs: Sequence[Run], room: float) -> str:
    """Lines joined by line feeds; a figure broken because its line is full is one token.

    Raises:
        BrokenRulesError: the cell holds several figures, or texts that lie over one another.
    """
    text = ""
    before: list[Run] = []
    for line in lines_of(runs):
        kept = _once(line)
        if any(_overlap(run, other) for run, other in pairwise(kept)):
            raise BrokenRulesError("texts in a cell lie over one another")
        joined = _joined(kept)
        if before:
            text += _joint(text, joined, _is_full(before, room))
        text += joined
        before = kept
    if _SEVERAL.search(text) or (" " in text and not any(c.isalpha() for c in text)):
        raise BrokenRulesError("several figures in a cell")
    return text


def _is_full(line: Sequence[Run], room: float) -> bool:
    """Whether one character more does not fit."""
    last = line[-1]
    return last.x1 - line[0].x0 + (last.x1 - last.x0) / len(last.text) > room


_SEVERAL = re.compile(r"\d \d")


def _joint(above: str, below: str, full: bool) -> str:
    """What stands between two lines of a cell."""
    if not (re.search(r"[\d.,]$", above) and re.match(r"[\d.,]", below)):
        return "\n"
    if full:
        return ""
    raise BrokenRulesError("figures below one another in a cell")


def paragraphs(runs: Sequence[Run], page: int) -> Iterator[Paragraph]:
    """The runs line by line, from top to bottom."""
    for line in lines_of(runs):
        kept = _once(line)
        first = kept[0]
        top, bottom, right = first.top, first.bottom, first.x1
        for run in kept[1:]:
            top, bottom = min(top, run.top), max(bottom, run.bottom)
            right = max(right, run.x1)
        box = round(first.x0, 2), round(top, 2), round(right, 2), round(bottom, 2)
        yield Paragraph(_joined(kept), Place(page, box))


def _once(line: list[Run]) -> list[Run]:
    """The line's runs without those drawn twice."""
    if len(line) == 1:
        return line
    kept: list[Run] = []
    for run in line:
        near = _TWICE * (run.x1 - run.x0) / len(run.text)
        if not any(other.text == run.text and run.x0 - other.x0 <= near for other in kept[-2:]):
            kept.append(run)
    return kept


def _overlap(run: Run, other: Run) -> bool:
    narrower = min((r.x1 - r.x0) / len(r.text) for r in (run, other))
    return run.x1 - other.x0 > _OVER * narrower


def _joined(line: Sequence[Run]) -> str:
    """The line's text with a space where the gap is wider than half a character."""
    text = line[0].text
    for before, run in pairwise(line):
        size = min(before.bottom - before.top, run.bottom - run.top)
        text += f" {run.text}" if run.x0 - before.x1 > _SPACE * size else run.text
    return text
