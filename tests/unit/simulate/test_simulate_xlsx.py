"""XLSX made to order: a workbook that others open too, and read back as it was printed."""

import io
import random
from dataclasses import fields, replace

import openpyxl
import pytest

from pipelines.domain import Document, sha256_of
from pipelines.forms import Forms, load_forms
from pipelines.normalize import normalize
from pipelines.read.containers import XLSX, ZIP, inside
from pipelines.read.office.spreadsheet import read_xlsx
from pipelines.recognize import recognize
from tests.simulate import (
    Habits,
    SimulatedReport,
    generate,
    load_agencies,
    load_words,
    lose_cell,
)
from tests.simulate.xlsx_file import SheetHabits, render_xlsx

AGENCIES = sorted(load_agencies().values(), key=lambda a: a.agency_id)


def a_report(seed: int) -> SimulatedReport:
    rng = random.Random(seed)
    forms = load_forms()
    habits = Habits.draw(rng, titles=list(load_words().titles), marks=forms.lexicon.not_applicable)
    vintage = rng.choice(list(forms.vintages))
    return generate(
        rng,
        vintage=vintage,
        agency=rng.choice(AGENCIES),
        year=rng.randint(2019, 2024),
        habits=habits,
    )


def wrong_cells(report: SimulatedReport, content: bytes, forms: Forms) -> list[str]:
    document = Document("a.xlsx", content, sha256_of(content), XLSX)
    recognized = recognize(read_xlsx(document), forms)
    facts = {(f.table, f.row, f.column): f for f in normalize(recognized, forms)[0]}
    return [
        f"{key}: {printed} was read as {facts.get(key)}"
        for key, printed in report.truth.items()
        if key not in facts
        or (facts[key].state, facts[key].value) != (printed.state, printed.value)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_every_cell_is_read_as_it_was_printed(seed: int, forms: Forms) -> None:
    report = a_report(seed)
    content = render_xlsx(report)
    assert inside(content, ZIP) == XLSX
    assert wrong_cells(report, content, forms) == [], report.habits.departures()


@pytest.mark.parametrize("habit", [f.name for f in fields(SheetHabits)])
def test_each_way_to_make_a_workbook_is_read(habit: str, forms: Forms) -> None:
    report = generate(random.Random(1), vintage="2021", agency=AGENCIES[0], year=2022)
    sheet = replace(SheetHabits(), **{habit: not getattr(SheetHabits(), habit)})
    content = render_xlsx(report, sheet=sheet)
    assert content != render_xlsx(report, sheet=SheetHabits())
    assert wrong_cells(report, content, forms) == []


def test_others_open_it() -> None:
    report = generate(random.Random(1), vintage="2021", agency=AGENCIES[0], year=2022)
    content = render_xlsx(report, sheet=SheetHabits(formulas=True))
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    (sheet,) = book.worksheets
    assert len(sheet.merged_cells.ranges) > 20
    numbers = [
        c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, int | float)
    ]
    assert len(numbers) == sum(
        cell.token is not None and cell.token.replace("-", "").replace(".", "").isdigit()
        for cell in report.truth.values()
    )


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render_xlsx(a_report(5)) == render_xlsx(a_report(5))


def test_a_sheet_cannot_lose_a_cell() -> None:
    report = generate(random.Random(1), vintage="2021", agency=AGENCIES[0], year=2022)
    with pytest.raises(ValueError, match="lose a cell"):
        render_xlsx(lose_cell(report, ("requests", "granted", "natural_person")))
