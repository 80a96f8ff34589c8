"""One home, for one run at a time."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipelines.settings import Settings

Progress = Callable[[str, int, int | None], None]
"""Hears the name of a step, how much of it is done, and of how much, where that is known."""


@dataclass(frozen=True, slots=True)
class House:
    """What every asset is given."""

    settings: Settings
    progress: Progress


@contextmanager
def alone(settings: Settings, progress: Progress) -> Iterator[House]:
    """The house when no other run is in it, whoever started that one (`ogi run`, the schedule,
    the sensor). The kernel lets go of the lock when its holder dies, however it dies."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another run", 0, None)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield House(settings, progress)
