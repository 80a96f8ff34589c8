"""How a command ends that raised: its exit status and the line that the user reads.

Status 1 is not here: only `ogi check` ends with it, where there is a finding of severity error.
"""

import errno
import os
import signal
from collections.abc import Iterator

from pipelines.cli.streams import OUTPUT

COULD_NOT = 2
_BY_SIGNAL = 128  # what shells add to the number of a signal
_INTERRUPTED = (
    "interrupted: what is archived and read is kept; run the same command again to resume"
)

# What a machine can lack: the error numbers, words that libraries use in their place, and what the
# user can do. No class, so that signals need not wait for its import.
_SHORTAGES = (
    (
        (errno.ENOSPC, errno.EDQUOT),
        ("database or disk is full", "disk I/O error"),
        "free some disk space there, in OGI_HOME or in the folder for temporary files (TMPDIR),"
        " and run the same command again",
    ),
    (
        (errno.EFBIG,),
        (),
        "raise the limit on the size of files (`ulimit -f`) and run the same command again",
    ),
    (
        (errno.EROFS,),
        ("attempt to write a readonly database",),
        "make the folder writable, or set OGI_HOME to another one",
    ),
    (
        (errno.EMFILE, errno.ENFILE),
        ("unable to open database file",),
        "raise the limit on open files (`ulimit -n`) and run the same command again",
    ),
    (
        (errno.EAGAIN,),
        ("can't start new thread",),
        "raise the limit on processes (`ulimit -u`) or lower OGI_WORKERS,"
        " and run the same command again",
    ),
    (
        (errno.ENOMEM,),
        ("MemoryError", "OutOfMemoryException", "bad_alloc", "failed to map segment"),
        "free some memory or lower OGI_WORKERS, and run the same command again",
    ),
)


def ending(error: BaseException, received: int | None) -> tuple[int, str | None]:
    """Exit status and line of a command that raised `error`. An empty line is not to be printed; no
    line means a fault of this program, whose traceback is needed.

    `received`: the signal that asked the command to end. It is why the command raised, whatever
    libraries have made of the exception.
    """
    if received is not None:
        return _BY_SIGNAL + received, _INTERRUPTED
    if isinstance(error, SystemExit) and not error.code:
        return 0, ""
    chain = list(_chain(error))
    if any(isinstance(e, BrokenPipeError) and e.filename == OUTPUT for e in chain):
        return _BY_SIGNAL + signal.SIGPIPE, ""
    lacking = [(cause, advice) for cause in chain if (advice := _advice(cause))]
    if lacking:
        # One that names its file, or the first: what was raised after it adds nothing but words.
        named = (pair for pair in lacking if getattr(pair[0], "filename", None))
        cause, advice = next(named, lacking[-1])
        return COULD_NOT, f"{_described(cause).splitlines()[0]}; {advice}"

    from pipelines.domain import OgiError

    return COULD_NOT, _described(error) if isinstance(error, OgiError | OSError) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, what it was raised from, and so on."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)


def _advice(error: BaseException) -> str | None:
    """What the user can do where the machine lacks something; None where it is another error."""
    number = error.errno if isinstance(error, OSError) else None
    text = f"{type(error).__name__}: {error}"
    for numbers, words, advice in _SHORTAGES:
        named = (*map(os.strerror, numbers), *words)
        if number in numbers or (number is None and any(word in text for word in named)):
            return advice
    return None


def _described(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error).strip() or type(error).__name__
