"""Batches go through the Executor: all come back, whatever a worker does."""

import importlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipelines.runs import workers
from pipelines.runs.workers import ExecutionError, Limits, executor, map_batches, within
from pipelines.settings import Settings
from tests.unit.runs.processes_for_tests import is_running, start_parent, wait_for

HERE = Path(__file__).parent
BATCHES = [list(range(start, start + 4)) for start in range(0, 32, 4)]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(HERE))
    return importlib.import_module("work_for_tests")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, workers=2)


def failed(item: int, reason: str) -> str:
    return f"{item}: {reason}"


def results(settings: Settings, function: Callable[..., object]) -> list[object]:
    """All results, flat, those of numbers in order before the failures."""
    done = map_batches(
        partial(executor, settings),
        function,  # type: ignore[arg-type] # it comes out of a module that mypy does not see
        BATCHES,
        failure=failed,
        in_flight=3,
    )
    return sorted((item for batch in done for item in batch), key=lambda r: (isinstance(r, str), r))


EXPECTED_WITHOUT_13 = [2 * item for item in range(32) if item != 13]


def test_every_batch_comes_back(settings: Settings, work: ModuleType) -> None:
    assert results(settings, work.double) == [2 * item for item in range(32)]


def test_nothing_to_do_starts_nothing(settings: Settings) -> None:
    def never() -> None:
        raise AssertionError("no executor is needed")

    assert list(map_batches(never, len, [], failure=failed, in_flight=1)) == []  # type: ignore[arg-type]


def test_the_item_that_kills_its_worker_is_the_only_one_that_fails(
    settings: Settings, work: ModuleType
) -> None:
    reason = "13: its worker process died while reading it"
    assert results(settings, work.die_at_13) == [*EXPECTED_WITHOUT_13, reason]


def test_the_item_that_raises_is_the_only_one_that_fails(
    settings: Settings, work: ModuleType
) -> None:
    reason = "13: reading it ended in ValueError: 13 is unlucky"
    assert results(settings, work.raise_at_13) == [*EXPECTED_WITHOUT_13, reason]


def test_where_every_worker_dies_no_item_is_blamed(settings: Settings, work: ModuleType) -> None:
    with pytest.raises(ExecutionError, match="the workers cannot work: BrokenProcessPool"):
        results(settings, work.always_die)


def test_what_is_no_items_fault_ends_the_run(settings: Settings, work: ModuleType) -> None:
    with pytest.raises(ExecutionError, match=r"cannot work: FileNotFoundError.*/nowhere"):
        results(settings, work.find_no_file)


def test_a_lost_item_is_an_error(settings: Settings, work: ModuleType) -> None:
    with pytest.raises(ExecutionError, match="a batch of 4 came back with 3 results"):
        results(settings, work.lose_one)


def test_no_more_batches_than_allowed_are_under_way(settings: Settings, work: ModuleType) -> None:
    taken: list[list[int]] = []
    with executor(settings) as pool:

        class Counting(Executor):
            def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
                taken.append(args[0])
                return pool.submit(fn, *args, **kwargs)

        done = map_batches(
            lambda: nullcontext(Counting()), work.double, BATCHES, failure=failed, in_flight=3
        )
        for completed, _ in enumerate(done, start=1):
            assert len(taken) <= completed - 1 + 3
    assert taken == BATCHES


def test_what_workers_load_is_neither_dagster_nor_great_expectations(
    settings: Settings, work: ModuleType
) -> None:
    with executor(settings) as pool:
        assert pool.submit(work.modules_after_processing, [1]).result(timeout=60) == [False]


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "file"
    parent = start_parent(
        tmp_path, "pool.submit(work_for_tests.pid_then_sleep, [str(file)]).result()"
    )
    worker = int(wait_for(lambda: pid_file.exists() and pid_file.read_text(encoding="utf-8")))
    parent.send_signal(signal.SIGKILL)
    parent.communicate(timeout=10)

    wait_for(lambda: not is_running(worker))


def test_an_interrupted_run_ends_its_workers_and_the_programs_they_run(
    settings: Settings, work: ModuleType, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    with pytest.raises(KeyboardInterrupt), executor(settings) as pool:
        future = pool.submit(work.hang_with_a_program_in_a_reader, [str(file)])
        program = int(wait_for(lambda: file.exists() and file.read_text(encoding="utf-8")))
        raise KeyboardInterrupt
    assert isinstance(future.exception(), BrokenExecutor), "nobody waits for the batch"
    wait_for(lambda: not is_running(program))


def test_workers_leave_ctrl_c_to_their_parent(settings: Settings, work: ModuleType) -> None:
    with executor(settings) as pool:
        os.kill(pool.submit(os.getpid).result(), signal.SIGINT)
        assert pool.submit(work.double, [1]).result() == [2]


# --- a cluster in processes of its own -----------------------------------------------------------


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process that is ended by its id."""
    pytest.importorskip("distributed")
    folder = tmp_path_factory.mktemp("dask")
    address = f"tcp://127.0.0.1:{free_port()}"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    }

    def start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
            env=environment,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    host = ["--host", "127.0.0.1", "--no-dashboard"]
    port = address.rpartition(":")[2]
    worker = [address, *host, "--nthreads", "1", "--memory-limit", "0"]
    running = [start("dask_scheduler", *host, "--port", port)]
    try:
        running += [
            start("dask_worker", *worker, "--local-directory", str(folder / str(n)))
            for n in range(2)
        ]
        yield address
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture
def on_cluster(settings: Settings, cluster: str) -> Settings:
    return settings.model_copy(update={"dask_address": cluster})


def test_every_batch_comes_back_from_a_cluster(on_cluster: Settings, work: ModuleType) -> None:
    assert results(on_cluster, work.double) == [2 * item for item in range(32)]


def test_an_item_that_kills_a_cluster_worker_is_the_only_one_that_fails(
    on_cluster: Settings, work: ModuleType
) -> None:
    reason = "13: its worker process died while reading it"
    assert results(on_cluster, work.die_at_13) == [*EXPECTED_WITHOUT_13, reason]


def test_limits_hold_on_a_cluster(on_cluster: Settings, work: ModuleType) -> None:
    reason = "13: took longer than the limit of 1 seconds (OGI_MAX_DOCUMENT_SECONDS)"
    hanging = partial(within, Limits(1, 1024), work.spin_at_13, failure=work.failed)
    assert results(on_cluster, hanging) == [*EXPECTED_WITHOUT_13, reason]


def test_an_interrupted_run_does_not_wait_for_a_cluster(
    on_cluster: Settings, work: ModuleType, tmp_path: Path
) -> None:
    file = tmp_path / "go on"
    try:
        with pytest.raises(KeyboardInterrupt), executor(on_cluster) as pool:
            future = pool.submit(work.wait_for_the_file, [str(file)])
            raise KeyboardInterrupt
        assert future.cancelled()
    finally:
        file.touch()


def test_what_cluster_workers_load_is_light(on_cluster: Settings, work: ModuleType) -> None:
    with executor(on_cluster) as pool:
        assert pool.submit(work.modules_after_processing, [1]).result(timeout=60) == [False]


def test_workers_with_other_code_are_refused(
    on_cluster: Settings, work: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "parser_version", work.own_pid)
    with (
        pytest.raises(
            ExecutionError, match=rf"runs other code \(parser \d+, ours is {os.getpid()}"
        ),
        executor(on_cluster),
    ):
        pass


def test_no_scheduler_is_an_error_that_names_the_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(workers, "_CLUSTER_TIMEOUT_S", 1)
    nowhere = f"tcp://127.0.0.1:{free_port()}"
    with (
        pytest.raises(ExecutionError, match=f"no Dask scheduler answers at {nowhere}"),
        executor(settings.model_copy(update={"dask_address": nowhere})),
    ):
        pass


BROKEN_OFF = """
pool.submit(work_for_tests.answer_at_length, [str(file)])
while not file.exists():
    time.sleep(0.001)
sys.exit("broken off")
"""


def test_an_end_does_not_wait_for_the_rest_of_a_result(tmp_path: Path) -> None:
    parent = start_parent(tmp_path, BROKEN_OFF)
    _, complaint = parent.communicate(timeout=100)
    assert (parent.returncode, complaint.splitlines()[-1]) == (1, "broken off")
