"""The runbook "a new rule" of CONTRIBUTING.md, followed in a copy of the project's data and SQL: an
identity over rows, one over columns, and a rule with a SELECT of its own."""

import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
OGI = "from pipelines.cli import main; main()"
DAGSTER_CHECKS = (
    "from assets.definitions import defs\n"
    "for checks in defs.asset_checks:\n"
    "    print(*(spec.name for spec in checks.check_specs), sep='\\n')"
)
SAMPLE = ROOT / "data" / "samples" / "reports" / "990000-government-2022.html"

RECORD = """\
  - id: {rule}
    kind: filing
    severity: hint
    label_zh: 新规则
    label_en: A new rule
    message_zh: “{{row}}{{column}}”：{{left}}、{{right}}。
    message_en: "{{row}} {{column}}: {{left}}, {{right}}."
"""
PLANTED = """\
    tables: [requests]
    planted:
      - vintage: "2021"
        cells:
          - {table: requests, row: received, column: total, value: 1}
"""
IDENTITY = """\
  - id: {rule}
    for_each: {for_each}
    left: [{left}]
    right: [{right}]
"""
AUDIT = """\
-- grain: document_sha256
-- Nobody asks for anything.
select
    document_sha256,
    'nothing_received' as rule,
    'requests' as "table",
    disposition as "row",
    'total' as "column",
    null::varchar as reading,
    total::decimal(38, 8) as "left",
    0::decimal(38, 8) as "right",
    total::decimal(38, 8) as difference,
    null::varchar as detail,
    total > 0 as failed
from staging.requests
where disposition = 'received' and total is not null
"""
RULES = {"all_granted", "as_many_corrected", "nothing_received"}
CHECKS = {
    "all_granted_strict": True,
    "all_granted_blank_as_zero": True,
    "as_many_corrected_strict": True,
    "as_many_corrected_blank_as_zero": True,
    "nothing_received": True,
}


def append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with `sql` and `data/forms` of its own, and the new rules in them."""
    folder = tmp_path_factory.mktemp("new_rule") / "project"
    (folder / "data").mkdir(parents=True)
    for copied in ("sql", "data/forms"):
        shutil.copytree(ROOT / copied, folder / copied)
    for shared in ("pipelines", "assets", "expectations", "pyproject.toml", "data/reference"):
        (folder / shared).symlink_to(ROOT / shared)
    forms = folder / "data" / "forms"
    append(forms / "rules.yaml", "".join(RECORD.format(rule=rule) for rule in sorted(RULES)))
    append(forms / "rules.yaml", PLANTED)
    over_rows = {
        "rule": "all_granted",
        "for_each": "column",
        "left": "granted",
        "right": "received",
    }
    append(forms / "2021/requests.yaml", IDENTITY.format(**over_rows))
    over_columns = {"for_each": "row", "left": "corrected", "right": "upheld"}
    identity = IDENTITY.format(rule="as_many_corrected", **over_columns)
    append(forms / "2021/reviews.yaml", identity)
    (folder / "sql/audits/nothing_received.sql").write_text(AUDIT, encoding="utf-8")
    return folder


def run(project: Path, code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OGI_")},
        "PYTHONPATH": str(project),
        "OGI_HOME": str(project / "home"),
    }
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=project,
        env=environment,
        check=False,
    )


Place = tuple[str, str | None, str | None, str | None]  # rule, blank policy, row, column
Sides = tuple[Decimal | None, Decimal | None]


@pytest.fixture(scope="module")
def told(project: Path) -> dict[str, Any]:
    checked = run(project, OGI, "check", SAMPLE, "--format", "json")
    assert checked.returncode in (0, 1), checked.stderr
    return dict(json.loads(checked.stdout))


@pytest.fixture(scope="module")
def found(told: dict[str, Any]) -> dict[Place, Sides]:
    """What `ogi check` finds by the new rules."""

    def decimal(figure: str | None) -> Decimal | None:
        return None if figure is None else Decimal(figure)

    return {
        (f["rule"], f["reading"], f["row"], f["column"]): (decimal(f["left"]), decimal(f["right"]))
        for f in told["findings"]
        if f["rule"] in RULES
    }


def test_new_rules_are_in_check(told: dict[str, Any], found: dict[Place, Sides]) -> None:
    printed = {(f["row"], f["column"]): f["value"] for f in told["facts"]}
    rows = {row for row, column in printed if column == "corrected"}
    columns = {column for row, column in printed if row == "granted"}
    differing = {c for c in columns if printed["granted", c] != printed["received", c]}
    assert differing
    assert {c for rule, _, _, c in found if rule == "all_granted"} == differing
    differing = {r for r in rows if printed[r, "corrected"] != printed[r, "upheld"]}
    assert differing
    assert {r for rule, _, r, _ in found if rule == "as_many_corrected"} == differing
    received = Decimal(printed["received", "total"])
    assert found["nothing_received", None, "received", "total"] == (received, Decimal(0))


def test_new_rules_are_in_the_warehouse_and_checked_there(
    project: Path, found: dict[Place, Sides]
) -> None:
    ingested = run(project, OGI, "ingest", SAMPLE)
    assert ingested.returncode == 0, ingested.stderr
    published = project / "home" / "published"
    with duckdb.connect(str(published / "ogi.duckdb"), read_only=True) as con:
        stored = con.execute(
            'select rule, reading, "row", "column", "left", "right" from marts.fct_findings'
            " where rule in (select unnest(?))",
            [sorted(RULES)],
        ).fetchall()
        assert {tuple(row[:4]): tuple(row[4:]) for row in stored} == found
        vintages = "select vintages from marts.dim_rule where rule = 'all_granted'"
        assert con.execute(vintages).fetchone() == (["2021"],)
    with duckdb.connect(str(project / "home/warehouse/building.duckdb"), read_only=True) as con:
        results = con.execute(
            "select name, rule, failed, problem from quality.results where rule in"
            " (select unnest(?))",
            [sorted(RULES)],
        ).fetchall()
    assert {name: failed > 0 for name, _, failed, _ in results} == CHECKS
    assert {problem for *_, problem in results} == {None}
    quality = json.loads((published / "quality.json").read_text(encoding="utf-8"))
    passed = {suite["name"]: suite["passed"] for suite in quality["suites"]}
    assert {name: not passed[name] for name in CHECKS} == CHECKS


def test_new_rules_are_dagster_checks(project: Path) -> None:
    listed = run(project, DAGSTER_CHECKS)
    assert listed.returncode == 0, listed.stderr
    assert set(CHECKS) <= set(listed.stdout.split())
