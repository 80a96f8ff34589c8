"""SIGINT and SIGTERM as an exception, so that whatever is open is closed on the way out."""

import os
import select
import signal
import sys
import threading
import time
from contextlib import suppress

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_REMINDER = signal.SIGALRM
_REMIND_EVERY_S = 2.0


class Interrupted(BaseException):
    """The user or the system asks the command to end. No `KeyboardInterrupt`: typer ends by itself
    on that."""


# The read end of the pipe to which Python writes each signal, and the first one read from it.
_pipe: list[int] = []
_received: list[int] = []


def received_signal() -> int | None:
    """The number of the first SIGINT or SIGTERM since `catch_interrupts`, None before any. It knows
    also of those that the handlers of a library have received or whose exception a library has
    replaced by its own."""
    if _pipe and not _received:
        with suppress(BlockingIOError):
            _received.extend(n for n in os.read(_pipe[0], 4096) if n in _SIGNALS)
    return _received[0] if _received else None


def catch_interrupts() -> None:
    """Raise `Interrupted` in the main thread on SIGINT and SIGTERM, unless the caller has them
    ignored (as `nohup` and background jobs of scripts do). Where a library drops the exception (as
    imports from C do), it is raised again every two seconds.
    """
    read_end, write_end = os.pipe()
    for descriptor in (read_end, write_end):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    _pipe[:] = [read_end]

    def interrupt(*_: object) -> None:
        if received_signal() is not None and not _is_unwinding():
            raise Interrupted

    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    signal.signal(_REMINDER, interrupt)
    # Without a thread to spare there is no reminder.
    with suppress(RuntimeError):
        threading.Thread(
            target=_remind, args=(read_end, threading.get_ident()), daemon=True
        ).start()


def ignore_interrupts() -> None:
    """From now on the command only ends: a further signal changes nothing."""
    for number in (*_SIGNALS, _REMINDER):
        signal.signal(number, signal.SIG_IGN)


def _remind(signals: int, main_thread: int) -> None:
    select.select([signals], [], [])
    while True:
        time.sleep(_REMIND_EVERY_S)
        signal.pthread_kill(main_thread, _REMINDER)


def _is_unwinding() -> bool:
    """Whether the main thread cleans up after an interruption already."""
    error = sys.exception()
    while error is not None and isinstance(error, Exception):
        error = error.__cause__ or error.__context__
    return error is not None
