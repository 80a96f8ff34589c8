"""What the tests send to workers: importable there, as a test module is not."""

import os
import sys
import time
from collections.abc import Sequence


def double(batch: Sequence[int]) -> list[int]:
    return [2 * item for item in batch]


def die_at_13(batch: Sequence[int]) -> list[int]:
    if 13 in batch:
        os._exit(1)
    return double(batch)


def raise_at_13(batch: Sequence[int]) -> list[int]:
    if 13 in batch:
        raise ValueError("13 is\nunlucky")
    return double(batch)


def always_die(batch: Sequence[int]) -> list[int]:
    os._exit(1)


def lose_one(batch: Sequence[int]) -> list[int]:
    return double(batch)[1:]


def find_no_file(batch: Sequence[int]) -> list[int]:
    raise FileNotFoundError(2, "No such file or directory", "/nowhere")


def modules_after_processing(batch: Sequence[int]) -> list[bool]:
    from pipelines.runs.process import process_document

    process_document("x", b"")
    heavy = {"dagster", "great_expectations"} & {name.partition(".")[0] for name in sys.modules}
    return [bool(heavy) for _ in batch]


def pid_then_sleep(batch: Sequence[str]) -> list[int]:
    from pathlib import Path

    for file in batch:
        Path(file).write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(60)
    return []


def wait_for_the_file(batch: Sequence[str]) -> list[int]:
    from pathlib import Path

    until = time.monotonic() + 50
    while not Path(batch[0]).exists() and time.monotonic() < until:
        time.sleep(0.05)
    return []


def own_pid() -> str:
    return str(os.getpid())


# --- one item at a time, in a reader process ------------------------------------------------------

_KEPT: list[bytearray] = []


def failed(item: int, reason: str) -> str:
    return f"{item}: {reason}"


def sleep_at_13(item: int) -> int:
    if item == 13:
        time.sleep(60)
    return 2 * item


def backtrack_at_13(item: int) -> int:
    import re

    if item == 13:
        re.fullmatch(r"(a+)+b", "a" * 60)
    return 2 * item


def spin_at_13(item: int) -> int:
    """In C, which never looks at signals and never gives the interpreter to another thread."""
    from itertools import repeat

    if item == 13:
        all(repeat(True))
    return 2 * item


def deaf_at_13(item: int) -> int:
    """Whatever it is asked to do, it goes on."""
    if item == 13:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                time.sleep(60)
            except BaseException:  # noqa: S112 - that is the fault that is tested
                continue
    return 2 * item


def allocate_at_13(item: int) -> int:
    if item == 13:
        taken = []
        while True:
            taken.append(bytearray(16 << 20))
    return 2 * item


def answer_at_13_without_end(item: int) -> int | bytes:
    return bytes(400 << 20) if item == 13 else 2 * item


def crash_at_13(item: int) -> int:
    import signal

    if item == 13:
        os.kill(os.getpid(), signal.SIGSEGV)
    return 2 * item


def keep_memory(item: int) -> int:
    _KEPT.append(bytearray(150 << 20))
    return 2 * item


def reader_pid(item: int) -> int:
    return os.getpid()


class PickyError(Exception):
    """One that goes through no pipe."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.held = lambda: told


def raise_picky(item: int) -> int:
    raise PickyError("picky")


def hang_with_a_program(file: str) -> int:
    """As LibreOffice is run: ended in `finally`, whatever ends the reading."""
    import subprocess
    from pathlib import Path

    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        Path(file).write_text(str(process.pid), encoding="utf-8")
        return process.wait()
    finally:
        process.kill()


def hang_with_a_program_in_a_reader(batch: Sequence[str]) -> list[int]:
    from pipelines.runs.workers import Limits, within

    return within(Limits(50, 512), hang_with_a_program, batch, lambda *_: 0)


def hang_in_a_reader(batch: Sequence[str]) -> list[int]:
    from pipelines.runs.workers import Limits, within

    return within(Limits(60, 512), _pid_then_spin, batch, lambda *_: 0)


def _pid_then_spin(file: str) -> int:
    from pathlib import Path

    Path(file).write_text(str(os.getpid()), encoding="utf-8")
    return spin_at_13(13)


class Last:
    """The end of a result: its file is there from when sending begins."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __reduce__(self) -> tuple[type[int], tuple[()]]:
        from pathlib import Path

        Path(self.file).touch()
        return int, ()


def answer_at_length(batch: Sequence[str]) -> list[tuple[bytes, Last]]:
    return [(bytes(300_000_000), Last(file)) for file in batch]
