"""The published files on disk: their checksums, and other programs that write to them."""

import fcntl
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file as it was published. `modified_ns` is its modification time in nanoseconds."""

    sha256: str
    bytes: int
    modified_ns: int


def describe(file: Path) -> PublishedFile:
    """The checksum, size and modification time that the file has now."""
    status = file.stat()
    return PublishedFile(_checksum(file), status.st_size, status.st_mtime_ns)


def changes(
    published_file: Path, files: Mapping[str, PublishedFile], *, quick: bool = False
) -> tuple[str, ...]:
    """One line for each change to a release: to its `files` (by name) and the WAL beside
    `published_file`. `quick` computes the checksum only of a file whose size or modification time
    differs."""
    found = []
    for name, published in files.items():
        file = published_file.parent / name
        if not file.is_file():
            found.append(f"{name} is missing")
        elif _is_changed(file, published, quick):
            found.append(f"{name} was changed after publishing: its SHA-256 differs")
    if (wal := wal_of(published_file)).exists():
        found.append(f"{wal.name} holds changes that another program made to the release")
    return tuple(found)


def wal_of(file: Path) -> Path:
    """The write-ahead log of a DuckDB file. DuckDB replays it into any file of that name."""
    return file.with_name(f"{file.name}.wal")


@contextmanager
def closed_to_writers(file: Path) -> Iterator[bool]:
    """Keep other processes from opening a DuckDB file for writing, by the lock that a DuckDB
    reader holds. Yields False where another process has the file open for writing already."""
    if not file.exists():
        yield True
        return
    with file.open("rb") as opened:
        yield _is_locked(opened.fileno())


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_changed(file: Path, published: PublishedFile, quick: bool) -> bool:
    status = file.stat()
    as_published = (published.bytes, published.modified_ns)
    if quick and (status.st_size, status.st_mtime_ns) == as_published:
        return False
    return _checksum(file) != published.sha256


def _checksum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
