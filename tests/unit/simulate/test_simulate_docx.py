"""DOCX made to order: what Word would leave, and read back as it was printed."""

import random
from dataclasses import fields, replace

import pytest

from pipelines.domain import Document, Grid, Paragraph, sha256_of
from pipelines.forms import Forms, load_forms
from pipelines.normalize import normalize
from pipelines.read.containers import DOCX, ZIP, inside
from pipelines.read.office.docx import read_docx
from pipelines.recognize import recognize
from tests.simulate import (
    Habits,
    SimulatedReport,
    generate,
    load_agencies,
    load_words,
    lose_cell,
)
from tests.simulate.docx_file import WordHabits, render_docx

PLAIN = WordHabits(empty_paragraphs=False)
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


def document_of(content: bytes) -> Document:
    return Document("a.docx", content, sha256_of(content), DOCX)


def wrong_cells(report: SimulatedReport, content: bytes, forms: Forms) -> list[str]:
    recognized = recognize(read_docx(document_of(content)), forms)
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
    content = render_docx(report)
    assert inside(content, ZIP) == DOCX
    assert wrong_cells(report, content, forms) == [], report.habits.departures()


@pytest.mark.parametrize("habit", [f.name for f in fields(WordHabits)])
def test_what_the_word_processor_adds_is_not_read(habit: str, forms: Forms) -> None:
    report = a_report(100)
    word = replace(PLAIN, **{habit: True})
    content = render_docx(report, word=word)
    assert wrong_cells(report, content, forms) == []
    if habit != "empty_paragraphs":
        assert content != render_docx(report, word=PLAIN)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render_docx(a_report(5)) == render_docx(a_report(5))
    assert render_docx(a_report(5)) != render_docx(a_report(6))


def test_a_table_cut_by_the_page_is_two_tables() -> None:
    report = a_report(7)
    whole = replace(report.habits, page_cut=None)
    cut = replace(report.habits, page_cut="granted")
    counts = [
        sum(
            isinstance(b, Grid)
            for b in read_docx(document_of(render_docx(report, habits, PLAIN))).blocks
        )
        for habits in (whole, cut)
    ]
    assert counts == [3, 4]


def test_a_lost_cell_is_missing_from_its_row_and_flagged(forms: Forms) -> None:
    report = generate(random.Random(1), vintage="2021", agency=AGENCIES[0], year=2022)
    key = ("requests", "granted", "natural_person")
    lost = lose_cell(report, key)
    recognized = recognize(read_docx(document_of(render_docx(lost))), forms)
    facts, findings = normalize(recognized, forms)
    for fact in facts:
        printed = report.truth[fact.table, fact.row, fact.column]
        assert fact.value is None or fact.value == printed.value
    assert {f.value for f in facts if (f.table, f.row, f.column) == key} == {None}
    told = {(f.table, f.row, f.rule) for f in (*recognized.findings, *findings)}
    assert ("requests", "granted", "row_short") in told


def test_the_title_is_in_the_text_also_where_it_is_in_a_box() -> None:
    report = a_report(3)
    for boxed in (False, True):
        content = render_docx(report, word=replace(PLAIN, title_in_text_box=boxed))
        texts = [b.text for b in read_docx(document_of(content)).blocks if isinstance(b, Paragraph)]
        assert [t.strip() for t in report.title_lines] == texts[: len(report.title_lines)]
