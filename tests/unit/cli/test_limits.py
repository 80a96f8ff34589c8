"""A machine that refuses threads is recognized before a library hangs for want of one."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipelines.cli.limits import require_threads

ROOT = Path(__file__).parents[3]
OGI = Path(sys.executable).with_name("ogi")
REPORT = ROOT / "data" / "samples" / "reports" / "990000-government-2021.html"


def test_no_thread_is_left_where_all_can_be_started() -> None:
    before = threading.active_count()
    require_threads()
    assert threading.active_count() == before


def test_refused_thread_raises_and_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    start = threading.Thread.start
    started: list[threading.Thread] = []

    def refuse_the_fifth(thread: threading.Thread) -> None:
        if len(started) == 4:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse_the_fifth)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        require_threads()
    assert len(started) == 4
    assert threading.active_count() == before


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can run the command as a user without processes of its own",
)
@pytest.mark.parametrize("processes", [1, 3, 6])
def test_too_few_processes_is_one_line_and_status_2(tmp_path: Path, processes: int) -> None:
    capabilities = "+dac_override,+dac_read_search"
    done = subprocess.run(
        [
            *("setpriv", "--reuid=61234", "--clear-groups"),
            *("--inh-caps", capabilities, "--ambient-caps", capabilities),
            *("bash", "-c", f'ulimit -u {processes}; exec "$0" "$@"', OGI, "check", REPORT),
        ],
        env={**os.environ, "OGI_HOME": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("can't start new thread; raise the limit on processes")
    assert done.stderr.count("\n") == 1
