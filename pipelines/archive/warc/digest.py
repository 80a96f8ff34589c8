"""Digests that a WARC gives of its payloads, in the ways in which they are written."""

import base64
import hashlib
from collections.abc import Iterator

from pipelines.archive.warc.records import Hash, Record

_KNOWN = {"md5", "sha1", "sha256", "sha384", "sha512"}


class BadBody(Exception):  # noqa: N818 - as UnreadableDocument
    """The body cannot be unpacked, or is not whole; the record is, and the next may be read."""


class Digest:
    """A digest as WARCs write it: `sha1:` in base 32, `sha256:` in hexadecimal, and the like."""

    def __init__(self, label: str) -> None:
        name, _, value = label.strip().partition(":")
        self.name = name.lower().replace("-", "")
        self.value = value.strip()

    def new(self) -> Hash | None:
        """An empty hash of that kind; None where it is unknown."""
        return hashlib.new(self.name) if self.name in _KNOWN and self.value else None

    def fits(self, hashed: Hash) -> bool:
        """Whether it is the digest of what `hashed` saw."""
        digest = hashed.digest()
        return self.value.rstrip("=") in (
            base64.b32encode(digest).decode().rstrip("="),
            base64.b64encode(digest).decode().rstrip("="),
            base64.urlsafe_b64encode(digest).decode().rstrip("="),
        ) or self.value.lower() in (
            digest.hex(),
            base64.b32encode(digest).decode().rstrip("=").lower(),
        )


class Digests:
    """Those of one record. Some writers take that of the payload before its chunks are joined, some
    after, and some after all is unpacked: it must fit one of them."""

    def __init__(self, record: Record) -> None:
        """Before anything of the block is read."""
        self._record = record
        self._block = Digest(record.headers.get("warc-block-digest", ""))
        self._of_block = self._watching(self._block)
        self._payload = Digest(record.headers.get("warc-payload-digest", ""))
        self._of_payload: list[Hash] = []

    def begin_payload(self) -> None:
        """Once the headers of HTTP are read, where there are any."""
        self._of_payload += self._watching(self._payload)

    def watch(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same chunks, as one more form that the payload may have had."""
        if (hashed := self._payload.new()) is None:
            return chunks
        self._of_payload.append(hashed)
        return _watched(chunks, hashed)

    def check(self) -> None:
        """To be called when the record was read to its end.

        Raises:
            BadBody: one does not fit.
        """
        if self._of_payload and not any(map(self._payload.fits, self._of_payload)):
            raise BadBody("not as its WARC-Payload-Digest says")
        if self._of_block and not any(map(self._block.fits, self._of_block)):
            raise BadBody("not as its WARC-Block-Digest says")

    def _watching(self, digest: Digest) -> list[Hash]:
        if (hashed := digest.new()) is None:
            return []
        self._record.watched.append(hashed)
        return [hashed]


def _watched(chunks: Iterator[bytes], hashed: Hash) -> Iterator[bytes]:
    for chunk in chunks:
        hashed.update(chunk)
        yield chunk
