"""What every step of a run is given, and the lock that keeps runs of one home apart."""

import fcntl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipelines.settings import Settings

Progress = Callable[[str, int, int | None], None]
"""Is given the name of a step, how much of it is done, and of how much, where that is known."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """The settings of a run, its progress, and its id, which the release records."""

    settings: Settings
    progress: Progress
    run_id: str


@contextmanager
def lock_home(
    settings: Settings, progress: Progress, run_id: str | None = None
) -> Iterator[RunContext]:
    """The context of a run that has the home to itself, whoever started the others (`ogi run`, the
    schedule, the sensor): it waits for them. The kernel releases the lock when its holder dies."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another run", 0, None)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield RunContext(settings, progress, run_id or str(uuid.uuid4()))
