"""Golden documents: what one walk makes of them, against figures typed from them by hand."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain import Fact, OgiError, Outcome, OutcomeKind, State
from pipelines.reference import load_registry
from pipelines.runs.process import process_document
from pipelines.text.yaml_file import read_yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
EXPECTED: dict[str, dict[str, Any]] = read_yaml(HERE / "expected.yaml", OgiError).value


@pytest.fixture(params=EXPECTED, name="name")
def _name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def walked(name: str) -> tuple[Outcome, dict[str, Any]]:
    expected = EXPECTED[name]
    document = expected["document"]
    file = ROOT / document if document.startswith("../") else HERE / document
    if not file.exists():
        pytest.skip(f"{document} is not here")
    return process_document(str(file), file.read_bytes()), expected


def rows_of(facts: tuple[Fact, ...]) -> dict[tuple[str, str], list[Fact]]:
    rows: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        rows.setdefault((fact.table, fact.row), []).append(fact)
    return rows


def test_names_and_vintages(name: str) -> None:
    outcome, expected = walked(name)
    assert outcome.kind is OutcomeKind.REPORT
    assert outcome.names.agency_name == expected["agency_name"]
    assert outcome.names.report_year == expected["report_year"]
    assert {t: list(v) for t, v in outcome.tables.items()} == expected["vintages"]
    agency = load_registry().resolve(outcome.names.agency_name).agency
    assert (agency.agency_id if agency else None) == expected["agency_id"]


def test_every_figure(name: str) -> None:
    outcome, expected = walked(name)
    assert len(outcome.facts) == expected["cells"]
    absent = 0
    for (table, row), facts in rows_of(outcome.facts).items():
        typed = expected["figures"][table].get(row)
        if typed is None and all(f.state is State.ABSENT for f in facts):
            absent += 1
            continue
        wanted = [0] * len(facts) if typed is None else typed
        printed = [None if w is None else Decimal(str(w)) for w in wanted]
        assert [f.value for f in facts] == printed, f"{table} {row}"
        for fact in facts:
            assert (fact.value is not None) == (fact.state is State.REPORTED)
    assert absent == expected.get("absent_rows", 0)


def test_every_cell_leads_back_to_its_place(name: str) -> None:
    outcome, _ = walked(name)
    for fact in outcome.facts:
        if fact.state in (State.REPORTED, State.BLANK, State.NOT_APPLICABLE):
            assert fact.raw is not None
            assert fact.place is not None
            assert fact.place.as_json()


def test_findings(name: str) -> None:
    outcome, expected = walked(name)
    assert sorted({f.rule for f in outcome.findings}) == expected["findings"]


@pytest.mark.parametrize("name", ["seed_yanchi_2020", "seed_fugou_2021"])
def test_shortened_copy_has_every_fact_of_the_original(name: str) -> None:
    copy, _ = walked(name)
    original, _ = walked(f"{name}_original")
    assert copy.facts == original.facts
    assert copy.findings == original.findings
    assert copy.names == original.names


def test_each_short_row_of_the_damaged_copy_is_told_with_its_row() -> None:
    outcome, expected = walked("seed_fugou_2021")
    short = {f.row for f in outcome.findings if f.rule == "row_short"}
    lost = {row for row, v in expected["figures"]["requests"].items() if None in v}
    assert short == lost
    assert len(short) == 21
