"""A release is made in a home of any accepted path, and nothing is written beside it."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.instance import dagster_home
from pipelines.settings import Settings

Ogi = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
ODD = "年报 'a' \"b\" #&+;=@,!$(){}|\\^~`<>:-_."


def _odd(folder: Path) -> Path:
    return folder / ODD


def _long(folder: Path) -> Path:
    """The longest path that is accepted."""
    missing = 440 - len(os.fsencode(folder))
    half = missing // 2
    return folder / ("x" * (half - 1)) / ("x" * (missing - half - 1))


def _relative_link(folder: Path) -> Path:
    (folder / "target").mkdir()
    link = folder / "link"
    link.symlink_to("target")
    return Path(os.path.relpath(link, ROOT))


@pytest.mark.parametrize("make_home", [_odd, _long, _relative_link])
def test_a_release_is_made_in_a_home_of_any_accepted_path(
    make_home: Callable[[Path], Path],
    ogi: Ogi,
    samples: Path,
    tmp_path: Path,
) -> None:
    home = make_home(tmp_path)
    before = {entry.name for entry in tmp_path.iterdir()}
    done = ogi(home, "ingest", samples / "990221-agriculture-2022.txt")
    assert done.returncode == 0, done.stderr
    absolute = ROOT / home
    top = absolute.relative_to(tmp_path).parts[0] if home.is_absolute() else "link"
    assert {entry.name for entry in tmp_path.iterdir()} == before | {top}
    with dg.DagsterInstance.from_config(str(dagster_home(Settings(home=home)))) as instance:
        assert not instance.get_runs()
    assert {entry.name for entry in tmp_path.iterdir()} == before | {top}
    kept = {entry.name for entry in (absolute / "dagster").iterdir()}
    assert kept >= {"dagster.yaml", "history", "schedules"}

    release = absolute / "published" / "ogi.duckdb"
    with duckdb.connect(release, read_only=True) as con:
        ((sha256,),) = con.execute("select document_sha256 from marts.dim_report").fetchall()
    assert ogi(home, "evidence", sha256, "requests", "received", "total").returncode == 0
