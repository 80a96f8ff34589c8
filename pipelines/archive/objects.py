"""The bytes: one file a document, named by its SHA-256."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20
_PARTIAL = "partial-"
_READ_ONLY = 0o444


def object_path(archive_dir: Path, sha256: str) -> Path:
    """Where the bytes of a document lie, or would lie."""
    return archive_dir / "objects" / sha256[:2] / sha256


def read_object(archive_dir: Path, sha256: str) -> bytes:
    """The bytes of an archived document.

    Raises:
        FileNotFoundError: the archive has no such document.
    """
    return object_path(archive_dir, sha256).read_bytes()


def store(source: Path, archive_dir: Path) -> tuple[str, int]:
    """Take the bytes of a file into the archive, a megabyte at a time; its sha256 and length.

    Bytes that are there already are left alone.

    Raises:
        OSError: the file cannot be read.
    """
    with source.open("rb") as file:
        sha256, length = digest(file)
        if _is_whole(object_path(archive_dir, sha256), length):
            return sha256, length
        file.seek(0)
        return _copy(file, archive_dir)


def digest(file: BinaryIO, write: Callable[[bytes], object] | None = None) -> tuple[str, int]:
    """The sha256 and length of what is left to read; each chunk is handed to `write`."""
    sha256 = hashlib.sha256()
    length = 0
    while chunk := file.read(_CHUNK):
        sha256.update(chunk)
        length += len(chunk)
        if write is not None:
            write(chunk)
    return sha256.hexdigest(), length


def remove_partial(archive_dir: Path) -> None:
    """Take away what a killed run left behind. Only for the holder of the archive's lock."""
    for left in (archive_dir / "objects").glob(f"{_PARTIAL}*"):
        left.unlink()


def _copy(file: BinaryIO, archive_dir: Path) -> tuple[str, int]:
    # Hashed again while it is copied: the file may have changed since it was first read,
    # and an object must hold the bytes that its name says.
    folder = archive_dir / "objects"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_PARTIAL, dir=folder)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as copy:
            sha256, length = digest(file, copy.write)
        partial.chmod(_READ_ONLY)
        target = object_path(archive_dir, sha256)
        target.parent.mkdir(exist_ok=True)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return sha256, length


def _is_whole(target: Path, length: int) -> bool:
    # A machine that lost power can leave an object shorter than it was: that one is made anew.
    try:
        return target.stat().st_size == length
    except FileNotFoundError:
        return False
