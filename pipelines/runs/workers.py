"""The Executor: this machine's processes, or a Dask cluster by address.

What is sent must import neither Dagster nor Great Expectations: workers would pay for both.

A worker does not read: it keeps a reader process of its own, forked from it and used again, that
holds the limits on time and memory. A document that goes over them ends, at worst, its reader;
the worker says why and forks another, and nothing else is lost.
"""

import ctypes
import os
import pickle
import resource
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pipelines.domain import OgiError, Outcome, OutcomeKind, Reading
from pipelines.forms import load_forms
from pipelines.read import Converted, document_of, using
from pipelines.runs.process import (
    DocumentRef,
    converted_together,
    is_audited,
    needs_office,
    parser_version,
    process_document,
    read_again,
)
from pipelines.settings import Settings

if TYPE_CHECKING:
    from distributed import Client

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Sequence[Item]], list[Result]]
"""What a worker does with a batch: one result an item, in the order of the items; an empty batch
gives an empty list."""
OpenExecutor = Callable[[], AbstractContextManager[Executor]]

_CLUSTER_TIMEOUT_S = 30
_CLUSTER_IN_FLIGHT = 128
_LOCAL_IN_FLIGHT_PER_WORKER = 2

_READER_START_S = 30
_READER_END_S = 2  # from being asked to end to being killed; it ends its own children in it
_PR_SET_PDEATHSIG = 1  # of linux/prctl.h
_UNKNOWN_MEDIA_TYPE = "application/octet-stream"
# What is left of a lack of memory where a library has put it into words.
_NO_MEMORY = ("MemoryError", "bad_alloc", "Insufficient memory", "OutOfMemoryError")

_NOT_THE_ITEMS_FAULT = (ImportError, OSError, pickle.PicklingError, CancelledError, OgiError)


class ExecutionError(OgiError):
    """The workers cannot work: no document is to blame, and none may be marked as failed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take. `megabytes` are of data (heap, stacks, private pages) in the
    reader process: address space would count the files that libraries map, and say little."""

    seconds: float
    megabytes: int

    @property
    def seconds_told(self) -> str:
        return f"the limit of {self.seconds:g} seconds (OGI_MAX_DOCUMENT_SECONDS)"

    @property
    def megabytes_told(self) -> str:
        return f"the limit of {self.megabytes:,} MB (OGI_MAX_WORKER_MEGABYTES)"


def limits_of(settings: Settings) -> Limits:
    """Those of the settings."""
    return Limits(settings.max_document_seconds, settings.max_worker_megabytes)


def document_work(settings: Settings) -> Work[DocumentRef, Outcome]:
    """What every command does with a batch of documents: `process_within` as the settings say."""
    return partial(process_within, limits_of(settings), audit_every=settings.audit_every)


def process_within(
    limits: Limits, refs: Sequence[DocumentRef], *, audit_every: int
) -> list[Outcome]:
    """Walk a batch within the limits; the outcomes in the order of `refs`. One that goes over a
    limit, or ends its reader, is failed with the reason. Every `audit_every`th document is read by
    all readers of its kind."""
    # Here and not in the readers, so that no document is blamed for a slow network.
    with _at_hand(refs) as local:
        return _process_at_hand(limits, local, audit_every)


def _process_at_hand(
    limits: Limits, refs: Sequence[DocumentRef], audit_every: int
) -> list[Outcome]:
    for_office = [ref for ref in refs if needs_office(ref)]
    converted: Converted = {}
    if len(for_office) > 1:
        # Where this fails they are converted one by one, and the one at fault is found.
        (converted,) = within(limits, converted_together, [for_office], lambda _, __: Converted())
    walks = [_Walk(ref, is_audited(ref.sha256, audit_every), _only(converted, ref)) for ref in refs]
    return within(limits, _walked, walks, lambda walk, reason: failed(walk.ref, reason))


def _only(converted: Converted, ref: DocumentRef) -> Converted:
    return {ref.sha256: converted[ref.sha256]} if ref.sha256 in converted else {}


@dataclass(frozen=True, slots=True)
class _Walk:
    """One document, and what LibreOffice made of it."""

    ref: DocumentRef
    audited: bool
    converted: Converted


def read_again_within(limits: Limits, ref: DocumentRef, read_by: str) -> Reading | None:
    """What the reader `read_by` made of the document; None where it does not any more."""
    with _at_hand([ref]) as local:
        (reading,) = within(limits, partial(_read_again, read_by), local, _no_reading)
    return reading


@contextmanager
def _at_hand(refs: Sequence[DocumentRef]) -> Iterator[list[DocumentRef]]:
    """The same documents, in files of this machine."""
    if all(_is_here(ref) for ref in refs):
        yield list(refs)
        return
    from pipelines.archive import at_hand  # noqa: PLC0415 - Arrow, which reading does not need

    with at_hand([ref.file for ref in refs]) as files:
        yield [replace(ref, file=str(file)) for ref, file in zip(refs, files, strict=True)]


def failed(ref: DocumentRef, reason: str) -> Outcome:
    """The outcome of a document that no reader came back from."""
    return Outcome(
        document_sha256=ref.sha256,
        path=ref.path,
        media_type=_UNKNOWN_MEDIA_TYPE,
        bytes=_size(ref),
        kind=OutcomeKind.FAILED,
        reason=reason,
    )


def _size(ref: DocumentRef) -> int:
    if _is_here(ref):
        return Path(ref.file).stat().st_size
    from pipelines.archive import size_at  # noqa: PLC0415 - as above

    return size_at(ref.file)


def _is_here(ref: DocumentRef) -> bool:
    return Path(ref.file).is_absolute()


def within(
    limits: Limits,
    work: Callable[[Item], Result],
    items: Sequence[Item],
    failure: Callable[[Item, str], Result],
) -> list[Result]:
    """`work(item)` for each item, in this thread's reader process; `failure(item, reason)` for one
    that goes over a limit or ends that process. What `work` raises is raised here."""
    return [_one_within(limits, work, item, failure) for item in items]


@contextmanager
def executor(settings: Settings) -> Iterator[Executor]:
    """This machine's processes, or the cluster at `settings.dask_address`; closed at the end.

    Raises:
        ExecutionError: no cluster answers there, it has no workers, or they run other code.
    """
    if settings.dask_address is not None:
        with _cluster(settings.dask_address) as cluster:
            yield cluster
        return
    # A worker ends when `ours` is closed: by us, or by the kernel when this process dies.
    theirs, ours = Pipe(duplex=False)
    pool = _Pool(
        settings.workers,
        mp_context=get_context("spawn"),
        initializer=_end_with,
        initargs=(theirs,),
    )
    is_done = False
    try:
        yield pool
        is_done = True
    finally:
        with _blocked(signal.SIGINT, signal.SIGTERM):
            if not is_done:
                ours.close()  # nobody waits for what the workers are at
            pool.shutdown(cancel_futures=True)
            ours.close()
            theirs.close()


class _Pool(ProcessPoolExecutor):
    """Starts its workers with SIGINT blocked: a terminal sends Ctrl-C to all processes, and only
    the parent acts on it."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with _blocked(signal.SIGINT):
            return super().submit(_work, work, *args, **kwargs)


# Of a worker: held while it is not at work, and may be sending a result.
_not_at_work = threading.Lock()


def _work(work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    _not_at_work.release()
    try:
        return work(*args, **kwargs)
    finally:
        _not_at_work.acquire()


@contextmanager
def _blocked(*signals: signal.Signals) -> Iterator[None]:
    """Inside, these signals wait; in processes that are started inside they wait for good."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def in_flight(settings: Settings) -> int:
    """How many batches may wait or run at once: enough to keep workers busy, few enough to hold
    their results in memory."""
    if settings.dask_address is not None:
        return _CLUSTER_IN_FLIGHT
    return _LOCAL_IN_FLIGHT_PER_WORKER * settings.workers


def map_batches(
    open_executor: OpenExecutor,
    work: Work[Item, Result],
    batches: Sequence[Sequence[Item]],
    *,
    failure: Callable[[Item, str], Result],
    in_flight: int,
) -> Iterator[list[Result]]:
    """`work(batch)` for every batch, as they are completed; never more than `in_flight` at once.

    A batch that kills its worker or raises is taken apart until the item that does so stands
    alone; that one's result is `failure(item, reason)`, all others get theirs from `work`.
    A broken executor is opened again.

    Raises:
        ExecutionError: the workers cannot work at all, or `work` lost an item.
    """
    waiting = deque(batches)
    while waiting:
        suspects: list[Sequence[Item]] = []
        with open_executor() as pool:
            yield from _drain(pool, work, waiting, suspects, in_flight)
        for batch in suspects:
            yield _taken_apart(open_executor, work, batch, failure)


def _drain(
    pool: Executor,
    work: Work[Item, Result],
    waiting: deque[Sequence[Item]],
    suspects: list[Sequence[Item]],
    in_flight: int,
) -> Iterator[list[Result]]:
    """Results until nothing waits or the pool is broken; the batches that it was at then, and
    those that raised, are `suspects`."""
    running: dict[Future[list[Result]], Sequence[Item]] = {}
    broken = False
    while running or (waiting and not broken):
        while waiting and len(running) < in_flight and not broken:
            try:
                running[pool.submit(work, waiting[0])] = waiting[0]
            except BrokenExecutor:
                broken = True
            else:
                waiting.popleft()
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            batch = running.pop(future)
            try:
                yield _one_for_each(future.result(), batch)
            except BrokenExecutor:
                broken = True
                suspects.append(batch)
            except _NOT_THE_ITEMS_FAULT as error:
                raise _cannot_work(error) from error
            except Exception:  # whatever it was, it is told of the item that stands alone
                suspects.append(batch)


def _taken_apart(
    open_executor: OpenExecutor,
    work: Work[Item, Result],
    batch: Sequence[Item],
    failure: Callable[[Item, str], Result],
) -> list[Result]:
    # Alone in its executor, so that nothing else can be to blame. Halves find the one in 64 in a
    # dozen attempts.
    try:
        with open_executor() as pool:
            return _one_for_each(pool.submit(work, batch).result(), batch)
    except _NOT_THE_ITEMS_FAULT as error:
        raise _cannot_work(error) from error
    except Exception as error:
        if len(batch) == 1:
            _prove_workers(open_executor, work)
            return [failure(batch[0], _reason(error))]
    half = len(batch) // 2
    return [
        result
        for part in (batch[:half], batch[half:])
        for result in _taken_apart(open_executor, work, part, failure)
    ]


def _prove_workers(open_executor: OpenExecutor, work: Work[Item, Result]) -> None:
    # Before an item is blamed: where not even an empty batch passes, none of them is at fault.
    try:
        with open_executor() as pool:
            pool.submit(work, ()).result()
    except Exception as error:
        raise _cannot_work(error) from error


def _one_for_each(results: list[Result], batch: Sequence[Item]) -> list[Result]:
    if len(results) != len(batch):
        raise ExecutionError(f"a batch of {len(batch)} came back with {len(results)} results")
    return results


def _cannot_work(error: BaseException) -> ExecutionError:
    if isinstance(error, ExecutionError):
        return error
    return ExecutionError(f"the workers cannot work: {_named(error)}")


def _reason(error: BaseException) -> str:
    if isinstance(error, BrokenExecutor) or _is_killed_cluster_worker(error):
        return "its worker process died while reading it"
    return f"reading it ended in {_named(error)}"


def _named(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _is_killed_cluster_worker(error: BaseException) -> bool:
    distributed = sys.modules.get("distributed")  # imported only where a cluster is used
    return distributed is not None and isinstance(error, distributed.KilledWorker)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise ExecutionError(
            "OGI_DASK_ADDRESS is set and distributed is not installed: "
            "uv pip install 'ogi-warehouse[cluster]'"
        ) from error
    try:
        client = Client(  # type: ignore[no-untyped-call] # distributed is typed in part
            address, timeout=_CLUSTER_TIMEOUT_S, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise ExecutionError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        _check_workers(client, address)
        pool = client.get_executor()  # type: ignore[no-untyped-call]
        is_done = False
        try:
            yield pool
            is_done = True
        finally:
            pool.shutdown(wait=is_done)


def _check_workers(client: "Client", address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_CLUSTER_TIMEOUT_S)
    except TimeoutError as error:
        raise ExecutionError(f"the Dask scheduler at {address} has no workers") from error
    ours = parser_version()
    try:
        answers = client.run(parser_version)
    except ImportError as error:
        raise ExecutionError(
            f"the workers of the Dask scheduler at {address} lack the code: {error}"
        ) from error
    for worker, theirs in answers.items():
        if theirs != ours:
            raise ExecutionError(
                f"the Dask worker {worker} runs other code (parser {theirs}, ours is {ours})"
            )


def _end_with(parent: Connection) -> None:
    """Make this worker end when the other end of `parent` is closed, and on SIGTERM."""
    signal.signal(signal.SIGTERM, _end_worker)
    main_thread = threading.get_ident()
    _not_at_work.acquire()

    def wait_and_end() -> None:
        with suppress(EOFError, OSError):
            parent.recv_bytes()
        # Half a result would keep the parent waiting for the rest of it. A worker that waits for
        # work is ended by its parent, unless the parent is dead.
        if _not_at_work.acquire(timeout=_READER_END_S):
            signal.pthread_kill(main_thread, signal.SIGTERM)
            time.sleep(2 * _READER_END_S)
        os._exit(1)

    threading.Thread(target=wait_and_end, daemon=True).start()


def _end_worker(*_: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    reader: _Reader | None = getattr(_own, "reader", None)
    # So that what it has open (LibreOffice) is closed.
    if reader is not None and reader.supervisor == os.getpid():
        reader.end()
    os._exit(1)


# --- the reader process of a worker -------------------------------------------------------------


class _Answer(Enum):
    DONE = "done"
    RAISED = "raised"
    NO_MEMORY = "no memory"


class _TooLongError(Exception):
    pass


class _LostError(Exception):
    """The reader died, or had no memory left; its text is the reason."""


# A reader belongs to its thread: Dask's workers have several, and readers end with theirs.
_own = threading.local()


def _one_within(
    limits: Limits,
    work: Callable[[Item], Result],
    item: Item,
    failure: Callable[[Item, str], Result],
) -> Result:
    reader = _reader(limits)
    fresh = not reader.answered
    try:
        return reader.ask(work, item)  # type: ignore[no-any-return] # it comes through a pipe
    except _TooLongError:
        return failure(item, f"took longer than {limits.seconds_told}")
    except _LostError as error:
        if fresh:
            return failure(item, str(error))
    # What documents before it have left there may be to blame: a fresh reader is asked.
    return _one_within(limits, work, item, failure)


def _reader(limits: Limits) -> "_Reader":
    reader: _Reader | None = getattr(_own, "reader", None)
    # A process that was forked from this one inherits the name and not the child.
    if reader is not None and reader.supervisor == os.getpid():
        if reader.is_open and reader.limits == limits:
            return reader
        reader.end()
    reader = _own.reader = _Reader(limits)
    return reader


class _Reader:
    """A process forked from this one, which does one piece of work after the other."""

    def __init__(self, limits: Limits) -> None:
        load_forms()  # once here, not in each fork
        self.limits = limits
        self.supervisor = os.getpid()
        self.answered = 0
        self.is_open = True
        self.pipe, theirs = Pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _serve(theirs, limits, self.supervisor)
        theirs.close()
        ready = False
        with suppress(EOFError, ConnectionError):
            ready = self.pipe.poll(_READER_START_S) and self.pipe.recv() is _Answer.DONE
        if not ready:
            self.end()
            raise ExecutionError(f"no reader process starts within {limits.megabytes_told}")

    def ask(self, work: Callable[[Any], Any], item: object) -> Any:
        try:
            self.pipe.send((work, item))
            if not self.pipe.poll(self.limits.seconds):
                raise _TooLongError
            answer, value = self.pipe.recv()
        except (EOFError, ConnectionError):
            raise _LostError(self._how_it_died(*self.end())) from None
        except BaseException:  # also when the user interrupts
            self.end()
            raise
        self.answered += 1
        if answer is _Answer.NO_MEMORY:
            self.end()
            raise _LostError(f"needed more memory than {self.limits.megabytes_told}")
        if answer is _Answer.RAISED:
            raise value
        return value

    def end(self) -> tuple[int, int]:
        """Its exit code and the most megabytes that it held; (0, 0) when it has ended before."""
        if not self.is_open:
            return 0, 0
        with _blocked(signal.SIGINT, signal.SIGTERM):
            return self._end()

    def _end(self) -> tuple[int, int]:
        self.is_open = False
        self.pipe.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        until = time.monotonic() + _READER_END_S
        ended, status, usage = os.wait4(self.pid, os.WNOHANG)
        while not ended and time.monotonic() < until:
            time.sleep(0.01)
            ended, status, usage = os.wait4(self.pid, os.WNOHANG)
        if not ended:
            os.kill(self.pid, signal.SIGKILL)
            _, status, usage = os.wait4(self.pid, 0)
        return os.waitstatus_to_exitcode(status), usage.ru_maxrss // 1024

    def _how_it_died(self, code: int, megabytes: int) -> str:
        by = f" ({signal.Signals(-code).name})" if code < 0 else ""
        held = ""
        if megabytes > self.limits.megabytes / 2:
            held = f"; it held {megabytes:,} MB of {self.limits.megabytes_told}"
        return f"its worker process died while reading it{by}{held}"


def _serve(pipe: Connection, limits: Limits, supervisor: int) -> NoReturn:
    """The life of a reader process. Nothing of its parent's is cleaned up by it."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _unwind)
        # Not only at the end of the pipe: it may be at work when its supervisor is killed.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = limits.megabytes << 20
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
        if os.getppid() == supervisor:
            pipe.send(_Answer.DONE)
            while True:
                work, item = pipe.recv()
                _send(pipe, _answer(work, item))
    finally:
        os._exit(1)


def _unwind(*_: object) -> NoReturn:
    # So that what the work has open (LibreOffice) is closed.
    raise SystemExit


def _answer(work: Callable[[Any], Any], item: object) -> tuple[_Answer, object]:
    try:
        return _Answer.DONE, work(item)
    except MemoryError:
        return _Answer.NO_MEMORY, None
    except Exception as error:
        return _Answer.RAISED, _sendable(error)


def _send(pipe: Connection, answer: tuple[_Answer, object]) -> None:
    try:
        pipe.send(answer)
    except MemoryError:
        pipe.send((_Answer.NO_MEMORY, None))


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own, of a moment ago
    except Exception:
        return RuntimeError(_named(error))
    return error


def _walked(walk: _Walk) -> Outcome:
    ref = walk.ref
    with using(walk.converted):
        outcome = process_document(ref.path, Path(ref.file).read_bytes(), audited=walk.audited)
    if any(word in (outcome.reason or "") for word in _NO_MEMORY):
        raise MemoryError
    return outcome


def _read_again(read_by: str, ref: DocumentRef) -> Reading | None:
    return read_again(document_of(ref.path, Path(ref.file).read_bytes()), read_by)


def _no_reading(_: DocumentRef, __: str) -> None:
    return None
