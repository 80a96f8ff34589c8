"""Rows found → statutory tables: every cell of the form, placed, lost or unsure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipelines.domain import Cell, Finding, Place, PlacedCell, StatutoryTable
from pipelines.forms import Block, Form, Forms, finding, narrow
from pipelines.recognize.headers import (
    Columns,
    Fit,
    applicant_columns,
    fit_of,
    review_columns,
)
from pipelines.recognize.labels import Labels
from pipelines.recognize.placement import (
    Certainty,
    Placement,
    learn_offsets,
    place,
    place_in_lossy_copy,
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


@dataclass
class _Table:
    """One table while it is put together: (row, column) → its cell."""

    name: str
    cells: dict[tuple[str, str], PlacedCell] = field(default_factory=dict)
    rows_by_vintage: Counter[str] = field(default_factory=Counter)
    sure: int = 0

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
        rows = _without_empty_echoes([r for r in self.found.rows if r.table == name])
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
        if not table.sure:
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
        fallback = majority[0][0] if majority else self.forms.form_for_year(self.year).vintage
        return [
            self._fitting_layout(row, *f[0]) if f else self._mismatched_layout(row, fallback)
            for row, f in zip(rows, fits, strict=True)
        ]

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

    def _mismatched_layout(self, row: RowFound, fallback: str) -> _Layout:
        """The form's own order, of the vintage with as many measures as there are figures."""
        figures = len(row.figures.figures)
        candidates = sorted(
            self._blocks(row),
            key=lambda fb: (len(fb[1].measures) != figures, fb[0].vintage != fallback),
        )
        form, block = candidates[0]
        if row.header is not None:
            printed = " ".join(_one_line(c.text) for c in row.header.cells)
            self._tell("header_mismatch", table=DISCLOSURE, row=row.code, detail=printed)
        columns = tuple((row.code, m.code) for m in block.measures)
        return _Layout(form.vintage, columns)

    def _request_layouts(self, rows: Sequence[RowFound]) -> list[_Layout]:
        vintages = self._row_vintages(REQUESTS, [r.code for r in rows])
        main = vintages[0]
        table = self.forms.vintages[main].rectangular(REQUESTS)
        layouts = []
        for row in rows:
            columns = self._known_order(
                REQUESTS, row, applicant_columns(row.header, table, self.labels)
            )
            of_row = [v for v in vintages if self._has_row(v, REQUESTS, row.code)]
            cells = tuple((row.code, code) for code in columns.codes)
            layouts.append(_Layout((of_row or vintages)[0], cells, self._slots_here(row, columns)))
        return layouts

    def _review_layouts(self, rows: Sequence[RowFound]) -> list[_Layout]:
        form = self._likely_form()
        table = form.rectangular(REVIEWS)
        layouts = []
        for row in rows:
            columns = self._known_order(
                REVIEWS, row, review_columns(row.header, table, self.labels)
            )
            cells = tuple((code.split()[0], code.split()[1]) for code in columns.codes)
            layouts.append(_Layout(form.vintage, cells, self._slots_here(row, columns)))
        return layouts

    def _known_order(self, name: str, row: RowFound, columns: Columns) -> Columns:
        if not columns.codes and row.header is not None:
            printed = " ".join(_one_line(c.text) for c in row.header.cells)
            told = any(f.rule == "header_order_unclear" and f.table == name for f in self.findings)
            if not told:
                self._tell("header_order_unclear", table=name, detail=printed)
        return columns

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
        pairs = [(r, lay) for r, lay in zip(rows, layouts, strict=True) if lay.columns]
        placements = [self._place(row, layout, pairs) for row, layout in pairs]
        if _is_blank_copy(rows):
            placements = [_all_blank(row, len(layout.columns)) for row, layout in pairs]
        lossy = any(
            _is_copied(row) and row.figures.figures and placement.certainty is Certainty.SHORT
            for (row, _), placement in zip(pairs, placements, strict=True)
        )
        for (row, layout), placement in zip(pairs, placements, strict=True):
            table.rows_by_vintage[layout.vintage] += 1
            count = len(layout.columns)
            doubtful = lossy and _is_copied(row) and 0 < len(row.figures.figures) < count
            kept = place_in_lossy_copy(row.figures, count) if doubtful else placement
            self._take(table, row, layout, kept)
        return table

    def _place(
        self, row: RowFound, layout: _Layout, pairs: Sequence[tuple[RowFound, _Layout]]
    ) -> Placement:
        count = len(layout.columns)
        alike = [r for r, other in pairs if len(other.columns) == count]
        offsets = learn_offsets([r.figures for r in alike], count) or self._document_offsets(count)
        whole = [r for r in alike if r.grid == row.grid and len(r.figures.figures) == count]
        seen = {_slots_of(r) for r in whole}
        slots = layout.slots
        if slots is None and row.figures.exact and len(seen) == 1:
            slots = next(iter(seen))
        if slots is not None and not row.figures.exact and any(not _lie_in(s, slots) for s in seen):
            slots = None
        return place(replace(row.figures, header_slots=slots), count, offsets)

    def _document_offsets(self, count: int) -> tuple[int, ...] | None:
        """How whole rows of the document's other tables stand behind their labels, where all
        stand without gaps and alike."""
        firsts = set()
        for row in self.found.rows:
            slots = [c.column - row.figures.label_slot for c in row.figures.figures]
            if row.figures.exact or row.figures.stream or row.table == REVIEWS or len(slots) < 2:
                continue
            gapless = slots == list(range(slots[0], slots[0] + len(slots)))
            if not gapless:
                return None
            firsts.add(slots[0])
        if len(firsts) != 1:
            return None
        first = firsts.pop()
        return tuple(range(first, first + count))

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


def _slots_of(row: RowFound) -> tuple[range, ...]:
    return tuple(range(c.column, c.column + c.column_span) for c in row.figures.figures)


def _lie_in(cells: Sequence[range], slots: Sequence[range]) -> bool:
    return all(cell.start in slot for cell, slot in zip(cells, slots, strict=True))


def _first_place(row: RowFound) -> Place | None:
    return row.figures.cells[0].place if row.figures.cells else None


def _row_code(row: RowFound) -> str | None:
    return None if row.table == REVIEWS else row.code


def _one_line(text: str) -> str:
    return " ".join(text.split())
