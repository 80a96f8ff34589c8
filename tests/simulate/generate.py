"""Reports made to order: `generate` one, `generate_series` consecutive years of one agency."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence

from pipelines.domain import Agency
from pipelines.forms import Forms, load_forms
from pipelines.text import narrow, unnumbered
from pipelines.text.labels import Labelled
from tests.simulate.figures import Figures, draw_figures
from tests.simulate.habits import Habits
from tests.simulate.printing import Figure, print_figure
from tests.simulate.prose import Writer, title_lines
from tests.simulate.report import (
    DISCLOSURE,
    REQUESTS,
    REVIEWS,
    CellKey,
    FormChoice,
    PrintedCell,
    SimulatedReport,
    chosen_blocks,
    form_choice,
)
from tests.simulate.words import Activity, Words, load_words

# Rows of 表三 that are no dispositions: their 总计 is printed also by those who leave it
# blank on the rows of dispositions.
_SUMMARY_ROWS = ("received", "brought_forward", "total_processed", "carried_forward")
_CAREFUL = Habits()


def generate(
    rng: random.Random,
    *,
    vintage: str | Mapping[str, str],
    agency: Agency,
    year: int,
    habits: Habits = _CAREFUL,
    previous: SimulatedReport | None = None,
    forms: Forms | None = None,
    words: Words | None = None,
) -> SimulatedReport:
    """One report of `agency` on `year`.

    `vintage` is one for all tables, or a vintage for each table (and, where wished, for a block
    of the disclosure table by its code). `previous` is the same agency's report on the year
    before. The figures as meant keep every identity; what `habits` then leave blank may break
    one when read as zero.

    Raises:
        ValueError: `vintage` leaves a table out, or `previous` is not of the year before.
        KeyError: an unknown vintage.
    """
    if previous is not None and (previous.agency, previous.report_year) != (agency, year - 1):
        raise ValueError(f"{previous.agency_id} {previous.report_year} is not the year before")
    forms = forms or load_forms()
    words = words or load_words()
    choice = form_choice(forms, vintage)
    activity = words.functions.get(agency.function or "", Activity())
    meant = draw_figures(
        rng,
        forms=forms,
        choice=choice,
        agency=agency,
        activity=activity,
        previous=None if previous is None else previous.figures,
    )
    writer = Writer(rng, forms=forms, words=words, agency=agency, year=year, figures=meant)
    labels = _labels(rng, forms, choice, habits)
    return SimulatedReport(
        agency=agency,
        report_year=year,
        title_lines=title_lines(words, habits.title, agency, year),
        published_on=_published_on(rng, agency, year),
        form_choice=choice,
        habits=habits,
        figures=meant,
        truth=_print(
            forms=forms, words=words, choice=choice, meant=meant, labels=labels, habits=habits
        ),
        labels=labels,
        paragraphs=writer.paragraphs(),
        before_tables=writer.before_tables(),
        claims=writer.claims,
    )


def generate_series(
    rng: random.Random,
    *,
    agency: Agency,
    years: Sequence[int],
    vintages: Mapping[int, str | Mapping[str, str]] | None = None,
    habits: Habits | Mapping[int, Habits] = _CAREFUL,
    forms: Forms | None = None,
    words: Words | None = None,
) -> list[SimulatedReport]:
    """Reports on consecutive years: what one carries forward the next brings forward.

    A year that `vintages` leaves out stands on the form meant for it, a year that `habits`
    leaves out has those of a careful author.
    """
    forms = forms or load_forms()
    reports: list[SimulatedReport] = []
    for year in years:
        meant_for_year = forms.form_for_year(year).vintage
        reports.append(
            generate(
                rng,
                vintage=(vintages or {}).get(year, meant_for_year),
                agency=agency,
                year=year,
                habits=habits if isinstance(habits, Habits) else habits.get(year, _CAREFUL),
                previous=reports[-1] if reports else None,
                forms=forms,
                words=words,
            )
        )
    return reports


def _published_on(rng: random.Random, agency: Agency, year: int) -> dt.date:
    """In time: departments by 31 January, governments by 31 March of the next year."""
    if agency.is_government:
        return dt.date(year + 1, rng.choice([2, 3]), rng.randint(1, 28))
    return dt.date(year + 1, 1, rng.randint(5, 31))


def _print(
    *,
    forms: Forms,
    words: Words,
    choice: FormChoice,
    meant: Figures,
    labels: Mapping[tuple[str, str], str],
    habits: Habits,
) -> dict[CellKey, PrintedCell]:
    figures: dict[CellKey, Figure] = {}
    for vintage, block in chosen_blocks(forms, choice):
        for item in block.items:
            for measure in block.measures:
                key = (DISCLOSURE, item.code, measure.code)
                header = labels[f"{block.code}:measures", measure.code]
                figures[key] = Figure(
                    meant[key],
                    measure.kind,
                    vintage,
                    yuan=int(forms.lexicon.money_units[measure.unit]) if measure.unit else 1,
                    header_unit=_unit_in(header, forms),
                )
    for table in (REQUESTS, REVIEWS):
        form = forms.vintages[choice[table]].rectangular(table)
        for row, column in form.cells():
            left_blank = (
                habits.item_totals_blank
                and table == REQUESTS
                and column == "total"
                and row not in _SUMMARY_ROWS
            )
            figures[table, row, column] = Figure(
                meant[table, row, column],
                "count",
                choice[table],
                in_total=column == "total",
                left_blank=left_blank,
            )
    return {
        key: print_figure(figure, habits, forms.lexicon, words.count_suffix)
        for key, figure in figures.items()
    }


def _unit_in(header: str, forms: Forms) -> str | None:
    """The unit of money that a header names in its brackets."""
    units = sorted(forms.lexicon.money_units, key=len, reverse=True)
    found = next((unit for unit in units if unit in header), None)
    return forms.lexicon.money_unit_names.get(found, found) if found else None


def _labels(
    rng: random.Random, forms: Forms, choice: FormChoice, habits: Habits
) -> dict[tuple[str, str], str]:
    """Every label as its author writes it, by scope and code."""
    numerals = forms.lexicon.numerals
    labels: dict[tuple[str, str], str] = {}

    def write(scope: str, entries: Sequence[Labelled]) -> None:
        for entry in entries:
            label = entry.label
            if entry.variants and rng.random() < habits.label_variants:
                label = _enumerator(entry.label, numerals) + rng.choice(entry.variants)
            labels[scope, entry.code] = label

    for _, block in chosen_blocks(forms, choice):
        labels["blocks", block.code] = block.label
        write(f"{block.code}:measures", block.measures)
        write(f"{block.code}:items", block.items)
    for table in (REQUESTS, REVIEWS):
        form = forms.vintages[choice[table]].rectangular(table)
        write(f"{table}:columns", form.columns)
        write(f"{table}:groups", form.groups)
        write(f"{table}:rows", form.rows)
    write("sections", forms.lexicon.sections)
    return labels


def _enumerator(label: str, numerals: str) -> str:
    """The number at the head of a label, which its variants leave out."""
    return label[: len(narrow(label)) - len(unnumbered(label, numerals))]
