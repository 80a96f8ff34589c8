"""`ogi history`: the three ways to write it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipelines.cli import history
from pipelines.settings import Settings


@pytest.mark.parametrize(
    ("more", "begins"),
    [
        ((), "盐池县审计局 (640323-audit), report on 2022"),
        (("--format", "json"), "{"),
        (("--format", "csv"), "event_no,event,seen_at,address"),
    ],
)
def test_history_is_drawn_or_written(
    histories: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], begins: str
) -> None:
    home = Settings(home=histories.parents[1])
    monkeypatch.setattr(history, "settings_of_process", lambda: home)
    app = typer.Typer()
    app.command()(history.history)
    ended = CliRunner().invoke(app, ["640323-audit", "2022", *more])
    assert ended.exit_code == 0
    assert ended.stdout.startswith(begins)
    if begins == "{":
        assert json.loads(ended.stdout)["document_sha256"] == "c" * 64
