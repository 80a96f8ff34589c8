"""Files and folders of this machine → the archive."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.archive.manifest import known_pairs, manifest_columns, record, sighting_columns
from pipelines.archive.objects import store
from pipelines.archive.storage import Archive
from pipelines.archive.walk import Unreadable, address_of, reason_of, walk
from pipelines.domain import Provenance, Sighting


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What became of the files: `new` documents, files whose bytes were `known` (also those of
    a second name in the same call), and those of which nothing could be taken."""

    new: int
    known: int
    unreadable: tuple[Unreadable, ...]


def archive_files(
    paths: Sequence[Path],
    archive: Archive,
    *,
    source: str = "file",
    on_file: Callable[[int], None] | None = None,
) -> ArchiveReport:
    """Take every file that `paths` name or hold into the archive, whatever its size.

    Bytes go to objects/<2 hex>/<sha256>, one row for each new (document, address) to a shard of
    the manifest at the end: a call that is killed leaves objects without rows, which the next
    call completes. In a folder calls wait for one another. `on_file` hears how many files are done.

    Raises:
        ArchiveError: a shard cannot be read; the bucket does not answer.
    """
    unreadable: list[Unreadable] = []
    with archive.locked():
        found = []
        for file in walk(paths, archive.folder, unreadable):
            try:
                with file.open("rb") as opened:
                    sha256, length = store(archive, opened)
            except OSError as error:
                unreadable.append((address_of(file), reason_of(error)))
                continue
            found.append(_provenance(sha256, file, length, source))
            if on_file is not None:
                on_file(len(found))
        documents = {row.document_sha256 for row in found}
        pairs = known_pairs(archive, documents)
        new = len(documents - {sha256 for sha256, _ in pairs})
        record(archive, found, _returned(archive, found, pairs), known=pairs)
    return ArchiveReport(new, len(found) - new, tuple(unreadable))


def _returned(
    archive: Archive, found: Sequence[Provenance], pairs: Collection[tuple[str, str]]
) -> list[Sighting]:
    """Files that hold what they held before what they held last: the manifest, which has each pair
    once, cannot tell."""
    again = [row for row in found if (row.document_sha256, row.address) in pairs]
    standing = _standing(archive, {row.address for row in again}) if again else {}
    return [
        Sighting(row.address, row.archived_at, row.source, row.document_sha256)
        for row in again
        if standing[row.address] != row.document_sha256
    ]


def _standing(archive: Archive, addresses: Collection[str]) -> dict[str, str | None]:
    """What each of these addresses held last."""
    wanted = pa.array(addresses, pa.string())
    last: dict[str, tuple[dt.datetime, str | None]] = {}
    for table, when in (
        (manifest_columns(archive, ("address", "archived_at", "document_sha256")), "archived_at"),
        (sighting_columns(archive, ("address", "seen_at", "document_sha256")), "seen_at"),
    ):
        rows = table.filter(pc.is_in(table["address"], wanted)).sort_by(when)
        columns = (rows[name].to_pylist() for name in ("address", when, "document_sha256"))
        for address, seen_at, sha256 in zip(*columns, strict=True):
            if address not in last or seen_at >= last[address][0]:
                last[address] = (seen_at, sha256)
    return {address: sha256 for address, (_, sha256) in last.items()}


def _provenance(sha256: str, file: Path, length: int, source: str) -> Provenance:
    address = address_of(file)
    name = address.rpartition("/")[2]
    return Provenance(sha256, address, name, length, dt.datetime.now(dt.UTC), source)
