"""`ogi status`: the last run, and whether the runs need attention."""

import datetime as dt
from pathlib import Path

import pytest

from pipelines.cli import status
from pipelines.domain import OgiError
from pipelines.runs.context import begin_run
from pipelines.runs.history import RunOutcome, RunRecord, lock_file, write_record
from pipelines.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = Settings(home=tmp_path / "home")
    monkeypatch.setattr(status, "settings_of_process", lambda: settings)
    return settings


def run(settings: Settings, outcome: RunOutcome, **known: object) -> None:
    """A run that ends so, and what else is known of it."""
    with begin_run(settings, lambda *_: None, RunRecord("ogi run")) as context:
        context.record.outcome = outcome
        for name, value in known.items():
            setattr(context.record, name, value)


def rows(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    status.status()
    return [(line[:18].strip(), line[19:]) for line in capsys.readouterr().out.splitlines()]


def test_status_shows_the_last_run(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert ("last run", "none yet") in rows(capsys)
    run(
        settings,
        RunOutcome.PUBLISHED,
        new=5,
        known=7,
        read_reports=3,
        read_failed=2,
        read_again=1,
        changed_cells=4,
        accepted_failures=("a" * 64,),
    )
    shown = dict(rows(capsys))
    assert shown["last run"].startswith("ogi run, begun ")
    assert ": published after " in shown["last run"]
    assert shown["its files"] == "5 new, 7 known"
    assert shown["read by it"] == "3 reports, 0 no reports, 2 failed"
    assert shown["read again"] == "1 documents, by a new parser: 4 cells changed"
    assert shown["accepted"] == "1 failures, which may not block the release"
    assert "last good run" not in shown


def test_status_shows_every_reason_of_a_blocked_run_and_the_last_good_one(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    run(settings, RunOutcome.UNCHANGED)
    run(settings, RunOutcome.BLOCKED, reasons=("one", "two"))
    shown = rows(capsys)
    assert [value for name, value in shown if name == "blocked"] == ["one", "two"]
    assert ": unchanged after " in dict(shown)["last good run"]


def test_status_shows_that_a_run_is_running(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with begin_run(settings, lambda *_: None, RunRecord("job refresh")):
        assert dict(rows(capsys))["running"].startswith("job refresh, begun ")
    assert ("last run", "none yet") in rows(capsys)


def test_status_shows_that_a_run_was_killed(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.home.mkdir()
    with lock_file(settings).open("w", encoding="utf-8") as lock:
        write_record(RunRecord("ogi run"), lock)
    shown = dict(rows(capsys))
    assert shown["last run"].endswith(": interrupted")
    assert shown["interrupted"] == "its process was killed"
    assert "its files" not in shown  # how many is not known


def test_check_prints_one_line_and_refuses_what_needs_attention(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OgiError, match=r"^no run has ended yet$"):
        status.status("26h")
    run(settings, RunOutcome.PUBLISHED)
    status.status("26h")
    (line,) = capsys.readouterr().out.splitlines()
    assert ": published after " in line
    with pytest.raises(OgiError, match=r"more than 0:00:00 ago$"):
        status.status("0m")
    run(settings, RunOutcome.FAILED, reasons=("the disk is full",))
    with pytest.raises(OgiError, match=r": failed: the disk is full$"):
        status.status("26h")


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("90m", dt.timedelta(minutes=90)),
        ("26h", dt.timedelta(hours=26)),
        ("3d", dt.timedelta(days=3)),
    ],
)
def test_age_is_a_number_and_a_unit(text: str, age: dt.timedelta) -> None:
    assert status._age(text) == age


@pytest.mark.parametrize("text", ["", "26", "h", "-1h", "1.5h", "26 h", "26H", "999999d"])
def test_no_age_is_refused(text: str) -> None:
    with pytest.raises(OgiError, match="no age"):
        status._age(text)
