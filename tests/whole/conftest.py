"""The command as a user has it, each trial in a home of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
OGI = Path(sys.executable).with_name("ogi")

Ogi = Callable[..., subprocess.CompletedProcess[str]]


def _environment(home: Path, settings: dict[str, str]) -> dict[str, str]:
    # pytest-xdist sets COLUMNS, which would break the lines of tables.
    mine = {n: v for n, v in os.environ.items() if n != "COLUMNS" and not n.startswith("OGI_")}
    return {**mine, "OGI_HOME": str(home), "OGI_WORKERS": "2", **settings}


@pytest.fixture(scope="session")
def ogi() -> Ogi:
    """ogi(home, arguments..., OGI_SETTING=...) runs the command to its end."""

    def call(home: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(OGI), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=_environment(home, settings),
        )

    return call


@pytest.fixture
def begin() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """begin(home, arguments..., OGI_SETTING=...) starts the command and does not wait for it; with
    `in_own_group` a signal can be sent to it and all processes that it starts."""
    begun = []

    def call(
        home: Path, *arguments: object, in_own_group: bool = False, **settings: str
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [str(OGI), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=_environment(home, settings),
            process_group=0 if in_own_group else None,
        )
        begun.append(process)
        return process

    yield call
    for process in begun:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "data" / "samples" / "reports"


@pytest.fixture(scope="session")
def some_reports(samples: Path) -> list[Path]:
    """One of each format, quick to read."""
    names = (
        "990200-health-2022.html",
        "990221-agriculture-2022.txt",
        "990102-market-regulation-2023.html",
        "990200-government-2022.pdf",
    )
    return [samples / name for name in names]


@pytest.fixture(scope="session")
def rows() -> Callable[..., list[tuple[object, ...]]]:
    """rows(home, sql) asks the release of that home."""

    def ask(home: Path, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect() as con:
            con.execute(f"attach '{home / 'published' / 'ogi.duckdb'}' as ogi (read_only)")
            con.execute("use ogi.marts")
            return con.execute(sql).fetchall()

    return ask


@pytest.fixture(scope="session")
def marts_of(rows: Callable[..., list[tuple[object, ...]]]) -> Callable[[Path], dict[str, object]]:
    """Every mart of a home's release as sorted rows, without the moments at which it was made."""

    told = "columns(c -> c not in ('archived_at', 'seen_at'))"

    def all_of(home: Path) -> dict[str, object]:
        names = [str(name) for (name,) in rows(home, "show tables")]
        return {name: sorted(map(repr, rows(home, f"select {told} from {name}"))) for name in names}

    return all_of
