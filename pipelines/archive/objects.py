"""The bytes: one file a document, named by its SHA-256."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from pipelines.archive.storage import CHUNK, Archive
from pipelines.domain import sha256_of

OBJECTS = "objects"


def put(archive: Archive, content: bytes) -> str:
    """Take bytes into the archive; their sha256. Bytes that are there already are left alone.

    Raises:
        ArchiveError: the bucket does not answer.
    """
    sha256 = sha256_of(content)
    name = object_name(sha256)
    # A machine that lost power can leave an object shorter than it was: that one is made anew.
    if archive.size(name) != len(content):
        archive.write(name, content)
    return sha256


def read_object(archive: Archive, sha256: str) -> bytes:
    """The bytes of an archived document.

    Raises:
        FileNotFoundError: the archive has no such document.
        ArchiveError: the bucket does not answer.
    """
    return archive.read(object_name(sha256))


def object_address(archive: Archive, sha256: str) -> str:
    """Where the bytes of a document lie, or would lie: a path, or a URL that `at_hand` takes in any
    process."""
    return archive.address_of(object_name(sha256))


def object_name(sha256: str) -> str:
    """The name of an object within its archive."""
    return f"{OBJECTS}/{sha256[:2]}/{sha256}"


def store(archive: Archive, file: BinaryIO) -> tuple[str, int]:
    """Take a seekable file into the archive, a megabyte at a time; its sha256 and length.

    Raises:
        OSError: the file cannot be read.
        ArchiveError: the bucket does not answer.
    """
    sha256, length = digest(chunks_of(file))
    if archive.size(object_name(sha256)) == length:
        return sha256, length
    file.seek(0)
    # Hashed again while it is copied: the file may have changed since it was first read,
    # and an object must hold the bytes that its name says.
    return store_chunks(archive, chunks_of(file))


def store_chunks(archive: Archive, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Take bytes into the archive as they come; their sha256 and length. Where `chunks` raises,
    nothing is taken."""
    with archive.partial() as copy:
        sha256, length = digest(chunks, copy.write)
        target = object_name(sha256)
        if archive.size(target) != length:
            archive.keep(copy, target)
    return sha256, length


def digest(
    chunks: Iterable[bytes], write: Callable[[bytes], object] | None = None
) -> tuple[str, int]:
    """The sha256 and length of all chunks; each is handed to `write`."""
    sha256 = hashlib.sha256()
    length = 0
    for chunk in chunks:
        sha256.update(chunk)
        length += len(chunk)
        if write is not None:
            write(chunk)
    return sha256.hexdigest(), length


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """What is left to read, a megabyte at a time."""
    while chunk := file.read(CHUNK):
        yield chunk
