"""Rows found → statutory tables: every cell of the form, placed, lost or unsure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipelines.domain import Cell, Finding, Place, PlacedCell, StatutoryTable
from pipelines.forms import Block, Form, Forms, finding, narrow
from pipelines.forms.tokens import parse_token
from pipelines.recognize.headers import (
    Columns,
    Fit,
    applicant_columns,
    fit_of,
    is_reordered,
    review_columns,
)
from pipelines.recognize.labels import Labels
from pipelines.recognize.placement import (
    Certainty,
    Peers,
    Placement,
    nothing,
    place,
)
from pipelines.recognize.tables import DISCLOSURE, REQUESTS, REVIEWS, Found, Header, RowFound

# Fewer rows than these under no header are no table: labels stand in prose and menus too.
_MIN_ROWS_UNHEADED = 4
# A copy in which so many rows of a table show no figure at all shows a table left blank.
_MIN_BLANK_ROWS = 5


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a found row's columns are, with the unit that the header gives each."""

    vintage: str
    columns: tuple[tuple[str, str], ...]
    slots: tuple[range, ...] | None = None
    units: tuple[str | None, ...] = ()
    # The columns stand in an order that cannot be told.
    unsure: bool = False


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
        self.labels = labels
        self.forms = forms
        self.year = year
        self.findings: list[Finding] = []
        self.seen_vintages: Counter[str] = Counter()

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
        layouts: Callable[[Sequence[RowFound]], list[_Layout]] = {
            DISCLOSURE: self._disclosure_layouts,
            REQUESTS: self._request_layouts,
            REVIEWS: self._review_layouts,
        }[name]
        table = self._placed(name, rows, layouts(rows))
        if not (table.sure or (table.nearly_whole and name != DISCLOSURE)):
            del self.findings[told:]
            self._tell("tables_missing", table=name)
            return None
        for printed in dict.fromkeys(text for t, text in self.found.unknown if t == name):
            self._tell("unknown_label", table=name, detail=_one_line(printed))
        self._complete(table)
        self.seen_vintages.update(table.vintages)
        order = {cell: i for i, cell in enumerate(self._all_cells(table.vintages, name))}
        cells = sorted(table.cells.values(), key=lambda c: order.get((c.row, c.column), len(order)))
        return StatutoryTable(name, table.vintages, tuple(cells))

    def _tell(self, rule: str, **about: str | Decimal | None) -> None:
        self.findings.append(finding(self.forms, rule, **about))  # type: ignore[arg-type]

    def _all_cells(self, vintages: Iterable[str], name: str) -> list[tuple[str, str]]:
        forms = [self.forms.vintages[v] for v in vintages]
        return list(dict.fromkeys(cell for f in forms for cell in f.tables[name].cells()))

    # -- what the columns of each row are --------------------------------------------------

    def _disclosure_layouts(self, rows: Sequence[RowFound]) -> list[_Layout]:
        fits = [self._fits(row) for row in rows]
        majority = Counter(f[0][0].vintage for f in fits if f).most_common(1)
        meant = self.forms.form_for_year(self.year).vintage
        fallback = majority[0][0] if majority else meant
        bare = self._bare_vintage([r for r in rows if r.header is None], fallback)
        return [
            self._fitting_layout(row, *f[0])
            if f
            else self._bare_layout(row, bare or fallback, unsure=bare is None)
            if row.header is None
            else self._mismatched_layout(row, row.header, fallback)
            for row, f in zip(rows, fits, strict=True)
        ]

    def _bare_vintage(self, rows: Sequence[RowFound], expected: str) -> str | None:
        """The vintage of rows without a header: a row may have lost cells, but none has more than
        its form. The expected one where it can be, or the only one that can."""
        possible = {
            vintage
            for vintage in self.forms.vintages
            if all(
                len(row.figures.figures) <= len(block.measures)
                for row in rows
                for form, block in self._blocks(row)
                if form.vintage == vintage
            )
        }
        if expected in possible:
            return expected
        return possible.pop() if len(possible) == 1 else None

    def _bare_layout(self, row: RowFound, vintage: str, *, unsure: bool) -> _Layout:
        blocks = self._blocks(row)
        form, block = next((fb for fb in blocks if fb[0].vintage == vintage), blocks[0])
        columns = tuple((row.code, m.code) for m in block.measures)
        return _Layout(form.vintage, columns, unsure=unsure)

    def _blocks(self, row: RowFound) -> list[tuple[Form, Block]]:
        return [
            (form, block)
            for form in self.forms.vintages.values()
            for block in form.proactive_disclosure.blocks
            if any(item.code == row.code for item in block.items)
        ]

    def _fits(self, row: RowFound) -> list[tuple[Form, Fit]]:
        """The forms whose block the header over the row fits, the best first."""
        if row.header is None:
            return []
        scored = [
            (form, fit)
            for form, block in self._blocks(row)
            if (fit := fit_of(row.header, block, self.forms.lexicon)) is not None
        ]
        return sorted(scored, key=lambda s: -s[1].score)

    def _fitting_layout(self, row: RowFound, form: Form, fit: Fit) -> _Layout:
        columns = tuple((row.code, m.code) for m in fit.measures)
        slots = self._slots_here(row, Columns((), fit.slots))
        return _Layout(form.vintage, columns, slots, fit.units or ())

    def _mismatched_layout(self, row: RowFound, header: Header, fallback: str) -> _Layout:
        """The form's own order, of the vintage with as many measures as there are figures."""
        figures = len(row.figures.figures)
        candidates = sorted(
            self._blocks(row),
            key=lambda fb: (len(fb[1].measures) != figures, fb[0].vintage != fallback),
        )
        form, block = candidates[0]
        printed = " ".join(_one_line(c.text) for c in header.cells)
        self._tell("header_mismatch", table=DISCLOSURE, row=row.code, detail=printed)
        columns = tuple((row.code, m.code) for m in block.measures)
        unsure = is_reordered(header, block, self.forms.lexicon)
        return _Layout(form.vintage, columns, unsure=unsure)

    def _request_layouts(self, rows: Sequence[RowFound]) -> list[_Layout]:
        vintages = self._row_vintages(REQUESTS, [r.code for r in rows])
        main = vintages[0]
        table = self.forms.vintages[main].rectangular(REQUESTS)
        statutory = [c.code for c in table.columns]
        layouts = []
        for row in rows:
            columns = applicant_columns(row.header, table, self.labels)
            self._tell_order(REQUESTS, row, columns)
            of_row = [v for v in vintages if self._has_row(v, REQUESTS, row.code)]
            cells = tuple((row.code, code) for code in columns.codes or statutory)
            slots = self._slots_here(row, columns)
            vintage = (of_row or vintages)[0]
            layouts.append(_Layout(vintage, cells, slots, unsure=not columns.codes))
        return layouts

    def _review_layouts(self, rows: Sequence[RowFound]) -> list[_Layout]:
        form = self._likely_form()
        table = form.rectangular(REVIEWS)
        layouts = []
        for row in rows:
            columns = review_columns(row.header, table, self.labels)
            self._tell_order(REVIEWS, row, columns)
            slots = self._slots_here(row, columns)
            cells = tuple(table.cells())
            layouts.append(_Layout(form.vintage, cells, slots, unsure=not columns.codes))
        return layouts

    def _tell_order(self, name: str, row: RowFound, columns: Columns) -> None:
        told = any(f.rule == "header_order_unclear" and f.table == name for f in self.findings)
        if not columns.codes and row.header is not None and not told:
            printed = " ".join(_one_line(c.text) for c in row.header.cells)
            self._tell("header_order_unclear", table=name, detail=printed)

    def _slots_here(self, row: RowFound, columns: Columns) -> tuple[range, ...] | None:
        header: Header | None = row.header
        return columns.slots if header is not None and header.grid == row.grid else None

    def _row_vintages(self, name: str, codes: Sequence[str]) -> list[str]:
        """The vintages that the rows tell, the one with more rows of its own first."""
        telling: Counter[str] = Counter()
        for code in codes:
            having = [v for v in self.forms.vintages if self._has_row(v, name, code)]
            if len(having) < len(self.forms.vintages):
                telling.update(having)
        if telling:
            return [v for v, _ in telling.most_common()]
        likely = self._likely_form().vintage
        self._tell("vintage_unclear", table=name, detail=likely)
        return [likely]

    def _has_row(self, vintage: str, name: str, code: str) -> bool:
        return any(r.code == code for r in self.forms.vintages[vintage].rectangular(name).rows)

    def _likely_form(self) -> Form:
        """The form meant for the year if the document uses it, else the one it uses most."""
        meant = self.forms.form_for_year(self.year)
        if not self.seen_vintages or meant.vintage in self.seen_vintages:
            return meant
        return self.forms.vintages[self.seen_vintages.most_common(1)[0][0]]

    # -- the cells -------------------------------------------------------------------------

    def _placed(self, name: str, rows: Sequence[RowFound], layouts: Sequence[_Layout]) -> _Table:
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

    def _sums_up(self, name: str, layout: _Layout, placement: Placement) -> bool:
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
        self, row: RowFound, layout: _Layout, pairs: Sequence[tuple[RowFound, _Layout]]
    ) -> Placement:
        count = len(layout.columns)
        if layout.unsure:
            return nothing(count)
        peers = [r.figures for r, o in pairs if len(o.columns) == count and r.grid == row.grid]
        return place(row.figures, count, layout.slots, Peers(tuple(peers), count))

    def _take(self, table: _Table, row: RowFound, layout: _Layout, placement: Placement) -> None:
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
            self._tell("label_matched_loosely", table=name, row=code, detail=_one_line(row.loosely))
        if placement.certainty is Certainty.SHORT:
            self._tell(
                "row_short",
                table=name,
                row=code,
                left=Decimal(len(figures)),
                right=Decimal(len(placement.cells)),
            )
        elif placement.certainty is Certainty.AMBIGUOUS:
            printed = " ".join(_one_line(c.text) for c in figures)
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


def _one_line(text: str) -> str:
    return " ".join(text.split())
