"""Made reports with habits drawn at random, each read in one format and judged."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from pipelines.domain import Outcome, State
from pipelines.forms import Forms, load_forms
from pipelines.runs.process import process_document
from pipelines.text import narrow
from tests.bench.verdicts import Score, is_told
from tests.simulate import (
    AnnexHabits,
    Format,
    Habits,
    SimulatedReport,
    break_rule,
    generate,
    generate_annex,
    load_agencies,
    load_words,
    render,
)
from tests.simulate.html_habits import PageHabits
from tests.simulate.html_page import render_html
from tests.simulate.report import REQUESTS

MADE: tuple[Format, ...] = ("html", "text", "pdf", "docx", "xlsx")
MIXED = "mixed"

# About one real report in five breaks a rule; few are of the years before 2019.
_BREAKS = 0.2
_IS_MIXED = 0.2
_HAS_ANNEX = 0.1
_IS_WILD = 0.5
_BREAKABLE = (
    "requests_in_equal_requests_out",
    "dispositions_sum_to_total",
    "applicants_sum_to_total",
    "outcomes_sum_to_total",
)


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report with what it prints, as a document; `vintage` is `MIXED` where there are several."""

    report: SimulatedReport
    vintage: str
    format: Format
    content: bytes


def made_report(seed: int) -> MadeReport:
    """The report of that seed, in the format that it draws."""
    rng, more = random.Random(seed), random.Random(f"more of {seed}")
    forms, words = load_forms(), load_words()
    habits = Habits.draw(rng, titles=list(words.titles), marks=forms.lexicon.not_applicable)
    vintage = rng.choice(list(forms.vintages))
    agency = rng.choice(sorted(load_agencies().values(), key=lambda a: a.agency_id))
    if more.random() < _HAS_ANNEX:
        vintage = rng.choice(sorted(forms.annexes))
        report = generate_annex(
            rng,
            form=vintage,
            agency=agency,
            year=rng.randint(2009, 2018),
            habits=habits,
            style=AnnexHabits.draw(rng),
            forms=forms,
            words=words,
        )
    else:
        mixture = _mixture(more, forms) if more.random() < _IS_MIXED else None
        report = generate(
            rng,
            vintage=mixture or vintage,
            agency=agency,
            year=rng.randint(2019, 2024),
            habits=habits,
            forms=forms,
            words=words,
        )
        vintage = MIXED if mixture else vintage
        if more.random() < _BREAKS:
            with suppress(ValueError):  # its blanks leave no place for it
                report, _ = break_rule(report, more.choice(_BREAKABLE), more, forms=forms)
    format = MADE[seed % len(MADE)]
    if format == "html" and more.random() < _IS_WILD:
        content = render_html(report, page=PageHabits.draw(more))
    else:
        content = render(report, format)
    return MadeReport(report, vintage, format, content)


def _mixture(rng: random.Random, forms: Forms) -> Mapping[str, str]:
    """A vintage for each table, and for some blocks of 表二 one of their own."""
    vintages = list(forms.vintages)
    blocks = {b.code for form in forms.vintages.values() for b in form.proactive_disclosure.blocks}
    named = [*forms.table_names, *(b for b in sorted(blocks) if rng.random() < _IS_MIXED)]
    return {name: rng.choice(vintages) for name in named}


def judge_made(seeds: Sequence[int]) -> list[tuple[str, str, Score, list[str]]]:
    """Of the report of each seed its format, its vintage, the cells by verdict, and those that are
    wrong or missing, told."""
    return [_judge(seed) for seed in seeds]


def _judge(seed: int) -> tuple[str, str, Score, list[str]]:
    made = made_report(seed)
    outcome = process_document(f"{seed}.{made.format}", made.content)
    facts = {(f.table, f.row, f.column): f for f in outcome.facts}
    truth = made.report.truth
    blanks = {key[:2] for key, printed in truth.items() if printed.state is State.BLANK}
    # An indicator that is not recognized is kept under its printed label, and a finding says so;
    # two of the same label are not kept, and another says that.
    unknown = {f.row: narrow(f.raw or "") for f in outcome.facts if _is_unknown(f.row, outcome)}
    score: Score = Counter()
    told = []
    for key, printed in truth.items():
        fact = facts.pop(key, None)
        if fact is None or fact.state in (State.ABSENT, State.UNREADABLE):
            verdict = "missing"
            token = narrow(printed.token or "")
            if is_told(key[0], key[1], outcome) or not {token, ""}.isdisjoint(unknown.values()):
                verdict = "lost" if _can_lose(made, key[0], key[:2] in blanks) else "flagged"
        else:
            same_unit = fact.unit == printed.unit or printed.value is None
            same = (fact.state, fact.value) == (printed.state, printed.value) and same_unit
            verdict = "right" if same else "wrong"
        score[verdict] += 1
        if verdict in ("wrong", "missing"):
            raw = fact.raw if fact else None
            told.append(f"seed {seed}: {'.'.join(key)}: {printed.token!r}, read {raw!r}: {verdict}")
    for key, fact in facts.items():
        if fact.value is not None and fact.row not in unknown:
            score["wrong"] += 1
            told.append(f"seed {seed}: {'.'.join(key)}: invented {fact.raw!r}: wrong")
    return made.format, made.vintage, score, told


def _is_unknown(row: str, outcome: Outcome) -> bool:
    return any(f.rule == "unknown_indicator" and f.row == row for f in outcome.findings)


def _can_lose(made: MadeReport, table: str, has_blanks: bool) -> bool:
    """Whether a text copy with these habits can have left out a cell of the row, or have run its
    figures together."""
    habits = made.report.habits
    if made.format != "text":
        return False
    if habits.text_layout in ("glued", "one_line") and has_blanks:
        return True
    if habits.text_layout == "glued" and habits.figures_run_together:
        return True
    return table == REQUESTS and habits.lost_figures > 0
