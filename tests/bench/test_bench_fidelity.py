"""The bench of fidelity sees what is wrong, missing and flagged."""

from collections import Counter
from dataclasses import replace

import pytest

from pipelines.domain import Outcome, State
from pipelines.forms import load_forms
from pipelines.process import process_document
from tests.bench.cases import Case, load_cases, rendered
from tests.bench.fidelity import add_up, bench_made, judge_case, shown

FORMS = load_forms()
ROWS = [
    ["第二十条第（一）项", "", "", ""],
    ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
]
CASE = Case(
    "made",
    {
        "agency": "甲县教育局",
        "year": 2022,
        "template": "2021+",
        "tables": [
            {
                "section": "二",
                "grid": [*ROWS, ["规章", "0", "0", "12"], ["行政规范性文件", "3", "", "/"]],
            }
        ],
        "truth": {"t2": {"regulations": ["0", "0", "12"], "normative": ["3", "", "/"]}},
    },
)


def outcome_of(case: Case) -> Outcome:
    return process_document("made.html", rendered([case], "html")[0])


def test_a_case_read_right() -> None:
    assert judge_case(CASE, outcome_of(CASE), FORMS) == (Counter(right=6), [])


def test_a_wrong_figure_is_wrong() -> None:
    outcome = outcome_of(CASE)
    facts = tuple(replace(f, value=f.value + 1) if f.value else f for f in outcome.facts)
    score, told = judge_case(CASE, replace(outcome, facts=facts), FORMS)
    assert score == Counter(right=4, wrong=2)
    assert all(t.endswith("wrong") for t in told)


def test_a_blank_read_as_a_zero_is_wrong() -> None:
    outcome = outcome_of(CASE)
    facts = tuple(
        replace(f, state=State.REPORTED) if f.state is State.BLANK else f for f in outcome.facts
    )
    assert judge_case(CASE, replace(outcome, facts=facts), FORMS)[0]["wrong"] == 1


def test_a_lost_figure_is_missing_unless_it_is_told() -> None:
    outcome = outcome_of(CASE)
    lost = tuple(
        replace(f, state=State.ABSENT, value=None) if f.row == "regulations" else f
        for f in outcome.facts
    )
    silent = replace(outcome, facts=lost, findings=())
    assert judge_case(CASE, silent, FORMS)[0] == Counter(right=3, missing=3)
    short = process_document("made.txt", rendered([CASE], "text, tabs")[0].replace(b"0\t0", b"0"))
    assert judge_case(CASE, short, FORMS)[0]["flagged"] == 3


def test_made_reports_have_no_fault() -> None:
    scores, faults = add_up(bench_made(10))
    assert faults == []
    assert sum(score.total() for score in scores.values()) > 1500
    assert shown(scores).row_count == len(scores) + 1


@pytest.mark.skipif(not load_cases(), reason="../shared is not here")
@pytest.mark.parametrize("format", ["html", "text, tabs", "text, padded", "text, glued"])
def test_no_real_case_is_silently_wrong(format: str) -> None:
    cases = load_cases()
    for case, content in zip(cases, rendered(cases, format), strict=True):
        score, told = judge_case(case, process_document(case.name, content), FORMS)
        assert (score["wrong"], score["missing"]) == (0, 0), (case.name, told)
