"""Reports before 2019, made to order: a statistics annex in the place of the three tables."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, get_args

from pipelines.domain import Agency, State
from pipelines.forms import INDICATORS, AnnexForm, Forms, Indicator, load_forms
from tests.simulate.habits import Habits
from tests.simulate.printing import Figure, print_figure
from tests.simulate.prose import title_lines
from tests.simulate.report import CellKey, PrintedAnnex, PrintedCell, SimulatedReport
from tests.simulate.words import Words, load_words

Units = Literal["column", "label", "none"]
Numbers = Literal["dot", "comma", "bracket", "none"]

_MOST = (0, 0, 9, 40, 900, 60000)


@dataclass(frozen=True, slots=True)
class AnnexHabits:
    """How an author lays an annex out; the defaults are those of a careful one."""

    halves: bool = False  # two lists side by side
    units: Units = "column"  # where the unit stands: a column of its own, behind the label, nowhere
    numbers: Numbers = "dot"
    of_which: bool = True  # the first part of a total says that it is one
    serial: bool = False  # a column of numbers before the labels
    dashes: bool = True  # headings have dashes where figures stand
    unknown: bool = False  # a row that no form knows
    whole: bool = True  # every row of the form

    @classmethod
    def draw(cls, rng: random.Random) -> "AnnexHabits":
        """Habits at random: each departs from the default about one time in four."""

        def sometimes(share: float = 0.25) -> bool:
            return rng.random() < share

        return cls(
            halves=sometimes(0.2),
            units=rng.choice(get_args(Units)) if sometimes(0.3) else "column",
            numbers=rng.choice(get_args(Numbers)) if sometimes(0.6) else "dot",
            of_which=not sometimes(),
            serial=sometimes(0.15),
            dashes=not sometimes(),
            unknown=sometimes(0.2),
            whole=not sometimes(0.6),
        )


def generate_annex(
    rng: random.Random,
    *,
    form: str,
    agency: Agency,
    year: int,
    habits: Habits | None = None,
    style: AnnexHabits | None = None,
    forms: Forms | None = None,
    words: Words | None = None,
) -> SimulatedReport:
    """One report of `agency` on `year` (to 2018) with the annex of `form`, a name in forms.annexes.

    Raises:
        KeyError: an unknown form.
    """
    forms = forms or load_forms()
    words = words or load_words()
    habits = habits or Habits()
    author = _Author(
        rng,
        forms=forms,
        words=words,
        form=forms.annexes[form],
        habits=habits,
        style=style or AnnexHabits(),
    )
    annex, truth = author.write(year, agency)
    return SimulatedReport(
        agency=agency,
        report_year=year,
        title_lines=title_lines(words, habits.title, agency, year),
        published_on=dt.date(year + 1, rng.choice([1, 2, 3]), rng.randint(1, 28)),
        form_choice={INDICATORS: form},
        habits=habits,
        figures={k: c.value for k, c in truth.items() if c.value is not None},
        truth=truth,
        labels={},
        paragraphs={"overview": (words.prose.nothing,)},
        before_tables={},
        claims={},
        annex=annex,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """One row as printed: its label, unit and figures."""

    code: str | None
    label: str
    unit: str
    cells: tuple[tuple[str, CellKey | None], ...]


class _Author:
    def __init__(
        self,
        rng: random.Random,
        *,
        forms: Forms,
        words: Words,
        form: AnnexForm,
        habits: Habits,
        style: AnnexHabits,
    ) -> None:
        self.rng = rng
        self.forms = forms
        self.words = words
        self.form = form
        self.habits = habits
        self.style = style
        self.columns = [c.code for c in form.annex.columns]
        self.truth: dict[CellKey, PrintedCell] = {}

    def write(self, year: int, agency: Agency) -> tuple[PrintedAnnex, dict[CellKey, PrintedCell]]:
        listed = self._listed()
        figures = self._figures(listed)
        rows = [self._row(row, listed, figures) for row in listed]
        if self.style.unknown:
            rows.insert(self.rng.randrange(2, len(rows)), self._unknown_row())
        cells, codes = self._laid(rows, self._header(year))
        cut = None
        if self.habits.page_cut is not None:
            cut = self.rng.randrange(3, len(cells) - 1)
        head = next(iter(self.forms.annexes.values())).head
        headings = head.headings[: self.rng.randint(3, 6)]
        caption = f"{agency.agency_name}{year}{self.forms.lexicon.year_mark}{self.form.annex.label}"
        return PrintedAnnex(headings, caption, tuple(cells), tuple(codes), cut), self.truth

    # -- what is listed --------------------------------------------------------------------

    def _listed(self) -> list[Indicator]:
        """The rows of the form, or its totals with some of their parts."""
        rows = list(self.form.annex.rows)
        if self.style.whole:
            return rows
        totals = {row.parent for row in rows}
        return [row for row in rows if row.code in totals or self.rng.random() < 0.7]

    def _figures(self, listed: Sequence[Indicator]) -> dict[tuple[str, str], Decimal]:
        """Parts sum to their totals, a cumulative figure is at least the year's."""
        values = {
            row.code: Decimal(self.rng.randint(0, self.rng.choice(_MOST)))
            + (Decimal(self.rng.randrange(100)).scaleb(-2) if row.kind == "amount" else 0)
            for row in listed
        }
        before = {code: Decimal(self.rng.randint(0, self.rng.choice(_MOST))) for code in values}
        for identity in reversed(self.form.annex.identities):
            parts = [p for p in identity.left if p in values]
            if parts and identity.right[0] in values and len(identity.left) > 1:
                for of_column in (values, before):
                    of_column[identity.right[0]] = sum((of_column[p] for p in parts), Decimal(0))
        figures = {(code, self.columns[0]): value for code, value in values.items()}
        for column in self.columns[1:]:
            figures |= {(code, column): values[code] + before[code] for code in values}
        return figures

    # -- one row ---------------------------------------------------------------------------

    def _row(
        self,
        row: Indicator,
        listed: Sequence[Indicator],
        figures: dict[tuple[str, str], Decimal],
    ) -> _Row:
        label = row.label
        if row.variants and self.rng.random() < self.habits.label_variants:
            label = self.rng.choice(row.variants)
        label = self._numbered(row, listed, label)
        if row.heading:
            mark = max(self.forms.lexicon.not_applicable, key=len) if self.style.dashes else ""
            return _Row(None, label, mark, ((mark, None),) * len(self.columns))
        unit = row.unit or ""
        if self.style.units == "label":
            label = f"{label}({unit})"
        cells = [self._cell(row, column, figures[row.code, column]) for column in self.columns]
        return _Row(row.code, label, unit, tuple(cells))

    def _cell(self, row: Indicator, column: str, value: Decimal) -> tuple[str, CellKey]:
        told = row.unit if self.style.units != "none" else None
        scale = int(self.forms.lexicon.money_units.get(row.unit or "", Decimal(1)))
        figure = Figure(value, row.kind, self.form.vintage, yuan=scale, header_unit=told)
        printed = print_figure(figure, self.habits, self.forms.lexicon, self.words.count_suffix)
        if row.kind == "count" and printed.value is not None:
            printed = replace(printed, unit=told)
        key = (INDICATORS, row.code, column)
        self.truth[key] = printed
        return printed.token or "", key

    def _numbered(self, row: Indicator, listed: Sequence[Indicator], label: str) -> str:
        siblings = [r.code for r in listed if r.parent == row.parent]
        place = siblings.index(row.code)
        numerals = self.forms.lexicon.numerals
        part = row.parent is not None and not _is_heading(row.parent, self.form)
        if self.style.numbers == "none":
            number = ""
        elif row.parent is None:
            number = numerals[place % len(numerals)] + self.words.section_mark
        elif part:
            pattern = {"dot": "{}.", "comma": "{}" + self.words.section_mark, "bracket": "({})"}
            number = pattern[self.style.numbers].format(place + 1)
        else:
            number = f"({numerals[place % len(numerals)]})"
        (of_which,) = self.forms.lexicon.annex.of_which
        before = f"{of_which}:" if part and place == 0 and self.style.of_which else ""
        return f"{before}{number}{label}"

    def _unknown_row(self) -> _Row:
        label = self.words.page.info.category + self.words.page.info.index
        cells = []
        for column in self.columns:
            value = Decimal(self.rng.randint(100, 999))
            key = (INDICATORS, label, column)
            vintage = self.form.vintage
            self.truth[key] = PrintedCell(str(value), State.REPORTED, value, None, vintage)
            cells.append((str(value), key))
        return _Row(label, label, "", tuple(cells))

    # -- the table -------------------------------------------------------------------------

    def _header(self, year: int) -> list[str]:
        words = self.forms.lexicon
        captions = [words.annex.indicator_captions[self.rng.randrange(2)]]
        if self.style.serial:
            captions.insert(0, words.annex.number_captions[0])
        if self.style.units == "column":
            captions.append(words.annex.unit_captions[self.rng.randrange(2)])
        current, *others = self.form.annex.columns
        named = current.label
        if others and self.rng.random() < 0.7:
            named = f"{year}{words.title.year_words[0]}"
        return [*captions, named, *(column.label for column in others)]

    def _laid(
        self, rows: Sequence[_Row], header: Sequence[str]
    ) -> tuple[list[tuple[tuple[str, CellKey | None], ...]], list[str | None]]:
        lines = [self._line(row, place) for place, row in enumerate(rows, start=1)]
        captions: tuple[tuple[str, CellKey | None], ...] = tuple((text, None) for text in header)
        codes = [row.code for row in rows]
        if not self.style.halves:
            return [captions, *lines], [None, *codes]
        middle = (len(lines) + 1) // 2
        blank: tuple[tuple[str, CellKey | None], ...] = (("", None),) * len(header)
        right = [*lines[middle:], blank]
        both = [(*left, *right[i]) for i, left in enumerate(lines[:middle])]
        return [(*captions, *captions), *both], [None, *codes[:middle]]

    def _line(self, row: _Row, place: int) -> tuple[tuple[str, CellKey | None], ...]:
        return tuple(self._cells(row, place))

    def _cells(self, row: _Row, place: int) -> Iterator[tuple[str, CellKey | None]]:
        if self.style.serial:
            yield str(place), None
        yield row.label, None
        if self.style.units == "column":
            yield row.unit, None
        yield from row.cells


def _is_heading(code: str, form: AnnexForm) -> bool:
    return any(r.code == code and r.heading for r in form.annex.rows)
