"""How the command ends when it is interrupted, cannot write, or the machine lacks something."""

import errno
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.cli.exit_status import ending
from pipelines.cli.streams import OUTPUT
from pipelines.domain import OgiError

ROOT = Path(__file__).parents[3]
OGI = Path(sys.executable).with_name("ogi")
REPORTS = ROOT / "data" / "samples" / "reports"
BROKEN = REPORTS / "990102-market-regulation-2023.html"
SOUND = REPORTS / "990200-health-2022.html"
INHERITED = {k: v for k, v in os.environ.items() if k != "COLUMNS" and not k.startswith("OGI_")}
_PATIENCE_S = 120
# Longer than any test: only a signal ends it.
_ENDLESS = "select count(*) from range(100000000000) t(i) where hash(i) % 7 = 3 and i * i < 0"


def raised_from(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "free some disk space"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "/a"), "/a: Disk quota exceeded"),
        (duckdb.IOException("Could not write: No space left on device"), "free some disk space"),
        (sqlite3.OperationalError("database or disk is full"), "free some disk space"),
        (OSError(errno.EFBIG, "File too large"), "ulimit -f"),
        (OSError(errno.EROFS, "Read-only file system", "/a"), "/a: Read-only file system"),
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "ulimit -u"),
        (RuntimeError("can't start new thread"), "ulimit -u"),
        (MemoryError(), "MemoryError; free some memory"),
        (duckdb.OutOfMemoryException("failed\n\nPossible solutions"), "failed; free some memory"),
        (ImportError("a.so: failed to map segment from shared object"), "free some memory"),
        (OgiError("/a: no such file"), "/a: no such file"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/a"), "/a: No such file"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_cause_that_the_user_can_act_on_is_one_line_and_status_2(
    error: Exception, words: str
) -> None:
    status, line = ending(error, None)
    assert status == 2
    assert line is not None
    assert words in line
    assert "\n" not in line


def test_the_first_cause_is_named_where_libraries_have_wrapped_it() -> None:
    cause = sqlite3.OperationalError("database or disk is full")
    wrapped = raised_from(RuntimeError("[SQL: INSERT ...]"), cause)
    status, line = ending(raised_from(OgiError("the workers cannot work"), wrapped), None)
    assert status == 2
    assert line is not None
    assert line.startswith("database or disk is full; free")


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    assert ending(ValueError("?"), None) == (2, None)


def test_a_library_that_ends_the_process_never_gives_status_1() -> None:
    assert ending(SystemExit(1), None)[0] == 2
    assert ending(SystemExit(0), None) == (0, "")


def test_only_a_broken_pipe_of_standard_output_is_silent() -> None:
    ours = BrokenPipeError(errno.EPIPE, "Broken pipe", OUTPUT)
    assert ending(raised_from(ValueError(), ours), None) == (128 + signal.SIGPIPE, "")
    assert ending(BrokenPipeError(errno.EPIPE, "Broken pipe"), None) == (2, "Broken pipe")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_decides_the_status_whatever_was_raised(number: signal.Signals) -> None:
    for error in (RuntimeError("Query interrupted"), OgiError("?"), SystemExit(1), GeneratorExit()):
        status, line = ending(error, number)
        assert status == 128 + number
        assert line is not None
        assert line.startswith("interrupted")


def ended(command: str, *arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    """What a shell gets of `command`, in which "$@" is `ogi` with the arguments."""
    return subprocess.run(
        ["/bin/bash", "-c", command, "bash", str(OGI), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**INHERITED, "OGI_HOME": str(home)},
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["check", SOUND],
        ["query", "from range(200000)", "--format", "csv"],
        ["query", "from range(200000)", "--format", "parquet"],
    ],
    ids=lambda arguments: "-".join(map(str, arguments[:1] + arguments[3:])),
)
def test_a_broken_pipe_ends_as_the_shell_expects(release: Path, arguments: list[object]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [str(OGI), *map(str, arguments)],
        stdout=write_end,
        stderr=subprocess.PIPE,
        check=False,
        env={**INHERITED, "OGI_HOME": str(release.parents[1])},
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["check", SOUND], ["query", "from range(9)", "--format", "parquet"]]
)
def test_output_that_cannot_be_written_ends_2_in_one_line(
    release: Path, arguments: list[object]
) -> None:
    done = ended('"$@" > /dev/full', *arguments, home=release.parents[1])
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("standard output: No space left on device")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "2> /dev/full"])
def test_closed_streams_change_no_exit_status(tmp_path: Path, closed: str) -> None:
    assert ended(f'"$@" {closed}', "check", SOUND, home=tmp_path).returncode == 0
    assert ended(f'"$@" {closed}', "check", BROKEN, home=tmp_path).returncode == 1
    assert ended(f'"$@" {closed}', "check", tmp_path / "nosuch", home=tmp_path).returncode == 2


@pytest.mark.parametrize("ending_", ["csv", "json", "parquet"])
def test_an_answer_that_does_not_fit_leaves_no_file(
    release: Path, tmp_path: Path, ending_: str
) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    file = folder / f"answer.{ending_}"
    sql = "select random() as r from range(100000)"
    home = release.parents[1]
    done = ended('ulimit -f 8; "$@"', "query", sql, "--output", file, home=home)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{file}: File too large")
    assert list(folder.iterdir()) == []
    assert ended('"$@"', "query", sql, "--output", file, home=home).returncode == 0
    assert list(folder.iterdir()) == [file]


def test_too_few_open_files_is_one_line(tmp_path: Path) -> None:
    done = ended('ulimit -n 6; "$@"', "read", SOUND, home=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "ulimit -n" in line


def has_open(process: subprocess.Popen[str], file: Path) -> bool:
    """Whether the process has that file open."""
    try:
        return any(link.readlink() == file for link in Path(f"/proc/{process.pid}/fd").iterdir())
    except OSError:  # a file was closed, or the process has ended, while we looked
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupted_query_ends_at_once(
    release: Path, number: signal.Signals, times: int
) -> None:
    process = subprocess.Popen(
        [str(OGI), "query", _ENDLESS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**INHERITED, "OGI_HOME": str(release.parents[1])},
    )
    try:
        wait_until(lambda: has_open(process, release))
        # Long enough that DuckDB is at the query, whose threads `close` would wait for.
        wait_until(lambda: _seconds_of(process) > 1.5)
        for _ in range(times):
            process.send_signal(number)
        stdout, stderr = process.communicate(timeout=_PATIENCE_S)
    finally:
        process.kill()
    assert (process.returncode, stdout) == (128 + number, "")
    (line,) = stderr.splitlines()
    assert line.startswith("interrupted")


def _seconds_of(process: subprocess.Popen[str]) -> float:
    """Processor time that it has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


RECORD = """\
id: silent
agency_id: 640323-natural-resources
family: plain
start: ["http://127.0.0.1:{port}/"]
first_year: 2020
private_hosts: ["127.0.0.1"]
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_crawl_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    sources, home = tmp_path / "sources", tmp_path / "home"
    sources.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(_PATIENCE_S)
        record = RECORD.format(port=silent.getsockname()[1])
        (sources / "silent.yaml").write_text(record, encoding="utf-8")
        crawling = {"OGI_SOURCES": str(sources), "OGI_CRAWL_CONTACT": "a@example.org"}
        process = subprocess.Popen(
            [str(OGI), "crawl", "--archive-only"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**INHERITED, "OGI_HOME": str(home), **crawling},
            process_group=0,
        )
        try:
            connection, _ = silent.accept()
            os.killpg(process.pid, number)
            _, stderr = process.communicate(timeout=_PATIENCE_S)
            assert process.returncode == 128 + number
            (line,) = stderr.splitlines()
            assert line.startswith("interrupted")
            # The crawling process was the other end.
            connection.settimeout(_PATIENCE_S)
            while connection.recv(1 << 16):
                pass
            connection.close()
        finally:
            process.kill()
