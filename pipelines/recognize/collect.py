"""Rows found → statutory tables: every cell of the form, placed, lost or unsure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipelines.domain import Cell, Finding, Place, PlacedCell, StatutoryTable
from pipelines.forms import Forms, finding, narrow, one_line
from pipelines.forms.tokens import parse_token
from pipelines.recognize.labels import Labels
from pipelines.recognize.layouts import Layout, Layouts
from pipelines.recognize.placement import (
    Certainty,
    Peers,
    Placement,
    nothing,
    place,
)
from pipelines.recognize.tables import DISCLOSURE, REQUESTS, REVIEWS, Found, RowFound

# Fewer rows than these under no header are no table: labels stand in prose and menus too.
_MIN_ROWS_UNHEADED = 4
# A copy in which so many rows of a table show no figure at all shows a table left blank.
_MIN_BLANK_ROWS = 5


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
    found: Found, labels: Labels, forms: Forms, year: int | None
) -> tuple[tuple[StatutoryTable, ...], tuple[Finding, ...]]:
    """The tables that were found, in the order of the form, and what is odd about them."""
    collector = _Collector(found, labels, forms, year)
    tables = [t for name in forms.table_names if (t := collector.table(name)) is not None]
    return tuple(tables), tuple(collector.findings)


class _Collector:
    def __init__(self, found: Found, labels: Labels, forms: Forms, year: int | None) -> None:
        self.found = found
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
            self._tell("tables_missing", table=name)
            return None
        told = len(self.findings)
        table = self._placed(name, rows, self.layouts.of(name, rows))
        if not (table.sure or (table.nearly_whole and name != DISCLOSURE)):
            del self.findings[told:]
            self._tell("tables_missing", table=name)
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
        pairs = list(zip(rows, layouts, strict=True))
        placements = [self._place(row, layout, pairs) for row, layout in pairs]
        if _is_blank_copy(rows):
            placements = [_all_blank(row, len(layout.columns)) for row, layout in pairs]
        lossy = any(
            row.figures.stream and row.figures.figures and placement.certainty is Certainty.SHORT
            for (row, _), placement in zip(pairs, placements, strict=True)
        )
        for (row, layout), placement in zip(pairs, placements, strict=True):
            table.rows_by_vintage[layout.vintage] += 1
            doubtful = lossy and row.figures.stream and not self._sums_up(name, layout, placement)
            self._take(table, row, layout, nothing(len(layout.columns)) if doubtful else placement)
            count = len(row.figures.figures)
            table.nearly_whole |= len(layout.columns) - 1 <= count <= len(layout.columns)
        return table

    def _sums_up(self, name: str, layout: Layout, placement: Placement) -> bool:
        """Whether the row keeps the sums of its form. In one-cell lines that lost cells, a row can
        be whole by a figure that is none of its own: a page number."""
        if name != REQUESTS or placement.certainty is not Certainty.SURE:
            return True
        figures = {
            column: parse_token(cell.text, "count", self.forms.lexicon).value or Decimal(0)
            for (_, column), cell in zip(layout.columns, placement.cells, strict=True)
            if cell is not None
        }
        return all(
            sum(figures[c] for c in identity.left) == sum(figures[c] for c in identity.right)
            for identity in self.forms.vintages[layout.vintage].rectangular(name).identities
            if identity.for_each == "row"
        )

    def _place(
        self, row: RowFound, layout: Layout, pairs: Sequence[tuple[RowFound, Layout]]
    ) -> Placement:
        count = len(layout.columns)
        if layout.unsure:
            return nothing(count)
        peers = [r.figures for r, o in pairs if len(o.columns) == count and r.grid == row.grid]
        return place(row.figures, count, layout.slots, Peers(tuple(peers), count))

    def _take(self, table: _Table, row: RowFound, layout: Layout, placement: Placement) -> None:
        units = layout.units or (None,) * len(layout.columns)
        here = row.label.place if row.label is not None else _first_place(row)
        unsure = placement.certainty is not Certainty.SURE and not any(placement.cells)
        unsure = unsure and bool(row.figures.figures)
        cells = [
            PlacedCell(
                code,
                column,
                layout.vintage,
                cell.text if cell is not None else None,
                cell.place if cell is not None else here,
                unsure,
                unit,
                cell.confidence if cell is not None else None,
            )
            for (code, column), cell, unit in zip(
                layout.columns, placement.cells, units, strict=True
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
        if placement.certainty is Certainty.SHORT:
            self._tell(
                "row_short",
                table=name,
                row=code,
                left=Decimal(len(figures)),
                right=Decimal(len(placement.cells)),
            )
        elif placement.certainty is Certainty.AMBIGUOUS:
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


def _without_empty_echoes(rows: list[RowFound]) -> list[RowFound]:
    """Without labels that stand alone on a line (in prose, in a menu) where no table shows blanks:
    unless so many stand there that a whole table was left blank."""
    alone = [r for r in rows if r.figures.stream and not r.figures.figures]
    if len({r.code for r in alone}) >= _MIN_BLANK_ROWS:
        with_figures = {r.code for r in rows if r.figures.figures}
        return [r for r in rows if r not in alone or r.code not in with_figures]
    return [r for r in rows if r not in alone]


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
