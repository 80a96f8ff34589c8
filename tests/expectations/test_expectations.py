"""Every suite is run both ways: over a frame that passes and over one that breaks it."""

from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb
import pytest

from expectations import Layer, Suite, all_suites, suites_of
from expectations.runner import SuiteResult, run_suites
from pipelines.domain import Severity
from pipelines.forms import load_forms
from pipelines.warehouse.arrow_tables import create_tables
from pipelines.warehouse.form_tables import form_tables
from pipelines.warehouse.sql_models import Mart, load_marts, quoted, run_sql_models

SUITES = {suite.name: suite for suite in all_suites()}
IDENTITIES = [
    "requests_in_equal_requests_out",
    "dispositions_sum_to_total",
    "applicants_sum_to_total",
    "outcomes_sum_to_total",
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A warehouse with one report of a known agency and year."""
    file = tmp_path / "building.duckdb"
    with duckdb.connect(str(file)) as con:
        create_tables(con, "raw", form_tables(load_forms()))
        con.execute(
            "create table raw.documents as select 'a' as document_sha256, 'report' as outcome"
        )
        con.execute(
            "create table raw.resolution as select 'a' as document_sha256,"
            " 'agency' as agency_id, 2021 as report_year"
        )
    return file


def frame(file: Path, sql: str) -> None:
    with duckdb.connect(str(file)) as con:
        con.execute("create schema if not exists intermediate; create schema if not exists marts")
        con.execute(sql)


def run(file: Path, name: str) -> SuiteResult:
    (result,) = run_suites(file, [SUITES[name]])
    return result


# --- identities --------------------------------------------------------------------------------


Sides = tuple[int | None, int | None, bool]


def sides(
    file: Path, rule: str, rows: Sequence[Sides], *, blank_totals: Collection[int] = ()
) -> None:
    """Frames of both sides: left, right, all_reported; the audit judges them. Rows of
    the numbers `blank_totals` have a total that is blank throughout."""
    frames = [
        f"select 'a' as document_sha256, 'requests' as \"table\", '{rule}' as rule,"
        f' \'place{i}\' as "row", null::varchar as "column",'
        f' {left or "null"}::decimal(38, 8) as "left",'
        f' {right or "null"}::decimal(38, 8) as "right",'
        f" {(left or 0) - (right or 0)}::decimal(38, 8) as difference,"
        f" {all_reported} as all_reported, null::varchar as total_row,"
        f" if({i in blank_totals}, 'total', null) as total_column"
        for i, (left, right, all_reported) in enumerate(rows or [(0, 0, True)])
    ]
    frame(
        file,
        "create or replace table intermediate.identity_sums as"
        f" from ({' union all '.join(frames)}){'' if rows else ' limit 0'}",
    )
    with duckdb.connect(str(file)) as con:
        run_sql_models(con, ["audits"], needed_for=["audits.identities"])


@pytest.mark.parametrize("verdict", ["strict", "blank_as_zero"])
@pytest.mark.parametrize("rule", IDENTITIES)
def test_an_identity_passes_where_both_sides_agree(file: Path, rule: str, verdict: str) -> None:
    sides(file, rule, [(5, 5, True), (0, 0, True)])
    result = run(file, f"{rule}_{verdict}")
    assert result.passed, result.problem
    assert (result.judged, result.broken, result.failures) == (2, 0, ())


@pytest.mark.parametrize("verdict", ["strict", "blank_as_zero"])
@pytest.mark.parametrize("rule", IDENTITIES)
def test_a_broken_identity_is_a_warning_with_its_agency_year(
    file: Path, rule: str, verdict: str
) -> None:
    sides(file, rule, [(5, 5, True), (5, 7, True)])
    result = run(file, f"{rule}_{verdict}")

    assert not result.passed
    assert result.problem is None
    assert result.severity is Severity.WARNING
    assert (result.judged, result.broken) == (2, 1)
    assert result.agency_years == (("agency", 2021),)
    (failure,) = result.failures
    assert failure["row"] == "place1"
    assert (failure["left"], failure["right"], failure["difference"]) == (5, 7, -2)


@pytest.mark.parametrize("rule", IDENTITIES)
def test_blanks_are_evaluated_only_as_zero(file: Path, rule: str) -> None:
    sides(file, rule, [(5, 5, True), (5, 7, False)])
    strict, as_zero = run(file, f"{rule}_strict"), run(file, f"{rule}_blank_as_zero")
    assert (strict.passed, strict.judged) == (True, 1)
    assert (as_zero.passed, as_zero.judged, as_zero.broken) == (False, 2, 1)


@pytest.mark.parametrize("rule", IDENTITIES)
def test_side_without_a_figure_is_evaluated_as_zero(file: Path, rule: str) -> None:
    sides(file, rule, [(5, None, False), (None, 0, False), (None, None, False)])
    result = run(file, f"{rule}_blank_as_zero")
    assert (result.passed, result.problem, result.judged, result.broken) == (False, None, 3, 1)
    (failure,) = result.failures
    assert (failure["left"], failure["right"], failure["difference"]) == (5, None, 5)


@pytest.mark.parametrize("rule", IDENTITIES)
def test_totals_left_blank_are_no_violation_of_each_sum(file: Path, rule: str) -> None:
    rows = [(5, None, False), (7, None, False), (None, None, False)]
    sides(file, rule, rows, blank_totals={0, 1})
    result = run(file, f"{rule}_blank_as_zero")
    assert (result.passed, result.problem, result.judged) == (True, None, 1)


@pytest.mark.parametrize("rule", IDENTITIES)
def test_an_identity_with_nothing_to_judge_fails_where_there_are_reports(
    file: Path, rule: str
) -> None:
    sides(file, rule, [])
    result = run(file, f"{rule}_strict")
    assert (result.passed, result.severity) == (False, Severity.WARNING)
    assert result.problem == "there are 1 reports and nothing to judge"

    frame(file, "update raw.documents set outcome = 'failed'")
    assert run(file, f"{rule}_strict").passed


def test_a_list_of_failures_that_differs_from_the_count_is_not_believed(file: Path) -> None:
    rule = IDENTITIES[0]
    sides(file, rule, [(5, 7, True)])
    frame(file, "delete from audits.identities")
    result = run(file, f"{rule}_strict")
    assert not result.passed
    assert result.problem == "1 rows broken, and 0 listed"


# --- readers -----------------------------------------------------------------------------------


def findings_of(file: Path, rule: str) -> None:
    frame(
        file,
        "create or replace table raw.findings as"
        f" select 'a' as document_sha256, '{rule}' as rule from range(2)",
    )


def test_readers_that_agree_pass(file: Path) -> None:
    findings_of(file, "row_short")
    result = run(file, "readers_agree")
    assert result.passed, result.problem
    assert result.judged == 1


def test_two_readers_that_differ_block_the_release(file: Path) -> None:
    findings_of(file, "readers_differ")
    result = run(file, "readers_agree")
    assert (result.passed, result.problem, result.broken) == (False, None, 1)
    assert result.severity is Severity.ERROR
    assert result.agency_years == (("agency", 2021),)


# --- counts ------------------------------------------------------------------------------------


def counts(file: Path, value: str) -> None:
    frame(
        file,
        "create or replace table raw.facts as select 'a' as document_sha256, 'requests' as"
        f" \"table\", 'received' as \"row\", 'total' as \"column\", '{value}' as raw,"
        f" {value}::decimal(28, 8) as value",
    )
    with duckdb.connect(str(file)) as con:
        run_sql_models(con, ["audits"], needed_for=["audits.counts_are_whole"])


def test_whole_counts_pass(file: Path) -> None:
    counts(file, "12")
    result = run(file, "counts_are_whole")
    assert result.passed, result.problem
    assert result.judged == 1


@pytest.mark.parametrize("value", ["-1", "1.5"])
def test_a_count_that_is_none_breaks(file: Path, value: str) -> None:
    counts(file, value)
    result = run(file, "counts_are_whole")
    assert (result.passed, result.problem, result.broken) == (False, None, 1)
    assert result.severity is Severity.WARNING
    assert result.agency_years == (("agency", 2021),)
    assert result.failures[0]["detail"] == value


# --- keys and domains --------------------------------------------------------------------------

SAMPLE = {
    "VARCHAR": "'x{row}'",
    "BOOLEAN": "true",
    "DATE": "date '2022-01-{row:02}'",
    "TIMESTAMP": "timestamp '2022-01-{row:02}'",
    "DOUBLE": "{row}.5",
}
ALLOWED = {
    "outcome": "report",
    "kind": "filing",
    "severity": "error",
    "status": "present",
    "role": "winner",
    "event": "found",
}


def value_of(column: str, kind: str, row: int) -> str:
    if column == "state" or column.endswith("_state"):
        return "'reported'"
    if column in ALLOWED and kind == "VARCHAR":
        return f"'{ALLOWED[column]}'"
    if kind.endswith("[]"):
        return "[]"
    return SAMPLE.get(kind.upper(), "{row}").format(row=row)


def mart_frame(file: Path, name: str, rows: list[dict[str, str]]) -> None:
    """The mart, made of rows of its own types; each row tells what is other than usual."""
    mart = load_marts()[name]
    selects = [
        "select "
        + ", ".join(
            f"{told.get(column, value_of(column, c.type, n))}::{c.type} as {quoted(column)}"
            for column, c in mart.columns.items()
        )
        for n, told in enumerate(rows, start=1)
    ]
    frame(file, f"create or replace table marts.{name} as {' union all '.join(selects)}")


KEYS = [suite for suite in SUITES.values() if suite.name.endswith("_key")]
DOMAINS = [suite for suite in SUITES.values() if suite.name.endswith("_domains")]


def mart_of(suite: Suite) -> tuple[str, Mart]:
    assert suite.mart is not None
    return suite.mart, load_marts()[suite.mart]


def name_of(suite: Suite) -> str:
    return suite.name


def test_every_mart_has_its_key_proven() -> None:
    assert {mart_of(suite)[0] for suite in KEYS} == set(load_marts())


@pytest.mark.parametrize("suite", KEYS, ids=name_of)
def test_a_key_passes(file: Path, suite: Suite) -> None:
    mart_frame(file, mart_of(suite)[0], [{}, {}])
    result = run(file, suite.name)
    assert result.passed, (result.problem, result.failures)
    assert result.judged == 2


@pytest.mark.parametrize("suite", KEYS, ids=name_of)
def test_a_doubled_key_is_an_error_that_blocks(file: Path, suite: Suite) -> None:
    name, mart = mart_of(suite)
    usual = {c: value_of(c, mart.columns[c].type, 1) for c in mart.key}
    # NULL doubles NULL, where the key may hold it.
    same = {c: "null" if c in mart.nullable else value for c, value in usual.items()}
    mart_frame(file, name, [same, same, {}])

    result = run(file, suite.name)

    assert (result.passed, result.problem) == (False, None)
    assert result.severity is Severity.ERROR
    assert result.suite.blocking
    assert len(result.failures) == 2
    assert all(set(mart.key) <= set(failure) for failure in result.failures)


@pytest.mark.parametrize("suite", KEYS, ids=name_of)
def test_a_null_in_a_key_is_an_error(file: Path, suite: Suite) -> None:
    name, mart = mart_of(suite)
    never_null = [column for column in mart.key if column not in mart.nullable]
    for column in never_null:
        mart_frame(file, name, [{column: "null"}, {}, {}])
        result = run(file, suite.name)
        assert (result.passed, result.problem) == (False, None), column
        assert len(result.failures) == 1


@pytest.mark.parametrize("suite", DOMAINS, ids=name_of)
def test_domains_pass(file: Path, suite: Suite) -> None:
    mart_frame(file, mart_of(suite)[0], [{}, {}])
    result = run(file, suite.name)
    assert result.passed, (result.problem, result.failures)
    assert result.judged == 2


@pytest.mark.parametrize("suite", DOMAINS, ids=name_of)
def test_each_column_outside_its_domain_is_a_warning(file: Path, suite: Suite) -> None:
    name, _ = mart_of(suite)
    for expectation in suite.expectations:
        column = expectation.arguments["column"]
        wrong = "'nonsense'" if "value_set" in expectation.arguments else "-1"
        mart_frame(file, name, [{}, {column: wrong}])
        result = run(file, suite.name)
        assert (result.passed, result.problem, result.broken) == (False, None, 1), column
        assert result.severity is Severity.WARNING
        assert [failure["what"] for failure in result.failures] == [column]


@pytest.mark.parametrize("name", ["fct_indicators_key", "fct_indicators_domains"])
def test_a_mart_may_be_empty(file: Path, name: str) -> None:
    mart_frame(file, "fct_indicators", [{}])
    frame(file, "delete from marts.fct_indicators")
    result = run(file, name)
    assert result.passed, result.problem
    assert (result.judged, result.broken) == (0, 0)


def test_a_warehouse_of_reports_without_documents_is_an_error(file: Path) -> None:
    mart_frame(file, "dim_document", [{}])
    frame(file, "delete from marts.dim_document")
    result = run(file, "dim_document_key")
    assert (result.passed, result.severity) == (False, Severity.ERROR)


# --- coverage ----------------------------------------------------------------------------------


def coverage(file: Path, *, held: int, missing: int, unexpected: int = 0) -> None:
    rows = [{"expected_by": "'registry'"}] * held
    rows += [{"status": "'missing'", "expected_by": "'own_years'"}] * missing
    rows += [{"expected_by": "null"}] * unexpected
    mart_frame(file, "coverage", rows)


def floor(file: Path, share: float) -> SuiteResult:
    (result,) = run_suites(
        file, [s for s in all_suites(coverage_floor=share) if s.name == "coverage_floor"]
    )
    return result


@pytest.mark.parametrize("share", [0, 0.5, 0.75])
def test_a_coverage_at_the_floor_passes(file: Path, share: float) -> None:
    coverage(file, held=3, missing=1)
    result = floor(file, share)
    assert result.passed, result.problem
    assert (result.judged, result.broken, result.failures) == (4, 1, ())


@pytest.mark.parametrize("share", [0.76, 1])
def test_a_coverage_below_the_floor_blocks_the_release(file: Path, share: float) -> None:
    # what nobody expected lifts no share
    coverage(file, held=3, missing=1, unexpected=16)
    result = floor(file, share)
    assert (result.passed, result.problem) == (False, None)
    assert result.severity is Severity.ERROR
    assert (result.judged, result.broken) == (4, 1)
    assert [f["expected_by"] for f in result.failures] == ["own_years"]
    assert len(result.agency_years) == 1


def test_a_whole_coverage_passes_any_floor(file: Path) -> None:
    coverage(file, held=2, missing=0)
    assert floor(file, 1).passed


@pytest.mark.parametrize("share", [0, 1])
def test_where_nothing_is_expected_nothing_is_missing(file: Path, share: float) -> None:
    coverage(file, held=0, missing=0, unexpected=3)
    result = floor(file, share)
    assert result.passed, result.problem
    assert result.judged == 0


# --- a check that cannot look ------------------------------------------------------------------


def test_a_missing_relation_fails_every_suite(file: Path) -> None:
    for result in run_suites(file, list(SUITES.values())):
        assert not result.passed
        assert result.severity is Severity.ERROR
        assert result.problem is not None
        assert "\n" not in result.problem
        assert "does not exist" in result.problem


def test_a_relation_without_the_column_fails(file: Path) -> None:
    frame(file, "create table marts.dim_rule as select 1 as other")
    result = run(file, "dim_rule_key")
    assert not result.passed
    assert "rule" in (result.problem or "")


def test_a_file_that_is_no_warehouse_fails_every_suite(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "other.duckdb")):
        pass
    results = run_suites(tmp_path / "other.duckdb", list(SUITES.values()))
    assert not any(result.passed for result in results)


def test_the_file_can_be_written_again_afterwards(file: Path) -> None:
    mart_frame(file, "dim_rule", [{}])
    run(file, "dim_rule_key")
    mart_frame(file, "dim_rule", [{}, {}])
    assert run(file, "dim_rule_key").judged == 2


def test_any_path_will_do(file: Path) -> None:
    mart_frame(file, "dim_rule", [{}])
    strange = file.parent / "仓库 a?b#c%20d'e" / "building.duckdb"
    strange.parent.mkdir()
    file.rename(strange)
    assert run(strange, "dim_rule_key").passed


def test_every_suite_has_a_name_of_its_own_and_a_layer() -> None:
    assert len(SUITES) == len(all_suites())
    audits, marts = suites_of(Layer.AUDITS), suites_of(Layer.MARTS)
    assert {s.name for s in (*audits, *marts)} == set(SUITES)
    assert [suite.name for suite in audits if suite.blocking] == ["readers_agree"]
