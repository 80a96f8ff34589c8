"""A release that another program or another version made or changed."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

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
