"""An address → the archive that lies there, and its documents wherever they lie."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.bucket import filesystem_of, open_bucket, told
from pipelines.archive.folder import Folder
from pipelines.archive.storage import Storage

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")


@dataclass(frozen=True, slots=True)
class Archive:
    """Bytes by sha256 (objects/), how they came in (manifest/) and what was seen where
    (sightings/), below one address."""

    storage: Storage

    @property
    def address(self) -> str:
        """As people write it: an absolute path, or a URL."""
        return self.storage.address


def open_archive(address: str | Path) -> Archive:
    """The archive at a path, or at any URL that fsspec knows (`s3://bucket/prefix`). A folder need
    not be there yet; a bucket must answer.

    Where a bucket is and who asks is told by the environment of its library: for S3
    AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE and the like.

    Raises:
        ArchiveError: fsspec does not know the protocol, its package is missing, or nothing answers
            there.
    """
    text = str(address).removeprefix("file://")
    if _URL.match(text) is None:
        return Archive(Folder(Path(text).absolute()))
    return Archive(open_bucket(text.rstrip("/")))


def size_at(address: str) -> int:
    """How many bytes lie at a URL that `object_address` gave.

    Raises:
        FileNotFoundError: nothing is there.
        ArchiveError: nothing answers there.
    """
    with told(address):
        filesystem, path = filesystem_of(address)
        return int(filesystem.info(path)["size"])


@contextmanager
def at_hand(addresses: Sequence[str]) -> Iterator[list[Path]]:
    """A file of this machine for each URL of one bucket, in their order: fetched together, into a
    folder that is gone at the end.

    Raises:
        FileNotFoundError: nothing is there.
        ArchiveError: nothing answers there.
    """
    with tempfile.TemporaryDirectory(prefix="ogi-") as folder:
        files = [Path(folder, str(number)) for number in range(len(addresses))]
        with told(addresses[0]):
            filesystem, _ = filesystem_of(addresses[0])
            paths = [filesystem_of(address)[1] for address in addresses]
            filesystem.get(paths, [str(file) for file in files])
        yield files
