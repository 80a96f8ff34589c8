"""The sensors that watch runs: failed, missing, dead and old ones."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from assets import sensors
from pipelines.runs.context import lock_home
from pipelines.runs.history import RunOutcome, RunRecord, append_record, lock_file, write_record
from pipelines.settings import Settings

NOW = dt.datetime.now(dt.UTC)
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, on_failure=f"cat >> '{tmp_path}/notices'")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def notices(settings: Settings) -> str:
    file = settings.home / "notices"
    return file.read_text(encoding="utf-8") if file.exists() else ""


@dg.op
def broken() -> None:
    raise ValueError("no such table")


@dg.job
def night() -> None:
    broken()


# --- failed runs


def fail(settings: Settings, instance: dg.DagsterInstance, record: RunRecord | None) -> None:
    """A job that fails, `record` in the history as its own, and the sensor that sees it."""
    result = night.execute_in_process(instance=instance, run_config=QUIET, raise_on_error=False)
    if record is not None:
        record.run_id = result.run_id
        append_record(record, settings)
    context = dg.build_run_status_sensor_context(
        sensor_name="failure_notice",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
        resources={"settings": settings},
    ).for_run_failure()
    sensors.failure_notice(context)


def test_blocked_run_is_noticed_with_every_reason(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    reasons = ("rate of failed documents", "broken key")
    fail(settings, instance, RunRecord("job", outcome=RunOutcome.BLOCKED, reasons=reasons))
    assert notices(settings).splitlines() == [
        f"ogi: run blocked in {settings.home}",
        "- rate of failed documents",
        "- broken key",
    ]


def test_killed_run_is_noticed(settings: Settings, instance: dg.DagsterInstance) -> None:
    fail(settings, instance, RunRecord("job", outcome=RunOutcome.INTERRUPTED))
    assert notices(settings).splitlines()[-1] == "- its process was killed"


def test_run_that_left_no_record_is_noticed_with_dagsters_message(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    fail(settings, instance, None)
    first, reason = notices(settings).splitlines()
    assert first == f"ogi: run failed in {settings.home}"
    assert "failed" in reason


# --- missing runs


def look(settings: Settings, instance: dg.DagsterInstance, cursor: str | None) -> Any:
    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"settings": settings}
    )
    sensors.missing_run_sensor(is_on=True)(context)
    return context.cursor


def test_missing_run_is_noticed_once(settings: Settings, instance: dg.DagsterInstance) -> None:
    cursor = look(settings, instance, "the due time before")
    assert notices(settings).startswith(f"ogi: run missing in {settings.home}\n- no run has begun")
    assert look(settings, instance, cursor) == cursor
    assert notices(settings).count("no run has begun") == 1


def test_first_look_notices_nothing(settings: Settings, instance: dg.DagsterInstance) -> None:
    assert look(settings, instance, None) is not None
    assert notices(settings) == ""


@pytest.mark.parametrize("begun", ["ended", "goes on", "waits in Dagster"])
def test_run_that_has_begun_is_not_missing(
    settings: Settings, instance: dg.DagsterInstance, begun: str
) -> None:
    if begun == "ended":
        append_record(RunRecord("ogi run", outcome=RunOutcome.FAILED, started_at=NOW), settings)
    if begun == "waits in Dagster":
        instance.create_run_for_job(night, status=dg.DagsterRunStatus.NOT_STARTED)
    if begun == "goes on":
        with lock_home(settings, lambda *_: None) as lock:
            write_record(RunRecord("ogi run", started_at=NOW - dt.timedelta(days=2)), lock)
            look(settings, instance, "the due time before")
    else:
        look(settings, instance, "the due time before")
    assert notices(settings) == ""


def test_a_run_is_due_at_two_in_china() -> None:
    china = ZoneInfo("Asia/Shanghai")
    for now, day in ((dt.time(1, 59), 4), (dt.time(2, 0), 5), (dt.time(23, 0), 5)):
        moment = dt.datetime.combine(dt.date(2026, 3, 5), now, china).astimezone(dt.UTC)
        assert sensors._last_due(moment) == dt.datetime(2026, 3, day, 2, tzinfo=china)


# --- dead and old runs


def monitor(settings: Settings, instance: dg.DagsterInstance) -> None:
    sensors.run_monitor(
        dg.build_sensor_context(instance=instance, resources={"settings": settings})
    )


def test_run_whose_process_is_gone_fails(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = instance.create_run_for_job(night, status=dg.DagsterRunStatus.STARTED)

    def status() -> dg.DagsterRunStatus:
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        return found.status

    monitor(settings, instance)
    assert status() is dg.DagsterRunStatus.STARTED  # it may be about to take the lock
    monkeypatch.setattr(sensors, "_STARTED_FOR", dt.timedelta(0))
    with lock_home(settings, lambda *_: None) as lock:
        write_record(RunRecord("job night", run_id=run.run_id), lock)
        monitor(settings, instance)
        assert status() is dg.DagsterRunStatus.STARTED
    assert lock_file(settings).read_text(encoding="utf-8")  # as a killed run leaves it
    monitor(settings, instance)
    assert status() is dg.DagsterRunStatus.FAILURE


def test_old_runs_are_deleted_and_unfinished_ones_are_not(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.create_run_for_job(night, status=dg.DagsterRunStatus.SUCCESS)
    waiting = instance.create_run_for_job(night, status=dg.DagsterRunStatus.NOT_STARTED)
    monitor(settings, instance)
    assert len(instance.get_runs()) == 2
    monkeypatch.setattr(sensors, "RUNS_KEPT_FOR", dt.timedelta(0))
    monitor(settings, instance)
    assert [run.run_id for run in instance.get_runs()] == [waiting.run_id]
