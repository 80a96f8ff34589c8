"""What `make dev` starts Dagster with, without starting it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment of Python and of a `dagster` that prints what it is started with."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (tmp_path / ".made").touch()
    dagster = 'echo "$DAGSTER_HOME|$DAGSTER_DISABLE_TELEMETRY|$*"'
    for name, command in (("python", f'exec "{sys.executable}" "$@"'), ("dagster", dagster)):
        (programs / name).write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    return tmp_path


def _make_dev(
    environment: Path, *variables: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "-o", str(environment / ".made"), "dev", f"VENV={environment}", *variables],
        cwd=ROOT,
        env={**{n: v for n, v in os.environ.items() if not n.startswith("OGI_")}, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_dev_starts_dagster_in_our_home_without_telemetry(environment: Path) -> None:
    home = environment / "a 'home' #1"
    done = _make_dev(environment, OGI_HOME=str(home))
    started = f"{home / 'dagster'}|1|dev -h 127.0.0.1 -p 3000"
    assert (done.returncode, done.stdout.splitlines()) == (0, [started]), done.stderr


def test_make_dev_takes_another_port(environment: Path) -> None:
    done = _make_dev(environment, "PORT=3001", OGI_HOME=str(environment / "home"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("dev -h 127.0.0.1 -p 3001\n")


def test_make_dev_with_a_wrong_setting_starts_nothing(environment: Path) -> None:
    done = _make_dev(environment, OGI_HOME=str(environment / "home"), OGI_WORKERS="none")
    assert done.returncode == 2
    assert done.stdout == ""
    (reason, *_) = done.stderr.splitlines()
    assert reason.startswith("OGI_WORKERS: ")
