"""What every step of a run is given, the lock that keeps runs of one home apart, and the record of
each."""

import datetime as dt
import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TextIO

import duckdb

from pipelines.domain import OgiError
from pipelines.runs.history import (
    RUNS,
    RunOutcome,
    RunRecord,
    append_record,
    lock_file,
    record_in,
    runs,
    write_record,
)
from pipelines.settings import Settings
from pipelines.warehouse.arrow_tables import create_tables
from pipelines.warehouse.census import read_census
from pipelines.warehouse.connection import closed_after
from pipelines.warehouse.gate import ReleaseBlocked

Progress = Callable[[str, int, int | None], None]
"""Is given the name of a step, how much of it is done, and of how much, where that is known."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """The settings of a run, its progress, and its record, which the steps fill in."""

    settings: Settings
    progress: Progress
    record: RunRecord


@contextmanager
def begin_run(
    settings: Settings,
    progress: Progress,
    record: RunRecord,
    is_interrupted: Callable[[], bool] = lambda: False,
) -> Iterator[RunContext]:
    """The context of a run that has the home to itself, whoever started the others (`ogi run`, the
    schedule, the sensor): it waits for them. At the end of the block `record` is written, unless
    nothing decided its outcome (some assets were materialized, and no release was tried).
    `is_interrupted`: whether a signal is why the block raises, whatever libraries have made of its
    exception."""
    with lock_home(settings, progress) as lock:
        if (killed := record_in(lock)) is not None:
            killed.outcome = RunOutcome.INTERRUPTED
            append_record(killed, settings)
        record.started_at = dt.datetime.now(dt.UTC)
        write_record(record, lock)
        try:
            yield RunContext(settings, progress, record)
        except BaseException as error:
            if record.outcome is None and is_interrupted():
                record.outcome = RunOutcome.INTERRUPTED
            record_failure(record, error, settings)
            # Where it cannot be written, the lock file still has it.
            with suppress(OSError):
                _end(record, settings, lock)
            raise
        _end(record, settings, lock)


@contextmanager
def lock_home(settings: Settings, progress: Progress) -> Iterator[TextIO]:
    """The open lock file of the home, when no other process holds it. The kernel releases it when
    its holder dies, however it dies."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with lock_file(settings).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another run", 0, None)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def record_failure(record: RunRecord, error: BaseException, settings: Settings) -> None:
    """Record why the run ends without a release, unless that is recorded already."""
    if record.outcome is not None:
        return
    if isinstance(error, ReleaseBlocked):
        record.end(RunOutcome.BLOCKED, read_census(settings.warehouse_file), error.reasons)
    elif isinstance(error, Exception):
        record.outcome = RunOutcome.FAILED
        record.reasons = (" ".join(f"{error}".split()) or type(error).__name__,)
    else:
        record.outcome = RunOutcome.INTERRUPTED


def _end(record: RunRecord, settings: Settings, lock: TextIO) -> None:
    if record.outcome is not None:
        record.ended_at = dt.datetime.now(dt.UTC)
        record.seconds = (record.ended_at - record.started_at).total_seconds()
        append_record(record, settings)
        write_record(None, lock)
        if record.outcome is not RunOutcome.INTERRUPTED:
            _copy_to_warehouse(settings)
    else:
        write_record(None, lock)


def _copy_to_warehouse(settings: Settings) -> None:
    """Make `ops.runs` anew from the history. A warehouse that another process has open, or that a
    failed run left broken, gets it at the end of the next run."""
    if settings.warehouse_file.is_file():
        with (
            suppress(OgiError, duckdb.Error),
            closed_after(duckdb.connect(str(settings.warehouse_file))) as con,
        ):
            create_tables(con, "ops", {"runs": RUNS.table(runs(settings))})
