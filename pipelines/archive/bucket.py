"""An archive in a bucket, or wherever fsspec leads: a put a file, which is whole or fails."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from pipelines.archive.storage import ArchiveError

_BLOCK = 8 << 20
_AT_ONCE = 64
_PATTERN = "*?["
_CHECK = "; check the address, and endpoint and credentials in the environment"
_INSTALL = "uv pip install 'ogi-warehouse[s3]'"


@contextmanager
def told(address: str) -> Iterator[None]:
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


def open_bucket(address: str) -> "Bucket":
    """The bucket at an address, once it has answered.

    Raises:
        ArchiveError: fsspec does not know the protocol, its package is missing, nothing answers
            there, or the address is a pattern to fsspec.
    """
    if refused := [character for character in _PATTERN if character in address]:
        raise ArchiveError(
            f"{address}: contains {refused[0]}, which fsspec reads as a pattern; choose a prefix"
            f" that contains none of {' '.join(_PATTERN)}"
        )
    with told(address):
        filesystem, root = filesystem_of(address)
        try:
            filesystem.info(root.split("/", 1)[0])
        except FileNotFoundError as error:
            raise ArchiveError(f"{address}: there is no such bucket; make it first") from error
    return Bucket(address, filesystem, root.rstrip("/"))


def filesystem_of(address: str) -> tuple[Any, str]:
    """fsspec's filesystem for an address, and the path in it."""
    import fsspec  # noqa: PLC0415 - a tenth of a second, and most archives are folders

    # No listing is kept: other processes write there too.
    filesystem, path = fsspec.url_to_fs(address, use_listings_cache=False)
    return filesystem, str(path)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


@dataclass(frozen=True, slots=True)
class Bucket:
    """Files below `root` of an fsspec filesystem that is asked anew each time, since others write
    there too."""

    address: str
    filesystem: Any
    root: str

    @property
    def folder(self) -> Path | None:
        return None

    def address_of(self, name: str) -> str:
        return f"{self.address}/{name}"

    def size(self, name: str) -> int | None:
        try:
            with told(self.address):
                return int(self.filesystem.info(self._path(name))["size"])
        except FileNotFoundError:
            return None

    def read(self, name: str) -> bytes:
        with told(self.address):
            return bytes(self.filesystem.cat_file(self._path(name)))

    def read_all(self, names: Iterable[str]) -> Iterator[bytes]:
        paths = map(self._path, names)
        while some := list(islice(paths, _AT_ONCE)):
            with told(self.address):
                read: dict[str, bytes] = self.filesystem.cat(some, on_error="raise")
            yield from (read[path] for path in some)

    def chunks(self, name: str) -> Iterator[bytes]:
        with (
            told(self.address),
            self.filesystem.open(self._path(name), "rb", block_size=_BLOCK) as file,
        ):
            while chunk := file.read(_BLOCK):
                yield chunk

    def files(self, folder: str) -> Iterator[tuple[str, int]]:
        # A folder at a time: a listing of everything may not fit into memory.
        try:
            with told(self.address):
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
        with told(self.address):
            self.filesystem.pipe_file(self._path(name), content)

    def scratch(self) -> Path:
        return Path(tempfile.gettempdir())

    def keep(self, partial: Path, name: str) -> None:
        with told(self.address):
            self.filesystem.put_file(str(partial), self._path(name))
        partial.unlink()

    def locked(self) -> nullcontext[None]:
        """Nothing: who archives twice at once puts the same bytes under the same names."""
        return nullcontext()

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"
