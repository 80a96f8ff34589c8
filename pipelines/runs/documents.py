"""Documents of a run: into the archive, and from the archive into the lake."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.archive import (
    ArchiveReport,
    archive_files,
    manifest_columns,
    object_address,
    open_archive,
)
from pipelines.domain import Outcome, OutcomeKind
from pipelines.publish import current_release
from pipelines.runs.batches import process_documents
from pipelines.runs.context import RunContext
from pipelines.runs.process import DocumentRef, parser_version
from pipelines.runs.workers import failed
from pipelines.settings import Settings
from pipelines.warehouse.arrow_tables import DOCUMENTS
from pipelines.warehouse.connection import closed_after
from pipelines.warehouse.lake import (
    changed_cells,
    create_lake_view,
    processed,
    shard_files,
    write_shard,
)

# A document that is at several addresses is named by the first.
_PENDING = """
select document_sha256, address, bytes
from manifest
anti join lake.documents using (document_sha256)
qualify row_number() over (partition by document_sha256 order by archived_at, address) = 1
order by archived_at, address
"""


@dataclass(frozen=True, slots=True)
class ReadReport:
    """How many documents a run read, by outcome, and path and reason of those that failed."""

    outcomes: dict[str, int]
    failed: tuple[tuple[str, str], ...]


def archive_inputs(run: RunContext, paths: Sequence[Path]) -> ArchiveReport:
    """Archive files and folders; with no path the inbox folder, where it exists."""
    inbox = run.settings.inbox_dir
    report = archive_files(
        paths or [path for path in [inbox] if path.is_dir()],
        open_archive(run.settings.archive_address),
        on_file=lambda done: run.progress("archive", done, None),
    )
    run.record.new, run.record.known = report.new, report.known
    return report


def pending_documents(settings: Settings) -> list[tuple[DocumentRef, int]]:
    """The archived documents that this parser has not read yet, with their length in bytes."""
    archive = open_archive(settings.archive_address)
    with closed_after(duckdb.connect(config=settings.duckdb)) as con:
        columns = ("document_sha256", "address", "bytes", "archived_at")
        con.register("manifest", manifest_columns(archive, columns))
        files = shard_files(settings.lake_dir, parser_version())["documents"]
        create_lake_view(con, "documents", files, DOCUMENTS)
        rows = con.execute(_PENDING).fetchall()
    return [
        (DocumentRef(address, sha256, object_address(archive, sha256)), length)
        for sha256, address, length in rows
    ]


def read_documents(run: RunContext) -> ReadReport:
    """Read every pending document into the lake. Each batch is kept at once, so that a run that is
    killed loses only those under way."""
    waiting = pending_documents(run.settings)
    run.progress("read", 0, len(waiting))
    outcomes: Counter[str] = Counter()
    lost: list[tuple[str, str]] = []
    for batch in _outcomes(run.settings, waiting):
        write_shard(run.settings.lake_dir, batch, parser_version())
        outcomes.update(outcome.kind.value for outcome in batch)
        lost += [(o.path, o.reason or "") for o in batch if o.kind is OutcomeKind.FAILED]
        run.record.read_reports = outcomes[OutcomeKind.REPORT]
        run.record.read_not_a_report = outcomes[OutcomeKind.NOT_A_REPORT]
        run.record.read_failed = outcomes[OutcomeKind.FAILED]
        run.progress("read", outcomes.total(), len(waiting))
    _compare_with_last_parser(run, {ref.sha256 for ref, _ in waiting})
    return ReadReport(dict(outcomes), tuple(sorted(lost)))


def _compare_with_last_parser(run: RunContext, read: set[str]) -> None:
    """Record what reading these documents again has changed since the last release."""
    settings, current = run.settings, parser_version()
    release = current_release(settings.published_file)
    if release is None or release.parser_version == current:
        return
    if again := read & processed(settings.lake_dir, release.parser_version):
        run.progress("compare", 0, None)
        run.record.read_again = len(again)
        run.record.changed_cells = changed_cells(
            settings.lake_dir, release.parser_version, current, again, settings.duckdb
        )


def _outcomes(
    settings: Settings, waiting: Sequence[tuple[DocumentRef, int]]
) -> Iterator[list[Outcome]]:
    limit = settings.max_document_bytes
    if too_large := [
        failed(ref, f"{length:,} bytes, over the limit of {limit:,} (OGI_MAX_DOCUMENT_BYTES)")
        for ref, length in waiting
        if length > limit
    ]:
        yield too_large
    yield from process_documents(settings, [ref for ref, length in waiting if length <= limit])
