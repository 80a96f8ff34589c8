"""Ruling lines → lattices: the rows and columns of a table and the cells that its rules enclose.

Nothing is guessed: a cell is a rectangle whose sides are ruled and whose inside is not. Only the
outermost rules of a table need not be drawn: the page cuts it without closing it, or its sides are
left open.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

from pipelines.domain import UnreadableDocument
from pipelines.read.pdf.rules import Rule, Rules

# Rules closer than this (points) are one, and a gap of this width does not part a rule.
_SNAP = 3.0
_ONE_LINE = 1.0
# A rule that runs so far past the outermost one that crosses it shows that another is not drawn.
_OVERSHOOT = 6.0


class Box(NamedTuple):
    """A cell: its upper left slot and how many slots it spans."""

    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """A table's edges from left to right and from top to bottom, its cells, and for every slot
    (row by row) the number of the cell that covers it, -1 where none does."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    boxes: tuple[Box, ...]
    owners: tuple[int, ...]

    def cell_of(self, x0: float, x1: float, y: float) -> int:
        """The number of the one cell that holds both places at that height, -1 if none does."""
        xs, width = self.xs, len(self.xs) - 1
        row = bisect_right(self.ys, y) - 1
        column = bisect_right(xs, x0) - 1
        other = column if x1 == x0 else bisect_right(xs, x1) - 1
        if not (0 <= row < len(self.ys) - 1 and 0 <= column < width and 0 <= other < width):
            return -1
        number = self.owners[row * width + column]
        return number if number == self.owners[row * width + other] else -1


class BrokenRulesError(UnreadableDocument):
    """The rules do not enclose rectangles; the message says where."""


def lattices_of(rules: Rules) -> list[Lattice]:
    """The tables; single frames are none.

    Raises:
        BrokenRulesError: lines that meet make no cells, or one table stands in another.
    """
    lattices = []
    for down, across in _tables(_in_line(rules.down), _in_line(rules.across)):
        lattice = _lattice(*_levels(down, _SNAP), *_levels(across, _SNAP))
        if lattice is not None and len(lattice.boxes) > 1:
            lattices.append(lattice)
    for one, other in combinations(lattices, 2):
        if _overlap(one.xs, other.xs) and _overlap(one.ys, other.ys):
            raise BrokenRulesError("a table stands in another")
    return lattices


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[-1] - _SNAP and other[0] < one[-1] - _SNAP


def _in_line(rules: Iterable[Rule]) -> list[Rule]:
    """Rules drawn in pieces, each as one."""
    levels, spans = _levels(rules, _ONE_LINE)
    return [(at, *span) for at, pieces in zip(levels, spans, strict=True) for span in pieces]


def _tables(
    down: Sequence[Rule], across: Sequence[Rule]
) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """The rules that meet one another: those down and those across."""
    group = list(range(len(down)))
    met: list[list[int]] = []
    for at, start, end in across:
        low, high = at - _SNAP, at + _SNAP
        met.append(
            [
                i
                for i, (x, top, bottom) in enumerate(down)
                if start - _SNAP <= x <= end + _SNAP and top <= high and bottom >= low
            ]
        )
        joined = {group[i] for i in met[-1]}
        if len(joined) > 1:
            first = min(joined)
            group = [first if g in joined else g for g in group]
    for number in dict.fromkeys(group):
        of_down = [rule for rule, g in zip(down, group, strict=True) if g == number]
        of_across = [r for r, m in zip(across, met, strict=True) if m and group[m[0]] == number]
        if of_across:
            yield of_down, of_across


Spans = list[tuple[float, float]]


def _levels(rules: Iterable[Rule], snap: float) -> tuple[list[float], list[Spans]]:
    """Rules nearly in line as one: where each stands, and from where to where it is drawn."""
    levels: list[float] = []
    spans: list[Spans] = []
    for at, start, end in sorted(rules):
        if not levels or at - levels[-1] > snap:
            levels.append(at)
            spans.append([])
        spans[-1].append((start, end))
    return levels, [_joined(s) for s in spans]


def _joined(spans: Spans) -> Spans:
    """Without the gaps that are none."""
    spans.sort()
    joined = [spans[0]]
    for start, end in spans:
        if start > joined[-1][1] + _SNAP:
            joined.append((start, end))
        elif end > joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
    return joined


def _lattice(
    xs: list[float], columns: list[Spans], ys: list[float], rows: list[Spans]
) -> Lattice | None:
    _open_sides(xs, columns, ys, rows)
    _open_ends(xs, columns, ys, rows)
    if len(xs) < 2 or len(ys) < 2:
        return None
    # For every edge the slots along which it is ruled, as bits.
    down = [_ruled(spans, ys) for spans in columns]
    across = [_ruled(spans, xs) for spans in rows]
    return _Cells(xs, ys, down, across).lattice()


def _open_sides(xs: list[float], columns: list[Spans], ys: list[float], rows: list[Spans]) -> None:
    """Add the outer rules down that rules across run past, two of them equally far."""
    top = min(ys[0], *(spans[0][0] for spans in columns))
    bottom = max(ys[-1], *(spans[-1][1] for spans in columns))
    for outermost, side in ((min, 0), (max, -1)):
        ends = [spans[side][side] for spans in rows]
        far = outermost(ends)
        reaching = sum(abs(end - far) <= _SNAP for end in ends)
        if abs(far - xs[side]) > _OVERSHOOT and reaching >= min(2, len(ends)):
            place = 0 if side == 0 else len(xs)
            xs.insert(place, far)
            columns.insert(place, [(top, bottom)])


def _open_ends(xs: list[float], columns: list[Spans], ys: list[float], rows: list[Spans]) -> None:
    """Add the uppermost and the lowest rule across that rules down run past."""
    for far, side in (
        (min(spans[0][0] for spans in columns), 0),
        (max(spans[-1][1] for spans in columns), -1),
    ):
        if abs(far - ys[side]) > _OVERSHOOT:
            place = 0 if side == 0 else len(ys)
            ys.insert(place, far)
            rows.insert(place, [(xs[0], xs[-1])])


def _ruled(spans: Spans, edges: Sequence[float]) -> int:
    """The slots between these edges along which the spans are drawn, as bits."""
    bits = 0
    for start, end in spans:
        first = bisect_right(edges, start - _SNAP)
        last = bisect_right(edges, end + _SNAP) - 1
        if first == len(edges) or last < 0:
            continue  # outside
        begins_inside = first > 0 and start < edges[first] - _SNAP
        ends_inside = last + 1 < len(edges) and end > edges[last] + _SNAP
        if begins_inside or ends_inside:
            raise BrokenRulesError("a rule ends inside a cell")
        bits |= (1 << last) - (1 << first)
    return bits


class _Cells:
    """Goes down the rows and closes each cell where a rule across closes it."""

    def __init__(
        self, xs: Sequence[float], ys: Sequence[float], down: Sequence[int], across: Sequence[int]
    ) -> None:
        self.xs, self.ys, self.down, self.across = xs, ys, down, across
        self.width, self.height = len(xs) - 1, len(ys) - 1
        self.boxes: list[Box] = []
        self.owners = [-1] * (self.width * self.height)

    def lattice(self) -> Lattice:
        # Cells that are not closed yet: left and right edge → the row in which they begin.
        begun: dict[tuple[int, int], int] = {}
        for row in range(self.height):
            still: dict[tuple[int, int], int] = {}
            above, below = self.across[row], self.across[row + 1]
            for left, right in self._gaps(row):
                bits = (1 << right) - (1 << left)
                top = above & bits
                if top and top != bits:
                    raise BrokenRulesError("a rule across ends inside a cell")
                first = row if top or row == 0 else begun.pop((left, right), -1)
                if first < 0:
                    continue  # open above: no cell
                bottom = below & bits
                if bottom == bits or (not bottom and row + 1 == self.height):
                    self._close(first, row + 1, left, right)
                elif bottom:
                    raise BrokenRulesError("a rule across ends inside a cell")
                else:
                    still[left, right] = first
            if begun:
                raise BrokenRulesError("a rule down ends inside a cell")
            begun = still
        return Lattice(tuple(self.xs), tuple(self.ys), tuple(self.boxes), tuple(self.owners))

    def _gaps(self, row: int) -> Iterator[tuple[int, int]]:
        """The edges ruled in that row, each with the next."""
        return pairwise([i for i, bits in enumerate(self.down) if bits >> row & 1])

    def _close(self, top: int, bottom: int, left: int, right: int) -> None:
        number = len(self.boxes)
        self.boxes.append(Box(top, left, bottom - top, right - left))
        for row in range(top, bottom):
            start = row * self.width
            self.owners[start + left : start + right] = [number] * (right - left)
