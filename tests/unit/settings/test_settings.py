"""Which settings are accepted, and how a wrong one is named."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.domain import SettingsError
from pipelines.settings import VARIABLES, Settings, get_settings, value_sources


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def refused(monkeypatch: pytest.MonkeyPatch, home: str) -> str:
    monkeypatch.setenv("OGI_HOME", home)
    with pytest.raises(SettingsError) as caught:
        get_settings()
    message = str(caught.value)
    assert message.startswith("OGI_HOME: ")
    return message


@pytest.mark.parametrize("character", "%?*[")
def test_home_that_dagster_or_duckdb_misreads_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, character: str
) -> None:
    home = tmp_path / f"a{character}20"
    assert f"{home} contains {character}; name a folder" in refused(monkeypatch, str(home))
    home.mkdir()
    link = tmp_path / "link"
    link.symlink_to(home)
    assert f"{home} contains {character}" in refused(monkeypatch, str(link))


def test_home_that_is_not_utf8_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"\xc4\xea\xb1\xa8")
    assert "is not UTF-8" in refused(monkeypatch, str(home))
    home.mkdir()
    link = tmp_path / "link"
    link.symlink_to(home)
    assert "is not UTF-8" in refused(monkeypatch, str(link))


def test_setting_that_is_not_utf8_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGI_ARCHIVE", os.fsdecode(b"/\xff"))
    with pytest.raises(SettingsError, match=r"^OGI_ARCHIVE: .* is not UTF-8"):
        get_settings()


def test_home_whose_path_is_too_long_for_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = "/" + "x" * 439
    assert Settings(home=Path(accepted)).home == Path(accepted)
    assert "has 441 bytes" in refused(monkeypatch, accepted + "x")
    assert "has 441 bytes" in refused(monkeypatch, "/" + "年" * 146 + "xx")


def test_home_that_is_a_circle_of_links_is_no_error_of_the_settings(tmp_path: Path) -> None:
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    assert Settings(home=circle).home == circle


def test_relative_home_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(home=Path("md:home")).home == tmp_path / "md:home"


def test_a_refused_home_is_one_line_and_status_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ogi")), "status"],
        env={**os.environ, "OGI_HOME": str(tmp_path / "q?a=1")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_unknown_variable_is_refused_with_the_nearest_known_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OGI_WORKRES", "")
    with pytest.raises(SettingsError, match=r"^OGI_WORKRES: .* the nearest is OGI_WORKERS; "):
        get_settings()


def test_every_value_has_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("OGI_AUDIT_EVERY", "7")
    monkeypatch.setenv("OGI_CRAWL_CONTACT", "")  # as if it were not set
    sources = value_sources()
    assert sources.pop("audit_every") == "environment"
    assert sources.pop("batch_size") == "file"
    assert set(sources.values()) == {"default"}
