"""`ogi run` and `ingest`: which files they take, and what they print of a run."""

import json
from pathlib import Path

import pytest

from pipelines.archive import archive_files, open_archive
from pipelines.cli import runs
from pipelines.cli.runs import RunFormat
from pipelines.domain import OgiError
from pipelines.runs.history import RunOutcome, RunRecord, as_json
from pipelines.runs.run import RunReport
from pipelines.settings import Settings
from pipelines.warehouse.census import Census

CENSUS = Census(
    documents=2,
    reports=1,
    not_a_report=0,
    failed=1,
    facts=9,
    tables_expected=3,
    tables_found=3,
    findings={"totals_left_blank": 1},
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of the command, which has a home that does not exist yet."""
    settings = Settings(home=tmp_path / "home")
    monkeypatch.setattr(runs, "settings_of_process", lambda: settings)
    return settings


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[list[Path]]:
    """The paths of each run that the commands start."""
    taken: list[list[Path]] = []
    monkeypatch.setattr(runs, "_run", lambda paths, *_, **__: taken.append(list(paths)))
    return taken


def test_absent_inbox_is_an_empty_one(settings: Settings, taken: list[list[Path]]) -> None:
    with pytest.raises(OgiError, match=r"^nothing to publish: .*--input$") as absent:
        runs.run(None)
    settings.inbox_dir.mkdir(parents=True)
    with pytest.raises(OgiError) as empty:
        runs.run(None)
    assert str(absent.value) == str(empty.value)
    assert taken == []


def test_absent_inbox_is_no_error_where_documents_are_archived(
    settings: Settings, taken: list[list[Path]], tmp_path: Path
) -> None:
    (tmp_path / "report.txt").write_bytes(b"text")
    archive_files([tmp_path / "report.txt"], open_archive(settings.archive_address))
    runs.run(None)
    settings.inbox_dir.mkdir()
    runs.run(None)
    assert taken == [[], [settings.inbox_dir]]


@pytest.fixture
def reported(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[RunRecord]:
    """The records of the runs that the commands start; each ends blocked."""
    records: list[RunRecord] = []

    def to_release(paths: object, settings: Settings, record: RunRecord, **_: object) -> RunReport:
        records.append(record)
        record.seconds = 1.0
        record.end(RunOutcome.BLOCKED, CENSUS, ("too many",))
        return RunReport(
            record=record,
            unreadable=(("/in/pipe", "not a regular file"),),
            failed=(("/in/a.pdf", "it is empty"),),
            counts=CENSUS,
            published_file=None,
        )

    monkeypatch.setattr(runs, "to_release", to_release)
    monkeypatch.setattr(runs, "_require_document", lambda _: None)
    return records


def test_json_is_the_record_with_what_could_not_be_read(
    reported: list[RunRecord], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OgiError, match=r"^release blocked: too many$"):
        runs.run(output=RunFormat.JSON)
    printed = json.loads(capsys.readouterr().out)
    (record,) = reported
    assert {name: printed[name] for name in as_json(record)} == as_json(record)
    assert (printed["outcome"], printed["reasons"]) == ("blocked", ["too many"])
    assert printed["failed_documents"] == [{"address": "/in/a.pdf", "reason": "it is empty"}]
    assert printed["unreadable_paths"] == [{"path": "/in/pipe", "reason": "not a regular file"}]
    assert (printed["release"], printed["findings_by_rule"]) == (None, {"totals_left_blank": 1})


def test_quiet_prints_nothing(
    reported: list[RunRecord], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OgiError):
        runs.run(quiet=True)
    assert capsys.readouterr() == ("", "")


def test_blocked_run_points_at_the_failed_documents(
    reported: list[RunRecord], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OgiError):
        runs.run()
    next_commands = capsys.readouterr().out.partition("Try next:")[2]
    assert " failed\n" in next_commands
    assert " query " not in next_commands


def test_accepted_failures_are_in_the_record(
    reported: list[RunRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "chosen_failures", lambda names, _: tuple(names))
    with pytest.raises(OgiError):
        runs.run(accept_failures=["1a", "2b"], quiet=True)
    assert [record.accepted_failures for record in reported] == [("1a", "2b")]
