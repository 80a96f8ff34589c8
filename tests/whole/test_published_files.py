"""A release that another program or another version made or changed."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import __version__

Ogi = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, ogi: Ogi, some_reports: list[Path]) -> Path:
    home = tmp_path_factory.mktemp("home")
    ended = ogi(home, "ingest", some_reports[0])
    assert ended.returncode == 0, ended.stderr
    return home


def test_status_reports_a_changed_release_and_the_next_run_replaces_it(
    home: Path, ogi: Ogi, rows: Rows, some_reports: list[Path]
) -> None:
    assert "changed" not in ogi(home, "status").stdout
    with duckdb.connect(str(home / "published" / "ogi.duckdb")) as con:
        con.execute("delete from marts.agency_years")
    ended = ogi(home, "status")
    assert ended.returncode == 0
    (line,) = [line for line in ended.stdout.splitlines() if "SHA-256" in line]
    assert "ogi.duckdb was changed after publishing" in line
    assert "`ogi ingest` publishes it again" in line
    assert ogi(home, "ingest", some_reports[0]).returncode == 0
    assert len(rows(home, "from agency_years")) == 1
    assert "changed" not in ogi(home, "status").stdout


def test_older_version_replaces_a_newer_release_only_on_request(
    home: Path, ogi: Ogi, some_reports: list[Path]
) -> None:
    file = home / "published" / "release.json"
    newer = {**json.loads(file.read_text(encoding="utf-8")), "version": "99.0.0"}
    file.write_text(json.dumps(newer), encoding="utf-8")
    ended = ogi(home, "ingest", some_reports[0])
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert "version 99.0.0" in line
    assert f"version {__version__}" in line
    assert "OGI_REPLACE_NEWER=1" in line

    assert ogi(home, "ingest", some_reports[0], OGI_REPLACE_NEWER="1").returncode == 0
    assert json.loads(file.read_text(encoding="utf-8"))["version"] == __version__
