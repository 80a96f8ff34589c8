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
from pipelines.forms import Identity
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
    rows: Sequence[Candidates], identities: Sequence[Identity], lexicon: Lexicon
) -> list[tuple[Option, ...]]:
    """Of each row the ways that some choice for all the others allows.

    None for any row where no choice keeps every sum, a figure cannot be read, or a cell of the form
    stands in two rows, or where the search would be too long.
    """
    cells = [cell for row in rows for cell in row.cells]
    counts = _counts(rows, lexicon)
    kept = [_kept_within(row, identities, counts) for row in rows]
    if len(set(cells)) < len(cells) or not all(kept):
        return [() for _ in rows]
    sums = _Sums.over(cells, identities)
    vectors = [
        [sums.vector(row.cells, _with_totals(row.cells, w.figures, identities)) for w in ways]
        for row, ways in zip(rows, kept, strict=True)
    ]
    alive = _alive(vectors, _order(rows, vectors, identities))
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


def _kept_within(row: Candidates, identities: Sequence[Identity], counts: Counts) -> list[_Way]:
    """The ways that keep the sums within the row; none where a figure cannot be read."""
    ways: list[_Way] = []
    for option in row.options:
        figures = _figures(option, counts)
        if figures is None:
            return []
        completed = [figures] if row.fixed else _completed(row.cells, option, figures, identities)
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
    identities: Sequence[Identity],
) -> list[tuple[int, ...]]:
    """The figures with which the sums within the row hold, one lost cell a sum at most not zero;
    none where nothing would do. Authors leave the parts of a row blank, or its total: a sum with
    nothing on one side says nothing."""
    number = {code: i for i, code in enumerate(cells)}
    printed = {i for i, cell in enumerate(option) if cell is not None and narrow(cell.text)}
    found = [figures]
    for identity in (i for i in identities if i.for_each == "row"):
        for row in dict.fromkeys(row for row, _ in cells):
            left = [number[row, column] for column in identity.left]
            right = [number[row, column] for column in identity.right]
            wanting = sum(figures[i] for i in right) - sum(figures[i] for i in left)
            if not wanting or printed.isdisjoint(left) or printed.isdisjoint(right):
                continue
            lost = [i for i in left if option[i] is None] if wanting > 0 else []
            found = [(*known[:i], wanting, *known[i + 1 :]) for known in found for i in lost]
    return found


def _with_totals(
    cells: Sequence[CellCode], figures: Sequence[int], identities: Sequence[Identity]
) -> list[int]:
    """The figures with the sum of its parts for each total, where the parts are not all zero:
    authors leave totals blank on most rows, and a wrong one says nothing of the other columns."""
    number = {code: i for i, code in enumerate(cells)}
    summed = list(figures)
    for identity in (i for i in identities if i.for_each == "row"):
        for row in dict.fromkeys(row for row, _ in cells):
            parts = sum(figures[number[row, column]] for column in identity.left)
            for column in identity.right:
                summed[number[row, column]] = parts or figures[number[row, column]]
    return summed


@dataclass(frozen=True, slots=True)
class _Sums:
    """The sums over rows, one component for each identity and column: left less right."""

    signs: Mapping[CellCode, Mapping[int, int]]
    size: int

    @classmethod
    def over(cls, cells: Sequence[CellCode], identities: Sequence[Identity]) -> "_Sums":
        columns = sorted({column for _, column in cells})
        components = [(i, c) for i in identities if i.for_each == "column" for c in columns]
        signs: dict[CellCode, dict[int, int]] = {}
        for number, (identity, column) in enumerate(components):
            for operands, sign in ((identity.left, 1), (identity.right, -1)):
                for row in operands:
                    signs.setdefault((row, column), {})[number] = sign
        return cls(signs, len(components))

    def vector(self, cells: Sequence[CellCode], figures: Sequence[int]) -> Vector:
        """What a row with these figures adds to each component."""
        added = [0] * self.size
        for cell, figure in zip(cells, figures, strict=True):
            for number, sign in self.signs.get(cell, {}).items():
                added[number] += sign * figure
        return tuple(added)


def _order(
    rows: Sequence[Candidates], vectors: Sequence[Sequence[Vector]], identities: Sequence[Identity]
) -> list[int]:
    """The rows of the shortest sum first, since a sum that is closed sorts most choices out; among
    them those that can stand in fewest ways."""

    def shortest(row: Candidates) -> int:
        codes = {code for code, _ in row.cells}
        sums = [(*i.left, *i.right) for i in identities if i.for_each == "column"]
        return min((len(s) for s in sums if not codes.isdisjoint(s)), default=0)

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
