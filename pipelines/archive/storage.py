"""Where an archive lies: what a folder and a bucket must be able to do, and no more."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from pipelines.domain import OgiError

CHUNK = 1 << 20
PARTIAL = "partial-"


class ArchiveError(OgiError):
    """The archive cannot be reached, or a part of it that is needed cannot be read."""


class Storage(Protocol):
    """Files by name (`objects/ab/abcd…`), each written whole or not at all.

    What fails on the way to a bucket is an `ArchiveError`; a file that is not there is a
    `FileNotFoundError` in both kinds.
    """

    @property
    def address(self) -> str:
        """As people write it: an absolute path, or a URL."""

    @property
    def folder(self) -> Path | None:
        """The folder, where it is one."""

    def address_of(self, name: str) -> str:
        """A path or a URL that another process can open."""

    def size(self, name: str) -> int | None:
        """In bytes; None where there is no such file."""

    def read(self, name: str) -> bytes:
        """The whole file."""

    def read_all(self, names: Iterable[str]) -> Iterator[bytes]:
        """Whole small files in the order of the names, several at a time where that is faster."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file a piece at a time."""

    def files(self, folder: str) -> Iterator[tuple[str, int]]:
        """Name and size of every file below the folder, in the order of names."""

    def write(self, name: str, content: bytes) -> None:
        """Add a file, or replace one that is broken."""

    def scratch(self) -> Path:
        """A folder of this machine for files that are not whole yet (`partial-…`)."""

    def keep(self, partial: Path, name: str) -> None:
        """Add a file out of `scratch`, which is taken away from there."""

    def locked(self) -> AbstractContextManager[None]:
        """One at a time, where that can be had."""
