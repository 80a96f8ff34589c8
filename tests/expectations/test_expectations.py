"""Every check is run both ways: over a warehouse that passes and over ones that fail it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import pytest

from expectations import Check, all_checks
from expectations.runner import Evaluation, run_checks
from pipelines.domain import Severity
from pipelines.forms import load_forms
from pipelines.warehouse.arrow_tables import create_tables
from pipelines.warehouse.form_tables import form_tables
from pipelines.warehouse.sql_models import (
    Column,
    load_marts,
    load_model_columns,
    load_sql_models,
    quoted,
)

CHECKS = {check.name: check for check in all_checks()}
RULES = [check for check in CHECKS.values() if check.rule]
KEYS = [check for check in CHECKS.values() if check.name.endswith("_key")]
DOMAINS = [check for check in CHECKS.values() if check.name.endswith("_domains")]
GRAINS = {model.full_name: model.grain for model in load_sql_models()}
COLUMNS: dict[str, Mapping[str, Column]] = {
    **load_model_columns(),
    **{f"marts.{name}": mart.columns for name, mart in load_marts().items()},
}
Results = dict[str, Evaluation]
Failing = tuple[str, str | None, str, int]  # rule, blank policy, row, difference
Rows = Sequence[Mapping[str, str]]


def name_of(check: Check) -> str:
    return check.name


def query(file: Path, *statements: str) -> None:
    with duckdb.connect(str(file)) as con:
        for schema in ("staging", "intermediate", "audits", "marts"):
            con.execute(f"create schema if not exists {schema}")
        for sql in statements:
            con.execute(sql)


def results(file: Path, checks: Sequence[Check] = tuple(CHECKS.values())) -> Results:
    return {evaluation.check.name: evaluation for evaluation in run_checks(file, checks)}


def result(file: Path, name: str) -> Evaluation:
    return results(file, [CHECKS[name]])[name]


# --- a warehouse of made rows --------------------------------------------------------------------

SAMPLE = {
    "VARCHAR": "'x{row}'",
    "BOOLEAN": "true",
    "DATE": "date '2022-01-{row:02}'",
    "TIMESTAMP": "timestamp '2022-01-{row:02}'",
    "DOUBLE": "{row}.5",
}


def value_of(relation: str, name: str, row: int) -> str:
    column = COLUMNS[relation].get(name)
    kind = str(getattr(column, "type", "VARCHAR")).upper()
    if column is not None and column.accepted_values:
        return f"'{column.accepted_values[0]}'"
    if column is not None and column.minimum is not None:
        return str(column.minimum)
    return "[]" if kind.endswith("[]") else SAMPLE.get(kind, "{row}").format(row=row)


def frame(relation: str, rows: Rows) -> str:
    """Makes the relation, of the types of its .yml; each row has what is other than usual."""
    columns = list(dict.fromkeys((*GRAINS[relation], *COLUMNS[relation])))
    selects = []
    for number, changed in enumerate(rows, start=1):
        cells = []
        for name in columns:
            value = changed.get(name, value_of(relation, name, number))
            kind = getattr(COLUMNS[relation].get(name), "type", None)
            cells.append(f"{value}{f'::{kind}' if kind else ''} as {quoted(name)}")
        selects.append(f"select {', '.join(cells)}")
    return f"create or replace table {relation} as {' union all '.join(selects)}"


def violations(rows: Sequence[Failing], evaluated: int = 2) -> list[str]:
    """Makes what the audits found; every rule was evaluated so often."""
    failing = "".join(
        f" union all select 'a', '{rule}', 'requests', '{row}', null,"
        f" {'null' if policy is None else repr(str(policy))}, 5, {5 - difference}, {difference},"
        " null"
        for rule, policy, row, difference in rows
    )
    counts = ", ".join(
        f"('{check.rule}', {repr(str(check.policy)) if check.policy else 'null::varchar'},"
        f" {evaluated})"
        for check in RULES
    )
    return [
        "create or replace table audits.violations as from (select 'b' as document_sha256, '' as"
        ' rule, \'\' as "table", \'\' as "row", null::varchar as "column", null::varchar as'
        ' reading, 0::decimal(38, 8) as "left", 0::decimal(38, 8) as "right", 0::decimal(38, 8) as'
        " difference, null::varchar as detail"
        f"{failing}) where document_sha256 = 'a'",
        "create or replace table audits.evaluations as"
        f" from (values {counts}) as counts (rule, reading, evaluated)",
    ]


def findings(rule: str) -> str:
    return (
        "create or replace table raw.findings as"
        f" select 'a' as document_sha256, '{rule}' as rule from range(2)"
    )


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """make(*statements) -> a warehouse of one report that passes every check, changed by them."""

    def made(*statements: str) -> Path:
        file = tmp_path_factory.mktemp("warehouse") / "building.duckdb"
        with duckdb.connect(str(file)) as con:
            create_tables(con, "raw", form_tables(load_forms()))
        query(
            file,
            "create table raw.documents as select 'a' as document_sha256, 'report' as outcome",
            "create table raw.resolution as select 'a' as document_sha256,"
            " 'agency' as agency_id, 2021 as report_year",
            "create table raw.facts as select 'a' as document_sha256, form_cells.*,"
            " 'reported' as state from raw.form_cells",
            findings("row_short"),
            *violations([]),
            *(frame(relation, [{}, {}]) for relation in COLUMNS),
            *statements,
        )
        return file

    return made


@pytest.fixture(scope="module")
def passing(make: Callable[..., Path]) -> Path:
    return make()


@pytest.fixture(scope="module")
def passed(passing: Path) -> Results:
    return results(passing)


def test_every_check_passes_where_nothing_is_wrong(passed: Results) -> None:
    assert passed.keys() == CHECKS.keys()
    for evaluation in passed.values():
        assert (evaluation.passed, evaluation.problem) == (True, None), evaluation
        assert (evaluation.failed, evaluation.failures) == (0, ())


def test_every_check_says_how_much_it_evaluated_and_how_long(passed: Results) -> None:
    for check in CHECKS.values():
        expected = 1 if check.name == "readers_agree" else 2
        assert passed[check.name].evaluated == expected, check.name
        assert passed[check.name].seconds > 0


# --- rules ---------------------------------------------------------------------------------------


def test_rules_of_sql_and_identities_have_checks() -> None:
    checked = {(check.rule, check.policy) for check in RULES}
    assert {("dispositions_sum_to_total", p) for p in ("strict", "blank_as_zero")} <= checked
    assert {("counts_are_whole", None), ("documents_differ", None)} <= checked
    # The parser finds it, no SQL does.
    assert ("row_short", None) not in checked


@pytest.fixture(scope="module")
def broken(make: Callable[..., Path]) -> Results:
    rows = [(str(check.rule), check.policy, "received", 2) for check in RULES]
    return results(make(*violations(rows)), RULES)


@pytest.mark.parametrize("check", RULES, ids=name_of)
def test_broken_rule_is_a_warning_with_its_agency_year(broken: Results, check: Check) -> None:
    evaluation = broken[check.name]
    assert (evaluation.passed, evaluation.problem) == (False, None)
    assert evaluation.severity is Severity.WARNING
    assert (evaluation.evaluated, evaluation.failed) == (2, 1)
    (failure,) = evaluation.failures
    assert (failure["agency_id"], failure["report_year"]) == ("agency", 2021)
    assert (failure["row"], failure["left"], failure["difference"]) == ("received", "5", "2")


def test_rule_that_evaluated_nothing_of_whole_tables_is_an_error(
    make: Callable[..., Path],
) -> None:
    nothing = violations([], evaluated=0)
    evaluations = results(make(*nothing), RULES)
    silent = {name for name, e in evaluations.items() if e.problem}
    assert {evaluations[name].severity for name in silent} == {Severity.ERROR}
    assert "nothing was evaluated" in str(evaluations["counts_are_whole"].problem)
    # Annexes print the rows that they like; these two need no table.
    assert {check.rule for check in RULES if check.name not in silent} == {
        "indicator_parts_sum_to_total",
        "disclosure_channels_sum_to_total",
        "replies_match_requests",
        "documents_differ",
        "year_in_the_future",
    }
    one_blank = "update raw.facts set state = 'blank' where \"row\" in ('granted', 'regulations')"
    evaluations = results(make(*nothing, one_blank), RULES)
    assert not evaluations["dispositions_sum_to_total_strict"].problem
    assert not evaluations["disclosed_within_total"].problem
    assert evaluations["outcomes_sum_to_total_strict"].problem


def test_rule_of_one_vintage_needs_nothing_of_another(make: Callable[..., Path]) -> None:
    without = "delete from raw.facts where vintage = '2019'"
    file = make(*violations([], evaluated=0), without)
    assert not result(file, "disclosed_within_total").problem
    assert result(file, "counts_are_whole").problem


def test_rule_whose_planted_violation_was_missed_is_an_error(passing: Path) -> None:
    checks = [CHECKS["counts_are_whole"], CHECKS["outcomes_sum_to_total_strict"]]
    one, other = run_checks(passing, checks, missed=[("outcomes_sum_to_total", "strict")])
    assert one.passed
    assert (other.passed, other.severity) == (False, Severity.ERROR)
    assert "planted" in str(other.problem)


def test_figures_of_failures_are_exact_texts(make: Callable[..., Path]) -> None:
    file = make(*violations([("counts_are_whole", None, "received", 1)]))
    query(file, 'update audits.violations set "left" = 12345678901234567890.50')
    (failure,) = result(file, "counts_are_whole").failures
    assert failure["left"] == "12345678901234567890.5"


def test_more_failures_than_are_listed_are_all_counted(make: Callable[..., Path]) -> None:
    rows = [("counts_are_whole", None, f"row{n}", 1) for n in range(300)]
    evaluation = result(make(*violations(rows)), "counts_are_whole")
    assert (evaluation.failed, len(evaluation.failures)) == (300, 200)


# --- readers -------------------------------------------------------------------------------------


def test_two_readers_that_differ_block_the_release(make: Callable[..., Path]) -> None:
    evaluation = result(make(findings("readers_differ")), "readers_agree")
    assert (evaluation.passed, evaluation.problem, evaluation.failed) == (False, None, 1)
    assert evaluation.severity is Severity.ERROR
    assert evaluation.failures[0]["agency_id"] == "agency"


# --- keys and accepted values --------------------------------------------------------------------


def test_every_mart_has_its_key_proven_once() -> None:
    assert sorted(str(check.mart) for check in KEYS) == sorted(load_marts())


@pytest.fixture(scope="module")
def doubled(make: Callable[..., Path]) -> Results:
    """Of each mart two rows share the key; where it may be NULL, it is."""
    statements = []
    for name, mart in load_marts().items():
        same = {
            c: "null" if c in mart.nullable else value_of(f"marts.{name}", c, 1) for c in mart.key
        }
        statements.append(frame(f"marts.{name}", [same, same, {}]))
    return results(make(*statements), KEYS)


@pytest.mark.parametrize("check", KEYS, ids=name_of)
def test_doubled_key_is_an_error_that_blocks(doubled: Results, check: Check) -> None:
    evaluation = doubled[check.name]
    assert (evaluation.passed, evaluation.problem) == (False, None)
    assert (evaluation.severity, check.blocking) == (Severity.ERROR, True)
    assert evaluation.failed == 1
    assert evaluation.failures[0]["rows"] == 2
    assert set(load_marts()[str(check.mart)].key) <= set(evaluation.failures[0])


@pytest.fixture(scope="module")
def with_nulls(make: Callable[..., Path]) -> Results:
    """Of each mart a row for each column of the key, with NULL in it."""
    statements = [
        frame(f"marts.{name}", [{}, *({column: "null"} for column in mart.key)])
        for name, mart in load_marts().items()
    ]
    return results(make(*statements), KEYS)


@pytest.mark.parametrize("check", KEYS, ids=name_of)
def test_null_in_a_key_is_an_error_save_where_the_yml_allows_it(
    with_nulls: Results, check: Check
) -> None:
    mart = load_marts()[str(check.mart)]
    evaluation = with_nulls[check.name]
    assert (evaluation.passed, evaluation.problem) == (False, None)
    nulls = {
        column for failure in evaluation.failures for column in mart.key if failure[column] is None
    }
    assert nulls == set(mart.key) - set(mart.nullable)


@pytest.fixture(scope="module")
def outside(make: Callable[..., Path]) -> Results:
    """Of each relation a row for each checked column, with what it may not hold."""
    statements = []
    for relation, columns in COLUMNS.items():
        wrong = [
            {name: "'nonsense'" if column.accepted_values else "-1"}
            for name, column in columns.items()
            if column.failing(name)
        ]
        statements.append(frame(relation, [{}, *wrong]))
    return results(make(*statements), DOMAINS)


@pytest.mark.parametrize("check", DOMAINS, ids=name_of)
def test_each_column_outside_its_accepted_values_is_a_warning(
    outside: Results, check: Check
) -> None:
    evaluation = outside[check.name]
    assert (evaluation.passed, evaluation.problem) == (False, None)
    assert evaluation.severity is Severity.WARNING
    columns = COLUMNS[check.relation]
    assert sorted(failure["what"] for failure in evaluation.failures) == sorted(
        name for name, column in columns.items() if column.failing(name)
    )


def test_columns_of_states_have_accepted_values() -> None:
    for relation, columns in COLUMNS.items():
        for name, column in columns.items():
            if name == "state" or name.endswith("_state"):
                assert column.accepted_values, f"{relation}.{name}"


def test_mart_may_be_empty_but_not_the_documents_of_reports(make: Callable[..., Path]) -> None:
    file = make("delete from marts.fct_indicators", "delete from marts.dim_document")
    evaluations = results(file, [CHECKS["fct_indicators_key"], CHECKS["dim_document_key"]])
    assert evaluations["fct_indicators_key"].passed
    assert evaluations["dim_document_key"].severity is Severity.ERROR
    assert "nothing was evaluated" in str(evaluations["dim_document_key"].problem)


# --- coverage ------------------------------------------------------------------------------------


def floor(file: Path, share: float) -> Evaluation:
    checks = [c for c in all_checks(coverage_floor=share) if c.name == "coverage_floor"]
    (evaluation,) = run_checks(file, checks)
    return evaluation


def coverage(*, held: int, missing: int, unexpected: int = 0) -> str:
    rows = [{"status": "'present'", "expected_by": "'registry'"}] * held
    rows += [{"status": "'missing'", "expected_by": "'own_years'"}] * missing
    rows += [{"status": "'present'", "expected_by": "null"}] * unexpected
    return frame("marts.coverage", rows)


def test_coverage_at_the_floor_passes_and_below_it_blocks_the_release(
    make: Callable[..., Path],
) -> None:
    # What nobody expected lifts no share.
    file = make(coverage(held=3, missing=1, unexpected=16))
    for share in (0, 0.5, 0.75):
        assert floor(file, share).passed
    for share in (0.76, 1):
        evaluation = floor(file, share)
        assert (evaluation.passed, evaluation.problem) == (False, None)
        assert evaluation.severity is Severity.ERROR
        assert (evaluation.evaluated, evaluation.failed) == (4, 1)
        assert [f["expected_by"] for f in evaluation.failures] == ["own_years"]


def test_where_nothing_is_expected_nothing_is_missing(make: Callable[..., Path]) -> None:
    evaluation = floor(make(coverage(held=0, missing=0, unexpected=3)), 1)
    assert (evaluation.passed, evaluation.evaluated) == (True, 0)


# --- a check that cannot be evaluated ------------------------------------------------------------


def test_missing_relations_fail_every_check_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "other.duckdb"
    with duckdb.connect(str(file)):
        pass
    for evaluation in results(file).values():
        assert not evaluation.passed
        assert evaluation.severity is Severity.ERROR
        assert "does not exist" in str(evaluation.problem)
        assert "\n" not in str(evaluation.problem)


def test_relation_without_the_column_fails(make: Callable[..., Path]) -> None:
    file = make("create or replace table marts.dim_rule as select 1 as other")
    evaluation = result(file, "dim_rule_key")
    assert (evaluation.passed, evaluation.severity) == (False, Severity.ERROR)
    assert "rule" in str(evaluation.problem)


def test_file_can_be_written_again_afterwards(make: Callable[..., Path]) -> None:
    file = make()
    assert result(file, "dim_rule_key").passed
    query(file, frame("marts.dim_rule", [{}, {}, {}]))
    assert result(file, "dim_rule_key").evaluated == 3


def test_any_path_will_do(make: Callable[..., Path]) -> None:
    file = make()
    strange = file.parent / "仓库 a?b#c%20d'e" / "building.duckdb"
    strange.parent.mkdir()
    file.rename(strange)
    assert result(strange, "dim_rule_key").passed


def test_every_check_has_a_name_of_its_own() -> None:
    assert len(CHECKS) == len(all_checks())
    blocking = {name for name, check in CHECKS.items() if check.blocking}
    assert blocking == {"readers_agree", "coverage_floor", *(check.name for check in KEYS)}
