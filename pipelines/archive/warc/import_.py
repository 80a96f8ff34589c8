"""WARCs, our own and those of other crawlers → the archive."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.archive.manifest import known_pairs, manifest, record, sightings
from pipelines.archive.objects import store_chunks
from pipelines.archive.storage import Archive, ArchiveError
from pipelines.archive.warc.body import body_of
from pipelines.archive.warc.choice import name_of, reason_against
from pipelines.archive.warc.digest import BadBody, Digests
from pipelines.archive.warc.links import Elsewhere, Redirects, Stored
from pipelines.archive.warc.records import BrokenWarc, Record, records
from pipelines.archive.warc.rows import MEDIA_TYPE, parsed
from pipelines.domain import Provenance, Sighting

SOURCE = "warc"
_ROWS_AT_ONCE = 1000
_MOST_METADATA = 1 << 20
_STATUS = re.compile(r"HTTP/[0-9.]+\s+([0-9]{3})\b")
_REDIRECT = range(300, 400)
_NOT_MODIFIED = 304
_PAYLOAD = {"response", "resource", "revisit"}
_FRACTION = re.compile(r"\.(\d{6})\d+")


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """What could not be taken: the file, where in it the record begins (bytes into the file as it
    lies there; of packed ones the gzip member), and why."""

    file: Path
    offset: int
    problem: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was taken: documents that were `new` and that were `known`, `rows` new in the manifest
    and new `sightings`; what was passed over, by reason; what is `broken`."""

    new: int
    known: int
    rows: int
    sightings: int
    passed_over: Mapping[str, int]
    broken: tuple[BrokenRecord, ...]


def import_warcs(
    files: Sequence[Path],
    archive: Archive,
    *,
    max_bytes: int,
    on_record: Callable[[int], None] | None = None,
) -> ImportReport:
    """Take every document of the files into the archive, a record at a time, with what the files
    tell of where it came from; rows that `export_warc` wrote come back as they were.

    Of other crawls what answered with status 200 and may be a document is taken, up to `max_bytes`
    unpacked. Where a file is broken, what stands before is taken, and the next file is read.
    `on_record` hears how many records are done. Rows are recorded by the thousand: a call that is
    killed is completed by the next.

    Raises:
        ArchiveError: a file is not there; a shard cannot be read; the bucket does not answer.
    """
    for file in files:
        if not file.is_file():
            raise ArchiveError(f"{file}: is no file")
    taken = _Import(archive, max_bytes)
    done = 0
    for file in files:
        with file.open("rb") as opened:
            for _ in taken.take(file, records(opened)):
                done += 1
                if on_record is not None:
                    on_record(done)
    return taken.completed()


class _PassedOver(Exception):  # noqa: N818 - no error
    """Its text is the reason."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a record tells of the bytes it stands for."""

    uri: str
    moment: dt.datetime
    status: int | None
    headers: Mapping[str, str]
    keys: tuple[str, ...]  # by which other records name these bytes
    refers_to: tuple[str, ...]  # by which a revisit names the bytes it stands for


class _Import:
    """One call, over all its files."""

    def __init__(self, archive: Archive, max_bytes: int) -> None:
        self._archive = archive
        self._max_bytes = max_bytes
        self._pairs = known_pairs(archive)
        self._documents = {sha256 for sha256, _ in self._pairs}
        seen = sightings(archive).select(["address", "seen_at", "source", "document_sha256"])
        self._seen = {tuple(row.values()) for row in seen.to_pylist()}
        self._rows: list[Provenance] = []
        self._sightings: list[Sighting] = []
        self._told: dict[str, Provenance] = {}  # by the id of the record that has the bytes
        self._redirects = Redirects()
        self._elsewhere = Elsewhere()
        self._at: dict[str, Stored] = {}
        self._revisits: list[_Answer] = []
        self._early: list[Sighting] = []
        self._passed_over: Counter[str] = Counter()
        self._broken: list[BrokenRecord] = []
        self._counts: Counter[str] = Counter()
        self._is_archive_known = False

    def take(self, file: Path, found: Iterator[Record]) -> Iterator[None]:
        """All records of a file, or those before the first that is broken."""
        try:
            for one in found:
                try:
                    self._take(one)
                    one.finish()
                except _PassedOver as reason:
                    self._passed_over[str(reason)] += 1
                except BadBody as error:
                    uri = one.headers.get("warc-target-uri", "").strip("<>")
                    self._broken.append(BrokenRecord(file, one.offset, f"{uri}: {error}"))
                yield
        except BrokenWarc as error:
            self._broken.append(BrokenRecord(file, error.offset, error.problem))

    def completed(self) -> ImportReport:
        """The report, once what had to wait for other records is taken or passed over."""
        for answer in self._revisits:
            if (stored := self._find(answer)) is None:
                self._passed_over["a revisit of bytes that are not here"] += 1
            else:
                self._add_answer(answer, stored)
        for sighting in self._early:
            if sighting.document_sha256 in self._documents:
                self._add_sighting(sighting)
            else:
                self._passed_over["a sighting of a document that is not here"] += 1
        self._flush()
        return ImportReport(
            new=self._counts["new"],
            known=self._counts["known"],
            rows=self._counts["rows"],
            sightings=self._counts["sightings"],
            passed_over=dict(sorted(self._passed_over.items())),
            broken=tuple(self._broken),
        )

    def _take(self, one: Record) -> None:
        kind = one.headers.get("warc-type", "").lower()
        if kind == "metadata" and one.headers.get("content-type") == MEDIA_TYPE:
            self._take_metadata(one)
            return
        if kind not in _PAYLOAD:
            raise _PassedOver(f"a {kind or 'nameless'} record")
        row = self._told.pop(one.headers.get("warc-record-id", ""), None)
        if "warc-truncated" in one.headers:
            raise _PassedOver("truncated when it was fetched")
        if "warc-segment-number" in one.headers:
            raise _PassedOver("in segments")
        digests = Digests(one)
        if row is not None:
            self._take_told(one, kind, row, digests)
            return
        answer = _answer_of(one, kind)
        if kind == "revisit":
            self._take_revisit(one, answer, digests)
            return
        if answer.status in _REDIRECT and "location" in answer.headers:
            self._redirect(answer)
            raise _PassedOver("a redirect")
        if (reason := reason_against(answer.uri, answer.status, answer.headers)) is not None:
            raise _PassedOver(reason)
        self._add_answer(answer, self._store(one, answer.headers, digests))

    def _take_metadata(self, one: Record) -> None:
        if one.left > _MOST_METADATA:
            raise _PassedOver("a metadata record")
        content = b"".join(iter(one.read, b""))
        row = parsed(content)
        if isinstance(row, Provenance):
            self._told[one.headers.get("warc-refers-to", "")] = row
        elif isinstance(row, Sighting):
            if row.document_sha256 is None or row.document_sha256 in self._documents:
                self._add_sighting(row)
            else:
                self._early.append(row)
        else:
            raise _PassedOver("a metadata record")

    def _take_told(self, one: Record, kind: str, row: Provenance, digests: Digests) -> None:
        """A record of which a row of ours tells everything."""
        if kind == "revisit":
            one.finish()
            digests.check()
            if row.document_sha256 not in self._documents:
                raise BadBody("a revisit of bytes that are not here")
        else:
            if kind == "response":
                one.http_headers()
            stored = self._store(one, {}, digests, may_be_empty=True, expected=row)
            self._elsewhere.add([f"id {one.headers.get('warc-record-id')}"], stored)
        self._add_row(row)

    def _take_revisit(self, one: Record, answer: _Answer, digests: Digests) -> None:
        one.finish()
        digests.check()
        if answer.status == _NOT_MODIFIED or "not-modified" in one.headers.get("warc-profile", ""):
            raise _PassedOver("not modified")
        if (reason := reason_against(answer.uri, answer.status, answer.headers)) is not None:
            raise _PassedOver(reason)
        if (stored := self._elsewhere.find(answer.refers_to)) is not None:
            self._add_answer(answer, stored)
        else:
            self._revisits.append(answer)

    def _find(self, answer: _Answer) -> Stored | None:
        """The bytes of a revisit, if need be in what was archived before."""
        if (
            stored := self._elsewhere.find(answer.refers_to)
        ) is None and not self._is_archive_known:
            self._is_archive_known = True
            for row in manifest(self._archive).to_pylist():
                known = Stored(row["document_sha256"], row["bytes"])
                uris = {row["address"], row["answered_from"] or row["address"]}
                self._elsewhere.add(
                    [
                        f"sum sha256:{known.sha256}",
                        *(_moment_key(uri, row["archived_at"]) for uri in uris),
                    ],
                    known,
                )
            stored = self._elsewhere.find(answer.refers_to)
        return stored

    def _store(
        self,
        one: Record,
        http: Mapping[str, str],
        digests: Digests,
        *,
        may_be_empty: bool = False,
        expected: Provenance | None = None,
    ) -> Stored:
        """Nothing is kept where the body raises."""

        def chunks() -> Iterator[bytes]:
            length = 0
            for chunk in body_of(one, http, digests):
                length += len(chunk)
                if length > self._max_bytes and expected is None:
                    raise _PassedOver(f"over {self._max_bytes:,} bytes (OGI_MAX_DOCUMENT_BYTES)")
                yield chunk
            if not length and not may_be_empty:
                raise _PassedOver("empty")

        stored = Stored(*store_chunks(self._archive, chunks()))
        if expected and (stored.sha256, stored.bytes) != (expected.document_sha256, expected.bytes):
            raise BadBody("other bytes than its row tells of")
        return stored

    def _add_answer(self, answer: _Answer, stored: Stored) -> None:
        self._elsewhere.add(answer.keys, stored)
        self._at.setdefault(answer.uri, stored)
        for origin in self._redirects.origins(answer.uri):
            self._add_row(_row(origin, answer, stored))

    def _redirect(self, answer: _Answer) -> None:
        target = self._redirects.add(answer.uri, answer.headers["location"])
        # To what was fetched before: a crawler does not fetch it again.
        if target is not None and (stored := self._at.get(target)) is not None:
            late = replace(answer, uri=target, status=200, headers={})
            for origin in self._redirects.origins(answer.uri):
                self._add_row(_row(origin, late, stored))

    def _add_row(self, row: Provenance) -> None:
        self._counts["known" if row.document_sha256 in self._documents else "new"] += 1
        self._documents.add(row.document_sha256)
        self._rows.append(row)
        if len(self._rows) >= _ROWS_AT_ONCE:
            self._flush()

    def _add_sighting(self, row: Sighting) -> None:
        key = (row.address, row.seen_at, row.source, row.document_sha256)
        if key not in self._seen:
            self._seen.add(key)
            self._sightings.append(row)
        if len(self._sightings) >= _ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        before = len(self._pairs)
        record(self._archive, self._rows, self._sightings, known=self._pairs)
        self._counts["rows"] += len(self._pairs) - before
        self._counts["sightings"] += len(self._sightings)
        self._rows.clear()
        self._sightings.clear()


def _answer_of(one: Record, kind: str) -> _Answer:
    headers = one.headers
    uri = headers.get("warc-target-uri", "").strip("<>")
    moment = _moment(headers.get("warc-date", ""))
    digest = headers.get("warc-payload-digest", "")
    earlier = headers.get("warc-refers-to-target-uri", "").strip("<>")
    status: int | None = None
    told: Mapping[str, str] = {"content-type": headers.get("content-type", "")}
    is_http = headers.get("content-type", "").startswith("application/http")
    if kind == "resource":
        told = {name: value for name, value in told.items() if value}
    elif is_http and one.left:
        line, told = one.http_headers()
        if (found := _STATUS.match(line)) is None:
            raise BadBody("does not begin as an answer of HTTP")
        status = int(found[1])
    elif kind == "response":
        raise _PassedOver(f"not over HTTP ({headers.get('content-type', 'unknown')})")
    else:
        told = {}
    keys = (f"id {headers.get('warc-record-id')}", _moment_key(uri, moment), f"sum {digest}")
    refers_to = [f"id {headers.get('warc-refers-to')}", f"sum {digest}"]
    if "warc-refers-to-date" in headers:
        refers_to.append(_moment_key(earlier, _moment(headers["warc-refers-to-date"])))
    return _Answer(
        uri=uri,
        moment=moment,
        status=status,
        headers=told,
        keys=keys if digest else keys[:2],
        refers_to=tuple(key for key in refers_to if key not in ("id None", "sum ")),
    )


def _row(address: str, answer: _Answer, stored: Stored) -> Provenance:
    return Provenance(
        document_sha256=stored.sha256,
        address=address,
        name=name_of(address),
        bytes=stored.bytes,
        archived_at=answer.moment,
        source=SOURCE,
        answered_from=None if address == answer.uri else answer.uri,
        status=answer.status,
        headers=answer.headers,
    )


def _moment(date: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(_FRACTION.sub(r".\1", date))
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError) as error:
        raise BadBody(f"its WARC-Date is no date: {date!r}") from error


def _moment_key(uri: str, moment: dt.datetime) -> str:
    return f"at {uri} {moment.isoformat()}"
