"""A workbook's sheet → paragraphs and grids: what stands together is one grid."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.domain import Cell, Grid, Paragraph, Place, UnreadableDocument
from pipelines.read.limits import Limits

# So many empty rows with borders are kept between two rows with text; more are a form's tail.
_MAX_EMPTY_ROWS = 40
_NO_ROW = -1
# Blank cells and those under merged ones count too, but less.
_MAX_SLOTS_A_CELL = 4

Slot = tuple[int, int]  # row and column from 0


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: its first row and column, and those behind its last."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """The cells of a sheet that hold text or have borders, row by row; the others are not kept,
    however many there are."""

    number: int
    limits: Limits
    cells: dict[Slot, str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    _empty_rows: list[list[Slot]] = field(default_factory=list)

    def add_row(self, row: int, cells: Iterable[tuple[int, str]]) -> None:
        """The cells of the next row that have text or borders: column and text."""
        found = list(cells)
        if not found:
            return
        if not any(text for _, text in found):
            if len(self._empty_rows) < _MAX_EMPTY_ROWS:
                self._empty_rows.append([(row, column) for column, _ in found])
            return
        self._keep_empty_rows()
        for column, text in found:
            self.cells[row, column] = text
        self._check_size()

    def _keep_empty_rows(self) -> None:
        self.cells |= dict.fromkeys((slot for row in self._empty_rows for slot in row), "")
        self._empty_rows.clear()
        self._check_size()

    def _check_size(self) -> None:
        if len(self.cells) > self.limits.max_cells:
            raise self._too_large()

    def _too_large(self) -> UnreadableDocument:
        return UnreadableDocument(
            f"sheet {self.number} has more than {self.limits.max_cells} cells"
        )

    def add_merge(self, merge: Merge) -> None:
        if len(self.merges) >= self.limits.max_cells:
            raise self._too_large()
        self.merges.append(merge)

    def blocks(self) -> Iterator[Paragraph | Grid]:
        """What stands in rows one below the other is a grid; a cell alone is a paragraph."""
        if self._empty_rows:
            # Behind the last figures one empty row may be a table's row left blank.
            self.cells |= dict.fromkeys(self._empty_rows[0], "")
            self._empty_rows.clear()
        columns: dict[int, list[int]] = {}
        for row, column in sorted(self.cells):
            columns.setdefault(row, []).append(column)
        merges = self._merges_in_use(columns)
        with_cells = [m for corner, m in merges.items() if corner in self.cells]
        for rows in _runs(columns, with_cells):
            held = [(r, c) for r in rows for c in columns.get(r, ())]
            texts = [slot for slot in held if self.cells[slot]]
            if len(texts) == 1:
                yield from self._paragraphs(*texts[0])
            elif texts:
                yield self._grid(rows, held, merges)

    def _merges_in_use(self, columns: dict[int, list[int]]) -> dict[Slot, Merge]:
        """By their corner the merged ranges in rows with cells, cut to what is in use."""
        bottom = max(columns, default=-1) + 1
        right = max((c[-1] for c in columns.values()), default=-1) + 1
        used: dict[Slot, Merge] = {}
        for m in self.merges:
            if m.top in columns and m.left < right:
                cut = Merge(m.top, m.left, min(m.bottom, bottom), min(m.right, right))
                used.setdefault((m.top, m.left), cut)
        return used

    def _paragraphs(self, row: int, column: int) -> Iterator[Paragraph]:
        for line in self.cells[row, column].split("\n"):
            if line.strip():
                yield Paragraph(line.strip(), self._place(row, column))

    def _grid(self, rows: range, held: Sequence[Slot], merges: dict[Slot, Merge]) -> Grid:
        """The cells of these rows, blank ones too."""
        left = min(c for _, c in held)
        reach = {slot: merges[slot].right if slot in merges else slot[1] + 1 for slot in held}
        right = max(reach.values())
        ends = self._ends(held, reach, left)
        taken: set[Slot] = set()
        cells: list[Cell] = []
        for r in rows:
            for c in range(*ends.get(r, (left, left))):
                if (r, c) in taken:
                    continue
                m = merges.get((r, c), Merge(r, c, r + 1, c + 1))
                high, wide = min(m.bottom, rows.stop) - r, min(m.right, right) - c
                # Ranges that overlap are damage: the first has its place.
                wide = next((i for i in range(wide) if (r, c + i) in taken), wide)
                if len(taken) + high * wide > _MAX_SLOTS_A_CELL * self.limits.max_cells:
                    raise self._too_large()
                taken |= {(r + i, c + j) for i in range(high) for j in range(wide)}
                text = self.cells.get((r, c), "")
                cells.append(Cell(text, r - rows.start, c - left, self._place(r, c), high, wide))
        return Grid(tuple(cells), exact=True)

    def _ends(
        self, held: Sequence[Slot], reach: dict[Slot, int], left: int
    ) -> dict[int, tuple[int, int]]:
        """For each row the columns from which and to which it has cells, blank ones between.
        Borders tell; where there are none, a row goes as far as the widest of its table, and a
        cell alone in its row that reaches as far parts two tables."""
        ends: dict[int, tuple[int, int]] = {}
        alone: set[int] = set()
        for r, c in held:
            first, last = ends.get(r, (c, c))
            (alone.discard if r in ends else alone.add)(r)
            ends[r] = (first, max(last, reach[r, c]))
        if any(not self.cells[slot] for slot in held):
            return ends
        parting = _parting(ends, alone)
        table: list[int] = []
        for r in [*ends, _NO_ROW]:
            if r != _NO_ROW and r not in parting:
                table.append(r)
                continue
            widest = max((ends[t][1] for t in table), default=left)
            ends |= dict.fromkeys(table, (left, widest))
            table = []
        return ends

    def _place(self, row: int, column: int) -> Place:
        return Place(table=self.number, row=row + 1, cell=column + 1)


def _parting(ends: dict[int, tuple[int, int]], alone: set[int]) -> set[int]:
    """The rows of one cell that reach as far as the rows of several above or below them."""
    nearest: dict[int, list[int]] = {r: [] for r in alone}
    for rows in (list(ends), list(reversed(ends))):
        seen: int | None = None
        for r in rows:
            if r not in alone:
                seen = ends[r][1]
            elif seen is not None:
                nearest[r].append(seen)
    return {r for r, around in nearest.items() if not around or ends[r][1] >= min(around)}


def _runs(rows: Iterable[int], merges: Iterable[Merge]) -> Iterator[range]:
    """Rows without an empty one between them; a merged cell fills all the rows it covers."""
    bottoms: dict[int, int] = {}
    for merge in merges:
        bottoms[merge.top] = max(bottoms.get(merge.top, 0), merge.bottom)
    start = end = -1
    for row in rows:
        if row > end:
            if end > start:
                yield range(start, end)
            start = row
        end = max(end, row + 1, bottoms.get(row, 0))
    if end > start:
        yield range(start, end)
