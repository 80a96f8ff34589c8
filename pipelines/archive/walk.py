"""Paths as a user names them → the files to take, in a fixed order."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

Unreadable = tuple[str, str]
"""A path and the reason why nothing was taken from it, one line."""


def address_of(path: Path) -> str:
    """The absolute path as given, links left alone; bytes that are no UTF-8 (a name in GBK,
    say, out of a zip file) are written `\\xNN`."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")


def walk(paths: Sequence[Path], skip: Path | None, unreadable: list[Unreadable]) -> Iterator[Path]:
    """Every regular file that the paths name or hold, each once, folders in the order of names.

    A folder is entered once, by whichever way comes first, so that links that lead in a circle
    end. Hidden files and folders are passed over unless they are named; `skip` (the archive
    itself) is never entered. What cannot be reached is added to `unreadable`.
    """
    folders: set[tuple[int, int]] = set()
    given: set[Path] = set()
    if skip is not None and skip.exists():
        folders.add(_identity(skip))
    for path in paths:
        for file in _below(path, folders, unreadable):
            if file.absolute() not in given:
                given.add(file.absolute())
                yield file


def _below(
    path: Path, folders: set[tuple[int, int]], unreadable: list[Unreadable]
) -> Iterator[Path]:
    try:
        if path.is_dir():
            if (here := _identity(path)) in folders:
                return
            folders.add(here)
            entries = sorted(path.iterdir())
        elif path.is_file():
            yield path
            return
        else:
            path.stat()
            # A pipe or a device could keep its reader waiting for ever.
            unreadable.append((address_of(path), "not a regular file"))
            return
    except OSError as error:
        unreadable.append((address_of(path), reason_of(error)))
        return
    for entry in entries:
        if not entry.name.startswith("."):
            yield from _below(entry, folders, unreadable)


def reason_of(error: OSError) -> str:
    """The operating system's reason, one line."""
    return error.strerror or str(error)


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
