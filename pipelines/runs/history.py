"""The history of a home's runs: one line of runs.jsonl each, copied to `ops.runs` of the warehouse.

A run that has begun and not ended is in the home's lock file instead. The kernel releases the lock
when its process dies, so that a record that is left there without the lock is of a killed run.
"""

import datetime as dt
import fcntl
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from pydantic import TypeAdapter, ValidationError

from pipelines import __version__
from pipelines.domain.arrow import row_mapping
from pipelines.settings import Settings
from pipelines.warehouse.census import Census


class RunOutcome(StrEnum):
    """How a run ended."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    BLOCKED = "blocked"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_good(self) -> bool:
        """Whether the release is up to date after it."""
        return self in (RunOutcome.PUBLISHED, RunOutcome.UNCHANGED)


@dataclass(slots=True)
class RunRecord:
    """What is known of one run; filled in while it goes on.

    `command` is what started it. Times are UTC; `ended_at` and `seconds` are None while it goes
    on and where it was killed, `outcome` while it goes on. `reasons` has one line for each reason
    why it was blocked or failed. `new` and `known` count the files given, `read_*` the documents
    that it read, by outcome. Of those `read_again` had been read by the parser of the last release,
    and `changed_cells` of their cells have another state or value now (None where that lake is gone
    or of another layout). `accepted_failures` are the documents (SHA-256) whose failure may not
    block the release. `documents` to `findings` are of the whole warehouse.
    """

    command: str
    run_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    version: str = __version__
    started_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    ended_at: dt.datetime | None = None
    seconds: float | None = None
    outcome: RunOutcome | None = None
    reasons: tuple[str, ...] = ()
    new: int = 0
    known: int = 0
    read_reports: int = 0
    read_not_a_report: int = 0
    read_failed: int = 0
    read_again: int = 0
    changed_cells: int | None = None
    accepted_failures: tuple[str, ...] = ()
    documents: int | None = None
    reports: int | None = None
    not_a_report: int | None = None
    failed: int | None = None
    facts: int | None = None
    findings: int | None = None

    def end(self, outcome: RunOutcome, census: Census, reasons: tuple[str, ...] = ()) -> None:
        """Decide how the run ends, with the counts of its warehouse."""
        self.outcome, self.reasons = outcome, reasons
        self.documents, self.reports = census.documents, census.reports
        self.not_a_report, self.failed = census.not_a_report, census.failed
        self.facts, self.findings = census.facts, sum(census.findings.values())


_JSON = TypeAdapter(RunRecord)
RUNS = row_mapping(RunRecord)


def lock_file(settings: Settings) -> Path:
    """Held by the one run of a home; contains its record."""
    return settings.home / "run.lock"


def history_file(settings: Settings) -> Path:
    return settings.home / "runs.jsonl"


def runs(settings: Settings) -> list[RunRecord]:
    """Every run in the order in which they ended, the running one (`outcome` None) or a killed one
    last."""
    left = None
    with suppress(FileNotFoundError), lock_file(settings).open(encoding="utf-8") as file:
        # The lock before the record, and the history after both: a run that ends meanwhile is not
        # taken for a killed one.
        is_free = _is_free(file)
        if (left := record_in(file)) is not None and is_free:
            left.outcome = RunOutcome.INTERRUPTED
    recorded = _recorded(history_file(settings))
    if left is not None and left.run_id not in {record.run_id for record in recorded}:
        recorded.append(left)
    return recorded


def record_in(lock: TextIO) -> RunRecord | None:
    """The record that the lock file contains; None where its last run has been recorded."""
    lock.seek(0)
    return _parse(lock.read())


def write_record(record: RunRecord | None, lock: TextIO) -> None:
    """Replace what the lock file contains."""
    lock.seek(0)
    lock.truncate()
    if record is not None:
        lock.write(_JSON.dump_json(record).decode())
    lock.flush()


def append_record(record: RunRecord, settings: Settings) -> None:
    """Write the line of a run, once."""
    file = history_file(settings)
    if record.run_id in {other.run_id for other in _recorded(file)}:
        return
    with file.open("a+b") as out:
        # A full disk can leave half a line: that one is lost, this one is not.
        if out.tell() and not _ends_with_newline(file):
            out.write(b"\n")
        out.write(_JSON.dump_json(record) + b"\n")


def as_json(record: RunRecord) -> dict[str, Any]:
    """The line of a run as an object."""
    value: dict[str, Any] = _JSON.dump_python(record, mode="json")
    return value


def _recorded(file: Path) -> list[RunRecord]:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [record for line in lines if (record := _parse(line)) is not None]


def _parse(line: str) -> RunRecord | None:
    with suppress(ValidationError):
        return _JSON.validate_json(line)
    return None


def _ends_with_newline(file: Path) -> bool:
    return file.read_bytes().endswith(b"\n")


def _is_free(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def attention_needed(
    records: Sequence[RunRecord], longest: dt.timedelta, now: dt.datetime
) -> str | None:
    """Why the runs need attention, one line; None where they need none: the last one that ended is
    good, and ended at most `longest` before `now`."""
    ended = [record for record in records if record.outcome is not None]
    if not ended:
        return "no run has ended yet"
    last = ended[-1]
    assert last.outcome is not None  # noqa: S101 - as above
    if not last.outcome.is_good:
        why = f": {'; '.join(last.reasons)}" if last.reasons else ""
        return f"the last run, begun {at_second(last.started_at)}: {last.outcome}{why}"
    assert last.ended_at is not None  # noqa: S101 - a killed one is not good
    if now - last.ended_at > longest:
        return f"the last good run ended {at_second(last.ended_at)}, more than {longest} ago"
    return None


def at_second(time: dt.datetime) -> str:
    """The time in the machine's zone, with its offset."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S %z}"
