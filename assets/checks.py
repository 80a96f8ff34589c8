"""The suites of expectations/ as asset checks."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import dagster as dg

from assets.house import House
from expectations import Layer, Suite, all_suites, suites_of
from pipelines.domain import Severity

_MOST_FAILURES_LISTED = 200
_RESULT = "result"


def _asset_of(suite: Suite) -> dg.AssetKey:
    return dg.AssetKey(["marts", suite.mart] if suite.mart else [suite.layer.value])


def _specs(layer: Layer) -> list[dg.AssetCheckSpec]:
    # All are blocking, so that what comes after waits for them; only a result of severity error
    # then stops it. An agency's slip is a warning.
    return [
        dg.AssetCheckSpec(
            suite.name, asset=_asset_of(suite), description=suite.title, blocking=True
        )
        for suite in suites_of(layer)
    ]


@dg.multi_asset_check(
    name="audit_suites",
    specs=_specs(Layer.AUDITS),
    description="The rules of the forms, by Great Expectations.",
)
def audit_suites(house: dg.ResourceParam[House]) -> Iterator[dg.AssetCheckResult]:
    yield from _results(Layer.AUDITS, house)


@dg.multi_asset_check(
    name="mart_suites",
    specs=_specs(Layer.MARTS),
    description="Keys and domains of the marts, by Great Expectations.",
)
def mart_suites(house: dg.ResourceParam[House]) -> Iterator[dg.AssetCheckResult]:
    yield from _results(Layer.MARTS, house)


def _results(layer: Layer, house: House) -> Iterator[dg.AssetCheckResult]:
    house.progress(f"check {layer}", 0, None)
    # Seconds to import: only where it is used.
    from expectations.runner import run_suites  # noqa: PLC0415

    suites = suites_of(layer, coverage_floor=house.settings.coverage_floor)
    for result in run_suites(house.settings.warehouse_file, suites):
        metadata: dict[str, dg.MetadataValue] = {
            "judged": dg.MetadataValue.int(result.judged),
            "broken": dg.MetadataValue.int(result.broken),
            "failing_agency_years": dg.MetadataValue.int(len(result.agency_years)),
            _RESULT: dg.MetadataValue.json(result.as_json()),
        }
        if result.failures:
            listed = result.failures[:_MOST_FAILURES_LISTED]
            metadata["failures"] = dg.MetadataValue.table(
                [dg.TableRecord({n: _printed(v) for n, v in row.items()}) for row in listed]
            )
        yield dg.AssetCheckResult(
            asset_key=_asset_of(result.suite),
            check_name=result.name,
            passed=result.passed,
            severity=_SEVERITY[result.severity],
            description=result.problem,
            metadata=metadata,
        )


_SEVERITY = {
    Severity.ERROR: dg.AssetCheckSeverity.ERROR,
    Severity.WARNING: dg.AssetCheckSeverity.WARN,
}


def latest_results(instance: dg.DagsterInstance) -> list[dict[str, Any]]:
    """How every suite ended when it was last run, in the order of the suites."""
    keys = [dg.AssetCheckKey(_asset_of(suite), suite.name) for suite in all_suites()]
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    results = []
    for key in keys:
        record = records.get(key)
        evaluation = record.evaluation if record is not None else None
        # A check that is planned and did not run has an event too, of another class.
        if isinstance(evaluation, dg.AssetCheckEvaluation):
            results.append(result_of(evaluation))
    return results


def result_of(evaluation: dg.AssetCheckEvaluation) -> dict[str, Any]:
    """`SuiteResult.as_json()` of the suite that was run."""
    return cast("dict[str, Any]", evaluation.metadata[_RESULT].value)


def _printed(value: Any) -> str:
    """A value as people write it: nothing for NULL, figures without zeros that say nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
