"""A page as blocks in the order in which it is displayed. Nothing here recurses: pages are nested
as deep as their authors like."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from pipelines.domain import Cell, Grid, Paragraph, Place, UnreadableDocument
from pipelines.read.html.cells import BREAK, WHITE, shown_value, text_of_cell
from pipelines.read.html.limits import HtmlLimits
from pipelines.read.html.tables import TableRow, resolved, rows_of
from pipelines.read.html.tree import (
    BLOCKS,
    BR,
    CAPTION,
    HIDDEN,
    INPUT,
    PRE,
    STRUCK,
    TABLE,
    TEXT,
    A,
    Ids,
    Marks,
    is_skipped,
)

# Below so many elements, or so many characters, a path stays that of the element there.
_MAX_PATH_DEPTH = 128
_MAX_PATH = 1_000
# A paragraph with so much of its text in links leads elsewhere.
_LINKED_SHARE = 0.6
_EDGES = " \xa0\u3000"


class Frame:
    """An element that the walk is in; `chrome` frames the page. The path is made when asked for."""

    __slots__ = ("chrome", "counts", "depth", "made", "node", "number", "parent")

    def __init__(
        self, parent: "Frame | None", node: LexborNode, number: int, made: str | None = None
    ) -> None:
        self.parent = parent
        self.node = node
        self.number = number
        self.made = made
        if made is not None and len(made) > _MAX_PATH and parent is not None:
            self.made = parent.path()
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.chrome: bool = parent is not None and parent.chrome
        self.counts: dict[int, int] = {}

    def path(self) -> str:
        """The element's path, each step counted among its like."""
        steps: list[str] = []
        frame = self
        while frame.made is None and frame.parent is not None:
            if frame.depth <= _MAX_PATH_DEPTH:
                steps.append(f"/{frame.node.tag}[{frame.number}]")
            frame = frame.parent
        self.made = (frame.made or "") + "".join(reversed(steps))
        return self.made


class PageBlock(NamedTuple):
    """A block, and whether it frames the page or leads elsewhere."""

    block: Paragraph | Grid
    chrome: bool


class _Then(NamedTuple):
    """What comes behind an element: the `node` to go on at, a `table`, or a `grid` to take. `ends`
    a paragraph; a `link` ends too."""

    frame: Frame
    node: LexborNode | None = None
    ends: bool = True
    link: bool = False
    preformatted: bool = False
    table: LexborNode | None = None
    grid: Grid | None = None


@dataclass(slots=True)
class Walk:
    """Goes down a tree and gathers its blocks; `chrome` are the elements that frame pages."""

    marks: Marks
    limits: HtmlLimits
    chrome: Ids = frozenset()
    blocks: list[PageBlock] = field(default_factory=list)
    characters: int = 0
    _text: list[str] = field(default_factory=list)
    _of: Frame | None = None
    _linked: int = 0
    _links: int = 0

    def visit(self, root: LexborNode, path: str) -> None:
        """All that is in `root`, whose path is given.

        Raises:
            UnreadableDocument: there is more of something than the limits allow.
        """
        frame = Frame(None, root, 1, made=path)
        first = _Then(frame, table=root) if root.tag_id == TABLE else _Then(frame, root.first_child)
        self._descend([first])
        self._end_paragraph()

    def _descend(self, stack: list[_Then]) -> None:
        while stack:
            then = stack.pop()
            self._links -= then.link
            if then.ends:
                self._end_paragraph()
            if then.table is not None:
                stack += reversed(self._take_table(then.table, then.frame))
            elif then.grid is not None:
                self.blocks.append(PageBlock(then.grid, then.frame.chrome))
            elif then.node is not None:
                self._go_on(then.node, then.frame, then.preformatted, stack)

    def _go_on(
        self, start: LexborNode, frame: Frame, preformatted: bool, stack: list[_Then]
    ) -> None:
        """From a node to its last sibling, down into the first element that has more than text."""
        node: LexborNode | None = start
        counts = frame.counts
        while node is not None:
            number = node.tag_id
            if number == TEXT:
                self._add(node.text_content or "", frame, preformatted)
                node = node.next
                continue
            index = counts[number] = counts.get(number, 0) + 1
            if number == BR:
                self._text.append(BREAK)
            elif number == INPUT:
                self._add(shown_value(node), frame, preformatted)
            elif not is_skipped(node, number) and not (
                self.marks.of(node, number) & (HIDDEN | STRUCK)
            ):
                block = number in BLOCKS
                if block:
                    self._end_paragraph()
                link = number == A and bool(node.attributes.get("href"))
                self._links += link
                inner = Frame(frame, node, index)
                if self.chrome and node.mem_id in self.chrome:
                    inner.chrome = True
                stack.append(_Then(frame, node.next, block, link, preformatted))
                if number == TABLE:
                    stack.append(_Then(inner, table=node))
                    return
                frame, counts = inner, inner.counts
                preformatted = preformatted or number == PRE
                node = node.first_child
                continue
            node = node.next

    # -- paragraphs ------------------------------------------------------------------------

    def _add(self, text: str, frame: Frame, preformatted: bool) -> None:
        if self._of is None:
            self._of = frame
        self._text.append(text.replace("\n", BREAK) if preformatted else text)
        if self._links:
            self._linked += len("".join(text.split()))

    def _end_paragraph(self) -> None:
        if self._text:
            text = "".join(self._text)
            self._text.clear()
            if self._of is not None and not text.isspace():
                self._take_lines(text, self._of)
        self._of = None
        self._linked = 0

    def _take_lines(self, text: str, frame: Frame) -> None:
        self.characters += len(text)
        if self.characters > self.limits.max_text:
            raise UnreadableDocument(
                f"the page has more than {self.limits.max_text:,} characters of text"
            )
        lines = (WHITE.sub(" ", line).strip(_EDGES) for line in text.split(BREAK))
        kept = [line for line in lines if line]
        if not kept:
            return
        length = sum(len(line) - line.count(" ") for line in kept)
        chrome = frame.chrome or self._linked >= max(1, length * _LINKED_SHARE)
        place = Place(path=frame.path())
        self.blocks += [PageBlock(Paragraph(line, place), chrome) for line in kept]

    # -- tables ----------------------------------------------------------------------------

    def _take_table(self, table: LexborNode, frame: Frame) -> list[_Then]:
        """What the table is: its grid, or, where rows of it are parts of the page, grids and cells
        to go down in. Tables within cells of a grid come behind it."""
        self._take_captions(table, frame)
        rows = rows_of(table, frame.path(), self.marks)
        then: list[_Then] = []
        laid = resolved(rows, self.limits)
        for layout, numbers in groupby(range(len(rows)), lambda n: rows[n].is_layout()):
            span = list(numbers)
            if layout:
                then += [t for n in span for t in _within(rows[n], frame)]
                continue
            grid = _grid(laid[span[0] : span[-1] + 1], span[0])
            if grid.cells:
                then.append(_Then(frame, grid=grid))
            then += [t for n in span for t in _tables_within(rows[n], frame)]
        return then

    def _take_captions(self, table: LexborNode, frame: Frame) -> None:
        node = table.first_child
        while node is not None:
            if node.tag_id == CAPTION and not self.marks.of(node, CAPTION) & HIDDEN:
                text = text_of_cell(node, self.marks).text
                self._take_lines(text.replace("\n", BREAK), frame)
            node = node.next


def _within(row: TableRow, frame: Frame) -> Iterator[_Then]:
    """The cells of a row that is a part of the page."""
    for cell in row.cells:
        if cell.shown:
            yield _Then(Frame(frame, cell.node, 1, made=cell.path), cell.node.first_child)


def _tables_within(row: TableRow, frame: Frame) -> Iterator[_Then]:
    for cell in row.cells:
        for number, table in enumerate(cell.content.tables, start=1):
            path = f"{cell.path}//table[{number}]"
            yield _Then(Frame(frame, table, number, made=path), table=table)


def _grid(rows: Sequence[Sequence[Cell]], first: int) -> Grid:
    """The rows from number `first` on as a grid of their own; spans that reach out are cut."""
    height = len(rows)
    cells = [c for row in rows for c in row]
    if first or any(c.row + c.row_span > height for c in cells):
        cells = [
            c._replace(row=c.row - first, row_span=min(c.row_span, height - (c.row - first)))
            for c in cells
        ]
    return Grid(tuple(cells), exact=True)
