"""Statutory tables found in the stream of a PDF → grids.

A table is taken only where the stream says what the form says, word for word and figure for
figure: every label in its order, as many figures behind each as the form has columns, the
identities kept; and where the figures then stand in rows beside their labels and in columns under
theirs. A blank, an odd label, a mark for zero: refused, since a stream does not show which column
is blank.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipelines.domain import Cell, Grid, Place
from pipelines.forms import Forms, difference
from pipelines.read.pdf.expected import ExpectedTable, expected_endings, expected_tables
from pipelines.read.pdf.grid import Block
from pipelines.read.pdf.page import Box, Page
from pipelines.read.pdf.stream import NotAsExpectedError, Places, Row, Span, Stream
from pipelines.text import fold

# Between two columns: from where to where figures and labels may reach.
Slots = list[tuple[float, float]]

_EVERYWHERE = 1e6
_HEADER_ROWS = 3


def stream_blocks(pages: Sequence[Page], forms: Forms) -> list[Block]:
    """The statutory tables as grids, and all other lines, from top to bottom.

    Raises:
        NotAsExpectedError: the stream does not say what the form says.
    """
    if any(page.quarters for page in pages):
        raise NotAsExpectedError("a page is turned")
    stream = Stream(pages)
    tables: list[_Table] = []
    at = 0
    for name, vintages in expected_tables(forms).items():
        for expected in vintages:
            rows, end = stream.rows(expected.rows, at)
            if rows:
                break
        else:
            raise NotAsExpectedError(f"the stream does not say {name} as the form does")
        at = end
        if not stream.goes_on(rows[-1].figures[-1][1], expected_endings(forms)):
            # Perhaps the unit of the last figure, or a row that the form does not have.
            raise NotAsExpectedError(f"{name} does not end with the form's last figure")
        tables.append(_TABLES[name](stream, expected, rows))
    places = stream.places([span for table in tables for span in table.spans()])
    figures = [span for table in tables for row in table.rows for span in row.figures]
    stream.check_seen(figures, places)
    grids = [Grid(tuple(table.lay_out(places)), exact=True) for table in tables]
    taken = [span for table in tables for span in table.taken]
    blocks: list[Block] = [*stream.lines(taken), *grids]
    return sorted(blocks, key=_where)


def _where(block: Block) -> tuple[int, float]:
    place = block.cells[0].place if isinstance(block, Grid) else block.place
    return place.page or 0, place.box[1] if place.box else 0.0


class _Table:
    """A table whose labels and figures are as expected, while it is proved and laid out."""

    def __init__(self, stream: Stream, expected: ExpectedTable, rows: Sequence[Row]) -> None:
        self.stream = stream
        self.expected = expected
        self.rows = rows
        labels = [label for row in rows for label in row.labels if label is not None]
        self.labels_and_figures = [*labels, *(figure for row in rows for figure in row.figures)]
        self.taken = [(labels[0][0], rows[-1].figures[-1][1])]
        self.places: Places = {}

    def spans(self) -> Sequence[Span]:
        """All whose places are asked for."""
        return self.labels_and_figures

    def lay_out(self, places: Places) -> Iterator[Cell]:
        """The table as laid out.

        Raises:
            NotAsExpectedError: the figures do not stand where the form has them, or do not add up.
        """
        self.places = places
        self._check_rows()
        self._check_identities()
        return self._cells()

    def _cells(self) -> Iterator[Cell]:
        raise NotImplementedError

    def _cell(self, span: Span, row: int, column: int, rows: int = 1, columns: int = 1) -> Cell:
        text = self.stream.said(span)
        return Cell(text, row, column, Place(*self.places[span]), rows, columns)

    def _check_rows(self) -> None:
        """The figures of a row stand beside its label on one line, below the row before."""
        above: tuple[int, float] | None = None
        for row in self.rows:
            page, (_, top, reached, bottom) = self.places[row.figures[0]]
            half = (bottom - top) / 2
            for span in row.figures[1:]:
                other, (x0, its_top, x1, _) = self.places[span]
                if other != page or abs(its_top - top) > half or x0 <= reached:
                    raise NotAsExpectedError("the figures of a row do not stand on one line")
                reached = x1
            if above is not None and above > (page, top - half):
                raise NotAsExpectedError("a row does not stand below the one before it")
            above = page, top
            self._check_label(row)

    def _check_label(self, row: Row) -> None:
        label = row.labels[-1]
        if label is None:
            raise NotAsExpectedError("a row has no label")
        page, (x0, top, _, bottom) = self.places[row.figures[0]]
        its_page, (left, highest, _, lowest) = self.places[label]
        size, middle = bottom - top, (top + bottom) / 2
        if its_page != page or left > x0 or not highest - size < middle < lowest + size:
            raise NotAsExpectedError("the figures of a row do not stand beside its label")

    def _slots(self, rows: Sequence[Row]) -> Slots:
        """What belongs to each column of figures."""
        edges = []
        columns = zip(*(row.figures for row in rows), strict=True)
        boxes = ([self.places[span][1] for span in column] for column in columns)
        reaches = [(min(b[0] for b in column), max(b[2] for b in column)) for column in boxes]
        for (_, right), (left, _) in pairwise(reaches):
            if right >= left:
                raise NotAsExpectedError("the figures do not stand in columns")
            edges.append((right + left) / 2)
        return list(pairwise([-_EVERYWHERE, *edges, _EVERYWHERE]))

    def _check_under(self, labels: Sequence[Span | None], slots: Slots) -> None:
        """Each label stands over its column, or its columns."""
        centres = self._centres(labels)
        if len(centres) != len(slots):
            raise NotAsExpectedError("a column has no label")
        if not all(left < x < right for x, (left, right) in zip(centres, slots, strict=True)):
            raise NotAsExpectedError("a column's label does not stand over it")

    def _check_nearest(self, centres: Sequence[float], rows: Sequence[Row]) -> None:
        """No figure stands under another column's label: a blank beside a figure in two pieces."""
        edges = [(one + other) / 2 for one, other in pairwise(centres)]
        slots = list(pairwise([-_EVERYWHERE, *edges, _EVERYWHERE]))
        for row in rows:
            places = zip(self._centres(row.figures), slots, strict=True)
            if not all(left < x < right for x, (left, right) in places):
                raise NotAsExpectedError("a figure does not stand under its column's label")

    def _centres(self, spans: Sequence[Span | None]) -> list[float]:
        return [_centre(self.places[span][1]) for span in spans if span is not None]

    def _values(self) -> list[list[int]]:
        """The figures, row by row of the form."""
        try:
            values = [
                [int(self.stream.said(span).replace(",", "")) for span in row.figures]
                for row in self.rows
            ]
        except ValueError as error:
            raise NotAsExpectedError("a count is no whole number") from error
        width = len(self.expected.columns)
        return [row[at : at + width] for row in values for at in range(0, len(row), width)]

    def _check_identities(self) -> None:
        if not self.expected.equations:
            return
        figures = {
            (row, column): value
            for row, values in zip(self.expected.codes, self._values(), strict=True)
            for column, value in zip(self.expected.columns, values, strict=True)
        }
        for equation in self.expected.equations:
            if difference(equation, figures):
                raise NotAsExpectedError(f"{equation.rule} is broken")


class _Disclosure(_Table):
    """Blocks of rows; the first row of each has the labels of the block and its columns before
    its own."""

    def _cells(self) -> Iterator[Cell]:
        width = max(len(row.figures) for row in self.rows)
        firsts = [i for i, row in enumerate(self.rows) if len(row.labels) > 1]
        top = 0
        for first, end in pairwise([*firsts, len(self.rows)]):
            block = self.rows[first:end]
            title, caption, *measures, _ = block[0].labels
            self._check_under(measures, self._slots(block))
            self._check_nearest(self._centres(measures), block)
            if title is None or caption is None:
                raise NotAsExpectedError("a block has no label")
            yield self._cell(title, top, 0, 1, width + 1)
            yield self._cell(caption, top + 1, 0)
            yield from self._in_columns(measures, top + 1, width)
            for number, row in enumerate(block, start=top + 2):
                yield from self._in_columns(row.labels[-1:], number, 1, 0)
                yield from self._in_columns(row.figures, number, width)
            top += 2 + len(block)

    def _in_columns(
        self, spans: Sequence[Span | None], row: int, width: int, column: int = 1
    ) -> Iterator[Cell]:
        """One cell a column; the last one spans what is left of the width."""
        for number, span in enumerate(spans):
            columns = width - number if number + 1 == len(spans) else 1
            if span is not None:
                yield self._cell(span, row, column + number, 1, columns)


class _Requests(_Table):
    """Three rows of headers, then one row a disposition: the label of all results, that of its
    group, its own, the figures."""

    def spans(self) -> Sequence[Span]:
        return [*self.labels_and_figures, *self._words_above()]

    def _words_above(self) -> list[Span]:
        """Between the figures before the table and the label of its first row."""
        first = self.rows[0]
        return self.stream.words(first.after, (first.labels[-1] or first.figures[0])[0])

    def _cells(self) -> Iterator[Cell]:
        yield from self._header(self._slots(self.rows))
        caption_at = next((i for i, row in enumerate(self.rows) if row.labels[0] is not None), 0)
        last = len(self.rows) - 1
        for number, row in enumerate(self.rows):
            top = number + _HEADER_ROWS
            caption, group, label = row.labels
            if caption is not None:
                yield self._cell(caption, top, 0, last - number)
            if group is not None:
                yield self._label(
                    row, self._cell(group, top, 1, self._rest_of_group(number)), group
                )
            outer = number < caption_at or number == last
            column = 0 if outer else 1 if self.expected.groups[number] is None else 2
            if label is not None:
                yield self._label(row, self._cell(label, top, column, 1, 3 - column), label)
            for at, span in enumerate(row.figures, start=3):
                yield self._cell(span, top, at)

    def _label(self, row: Row, cell: Cell, span: Span) -> Cell:
        """The cell of a label, with what stands of it on the next page."""
        rest = row.rests.get(span)
        return cell._replace(text=f"{cell.text}\n{self.stream.said(rest)}") if rest else cell

    def _rest_of_group(self, number: int) -> int:
        """How many rows from that one on stand beside one label of their group."""
        groups = self.expected.groups
        rows = 1
        while groups[number + rows] == groups[number] and not self.rows[number + rows].labels[1]:
            rows += 1
        return rows

    def _header(self, slots: Slots) -> Iterator[Cell]:
        """The words over the figures of the first row: the captions, and in each column its label.

        They are proved by where they stand, since their lines mingle in the stream.
        """
        words = self._header_words()
        captions = [w for w in words if fold(w.text) in self.expected.captions]
        # The outer columns reach as far out as they reach in.
        left = 2 * _centre(self.places[self.rows[0].figures[0]][1]) - slots[0][1]
        columns: list[list[_Word]] = [[] for _ in slots]
        note: list[_Word] = []
        for word in words:
            if word not in captions:
                middle = _centre(word.box)
                column = next(c for c, (_, end) in zip(columns, slots, strict=True) if middle < end)
                (note if middle < left else column).append(word)
        for column, labels in zip(columns, self.expected.headers, strict=True):
            column.sort(key=lambda w: (w.page, w.box[1], w.box[0]))
            if fold("".join(w.text for w in column)) not in labels:
                raise NotAsExpectedError("a column's label is not the form's, or not in its place")
        outer = [(min(w.box[0] for w in c), max(w.box[2] for w in c)) for c in columns]
        self._check_nearest([(left + right) / 2 for left, right in outer], self.rows)
        self.taken += [word.span for word in words]
        return self._lay_header(note, captions, columns)

    def _header_words(self) -> list["_Word"]:
        """From the highest caption over the figures down to the first row."""
        label = self.rows[0].labels[-1] or self.rows[0].figures[0]
        words = [
            _Word(self.stream.said(span), span, *self.places[span]) for span in self._words_above()
        ]
        behind = self.places[label][1][2]
        over = [
            (word.page, word.box[1])
            for word in words
            if fold(word.text) in self.expected.captions and word.box[2] > behind
        ]
        if not over:
            raise NotAsExpectedError("the header has no caption")
        return [word for word in words if (word.page, word.box[3]) > min(over)]

    def _lay_header(
        self,
        note: Sequence["_Word"],
        captions: Sequence["_Word"],
        columns: Sequence[Sequence["_Word"]],
    ) -> Iterator[Cell]:
        last = len(columns) - 1
        if note:
            yield _joined(note, 0, 0, _HEADER_ROWS, 3)
        for row, caption in enumerate(sorted(captions, key=lambda w: (w.page, w.box[1]))):
            inner = min(row, 1)
            yield _joined([caption], row, 3 + inner, 1, len(columns) - 2 * inner)
        for number, column in enumerate(columns):
            if number in (0, last):
                yield _joined(column, 1, 3 + number, 2, 1)
            else:
                yield _joined(column, 2, 3 + number, 1, 1)


class _Word(NamedTuple):
    """A word of the stream and where it stands."""

    text: str
    span: Span
    page: int
    box: Box


def _joined(words: Sequence[_Word], row: int, column: int, rows: int, columns: int) -> Cell:
    """The words as one cell, which the page may cut."""
    boxes = [word.box for word in words if word.page == words[0].page]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    place = Place(words[0].page, (min(lefts), min(tops), max(rights), max(bottoms)))
    return Cell("\n".join(word.text for word in words), row, column, place, rows, columns)


def _centre(box: Box) -> float:
    return (box[0] + box[2]) / 2


class _Reviews(_Table):
    """Three rows of headers over one row of figures: the first channel has its outcomes in the
    second, beside the names of the others."""

    def _cells(self) -> Iterator[Cell]:
        (row,) = self.rows
        slots = self._slots(self.rows)
        each = len(self.expected.columns)
        channels = len(self.expected.codes)
        labels = [label for label in row.labels if label is not None]
        first, caption = labels[:2]
        own, others = labels[2 : 2 + each], labels[2 + each : 1 + each + channels]
        rest = labels[1 + each + channels :]
        self._check_under([*own, *rest], slots)
        self._check_nearest(self._centres([*own, *rest]), self.rows)
        wide = [(slots[at][0], slots[at + each - 1][1]) for at in range(0, len(slots), each)]
        self._check_under([first, *others], wide)
        yield self._cell(first, 0, 0, 1, each)
        yield self._cell(caption, 0, each, 1, len(rest))
        for number, label in enumerate(own):
            yield self._cell(label, 1, number, 2)
        for number, label in enumerate(others, start=1):
            yield self._cell(label, 1, number * each, 1, each)
        for number, label in enumerate(rest, start=each):
            yield self._cell(label, 2, number)
        for number, figure in enumerate(row.figures):
            yield self._cell(figure, _HEADER_ROWS, number)

    def _check_label(self, row: Row) -> None:
        """The one row has no label of its own."""


_TABLES: dict[str, type[_Table]] = {
    "proactive_disclosure": _Disclosure,
    "requests": _Requests,
    "reviews": _Reviews,
}
