"""The body of a record as a browser would have seen it: chunks joined, packing undone."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Protocol

import brotli
from backports import zstd

from pipelines.archive.storage import CHUNK
from pipelines.archive.warc.digest import BadBody, Digests
from pipelines.archive.warc.records import Record

_LINE_OF_CHUNK = 64
_GZIP = b"\x1f\x8b"
_SIGNATURES = (_GZIP, b"\x28\xb5\x2f\xfd")  # of gzip and of zstd: nothing else begins so
_OF_GZIP = 16 + zlib.MAX_WBITS


def body_of(record: Record, http: Mapping[str, str], digests: Digests) -> Iterator[bytes]:
    """What is left of the record's block, unpacked as the headers of HTTP say. What is not packed
    as they say is taken as it is: many writers unpack and keep the header.

    Raises:
        BadBody: it ends too early, cannot be unpacked, or is not as a digest of the record says.
        BrokenWarc: the file ends within the record.
    """
    digests.begin_payload()
    chunked = http.get("transfer-encoding", "").lower() == "chunked"
    length = http.get("content-length", "")
    if not chunked and length.isdecimal() and record.left < int(length) and not _packing(http):
        raise BadBody("shorter than its Content-Length")
    chunks = _joined(record) if chunked else iter(record.read, b"")
    chunks = digests.watch(chunks)
    for packing in reversed(_packing(http)):
        if packing not in _UNPACKERS:
            raise BadBody(f"packed as {packing}")
        chunks = digests.watch(_unpacked(_UNPACKERS[packing], chunks))
    yield from chunks
    record.finish()
    digests.check()


def _packing(http: Mapping[str, str]) -> list[str]:
    told = http.get("content-encoding", "").lower().split(",")
    return [name for word in told if (name := word.strip()) not in ("", "identity")]


def _joined(record: Record) -> Iterator[bytes]:
    line = record.line()
    left = _size(line)
    if left is None:
        yield line
        yield from iter(record.read, b"")
        return
    while left:
        while left:
            data = record.read(min(left, CHUNK))
            if not data:
                raise BadBody("ends within a chunk")
            left -= len(data)
            yield data
        if record.line().strip() or (left := _size(record.line())) is None:
            raise BadBody("its chunks are not as long as they say")


def _size(line: bytes) -> int | None:
    if not line.endswith(b"\n") or len(line) > _LINE_OF_CHUNK:
        return None
    try:
        size = int(line.partition(b";")[0], 16)
    except ValueError:
        return None
    return size if size >= 0 else None


class _Unpacker(Protocol):
    """Takes packed bytes piece by piece, gives unpacked ones in bounded pieces, and raises an
    exception of its library where they are not packed so."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...

    @property
    def is_done(self) -> bool: ...


def _unpacked(make: Callable[[], _Unpacker], chunks: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = make()
    held: list[bytes] | None = []  # what went in, until something comes out
    for chunk in chunks:
        if held is not None:
            held.append(chunk)
        try:
            for data in unpacker.feed(chunk):
                held = None
                yield data
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            if held is None or b"".join(held).startswith(_SIGNATURES):
                raise BadBody(f"cannot be unpacked: {error}") from error
            yield from held
            yield from chunks
            return
    if held != [] and not unpacker.is_done:
        raise BadBody("ends within its packing")


class _Zlib:
    """Gzip, in as many members as there are, or deflate with its header or without."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inflate = zlib.decompressobj(wbits)
        self._is_fresh = True

    @property
    def is_done(self) -> bool:
        return self._inflate.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        is_full = False
        while data or is_full:
            if self._inflate.eof:
                if self._wbits != _OF_GZIP or not data.startswith(_GZIP):
                    return  # what browsers leave alone too
                self._inflate = zlib.decompressobj(self._wbits)
            unpacked = self._next(data)
            data = self._inflate.unused_data or self._inflate.unconsumed_tail
            is_full = len(unpacked) == CHUNK and not self._inflate.eof
            if unpacked:
                yield unpacked

    def _next(self, data: bytes) -> bytes:
        try:
            unpacked = self._inflate.decompress(data, CHUNK)
        except zlib.error:
            if not self._is_fresh or self._wbits != zlib.MAX_WBITS:
                raise
            self._wbits = -zlib.MAX_WBITS
            self._inflate = zlib.decompressobj(self._wbits)
            unpacked = self._inflate.decompress(data, CHUNK)
        self._is_fresh = False
        return unpacked


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    @property
    def is_done(self) -> bool:
        return bool(self._decompressor.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self.is_done:
            return
        yield from _some(self._decompressor.process(data, output_buffer_limit=CHUNK))
        while not self._decompressor.can_accept_more_data():
            yield from _some(self._decompressor.process(b"", output_buffer_limit=CHUNK))


class _Zstd:
    def __init__(self) -> None:
        self._decompressor = zstd.ZstdDecompressor()

    @property
    def is_done(self) -> bool:
        return bool(self._decompressor.eof)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self.is_done:
                if not data:
                    return
                self._decompressor = zstd.ZstdDecompressor()  # the next frame
            yield from _some(self._decompressor.decompress(data, CHUNK))
            data = self._decompressor.unused_data if self.is_done else b""
            if not self.is_done and self._decompressor.needs_input:
                return


def _some(data: bytes) -> Iterator[bytes]:
    if data:
        yield data


_UNPACKERS: dict[str, Callable[[], _Unpacker]] = {
    "gzip": partial(_Zlib, _OF_GZIP),
    "x-gzip": partial(_Zlib, _OF_GZIP),
    "deflate": partial(_Zlib, zlib.MAX_WBITS),
    "br": _Brotli,
    "zstd": _Zstd,
}
