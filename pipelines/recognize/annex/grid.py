"""Annexes that are laid out as tables: one list, or two halves side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.domain import Cell, Grid
from pipelines.recognize.annex.labels import INDICATOR, NUMBER, UNIT, AnnexLabels
from pipelines.recognize.annex.rows import AnnexRow, Entry, RowReader, Segment, figure_entries
from pipelines.text import narrow
from pipelines.text.lexicon import Lexicon

# Without a header so many rows of the form make an annex.
_MIN_BARE_ROWS = 6


@dataclass(frozen=True, slots=True)
class Half:
    """One list in a grid: its slots, where those of its labels end, the columns behind them."""

    first: int
    last: int
    label_end: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a grid stand: its halves, how many slots a whole row fills and its widest,
    which may have fillers behind, and the row at which the body begins. `seen`: by its own
    header."""

    halves: tuple[Half, ...]
    width: int
    widest: int
    begins: int
    seen: bool


class GridReader:
    """Reads the annexes of one document, grid by grid; a grid without a header goes on with the
    one before."""

    def __init__(self, labels: AnnexLabels, lexicon: Lexicon) -> None:
        self._labels = labels
        self._reader = RowReader(labels, lexicon)
        self._before: Layout | None = None

    def leave(self) -> None:
        """Something else stands here: no grid goes on."""
        self._before = None

    def read(self, grid: Grid) -> Iterator[Segment]:
        """The segments of the grid; none where it is no annex."""
        rows = list(_laid(grid)) if grid.exact else list(grid.rows())
        layout = self._layout(rows) or self._going_on(rows) or self._bare(rows)
        self._before = layout
        if layout is None:
            return
        for half in layout.halves:
            yield Segment(
                figure_entries(half.entries, self._labels),
                tuple(self._rows(rows[layout.begins :], half, layout, grid)),
                ordered=True,
                follows=len(layout.halves) == 1,
                headed=layout.seen,
            )

    # -- the header ------------------------------------------------------------------------

    def _layout(self, rows: Sequence[Sequence[Cell]]) -> Layout | None:
        for index, row in enumerate(rows):
            entries = [self._entry(cell) for cell in row]
            if not any(e.role == INDICATOR for e in entries) or not self._is_header(entries):
                continue
            below = rows[index + 1] if index + 1 < len(rows) else ()
            cells, begins = list(row), index + 1
            if self._captions_only(below):
                cells, begins = _under(cells, below), index + 2
                entries = [self._entry(cell) for cell in cells]
            return Layout(
                tuple(_halves(cells, entries)), _width(cells), _widest(rows), begins, seen=True
            )
        return None

    def _entry(self, cell: Cell) -> Entry:
        caption = self._labels.caption(cell.text)
        if caption is None:
            return Entry("", narrow(cell.text))
        return Entry(caption.role, narrow(cell.text), caption.year)

    def _is_header(self, entries: Sequence[Entry]) -> bool:
        return any(e.role in (UNIT, *self._labels.columns) for e in entries)

    def _captions_only(self, row: Sequence[Cell]) -> bool:
        """Whether the row holds nothing but captions of figures: the lower part of a header."""
        told = [self._entry(c) for c in row if narrow(c.text)]
        return any(e.role in self._labels.columns for e in told) and all(
            e.role in (*self._labels.columns, INDICATOR, UNIT, NUMBER) for e in told
        )

    def _going_on(self, rows: Sequence[Sequence[Cell]]) -> Layout | None:
        """The layout of the grid before, where its rows are as wide and one is of the form."""
        before = self._before
        if before is None or not rows or not any(self._known(row) for row in rows):
            return None
        if _widest(rows) not in (before.width, before.widest):
            return None
        return Layout(before.halves, before.width, before.widest, 0, seen=False)

    def _bare(self, rows: Sequence[Sequence[Cell]]) -> Layout | None:
        """A list without a header: one figure a row, everywhere."""
        known = [row for row in rows if self._known(row)]
        if len(known) < _MIN_BARE_ROWS:
            return None
        count = max(sum(map(self._is_number, row)) for row in known)
        if count == 0:
            return None
        roles = [self._labels.columns[0]] if count == 1 else [""] * count
        entries = (Entry(UNIT), *(Entry(role, "?") for role in roles))
        width = _width(known[0])
        return Layout((Half(0, width, 1, entries),), width, _widest(rows), 0, seen=False)

    def _is_number(self, cell: Cell) -> bool:
        return self._reader.is_figure(cell) and any(c.isdigit() for c in narrow(cell.text))

    def _known(self, row: Sequence[Cell]) -> bool:
        text = next((c for c in row if self._reader.is_text(c)), None)
        return text is not None and bool(self._labels.candidates(text.text))

    # -- the rows --------------------------------------------------------------------------

    def _rows(
        self, rows: Sequence[Sequence[Cell]], half: Half, layout: Layout, grid: Grid
    ) -> Iterator[AnnexRow]:
        single = len(layout.halves) == 1
        for number, row in enumerate(rows, start=layout.begins):
            as_wide = _width(row) == layout.width
            if not as_wide and not single:
                yield from self._cut_at_labels(row, half, layout)
                continue
            cells = [c for c in row if half.first <= c.column < half.last] if as_wide else list(row)
            at_home = self._at_home(cells, half, number) if as_wide else ()
            labels = at_home or self._leading(cells)
            if not labels and not any(narrow(c.text) for c in cells):
                continue
            end = max((c.column + c.column_span for c in labels), default=half.first)
            rest = [c for c in cells if c.column >= end]
            # A figure that spans rows is that of the row it begins in, if of any.
            spanning = any(c.row_span > 1 and self._reader.is_figure(c) for c in rest)
            whole = bool(at_home) and not spanning
            found = self._reader.row(labels, rest, half.entries, whole=whole)
            if labels or found.printed:
                yield AnnexRow(labels, found.unit, None, found.printed) if spanning else found

    def _at_home(self, cells: Sequence[Cell], half: Half, row: int) -> tuple[Cell, ...]:
        """The row's own labels where the header has those of indicators, from the outermost."""
        own = [c for c in cells if c.column < half.label_end and c.row == row]
        return tuple(c for c in own if self._reader.is_text(c))

    def _leading(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        """The first texts of the row, wherever they stand."""
        texts: list[Cell] = []
        for cell in cells:
            if self._reader.is_text(cell):
                texts.append(cell)
            elif texts:
                break
        return tuple(texts)

    def _cut_at_labels(self, row: Sequence[Cell], half: Half, layout: Layout) -> Iterator[AnnexRow]:
        """The part of a short row that belongs to the half: the number of labels tells which."""
        parts: list[list[Cell]] = []
        for cell in row:
            if self._reader.is_text(cell):
                parts.append([])
            if parts:
                parts[-1].append(cell)
        index = layout.halves.index(half)
        left_alone = len(parts) == 1 and parts[0][0].column < half.label_end
        if len(parts) == len(layout.halves) or (left_alone and index == 0):
            label, *rest = parts[index]
            yield self._reader.row([label], rest, half.entries, whole=False)
        elif index == 0:
            for label, *rest in parts:
                yield AnnexRow((label,), None, None, tuple(rest))


def _laid(grid: Grid) -> Iterator[tuple[Cell, ...]]:
    """Row by row the cells that stand in it, also those that began above it."""
    rows: list[list[Cell]] = [[] for _ in range(grid.height)]
    for cell in grid.cells:
        for down in range(cell.row_span):
            rows[cell.row + down].append(cell)
    for row in rows:
        yield tuple(sorted(row, key=lambda c: c.column))


def _width(row: Sequence[Cell]) -> int:
    """How many slots the row fills; short of its last where cells are lost."""
    return sum(c.column_span for c in row)


def _widest(rows: Sequence[Sequence[Cell]]) -> int:
    return max(_width(row) for row in rows)


def _under(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """One header of two rows: where the lower has its own captions, these."""
    taken = {slot for c in lower for slot in range(c.column, c.column + c.column_span)}
    kept = [c for c in upper if c.column not in taken]
    return sorted([*kept, *lower], key=lambda c: c.column)


def _halves(cells: Sequence[Cell], entries: Sequence[Entry]) -> Iterator[Half]:
    """A half begins with its column of indicators, or with the number before it."""
    starts = [i for i, e in enumerate(entries) if e.role == INDICATOR]
    for nth, start in enumerate(starts):
        first = start - 1 if start and entries[start - 1].role == NUMBER else start
        following = starts[nth + 1] if nth + 1 < len(starts) else len(cells)
        if following < len(cells) and entries[following - 1].role == NUMBER:
            following -= 1
        begins = 0 if nth == 0 else cells[first].column
        ends = cells[following].column if following < len(cells) else _end(cells[-1])
        label_end = _end(cells[start])
        yield Half(begins, ends, label_end, tuple(entries[start + 1 : following]))


def _end(cell: Cell) -> int:
    return cell.column + cell.column_span
