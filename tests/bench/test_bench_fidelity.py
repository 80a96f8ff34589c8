"""The bench of fidelity sees what is wrong, missing, flagged, lost, and which rules are broken."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.console import Console

from pipelines.domain import LikelyCause, Outcome, State
from pipelines.forms import load_forms
from pipelines.runs.process import process_document
from pipelines.warehouse.rules import audit
from tests.bench import fidelity
from tests.bench.case_formats import FILE, FORMATS, own_format, rendered
from tests.bench.cases import Case, load_cases
from tests.bench.fidelity import MADE, OTHERS, OWN, Results, bench_cases, bench_made, shown
from tests.bench.seeds import load_seeds
from tests.bench.verdicts import judged_cells, scored, wrongly_not_refused
from tests.bench.violations import LISTED, UNLISTED, Broken, Read, judged_rules, scored_rules

FORMS = load_forms()
CASES, SEEDS = load_cases(), load_seeds()
shared = pytest.mark.skipif(not CASES, reason="../shared is not here")
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
        "source_format": "pipe-text",
        "tables": [
            {
                "section": "二",
                "grid": [*ROWS, ["规章", "0", "0", "12"], ["行政规范性文件", "3", "", "/"]],
            }
        ],
        "truth": {"t2": {"regulations": ["0", "0", "12"], "normative": ["3", "", "/"]}},
    },
)


def outcome_of(case: Case, format: str = "html") -> Outcome:
    return process_document("made", rendered([case], format)[0])


def score_of(outcome: Outcome, case: Case = CASE) -> Counter[str]:
    return scored(judged_cells(case, outcome, FORMS))


# -- cells ------------------------------------------------------------------------------------


def test_a_case_read_right() -> None:
    assert score_of(outcome_of(CASE)) == Counter(right=6)


def test_a_wrong_figure_is_wrong() -> None:
    outcome = outcome_of(CASE)
    facts = tuple(replace(f, value=f.value + 1) if f.value else f for f in outcome.facts)
    assert score_of(replace(outcome, facts=facts)) == Counter(right=4, wrong=2)


def test_a_blank_read_as_a_zero_is_wrong() -> None:
    outcome = outcome_of(CASE)
    facts = tuple(
        replace(f, state=State.REPORTED) if f.state is State.BLANK else f for f in outcome.facts
    )
    assert score_of(replace(outcome, facts=facts))["wrong"] == 1


def test_a_lost_figure_is_missing_unless_it_is_told() -> None:
    outcome = outcome_of(CASE)
    lost = tuple(
        replace(f, state=State.ABSENT, value=None) if f.row == "regulations" else f
        for f in outcome.facts
    )
    silent = replace(outcome, facts=lost, findings=())
    assert score_of(silent) == Counter(right=3, missing=3)
    short = process_document("made.txt", rendered([CASE], "text, tabs")[0].replace(b"0\t0", b"0"))
    assert score_of(short)["flagged"] == 3


def test_a_figure_that_the_case_does_not_print_is_wrong() -> None:
    without = {"t2": {"regulations": ["0", "0", "12"]}}
    case = Case("made", {**CASE.content, "truth": without})
    # of 规范性文件 3, blank and /
    assert score_of(outcome_of(CASE), case) == Counter(right=3, wrong=3)


def test_a_row_that_lost_its_blank_is_told_apart_from_one_that_did_not() -> None:
    outcome = outcome_of(CASE, "text, glued")
    cells = judged_cells(CASE, outcome, FORMS, drops_blanks=True)
    assert {c.row: c.verdict for c in cells} == {
        "regulations": "right",
        "normative_documents": "lost",
    }
    assert scored(judged_cells(CASE, outcome, FORMS))["flagged"] == 3


def test_a_cell_that_the_document_lost_is_right_only_with_a_finding() -> None:
    lost = {"t2": {"regulations": ["0", "0", "12"], "normative": [None, None, None]}}
    case = Case("made", {**CASE.content, "truth": lost})
    outcome = outcome_of(CASE, "text, glued")
    assert score_of(outcome, case) == Counter(right=6)
    assert score_of(replace(outcome, findings=()), case) == Counter(right=3, wrong=3)


# -- documents without tables -----------------------------------------------------------------


def test_a_document_without_tables_is_refused() -> None:
    none = Case("made", {**CASE.content, "tables": [], "truth": {}})
    assert none.is_refusal
    outcome = outcome_of(none)
    assert wrongly_not_refused(outcome, FORMS) is None
    silent = replace(outcome, findings=())
    assert wrongly_not_refused(silent, FORMS) == (
        "no tables_missing on proactive_disclosure, requests, reviews"
    )
    invented = replace(outcome, facts=outcome_of(CASE).facts)
    assert (wrongly_not_refused(invented, FORMS) or "").startswith("6 facts")
    other = process_document("made", "<p>通知</p>".encode())
    assert (wrongly_not_refused(other, FORMS) or "").startswith("not_a_report")


# -- broken rules -----------------------------------------------------------------------------

BREAKING = Case(
    "breaking",
    {
        **CASE.content,
        "tables": [
            {
                "section": "三",
                "grid": [
                    [
                        "",
                        "自然人",
                        "商业企业",
                        "科研机构",
                        "社会公益组织",
                        "法律服务机构",
                        "其他",
                        "总计",
                    ],
                    ["一、本年新收政府信息公开申请数量", "3", "1", "0", "0", "0", "0", "5"],
                ],
            }
        ],
        "truth": {"t3": {"new": ["3", "1", "0", "0", "0", "0", "5"]}},
    },
)
RECEIVED = Broken("applicants_sum_to_total", "requests", "received")


def judged(monkeypatch: pytest.MonkeyPatch, listed: Broken, **changes: object) -> Counter[str]:
    monkeypatch.setattr("tests.bench.violations.LISTED", {"breaking": (listed,)})
    outcome = replace(outcome_of(BREAKING), findings=())
    audited = [replace(f, **changes) for f in audit(outcome, FORMS)]  # type: ignore[arg-type]
    read = Read(outcome, audited, judged_cells(BREAKING, outcome, FORMS))
    return scored_rules(judged_rules(BREAKING, read, FORMS, elements=True))


def test_a_broken_rule_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(monkeypatch, RECEIVED) == Counter(found=1)


def test_a_slip_of_the_filer_is_not_the_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    for cause in (LikelyCause.READING, LikelyCause.UNKNOWN):
        assert judged(monkeypatch, RECEIVED, likely_cause=cause) == {"other cause": 1}


def test_a_rule_that_no_report_breaks_is_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = RECEIVED._replace(row="brought_forward")
    assert judged(monkeypatch, elsewhere) == Counter(extra=1, missed=1)
    unwritten = RECEIVED._replace(rule="parent_covers_grandchildren")
    assert judged(monkeypatch, unwritten) == {"extra": 1, "no rule": 1}
    of_years = RECEIVED._replace(rule="carried_forward_matches_next_year")
    assert judged(monkeypatch, of_years) == {"extra": 1, "two years": 1}


def test_a_rule_whose_cells_were_not_read_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.violations.LISTED", {"breaking": (RECEIVED,)})
    outcome = outcome_of(BREAKING)
    facts = tuple(replace(f, value=Decimal(7)) for f in outcome.facts)
    wrong = replace(outcome, facts=facts)
    read = Read(wrong, (), judged_cells(BREAKING, wrong, FORMS))
    assert scored_rules(judged_rules(BREAKING, read, FORMS)) == Counter(unread=1)
    prose = Broken("text_matches_table", "requests", "received", "total")
    monkeypatch.setattr("tests.bench.violations.LISTED", {"breaking": (prose,)})
    read = Read(outcome, (), judged_cells(BREAKING, outcome, FORMS))
    assert scored_rules(judged_rules(BREAKING, read, FORMS)) == Counter(unread=1), "no such claim"


@shared
def test_every_violation_of_the_cases_is_typed() -> None:
    told = {case.name: len(case.content["violations"]) for case in CASES}
    assert {name: count for name, count in told.items() if count} == {
        name: len(listed) for name, listed in LISTED.items()
    }
    assert set(UNLISTED) <= set(told)


# -- together ---------------------------------------------------------------------------------


def test_made_reports_have_no_fault() -> None:
    results = Results()
    bench_made(10, results)
    assert results.faults == []
    assert {group[0] for group in results.cells} == {MADE}
    assert sum(score.total() for score in results.cells.values()) > 1500
    (cells,) = shown(results)
    assert cells.row_count == len(results.cells) + 1


@shared
def test_every_case_has_a_row_in_its_own_format(monkeypatch: pytest.MonkeyPatch) -> None:
    formats = [name for name in FORMATS if name.startswith(("html", "text"))]
    monkeypatch.setattr(fidelity, "FORMATS", formats)
    results = Results()
    bench_cases(Console(quiet=True), results)
    assert results.faults == []
    readable = [case for case in [*CASES, *SEEDS] if not case.is_refusal]
    own = {(OWN, f, c.vintage) for c in readable if (f := own_format(c)) in (FILE, *formats)}
    assert {group for group in results.cells if group[0] == OWN} == own
    assert {group[1] for group in results.cells if group[0] == OTHERS} == set(formats)
    refused = sum(not case.printed for case in CASES)
    of_html = results.refusals[OTHERS, "html"]
    assert of_html == Counter(right=refused)
    assert len(list(shown(results))) == 3
