"""Waiting for other processes, and whether they still run."""

import time
from collections.abc import Callable
from pathlib import Path


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
