"""A picture of a page → straightened, its ink, and the tables that its ruling lines make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.read.ocr.engine import Picture

# All lengths are pixels at about 200 dpi.
_MAX_SKEW = 3.0  # degrees
_LONG_ACROSS = 60  # a rule across; no character is so wide
_LONG_DOWN = 36  # a rule down; the lowest row is higher
_BRIDGED = 9  # a gap in a rule
_THICK = 14  # no rule is so thick
_SNAP = 9  # rules closer than this are one
_OVERSHOOT = 16  # a rule that runs so far past the outermost one shows that another is not drawn
_MIN_TABLE = (150, 40)  # width, height
# The share of a slot's side that is ruled: below it is open, above it is a wall, between unsure.
_OPEN, _WALL = 0.25, 0.75


@dataclass(frozen=True, slots=True)
class Slots:
    """A cell: its upper left slot, how many it spans, and whether its sides are beyond doubt."""

    row: int
    column: int
    row_span: int
    column_span: int
    sure: bool


@dataclass(frozen=True, slots=True)
class RuledTable:
    """The edges of a table from left to right and from top to bottom, and its cells. In
    `unsure_rows` a wall between two columns may or may not be there."""

    xs: tuple[int, ...]
    ys: tuple[int, ...]
    cells: tuple[Slots, ...]
    unsure_rows: frozenset[int]

    def box(self, cell: Slots) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        xs, ys = self.xs, self.ys
        right, bottom = xs[cell.column + cell.column_span], ys[cell.row + cell.row_span]
        return xs[cell.column], ys[cell.row], right, bottom


@dataclass(frozen=True, slots=True)
class Sheet:
    """A straightened page: in grey, its ink (255 where it is dark; in `ink` rules are none, in
    `raw_ink` they are), what is printed in colour (255), its tables, the quarters and then the
    angle (degrees) by which it was turned, both counterclockwise."""

    grey: Picture
    ink: Picture
    raw_ink: Picture
    tint: Picture
    tables: tuple[RuledTable, ...]
    quarters: int
    angle: float

    def before(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """The upright box that held it before the page was turned."""
        height, width = self.grey.shape
        x0, y0, x1, y1 = box
        if self.angle:
            back = _turn(width, height, -self.angle)
            corners = np.array([(x0, y0, 1), (x1, y0, 1), (x0, y1, 1), (x1, y1, 1)]) @ back.T
            (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        for _ in range(self.quarters):
            x0, y0, x1, y1 = height - y1, x0, height - y0, x1
            width, height = height, width
        return x0, y0, x1, y1


def sheet_of(grey: Picture, tint: Picture | None = None, quarters: int = 0) -> Sheet:
    """The page straightened, with its tables from top to bottom. `tint` is 255 where it is in
    colour: a stamp makes no rules. `quarters` counterclockwise make the page upright."""
    import cv2  # noqa: PLC0415 - an extra

    tint = np.zeros_like(grey) if tint is None else tint
    if quarters:
        grey, tint = (np.ascontiguousarray(np.rot90(p, quarters)) for p in (grey, tint))
    angle = _skew(_ink(grey))
    if angle:
        grey, tint = _turned(grey, angle, cv2.INTER_CUBIC), _turned(tint, angle, cv2.INTER_NEAREST)
    ink = _ink(grey)
    black: Picture = np.where(cv2.dilate(tint, np.ones((3, 3), np.uint8)) > 0, 0, ink).astype(
        np.uint8
    )
    across, down = _long(black, across=True), _long(black, across=False)
    across, down = _meeting(across, down), _meeting(down, across)
    labels, regions = _regions(np.maximum(across, down))
    found = {
        label: table
        for label, box in regions.items()
        if (table := _table(box, labels == label, across, down)) is not None
    }
    # Of two tables one of which stands in the other, one is a frame, or a blot.
    kept = {
        label: t
        for label, t in found.items()
        if not any((_holds(t, o) or _holds(o, t)) and _is_less(t, o) for o in found.values())
    }
    rules: Picture = np.where(np.isin(labels, list(kept)), np.maximum(across, down), 0).astype(
        np.uint8
    )
    near_rules = cv2.dilate(rules, np.ones((5, 5), np.uint8)) > 0
    text_ink: Picture = np.where(near_rules, 0, ink).astype(np.uint8)
    ordered = tuple(sorted(kept.values(), key=lambda t: t.ys[0]))
    return Sheet(grey, text_ink, ink, tint, ordered, quarters, angle)


def _turned(picture: Picture, angle: float, how: int) -> Picture:
    import cv2  # noqa: PLC0415

    height, width = picture.shape
    turn = _turn(width, height, angle)
    turned = cv2.warpAffine(
        picture, turn, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned, dtype=np.uint8)


def _ink(grey: Picture) -> Picture:
    """Darker than its surroundings and than the paper."""
    import cv2  # noqa: PLC0415

    calm = cv2.GaussianBlur(grey, (3, 3), 0)
    local = cv2.adaptiveThreshold(
        calm, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 51, 18
    )
    return np.asarray(local, dtype=np.uint8)


def _turn(width: int, height: int, angle: float) -> NDArray[np.float64]:
    import cv2  # noqa: PLC0415

    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0), dtype=float)


def _skew(ink: Picture) -> float:
    """The turn in degrees that makes rows of ink sharpest; 0 where hardly any does."""
    import cv2  # noqa: PLC0415

    factor = 900 / max(ink.shape)
    small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    height, width = small.shape

    def sharpness(angle: float) -> float:
        turned = cv2.warpAffine(small, _turn(width, height, angle), (width, height))
        rows = turned.sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    best = 0.0
    for step, reach in ((0.5, _MAX_SKEW), (0.1, 0.4), (0.03, 0.09)):
        count = round(reach / step)
        best = max((best + step * i for i in range(-count, count + 1)), key=sharpness)
    return best if abs(best) > 0.02 and sharpness(best) > 1.02 * sharpness(0.0) else 0.0


def _long(ink: Picture, *, across: bool) -> Picture:
    """The straight runs of ink that are long enough for rules."""
    import cv2  # noqa: PLC0415

    def kernel(length: int, thick: int = 1) -> Any:
        size = (length, thick) if across else (thick, length)
        return cv2.getStructuringElement(cv2.MORPH_RECT, size)

    # A rule that still leans a little steps from one row of pixels to the next.
    wide = cv2.dilate(ink, kernel(1, 3))
    long = cv2.morphologyEx(wide, cv2.MORPH_OPEN, kernel(_LONG_ACROSS if across else _LONG_DOWN))
    # A blot is no rule: what is taken for one would be no ink, and its cell blank.
    blots = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    blots = cv2.morphologyEx(blots, cv2.MORPH_OPEN, np.ones((_THICK, _THICK), np.uint8))
    long[cv2.dilate(blots, np.ones((9, 9), np.uint8)) > 0] = 0
    return np.asarray(cv2.morphologyEx(long, cv2.MORPH_CLOSE, kernel(_BRIDGED)), dtype=np.uint8)


def _meeting(rules: Picture, others: Picture) -> Picture:
    """Only the rules that meet one of the others: dashes and strokes do not."""
    import cv2  # noqa: PLC0415

    _, labels = cv2.connectedComponents(rules, connectivity=8)
    near = cv2.dilate(others, np.ones((15, 15), np.uint8)) > 0
    meets = np.zeros(int(labels.max()) + 1, dtype=bool)
    meets[np.unique(labels[near])] = True
    meets[0] = False
    return np.where(meets[labels], 255, 0).astype(np.uint8)


def _regions(
    rules: Picture,
) -> tuple[NDArray[np.int32], dict[int, tuple[int, int, int, int]]]:
    """Rules that meet: the label of each pixel, and the boxes of the labels that may be tables."""
    import cv2  # noqa: PLC0415

    joined = cv2.dilate(rules, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    width, height = _MIN_TABLE
    boxes = {
        label: (x, y, x + w, y + h)
        for label, (x, y, w, h, _) in enumerate(stats.tolist())
        if label and w >= width and h >= height
    }
    return np.asarray(labels, dtype=np.int32), boxes


def _holds(table: RuledTable, other: RuledTable) -> bool:
    """Whether another table stands in it."""
    return (
        table is not other
        and table.xs[0] < other.xs[0]
        and other.xs[-1] < table.xs[-1]
        and table.ys[0] < other.ys[0]
        and other.ys[-1] < table.ys[-1]
    )


def _is_less(table: RuledTable, other: RuledTable) -> bool:
    return len(table.cells) < len(other.cells)


def _table(
    box: tuple[int, int, int, int], own: NDArray[np.bool_], across: Picture, down: Picture
) -> RuledTable | None:
    """The table whose `own` rules stand in the box; None for a single frame, or none."""
    x0, y0, x1, y1 = box
    mine = own[y0:y1, x0:x1]
    lines_across: Picture = np.where(mine, across[y0:y1, x0:x1], 0).astype(np.uint8)
    lines_down: Picture = np.where(mine, down[y0:y1, x0:x1], 0).astype(np.uint8)
    ys, across_span = _levels(lines_across)
    xs, down_span = _levels(lines_down.T)
    if not xs or not ys:
        return None
    xs, ys = _closed(xs, across_span), _closed(ys, down_span)
    if len(xs) < 2 or len(ys) < 2 or (len(xs), len(ys)) == (2, 2):
        return None
    cells, unsure_rows = _cells(xs, ys, lines_across, lines_down)
    return RuledTable(
        tuple(x + x0 for x in xs), tuple(y + y0 for y in ys), tuple(cells), unsure_rows
    )


def _levels(lines: NDArray[np.uint8]) -> tuple[list[int], tuple[int, int]]:
    """Where the rules stand that run along the second axis, and from where to where they run."""
    import cv2  # noqa: PLC0415

    count, _, stats, centres = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(lines), connectivity=8
    )
    found = [
        (float(centres[i][1]), int(stats[i][0]), int(stats[i][0] + stats[i][2]))
        for i in range(1, count)
        if stats[i][2] > 2 * stats[i][3]
    ]
    if not found:
        return [], (0, 0)
    levels: list[list[float]] = []
    for level, _, _ in sorted(found):
        if levels and level - levels[-1][-1] <= _SNAP:
            levels[-1].append(level)
        else:
            levels.append([level])
    return [round(sum(group) / len(group)) for group in levels], (
        min(first for _, first, _ in found),
        max(last for _, _, last in found),
    )


def _closed(edges: list[int], span: tuple[int, int]) -> list[int]:
    """The edges with the outer ones that are not drawn: rules run past the outermost."""
    first, last = span
    before = [first] if first < edges[0] - _OVERSHOOT else []
    behind = [last] if last > edges[-1] + _OVERSHOOT else []
    return [*before, *edges, *behind]


def _cells(
    xs: Sequence[int], ys: Sequence[int], across: Picture, down: Picture
) -> tuple[list[Slots], frozenset[int]]:
    """Slots joined where no wall stands between them, and the rows with a doubtful wall."""
    height, width = len(ys) - 1, len(xs) - 1
    owner = list(range(height * width))
    doubtful: set[int] = set()
    unsure_rows: set[int] = set()

    def root(slot: int) -> int:
        while owner[slot] != slot:
            slot = owner[slot]
        return slot

    def join_or_not(one: int, other: int, share: float) -> bool:
        """Whether it is sure."""
        if share < _OPEN:
            owner[root(other)] = root(one)
        elif share < _WALL:
            doubtful.update((one, other))
            return False
        return True

    for row in range(height):
        for column in range(width):
            slot = row * width + column
            if column + 1 < width:
                side = down[ys[row] : ys[row + 1], _around(xs[column + 1])]
                if not join_or_not(slot, slot + 1, _share(side, 1)):
                    unsure_rows.add(row)
            if row + 1 < height:
                side = across[_around(ys[row + 1]), xs[column] : xs[column + 1]]
                join_or_not(slot, slot + width, _share(side, 0))
    members: dict[int, list[int]] = {}
    for slot in range(height * width):
        members.setdefault(root(slot), []).append(slot)
    cells: list[Slots] = []
    for slots in members.values():
        sure = doubtful.isdisjoint(slots)
        rows, columns = {s // width for s in slots}, {s % width for s in slots}
        if len(rows) * len(columns) == len(slots):
            cells.append(Slots(min(rows), min(columns), len(rows), len(columns), sure))
        else:  # no rectangle: a wall is missing somewhere
            cells += [Slots(s // width, s % width, 1, 1, False) for s in slots]
            unsure_rows |= rows
    return sorted(cells, key=lambda c: (c.row, c.column)), frozenset(unsure_rows)


def _around(edge: int) -> slice:
    return slice(max(0, edge - 5), edge + 6)


def _share(side: Picture, axis: int) -> float:
    """How much of the side is ruled; its ends, where other rules cross, do not count."""
    ruled: NDArray[np.bool_] = np.asarray(side.any(axis=axis))
    inner = ruled[6:-6] if len(ruled) > 20 else ruled
    return float(inner.mean()) if len(inner) else 1.0
