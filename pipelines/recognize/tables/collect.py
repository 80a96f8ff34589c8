"""Rows found → statutory tables: every cell of the form, placed, lost or unsure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipelines.domain import Cell, Finding, Place, PlacedCell, StatutoryTable
from pipelines.forms import Equation, Forms, difference, finding, merged
from pipelines.recognize.tables.choice import PrintedRow, chosen
from pipelines.recognize.tables.labels import Labels
from pipelines.recognize.tables.layouts import Layout, Layouts
from pipelines.recognize.tables.placement import (
    Certainty,
    FigureRow,
    Peers,
    Placement,
    nothing,
    place,
    unpacked,
    with_empty_lines,
)
from pipelines.recognize.tables.scan import DISCLOSURE, REQUESTS, REVIEWS, Found, RowFound
from pipelines.text import narrow, one_line
from pipelines.text.tokens import parse_token

# Fewer rows than these under no header are no table: labels stand in prose and menus too.
_MIN_ROWS_UNHEADED = 4
# A copy in which so many rows of a table show no figure at all shows a table left blank.
_MIN_BLANK_ROWS = 5


Pair = tuple[RowFound, Layout]


@dataclass
class _Table:
    """One table while it is put together: (row, column) → its cell."""

    name: str
    cells: dict[tuple[str, str], PlacedCell] = field(default_factory=dict)
    rows_by_vintage: Counter[str] = field(default_factory=Counter)
    sure: int = 0
    # Some row has all its figures, or all but one: the table is there, if not sure.
    nearly_whole: bool = False

    @property
    def vintages(self) -> tuple[str, ...]:
        """In the order of their appearance."""
        return tuple(self.rows_by_vintage)


def collect(
    found: Found, labels: Labels, forms: Forms, year: int | None, *, pictures: bool
) -> tuple[tuple[StatutoryTable, ...], tuple[Finding, ...]]:
    """The tables that were found, in the order of the form, and what is odd about them. `pictures`:
    the document shows some, which this reader does not read."""
    collector = _Collector(found, labels, forms, year, pictures=pictures)
    tables = [t for name in forms.table_names if (t := collector.table(name)) is not None]
    return tuple(tables), tuple(collector.findings)


class _Collector:
    def __init__(
        self, found: Found, labels: Labels, forms: Forms, year: int | None, *, pictures: bool
    ) -> None:
        self.found = found
        self.pictures = pictures
        self.forms = forms
        self.findings: list[Finding] = []
        self.layouts = Layouts(labels, forms, year, self._tell)

    def table(self, name: str) -> StatutoryTable | None:
        # The items of the disclosure table stand in other tables too: there, under no header of it.
        rows = _without_empty_echoes(
            [
                r
                for r in self.found.rows
                if r.table == name and (name != DISCLOSURE or r.header or r.block)
            ]
        )
        enough = 1 if name in self.found.headed else _MIN_ROWS_UNHEADED
        if len({r.code for r in rows}) < enough:
            nothing_there = "pictures" if self.pictures else "nothing"
            self._tell("tables_missing", table=name, detail="few" if rows else nothing_there)
            return None
        told = len(self.findings)
        table = self._placed(name, rows, self.layouts.of(name, rows))
        if not (table.sure or (table.nearly_whole and name != DISCLOSURE)):
            del self.findings[told:]
            self._tell("tables_missing", table=name, detail="unsure")
            return None
        for printed in dict.fromkeys(text for t, text in self.found.unknown if t == name):
            self._tell("unknown_label", table=name, detail=one_line(printed))
        self._complete(table)
        self.layouts.seen_vintages.update(table.vintages)
        order = {cell: i for i, cell in enumerate(self._all_cells(table.vintages, name))}
        cells = sorted(table.cells.values(), key=lambda c: order.get((c.row, c.column), len(order)))
        return StatutoryTable(name, table.vintages, tuple(cells))

    def _tell(self, rule: str, **about: str | Decimal | None) -> None:
        self.findings.append(finding(self.forms, rule, **about))  # type: ignore[arg-type]

    def _all_cells(self, vintages: Iterable[str], name: str) -> list[tuple[str, str]]:
        forms = [self.forms.vintages[v] for v in vintages]
        return list(dict.fromkeys(cell for f in forms for cell in f.tables[name].cells()))

    def _placed(self, name: str, rows: Sequence[RowFound], layouts: Sequence[Layout]) -> _Table:
        table = _Table(name)
        pairs = _with_empty_lines(list(zip(rows, layouts, strict=True)))
        peers = _peers(pairs)
        placements = [
            _place(row, layout, peers[len(layout.columns), row.grid]) for row, layout in pairs
        ]
        if _is_blank_copy(rows):
            placements = [_all_blank(row, len(layout.columns)) for row, layout in pairs]
        foreign = self._with_foreign_figures(name, pairs, placements)
        for i in foreign:
            placements[i] = nothing(len(placements[i].cells))
        if name != DISCLOSURE and not any(layout.unsure for _, layout in pairs):
            printed = [
                PrintedRow(row.figures, layout.columns, placement, i in foreign)
                for i, ((row, layout), placement) in enumerate(zip(pairs, placements, strict=True))
            ]
            placements = chosen(printed, self._equations(name), self.forms.lexicon)
        for (row, layout), placement in zip(pairs, placements, strict=True):
            table.rows_by_vintage[layout.vintage] += 1
            self._take(table, row, layout, placement)
            count = len(row.figures.figures)
            table.nearly_whole |= len(layout.columns) - 1 <= count <= len(layout.columns)
        return table

    def _with_foreign_figures(
        self, name: str, pairs: Sequence[Pair], placements: Sequence[Placement]
    ) -> set[int]:
        """The rows, by number, that are whole by a figure that is none of their own: a page number
        among one-cell lines that lost cells."""
        lossy = any(
            row.figures.stream and row.figures.figures and placement.certainty is Certainty.SHORT
            for (row, _), placement in zip(pairs, placements, strict=True)
        )
        return {
            i
            for i, ((row, layout), placement) in enumerate(zip(pairs, placements, strict=True))
            if lossy and row.figures.stream and not self._sums_up(name, layout, placement)
        }

    def _equations(self, name: str) -> tuple[Equation, ...]:
        """Of all vintages together, since a table can have rows of several: a row that is not
        printed adds nothing."""
        return merged(
            equation
            for form in self.forms.vintages.values()
            for equation in form.rectangular(name).equations
        )

    def _sums_up(self, name: str, layout: Layout, placement: Placement) -> bool:
        """Whether the row keeps the sums of its form. In one-cell lines that lost cells, a row can
        be whole by a figure that is none of its own: a page number."""
        if name != REQUESTS or placement.certainty is not Certainty.SURE:
            return True
        figures = {
            code: parse_token(cell.text, "count", self.forms.lexicon).value or Decimal(0)
            for code, cell in zip(layout.columns, placement.cells, strict=True)
            if cell is not None
        }
        rows = {row for row, _ in layout.columns}
        return not any(
            difference(equation, figures)
            for equation in self.forms.vintages[layout.vintage].rectangular(name).equations
            if equation.row in rows
        )

    def _take(self, table: _Table, row: RowFound, layout: Layout, placement: Placement) -> None:
        units = layout.units or (None,) * len(layout.columns)
        here = row.label.place if row.label is not None else _first_place(row)
        unsure = placement.unsure if row.figures.figures else frozenset()
        cells = [
            PlacedCell(
                code,
                column,
                layout.vintage,
                cell.text if cell is not None else None,
                cell.place if cell is not None else here,
                column_number in unsure,
                unit,
                cell.confidence if cell is not None else None,
            )
            for column_number, ((code, column), cell, unit) in enumerate(
                zip(layout.columns, placement.cells, units, strict=True)
            )
        ]
        table.sure += sum(c.raw is not None for c in cells)
        known = [table.cells[c.row, c.column] for c in cells if (c.row, c.column) in table.cells]
        if known:
            self._take_again(table, row, cells, known)
            return
        table.cells.update({(c.row, c.column): c for c in cells})
        self._tell_row(table.name, row, placement)

    def _take_again(
        self, table: _Table, row: RowFound, cells: list[PlacedCell], known: list[PlacedCell]
    ) -> None:
        """A row printed twice: once is enough where both say the same."""
        same = {(c.row, c.column, narrow(c.raw or "")) for c in cells} == {
            (c.row, c.column, narrow(c.raw or "")) for c in known
        }
        if same:
            return
        for cell in (*known, *cells):
            lost = replace(cell, raw=None, unsure=True)
            table.cells[cell.row, cell.column] = lost
        self._tell("duplicate_row", table=table.name, row=_row_code(row))

    def _tell_row(self, name: str, row: RowFound, placement: Placement) -> None:
        code = _row_code(row)
        figures = row.figures.figures
        if row.loosely is not None:
            self._tell("label_matched_loosely", table=name, row=code, detail=one_line(row.loosely))
        lost = [c for i, c in enumerate(placement.cells) if c is None and i not in placement.unsure]
        chosen_with_loss = placement.certainty is Certainty.CHOSEN and bool(lost)
        if placement.certainty is Certainty.SHORT or chosen_with_loss:
            self._tell(
                "row_short",
                table=name,
                row=code,
                left=Decimal(len(figures)),
                right=Decimal(len(placement.cells)),
            )
        if placement.certainty is Certainty.CHOSEN:
            self._tell(
                "placed_by_sums",
                table=name,
                row=code,
                left=Decimal(len(figures)),
                right=Decimal(len(placement.cells)),
                detail=" ".join(one_line(c.text) for c in figures) or "–",
            )
        if placement.certainty is Certainty.AMBIGUOUS or (
            placement.certainty is Certainty.CHOSEN and placement.unsure
        ):
            printed = " ".join(one_line(c.text) for c in figures)
            self._tell("ambiguous_placement", table=name, row=code, detail=printed)

    def _complete(self, table: _Table) -> None:
        """Every cell of the form that the copy does not have is absent, and its row told."""
        main = table.rows_by_vintage.most_common(1)[0][0]
        rows_found = {row for row, _ in table.cells}
        missing: dict[str, None] = {}
        for row, column in self.forms.vintages[main].tables[table.name].cells():
            if row not in rows_found:
                missing[row] = None
                table.cells[row, column] = PlacedCell(row, column, main, None, None)
        for row in missing:
            self._tell("row_missing", table=table.name, row=row)


def _peers(pairs: Sequence[Pair]) -> dict[tuple[int, int | None], Peers]:
    """The rows of each number of columns in each grid."""
    rows: dict[tuple[int, int | None], list[FigureRow]] = {}
    for row, layout in pairs:
        rows.setdefault((len(layout.columns), row.grid), []).append(row.figures)
    return {(count, grid): Peers(tuple(alike), count) for (count, grid), alike in rows.items()}


def _place(row: RowFound, layout: Layout, peers: Peers) -> Placement:
    count = len(layout.columns)
    if layout.unsure:
        return nothing(count)
    figures = unpacked(row.figures, count) if layout.packed else row.figures
    return place(figures, count, layout.slots, peers)


def _without_empty_echoes(rows: list[RowFound]) -> list[RowFound]:
    """Without labels that stand alone on a line (in prose, in a menu) where no table shows blanks:
    unless so many stand there that a whole table was left blank, or as many empty lines stand
    behind one as behind the others there are cells."""
    alone = [r for r in rows if r.figures.stream and not r.figures.figures]
    with_figures = {r.code for r in rows if r.figures.figures}
    cells = {len(r.figures.spaced) for r in rows if r.figures.stream and r.figures.figures}
    many = len({r.code for r in alone}) >= _MIN_BLANK_ROWS
    blank = [
        r
        for r in alone
        if r.code not in with_figures and (many or len(r.figures.spaced) in cells - {1})
    ]
    left_out = {id(r) for r in alone} - {id(r) for r in blank}
    return [r for r in rows if id(r) not in left_out]


def _with_empty_lines(pairs: Sequence[Pair]) -> list[Pair]:
    """An empty line is a blank cell where all rows of as many columns come out even."""
    changed = list(pairs)
    for columns in {len(layout.columns) for _, layout in pairs}:
        alike = [i for i, (_, layout) in enumerate(pairs) if len(layout.columns) == columns]
        figures = with_empty_lines([pairs[i][0].figures for i in alike], columns)
        for i, row_figures in zip(alike, figures, strict=True):
            changed[i] = (replace(pairs[i][0], figures=row_figures), pairs[i][1])
    return changed


def _is_copied(row: RowFound) -> bool:
    return not row.figures.exact


def _is_blank_copy(rows: Sequence[RowFound]) -> bool:
    copied = all(_is_copied(r) for r in rows)
    return copied and len(rows) >= _MIN_BLANK_ROWS and not any(r.figures.figures for r in rows)


def _all_blank(row: RowFound, count: int) -> Placement:
    here = row.label.place if row.label is not None else Place()
    return Placement(tuple(Cell("", 0, i, here) for i in range(count)), Certainty.SURE)


def _first_place(row: RowFound) -> Place | None:
    return row.figures.cells[0].place if row.figures.cells else None


def _row_code(row: RowFound) -> str | None:
    return None if row.table == REVIEWS else row.code
