"""The real cases of ../shared and what they print: figures, lost tables, annexes, broken rules."""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain import LikelyCause, OutcomeKind
from pipelines.forms import load_forms
from pipelines.runs.process import process_document
from pipelines.warehouse.rules import audit
from tests.bench.case_formats import FILE, own_format, rendered
from tests.bench.cases import Case, load_cases
from tests.bench.printing import OFFICE
from tests.bench.seeds import load_seeds
from tests.bench.shows import NAMES, write_shows
from tests.bench.verdicts import judged_cells, wrongly_not_refused
from tests.bench.violations import Read, judged_rules

CASES = {case.name: case for case in [*load_cases(), *load_seeds()]}
TABLED = sorted(name for name, case in CASES.items() if case.printed and case.content["tables"])
REFUSED = sorted(name for name, case in CASES.items() if case.is_refusal)
REAL = sorted(name for name, case in CASES.items() if case.file)
ANNEXES = ("pingtan_2016", "pingtanxian_2013")
TEXTS = ("tabs", "padded", "pipes", "a cell a line", "glued", "one line")

pytestmark = pytest.mark.skipif(not CASES, reason="../shared is not here")
needs_office = pytest.mark.skipif(shutil.which(OFFICE) is None, reason="there is no LibreOffice")

Ogi = Callable[..., subprocess.CompletedProcess[str]]


def verdicts(case: Case, format: str) -> dict[str, list[str]]:
    """Cells told, by verdict."""
    outcome = process_document(case.name, rendered([case], format)[0])
    told: dict[str, list[str]] = {}
    for cell in judged_cells(case, outcome, load_forms()):
        told.setdefault(cell.verdict, []).append(str(cell))
    return told


# -- figures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["html", "text, tabs"])
@pytest.mark.parametrize("name", TABLED)
def test_no_figure_is_wrong_or_lost_in_silence(name: str, format: str) -> None:
    told = verdicts(CASES[name], format)
    assert told.get("wrong", []) + told.get("missing", []) == []


def test_nearly_all_figures_of_web_pages_are_right() -> None:
    score: Counter[str] = Counter()
    for name in TABLED:
        score.update({v: len(cells) for v, cells in verdicts(CASES[name], "html").items()})
    assert score.total() > 1800
    assert score["right"] / score.total() >= 0.995


@pytest.mark.parametrize("name", TABLED)
def test_figures_in_the_format_in_which_they_were_found(name: str) -> None:
    case = CASES[name]
    if not own_format(case).startswith(("html", "text")):
        pytest.skip("a PDF: the bench prints it")
    told = verdicts(case, own_format(case))
    assert told.get("wrong", []) + told.get("missing", []) == []
    assert "right" in told


@pytest.mark.parametrize("name", REAL)
def test_real_documents_are_read_whole_and_right(name: str) -> None:
    assert set(verdicts(CASES[name], FILE)) == {"right"}


@pytest.mark.parametrize("format", ["html", *(f"text, {layout}" for layout in TEXTS)])
@pytest.mark.parametrize("name", ANNEXES)
def test_annexes_are_read_right_in_every_layout(name: str, format: str) -> None:
    told = verdicts(CASES[name], format)
    assert set(told) == {"right"}
    assert len(told["right"]) == {"pingtan_2016": 32, "pingtanxian_2013": 34}[name]


# -- tables that nobody can read --------------------------------------------------------------


@pytest.mark.parametrize("format", ["html", *(f"text, {layout}" for layout in TEXTS)])
@pytest.mark.parametrize("name", REFUSED)
def test_a_report_without_tables_has_findings_and_no_facts(name: str, format: str) -> None:
    outcome = process_document(name, rendered([CASES[name]], format)[0])
    assert wrongly_not_refused(outcome, load_forms()) is None
    assert outcome.names.agency_name == CASES[name].content["agency"]
    assert outcome.names.report_year == CASES[name].content["year"]


@pytest.mark.parametrize("name", REFUSED)
def test_such_a_report_is_read_with_status_0(ogi: Ogi, tmp_path: Path, name: str) -> None:
    file = tmp_path / "report"
    file.write_bytes(rendered([CASES[name]], own_format(CASES[name]))[0])
    done = ogi(tmp_path, "read", file, "--format", "json")
    assert done.returncode == 0, done.stderr
    reading = json.loads(done.stdout)
    assert [f for f in reading["facts"] if f["value"] is not None or f["raw"] is not None] == []
    missing = {f["table"] for f in reading["findings"] if f["rule"] == "tables_missing"}
    assert missing == {"proactive_disclosure", "requests", "reviews"}
    # A finding of severity error: that the tables are missing is what `check` is asked for.
    assert ogi(tmp_path, "check", file).returncode == 1


# -- broken rules -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLED)
def test_what_a_report_breaks_is_found_again(name: str) -> None:
    case, forms = CASES[name], load_forms()
    outcome = process_document(name, rendered([case], "html")[0])
    read = Read(outcome, audit(outcome, forms), judged_cells(case, outcome, forms))
    told = [str(rule) for rule in judged_rules(case, read, forms, elements=True)]
    assert [t for t in told if t.endswith(("missed", "reading)", "unknown)"))] == []
    assert [t for t in told if "extra" in t] == []


def test_the_blank_totals_of_a_report_are_its_own_slip() -> None:
    """Typed from the case: 总计 is blank in eleven rows of figures, and 805 in （七）总计."""
    case = CASES["shanghai_2019_office"]
    outcome = process_document(case.name, rendered([case], "html")[0])
    found = audit(outcome, load_forms())
    rows = {f.row: f.left for f in found if f.rule == "applicants_sum_to_total"}
    assert rows == {
        "granted": 272,
        "partly_granted": 3,
        "refused.state_secret": 14,
        "refused.internal_affairs": 5,
        "refused.process_information": 4,
        "refused.administrative_query": 12,
        "unable.not_held": 265,
        "unable.needs_creation": 47,
        "unable.still_unclear": 25,
        "not_processed.petition": 149,
        "not_processed.repeated": 9,
    }
    (other,) = (f for f in found if f.rule != "applicants_sum_to_total")
    assert (other.rule, other.column) == ("dispositions_sum_to_total", "total")
    assert [other.left, other.right] == [None, 805], "its operands are those blank totals"
    assert {f.right for f in found if f.row} == {None}
    assert all("总计为空白" in f.message_zh for f in found if f.row)
    assert {f.likely_cause for f in found} == {LikelyCause.FILING}


# -- two reports as PDF -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_shows(tmp_path_factory.mktemp("shows"))


def checked(ogi: Ogi, home: Path, files: list[Path]) -> list[dict[str, Any]]:
    done = ogi(home, "check", *files, "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@needs_office
def test_reports_printed_to_pdf_are_checked(ogi: Ogi, tmp_path: Path, printed: list[Path]) -> None:
    done = ogi(tmp_path, "check", *printed)
    assert done.returncode == 0, done.stdout + done.stderr
    for name, file in zip(NAMES, printed, strict=True):
        assert CASES[name].content["violations"] == [], "neither breaks a rule"
        assert str(file) in done.stdout


@needs_office
def test_figures_printed_to_pdf_are_all_read(ogi: Ogi, tmp_path: Path, printed: list[Path]) -> None:
    """The tokens of each row from the case; a few figures typed from it by hand."""
    hongze, pingtan = (ogi(tmp_path, "read", file, "--format", "json").stdout for file in printed)
    readings = [json.loads(hongze), json.loads(pingtan)]
    for name, reading in zip(NAMES, readings, strict=True):
        rows: dict[tuple[str, str | None], list[str]] = {}
        for fact in reading["facts"]:
            row = None if fact["table"] == "reviews" else fact["row"]
            rows.setdefault((fact["table"], row), []).append(fact["raw"])
            assert fact["state"] == "reported"
        assert rows == {key: list(tokens) for key, tokens in CASES[name].printed.items()}
        assert [f for f in reading["findings"] if f["kind"] != "document"] == []
    figures = {(f["row"], f["column"]): f for f in readings[1]["facts"]}
    procurement = figures["centralized_procurement", "procurement_amount"]
    assert (procurement["value"], procurement["unit"]) == ("75394432.52", "元")
    assert figures["administrative_penalties", "prior_year_items"]["value"] == "2648"
    assert figures["received", "natural_person"]["value"] == "23"
    assert readings[0]["tables"]["requests"]["vintages"] == ["2019"], (
        "its （六）其他处理 is one row"
    )
    assert readings[0]["tables"]["proactive_disclosure"]["vintages"] == ["2021"]
    figures = {(f["row"], f["column"]): f for f in readings[0]["facts"]}
    assert figures["litigation_after_reconsideration", "total"]["value"] == "3"


def test_the_real_document_is_a_report() -> None:
    (case,) = (c for c in CASES.values() if c.name == "hongze_2024_pdf")
    outcome = process_document(case.name, rendered([case], FILE)[0])
    assert outcome.kind is OutcomeKind.REPORT
    assert (outcome.names.agency_name, outcome.names.report_year) == ("淮安市洪泽区人民政府", 2024)
    assert audit(outcome, load_forms()) == (), "it breaks no rule"
