"""An archive below one address: files by name, in a folder or wherever fsspec leads."""

import fcntl
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

from pipelines.domain import OgiError

CHUNK = 1 << 20
PARTIAL = "partial-"
_BLOCK = 8 << 20
_AT_ONCE = 64
_READ_ONLY = 0o444
# Nobody writes a partial file for so long without touching it.
_LEFT_AFTER_S = 3600
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_PATTERN = "*?["
_CHECK = "; check the address, and endpoint and credentials in the environment"
_INSTALL = "uv pip install 'ogi-warehouse[s3]'"


class ArchiveError(OgiError):
    """The archive cannot be reached, or a part of it that is needed cannot be read."""


@dataclass(frozen=True, slots=True)
class Archive:
    """Bytes by sha256 (objects/), how they came in (manifest/) and what was seen where
    (sightings/), below one address: an absolute path, or a URL. Each file is written whole or not
    at all. `folder` is the path of an archive that is a folder. The filesystem keeps no listing,
    since others write there too.

    What fails on the way to a bucket is an `ArchiveError`, in a folder an `OSError`; a file that is
    not there is a `FileNotFoundError` in both.
    """

    address: str
    folder: Path | None
    filesystem: Any
    root: str

    def address_of(self, name: str) -> str:
        """A path or a URL that another process can open."""
        return f"{self.address}/{name}"

    def size(self, name: str) -> int | None:
        """In bytes; None where there is no such file."""
        try:
            with self._reached():
                return int(self.filesystem.info(self._path(name))["size"])
        except FileNotFoundError:
            return None

    def read(self, name: str) -> bytes:
        """The whole file."""
        with self._reached():
            return bytes(self.filesystem.cat_file(self._path(name)))

    def read_all(self, names: Iterable[str]) -> Iterator[bytes]:
        """Whole small files in the order of the names; from a bucket several at a time."""
        if self.folder is not None:  # whose path may look like a pattern to `cat`
            yield from map(self.read, names)
            return
        paths = map(self._path, names)
        while some := list(islice(paths, _AT_ONCE)):
            with self._reached():
                read: dict[str, bytes] = self.filesystem.cat(some, on_error="raise")
            yield from (read[path] for path in some)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file a piece at a time."""
        with (
            self._reached(),
            self.filesystem.open(self._path(name), "rb", block_size=_BLOCK) as file,
        ):
            while chunk := file.read(CHUNK):
                yield chunk

    def files(self, folder: str) -> Iterator[tuple[str, int]]:
        """Name and size of every file below the folder, in the order of names."""
        # A folder at a time: a listing of everything may not fit into memory.
        try:
            with self._reached():
                entries = self.filesystem.ls(self._path(folder), detail=True)
        except FileNotFoundError:
            return
        for entry in sorted(entries, key=itemgetter("name")):
            path = str(entry["name"]).rstrip("/")
            if path == self._path(folder):
                continue  # some stores list a folder in itself
            name = f"{folder}/{path.rpartition('/')[2]}"
            if entry["type"] == "directory":
                yield from self.files(name)
            else:
                yield name, int(entry["size"])

    def write(self, name: str, content: bytes) -> None:
        """Add a file, or replace one that is broken."""
        with self.partial() as file:
            file.write(content)
            self.keep(file, name)

    @contextmanager
    def partial(self) -> Iterator[IO[bytes]]:
        """A file of this machine to write to (`partial-…`); removed at the end unless kept."""
        scratch = Path(tempfile.gettempdir()) if self.folder is None else self.folder / "objects"
        scratch.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=PARTIAL, dir=scratch)
        os.close(handle)
        try:
            with Path(path).open("wb") as file:
                yield file
        finally:
            Path(path).unlink(missing_ok=True)

    def keep(self, partial: IO[bytes], name: str) -> None:
        """Add what was written to a partial file."""
        partial.flush()
        if self.folder is None:
            with self._reached():
                self.filesystem.put_file(partial.name, self._path(name))
            return
        os.fchmod(partial.fileno(), _READ_ONLY)
        # A name never outlives its bytes when the power fails.
        os.fsync(partial.fileno())
        target = self.folder / name
        try:
            Path(partial.name).replace(target)
        except FileNotFoundError:  # the first file of its folder
            target.parent.mkdir(parents=True, exist_ok=True)
            Path(partial.name).replace(target)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One at a time in a folder, where it also removes what a killed process left behind.
        Whoever archives into a bucket twice at once puts the same bytes under the same names."""
        if self.folder is None:
            yield
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            # The kernel lets go of the lock when its holder dies, however it dies.
            fcntl.flock(file, fcntl.LOCK_EX)
            # By age, not by the lock: a crawl puts objects while somebody else holds the lock.
            for left in (self.folder / "objects").glob(f"{PARTIAL}*"):
                if time.time() - left.stat().st_mtime > _LEFT_AFTER_S:
                    left.unlink(missing_ok=True)
            yield

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _reached(self) -> AbstractContextManager[None]:
        return nullcontext() if self.folder is not None else _reached(self.address)


def open_archive(address: str | Path) -> Archive:
    """The archive at a path, or at any URL that fsspec knows (`s3://bucket/prefix`). A folder need
    not be there yet; a bucket must answer.

    Where a bucket is and who asks is told by the environment of its library: for S3
    AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE and the like.

    Raises:
        ArchiveError: fsspec does not know the protocol, its package is missing, nothing answers
            there, or the address is a pattern to fsspec.
    """
    text = str(address).removeprefix("file://")
    if _URL.match(text) is None:
        folder = Path(text).absolute()
        return Archive(str(folder), folder, _fsspec().filesystem("file"), str(folder))
    address = text.rstrip("/")
    if refused := [character for character in _PATTERN if character in address]:
        raise ArchiveError(
            f"{address}: contains {refused[0]}, which fsspec reads as a pattern; choose a prefix"
            f" that contains none of {' '.join(_PATTERN)}"
        )
    with _reached(address):
        filesystem, root = _filesystem_of(address)
        try:
            filesystem.info(root.split("/", 1)[0])
        except FileNotFoundError as error:
            raise ArchiveError(f"{address}: there is no such bucket; make it first") from error
    return Archive(address, None, filesystem, root.rstrip("/"))


def size_at(address: str) -> int:
    """How many bytes lie at a URL that `object_address` gave.

    Raises:
        FileNotFoundError: nothing is there.
        ArchiveError: nothing answers there.
    """
    with _reached(address):
        filesystem, path = _filesystem_of(address)
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
        with _reached(addresses[0]):
            filesystem, _ = _filesystem_of(addresses[0])
            paths = [_filesystem_of(address)[1] for address in addresses]
            filesystem.get(paths, [str(file) for file in files])
        yield files


def _filesystem_of(address: str) -> tuple[Any, str]:
    """fsspec's filesystem for an address, and the path in it."""
    filesystem, path = _fsspec().url_to_fs(address, use_listings_cache=False)
    return filesystem, str(path)


def _fsspec() -> Any:
    import fsspec  # noqa: PLC0415 - a tenth of a second, and not all that import this open one

    return fsspec


@contextmanager
def _reached(address: str) -> Iterator[None]:
    """What fsspec and what is below it raise, as one line with the address.

    Raises:
        FileNotFoundError: that one is left as it is.
        ArchiveError: everything else.
    """
    try:
        yield
    except (FileNotFoundError, ArchiveError, GeneratorExit):
        raise
    except ImportError as error:
        package = f"; {_INSTALL}" if "s3fs" in str(error) else ""
        raise ArchiveError(f"{address}: {_line(error)}{package}") from error
    except Exception as error:  # every filesystem has errors of its own
        raise ArchiveError(f"{address}: cannot be reached: {_line(error)}{_CHECK}") from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
