"""`ogi settings`: every setting as a table and as JSON."""

import json
from collections.abc import Iterator

import pytest

from pipelines.cli.settings import SettingsFormat, settings
from pipelines.settings import VARIABLES, get_settings


@pytest.fixture(autouse=True)
def five_workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("OGI_WORKERS", "5")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_json_has_value_source_and_meaning_of_every_setting(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings(SettingsFormat.JSON)
    rows = {row["setting"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == list(VARIABLES)
    assert rows["OGI_WORKERS"] == {
        "setting": "OGI_WORKERS",
        "value": 5,
        "source": "environment",
        "meaning_en": "Processes of this machine that read documents",
        "meaning_zh": "本机识读文件的工作进程数",
    }
    assert (rows["OGI_ARCHIVE"]["value"], rows["OGI_ARCHIVE"]["source"]) == (None, "default")


def test_table_lists_every_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # a narrow terminal wraps what is looked for
    settings()
    drawn = capsys.readouterr().out
    assert all(variable in drawn for variable in VARIABLES)
    assert "本机识读文件的工作进程数" in drawn
