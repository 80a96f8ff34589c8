"""The history of runs: how each ended, whatever ended it."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.runs import context
from pipelines.runs.context import begin_run
from pipelines.runs.history import (
    RunOutcome,
    RunRecord,
    attention_needed,
    history_file,
    lock_file,
    runs,
)
from pipelines.settings import Settings
from pipelines.warehouse.census import Census
from pipelines.warehouse.gate import ReleaseBlocked

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
CENSUS = Census(
    documents=9,
    reports=6,
    not_a_report=2,
    failed=1,
    facts=100,
    tables_expected=18,
    tables_found=18,
    findings={"a": 3, "b": 4},
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def silent(step: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""


def run(settings: Settings, outcome: RunOutcome | None = RunOutcome.PUBLISHED) -> RunRecord:
    """A run that ends so."""
    record = RunRecord("ogi run")
    with begin_run(settings, silent, record):
        record.outcome = outcome
    return record


def failing(settings: Settings, error: BaseException, *, is_interrupted: bool = False) -> RunRecord:
    """The record of a run that raises."""
    with (
        pytest.raises(type(error)),
        begin_run(settings, silent, RunRecord("ogi run"), lambda: is_interrupted),
    ):
        raise error
    return runs(settings)[-1]


def test_each_run_is_one_line_in_the_order_of_their_ends(settings: Settings) -> None:
    assert runs(settings) == []
    first, second = run(settings), run(settings, RunOutcome.UNCHANGED)
    assert runs(settings) == [first, second]
    lines = [json.loads(line) for line in history_file(settings).read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["published", "unchanged"]
    assert first.ended_at is not None
    assert lines[0]["seconds"] == (first.ended_at - first.started_at).total_seconds()


def test_run_is_running_until_it_ends(settings: Settings) -> None:
    record = RunRecord("ogi run")
    with begin_run(settings, silent, record):
        (running,) = runs(settings)
        assert (running.run_id, running.outcome) == (record.run_id, None)
        record.outcome = RunOutcome.PUBLISHED
    assert runs(settings) == [record]


def test_run_that_raises_has_failed_with_its_reason(settings: Settings) -> None:
    record = failing(settings, OSError(28, "No space left on device", "/lake"))
    assert record.outcome is RunOutcome.FAILED
    assert record.reasons == ("[Errno 28] No space left on device: '/lake'",)
    assert failing(settings, ValueError()).reasons == ("ValueError",)


def test_blocked_run_has_every_reason_and_the_counts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "read_census", lambda _: CENSUS)
    record = failing(settings, ReleaseBlocked(("one", "two")))
    assert (record.outcome, record.reasons) == (RunOutcome.BLOCKED, ("one", "two"))
    assert (record.documents, record.reports, record.failed, record.findings) == (9, 6, 1, 7)


@pytest.mark.parametrize(
    ("error", "is_interrupted"), [(KeyboardInterrupt(), False), (RuntimeError("query"), True)]
)
def test_run_that_a_signal_ends_is_interrupted(
    settings: Settings, error: BaseException, is_interrupted: bool
) -> None:
    record = failing(settings, error, is_interrupted=is_interrupted)
    assert (record.outcome, record.reasons) == (RunOutcome.INTERRUPTED, ())


def test_run_that_a_signal_ends_after_publishing_is_published(settings: Settings) -> None:
    record = RunRecord("ogi run")
    with pytest.raises(KeyboardInterrupt), begin_run(settings, silent, record, lambda: True):
        record.outcome = RunOutcome.PUBLISHED
        raise KeyboardInterrupt
    assert runs(settings) == [record]
    assert record.outcome is RunOutcome.PUBLISHED


def test_killed_run_is_interrupted_and_the_next_run_records_it(settings: Settings) -> None:
    code = """
import os, signal, sys
from pipelines.runs.context import begin_run
from pipelines.runs.history import RunRecord
from pipelines.settings import Settings

record = RunRecord("ogi run")
with begin_run(Settings(home=sys.argv[1]), lambda *_: None, record):
    record.new = 3
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code, str(settings.home)], check=False)
    assert not history_file(settings).exists()
    (killed,) = runs(settings)
    assert (killed.outcome, killed.ended_at) == (RunOutcome.INTERRUPTED, None)
    after = run(settings)
    assert runs(settings) == [killed, after]
    assert len(history_file(settings).read_text().splitlines()) == 2


def test_run_that_is_killed_after_its_line_was_written_is_recorded_once(
    settings: Settings,
) -> None:
    record = run(settings)
    lock_file(settings).write_text(history_file(settings).read_text())
    assert runs(settings) == [record]
    after = run(settings)
    assert runs(settings) == [record, after]


def test_run_that_decides_nothing_is_not_recorded(settings: Settings) -> None:
    run(settings, None)
    assert runs(settings) == []


def test_half_a_line_costs_only_itself(settings: Settings) -> None:
    first = run(settings)
    with history_file(settings).open("a") as file:
        file.write('{"command": "ogi r')
    second = run(settings)
    assert runs(settings) == [first, second]


def test_history_is_copied_to_the_warehouse_after_each_rebuild(settings: Settings) -> None:
    settings.warehouse_file.parent.mkdir(parents=True)
    for number in (1, 2, 3):
        settings.warehouse_file.unlink(missing_ok=True)
        duckdb.connect(str(settings.warehouse_file)).close()
        last = run(settings)
        with duckdb.connect(str(settings.warehouse_file)) as con:
            rows = con.execute(
                "select run_id, outcome, started_at from ops.runs order by started_at"
            ).fetchall()
        assert len(rows) == number
        assert rows[-1] == (last.run_id, "published", last.started_at)


def test_warehouse_that_is_open_elsewhere_ends_no_run(settings: Settings) -> None:
    settings.warehouse_file.parent.mkdir(parents=True)
    settings.warehouse_file.write_bytes(b"no database")
    record = run(settings)
    assert runs(settings) == [record]


def ended(outcome: RunOutcome | None, hours_ago: float, *reasons: str) -> RunRecord:
    end = NOW - dt.timedelta(hours=hours_ago)
    return RunRecord(
        "ogi run", started_at=end, ended_at=end if outcome else None, outcome=outcome,
        reasons=reasons,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([], "no run has ended yet"),
        ([ended(None, 1)], "no run has ended yet"),
        ([ended(RunOutcome.PUBLISHED, 25)], None),
        ([ended(RunOutcome.UNCHANGED, 25), ended(None, 0)], None),
        ([ended(RunOutcome.BLOCKED, 30, "x"), ended(RunOutcome.PUBLISHED, 25)], None),
        ([ended(RunOutcome.PUBLISHED, 27)], "more than 1 day, 2:00:00 ago"),
        ([ended(RunOutcome.PUBLISHED, 3), ended(RunOutcome.BLOCKED, 1, "x", "y")], "blocked: x; y"),
        ([ended(RunOutcome.PUBLISHED, 3), ended(RunOutcome.FAILED, 1, "x")], "failed: x"),
        ([ended(RunOutcome.PUBLISHED, 3), ended(RunOutcome.INTERRUPTED, 1)], ": interrupted"),
    ],
)
def test_attention_is_needed_where_the_last_run_is_not_good_or_too_old(
    records: list[RunRecord], reason: str | None
) -> None:
    found = attention_needed(records, dt.timedelta(hours=26), NOW)
    assert found is None if reason is None else (found or "").endswith(reason)
