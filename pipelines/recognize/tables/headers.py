"""What the column labels above a row say of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.domain import Cell
from pipelines.forms import Block, Measure, RectangularTable
from pipelines.recognize.tables.labels import Labels, RoleKind, edit_distance
from pipelines.recognize.tables.scan import Header
from pipelines.text import fold, simplify, unnumbered
from pipelines.text.lexicon import Lexicon

# The shortest beginning of a label that still speaks for it, where its neighbours are known.
_MIN_BEGINNING = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns in the order in which they are printed; empty where that cannot be told.

    `slots` are their places, where the layout is exact and every column's label was found.
    """

    codes: tuple[str, ...]
    slots: tuple[range, ...] | None = None


def applicant_columns(header: Header | None, table: RectangularTable, labels: Labels) -> Columns:
    """The applicant columns of the requests table."""
    statutory = tuple(c.code for c in table.columns)
    found = _codes(header, RoleKind.APPLICANT, labels)
    if header is None or not found:
        return Columns(statutory)
    if header.grid is not None and _stand_apart(found) and len(found) == len(statutory):
        found.sort(key=lambda f: f[1].start)
        codes = tuple(code for code, _ in found)
        if sorted(codes) == sorted(statutory) and (codes == statutory or header.exact):
            return Columns(codes, tuple(slots for _, slots in found))
        return Columns(())
    return Columns(statutory if _could_be(header, found, statutory, labels) else ())


def _could_be(
    header: Header,
    found: Sequence[tuple[str, range]],
    statutory: Sequence[str],
    labels: Labels,
) -> bool:
    """Whether a header whose slots do not tell the order can stand in the form's. In a copy the
    legal persons' columns stand a line below those around them, and shifted."""
    outer, inner = (statutory[0], statutory[-1]), statutory[1:-1]
    codes = [code for code, _ in found]
    if header.grid is None:
        return _is_within(codes, statutory) or _is_within(codes, (*outer, *inner))
    lines: dict[int, list[str]] = {}
    for cell in merged(header.cells):
        for role in labels.roles(cell.text):
            if role.kind is RoleKind.APPLICANT:
                lines.setdefault(cell.row, []).append(role.code)
    with_inner = [line for line in lines.values() if set(line) & set(inner)]
    return len(with_inner) <= 1 and all(_is_within(line, statutory) for line in lines.values())


def review_columns(header: Header | None, table: RectangularTable, labels: Labels) -> Columns:
    """The fifteen columns of the reviews table, named `channel outcome`."""
    channels = tuple(r.code for r in table.rows)
    outcomes = tuple(c.code for c in table.columns)
    statutory = tuple(f"{channel} {outcome}" for channel in channels for outcome in outcomes)
    found = _codes(header, RoleKind.OUTCOME, labels)
    above = _codes(header, RoleKind.CHANNEL, labels)
    laid_out = header is not None and _stand_apart(found) and _stand_apart(above)
    if laid_out:
        found.sort(key=lambda f: f[1].start)
        above.sort(key=lambda f: f[1].start)
    in_order = _is_within([c for c, _ in found], outcomes * len(channels)) and _is_within(
        [c for c, _ in above], channels
    )
    if not in_order:
        return Columns(())
    whole = laid_out and len(found) == len(statutory)
    return Columns(statutory, tuple(slots for _, slots in found) if whole else None)


def _codes(header: Header | None, kind: RoleKind, labels: Labels) -> list[tuple[str, range]]:
    """The labels of that kind with their slots. A spanned label that a copy repeats, beside itself
    or below itself, is one."""
    found = [
        (role.code, range(cell.column, cell.column + cell.column_span))
        for cell in (merged(header.cells) if header is not None else ())
        for role in labels.roles(cell.text)
        if role.kind is kind
    ]
    return list(dict.fromkeys(found)) if header is not None and header.grid is not None else found


def merged(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Equal labels side by side as one that spans their slots."""
    kept: list[Cell] = []
    for cell in cells:
        before = kept[-1] if kept else None
        adjacent = before is not None and before.column + before.column_span == cell.column
        if before is not None and adjacent and fold(before.text) == fold(cell.text):
            kept[-1] = before._replace(column_span=before.column_span + cell.column_span)
        else:
            kept.append(cell)
    return tuple(kept)


def _stand_apart(found: Sequence[tuple[str, range]]) -> bool:
    """Whether no two labels share a slot; where they do, spans are not to be trusted."""
    slots = [slot for _, span in found for slot in span]
    return len(slots) == len(set(slots))


def is_packed(header: Header, grid: int | None) -> bool:
    """Whether that header of an exact grid has labels that share slots: it has lost its spans, and
    what is too much stands behind the rows."""
    slots = [
        slot for cell in header.cells for slot in range(cell.column, cell.column + cell.column_span)
    ]
    return header.exact and header.grid == grid and len(slots) > len(set(slots))


def _is_within(codes: Sequence[str], order: Sequence[str]) -> bool:
    """Whether the codes stand in that order, some perhaps missing."""
    rest = iter(order)
    return all(code in rest for code in codes)


def named_measures(header: Header, block: Block, lexicon: Lexicon) -> int:
    """How many of the block's measures the header names."""
    found = (_measure_of(cell.text, block, lexicon) for cell in header.cells)
    return len({measure.code for measure in found if measure is not None})


def is_reordered(header: Header, block: Block, lexicon: Lexicon) -> bool:
    """Whether a copy's header has just the block's measures, in another order."""
    cells = merged(header.cells)
    found = [m.code for c in cells if (m := _measure_of(c.text, block, lexicon)) is not None]
    statutory = [m.code for m in block.measures]
    return len(cells) == len(found) and found != statutory and sorted(found) == sorted(statutory)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a printed header fits a block's measures (2 as printed in the form, 1 nearly),
    the measures in printed order, and the unit that each label names."""

    score: int
    measures: tuple[Measure, ...]
    slots: tuple[range, ...] | None = None
    units: tuple[str | None, ...] | None = None


def fit_of(header: Header, block: Block, lexicon: Lexicon) -> Fit | None:
    """The fit of a header over a row of that block; None where it does not fit."""
    as_printed = _fit(header.cells, block, lexicon, header.exact)
    return as_printed or _fit(merged(header.cells), block, lexicon, header.exact)


def _fit(cells: Sequence[Cell], block: Block, lexicon: Lexicon, exact: bool) -> Fit | None:
    known = [_measure_of(c.text, block, lexicon) for c in cells]
    found = tuple(m for m in known if m is not None)
    if len(cells) < len(block.measures):
        some_lost = len(found) == len(cells) > 0
        in_order = _is_within([m.code for m in found], [m.code for m in block.measures])
        return Fit(1, block.measures) if some_lost and in_order else None
    if len(cells) > len(block.measures) or not found:
        return None
    slots = tuple(range(c.column, c.column + c.column_span) for c in cells)
    if found == block.measures or (exact and len({m.code for m in found}) == len(cells)):
        return Fit(2, found, slots, tuple(unit_of(c.text, lexicon) for c in cells))
    near = all(
        known_as == measure or (known_as is None and _begins(cell.text, measure, lexicon))
        for cell, known_as, measure in zip(cells, known, block.measures, strict=True)
    )
    units = tuple(unit_of(c.text, lexicon) for c in cells)
    return Fit(1, block.measures, slots, units) if near else None


def _keys(label: str, lexicon: Lexicon) -> set[str]:
    plain = unnumbered(label, lexicon.numerals)
    return {fold(label), fold(plain), fold(plain.partition("(")[0])}


def _measure_of(text: str, block: Block, lexicon: Lexicon) -> Measure | None:
    keys = _keys(text, lexicon)
    for measure in block.measures:
        if any(keys & _keys(label, lexicon) for label in measure.labels):
            return measure
    return None


def _begins(text: str, measure: Measure, lexicon: Lexicon) -> bool:
    """Whether the text is the label's beginning, or a few characters off."""
    key = fold(unnumbered(text, lexicon.numerals))
    label = fold(measure.label)
    if len(key) < _MIN_BEGINNING:
        return False
    bound = max(1, len(label) // 4)
    return label.startswith(key) or edit_distance(key, label, bound) <= bound


def unit_of(text: str, lexicon: Lexicon) -> str | None:
    """The unit of money that a header names in parentheses or after a colon."""
    plain = simplify(text)
    for unit in sorted(lexicon.money_units, key=len, reverse=True):
        if any(f"{before}{unit}" in plain for before in "(:,"):
            return lexicon.money_unit_names.get(unit, unit)
    return None
