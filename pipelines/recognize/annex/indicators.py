"""The annex of 2014 and before: a list of indicators, wherever and however it is laid out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipelines.domain import Cell, Finding, Grid, Paragraph, PlacedCell, Reading, StatutoryTable
from pipelines.forms import INDICATORS, Forms, finding
from pipelines.recognize.annex.grid import GridReader
from pipelines.recognize.annex.labels import AnnexLabels, Trail, annex_labels_of
from pipelines.recognize.annex.rows import AnnexRow, Entry, Segment
from pipelines.recognize.annex.stream import StreamReader
from pipelines.text import fold, narrow, one_line, unnumbered
from pipelines.text.tokens import looks_like_figure

# So many rows of the form make an annex, where they are so large a share of its rows.
_MIN_ROWS = 4
_MIN_SHARE = 0.4
_MAX_LABEL = 100

Annex = tuple[StatutoryTable, tuple[Finding, ...]]


def indicators_in(reading: Reading, forms: Forms, year: int | None) -> Annex | None:
    """The annex in the document, every indicator that it prints, and what is odd about it; None
    where it has none. Rows that it does not print are no facts: the forms differ by province."""
    labels = annex_labels_of(forms)
    if labels.named_in(_texts_of(reading)) < _MIN_ROWS:
        return None
    segments = list(_segments(reading, labels, forms))
    if not _is_annex(segments, labels):
        return None
    collector = _Collector(labels, forms, year)
    for segment in segments:
        collector.take(segment)
    table = collector.table()
    return (table, tuple(collector.findings)) if table.cells else None


def headings_in(paragraphs: Sequence[Paragraph], forms: Forms) -> tuple[str, ...]:
    """What the reports of those years call their parts, as far as the document has them."""
    numerals = forms.lexicon.numerals
    named = {fold(unnumbered(p.text, numerals)) for p in paragraphs if len(p.text) <= _MAX_LABEL}
    listed = [h for form in forms.annexes.values() for h in form.head.headings]
    return tuple(h for h in listed if fold(h) in named)


def _texts_of(reading: Reading) -> Iterator[str]:
    for block in reading.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (cell.text for cell in block.cells)


def _segments(reading: Reading, labels: AnnexLabels, forms: Forms) -> Iterator[Segment]:
    grids = GridReader(labels, forms.lexicon)
    stream = StreamReader(labels, forms.lexicon)
    run: list[Paragraph] = []
    for block in reading.blocks:
        if isinstance(block, Grid) and block.width > 1:
            yield from stream.read(run)
            run.clear()
            yield from grids.read(block)
            continue
        lines = [block] if isinstance(block, Paragraph) else _lines(block)
        run += lines
        if any(len(narrow(line.text)) > _MAX_LABEL for line in lines):
            grids.leave()
    yield from stream.read(run)


def _lines(grid: Grid) -> list[Paragraph]:
    return [Paragraph(c.text, c.place) for row in grid.rows() for c in row]


def _is_annex(segments: Sequence[Segment], labels: AnnexLabels) -> bool:
    """Whether enough rows are those of a form: single labels stand in other tables too."""
    rows = [r for s in segments for r in s.rows if r.labels and r.printed]
    known = {c for r in rows if (c := labels.candidates(r.labels[-1].text))}
    return len(known) >= _MIN_ROWS and len(known) >= _MIN_SHARE * len(
        {narrow(r.labels[-1].text) for r in rows}
    )


class _Collector:
    """Puts the rows together: (indicator, column) → its cell."""

    def __init__(self, labels: AnnexLabels, forms: Forms, year: int | None) -> None:
        self._labels = labels
        self._forms = forms
        self._year = year
        self._vintage = next(iter(forms.annexes.values())).vintage
        self._trail = Trail(labels)
        self._cells: dict[tuple[str, str], PlacedCell] = {}
        # In their order, each once.
        self.findings: dict[Finding, None] = {}

    def table(self) -> StatutoryTable:
        known = list(self._forms.indicators)
        order = {code: place for place, code in enumerate(known)}
        cells = sorted(self._cells.values(), key=lambda c: order.get(c.row, len(known)))
        return StatutoryTable(INDICATORS, (self._vintage,), tuple(cells))

    def _tell(
        self,
        rule: str,
        *,
        row: str | None = None,
        left: int | None = None,
        right: int | None = None,
        detail: str = "",
    ) -> None:
        told = finding(
            self._forms,
            rule,
            table=INDICATORS,
            row=row,
            left=None if left is None else Decimal(left),
            right=None if right is None else Decimal(right),
            detail=detail,
        )
        self.findings[told] = None

    def take(self, segment: Segment) -> None:
        """All rows of the segment, in its order."""
        columns = self._columns(segment.figures)
        if segment.headed:
            self._trail.begin_again()
        if not segment.follows:
            self._trail.lose()
        for row in segment.rows:
            if not segment.ordered:
                self._trail.lose()
            self._take_row(row, columns)

    def _columns(self, entries: Sequence[Entry]) -> tuple[str | None, ...]:
        """The column of each figure, None for one that is none of the form's. Where a form has a
        column for each of several years, that of the report is the current one."""
        roles = [e.role or None for e in entries]
        doubled = {r for r, count in Counter(roles).items() if r is not None and count > 1}
        years = [e.year for e in entries if e.role in doubled]
        told = self._year in years and years.count(self._year) == 1
        columns = [
            None if e.role in doubled and not (told and e.year == self._year) else role
            for e, role in zip(entries, roles, strict=True)
        ]
        for entry, column in zip(entries, columns, strict=True):
            if column is None:
                self._tell("unknown_label", detail=entry.printed)
            elif entry.year is not None and self._year is not None and entry.year != self._year:
                self._tell("header_mismatch", detail=entry.printed)
        return tuple(columns)

    # -- one row ---------------------------------------------------------------------------

    def _take_row(self, row: AnnexRow, columns: tuple[str | None, ...]) -> None:
        texts = [c for c in row.labels if not self._is_number(c.text)]
        if not texts:
            self._trail.lose()
            if row.printed:
                self._tell("unknown_label", detail=one_line(" ".join(c.text for c in row.printed)))
            return
        *outer, own = texts
        for cell in outer:
            self._trail.resolve(cell.text)
        code, loosely = self._trail.resolve(own.text)
        if self._is_heading(code, row):
            return
        if code is None or code in self._labels.headings:
            code = self._unknown(own, row)
            if code is None:
                return
        elif code in self._labels.uncoded:
            self._tell("indicator_without_code", row=code, detail=code)
        elif loosely:
            self._tell("label_matched_loosely", row=code, detail=one_line(own.text))
        self._add(code, own, row, columns)

    def _is_number(self, text: str) -> bool:
        numerals = self._forms.lexicon.numerals
        return all(c.isdigit() or c in numerals for c in fold(text))

    def _is_heading(self, code: str | None, row: AnnexRow) -> bool:
        """A heading has no figures, or marks for nothing where they would stand."""
        nothing = self._forms.lexicon.not_applicable
        return code in self._labels.headings and all(
            narrow(c.text) in nothing or not narrow(c.text) for c in row.printed
        )

    def _unknown(self, own: Cell, row: AnnexRow) -> str | None:
        """The label under which an unknown indicator is kept; None where it is no indicator."""
        label = self._labels.proper(own.text)
        lexicon = self._forms.lexicon
        figures = any(looks_like_figure(c.text, lexicon) for c in row.printed)
        if not figures or len(label) > _MAX_LABEL:
            if row.unit is not None:
                self._tell("unknown_label", detail=one_line(own.text))
            return None
        self._tell("unknown_indicator", row=label, detail=one_line(own.text))
        return label

    def _add(self, code: str, own: Cell, row: AnnexRow, columns: tuple[str | None, ...]) -> None:
        placed: tuple[Cell | None, ...] = row.cells if row.cells else (None,) * len(columns)
        unsure = row.cells is None and bool(row.printed)
        cells = [
            PlacedCell(
                code,
                column,
                self._vintage,
                cell.text if cell is not None else None,
                cell.place if cell is not None else own.place,
                unsure,
                row.unit,
                cell.confidence if cell is not None else None,
            )
            for column, cell in zip(columns, placed, strict=True)
            if column is not None
        ]
        self._tell_row(code, row, len(columns))
        known = [self._cells[c.row, c.column] for c in cells if (c.row, c.column) in self._cells]
        if not known:
            self._cells.update({(c.row, c.column): c for c in cells})
        elif _printed(known) != _printed(cells):
            self._withhold([*known, *cells])
            self._tell("duplicate_row", row=code)

    def _withhold(self, cells: Sequence[PlacedCell]) -> None:
        for cell in cells:
            lost = PlacedCell(
                cell.row, cell.column, cell.vintage, None, cell.place, True, cell.unit_hint
            )
            self._cells[cell.row, cell.column] = lost

    def _tell_row(self, code: str, row: AnnexRow, count: int) -> None:
        if row.cells is not None and all(row.cells) and len(row.cells) == count:
            return
        if len(row.printed) < count:
            self._tell("row_short", row=code, left=len(row.printed), right=count)
        else:
            printed = one_line(" ".join(c.text for c in row.printed))
            self._tell("ambiguous_placement", row=code, detail=printed)


def _printed(cells: Sequence[PlacedCell]) -> set[tuple[str, str]]:
    return {(c.column, narrow(c.raw or "")) for c in cells}
