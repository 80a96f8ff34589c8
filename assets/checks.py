"""The suites of expectations/ as asset checks."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, cast

import dagster as dg

from expectations import Layer, Suite, all_suites, suites_of
from pipelines.domain import Severity
from pipelines.runs.context import House

_MOST_FAILURES_LISTED = 200
_RESULT = "result"
_FAILURES = "failures"


def _asset_of(suite: Suite) -> dg.AssetKey:
    return dg.AssetKey(["marts", suite.mart] if suite.mart else [suite.layer.value])


def _specs(layer: Layer) -> list[dg.AssetCheckSpec]:
    # All are blocking, so that the release waits for them.
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
    for result in run_suites(house.settings.warehouse_file, suites, house.settings.duckdb):
        metadata: dict[str, dg.MetadataValue] = {
            "judged": dg.MetadataValue.int(result.judged),
            "broken": dg.MetadataValue.int(result.broken),
            "failing_agency_years": dg.MetadataValue.int(len(result.agency_years)),
            _RESULT: dg.MetadataValue.json(result.as_json()),
        }
        if result.failures:
            listed = result.failures[:_MOST_FAILURES_LISTED]
            metadata[_FAILURES] = dg.MetadataValue.table(
                [dg.TableRecord({n: _printed(v) for n, v in row.items()}) for row in listed]
            )
        yield dg.AssetCheckResult(
            asset_key=_asset_of(result.suite),
            check_name=result.name,
            passed=result.passed,
            # An error here would stop the marts, and their checks would report nothing. The
            # release blocks instead, with every reason: see failed_checks.
            severity=dg.AssetCheckSeverity.WARN,
            description=result.problem,
            metadata=metadata,
        )


def latest_evaluations(instance: dg.DagsterInstance) -> list[dg.AssetCheckEvaluation]:
    """The last evaluation of every suite that has run, in the order of the suites."""
    keys = [dg.AssetCheckKey(_asset_of(suite), suite.name) for suite in all_suites()]
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    evaluations = (record.evaluation for key in keys if (record := records.get(key)) is not None)
    # A check that is planned and did not run has an event too, of another class.
    return [e for e in evaluations if isinstance(e, dg.AssetCheckEvaluation)]


def failed_checks(evaluations: Sequence[dg.AssetCheckEvaluation]) -> dict[str, str]:
    """The suites that block the release: name → reason, one line with the first failing row."""
    return {
        evaluation.check_name: _reason(evaluation)
        for evaluation in evaluations
        if not evaluation.passed and result_of(evaluation)["severity"] == Severity.ERROR
    }


def _reason(evaluation: dg.AssetCheckEvaluation) -> str:
    result = result_of(evaluation)
    why = result["problem"] or f"{result['broken']} of {result['judged']} rows break it"
    failures = evaluation.metadata.get(_FAILURES)
    if isinstance(failures, dg.TableMetadataValue):
        first = failures.records[0].data
        why += "; the first: " + ", ".join(f"{name} {value}" for name, value in first.items())
    return f"{result['title']}: {why}"


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
