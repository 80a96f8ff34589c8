"""The job as Dagster runs it: what it shows, what it skips, what blocks the release."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.assets import sql_models
from assets.definitions import defs
from assets.jobs import archive_config
from pipelines.publish import current_release
from pipelines.runs.context import RunContext
from pipelines.runs.history import RunOutcome, RunRecord
from pipelines.settings import PROJECT_ROOT, Settings

SAMPLES = PROJECT_ROOT / "data" / "samples" / "reports"
QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}


def a_sample_that_breaks(rule: str) -> Path:
    expected = json.loads((SAMPLES.parent / "expected.json").read_text(encoding="utf-8"))
    return next(
        Path(SAMPLES.parent, file)
        for file, report in expected["reports"].items()
        if any(broken["rule"] == rule for broken in report["broken"])
    )


@dataclass(frozen=True)
class Job:
    """A home, an instance of Dagster, and the first run of `refresh` there."""

    settings: Settings
    instance: dg.DagsterInstance
    inputs: list[str]
    first: dg.ExecuteInProcessResult


def run_of(settings: Settings, record: RunRecord | None = None) -> dict[str, RunContext]:
    return {"run": RunContext(settings, lambda *_: None, record or RunRecord("test"))}


def refresh(
    settings: Settings,
    instance: dg.DagsterInstance,
    inputs: list[str],
    record: RunRecord | None = None,
) -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def("refresh").execute_in_process(
        instance=instance,
        run_config={**archive_config(inputs), "loggers": QUIET},
        resources=run_of(settings, record),
        raise_on_error=False,
    )


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), workers=1)
    inputs = [str(a_sample_that_breaks("applicants_sum_to_total"))]
    with dg.DagsterInstance.ephemeral() as instance:
        yield Job(settings, instance, inputs, refresh(settings, instance, inputs))


def materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    events = result.get_asset_materialization_events()
    return {event.materialization.asset_key.to_user_string() for event in events}


def test_run_materializes_every_asset_with_what_it_returned(job: Job) -> None:
    assert job.first.success
    graph = defs.resolve_asset_graph()
    every = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert materialized(job.first) == every - {"crawled_documents"}
    (archived,) = job.first.asset_materializations_for_node("archived_documents")
    assert archived.metadata["new"].value == 1
    models = job.first.asset_materializations_for_node("sql_models")
    rows = {m.asset_key.path[-1]: m.metadata for m in models if m.asset_key.path[0] == "marts"}
    assert rows["dim_report"]["dagster/row_count"].value == 1
    (published,) = job.first.asset_materializations_for_node("published_release")
    assert published.metadata["reports"].value == 1


def test_failed_check_lists_its_agency_years_and_does_not_block(job: Job) -> None:
    (evaluation,) = [
        e
        for e in job.first.get_asset_check_evaluations()
        if e.check_name == "applicants_sum_to_total_strict"
    ]
    assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.WARN)
    failures = evaluation.metadata["failures"]
    assert isinstance(failures, dg.TableMetadataValue)
    first = failures.records[0].data
    assert all(first[name] for name in ("agency_id", "report_year", "row", "difference"))


def test_run_with_nothing_new_builds_nothing_and_confirms_the_release(job: Job) -> None:
    before = current_release(job.settings.published_file)
    record = RunRecord("test")
    result = refresh(job.settings, job.instance, job.inputs, record)
    assert result.success
    assert (record.outcome, record.known, record.reports) == (RunOutcome.UNCHANGED, 1, 1)
    assert materialized(result) == {"archived_documents", "published_release"}
    (confirmed,) = result.asset_materializations_for_node("lake_shards")
    assert confirmed.metadata["unchanged"].value is True
    assert current_release(job.settings.published_file) == before


def test_selected_mart_is_made_alone(job: Job) -> None:
    with duckdb.connect(str(job.settings.warehouse_file)) as con:
        con.execute("delete from marts.dim_rule; delete from marts.dim_item")
    result = dg.materialize(
        [sql_models],
        selection=[dg.AssetKey(["marts", "dim_rule"])],
        instance=job.instance,
        resources=run_of(job.settings),
        run_config={"loggers": QUIET},
    )
    assert result.success
    assert materialized(result) == {"marts/dim_rule"}
    with duckdb.connect(str(job.settings.warehouse_file), read_only=True) as con:
        counts = con.execute(
            "select (select count(*) from marts.dim_rule), (select count(*) from marts.dim_item)"
        ).fetchone()
    assert counts is not None
    assert counts[0] > 0
    assert counts[1] == 0


def test_blocked_release_fails_the_run_with_every_reason(job: Job) -> None:
    strict = job.settings.model_copy(update={"coverage_floor": 1.0})
    strict.published_file.unlink()  # so that there is something to build
    result = refresh(strict, job.instance, job.inputs)
    assert not result.success
    (failure,) = [e for e in result.all_events if e.is_step_failure]
    assert failure.step_key == "published_release"
    error = failure.step_failure_data.error
    assert error is not None
    assert error.cause is not None
    assert "At least 100.0% of the expected reports are there" in error.cause.message
