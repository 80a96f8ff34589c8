"""Other processes: starting a parent of workers, waiting for one, and whether it still runs."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

_PARENT = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import work_for_tests
from pipelines.runs.workers import executor
from pipelines.settings import Settings
if __name__ == "__main__":
    file = Path(sys.argv[2]) / "file"
    with executor(Settings(home=Path(sys.argv[2]), workers=1)) as pool:
"""


def start_parent(home: Path, code: str) -> "subprocess.Popen[str]":
    """A process with one worker that runs `code`, which knows `pool`, `work_for_tests` and `file`,
    a path in `home`."""
    script = home / "parent.py"
    script.write_text(_PARENT + indent(code, 8 * " "), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, script, Path(__file__).parent, home], stderr=subprocess.PIPE, text=True
    )


def wait_for(condition: Callable[[], object], seconds: float = 30) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return str(found)
        time.sleep(0.05)
    raise AssertionError(f"nothing after {seconds} s")


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
