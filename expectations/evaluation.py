"""Evaluate the checks over the warehouse of a run."""

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from expectations.checks import all_checks
from pipelines.forms import load_forms
from pipelines.runs.building import open_building
from pipelines.runs.context import RunContext
from pipelines.runs.process import parser_version
from pipelines.warehouse.check_results import CheckResult, write_check_results
from pipelines.warehouse.planted import missed_violations
from pipelines.warehouse.rules import ruleset_version

if TYPE_CHECKING:
    from expectations.runner import Evaluation


def evaluate(run: RunContext, names: Collection[str] | None = None) -> "tuple[Evaluation, ...]":
    """Run all checks, or those named, over the marts of the run, and keep how they ended in the
    warehouse, where the release finds it."""
    run.progress("checks", 0, None)
    # Seconds to import: only where it is used.
    from expectations.runner import run_checks  # noqa: PLC0415

    checks = all_checks(coverage_floor=run.settings.coverage_floor)
    evaluated = run_checks(
        run.settings.warehouse_file,
        [check for check in checks if names is None or check.name in names],
        run.settings.duckdb,
        missed=missed_violations(load_forms()),
    )
    now = dt.datetime.now(dt.UTC)
    with open_building(run.settings) as con:
        write_check_results(
            con,
            run.settings.warehouse_file.parent,
            [_result(evaluation, run.record.run_id, now) for evaluation in evaluated],
        )
    return evaluated


def _result(evaluation: "Evaluation", run_id: str, now: dt.datetime) -> CheckResult:
    check = evaluation.check
    first = None
    if evaluation.failures:
        row = evaluation.failures[0]
        first = ", ".join(f"{name} {printed(value)}" for name, value in row.items())
    return CheckResult(
        run_id=run_id,
        evaluated_at=now,
        parser_version=parser_version(),
        ruleset_version=ruleset_version(),
        name=check.name,
        title=check.title,
        rule=check.rule,
        reading=check.policy,
        passed=evaluation.passed,
        severity=evaluation.severity,
        evaluated=evaluation.evaluated,
        failed=evaluation.failed,
        share=evaluation.failed / evaluation.evaluated if evaluation.evaluated else None,
        seconds=evaluation.seconds,
        problem=evaluation.problem,
        first_failure=first,
    )


def printed(value: Any) -> str:
    """A value of a failing row; nothing for NULL."""
    return "" if value is None else str(value)
