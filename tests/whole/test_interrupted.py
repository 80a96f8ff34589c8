"""A run that is killed, or not alone, ends in the same warehouse as one that was not."""

import fcntl
import functools
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.serve.database import query

Ogi = Callable[..., subprocess.CompletedProcess[str]]
Begin = Callable[..., subprocess.Popen[str]]
Rows = Callable[..., list[tuple[Any, ...]]]
Marts = Callable[[Path], dict[str, object]]

# What is seen in the home first at each moment of a run.
MOMENTS = {
    "archiving": "archive/objects/*/*",
    "reading": "archive/manifest/*.parquet",
    "writing the lake": "lake/*/facts/*",
    "after the first batch": "lake/*/documents/*.parquet",
    "loading": "warehouse/building.duckdb",
    "publishing": "published/.unfinished-*",
}
# Of the moments above, those at which workers read and at which DuckDB is written.
READING_AND_LOADING = ("reading", "loading")
SMALL_BATCHES = {"OGI_BATCH_SIZE": "1"}
_PATIENCE_S = 600


def killed_when(process: subprocess.Popen[str], home: Path, seen: str) -> bool:
    """SIGKILL as soon as `seen` is there; whether the run was still going then."""
    if not is_running_when(process, home, seen):
        return False
    process.kill()
    process.wait()
    return True


def is_running_when(process: subprocess.Popen[str], home: Path, seen: str) -> bool:
    """Wait until `seen` is there; whether the run was still going then."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        if next(home.glob(seen), None) is not None:
            return True
        time.sleep(0.002)
    return False


Undisturbed = Callable[[list[Path]], dict[str, object]]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, ogi: Ogi, marts_of: Marts) -> Undisturbed:
    """undisturbed(files): the marts of a run over them that nobody interrupted."""

    @functools.cache
    def marts(files: tuple[Path, ...]) -> dict[str, object]:
        home = tmp_path_factory.mktemp("undisturbed")
        ended = ogi(home, "ingest", *files, **SMALL_BATCHES)
        assert ended.returncode == 0, ended.stderr
        return marts_of(home)

    return lambda files: marts(tuple(files))


def test_killed_again_and_again(
    *,
    begin: Begin,
    ogi: Ogi,
    some_reports: list[Path],
    tmp_path: Path,
    marts_of: Marts,
    undisturbed: Undisturbed,
) -> None:
    killed = [
        moment
        for moment, seen in MOMENTS.items()
        if killed_when(begin(tmp_path, "ingest", *some_reports, **SMALL_BATCHES), tmp_path, seen)
    ]
    assert killed == list(MOMENTS)
    ended = ogi(tmp_path, "ingest", *some_reports, **SMALL_BATCHES)
    assert ended.returncode == 0, ended.stderr
    assert marts_of(tmp_path) == undisturbed(some_reports)
    left = [*tmp_path.glob("published/.unfinished-*"), *tmp_path.glob("archive/**/*.tmp")]
    assert left == []


@pytest.mark.full
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_once(
    *,
    begin: Begin,
    ogi: Ogi,
    samples: Path,
    tmp_path: Path,
    marts_of: Marts,
    undisturbed: Undisturbed,
    moment: str,
) -> None:
    process = begin(tmp_path, "ingest", samples, **SMALL_BATCHES)
    assert killed_when(process, tmp_path, MOMENTS[moment])
    ended = ogi(tmp_path, "ingest", samples, **SMALL_BATCHES)
    assert ended.returncode == 0, ended.stderr
    assert marts_of(tmp_path) == undisturbed([samples])


@pytest.mark.parametrize(
    ("number", "moments"),
    [(signal.SIGINT, tuple(MOMENTS)), (signal.SIGTERM, READING_AND_LOADING)],
)
def test_an_interrupted_run_ends_in_one_line_and_is_resumed(
    *,
    begin: Begin,
    ogi: Ogi,
    some_reports: list[Path],
    tmp_path: Path,
    marts_of: Marts,
    undisturbed: Undisturbed,
    number: signal.Signals,
    moments: tuple[str, ...],
) -> None:
    for moment in moments:
        process = begin(tmp_path, "ingest", *some_reports, in_own_group=True, **SMALL_BATCHES)
        # What is looked for may be there from the run before: then the command has just begun.
        wait_until_caught(process, number)
        assert is_running_when(process, tmp_path, MOMENTS[moment]), moment
        # To all processes, as a terminal and `timeout` do.
        os.killpg(process.pid, number)
        assert_interrupted(process, number, moment)
        assert processes_left(tmp_path) == [], moment
        assert not (tmp_path / "published" / "release.json").exists(), moment
    ended = ogi(tmp_path, "ingest", *some_reports, **SMALL_BATCHES)
    assert ended.returncode == 0, ended.stderr
    assert marts_of(tmp_path) == undisturbed(some_reports)


def test_a_run_that_waits_for_another_is_interrupted(
    begin: Begin, some_reports: list[Path], tmp_path: Path
) -> None:
    lock = tmp_path / "run.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        process = begin(tmp_path, "ingest", *some_reports)
        descriptors = Path(f"/proc/{process.pid}/fd")
        end = time.monotonic() + _PATIENCE_S
        while not any(_target(link) == lock for link in descriptors.iterdir()):
            assert time.monotonic() < end
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert_interrupted(process, signal.SIGINT, "waiting")


def wait_until_caught(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Wait until the process handles the signal itself."""
    status = Path(f"/proc/{process.pid}/status")
    end = time.monotonic() + _PATIENCE_S
    while not _caught(status.read_text()) >> (number - 1) & 1:
        assert time.monotonic() < end
        time.sleep(0.002)


def _caught(status: str) -> int:
    """The signals that a process handles, of its /proc/PID/status: bit n - 1 for number n."""
    (mask,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return int(mask, 16)


def _target(link: Path) -> Path | None:
    try:
        return link.readlink()
    except OSError:  # closed while we looked
        return None


def assert_interrupted(process: subprocess.Popen[str], number: signal.Signals, moment: str) -> None:
    _, complaint = process.communicate(timeout=_PATIENCE_S)
    assert process.returncode == 128 + number, (moment, complaint)
    (line,) = complaint.splitlines()
    assert line.startswith("interrupted"), moment


def processes_left(home: Path) -> list[str]:
    """The processes of that home that are still there after a while."""
    end = time.monotonic() + 20
    while (left := _processes_with(str(home))) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def test_workers_do_not_outlive_a_killed_run(
    begin: Begin, some_reports: list[Path], tmp_path: Path
) -> None:
    process = begin(tmp_path, "ingest", *some_reports, **SMALL_BATCHES)
    assert killed_when(process, tmp_path, "lake/*/facts/*")
    assert processes_left(tmp_path) == []


def _processes_with(home: str) -> list[str]:
    """The processes whose environment names that home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"OGI_HOME={home}\0".encode() in (folder / "environ").read_bytes():
                found.append(folder.name)
        except OSError:
            continue
    return found


def test_two_runs_at_once_both_get_their_way(
    begin: Begin, rows: Rows, some_reports: list[Path], tmp_path: Path
) -> None:
    runs = [begin(tmp_path, "ingest", *half) for half in (some_reports[:2], some_reports[2:])]
    for process in runs:
        _, complaint = process.communicate(timeout=_PATIENCE_S)
        assert process.returncode == 0, complaint
    addresses = {a for (a,) in rows(tmp_path, "select first_address from dim_document")}
    assert addresses == {str(file) for file in some_reports}


def test_reading_goes_on_while_a_run_publishes(
    begin: Begin, ogi: Ogi, some_reports: list[Path], tmp_path: Path
) -> None:
    assert ogi(tmp_path, "ingest", some_reports[0]).returncode == 0
    published = tmp_path / "published" / "ogi.duckdb"
    process = begin(tmp_path, "ingest", *some_reports)
    counted = []
    while process.poll() is None:
        answer = query(published, "select count(*) as n from agency_years")
        counted += answer.column("n").to_pylist()
        time.sleep(0.02)
    assert process.returncode == 0
    assert set(counted) <= {1, 4}
    assert len(counted) > 1
