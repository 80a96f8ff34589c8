"""The Executor: this machine's processes, or a Dask cluster by address.

What is sent must import neither Dagster nor Great Expectations: workers would pay for both.
"""

import os
import pickle
import sys
import threading
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
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, TypeVar

from pipelines.domain import OgiError
from pipelines.process import parser_version
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

_NOT_THE_ITEMS_FAULT = (ImportError, OSError, pickle.PicklingError, CancelledError, OgiError)


class ExecutionError(OgiError):
    """The workers cannot work: no document is to blame, and none may be marked as failed."""


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
    pool = ProcessPoolExecutor(
        settings.workers, mp_context=get_context("spawn"), initializer=_end_with_the_parent
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


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
        with client.get_executor() as pool:  # type: ignore[no-untyped-call]
            yield pool


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


def _end_with_the_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = parent_process()
    if parent is None:
        return

    def wait_and_end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait_and_end, daemon=True).start()
