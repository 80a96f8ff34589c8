"""An archive in a folder: plain files, read-only, by rename."""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.storage import CHUNK, PARTIAL

_READ_ONLY = 0o444
# Nobody writes a partial file for so long without touching it.
_LEFT_AFTER_S = 3600


@dataclass(frozen=True, slots=True)
class Folder:
    """Files below an absolute path."""

    folder: Path

    @property
    def address(self) -> str:
        return str(self.folder)

    def address_of(self, name: str) -> str:
        return str(self.folder / name)

    def size(self, name: str) -> int | None:
        try:
            return (self.folder / name).stat().st_size
        except FileNotFoundError:
            return None

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def read_all(self, names: Iterable[str]) -> Iterator[bytes]:
        return map(self.read, names)

    def chunks(self, name: str) -> Iterator[bytes]:
        with (self.folder / name).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def files(self, folder: str) -> Iterator[tuple[str, int]]:
        try:
            entries = sorted(os.scandir(self.folder / folder), key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        for entry in entries:
            name = f"{folder}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from self.files(name)
            else:
                yield name, entry.stat(follow_symlinks=False).st_size

    def write(self, name: str, content: bytes) -> None:
        handle, partial = tempfile.mkstemp(prefix=PARTIAL, dir=self.scratch())
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            self.keep(Path(partial), name)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise

    def scratch(self) -> Path:
        folder = self.folder / "objects"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def keep(self, partial: Path, name: str) -> None:
        partial.chmod(_READ_ONLY)
        target = self.folder / name
        try:
            partial.replace(target)
        except FileNotFoundError:  # the first file of its folder
            target.parent.mkdir(parents=True, exist_ok=True)
            partial.replace(target)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Also takes away what a killed process left behind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            # The kernel lets go of the lock when its holder dies, however it dies.
            fcntl.flock(file, fcntl.LOCK_EX)
            self._remove_partial()
            yield

    def _remove_partial(self) -> None:
        # By age, not by the lock: a crawl puts objects while somebody else holds the lock.
        for left in (self.folder / "objects").glob(f"{PARTIAL}*"):
            if time.time() - left.stat().st_mtime > _LEFT_AFTER_S:
                left.unlink(missing_ok=True)
