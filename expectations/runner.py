"""The one place that runs Great Expectations."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

# Read when the package is imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.data_context.types.base import ProgressBarsConfig

from expectations.dialect import DRIVER
from expectations.suites import Expectation, Suite
from pipelines.domain import Severity
from pipelines.warehouse.connection import DEFAULTS, DuckDBConfig, closed_after


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """How a suite ended. `judged` are the rows it looked at, `broken` the times that one broke an
    expectation, `failures` every broken row with its agency_id and report_year. `problem` says in
    one line why it could not look; then it has not passed. An agency's slip is a warning, and so
    is that there was nothing to judge; a broken key and a check that is itself broken are errors.
    """

    suite: Suite
    passed: bool
    severity: Severity
    judged: int
    broken: int
    failures: tuple[dict[str, Any], ...]
    problem: str | None = None

    @property
    def name(self) -> str:
        return self.suite.name

    @property
    def agency_years(self) -> tuple[tuple[str, int], ...]:
        """The agency-years that failed, where they are known."""
        known = {(f.get("agency_id"), f.get("report_year")) for f in self.failures}
        return tuple(sorted((a, y) for a, y in known if a is not None and y is not None))

    def as_json(self) -> dict[str, Any]:
        """The result without its list of failures."""
        return {
            "name": self.name,
            "title": self.suite.title,
            "passed": self.passed,
            "severity": self.severity.value,
            "judged": self.judged,
            "broken": self.broken,
            "failing_agency_years": len(self.agency_years),
            "problem": self.problem,
        }


def run_suites(
    warehouse_file: Path, suites: Sequence[Suite], config: DuckDBConfig = DEFAULTS
) -> tuple[SuiteResult, ...]:
    """Run the suites over a warehouse that nobody has open for writing, in their order.

    A suite that cannot look (its relation is missing, there is nothing to judge though there are
    reports, the two ways of counting differ) fails with its `problem`.
    """
    options = {"read_only": True, "config": dict(config)}
    failures = _failures(warehouse_file, suites, options)
    with _datasource(warehouse_file, options) as source:
        return tuple(
            _judge(source, suite, listed, reports)
            for suite, (listed, reports) in zip(suites, failures, strict=True)
        )


_Listed = tuple[dict[str, Any], ...] | str


def _failures(
    warehouse_file: Path, suites: Sequence[Suite], options: dict[str, Any]
) -> list[tuple[_Listed, int]]:
    """Of each suite all rows that break it, or why they cannot be told; the number of reports."""
    with closed_after(duckdb.connect(str(warehouse_file), **options)) as con:
        try:
            row = con.execute(
                "select count(*) from raw.documents where outcome = 'report'"
            ).fetchone()
        except duckdb.Error as error:
            return [(_one_line(error), 0) for _ in suites]
        reports = row[0] if row else 0
        return [(_rows(con, suite.failures), reports) for suite in suites]


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> _Listed:
    try:
        found = con.execute(sql)
    except duckdb.Error as error:
        return _one_line(error)
    names = [column[0] for column in found.description or ()]
    return tuple(dict(zip(names, row, strict=True)) for row in found.fetchall())


@contextmanager
def _datasource(warehouse_file: Path, options: dict[str, Any]) -> Iterator[Any]:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql(  # type: ignore[call-arg] # its stub lacks kwargs
        "warehouse",
        connection_string=f"{DRIVER}:///the-file-below",
        create_temp_table=False,
        # Here and not in the address, where a path would need quoting of its own kind.
        kwargs={"connect_args": {"database": str(warehouse_file), **options}},
    )
    try:
        yield source
    finally:
        # A connection that is kept would keep the next writer out of the file.
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _judge(source: Any, suite: Suite, listed: _Listed, reports: int) -> SuiteResult:
    if isinstance(listed, str):
        return _could_not_look(suite, listed)
    batch = (
        source.add_query_asset(suite.name, query=suite.query)
        .add_batch_definition_whole_table("all")
        .get_batch()
    )
    wanted = gx.ExpectationSuite(
        name=suite.name, expectations=[_expectation(e) for e in suite.expectations]
    )
    results = batch.validate(wanted, result_format={"result_format": "BASIC"}).results
    judged = 0
    broken = 0
    for result in results:
        if "element_count" not in result.result:
            return _could_not_look(suite, _why(result.exception_info))
        judged = max(judged, result.result["element_count"])
        broken += result.result["unexpected_count"] or 0  # None of no rows
    if suite.must_judge and reports and not judged:
        return _could_not_look(
            suite,
            f"there are {reports} reports and nothing to judge",
            Severity.ERROR if suite.blocking else Severity.WARNING,
        )
    passed = all(result.success for result in results)
    # What passes may have broken rows where an expectation allows some.
    if passed == bool(listed) or (not passed and len(results) == 1 and broken != len(listed)):
        return _could_not_look(suite, f"{broken} rows broken, and {len(listed)} listed")
    return SuiteResult(
        suite=suite,
        passed=passed,
        severity=Severity.ERROR if suite.blocking else Severity.WARNING,
        judged=judged,
        broken=broken,
        failures=listed,
    )


def _expectation(expectation: Expectation) -> Any:
    return getattr(gxe, expectation.type)(**expectation.arguments)


def _could_not_look(suite: Suite, problem: str, severity: Severity = Severity.ERROR) -> SuiteResult:
    return SuiteResult(
        suite=suite,
        passed=False,
        severity=severity,
        judged=0,
        broken=0,
        failures=(),
        problem=problem,
    )


def _why(exception_info: Any) -> str:
    """The message out of what Great Expectations keeps of an exception, by metric or alone."""
    if "exception_message" in exception_info:
        return _one_line(exception_info["exception_message"])
    return _one_line(next(iter(exception_info.values()))["exception_message"])


def _one_line(error: object) -> str:
    return " ".join(str(error).split("\n\nLINE ")[0].split())
