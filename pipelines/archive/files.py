"""Files and folders of this machine → the archive."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.manifest import known_pairs, manifest, record, sightings
from pipelines.archive.objects import chunks_of, digest, object_name, store
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
        pairs = known_pairs(archive)
        documents = {sha256 for sha256, _ in pairs}
        new = known = 0
        found = []
        for file in walk(paths, archive.folder, unreadable):
            try:
                with file.open("rb") as opened:
                    sha256, length = store(archive, opened)
            except OSError as error:
                unreadable.append((address_of(file), reason_of(error)))
                continue
            new += sha256 not in documents
            known += sha256 in documents
            documents.add(sha256)
            found.append(_provenance(sha256, file, length, source))
            if on_file is not None:
                on_file(new + known)
        record(archive, found, _returned(archive, found, pairs), known=pairs)
    return ArchiveReport(new, known, tuple(unreadable))


def count_known(paths: Sequence[Path], archive: Archive) -> int | None:
    """How many files `paths` name or hold, where each is what its address held last in the archive
    and can be read; None where `archive_files` would add or complain about anything.

    Raises:
        ArchiveError: a shard cannot be read; the bucket does not answer.
    """
    unreadable: list[Unreadable] = []
    standing = _standing(archive)
    known = 0
    for file in walk(paths, archive.folder, unreadable):
        try:
            with file.open("rb") as opened:
                sha256, _ = digest(chunks_of(opened))
        except OSError:
            return None
        if standing.get(address_of(file)) != sha256:
            return None
        if archive.size(object_name(sha256)) is None:
            return None
        known += 1
    return None if unreadable else known


def _returned(
    archive: Archive, found: Sequence[Provenance], pairs: Collection[tuple[str, str]]
) -> list[Sighting]:
    """Files that hold what they held before what they held last: the manifest, which has each pair
    once, cannot tell."""
    again = [row for row in found if (row.document_sha256, row.address) in pairs]
    standing = _standing(archive) if again else {}
    return [
        Sighting(row.address, row.archived_at, row.source, row.document_sha256)
        for row in again
        if standing[row.address] != row.document_sha256
    ]


def _standing(archive: Archive) -> dict[str, str | None]:
    """What each address held last."""
    last: dict[str, tuple[dt.datetime, str | None]] = {}
    for table, when in ((manifest(archive), "archived_at"), (sightings(archive), "seen_at")):
        columns = (table[name].to_pylist() for name in ("address", when, "document_sha256"))
        for address, seen_at, sha256 in zip(*columns, strict=True):
            if address not in last or seen_at >= last[address][0]:
                last[address] = (seen_at, sha256)
    return {address: sha256 for address, (_, sha256) in last.items()}


def _provenance(sha256: str, file: Path, length: int, source: str) -> Provenance:
    address = address_of(file)
    name = address.rpartition("/")[2]
    return Provenance(sha256, address, name, length, dt.datetime.now(dt.UTC), source)
