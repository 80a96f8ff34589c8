"""A WARC file → its records, one after the other, strictly.

warcio reads on where a file is broken: it takes a gzip error for the end of the file and a wrong
length for the next record. Here what is not whole is told, with its place.
"""

import io
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO, Protocol

from pipelines.archive.storage import CHUNK

_MOST_LINE = 1 << 16
_MOST_HEADERS = 1 << 18
_NUMBER = re.compile(r"[0-9]{1,18}")
_GZIP = b"\x1f\x8b"
_OF_GZIP = 16 + zlib.MAX_WBITS


class BrokenWarc(Exception):  # noqa: N818 - as UnreadableDocument
    """From the record at `offset` (bytes into the file as it lies there) on nothing is sure."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(problem)
        self.offset = offset
        self.problem = problem


class Hash(Protocol):
    """What `hashlib.new` gives."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...

    def digest(self) -> bytes: ...


class Record:
    """One record: its headers (names in lower case), where it begins in the file, and its block,
    which is read once. Every hash in `watched` sees what is read from then on."""

    def __init__(
        self,
        headers: dict[str, str],
        *,
        offset: int,
        length: int,
        lines: "_Lines",
        end_of_line: bytes,
    ) -> None:
        self.headers = headers
        self.offset = offset
        self.left = length
        self.watched: list[Hash] = []
        self._lines = lines
        self._end_of_line = end_of_line
        self._is_finished = False

    def read(self, most: int = CHUNK) -> bytes:
        """The next bytes of the block; none at its end.

        Raises:
            BrokenWarc: the file ends before.
        """
        return self._seen(self._lines.read(min(most, self.left), self.offset))

    def line(self) -> bytes:
        """The next line of the block, or as much of it as a line may have.

        Raises:
            BrokenWarc: the file ends before.
        """
        return self._seen(self._lines.line(min(_MOST_LINE, self.left), self.offset))

    def http_headers(self) -> tuple[str, dict[str, str]]:
        """The status line with which the block begins, and its headers.

        Raises:
            BrokenWarc: the file ends before; there are too many.
        """
        return _header_block(self.line().decode("latin-1").strip(), self.line, self.offset)

    def finish(self) -> None:
        """Read what is left, and see that the record ends where its length says.

        Raises:
            BrokenWarc: it does not.
        """
        if self._is_finished:
            return
        while self.read():
            pass
        self._is_finished = True
        # Two empty lines; at the end of a file they may be missing.
        ends = [self._lines.line(_MOST_LINE, self.offset) for _ in range(2)]
        if any(end not in (self._end_of_line, b"") for end in ends):
            raise BrokenWarc(self.offset, "the record does not end where its Content-Length says")

    def _seen(self, data: bytes) -> bytes:
        if not data and self.left:
            raise BrokenWarc(self.offset, "the file ends within the record")
        self.left -= len(data)
        for hashed in self.watched:
            hashed.update(data)
        return data


def records(file: BinaryIO) -> Iterator[Record]:
    """Every record of a WARC, plain or gzip. One is finished before the next is given.

    Raises:
        BrokenWarc: the first thing that is not as it should be.
    """
    lines = _Lines(file)
    while True:
        line = b"\n"
        while line and not line.strip():
            offset = lines.offset
            line = lines.line(_MOST_LINE, offset)
        if not line:
            return
        if not line.startswith(b"WARC/"):
            raise BrokenWarc(offset, "no WARC record begins here")
        version = line.decode("latin-1").strip()
        _, headers = _header_block(version, partial(lines.line, _MOST_LINE, offset), offset)
        length = headers.get("content-length", "")
        if not _NUMBER.fullmatch(length):
            raise BrokenWarc(offset, "the record does not say how long it is")
        end_of_line = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        record = Record(
            headers, offset=offset, length=int(length), lines=lines, end_of_line=end_of_line
        )
        yield record
        record.finish()


def _header_block(
    first: str, line_of: Callable[[], bytes], offset: int
) -> tuple[str, dict[str, str]]:
    """The first line, and the headers up to the empty line. Of two with one name both values
    count, as HTTP has it."""
    headers: dict[str, str] = {}
    name = ""
    total = 0
    while line := line_of().rstrip(b"\r\n"):
        total += len(line)
        if total > _MOST_HEADERS:
            raise BrokenWarc(offset, f"more than {_MOST_HEADERS:,} bytes of headers")
        text = _text(line)
        if text[0] in " \t":  # the line before goes on
            if name:
                headers[name] = f"{headers[name]} {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower() if colon else ""
        if name:
            value = value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return first, headers


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


class _Lines:
    """The unpacked file, by lines and pieces."""

    def __init__(self, file: BinaryIO) -> None:
        start = file.read(len(_GZIP))
        file.seek(0)
        self._gzip = _Gzip(file) if start == _GZIP else None
        self._file = io.BufferedReader(self._gzip, CHUNK) if self._gzip else file
        self._given = 0

    @property
    def offset(self) -> int:
        """Where what comes next begins: in a gzip file, the member that it is in."""
        return self._gzip.offset_of(self._given) if self._gzip else self._given

    def read(self, most: int, record: int) -> bytes:
        return self._next(self._file.read, most, record)

    def line(self, most: int, record: int) -> bytes:
        return self._next(self._file.readline, most, record)

    def _next(self, read: Callable[[int], bytes], most: int, record: int) -> bytes:
        try:
            data = read(most)
        except (zlib.error, EOFError) as error:
            raise BrokenWarc(record, f"broken gzip: {error}") from error
        self._given += len(data)
        return data


class _Gzip(io.RawIOBase):
    """Members of gzip, one after the other, unpacked in bounded memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packed = b""
        self._fetched = 0
        self._given = 0
        self._inflate: Any = None
        self._members = deque([(0, 0)])  # where each begins: in what is given, in the file

    def offset_of(self, position: int) -> int:
        while len(self._members) > 1 and self._members[1][0] <= position:
            self._members.popleft()
        return self._members[0][1]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if not self._packed:
                self._packed = self._file.read(CHUNK)
                self._fetched += len(self._packed)
            if not self._packed:
                if self._inflate is not None:  # its sum comes last, when all is unpacked
                    raise EOFError("the file ends within a member")
                return 0
            if self._inflate is None:
                self._packed = self._packed.lstrip(b"\0")  # some writers fill up blocks
                if not self._packed:
                    continue
                self._members.append((self._given, self._fetched - len(self._packed)))
                self._inflate = zlib.decompressobj(_OF_GZIP)
            data = self._inflate.decompress(self._packed, len(buffer))
            self._packed = self._inflate.unconsumed_tail
            if self._inflate.eof:
                self._packed = self._inflate.unused_data
                self._inflate = None
            if data:
                buffer[: len(data)] = data
                self._given += len(data)
                return len(data)
