"""A report as its author lays it out, before any format: lines of text and tables of cells."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipelines.forms import INDICATORS, Block, Forms, RectangularTable, load_forms
from pipelines.text import narrow, unnumbered
from tests.simulate.habits import Habits
from tests.simulate.report import (
    DISCLOSURE,
    REQUESTS,
    REVIEWS,
    CellKey,
    PrintedAnnex,
    SimulatedReport,
    chosen_blocks,
)
from tests.simulate.words import Words, load_words

Role = Literal["label", "header", "figure", "block"]
Line = Literal["title", "heading", "subheading", "paragraph", "page_number"]

# Full-width brackets and colons with their plain forms.
_HALF_WIDTH = {0xFF08: "(", 0xFF09: ")", 0xFF1A: ":", 0xFF0C: ","}
_BRACKETS = {"(": chr(0xFF08), ")": chr(0xFF09)}
_ENUMERATION_COMMA = chr(0x3001)


@dataclass(frozen=True, slots=True)
class LaidCell:
    """One cell: `key` names the statutory cell of a figure; `text` is None where a copy lost it.
    `vertical` marks the label of a group, in a column too narrow for it."""

    text: str | None
    row_span: int = 1
    column_span: int = 1
    role: Role = "label"
    key: CellKey | None = None
    vertical: bool = False


@dataclass(frozen=True, slots=True)
class LaidTable:
    """A table, or one part of a cut one. Each row has the cells that begin in it; `codes` names
    the statutory row of each, None for headers. `widths` are shares of the whole width."""

    table: str
    rows: tuple[tuple[LaidCell, ...], ...]
    codes: tuple[str | None, ...]
    header_rows: int
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LaidLine:
    """A line of text that is no table."""

    kind: Line
    text: str


Part = LaidLine | LaidTable


def lay_out(
    report: SimulatedReport,
    habits: Habits | None = None,
    *,
    cut_pages: bool = True,
    forms: Forms | None = None,
    words: Words | None = None,
) -> list[Part]:
    """Title, sections and tables in their order. `cut_pages` is off where the format breaks its
    pages itself."""
    habits = habits or report.habits
    forms = forms or load_forms()
    words = words or load_words()
    parts: list[Part] = [LaidLine("title", line) for line in report.title_lines]
    if report.annex is not None:
        return [*parts, *_annex(report, report.annex, habits, words, cut_pages=cut_pages)]
    tables = {
        DISCLOSURE: _disclosure_table(report, habits, forms),
        REQUESTS: _requests_table(report, habits, forms, words),
        REVIEWS: _reviews_table(report, habits, forms, words),
    }
    sections = {t: forms.vintages[report.form_choice[t]].tables[t].section for t in tables}
    table_of = {section: table for table, section in sections.items()}
    late: list[Part] = []
    for number, section in enumerate(forms.lexicon.sections):
        heading = report.labels["sections", section.code]
        parts.append(
            LaidLine("heading", f"{forms.lexicon.numerals[number]}{words.section_mark}{heading}")
        )
        parts += late
        late = []
        table = table_of.get(section.code)
        if table is not None:
            body: list[Part] = []
            if habits.prose_before_table:
                body.append(LaidLine("paragraph", report.before_tables[table]))
            body += _cut(tables[table], habits, words) if cut_pages else [tables[table]]
            if habits.reviews_under_problems and table == REVIEWS:
                late = body
            else:
                parts += body
        parts += _lines(report.paragraphs.get(section.code, ()), words)
    return parts


def _annex(
    report: SimulatedReport, annex: PrintedAnnex, habits: Habits, words: Words, *, cut_pages: bool
) -> Iterator[Part]:
    """The parts of a report before 2019, with a sentence each, and its annex."""
    for heading in annex.headings:
        yield LaidLine("heading", heading)
        yield from _lines(report.paragraphs.get("overview", ()), words)
    yield LaidLine("heading", annex.caption)
    rows = tuple(
        tuple(LaidCell(t, role="figure" if key else "label", key=key) for t, key in row)
        for row in annex.rows
    )
    width = len(rows[0])
    table = LaidTable(INDICATORS, rows, annex.codes, 1, (1 / width,) * width)
    if annex.cut is None or not cut_pages:
        yield table
        return
    upper, lower = split_table(table, annex.cut, habits)
    yield upper
    if habits.page_cut_number:
        yield LaidLine("page_number", words.page_number[habits.page_number].format(n=3))
    yield lower


def _lines(paragraphs: Iterable[str], words: Words) -> Iterator[LaidLine]:
    opening = words.subsection_brackets[0]
    for text in paragraphs:
        yield LaidLine("subheading" if text.startswith(opening) else "paragraph", text)


def _cut(table: LaidTable, habits: Habits, words: Words) -> list[Part]:
    """The table as a copy that kept the page break of its original."""
    if table.table != REQUESTS or habits.page_cut is None:
        return [table]
    upper, lower = split_table(table, table.codes.index(habits.page_cut) + 1, habits)
    number = words.page_number[habits.page_number].format(n=3)
    between: list[Part] = [LaidLine("page_number", number)] if habits.page_cut_number else []
    return [upper, *between, lower]


def split_table(table: LaidTable, at: int, habits: Habits) -> tuple[LaidTable, LaidTable]:
    """The rows above row `at`, and those from it on. A cell that spans the cut is cut in two;
    its label stands again on the lower part only where that is the author's habit."""
    upper: list[tuple[LaidCell, ...]] = []
    lower: list[list[LaidCell]] = [list(row) for row in table.rows[at:]]
    carried: list[tuple[int, LaidCell]] = []
    for index, row in enumerate(table.rows[:at]):
        cells = []
        for column, cell in zip(columns_of(table.rows)[index], row, strict=True):
            beyond = index + cell.row_span - at
            if beyond > 0:
                text = cell.text if habits.repeat_group_labels else ""
                carried.append((column, replace(cell, text=text, row_span=beyond)))
            cells.append(replace(cell, row_span=cell.row_span - max(beyond, 0)))
        upper.append(tuple(cells))
    lower[0] = [cell for _, cell in sorted(carried, key=lambda c: c[0])] + lower[0]
    codes = table.codes[at:]
    header = 0
    if habits.repeat_header and at >= table.header_rows:
        header = table.header_rows
        lower = [list(row) for row in table.rows[:header]] + lower
        codes = table.codes[:header] + codes
    above = replace(table, rows=tuple(upper), codes=table.codes[:at])
    below = replace(table, rows=tuple(map(tuple, lower)), codes=codes, header_rows=header)
    return above, below


def columns_of(rows: Sequence[Sequence[LaidCell]]) -> list[list[int]]:
    """For every row the column in which each of its cells begins, spans taken into account."""
    taken: dict[tuple[int, int], bool] = {}
    places = []
    for index, row in enumerate(rows):
        column, columns = 0, []
        for cell in row:
            while taken.get((index, column)):
                column += 1
            columns.append(column)
            for down in range(cell.row_span):
                for right in range(cell.column_span):
                    taken[index + down, column + right] = True
        places.append(columns)
    return places


class _Author:
    """Writes labels and figures of one report in the habits of its author."""

    def __init__(self, report: SimulatedReport, habits: Habits, forms: Forms) -> None:
        self._report = report
        self._habits = habits
        self._numerals = forms.lexicon.numerals

    def label(self, scope: str, code: str, column_span: int = 1) -> LaidCell:
        return LaidCell(self.write(self._report.labels[scope, code]), column_span=column_span)

    def header(self, scope: str, code: str, *, row_span: int = 1, column_span: int = 1) -> LaidCell:
        text = self.write(self._report.labels[scope, code])
        return LaidCell(text, row_span=row_span, column_span=column_span, role="header")

    def group(self, text: str, row_span: int) -> LaidCell:
        """The label of a group of rows, which may be written from top to bottom."""
        text = self.write(text)
        joint = {"plain": "", "spaced": " ", "lines": "\n"}[self._habits.vertical]
        return LaidCell(joint.join(text), row_span=row_span, vertical=True)

    def figure(self, key: CellKey, column_span: int = 1) -> LaidCell:
        token = self._report.truth[key].token
        return LaidCell(token, column_span=column_span, role="figure", key=key)

    def write(self, label: str) -> str:
        """A statutory label with the author's enumerators and brackets."""
        number = label[: len(narrow(label)) - len(unnumbered(label, self._numerals))]
        if number[:1].isdigit() and self._habits.enumerators != "dot":
            digits = number.rstrip(".")
            comma = digits + _ENUMERATION_COMMA
            bracketed = _BRACKETS["("] + digits + _BRACKETS[")"]
            label = (comma if self._habits.enumerators == "comma" else bracketed) + label[
                len(number) :
            ]
        return label.translate(_HALF_WIDTH) if self._habits.brackets == "half" else label


def _broken(cell: LaidCell, habits: Habits, words: Words) -> LaidCell:
    """A header of four characters on two lines."""
    half = words.half_header
    if not habits.broken_headers or cell.text is None or len(cell.text) != 2 * half:
        return cell
    return replace(cell, text=f"{cell.text[:half]}\n{cell.text[half:]}")


def _disclosure_table(report: SimulatedReport, habits: Habits, forms: Forms) -> LaidTable:
    author = _Author(report, habits, forms)
    width = 5 if habits.header_off_columns else 4
    rows: list[tuple[LaidCell, ...]] = []
    codes: list[str | None] = []
    for vintage, block in chosen_blocks(forms, report.form_choice):
        (caption,) = forms.vintages[vintage].proactive_disclosure.header_captions
        title = author.write(report.labels["blocks", block.code])
        rows.append((LaidCell(title, column_span=width, role="block"),))
        header_spans, figure_spans = _measure_spans(len(block.measures), width)
        scope = f"{block.code}:measures"
        headers = [
            author.header(scope, measure.code, column_span=span)
            for measure, span in zip(block.measures, header_spans, strict=True)
        ]
        rows.append((LaidCell(caption, role="header"), *headers))
        codes += [None, None]
        for item in block.items:
            rows.append(
                (
                    author.label(f"{block.code}:items", item.code),
                    *_figures(author, block, item.code, figure_spans),
                )
            )
            codes.append(item.code)
    shares = (0.28, 0.24, 0.12, 0.12, 0.24) if width == 5 else (0.28, 0.24, 0.24, 0.24)
    return LaidTable(DISCLOSURE, tuple(rows), tuple(codes), 0, shares)


def _figures(author: _Author, block: Block, item: str, spans: list[int]) -> Iterator[LaidCell]:
    for measure, span in zip(block.measures, spans, strict=True):
        yield author.figure((DISCLOSURE, item, measure.code), span)


def _measure_spans(measures: int, width: int) -> tuple[list[int], list[int]]:
    """How many columns each header and each figure spans: the last takes what is left. In a
    table of five columns the headers' and the figures' wide columns are not the same."""
    spare = width - 1 - measures
    plain = [1] * (measures - 1) + [1 + spare]
    if width == 4 or measures == 1:
        return plain, plain
    figures = [1 + spare] + [1] * (measures - 1)
    return plain, figures


def _requests_table(
    report: SimulatedReport, habits: Habits, forms: Forms, words: Words
) -> LaidTable:
    form = forms.vintages[report.form_choice[REQUESTS]].rectangular(REQUESTS)
    author = _Author(report, habits, forms)
    applicants, organizations, sum_note = form.header_captions
    (results,) = form.row_captions
    first, *middle, last = form.columns
    scope = f"{REQUESTS}:columns"
    rows: list[tuple[LaidCell, ...]] = [
        (
            LaidCell(author.write(sum_note), row_span=3, column_span=3),
            LaidCell(applicants, column_span=len(form.columns), role="header"),
        ),
        (
            author.header(scope, first.code, row_span=2),
            LaidCell(organizations, column_span=len(middle), role="header"),
            author.header(scope, last.code, row_span=2),
        ),
        tuple(_broken(author.header(scope, c.code), habits, words) for c in middle),
    ]
    codes: list[str | None] = [None, None, None]
    for row in form.rows:
        figures = (author.figure((REQUESTS, row.code, c.code)) for c in form.columns)
        rows.append((*_row_labels(author, form, report, row.code, results), *figures))
        codes.append(row.code)
    widths = (0.05, 0.11, 0.28) + (0.08,) * len(form.columns)
    return LaidTable(REQUESTS, tuple(rows), tuple(codes), 3, widths)


def _row_labels(
    author: _Author, form: RectangularTable, report: SimulatedReport, code: str, results: str
) -> tuple[LaidCell, ...]:
    """The label cells that begin in this row: the results, its group, its own."""
    codes = [row.code for row in form.rows]
    dispositions = [r for r in form.rows if r.code not in _OUTER_ROWS]
    row = form.rows[codes.index(code)]
    scope = f"{REQUESTS}:rows"
    if code in _OUTER_ROWS:
        return (author.label(scope, code, column_span=3),)
    cells: list[LaidCell] = []
    if row is dispositions[0]:
        cells.append(author.group(results, len(dispositions)))
    if row.group is None:
        return (*cells, author.label(scope, code, column_span=2))
    members = [r for r in form.rows if r.group == row.group]
    if row is members[0]:
        cells.append(author.group(report.labels[f"{REQUESTS}:groups", row.group], len(members)))
    return (*cells, author.label(scope, code))


# Rows that are no results of the year: their labels span all label columns.
_OUTER_ROWS = ("received", "brought_forward", "carried_forward")


def _reviews_table(
    report: SimulatedReport, habits: Habits, forms: Forms, words: Words
) -> LaidTable:
    form = forms.vintages[report.form_choice[REVIEWS]].rectangular(REVIEWS)
    author = _Author(report, habits, forms)
    (litigation,) = form.header_captions
    outcomes = [c.code for c in form.columns]
    reconsideration, *litigations = [r.code for r in form.rows]

    def outcome(code: str, row_span: int) -> LaidCell:
        cell = author.header(f"{REVIEWS}:columns", code, row_span=row_span)
        return _broken(cell, habits, words)

    span = len(outcomes)
    rows = [
        (
            author.header(f"{REVIEWS}:rows", reconsideration, column_span=span),
            LaidCell(litigation, column_span=span * len(litigations), role="header"),
        ),
        (
            *(outcome(code, 2) for code in outcomes),
            *(author.header(f"{REVIEWS}:rows", c, column_span=span) for c in litigations),
        ),
        tuple(outcome(code, 1) for _ in litigations for code in outcomes),
        tuple(author.figure((REVIEWS, r.code, code)) for r in form.rows for code in outcomes),
    ]
    width = span * len(form.rows)
    return LaidTable(REVIEWS, tuple(rows), (None, None, None, "figures"), 3, (1 / width,) * width)


def rng_of(report: SimulatedReport, purpose: str) -> random.Random:
    """A source of chance that belongs to the report: a renderer given the same report and habits
    writes the same bytes."""
    return random.Random(f"{purpose} {report.agency_id} {report.report_year}")
