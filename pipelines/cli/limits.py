"""Whether this process may start the threads that a command needs."""

import os
import threading

# Of DuckDB, Arrow and a run's own, beside those that each starts for every processor.
_THREADS = 8
_THREADS_PER_PROCESSOR = 2


def require_threads() -> None:
    """Start as many threads as the libraries of a command start, and end them. DuckDB, Arrow and
    OpenBLAS hang, abort or raise SIGINT where the system refuses them a thread.

    Raises:
        RuntimeError: the system refuses a thread.
    """
    # NumPy's library starts a thread for each processor, which nothing here uses.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    number = _THREADS + _THREADS_PER_PROCESSOR * (os.cpu_count() or 1)
    all_started = threading.Event()
    started: list[threading.Thread] = []
    try:
        for _ in range(number):
            thread = threading.Thread(target=all_started.wait, daemon=True)
            thread.start()
            started.append(thread)
    finally:
        all_started.set()
        for thread in started:
            thread.join()
