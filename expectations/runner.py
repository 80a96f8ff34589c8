"""The one place that runs Great Expectations: a suite for each relation, one Checkpoint for all."""

import os
import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

# Read when the package is imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.core.unexpected_rows_expectation import (
    UnexpectedRowsExpectation,
)
from great_expectations.expectations.metadata_types import FailureSeverity
from sqlalchemy import event

from expectations.checks import Check
from expectations.dialect import DRIVER
from pipelines.domain import Severity
from pipelines.warehouse.connection import DEFAULTS, DuckDBConfig, closed_after

# The name of a check begins its query, so that the time of the query can be added to it.
_NAMED = re.compile(r"/\* (\w+) \*/")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a check ended: the rows that it evaluated, how many of them `failed`, and those, at most
    200. `problem` says in one line why it could not be evaluated; then it has not passed. `seconds`
    are those of its queries. An agency's error is a warning; a broken key and a check that is
    itself broken are errors.
    """

    check: Check
    passed: bool
    severity: Severity
    evaluated: int
    failed: int
    seconds: float
    failures: tuple[dict[str, Any], ...]
    problem: str | None = None


def run_checks(
    warehouse_file: Path,
    checks: Sequence[Check],
    config: DuckDBConfig = DEFAULTS,
    *,
    missed: Collection[tuple[str, str | None]] = (),
) -> tuple[Evaluation, ...]:
    """Run the checks over a warehouse that nobody has open for writing, in their order.

    A check that cannot be evaluated (its relation is missing, it evaluated nothing where it should
    have) fails with its `problem`; so does one of a rule whose planted violation was `missed`
    (rule and blank policy).
    """
    options: dict[str, Any] = {"read_only": True, "config": dict(config)}
    with closed_after(duckdb.connect(str(warehouse_file), **options)) as con:
        counts = {check.name: _count(con, check) for check in checks}
    seconds: dict[str, float] = defaultdict(float)
    with _datasource(warehouse_file, options, seconds) as context:
        outcomes = _outcomes(context, [c for c in checks if isinstance(counts[c.name], int)])
    return tuple(
        _evaluation(
            check,
            counts[check.name],
            outcomes.get(check.name),
            seconds[check.name],
            is_missed=(check.rule, check.policy) in missed,
        )
        for check in checks
    )


def _count(con: duckdb.DuckDBPyConnection, check: Check) -> int | str:
    """How many rows the check evaluates, or why it cannot."""
    try:
        evaluated = _number(con, check.evaluated)
        if not evaluated and check.should_evaluate and _number(con, check.should_evaluate):
            return "nothing was evaluated, though there are reports that it is for"
    except duckdb.Error as error:
        return _one_line(error)
    return evaluated


def _number(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    ((number,),) = con.execute(sql).fetchall()
    return int(number or 0)  # the sum of nothing is NULL


@contextmanager
def _datasource(
    warehouse_file: Path, options: dict[str, Any], seconds: dict[str, float]
) -> Iterator[Any]:
    """A data context with the data source `warehouse`; `seconds` gets the time of each check."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql(  # type: ignore[call-arg] # its stub lacks kwargs
        "warehouse",
        connection_string=f"{DRIVER}:///the-file-below",
        create_temp_table=False,
        # Here and not in the address, where a path would need quoting of its own kind.
        kwargs={"connect_args": {"database": str(warehouse_file), **options}},
    )
    engine = source.get_execution_engine().engine
    event.listen(engine, "before_cursor_execute", _begin)
    event.listen(engine, "after_cursor_execute", _end(seconds))
    try:
        yield context
    finally:
        # A connection that is kept would keep the next writer out of the file.
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _begin(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
    connection.info["begun"] = time.perf_counter()


def _end(seconds: dict[str, float]) -> Any:
    def end(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if named := _NAMED.search(statement):
            seconds[named[1]] += time.perf_counter() - connection.info["begun"]

    return end


def _outcomes(context: Any, checks: Sequence[Check]) -> dict[str, Any]:
    """The validation result of each check, by name."""
    if not checks:
        return {}
    source = context.data_sources.get("warehouse")
    definitions = []
    by_relation = sorted(checks, key=lambda check: check.relation)
    for relation, of_relation in groupby(by_relation, key=lambda check: check.relation):
        expectations = [
            UnexpectedRowsExpectation(
                unexpected_rows_query=f"/* {check.name} */ {check.failing_rows}",
                description=check.title,
                severity=FailureSeverity.CRITICAL if check.blocking else FailureSeverity.WARNING,
                meta={"check": check.name},
            )
            for check in of_relation
        ]
        rows = source.add_query_asset(relation, query=f"select * from {relation}")
        definitions.append(
            context.validation_definitions.add(
                gx.ValidationDefinition(
                    name=relation,
                    data=rows.add_batch_definition_whole_table("all"),
                    suite=context.suites.add(
                        gx.ExpectationSuite(name=relation, expectations=expectations)
                    ),
                )
            )
        )
    checkpoint = gx.Checkpoint(
        name="warehouse",
        validation_definitions=definitions,
        result_format={"result_format": "COMPLETE"},
    )
    ran = context.checkpoints.add(checkpoint).run()
    return {
        result.expectation_config.meta["check"]: result
        for validation in ran.run_results.values()
        for result in validation.results
    }


def _evaluation(
    check: Check, evaluated: int | str, outcome: Any, seconds: float, *, is_missed: bool
) -> Evaluation:
    problem = evaluated if isinstance(evaluated, str) else None
    found: Mapping[str, Any] = outcome.result if outcome is not None else {}
    if problem is None and "observed_value" not in found:
        problem = _why(outcome.exception_info)
    if problem is None and is_missed:
        problem = "it does not find the violation that was planted for it"
    failed = found.get("observed_value", 0) if problem is None else 0
    return Evaluation(
        check=check,
        passed=problem is None and not failed,
        severity=Severity.ERROR if check.blocking or problem else Severity.WARNING,
        evaluated=0 if isinstance(evaluated, str) else evaluated,
        failed=failed,
        seconds=seconds,
        failures=tuple(found["details"]["unexpected_rows"]) if failed else (),
        problem=problem,
    )


def _why(exception_info: Any) -> str:
    """The message out of what Great Expectations keeps of an exception, by metric or alone."""
    if "exception_message" in exception_info:
        return _one_line(exception_info["exception_message"])
    return _one_line(next(iter(exception_info.values()))["exception_message"])


def _one_line(error: object) -> str:
    return " ".join(str(error).split("\n\nLINE ")[0].split())
