"""Render → read → recognize → normalize gives back the facts, or a finding."""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.domain import Fact, Finding, Kind, Outcome, OutcomeKind, State
from pipelines.forms import load_forms
from pipelines.runs.process import process_document
from tests.simulate import (
    Format,
    Habits,
    SimulatedReport,
    generate,
    load_agencies,
    load_words,
    render,
)

FORMS = load_forms()
WORDS = load_words()
AGENCIES = sorted(load_agencies().values(), key=lambda a: a.agency_id)
LOST = (State.ABSENT, State.UNREADABLE)

# hypothesis draws the seed alone: the generator spreads it, and shrinking a seed means nothing.
seeds = st.integers(min_value=0, max_value=2**32)
no_deadline = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)


def a_report(seed: int) -> SimulatedReport:
    rng = random.Random(seed)
    habits = Habits.draw(rng, titles=list(WORDS.titles), marks=FORMS.lexicon.not_applicable)
    return generate(
        rng,
        vintage=rng.choice(list(FORMS.vintages)),
        agency=rng.choice(AGENCIES),
        year=rng.randint(2019, 2024),
        habits=habits,
        forms=FORMS,
        words=WORDS,
    )


def wrong_cells(report: SimulatedReport, outcome: Outcome) -> list[str]:
    """Cells that are neither what was printed nor told in a finding that names their row."""
    facts = {(f.table, f.row, f.column): f for f in outcome.facts}
    wrong = []
    for key, printed in report.truth.items():
        fact = facts.get(key)
        if fact is not None and fact.state not in LOST:
            as_printed = (fact.state, fact.value) == (printed.state, printed.value)
            same_unit = fact.unit == printed.unit or printed.value is None
            if not (as_printed and same_unit):
                wrong.append(f"{key}: {printed} was read as {fact}")
        elif not is_told(key, fact, outcome.findings):
            wrong.append(f"{key}: {printed} is lost without a finding")
    extra = facts.keys() - report.truth.keys()
    wrong += [f"{k}: invented" for k in extra if facts[k].state not in LOST]
    return wrong


def is_told(key: tuple[str, str, str], fact: Fact | None, findings: tuple[Finding, ...]) -> bool:
    table, row, _ = key
    about = {(f.table, f.row) for f in findings if f.kind is Kind.READING}
    return (table, None) in about or (fact is not None and (table, row) in about)


def check(seed: int, format: Format) -> None:
    report = a_report(seed)
    outcome = process_document(f"{seed}.{format}", render(report, format))
    assert outcome.kind is OutcomeKind.REPORT, outcome.reason
    assert wrong_cells(report, outcome) == [], report.habits.departures()
    assert outcome.names.report_year in (report.report_year, None)
    if outcome.names.report_year is None:
        assert "year_unknown" in {f.rule for f in outcome.findings}
    assert outcome.names.agency_name in (report.agency_name, None)


@given(seeds)
@settings(no_deadline, max_examples=120)
def test_web_pages(seed: int) -> None:
    check(seed, "html")


@given(seeds)
@settings(no_deadline, max_examples=120)
def test_text_copies(seed: int) -> None:
    check(seed, "text")


@given(seeds)
@settings(no_deadline, max_examples=25)
def test_pdfs(seed: int) -> None:
    check(seed, "pdf")


@given(seeds, st.sampled_from(("docx", "xlsx")))
@settings(no_deadline, max_examples=120)
def test_office_files(seed: int, format: Format) -> None:
    check(seed, format)


@pytest.mark.full
@given(seeds, st.sampled_from(("html", "text", "pdf", "docx", "xlsx")))
@settings(no_deadline, max_examples=2000)
def test_any_format(seed: int, format: Format) -> None:
    check(seed, format)


def test_the_check_sees_a_wrong_cell() -> None:
    report = a_report(1)
    outcome = process_document("1.html", render(report, "html"))
    assert wrong_cells(report, outcome) == []
    spoilt = [
        replace(f, value=f.value + 1) if f.value is not None and i % 7 == 0 else f
        for i, f in enumerate(outcome.facts)
    ]
    assert wrong_cells(report, replace(outcome, facts=tuple(spoilt)))


def test_a_careful_author_is_read_without_a_finding() -> None:
    for seed in range(6):
        rng = random.Random(seed)
        report = generate(rng, vintage="2021", agency=rng.choice(AGENCIES), year=2022)
        for format in ("html", "text"):
            outcome = process_document("r", render(report, format))
            assert [f.rule for f in outcome.findings] == []
            assert all(f.state is State.REPORTED for f in outcome.facts)
