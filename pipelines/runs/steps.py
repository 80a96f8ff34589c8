"""What the assets do, in plain Python: settings and stages joined, no Dagster."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import ceil
from shutil import rmtree

import duckdb

from pipelines.archive import manifest, object_address, open_archive, sightings
from pipelines.domain import (
    Calendar,
    OgiError,
    Outcome,
    OutcomeKind,
    calendar_of,
    today_in_china,
)
from pipelines.forms import FORMS_DIR
from pipelines.publish import closed_to_writers, fingerprint, wal_of
from pipelines.runs.context import Progress
from pipelines.runs.process import DocumentRef, parser_version
from pipelines.runs.workers import document_work, executor, failed, in_flight, map_batches
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.warehouse.connection import closed_after
from pipelines.warehouse.gate import Thresholds
from pipelines.warehouse.lake import processed, write_shard
from pipelines.warehouse.sql_models import SQL_DIR

# What of a sighting a release is told apart by.
SEEN = ("document_sha256", "address", "source", "seen_at")
_BATCHES_PER_WORKER = 2


@dataclass(frozen=True, slots=True)
class Read:
    """What one run read: how many documents ended how, and those that failed, with the reason."""

    outcomes: dict[str, int]
    failed: tuple[tuple[str, str], ...]


def pending(settings: Settings) -> list[tuple[DocumentRef, int]]:
    """The archived documents that this parser has not read yet, with their length in bytes."""
    archive = open_archive(settings.archive_address)
    rows = manifest(archive)
    done = processed(settings.lake_dir, parser_version())
    waiting: dict[str, tuple[DocumentRef, int]] = {}
    columns = (rows[name].to_pylist() for name in ("document_sha256", "address", "bytes"))
    for sha256, address, length in zip(*columns, strict=True):
        if sha256 not in done and sha256 not in waiting:
            ref = DocumentRef(address, sha256, object_address(archive, sha256))
            waiting[sha256] = (ref, length)
    return list(waiting.values())


def read_documents(settings: Settings, progress: Progress) -> Read:
    """Read every pending document into the lake, batch by batch; each batch is kept at once, so
    that a run that is killed loses only those under way."""
    waiting = pending(settings)
    progress("read", 0, len(waiting))
    outcomes: Counter[str] = Counter()
    lost: list[tuple[str, str]] = []
    for batch in _outcomes(settings, waiting):
        write_shard(settings.lake_dir, batch, parser_version())
        outcomes.update(outcome.kind.value for outcome in batch)
        lost += [(o.path, o.reason or "") for o in batch if o.kind is OutcomeKind.FAILED]
        progress("read", outcomes.total(), len(waiting))
    return Read(dict(outcomes), tuple(sorted(lost)))


def _outcomes(
    settings: Settings, waiting: Sequence[tuple[DocumentRef, int]]
) -> Iterator[list[Outcome]]:
    limit = settings.max_document_bytes
    readable = [ref for ref, length in waiting if length <= limit]
    if too_large := [
        failed(ref, f"{length:,} bytes, over the limit of {limit:,} (OGI_MAX_DOCUMENT_BYTES)")
        for ref, length in waiting
        if length > limit
    ]:
        yield too_large
    # Small runs are cut finer, so that no worker stands idle.
    size = ceil(len(readable) / (_BATCHES_PER_WORKER * settings.workers))
    size = max(1, min(size, settings.batch_size))
    yield from map_batches(
        partial(executor, settings),
        document_work(settings),
        [readable[start : start + size] for start in range(0, len(readable), size)],
        failure=failed,
        in_flight=in_flight(settings),
    )


@contextmanager
def warehouse(settings: Settings, *, anew: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The private file, open for its one writer; `anew` removes what an earlier build left, also
    the WAL and the spilled rows of one that was killed.

    Raises:
        OgiError: another process has it open.
    """
    file = settings.warehouse_file
    file.parent.mkdir(parents=True, exist_ok=True)
    if anew:
        with closed_to_writers(file) as is_closed:
            if not is_closed:
                raise OgiError(f"{file}: another process has it open")
            wal_of(file).unlink(missing_ok=True)
            rmtree(settings.spill_dir, ignore_errors=True)
            file.unlink(missing_ok=True)
    try:
        # The marts' rows are ordered by their selects, and nothing else has an order.
        con = duckdb.connect(
            str(file), config={**settings.duckdb, "preserve_insertion_order": False}
        )
    except duckdb.IOException as error:
        if "Could not set lock" not in str(error):
            raise
        raise OgiError(f"{file}: another process has it open") from error
    with closed_after(con):
        yield con


def thresholds(settings: Settings) -> Thresholds:
    """Those of the settings."""
    return Thresholds(
        rates_from_documents=settings.rates_from_documents,
        max_failed_rate=settings.max_failed_rate,
        max_refused_table_rate=settings.max_refused_table_rate,
    )


def current_fingerprint(settings: Settings) -> str:
    """What a release made now would be made from."""
    archive = open_archive(settings.archive_address)
    rows, seen = manifest(archive), sightings(archive)
    pairs = zip(*(rows[name].to_pylist() for name in ("document_sha256", "address")), strict=True)
    of_crawls = zip(*(seen[name].to_pylist() for name in SEEN), strict=True)
    return fingerprint_of(pairs, of_crawls, calendar_of(today_in_china()))


def fingerprint_of(
    documents: Iterable[tuple[str, str]],
    seen: Iterable[tuple[str | None, str, str, dt.datetime]],
    calendar: Calendar,
) -> str:
    """The same, of documents (sha256 and address), sightings (the columns of `SEEN`) and the
    calendar of the build."""
    found = {
        (sha256 or "", f"{address} {source} {at.replace(tzinfo=None).isoformat()}")
        for sha256, address, source, at in seen
    }
    code = [PROJECT_ROOT / name for name in ("pipelines", "assets", "expectations")]
    reference = FORMS_DIR.parent / "reference"
    # When a year closes, its reports that are not there begin to be missing; when one begins, its
    # reports are no longer of the future.
    made_by = f"{parser_version()} {calendar}"
    return fingerprint([*documents, *found], made_by, [*code, SQL_DIR, FORMS_DIR, reference])
