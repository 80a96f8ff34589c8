"""Evaluate the suites over the warehouse of a run."""

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from expectations.suites import all_suites
from pipelines.runs.building import open_building
from pipelines.runs.context import RunContext
from pipelines.warehouse.check_results import CheckResult, write_check_results

if TYPE_CHECKING:
    from expectations.runner import SuiteResult


def evaluate(run: RunContext, names: Collection[str] | None = None) -> "tuple[SuiteResult, ...]":
    """Run all suites, or those named, over the marts of the run, and keep how they ended in the
    warehouse, where the release finds it."""
    run.progress("checks", 0, None)
    # Seconds to import: only where it is used.
    from expectations.runner import run_suites  # noqa: PLC0415

    suites = all_suites(coverage_floor=run.settings.coverage_floor)
    chosen = [suite for suite in suites if names is None or suite.name in names]
    results = run_suites(run.settings.warehouse_file, chosen, run.settings.duckdb)
    with open_building(run.settings) as con:
        write_check_results(con, [_check_result(result) for result in results])
    return results


def _check_result(result: "SuiteResult") -> CheckResult:
    first = None
    if result.failures:
        row = result.failures[0]
        first = ", ".join(f"{name} {printed(value)}" for name, value in row.items())
    return CheckResult(**result.as_json(), first_failure=first)


def printed(value: Any) -> str:
    """A value of a failing row: nothing for NULL, figures without zeros that say nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
