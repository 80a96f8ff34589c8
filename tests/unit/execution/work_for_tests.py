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
    from pipelines.process import process_batch

    process_batch([])
    heavy = {"dagster", "great_expectations"} & {name.partition(".")[0] for name in sys.modules}
    return [bool(heavy) for _ in batch]


def pid_then_sleep(batch: Sequence[str]) -> list[int]:
    from pathlib import Path

    for file in batch:
        Path(file).write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(60)
    return []


def own_pid() -> str:
    return str(os.getpid())
