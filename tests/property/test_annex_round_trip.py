"""Annexes of 2014 and before: render → read → recognize → normalize gives back the facts, or a
finding; the real ones among them."""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.domain import Kind, Outcome, OutcomeKind, State
from pipelines.forms import load_forms
from pipelines.runs.process import process_document
from pipelines.text import fold
from tests.simulate import (
    AnnexHabits,
    Format,
    Habits,
    SimulatedReport,
    generate_annex,
    load_agencies,
    load_words,
    render,
)

FORMS = load_forms()
WORDS = load_words()
AGENCIES = sorted(load_agencies().values(), key=lambda a: a.agency_id)
LOST = (State.ABSENT, State.UNREADABLE)

seeds = st.integers(min_value=0, max_value=2**32)
no_deadline = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)


def an_annex(seed: int) -> SimulatedReport:
    rng = random.Random(seed)
    habits = Habits.draw(rng, titles=list(WORDS.titles), marks=FORMS.lexicon.not_applicable)
    style = AnnexHabits.draw(rng)
    if habits.text_layout == "glued":
        # Two lists side by side, each row of both glued to one word, are no row that could be told.
        style = replace(style, halves=False)
    return generate_annex(
        rng,
        form=rng.choice(list(FORMS.annexes)),
        agency=rng.choice(AGENCIES),
        year=rng.randint(2008, 2018),
        habits=habits,
        style=style,
        forms=FORMS,
        words=WORDS,
    )


def judged(report: SimulatedReport, outcome: Outcome) -> tuple[Counter[str], list[str]]:
    """How many cells are right, flagged or wrong, and what is wrong: neither what was printed nor
    told in a finding that names its row."""
    facts = {(f.table, f.row, f.column): f for f in outcome.facts}
    reading = [f for f in outcome.findings if f.kind is Kind.READING]
    rows = {f.row for f in reading}
    whole = any(f.rule == "tables_missing" for f in reading)
    counts: Counter[str] = Counter()
    wrong = []
    for key, printed in report.truth.items():
        fact = facts.get(key)
        if fact is not None and fact.state not in LOST:
            same = (fact.state, fact.value) == (printed.state, printed.value)
            if same and (printed.value is None or fact.unit == printed.unit):
                counts["right"] += 1
                continue
        elif whole or key[1] in rows or (fact is None and _is_told(key[1], outcome)):
            counts["flagged"] += 1
            continue
        counts["wrong"] += 1
        wrong.append(f"{key}: {printed} was read as {fact}")
    for key in facts.keys() - report.truth.keys():
        if facts[key].state not in LOST and key[1] not in rows:
            counts["wrong"] += 1
            wrong.append(f"{key}: invented")
    return counts, wrong


def _is_told(row: str, outcome: Outcome) -> bool:
    """A row without a fact whose label a finding repeats."""
    rows = [r for form in FORMS.annexes.values() for r in form.annex.rows if r.code == row]
    labels = [fold(label) for r in rows for label in r.labels] or [fold(row)]
    rules = ("unknown_label", "unknown_indicator")
    told = [fold(f.message_zh) for f in outcome.findings if f.rule in rules]
    return any(label in message for label in labels for message in told)


def check(seed: int, format: Format) -> None:
    report = an_annex(seed)
    outcome = process_document(f"{seed}.{format}", render(report, format))
    assert outcome.kind is OutcomeKind.REPORT, outcome.reason
    assert set(outcome.tables) <= {"indicators"}
    _, wrong = judged(report, outcome)
    assert wrong == [], report.habits.departures()
    rules = {f.rule for f in outcome.findings}
    assert not rules & {"six_sections_present"}


@given(seeds)
@settings(no_deadline, max_examples=150)
def test_web_pages(seed: int) -> None:
    check(seed, "html")


@given(seeds)
@settings(no_deadline, max_examples=150)
def test_text_copies(seed: int) -> None:
    check(seed, "text")


def test_the_check_sees_a_wrong_cell_and_a_lost_one() -> None:
    report = an_annex(1)
    outcome = process_document("1.html", render(report, "html"))
    assert judged(report, outcome)[1] == []
    first, *others = outcome.facts
    spoilt = replace(first, value=(first.value or Decimal(0)) + 1, state=State.REPORTED)
    assert judged(report, replace(outcome, facts=(spoilt, *others)))[1]
    assert judged(report, replace(outcome, facts=tuple(others)))[1]


def test_a_careful_author_is_read_without_a_doubt() -> None:
    for seed in range(4):
        for form in FORMS.annexes:
            rng = random.Random(seed)
            agency = rng.choice(AGENCIES)
            report = generate_annex(rng, form=form, agency=agency, year=2015)
            for format in ("html", "text", "docx"):
                outcome = process_document("r", render(report, format))
                counts, wrong = judged(report, outcome)
                assert wrong == []
                assert counts == {"right": len(report.truth)}
                assert {f.rule for f in outcome.findings} <= {"indicator_without_code"}
