"""How faithfully documents are read: cells right, flagged, missing and silently wrong.

    python -m tests.bench.fidelity [--reports N] [--output FOLDER]

The real cases of ../shared, where it exists: each in the format closest to its own and in every
other, with the documents whose tables nobody can read and the rules that they break; and made
reports with habits drawn at random. It ends 1 where a cell is wrong, or lost without a finding,
where a document is wrongly not refused, and where a broken rule is missed or one too many is found.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from pipelines.domain import Outcome
from pipelines.forms import load_forms
from pipelines.runs.process import process_document
from pipelines.warehouse.rules import audit_many
from tests.bench.case_formats import (
    DROP_BLANKS,
    ELEMENTS,
    FILE,
    FORMATS,
    own_format,
    rendered,
)
from tests.bench.cases import Case, load_cases
from tests.bench.made import judge_made
from tests.bench.printing import NotInstalledError
from tests.bench.seeds import load_seeds
from tests.bench.verdicts import (
    VERDICTS,
    JudgedCell,
    Score,
    judged_cells,
    scored,
    wrongly_not_refused,
)
from tests.bench.violations import OUTCOMES, JudgedRule, Read, judged_rules, scored_rules

OUTPUT = Path("build/bench")
OWN, OTHERS, MADE = "case, own format", "case, every format", "made"

_WIDTH = 140
_BATCH = 8
_FAULTS = ("wrong", "missing", "missed", "extra", "other cause")

Item = TypeVar("Item")
Result = TypeVar("Result")
Group = tuple[str, ...]  # kind of document, format, and of cells the vintage


@dataclass
class Results:
    """Counts by group: cells by verdict, documents refused rightly or not, broken rules by what
    became of them; and in words all that is not right."""

    cells: dict[Group, Score] = field(default_factory=dict)
    refusals: dict[Group, Score] = field(default_factory=dict)
    rules: dict[Group, Score] = field(default_factory=dict)
    not_right: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Those that must not be: flagged is no fault."""
        return [told for told in self.not_right if told.partition(" (")[0].endswith(_FAULTS)]


def _add(counts: dict[Group, Score], group: Group, score: Score) -> None:
    counts[group] = counts.get(group, Counter()) + score


# -- real cases -------------------------------------------------------------------------------


def bench_cases(console: Console, results: Results) -> None:
    """Every case in its own format and in every other."""
    cases, forms = [*load_cases(), *load_seeds()], load_forms()
    if not cases:
        console.print("no real cases: ../shared is not here", style="yellow")
    for format in (FILE, *FORMATS):
        of_format = [case for case in cases if _is_in(case, format)]
        try:
            documents = rendered(of_format, format)
        except NotInstalledError as error:
            console.print(f"{format}: skipped: {error}", style="yellow")
            continue
        named = [(case.name, content) for case, content in zip(of_format, documents, strict=True)]
        outcomes = list(_spread(_read, named))
        audits = audit_many(outcomes, forms)
        for case, outcome in zip(of_format, outcomes, strict=True):
            if case.is_refusal:
                _take_refusal(results, case, format, wrongly_not_refused(outcome, forms))
                continue
            cells = judged_cells(case, outcome, forms, drops_blanks=format in DROP_BLANKS)
            read = Read(outcome, audits[outcome.document_sha256], cells)
            rules = judged_rules(case, read, forms, elements=format in ELEMENTS)
            _take(results, case, format, cells, rules)


def _is_in(case: Case, format: str) -> bool:
    if format == FILE:
        return case.file is not None
    return bool(case.content["tables"]) or case.is_refusal


def _kinds(case: Case, format: str) -> Iterator[str]:
    if format != FILE:
        yield OTHERS
    if format == own_format(case):
        yield OWN


def _take_refusal(results: Results, case: Case, format: str, wrong: str | None) -> None:
    for kind in _kinds(case, format):
        _add(results.refusals, (kind, format), Counter(["wrong" if wrong else "right"]))
    if wrong:
        results.not_right.append(f"{format}: {case.name}: not refused: {wrong}: wrong")


def _take(
    results: Results,
    case: Case,
    format: str,
    cells: Sequence[JudgedCell],
    rules: Sequence[JudgedRule],
) -> None:
    for kind in _kinds(case, format):
        _add(results.cells, (kind, format, case.vintage), scored(cells))
        _add(results.rules, (kind, format), scored_rules(rules))
    name = f"{format}: {case.name}"
    results.not_right += [f"{name}: {cell}" for cell in cells if cell.verdict != "right"]
    results.not_right += [f"{name}: {rule}" for rule in rules if rule.outcome != "found"]


def _read(documents: Sequence[tuple[str, bytes]]) -> list[Outcome]:
    return [process_document(name, content) for name, content in documents]


# -- made reports -----------------------------------------------------------------------------


def bench_made(reports: int, results: Results) -> None:
    """So many made reports."""
    for format, vintage, score, told in _spread(judge_made, range(reports)):
        _add(results.cells, (MADE, format, vintage), score)
        results.not_right += told


# -- together ---------------------------------------------------------------------------------


def _spread(
    work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]
) -> Iterator[Result]:
    """The results of all items in their order, worked at by all processors."""
    batches = [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
    with ProcessPoolExecutor() as pool:
        for results in pool.map(work, batches):
            yield from results


def shown(results: Results) -> Iterator[Table]:
    """Cells by verdict, documents that have to be refused, and broken rules: one row a group, and
    one for all of a kind."""
    yield _table("Cells by verdict", ("vintage",), VERDICTS, results.cells)
    if results.refusals:
        title = "Documents whose tables nobody can read: refused"
        yield _table(title, (), ("right", "wrong"), results.refusals)
    if results.rules:
        yield _table("Rules that the reports break", (), OUTCOMES, results.rules)


def _table(
    title: str, further: Sequence[str], columns: Sequence[str], counts: dict[Group, Score]
) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("documents", "format", *further):
        table.add_column(name)
    has_share = columns[0] == "right"
    for name in (*columns, *["right, %"] * has_share):
        table.add_column(name, justify="right")
    for kind in dict.fromkeys(group[0] for group in counts):
        of_kind = sorted(group for group in counts if group[0] == kind)
        for group in of_kind:
            table.add_row(*group, *_figures(counts[group], columns, has_share))
        total = sum((counts[group] for group in of_kind), Counter())
        figures = _figures(total, columns, has_share)
        table.add_row(kind, "all", *[""] * len(further), *figures, style="bold", end_section=True)
    return table


def _figures(score: Score, columns: Sequence[str], has_share: bool) -> Iterator[str]:
    yield from (f"{score[column]:,}" for column in columns)
    if has_share:
        yield f"{100 * score['right'] / max(1, score.total()):.2f}"


def _as_json(counts: dict[Group, Score], columns: Iterable[str]) -> list[dict[str, object]]:
    named = ("documents", "format", "vintage")
    return [
        {**dict(zip(named, group, strict=False)), **{c: score[c] for c in columns}}
        for group, score in sorted(counts.items())
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 where something is wrong, or lost without a finding."""
    parser = argparse.ArgumentParser(description="How faithfully documents are read.")
    parser.add_argument("--reports", type=int, default=5000, help="made reports")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder of the results")
    given = parser.parse_args(arguments)
    results = Results()
    bench_cases(Console(stderr=True), results)
    bench_made(given.reports, results)
    given.output.mkdir(parents=True, exist_ok=True)
    told = {
        "scores": _as_json(results.cells, VERDICTS),
        "refusals": _as_json(results.refusals, ("right", "wrong")),
        "rules": _as_json(results.rules, OUTCOMES),
        "faults": results.faults,
        "not_right": results.not_right,
    }
    file = given.output / "fidelity.json"
    file.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    out = Console()
    (out if out.is_terminal else Console(width=_WIDTH)).print(*shown(results))
    for fault in results.faults[:20]:
        print(fault)
    print(file)
    return 1 if results.faults else 0


if __name__ == "__main__":
    sys.exit(main())
