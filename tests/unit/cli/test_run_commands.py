"""`ogi run` and `ingest`: which files they take, and what they print of a run."""

from pathlib import Path

import pytest

from pipelines.archive import archive_files, open_archive
from pipelines.cli import runs
from pipelines.domain import OgiError
from pipelines.settings import Settings


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
    monkeypatch.setattr(runs, "_run", lambda paths, *_: taken.append(list(paths)))
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
