"""Runs that Dagster starts are in the history of the home, as those of `ogi run` are."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.jobs import record_failed_step
from assets.resources import RunResource, SettingsResource
from pipelines.runs.history import RunOutcome, RunRecord, runs
from pipelines.settings import get_settings


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("OGI_HOME", str(tmp_path))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@dg.op(required_resource_keys={"run"}, config_schema=str)
def step(context: dg.OpExecutionContext) -> None:
    if context.op_config == "raises":
        raise ValueError("no such table")
    if context.op_config == "publishes":
        context.resources.run.record.outcome = RunOutcome.PUBLISHED


@dg.job(
    hooks={record_failed_step},
    resource_defs={"run": RunResource(settings=SettingsResource())},
)
def night() -> None:
    step()


def recorded(what: str) -> tuple[str, list[RunRecord]]:
    config = {
        "ops": {"step": {"config": what}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    result = night.execute_in_process(run_config=config, raise_on_error=False)
    return result.run_id, runs(get_settings())


def test_job_is_recorded_under_its_name_and_run_id() -> None:
    run_id, (record,) = recorded("publishes")
    assert (record.command, record.run_id) == ("job night", run_id)
    assert record.outcome is RunOutcome.PUBLISHED


def test_failed_step_is_why_the_run_failed() -> None:
    _, (record,) = recorded("raises")
    assert (record.outcome, record.reasons) == (RunOutcome.FAILED, ("no such table",))


def test_job_that_tries_no_release_is_not_recorded() -> None:
    assert recorded("nothing")[1] == []
