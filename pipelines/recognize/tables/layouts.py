"""What the columns of each found row are: by the header above it, and by the vintage it tells."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from pipelines.forms import Block, Form, Forms
from pipelines.recognize.tables.headers import (
    Columns,
    Fit,
    applicant_columns,
    fit_of,
    is_packed,
    is_reordered,
    named_measures,
    review_columns,
)
from pipelines.recognize.tables.labels import Labels
from pipelines.recognize.tables.scan import DISCLOSURE, REQUESTS, REVIEWS, Header, RowFound
from pipelines.text import one_line

Tell = Callable[..., None]
"""Takes a rule and what it is about: the findings go where the tables are collected."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a found row's columns are, as (row, column), with the unit that the header gives each.

    `slots` are their places, where the header tells them. `packed`: the header's labels have lost
    their spans, so that rows stand packed to the left. `unsure`: the order of the columns cannot be
    told.
    """

    vintage: str
    columns: tuple[tuple[str, str], ...]
    slots: tuple[range, ...] | None = None
    units: tuple[str | None, ...] = ()
    unsure: bool = False
    packed: bool = False


@dataclass
class Layouts:
    """The layouts of one document's tables, asked for table by table in the form's order: what an
    earlier one says of the vintage counts for the next."""

    labels: Labels
    forms: Forms
    year: int | None
    tell: Tell
    seen_vintages: Counter[str] = field(default_factory=Counter)
    _order_told: set[str] = field(default_factory=set)

    def of(self, name: str, rows: Sequence[RowFound]) -> list[Layout]:
        """One layout a row, in their order."""
        ways: dict[str, Callable[[Sequence[RowFound]], list[Layout]]] = {
            DISCLOSURE: self._disclosure,
            REQUESTS: self._requests,
            REVIEWS: self._reviews,
        }
        return ways[name](rows)

    def _disclosure(self, rows: Sequence[RowFound]) -> list[Layout]:
        fits_of = cache(self._fits)
        fits = [fits_of(row.header, row.code) for row in rows]
        majority = Counter(f[0][0].vintage for f in fits if f).most_common(1)
        meant = self.forms.form_for_year(self.year).vintage
        fallback = majority[0][0] if majority else meant
        bare = self._bare_vintage([r for r in rows if r.header is None], fallback)
        mismatched = cache(partial(self._mismatched_layout, fallback=fallback))
        return [
            self._fitting_layout(row, *f[0])
            if f
            else self._bare_layout(row, bare or fallback, unsure=bare is None)
            if row.header is None
            else mismatched(row.header, row.code, len(row.figures.figures))
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
                for form, block in self._blocks(row.code)
                if form.vintage == vintage
            )
        }
        if expected in possible:
            return expected
        return possible.pop() if len(possible) == 1 else None

    def _bare_layout(self, row: RowFound, vintage: str, *, unsure: bool) -> Layout:
        blocks = self._blocks(row.code)
        form, block = next((fb for fb in blocks if fb[0].vintage == vintage), blocks[0])
        columns = tuple((row.code, m.code) for m in block.measures)
        return Layout(form.vintage, columns, unsure=unsure)

    def _blocks(self, code: str) -> list[tuple[Form, Block]]:
        return [
            (form, block)
            for form in self.forms.vintages.values()
            for block in form.proactive_disclosure.blocks
            if any(item.code == code for item in block.items)
        ]

    def _fits(self, header: Header | None, code: str) -> list[tuple[Form, Fit]]:
        """The forms whose block the header over the row of that code fits, the best first."""
        if header is None:
            return []
        scored = [
            (form, fit)
            for form, block in self._blocks(code)
            if (fit := fit_of(header, block, self.forms.lexicon)) is not None
        ]
        return sorted(scored, key=lambda s: -s[1].score)

    def _fitting_layout(self, row: RowFound, form: Form, fit: Fit) -> Layout:
        columns = tuple((row.code, m.code) for m in fit.measures)
        slots = self._slots_here(row, Columns((), fit.slots))
        return Layout(form.vintage, columns, slots, fit.units or ())

    def _mismatched_layout(
        self, header: Header, code: str, figures: int, *, fallback: str
    ) -> Layout:
        """The form's own order, of the vintage whose measures the header names, if any, else of the
        one with as many measures as there are figures."""
        candidates = sorted(
            self._blocks(code),
            key=lambda fb: (
                -named_measures(header, fb[1], self.forms.lexicon),
                len(fb[1].measures) != figures,
                fb[0].vintage != fallback,
            ),
        )
        form, block = candidates[0]
        printed = " ".join(one_line(c.text) for c in header.cells)
        self.tell("header_mismatch", table=DISCLOSURE, row=code, detail=printed)
        columns = tuple((code, m.code) for m in block.measures)
        unsure = is_reordered(header, block, self.forms.lexicon)
        return Layout(form.vintage, columns, unsure=unsure)

    def _requests(self, rows: Sequence[RowFound]) -> list[Layout]:
        vintages = self._row_vintages(REQUESTS, [r.code for r in rows])
        main = vintages[0]
        table = self.forms.vintages[main].rectangular(REQUESTS)
        statutory = [c.code for c in table.columns]
        layouts = []
        columns_under = cache(partial(applicant_columns, table=table, labels=self.labels))
        packed_under = cache(is_packed)
        for row in rows:
            columns = columns_under(row.header)
            self._tell_order(REQUESTS, row, columns)
            of_row = [v for v in vintages if self._has_row(v, REQUESTS, row.code)]
            cells = tuple((row.code, code) for code in columns.codes or statutory)
            slots = self._slots_here(row, columns)
            vintage = (of_row or vintages)[0]
            packed = row.header is not None and packed_under(row.header, row.grid)
            layouts.append(Layout(vintage, cells, slots, unsure=not columns.codes, packed=packed))
        return layouts

    def _reviews(self, rows: Sequence[RowFound]) -> list[Layout]:
        form = self._likely_form()
        table = form.rectangular(REVIEWS)
        cells = tuple(table.cells())
        layouts = []
        columns_under = cache(partial(review_columns, table=table, labels=self.labels))
        for row in rows:
            columns = columns_under(row.header)
            self._tell_order(REVIEWS, row, columns)
            slots = self._slots_here(row, columns)
            layouts.append(Layout(form.vintage, cells, slots, unsure=not columns.codes))
        return layouts

    def _tell_order(self, name: str, row: RowFound, columns: Columns) -> None:
        if not columns.codes and row.header is not None and name not in self._order_told:
            self._order_told.add(name)
            printed = " ".join(one_line(c.text) for c in row.header.cells)
            self.tell("header_order_unclear", table=name, detail=printed)

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
        self.tell("vintage_unclear", table=name, detail=likely)
        return [likely]

    def _has_row(self, vintage: str, name: str, code: str) -> bool:
        return any(r.code == code for r in self.forms.vintages[vintage].rectangular(name).rows)

    def _likely_form(self) -> Form:
        """The form meant for the year if the document uses it, else the one it uses most."""
        meant = self.forms.form_for_year(self.year)
        if not self.seen_vintages or meant.vintage in self.seen_vintages:
            return meant
        return self.forms.vintages[self.seen_vintages.most_common(1)[0][0]]
