"""The sensors: new files of the inbox, failed and missing runs, runs that are dead or old."""

import datetime as dt
import hashlib
import json
import os
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

from assets.instance import (
    INBOX,
    INBOX_EVERY_S,
    NIGHTLY_AT,
    NIGHTLY_ZONE,
    RUNS_WATCHED_EVERY_S,
)
from assets.jobs import archive_config, refresh
from pipelines.archive import walk
from pipelines.runs.failure_notice import notify_failure
from pipelines.runs.history import RunOutcome, runs
from pipelines.settings import Settings

SETTLED_AFTER_S = 5.0
MISSING_AFTER = dt.timedelta(minutes=10)
RUNS_KEPT_FOR = dt.timedelta(days=90)
_MOST_DELETED = 100
# A run is started a moment before it holds the lock of its home.
_STARTED_FOR = dt.timedelta(minutes=1)
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_FINISHED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]


def inbox_sensor(is_on: bool) -> dg.SensorDefinition:
    """The sensor of the inbox folder; a user can switch it in Dagster's pages, `is_on` is its
    default."""
    return dg.SensorDefinition(
        name=INBOX,
        job=refresh,
        evaluation_fn=_request_new_files,
        minimum_interval_seconds=INBOX_EVERY_S,
        default_status=dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED,
        description="Takes in the files of the inbox folder that are new or changed.",
    )


def _request_new_files(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SensorResult | dg.SkipReason:
    """The cursor is what was asked for already: name → time of change and size. A file that
    changed within the last seconds is perhaps still being written, and waits."""
    if not settings.inbox_dir.is_dir():
        return dg.SkipReason(f"there is no inbox folder {settings.inbox_dir}")
    known: dict[str, str] = json.loads(context.cursor or "{}")
    found, unsettled = _look(settings.inbox_dir)
    new = sorted(path for path, state in found.items() if known.get(path) != state)
    if not new:
        waiting = f"; {unsettled} still being written" if unsettled else ""
        return dg.SkipReason(f"nothing new in {settings.inbox_dir}{waiting}")
    cursor = json.dumps({**known, **found} if unsettled else found, sort_keys=True)
    states = "\n".join(f"{path} {found[path]}" for path in new)
    # A file name need not be UTF-8.
    run_key = hashlib.sha256(os.fsencode(states)).hexdigest()
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=run_key, run_config=archive_config(new))], cursor=cursor
    )


def _look(folder: Path) -> tuple[dict[str, str], int]:
    """Every settled file with its state, and how many are not settled."""
    found = {}
    unsettled = 0
    for file in walk([folder], skip=None, unreadable=[]):
        try:
            status = file.stat()
        except FileNotFoundError:  # taken away while we looked
            continue
        if time.time() - max(status.st_mtime, status.st_ctime) < SETTLED_AFTER_S:
            unsettled += 1
        else:
            found[str(file)] = f"{status.st_mtime_ns}:{status.st_size}"
    return found, unsettled


@dg.run_failure_sensor(
    name="failure_notice",
    minimum_interval_seconds=RUNS_WATCHED_EVERY_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Notifies the operator (OGI_ON_FAILURE) of a run that failed or was blocked.",
)
def failure_notice(
    context: dg.RunFailureSensorContext, settings: dg.ResourceParam[Settings]
) -> None:
    run_id = context.dagster_run.run_id
    record = next((r for r in runs(settings) if r.run_id == run_id), None)
    if record is None or record.outcome is None:  # it failed before it began
        message = context.failure_event.message or "see its page in Dagster"
        notify_failure(settings, RunOutcome.FAILED, [message], run_id)
    else:
        reasons = record.reasons or ("its process was killed",)
        notify_failure(settings, record.outcome, reasons, run_id)


def missing_run_sensor(is_on: bool) -> dg.SensorDefinition:
    """The sensor that expects a run every night; `is_on` is its default."""
    return dg.SensorDefinition(
        name="missing_run",
        evaluation_fn=_notice_missing_run,
        minimum_interval_seconds=RUNS_WATCHED_EVERY_S,
        default_status=dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED,
        description="Notifies the operator (OGI_ON_FAILURE) where no run has begun ten minutes"
        " after the time of the nightly schedule.",
    )


def _notice_missing_run(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SkipReason:
    """The cursor is the last due time that was looked at: nobody is notified of it again."""
    due = _last_due(dt.datetime.now(dt.UTC) - MISSING_AFTER)
    before = context.cursor
    if before == due.isoformat():
        return dg.SkipReason(f"the run due at {due.isoformat()} was looked at")
    context.update_cursor(due.isoformat())
    is_begun = any(run.outcome is None or run.started_at >= due for run in runs(settings))
    waiting = context.instance.get_run_records(dg.RunsFilter(statuses=_UNFINISHED), limit=1)
    # The first look is at a time before this sensor.
    if before is None or is_begun or waiting:
        return dg.SkipReason(f"the run due at {due.isoformat()} has begun")
    notify_failure(settings, "missing", [f"no run has begun since {due.isoformat()}"])
    return dg.SkipReason(f"the run due at {due.isoformat()} is missing")


def _last_due(now: dt.datetime) -> dt.datetime:
    here = now.astimezone(ZoneInfo(NIGHTLY_ZONE))
    due = dt.datetime.combine(here.date(), NIGHTLY_AT, here.tzinfo)
    return due if due <= here else due - dt.timedelta(days=1)


@dg.sensor(
    name="run_monitor",
    minimum_interval_seconds=RUNS_WATCHED_EVERY_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Fails a run whose process is gone, and deletes finished runs after 90 days.",
)
def run_monitor(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SkipReason:
    """Dagster's own monitoring of runs does not look at local processes: one that was killed with
    Dagster stays started. A run that goes on holds the lock of the home."""
    now = dt.datetime.now(dt.UTC)
    goes_on = any(run.outcome is None for run in runs(settings))
    started = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.STARTED], updated_before=now - _STARTED_FOR
    )
    dead = [] if goes_on else context.instance.get_run_records(started)
    for record in dead:
        context.instance.report_run_failed(record.dagster_run, "Its process is gone.")
    finished = dg.RunsFilter(statuses=_FINISHED, created_before=now - RUNS_KEPT_FOR)
    old = context.instance.get_run_records(finished, limit=_MOST_DELETED)
    for record in old:
        context.instance.delete_run(record.dagster_run.run_id)
    return dg.SkipReason(f"{len(dead)} dead runs failed, {len(old)} old runs deleted")
