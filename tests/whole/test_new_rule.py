"""The runbook "a new rule" of CONTRIBUTING.md, followed in a copy of the project's data and SQL."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
OGI = "from pipelines.cli import main; main()"
REPORTS = ROOT / "data" / "samples" / "reports"
SAMPLE = REPORTS / "990102-market-regulation-2023.html"
WITH_REVIEWS = REPORTS / "990000-government-2022.html"

RULE = """\
  - id: all_granted
    kind: filing
    severity: hint
    label_zh: 新收的均予公开
    label_en: All that is received is granted
    message_zh: “{column}”列：予以公开{left}，新收{right}。
    message_en: "Column {column}: {left} granted, {right} received."
"""
IDENTITY = """\
  - id: all_granted
    for_each: column
    left: [granted]
    right: [received]
"""
OVER_COLUMNS = """\
  - id: all_granted
    for_each: row
    left: [corrected]
    right: [upheld]
"""
SUITES = ("all_granted_strict", "all_granted_blank_as_zero")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with `sql` and `data/forms` of its own."""
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    for copied in ("sql", "data/forms"):
        shutil.copytree(ROOT / copied, folder / copied)
    for shared in ("pipelines", "assets", "expectations", "pyproject.toml", "data/reference"):
        (folder / shared).symlink_to(ROOT / shared)
    return folder


def ogi(project: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OGI_")},
        "PYTHONPATH": str(project),
        "OGI_HOME": str(project / "home"),
    }
    return subprocess.run(
        [sys.executable, "-c", OGI, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=project,
        env=environment,
        check=False,
    )


def append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def add_identity(project: Path, table: str = "requests", identity: str = IDENTITY) -> None:
    append(project / "data/forms/rules.yaml", RULE)
    append(project / f"data/forms/2021/{table}.yaml", identity)


def test_identity_added_by_the_runbook_is_in_check_findings_and_suites(project: Path) -> None:
    add_identity(project)
    checked = ogi(project, "check", SAMPLE, "--format", "json")
    found = [f for f in json.loads(checked.stdout)["findings"] if f["rule"] == "all_granted"]
    assert ("total", "3", "5") in {(f["column"], f["left"], f["right"]) for f in found}

    ingested = ogi(project, "ingest", SAMPLE)
    assert ingested.returncode == 0, ingested.stderr
    published = project / "home" / "published"
    with duckdb.connect(str(published / "ogi.duckdb"), read_only=True) as con:
        stored = con.execute(
            'select "column", reading, "left", "right" from marts.fct_findings'
            " where rule = 'all_granted'"
        ).fetchall()
        assert {(c, r, str(a.normalize()), str(b.normalize())) for c, r, a, b in stored} == {
            (f["column"], f["reading"], f["left"], f["right"]) for f in found
        }
        assert con.execute(
            "select vintages from marts.dim_rule where rule = 'all_granted'"
        ).fetchone() == (["2021"],)
    quality = json.loads((published / "quality.json").read_text(encoding="utf-8"))
    suites = {suite["name"]: suite for suite in quality["suites"]}
    assert [suites[name]["problem"] for name in SUITES] == [None, None]
    assert [suites[name]["passed"] for name in SUITES] == [False, False]


def test_identity_over_columns_added_by_the_runbook_is_in_check(project: Path) -> None:
    add_identity(project, "reviews", OVER_COLUMNS)
    checked = ogi(project, "check", WITH_REVIEWS, "--format", "json")
    told = json.loads(checked.stdout)
    printed = {(f["row"], f["column"]): f["value"] for f in told["facts"]}
    differing = {
        row
        for row, column in printed
        if column == "corrected" and printed[row, column] != printed[row, "upheld"]
    }
    assert differing
    assert {f["row"] for f in told["findings"] if f["rule"] == "all_granted"} == differing
