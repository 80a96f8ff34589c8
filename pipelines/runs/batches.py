"""Documents in batches, on the workers: what `ogi run` and `ogi check` share."""

from collections.abc import Iterator, Sequence
from functools import partial
from math import ceil

from pipelines.domain import Outcome
from pipelines.runs.process import DocumentRef
from pipelines.runs.workers import document_work, executor, failed, in_flight, map_batches
from pipelines.settings import Settings

# So that one slow document does not leave the other workers idle.
_BATCHES_PER_WORKER = 2


def process_documents(settings: Settings, refs: Sequence[DocumentRef]) -> Iterator[list[Outcome]]:
    """The outcomes of the documents, batch by batch as they are completed.

    Raises:
        ExecutionError: the workers cannot work at all.
    """
    size = ceil(len(refs) / (_BATCHES_PER_WORKER * settings.workers))
    size = max(1, min(size, settings.batch_size))
    yield from map_batches(
        partial(executor, settings),
        document_work(settings),
        [refs[start : start + size] for start in range(0, len(refs), size)],
        failure=failed,
        in_flight=in_flight(settings),
    )
