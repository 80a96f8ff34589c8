"""The form's sums choose among the ways in which rows can stand in their columns.

All rows of a table are searched together, since a figure that is moved in one row breaks the sum of
its column. A way stays possible where some choice for all other rows keeps every sum. Nothing is
weighed: what several choices leave open stays open, and where none keeps the sums, all is open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import add, le

from pipelines.domain import State
from pipelines.forms import Equation, difference
from pipelines.recognize.tables.options import Option
from pipelines.text import narrow
from pipelines.text.lexicon import Lexicon
from pipelines.text.tokens import parse_token

# The search is given up when it would have to add up more often than that: about half a second.
_MAX_TRIALS = 200_000

CellCode = tuple[str, str]  # row, column
Vector = tuple[int, ...]
Counts = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Candidates:
    """One printed row: the cells of the form that stand in it, as printed, and the ways in which it
    can stand. A `fixed` row stands as it does, whatever its own sums."""

    cells: tuple[CellCode, ...]
    options: tuple[Option, ...]
    fixed: bool = False


def possible(
    rows: Sequence[Candidates], equations: Sequence[Equation], lexicon: Lexicon
) -> list[tuple[Option, ...]]:
    """Of each row the ways that some choice for all the others allows.

    None for any row where no choice keeps every sum, a figure cannot be read, or a cell of the form
    stands in two rows, or where the search would be too long.
    """
    cells = [cell for row in rows for cell in row.cells]
    counts = _counts(rows, lexicon)
    of_columns = [equation for equation in equations if equation.row is None]
    of_rows = {row: [e for e in equations if e.row == row] for row, _ in cells}
    within = [[e for code in dict(row.cells) for e in of_rows[code]] for row in rows]
    kept = [_kept_within(row, sums, counts) for row, sums in zip(rows, within, strict=True)]
    if len(set(cells)) < len(cells) or not all(kept):
        return [() for _ in rows]
    vectors = [
        _vectors(row.cells, [_with_totals(row.cells, w.figures, sums) for w in ways], of_columns)
        for row, sums, ways in zip(rows, within, kept, strict=True)
    ]
    alive = _alive(vectors, _order(rows, vectors, of_columns))
    return [
        tuple(dict.fromkeys(w.option for w, v in zip(ways, of_row, strict=True) if v in living))
        for ways, of_row, living in zip(kept, vectors, alive, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Way:
    """One option, with the figures that it would have: those printed, zero for a blank, and for a
    cell that the copy lost zero or what the sums within the row leave for it. The latter serve the
    search alone."""

    option: Option
    figures: tuple[int, ...]


def _kept_within(row: Candidates, equations: Sequence[Equation], counts: Counts) -> list[_Way]:
    """The ways that keep the sums within the row; none where a figure cannot be read."""
    ways: list[_Way] = []
    for option in row.options:
        figures = _figures(option, counts)
        if figures is None:
            return []
        completed = [figures] if row.fixed else _completed(row.cells, option, figures, equations)
        ways += [_Way(option, f) for f in completed]
    return ways


def _counts(rows: Sequence[Candidates], lexicon: Lexicon) -> Counts:
    texts = {c.text for row in rows for option in row.options for c in option if c is not None}
    return {text: _count(text, lexicon) for text in texts}


def _count(text: str, lexicon: Lexicon) -> int | None:
    """Zero where no figure is printed; None for what is no count."""
    token = parse_token(text, "count", lexicon)
    value = token.value or Decimal(0)
    return int(value) if token.state is not State.UNREADABLE and value >= 0 == value % 1 else None


def _figures(option: Option, counts: Counts) -> tuple[int, ...] | None:
    figures = [counts[cell.text] if cell is not None else 0 for cell in option]
    return tuple(f for f in figures if f is not None) if None not in figures else None


def _completed(
    cells: Sequence[CellCode],
    option: Option,
    figures: tuple[int, ...],
    equations: Sequence[Equation],
) -> list[tuple[int, ...]]:
    """The figures with which the sums within the row hold, one lost cell a sum at most not zero;
    none where nothing would do. Authors leave the parts of a row blank, or its total: a sum with
    nothing on one side says nothing."""
    number = {code: i for i, code in enumerate(cells)}
    printed = {i for i, cell in enumerate(option) if cell is not None and narrow(cell.text)}
    found = [figures]
    for equation in equations:
        left, right = ([number[cell] for cell in side] for side in (equation.left, equation.right))
        wanting = -difference(equation, dict(zip(cells, figures, strict=True)))
        if not wanting or printed.isdisjoint(left) or printed.isdisjoint(right):
            continue
        lost = [i for i in left if option[i] is None] if wanting > 0 else []
        found = [(*known[:i], wanting, *known[i + 1 :]) for known in found for i in lost]
    return found


def _with_totals(
    cells: Sequence[CellCode], figures: Sequence[int], equations: Sequence[Equation]
) -> dict[CellCode, int]:
    """The figures with the sum of its parts for each total, where the parts are not all zero:
    authors leave totals blank on most rows, and a wrong one says nothing of the other columns."""
    printed = dict(zip(cells, figures, strict=True))
    summed = dict(printed)
    for equation in equations:
        parts = sum(printed[cell] for cell in equation.left)
        for cell in equation.right:
            summed[cell] = parts or summed[cell]
    return summed


def _vectors(
    cells: Sequence[CellCode], ways: Sequence[Mapping[CellCode, int]], equations: Sequence[Equation]
) -> list[Vector]:
    """What a row adds to each sum over rows, left less right, in each of its ways."""
    own = set(cells)
    of_row = [
        e._replace(
            left=tuple(c for c in e.left if c in own), right=tuple(c for c in e.right if c in own)
        )
        for e in equations
    ]
    return [tuple(difference(equation, figures) for equation in of_row) for figures in ways]


def _order(
    rows: Sequence[Candidates], vectors: Sequence[Sequence[Vector]], equations: Sequence[Equation]
) -> list[int]:
    """The rows of the shortest sum first, since a sum that is closed sorts most choices out; among
    them those that can stand in fewest ways."""

    sums = [set(equation.cells) for equation in equations]

    def shortest(row: Candidates) -> int:
        return min((len(s) for s in sums if not s.isdisjoint(row.cells)), default=0)

    return sorted(range(len(rows)), key=lambda i: (shortest(rows[i]), len(set(vectors[i]))))


def _alive(rows: Sequence[Sequence[Vector]], order: Sequence[int]) -> list[set[Vector]]:
    """Of each row, the vectors that are part of a choice, one a row, which comes to zero; none at
    all where no choice does, or where there are too many partial sums to tell."""
    steps = [set(rows[i]) for i in order]
    layers = _forward(steps)
    alive: list[set[Vector]] = [set() for _ in rows]
    if layers is None:
        return alive
    goal = layers[-1]
    for row, step, before in zip(
        reversed(order), reversed(steps), reversed(layers[:-1]), strict=True
    ):
        ways = [
            (state, vector) for vector in step for state in before if _plus(state, vector) in goal
        ]
        alive[row] = {vector for _, vector in ways}
        goal = {state for state, _ in ways}
    return alive


def _forward(steps: Sequence[set[Vector]]) -> list[set[Vector]] | None:
    """The partial sums before each step and after the last, without those that nothing behind them
    could bring to zero."""
    nothing = (0,) * len(next(iter(steps[0])))
    layers = [{nothing}]
    trials = 0
    for step, (floor, ceiling) in zip(steps, _bounds(steps, nothing), strict=True):
        trials += len(step) * len(layers[-1])
        if trials > _MAX_TRIALS:
            return None
        after = (_plus(state, vector) for vector in step for state in layers[-1])
        reached = {a for a in after if all(map(le, floor, a)) and all(map(le, a, ceiling))}
        if not reached:
            return None
        layers.append(reached)
    return layers


def _bounds(steps: Sequence[set[Vector]], nothing: Vector) -> list[tuple[Vector, Vector]]:
    """After each step, between which sums the steps to come can still bring it to zero."""
    floor = ceiling = nothing
    bounds = []
    for step in reversed(steps):
        bounds.append((floor, ceiling))
        components = list(zip(*step, strict=True))
        floor = tuple(f - max(c) for f, c in zip(floor, components, strict=True))
        ceiling = tuple(f - min(c) for f, c in zip(ceiling, components, strict=True))
    return bounds[::-1]


def _plus(one: Vector, other: Vector) -> Vector:
    return tuple(map(add, one, other))
