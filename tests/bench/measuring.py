"""Measuring ways side by side: checked first, then timed in turn, so that a busy machine slows all
of them; and how much memory each takes, in a process of its own.
"""

import gc
import multiprocessing
import resource
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from pipelines.domain import Reading
from pipelines.forms import load_forms
from tests.bench.answers import fault
from tests.bench.documents import Sample
from tests.bench.ways import Way

# A way that takes less than a tenth of the slowest is run so often for each time of the others.
_MOST_TURNS = 4
_QUICK = 0.1
_KILO = 1024
_PEAK_SECONDS = 300


@dataclass(slots=True)
class Measured:
    """One way over all documents. `cpu` and `wall` hold a list of seconds for each document (one
    for all, where they are read together), in seconds a part; `peak_bytes` is what reading adds
    to a process that has its libraries and the forms, with what its children take."""

    way: Way
    cpu: list[list[float]]
    wall: list[list[float]]
    right: int = 0
    faults: list[str] = field(default_factory=list)
    read_by: Counter[str] = field(default_factory=Counter)
    peak_bytes: int = 0

    @property
    def seconds(self) -> float:
        """Of processor time a part: the median of each document's times, their mean."""
        return statistics.mean(map(statistics.median, self.cpu))

    @property
    def wall_seconds(self) -> float:
        """The same of the clock on the wall."""
        return statistics.mean(map(statistics.median, self.wall))


def measured(
    ways: Sequence[Way],
    samples: Sequence[Sample],
    repetitions: int,
    *,
    together: bool = False,
    memory: bool = True,
) -> list[Measured]:
    """Every way over every document, checked, then timed `repetitions` times."""
    units = [list(samples)] if together else [[sample] for sample in samples]
    found = [Measured(way, [[] for _ in units], [[] for _ in units]) for way in ways]
    first = {of.way.name: _checked(of, units) for of in found}
    slowest = max(first.values())
    turns = {n: _MOST_TURNS if t <= _QUICK * slowest else 1 for n, t in first.items()}
    gc.freeze()  # so that collecting between the ways is quick
    for _ in range(repetitions):
        for number, unit in enumerate(units):
            for turn in range(_MOST_TURNS):
                for of in found:
                    if turn < turns[of.way.name]:
                        _time(of, number, unit)
    gc.unfreeze()
    if memory:
        contents = [sample.content for sample in samples]
        for of in found:
            of.peak_bytes = peak_of(of.way, contents, together=together)
    return found


def ratio(one: Measured, other: Measured) -> float:
    """How many times the time of `other` that of `one` is: the median over the documents."""
    pairs = zip(one.cpu, other.cpu, strict=True)
    return statistics.median(statistics.median(a) / statistics.median(b) for a, b in pairs)


def _checked(of: Measured, units: Sequence[Sequence[Sample]]) -> float:
    """Judge the answers, which also makes what is made once (forms, tables of labels). The seconds
    of the last unit, when all that is made."""
    seconds = 0.0
    for unit in units:
        before = _cpu()
        answers = of.way.read([sample.content for sample in unit])
        seconds = _cpu() - before
        if of.way.role == "floor":
            continue
        for answer, sample in zip(answers, unit, strict=True):
            wrong = fault(answer, sample.report)
            of.right += wrong is None
            of.faults += [] if wrong is None else [wrong]
            if isinstance(answer, Reading):
                of.read_by[answer.read_by] += 1
    return seconds


def _time(of: Measured, number: int, unit: Sequence[Sample]) -> None:
    contents = [sample.content for sample in unit]
    parts = sum(sample.parts for sample in unit)
    gc.collect()  # what one way leaves is not taken away in the time of the next
    wall, cpu = time.perf_counter(), _cpu()
    of.way.read(contents)
    of.cpu[number].append((_cpu() - cpu) / parts)
    of.wall[number].append((time.perf_counter() - wall) / parts)


def _cpu() -> float:
    """Seconds of processor time of this process and of the children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


# -- memory -----------------------------------------------------------------------------------


def peak_of(way: Way, contents: Sequence[bytes], *, together: bool = False) -> int:
    """Bytes that reading these documents one after the other adds to a process that has imported
    everything and read nothing; that of its largest child comes on top. The process is forked from
    one that was started for it, so that nothing read here before is in it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_tell_peak, args=(way, contents, together, sender))
    process.start()
    sender.close()
    try:
        if not receiver.poll(_PEAK_SECONDS):
            raise TimeoutError(f"{way.name} took longer than {_PEAK_SECONDS} s")
        return int(receiver.recv())
    finally:
        process.kill()
        process.join()


def _tell_peak(way: Way, contents: Sequence[bytes], together: bool, sender: Connection) -> None:
    load_forms()
    before = _peak(resource.RUSAGE_SELF)
    for unit in [contents] if together else [[content] for content in contents]:
        way.read(unit)
    sender.send(_peak(resource.RUSAGE_SELF) - before + _peak(resource.RUSAGE_CHILDREN))


def _peak(whose: int) -> int:
    return resource.getrusage(whose).ru_maxrss * _KILO
