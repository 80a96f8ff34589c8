"""What is written to a WARC comes back as it was, and is a WARC to other people's tools."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from pipelines.archive import (
    Archive,
    ArchiveError,
    manifest,
    object_address,
    open_archive,
    put,
    read_object,
    record,
    sightings,
)
from pipelines.archive.verify import verify
from pipelines.archive.warc.export import ExportReport, export_warc
from pipelines.archive.warc.import_ import ImportReport, import_warcs
from pipelines.domain import Provenance, Sighting

WHEN = dt.datetime(2024, 5, 1, 2, 3, 4, 567890, dt.UTC)
DAY = dt.timedelta(days=1)
PAGE = Provenance(
    document_sha256="",
    address="http://www.example.gov.cn/2023/年报 1.html?a=1&b=%E4",
    name="年报 1.html",
    bytes=0,
    archived_at=WHEN,
    source="example",
    answered_from="https://www.example.gov.cn/2023/1.html",
    listing="http://www.example.gov.cn/list/",
    status=200,
    headers={
        "etag": '"x"',
        "content-type": "text/html; charset=gbk",
        "content-encoding": "gzip",
        "transfer-encoding": "chunked",
        "content-length": "7",
        "x-折": "a\r\n b",
    },
)
FILE = Provenance("", "/data/in box/报告.pdf", "报告.pdf", 0, WHEN, "file")


def kept(archive: Archive, row: Provenance, content: bytes) -> Provenance:
    return replace(row, document_sha256=put(archive, content), bytes=len(content))


def taken(archive: Archive, *files: Path, max_bytes: int = 1 << 30) -> ImportReport:
    return import_warcs(files, archive, max_bytes=max_bytes)


def everything(archive: Archive) -> tuple[list[Any], list[Any], dict[str, bytes]]:
    """Rows in an order of their own: two of one time and address have none otherwise."""
    rows = manifest(archive).to_pylist()
    objects = {r["document_sha256"]: read_object(archive, r["document_sha256"]) for r in rows}
    return sorted(rows, key=repr), sorted(sightings(archive).to_pylist(), key=repr), objects


@pytest.fixture
def filled(tmp_path: Path) -> Archive:
    archive = open_archive(tmp_path / "filled")
    page = kept(archive, PAGE, b"<html>page</html>")
    other = replace(PAGE, answered_from=None)
    rows = [
        page,
        replace(page, address="http://twin.gov.cn/", archived_at=WHEN + DAY, answered_from=None),
        replace(page, address="/twin.html", source="file", status=None, headers={}),
        kept(archive, replace(other, address="http://a.gov.cn/1.pdf", page=PAGE.address), b"\0pdf"),
        kept(archive, replace(other, address="http://a.gov.cn/empty", status=203), b""),
        kept(archive, FILE, b"file"),
        kept(archive, replace(FILE, address="odd: one", source="odd"), b"HTTP/1.1 200 OK\r\n\r\nx"),
        kept(archive, replace(other, address="http://a.gov.cn/x.css", headers={}), b"css{}"),
    ]
    seen = Sighting(
        page.address, WHEN, "example", page.document_sha256, 200, title="题", listed_on=WHEN.date()
    )
    gone = Sighting(page.address, WHEN + DAY, "example", None, 404, is_listed=False)
    record(archive, rows[:3], [seen])
    record(archive, rows[3:], [gone, replace(gone, address="http://nowhere.gov.cn/", page="p")])
    return archive


@pytest.mark.parametrize("name", ["all.warc.gz", "all.warc"])
def test_everything_comes_back_as_it_was(
    filled: Archive, any_archive: Archive, tmp_path: Path, name: str
) -> None:
    assert export_warc(filled, tmp_path / name) == ExportReport(rows=8, sightings=3)
    report = taken(any_archive, tmp_path / name)
    assert report == ImportReport(
        new=6, known=2, rows=8, sightings=3, passed_over={"a warcinfo record": 1}, broken=()
    )
    assert everything(any_archive) == everything(filled)
    assert verify(any_archive).faults == ()


def test_taken_twice_it_is_there_once(filled: Archive, tmp_path: Path) -> None:
    file = tmp_path / "all.warc.gz"
    export_warc(filled, file)
    before = everything(filled)
    report = taken(filled, file, file)
    assert (report.new, report.known, report.rows, report.sightings) == (0, 16, 0, 0)
    assert everything(filled) == before


def test_the_same_archive_gives_the_same_bytes(filled: Archive, tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{n}.warc.gz" for n in range(3))
    export_warc(filled, first)
    export_warc(filled, second)
    assert first.read_bytes() == second.read_bytes()
    other = open_archive(tmp_path / "other")
    taken(other, first)
    export_warc(other, third)
    assert first.read_bytes() == third.read_bytes()


def test_other_tools_read_it(filled: Archive, tmp_path: Path) -> None:
    export_warc(filled, tmp_path / "all.warc.gz")
    kinds: list[str] = []
    with (tmp_path / "all.warc.gz").open("rb") as file:
        for found in ArchiveIterator(file, check_digests="raise"):
            kinds.append(found.rec_type)
            payload = found.content_stream().read()
            uri = found.rec_headers.get_header("WARC-Target-URI")
            if found.rec_type == "response" and uri == PAGE.answered_from:
                assert payload == b"<html>page</html>"
                assert found.http_headers.get_statuscode() == "200"
                assert found.http_headers.get_header("content-length") == str(len(payload))
                assert found.http_headers.get_header("etag") == '"x"'
                assert not found.http_headers.get_header("content-encoding")
                assert not found.http_headers.get_header("transfer-encoding")
                date = found.rec_headers.get_header("WARC-Date")
                assert date == "2024-05-01T02:03:04.567890Z"
    assert kinds.count("response") == 4
    assert kinds.count("revisit") == 1
    assert kinds.count("resource") == 3
    assert kinds.count("metadata") == 8 + 3
    assert kinds[0] == "warcinfo"


def test_a_part_is_closed_in_itself(filled: Archive, tmp_path: Path) -> None:
    file = tmp_path / "part.warc"
    report = export_warc(filled, file, source="example", since=WHEN.date() + DAY)
    # The twin of that day, and with the sightings of that day no document: those are tombstones.
    assert report == ExportReport(rows=1, sightings=2)
    other = open_archive(tmp_path / "other")
    taken(other, file)
    assert manifest(other)["address"].to_pylist() == ["http://twin.gov.cn/"]
    assert verify(other).faults == ()
    assert export_warc(filled, tmp_path / "odd.warc", source="odd") == ExportReport(1, 0)


def test_documents_that_a_sighting_names_go_with_it(filled: Archive, tmp_path: Path) -> None:
    page = manifest(filled).to_pylist()[0]["document_sha256"]
    record(filled, [], [Sighting("http://moved.gov.cn/", WHEN + 9 * DAY, "later", page)])
    report = export_warc(filled, tmp_path / "part.warc", source="later")
    assert report.sightings == 1
    other = open_archive(tmp_path / "other")
    assert taken(other, tmp_path / "part.warc").sightings == 1
    assert verify(other).faults == ()


def test_nothing_is_written_over(filled: Archive, tmp_path: Path) -> None:
    file = tmp_path / "all.warc"
    file.write_bytes(b"mine")
    with pytest.raises(ArchiveError, match=r"all\.warc: is there already"):
        export_warc(filled, file)
    assert file.read_bytes() == b"mine"
    with pytest.raises(ArchiveError, match="is no folder"):
        export_warc(filled, tmp_path / "no" / "all.warc")


@pytest.mark.parametrize("content", [None, b"file and more", b"elif"])
def test_a_broken_object_is_not_exported(
    filled: Archive, tmp_path: Path, content: bytes | None
) -> None:
    target = Path(object_address(filled, hashlib.sha256(b"file").hexdigest()))
    target.unlink()
    if content is not None:
        target.write_bytes(content)
    with pytest.raises(ArchiveError, match=f"{target}: is not .*ogi archive verify"):
        export_warc(filled, tmp_path / "all.warc.gz")
    assert not [p for p in tmp_path.iterdir() if "warc" in p.name or "part" in p.name]


def test_an_empty_archive_makes_an_empty_warc(tmp_path: Path) -> None:
    assert export_warc(open_archive(tmp_path / "a"), tmp_path / "a.warc.gz") == ExportReport(0, 0)
    other = open_archive(tmp_path / "b")
    assert taken(other, tmp_path / "a.warc.gz").broken == ()
    assert manifest(other).num_rows == 0


def text() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


moments = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))
statuses = optional(st.integers(100, 599))
addresses = st.one_of(
    text().map(lambda t: f"http://a.gov.cn/{t}"),
    text().map(lambda t: f"https://{t}"),
    text().map(lambda t: f"/{t}"),
    text(),
)


@st.composite
def archived(draw: st.DrawFn) -> list[tuple[Provenance, bytes]]:
    contents = draw(st.lists(st.binary(max_size=40), min_size=1, max_size=3))
    return [
        (
            Provenance(
                "",
                draw(addresses),
                draw(text()),
                0,
                draw(moments),
                draw(text()),
                answered_from=draw(optional(addresses)),
                listing=draw(optional(text())),
                page=draw(optional(text())),
                status=draw(statuses),
                headers=draw(st.dictionaries(text(), text(), max_size=3)),
            ),
            draw(st.sampled_from(contents)),
        )
        for _ in range(draw(st.integers(0, 5)))
    ]


@st.composite
def seen(draw: st.DrawFn) -> Sighting:
    return Sighting(
        draw(addresses),
        draw(moments),
        draw(text()),
        None,
        status=draw(statuses),
        answered_from=draw(optional(text())),
        is_listed=draw(st.booleans()),
        listing=draw(optional(text())),
        page=draw(optional(text())),
        title=draw(optional(text())),
        listed_on=draw(optional(st.dates())),
    )


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@settings(max_examples=100, deadline=None)
@given(
    rows=archived(),
    others=st.lists(seen(), max_size=3, unique_by=lambda s: (s.address, s.seen_at, s.source)),
    packed=st.booleans(),
)
def test_whatever_is_archived_comes_back(
    room: Path, rows: list[tuple[Provenance, bytes]], others: list[Sighting], packed: bool
) -> None:
    here = Path(tempfile.mkdtemp(dir=room))
    first, second = open_archive(here / "first"), open_archive(here / "second")
    found = [kept(first, row, content) for row, content in rows]
    others += [
        Sighting(row.address, row.archived_at, "of a row", row.document_sha256) for row in found[:1]
    ]
    record(first, found, others)
    file = here / ("all.warc.gz" if packed else "all.warc")
    export_warc(first, file)
    report = taken(second, file)
    assert report.broken == ()
    assert everything(second) == everything(first)
    assert isinstance(manifest(second), pa.Table)
