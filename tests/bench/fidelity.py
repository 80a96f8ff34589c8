"""How faithfully documents are read: cells right, flagged, missing and silently wrong.

    python -m tests.bench.fidelity [--reports N] [--output FOLDER]

The real cases of ../shared, where it exists, rendered to every format; and made reports with habits
drawn at random. It ends 1 where a cell is wrong, or lost without a finding.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from pipelines.domain import Fact, Kind, Outcome, OutcomeKind, State
from pipelines.forms import BlockTable, Forms, load_forms, narrow
from pipelines.forms.tokens import TokenKind, parse_token
from pipelines.process import process_document
from pipelines.simulate import Format, Habits, generate, load_agencies, load_words, render
from tests.bench.cases import FORMATS, Case, load_cases, rendered
from tests.bench.printing import NotInstalledError

OUTPUT = Path("build/bench")
MADE: tuple[Format, ...] = ("html", "text", "pdf", "docx", "xlsx")
VERDICTS = ("right", "flagged", "missing", "wrong")
_WIDTH = 120

_BATCH = 8

Item = TypeVar("Item")
Result = TypeVar("Result")
Score = Counter[str]
Group = tuple[str, str, str]  # what, format, vintage


# -- real cases -------------------------------------------------------------------------------


def judge_case(case: Case, outcome: Outcome, forms: Forms) -> tuple[Score, list[str]]:
    """The cells of one case by verdict, and those that are not right, told."""
    score: Score = Counter()
    told: list[str] = []
    for (table, row), tokens in case.printed.items():
        got = [f for f in outcome.facts if f.table == table and row in (f.row, None)]
        if len(got) != len(tokens):
            verdict = "flagged" if _is_told(table, row, outcome) else "missing"
            score[verdict] += len(tokens)
            told.append(f"{table}.{row}: {len(got)} cells of {len(tokens)}: {verdict}")
            continue
        for fact, printed in zip(got, tokens, strict=True):
            verdict = _verdict(fact, printed, outcome, forms)
            score[verdict] += 1
            if verdict != "right":
                told.append(
                    f"{table}.{fact.row}.{fact.column}: {printed!r}, {fact.raw!r}: {verdict}"
                )
    return score, told


def _verdict(fact: Fact, printed: str, outcome: Outcome, forms: Forms) -> str:
    wanted = parse_token(printed, _kind_of(fact, forms), forms.lexicon)
    same_text = narrow(fact.raw or "") == narrow(printed)
    if same_text and (fact.state, fact.value) == (wanted.state, wanted.value):
        return "right"
    if fact.state in (State.ABSENT, State.UNREADABLE):
        return "flagged" if _is_told(fact.table, fact.row, outcome) else "missing"
    return "wrong"


def _kind_of(fact: Fact, forms: Forms) -> TokenKind:
    table = forms.vintages[fact.vintage].tables[fact.table]
    return table.measure(fact.row, fact.column).kind if isinstance(table, BlockTable) else "count"


def _is_told(table: str, row: str | None, outcome: Outcome) -> bool:
    about = {(f.table, f.row) for f in outcome.findings if f.kind is Kind.READING}
    return outcome.kind is not OutcomeKind.REPORT or not about.isdisjoint(
        {(table, None), (table, row)}
    )


def _read(documents: Sequence[tuple[str, bytes]]) -> list[Outcome]:
    return [process_document(name, content) for name, content in documents]


def bench_cases(console: Console) -> Iterator[tuple[Group, Score, list[str]]]:
    """Every case in every format."""
    cases, forms = load_cases(), load_forms()
    if not cases:
        console.print("no real cases: ../shared is not here", style="yellow")
        return
    for format in FORMATS:
        try:
            documents = rendered(cases, format)
        except NotInstalledError as error:
            console.print(f"{format}: skipped: {error}", style="yellow")
            continue
        named = [(case.name, content) for case, content in zip(cases, documents, strict=True)]
        for case, outcome in zip(cases, _spread(_read, named), strict=True):
            score, told = judge_case(case, outcome, forms)
            yield ("case", format, case.vintage), score, [f"{case.name}: {t}" for t in told]


# -- made reports -----------------------------------------------------------------------------


def _judge_made(seeds: Sequence[int]) -> list[tuple[Group, Score, list[str]]]:
    return [_judge_one(seed) for seed in seeds]


def _judge_one(seed: int) -> tuple[Group, Score, list[str]]:
    """One made report, read in the format that its seed draws."""
    rng = random.Random(seed)
    forms, words = load_forms(), load_words()
    habits = Habits.draw(rng, titles=list(words.titles), marks=forms.lexicon.not_applicable)
    vintage = rng.choice(list(forms.vintages))
    report = generate(
        rng,
        vintage=vintage,
        agency=rng.choice(sorted(load_agencies().values(), key=lambda a: a.agency_id)),
        year=rng.randint(2019, 2024),
        habits=habits,
        forms=forms,
        words=words,
    )
    format = MADE[seed % len(MADE)]
    outcome = process_document(f"{seed}.{format}", render(report, format))
    facts = {(f.table, f.row, f.column): f for f in outcome.facts}
    score: Score = Counter()
    told = []
    for key, printed in report.truth.items():
        fact = facts.pop(key, None)
        if fact is None or fact.state in (State.ABSENT, State.UNREADABLE):
            verdict = "flagged" if _is_told(key[0], key[1], outcome) else "missing"
        else:
            same_unit = fact.unit == printed.unit or printed.value is None
            same = (fact.state, fact.value) == (printed.state, printed.value) and same_unit
            verdict = "right" if same else "wrong"
        score[verdict] += 1
        if verdict in ("wrong", "missing"):
            told.append(f"seed {seed}: {'.'.join(key)}: {printed.token!r}: {verdict}")
    for key, fact in facts.items():
        if fact.value is not None:
            score["wrong"] += 1
            told.append(f"seed {seed}: {'.'.join(key)}: invented {fact.raw!r}")
    return ("made", format, vintage), score, told


def bench_made(reports: int) -> Iterator[tuple[Group, Score, list[str]]]:
    """So many made reports."""
    yield from _spread(_judge_made, range(reports))


# -- together ---------------------------------------------------------------------------------


def _spread(
    work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]
) -> Iterator[Result]:
    """The results of all items in their order, worked at by all processors."""
    batches = [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
    with ProcessPoolExecutor() as pool:
        for results in pool.map(work, batches):
            yield from results


def shown(scores: dict[Group, Score]) -> Table:
    """One row for each kind of document, format and vintage, and one for all of a kind."""
    table = Table(title="Fidelity: cells by verdict", title_justify="left")
    for name in ("documents", "format", "vintage"):
        table.add_column(name)
    for name in (*VERDICTS, "right, %"):
        table.add_column(name, justify="right")
    groups = sorted(scores)
    for what in dict.fromkeys(group[0] for group in groups):
        of_kind = [group for group in groups if group[0] == what]
        for group in of_kind:
            table.add_row(*group, *_figures(scores[group]))
        total = sum((scores[group] for group in of_kind), Counter())
        table.add_row(what, "all", "", *_figures(total), style="bold", end_section=True)
    return table


def _figures(score: Score) -> Iterator[str]:
    yield from (f"{score[verdict]:,}" for verdict in VERDICTS)
    yield f"{100 * score['right'] / max(1, score.total()):.2f}"


def add_up(found: Iterable[tuple[Group, Score, list[str]]]) -> tuple[dict[Group, Score], list[str]]:
    """The scores by group, and every cell that is wrong or missing, told."""
    scores: dict[Group, Score] = {}
    faults: list[str] = []
    for group, score, told in found:
        scores[group] = scores.get(group, Counter()) + score
        faults += [t for t in told if t.endswith(("wrong", "missing")) or "invented" in t]
    return scores, faults


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 where a cell is wrong or lost without a finding."""
    parser = argparse.ArgumentParser(description="How faithfully documents are read.")
    parser.add_argument("--reports", type=int, default=5000, help="made reports")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder of the results")
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    scores, faults = add_up((*bench_cases(console), *bench_made(given.reports)))
    given.output.mkdir(parents=True, exist_ok=True)
    listed = [
        {"documents": g[0], "format": g[1], "vintage": g[2], **{v: s[v] for v in VERDICTS}}
        for g, s in sorted(scores.items())
    ]
    file = given.output / "fidelity.json"
    file.write_text(json.dumps({"scores": listed, "faults": faults}, indent=1), encoding="utf-8")
    out = Console()
    (out if out.is_terminal else Console(width=_WIDTH)).print(shown(scores))
    for fault in faults[:20]:
        print(fault)
    print(file)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
