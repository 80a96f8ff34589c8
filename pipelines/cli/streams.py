"""Standard input, output and error, also where the caller has closed them."""

import io
import os
import sys

OUTPUT = "standard output"


def open_streams() -> None:
    """Replace the standard streams: UTF-8, and each of them open.

    A closed stream becomes the null device. Its descriptor would otherwise go to the next file that
    is opened, and what a library prints would be written into that file.
    """
    closed = [n for n, s in enumerate((sys.stdin, sys.stdout, sys.stderr)) if s is None]
    for descriptor in closed:
        null = os.open(os.devnull, os.O_RDWR)
        if null != descriptor:
            os.dup2(null, descriptor)
            os.close(null)
    if 0 in closed:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
    sys.stdout = _text(_Output(1, "w", closefd=False))
    sys.stderr = _text(_Diagnostics(2, "w", closefd=False))


def discard_output() -> None:
    """Let what is still buffered for standard output go to the null device, so that the interpreter
    can flush it when it ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def _text(raw: io.FileIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=raw.isatty() or isinstance(raw, _Diagnostics),
    )


class _Output(io.FileIO):
    """Standard output. Its errors name it: without that they look like those of any file."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override] # any buffer, as FileIO
        try:
            return super().write(data)
        except OSError as error:
            error.filename = OUTPUT
            raise


class _Diagnostics(io.FileIO):
    """Standard error. A message that cannot be written changes no result and no exit status."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override] # as above
        try:
            return super().write(data)
        except OSError:
            return len(data)
