"""The archive → a WARC, which other people's tools read and `warc_import` reads back as it was."""

import datetime as dt
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines import __version__
from pipelines.archive.manifest import manifest, sightings
from pipelines.archive.objects import object_address, object_name
from pipelines.archive.storage import Archive, ArchiveError
from pipelines.archive.warc.rows import MEDIA_TYPE, written
from pipelines.domain import Provenance, Sighting

_WEB = ("http://", "https://")
_IN_A_URI = "!#$%&'()*+,/:;=?@[]~"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_READABLE = 0o644
# The payload is kept as it was before it was packed for the wire.
_OF_THE_WIRE = {"content-encoding", "transfer-encoding", "content-length"}

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What is in the file: rows of the manifest, and sightings."""

    rows: int
    sightings: int


def export_warc(
    archive: Archive,
    file: Path,
    *,
    source: str | None = None,
    since: dt.date | None = None,
    on_row: Callable[[int, int], None] | None = None,
) -> ExportReport:
    """Write what came from `source` (all of them) on or after `since` (UTC) to a WARC, each record
    in gzip of its own where the name ends in `.gz`. The same archive gives the same bytes.

    The documents that a chosen sighting names are in it too, whatever their source and age.
    `on_row` hears how many rows of how many are done. The file is there only when it is whole.

    Raises:
        ArchiveError: the file is there already, or its folder is not; a document is not there or
            not as its sum says; the bucket does not answer.
    """
    if file.exists():
        raise ArchiveError(f"{file}: is there already; take it away, or name another file")
    if not file.parent.is_dir():
        raise ArchiveError(f"{file.parent}: is no folder; make it first")
    since = since or dt.date.min
    seen = [
        row
        for row in (Sighting(**told) for told in sightings(archive).to_pylist())
        if source in (None, row.source) and row.seen_at.date() >= since
    ]
    seen_documents = {row.document_sha256 for row in seen}
    rows = [
        row
        for row in map(_provenance, manifest(archive).to_pylist())
        if row.document_sha256 in seen_documents
        or (source in (None, row.source) and row.archived_at.date() >= since)
    ]
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            writer = _Writer(archive, out, is_packed=file.suffix == ".gz")
            writer.write_info([r.archived_at for r in rows] + [s.seen_at for s in seen])
            for done, row in enumerate(sorted(rows, key=_order), 1):
                writer.write_row(row)
                if on_row is not None:
                    on_row(done, len(rows))
            for sighting in seen:
                writer.write_sighting(sighting)
        partial.chmod(_READABLE)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return ExportReport(len(rows), len(seen))


def _provenance(row: dict[str, Any]) -> Provenance:
    return Provenance(**{**row, "headers": dict(row["headers"] or ())})


def _order(row: Provenance) -> tuple[dt.datetime, str, str]:
    return row.archived_at, row.address, row.document_sha256


class _Writer:
    """Records one after the other. Before each document stands a metadata record with its row, so
    that who reads the file as it comes knows what to make of it."""

    def __init__(self, archive: Archive, out: BinaryIO, *, is_packed: bool) -> None:
        self._archive = archive
        self._warc = WARCWriter(out, gzip=is_packed, warc_version="1.1")
        self._answers: dict[str, Provenance] = {}  # the response that holds a document's bytes
        self._written: set[_Pair] = set()

    def write_info(self, moments: Sequence[dt.datetime]) -> None:
        info = f"software: ogi-warehouse {__version__}\r\nformat: WARC File Format 1.1\r\n".encode()
        newest = max(moments, default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
        headers = {"WARC-Record-ID": _id("warcinfo"), "WARC-Date": _date(newest)}
        self._write(
            "",
            "warcinfo",
            payload=BytesIO(info),
            length=len(info),
            media_type="application/warc-fields",
            headers=headers,
        )

    def write_row(self, row: Provenance) -> None:
        identity = _id_of(row.document_sha256, row.address)
        self._write_metadata(row, row.address, row.archived_at, identity)
        self._written.add((row.document_sha256, row.address))
        date = _date(row.archived_at)
        digest = f"sha256:{row.document_sha256}"
        headers = {"WARC-Record-ID": identity, "WARC-Date": date}
        if row.status is None or not row.address.startswith(_WEB):
            headers["WARC-Payload-Digest"] = digest
            self._write(
                _uri(row.address),
                "resource",
                payload=self._document(row),
                length=row.bytes,
                media_type="application/octet-stream",
                headers=headers,
            )
            return
        uri, http = _answered_at(row), _http(row, row.status)
        if (first := self._answers.setdefault(row.document_sha256, row)) is not row:
            first_uri, first_date = _answered_at(first), _date(first.archived_at)
            headers["WARC-Refers-To"] = _id_of(first.document_sha256, first.address)
            self._warc.write_record(
                self._warc.create_revisit_record(
                    uri, digest, first_uri, first_date, http_headers=http, warc_headers_dict=headers
                )
            )
            return
        headers["WARC-Payload-Digest"] = digest
        self._write(
            uri,
            "response",
            payload=self._document(row),
            length=row.bytes,
            media_type="application/http; msgtype=response",
            headers=headers,
            http=http,
        )

    def write_sighting(self, sighting: Sighting) -> None:
        pair = (sighting.document_sha256 or "", sighting.address)
        identity = _id_of(*pair) if pair in self._written else None
        self._write_metadata(sighting, sighting.address, sighting.seen_at, identity)

    def _write_metadata(
        self, row: Provenance | Sighting, address: str, moment: dt.datetime, about: str | None
    ) -> None:
        content = written(row)
        name = hashlib.sha256(content).hexdigest()
        headers = {"WARC-Record-ID": _id(f"metadata {name}"), "WARC-Date": _date(moment)}
        if about is not None:
            headers["WARC-Refers-To"] = about
        self._write(
            _uri(address),
            "metadata",
            payload=BytesIO(content),
            length=len(content),
            media_type=MEDIA_TYPE,
            headers=headers,
        )

    def _write(
        self,
        uri: str,
        kind: str,
        *,
        payload: Any,
        length: int,
        media_type: str,
        headers: dict[str, str],
        http: StatusAndHeaders | None = None,
    ) -> None:
        self._warc.write_record(
            self._warc.create_warc_record(
                uri,
                kind,
                payload=payload,
                length=length,
                warc_content_type=media_type,
                warc_headers_dict=headers,
                http_headers=http,
            )
        )

    def _document(self, row: Provenance) -> "_Checked":
        return _Checked(
            self._archive.chunks(object_name(row.document_sha256)),
            row,
            object_address(self._archive, row.document_sha256),
        )


class _Checked:
    """The bytes of a document as a file that is read once. warcio keeps them (in a file, where
    they are many) until it has read all, so that nothing of a wrong object is written."""

    def __init__(self, chunks: Iterator[bytes], row: Provenance, address: str) -> None:
        self._chunks = chunks
        self._row = row
        self._address = address
        self._sum = hashlib.sha256()
        self._length = 0

    def read(self, _: int) -> bytes:
        try:
            chunk = next(self._chunks, b"")
        except FileNotFoundError as error:
            raise ArchiveError(f"{self._address}: is not there; {_VERIFY}") from error
        self._sum.update(chunk)
        self._length += len(chunk)
        told = (self._row.document_sha256, self._row.bytes)
        if not chunk and (self._sum.hexdigest(), self._length) != told:
            raise ArchiveError(f"{self._address}: is not as its sum and length say; {_VERIFY}")
        return chunk


_VERIFY = "ogi archive verify tells all that is broken"


def _http(row: Provenance, status: int) -> StatusAndHeaders:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    # Such as HTTP may have, on one line each: what they were to the letter stands in the row.
    headers = [
        (name, " ".join(value.split()))
        for name, value in row.headers.items()
        if _TOKEN.fullmatch(name) and name.lower() not in _OF_THE_WIRE
    ]
    headers.append(("content-length", str(row.bytes)))
    return StatusAndHeaders(f"{status} {phrase}", headers, protocol="HTTP/1.1")


def _answered_at(row: Provenance) -> str:
    return _uri(row.answered_from or row.address)


def _uri(address: str) -> str:
    if address.startswith("/"):
        return f"file://{quote(address)}"
    if "://" in address:
        return quote(address, safe=_IN_A_URI)
    return f"urn:ogi:{quote(address, safe='')}"


def _date(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _id_of(sha256: str, address: str) -> str:
    return _id(f"document {sha256} {address}")


def _id(name: str) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, name)}>"
