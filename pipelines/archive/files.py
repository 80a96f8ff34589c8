"""Files and folders of this machine → the archive."""

import datetime as dt
import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.manifest import Entry, known_pairs, write_entries
from pipelines.archive.objects import digest, object_path, remove_partial, store
from pipelines.archive.walk import Unreadable, address_of, reason_of, walk


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What became of the files: `new` documents, files whose bytes were `known` (also those of
    a second name in the same call), and those of which nothing could be taken."""

    new: int
    known: int
    unreadable: tuple[Unreadable, ...]


def archive_files(
    paths: Sequence[Path],
    archive_dir: Path,
    *,
    source: str = "file",
    on_file: Callable[[int], None] | None = None,
) -> ArchiveReport:
    """Take every file that `paths` name or hold into the archive, whatever its size.

    Bytes go to objects/<2 hex>/<sha256>, one row for each new (document, address) to a shard of
    the manifest at the end: a call that is killed leaves objects without rows, which the next
    call completes. Calls wait for one another. `on_file` hears how many files are done.
    """
    unreadable: list[Unreadable] = []
    with _locked(archive_dir):
        remove_partial(archive_dir)
        pairs = known_pairs(archive_dir)
        documents = {sha256 for sha256, _ in pairs}
        new = known = 0
        entries = []
        for file in walk(paths, archive_dir, unreadable):
            try:
                sha256, length = store(file, archive_dir)
            except OSError as error:
                unreadable.append((address_of(file), reason_of(error)))
                continue
            new += sha256 not in documents
            known += sha256 in documents
            documents.add(sha256)
            if (sha256, address_of(file)) not in pairs:
                entries.append(_entry(sha256, file, length, source))
            if on_file is not None:
                on_file(new + known)
        if entries:
            write_entries(archive_dir, entries)
    return ArchiveReport(new, known, tuple(unreadable))


def count_known(paths: Sequence[Path], archive_dir: Path) -> int | None:
    """How many files `paths` name or hold, where each is in the archive under its address and
    can be read; None where `archive_files` would add or complain about anything."""
    unreadable: list[Unreadable] = []
    pairs = known_pairs(archive_dir)
    known = 0
    for file in walk(paths, archive_dir, unreadable):
        try:
            with file.open("rb") as opened:
                sha256, _ = digest(opened)
        except OSError:
            return None
        if (sha256, address_of(file)) not in pairs or not object_path(archive_dir, sha256).exists():
            return None
        known += 1
    return None if unreadable else known


def _entry(sha256: str, file: Path, length: int, source: str) -> Entry:
    address = address_of(file)
    name = address.rpartition("/")[2]
    return Entry(sha256, address, name, length, dt.datetime.now(dt.UTC), source)


@contextmanager
def _locked(archive_dir: Path) -> Iterator[None]:
    # The kernel lets go of the lock when its holder dies, however it dies.
    archive_dir.mkdir(parents=True, exist_ok=True)
    with (archive_dir / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
