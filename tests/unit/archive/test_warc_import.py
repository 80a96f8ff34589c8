"""WARCs of other crawlers, whole and broken, as wget, Heritrix and browsers write them."""

import base64
import datetime as dt
import gzip
import hashlib
import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.archive import (
    Archive,
    ArchiveError,
    manifest,
    open_archive,
    read_object,
)
from pipelines.archive.verify import verify
from pipelines.archive.warc.import_ import BrokenRecord, ImportReport, import_warcs

BODY = "<html>年报 of some length, so that packing it is worth it</html>".encode() * 3
URI = "http://a.gov.cn/1.html"
DATE = "2024-05-01T02:03:04Z"


def block(status: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def written(kind: str, content: bytes, uri: str | None = URI, **headers: str | None) -> bytes:
    """One record; `warc_date="…"` and the like are headers, None takes one away."""
    told: dict[str, str | None] = {
        "WARC-Type": kind,
        "WARC-Target-URI": uri,
        "WARC-Date": DATE,
        "WARC-Record-ID": f"<urn:uuid:{hashlib.md5(content, usedforsecurity=False).hexdigest()}>",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(content)),
    }
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in told.items() if value is not None]
    return "\r\n".join(["WARC/1.0", *lines, "", ""]).encode() + content + b"\r\n\r\n"


def page(body: bytes = BODY, uri: str = URI, status: str = "200 OK", **http: str) -> bytes:
    headers = {"Content-Type": "text/html"} | {n.replace("_", "-"): v for n, v in http.items()}
    return written("response", block(status, headers, body), uri)


def chunked(body: bytes, size: int = 50) -> bytes:
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x;x=y\r\n%b\r\n" % (len(p), p) for p in pieces) + b"0\r\nTrailer: x\r\n\r\n"


def packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return open_archive(tmp_path / "archive")


@pytest.fixture
def take(archive: Archive, tmp_path: Path) -> Callable[..., ImportReport]:
    """Takes WARCs of these bytes, each a file."""
    made = 0

    def take(*contents: bytes, max_bytes: int = 1 << 30) -> ImportReport:
        nonlocal made
        files = []
        for content in contents:
            files.append(tmp_path / f"{made}.warc")
            files[-1].write_bytes(content)
            made += 1
        report = import_warcs(files, archive, max_bytes=max_bytes)
        assert verify(archive).faults == ()
        return report

    return take


Take = Callable[..., ImportReport]


def rows(archive: Archive) -> list[dict[str, Any]]:
    return [dict(row) for row in manifest(archive).to_pylist()]


def bodies(archive: Archive) -> dict[str, bytes]:
    return {r["address"]: read_object(archive, r["document_sha256"]) for r in rows(archive)}


def objects(archive: Archive) -> int:
    return verify(archive).objects


def test_an_answer_comes_with_all_that_is_known_of_it(archive: Archive, take: Take) -> None:
    report = take(page(ETag='"x"', Set_Cookie="a=1", Via="1"))
    assert (report.new, report.rows, report.broken) == (1, 1, ())
    (row,) = rows(archive)
    assert row == {
        "document_sha256": hashlib.sha256(BODY).hexdigest(),
        "address": URI,
        "name": "1.html",
        "bytes": len(BODY),
        "archived_at": dt.datetime(2024, 5, 1, 2, 3, 4, tzinfo=dt.UTC),
        "source": "warc",
        "answered_from": None,
        "listing": None,
        "page": None,
        "status": 200,
        "headers": [
            ("content-type", "text/html"),
            ("etag", '"x"'),
            ("set-cookie", "a=1"),
            ("via", "1"),
        ],
    }
    assert bodies(archive) == {URI: BODY}


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2024-05-01T02:03:04.123456789Z", dt.datetime(2024, 5, 1, 2, 3, 4, 123456, dt.UTC)),
        ("2024-05-01T10:03:04+08:00", dt.datetime(2024, 5, 1, 2, 3, 4, tzinfo=dt.UTC)),
    ],
)
def test_moments_are_utc(archive: Archive, take: Take, date: str, moment: dt.datetime) -> None:
    take(written("response", block("200 OK", {}, BODY), WARC_Date=date))
    assert rows(archive)[0]["archived_at"] == moment


PACKINGS: dict[str, tuple[dict[str, str], bytes]] = {
    "plain": ({}, BODY),
    "chunked": ({"Transfer-Encoding": "chunked"}, chunked(BODY)),
    "gzip": ({"Content-Encoding": "gzip"}, packed(BODY)),
    "x-gzip": ({"Content-Encoding": "x-gzip"}, packed(BODY)),
    "members": ({"Content-Encoding": "gzip"}, packed(BODY[:9]) + packed(BODY[9:])),
    "gzip with more": ({"Content-Encoding": "gzip"}, packed(BODY) + b"\0\0more"),
    "zlib": ({"Content-Encoding": "deflate"}, zlib.compress(BODY)),
    "deflate": ({"Content-Encoding": "deflate"}, deflated(BODY)),
    "br": ({"Content-Encoding": "br"}, brotli.compress(BODY)),
    "zstd": ({"Content-Encoding": "zstd"}, zstd.compress(BODY)),
    "frames": ({"Content-Encoding": "zstd"}, zstd.compress(BODY[:9]) + zstd.compress(BODY[9:])),
    "both": (
        {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"},
        chunked(packed(BODY), 1),
    ),
    "twice": ({"Content-Encoding": "gzip, br"}, brotli.compress(packed(BODY))),
    "identity": ({"Content-Encoding": "identity"}, BODY),
    # Browsers' tools unpack, and keep the headers.
    "told as chunked": ({"Transfer-Encoding": "chunked"}, BODY),
    **{f"told as {p}": ({"Content-Encoding": p}, BODY) for p in ("gzip", "deflate", "br", "zstd")},
    "told as both": ({"Transfer-Encoding": "chunked", "Content-Encoding": "br"}, BODY),
    "unpacked with the old length": ({"Content-Encoding": "gzip", "Content-Length": "999"}, BODY),
}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("is_packed", [False, True])
def test_bodies_are_unpacked(archive: Archive, take: Take, packing: str, is_packed: bool) -> None:
    headers, body = PACKINGS[packing]
    content = written("response", block("200 OK", headers, body))
    report = take(packed(content) if is_packed else content)
    assert report.broken == ()
    assert bodies(archive) == {URI: BODY}


def test_a_digest_may_be_of_any_form_of_the_body(archive: Archive, take: Take) -> None:
    headers, body = PACKINGS["both"]
    for form in (body, packed(BODY), BODY):
        digests = [
            "sha1:" + base64.b32encode(hashlib.sha1(form, usedforsecurity=False).digest()).decode(),
            "SHA-1:" + hashlib.sha1(form, usedforsecurity=False).hexdigest(),
            "sha256:" + hashlib.sha256(form).hexdigest().upper(),
            "sha256:" + base64.b32encode(hashlib.sha256(form).digest()).decode(),
            "sha256:" + base64.b64encode(hashlib.sha256(form).digest()).decode(),
            "md5:" + hashlib.md5(form, usedforsecurity=False).hexdigest(),
            "xxh3:0",
            "sha1:",
        ]
        for digest in digests:
            content = block("200 OK", headers, body)
            assert take(written("response", content, WARC_Payload_Digest=digest)).broken == ()


@pytest.mark.parametrize("name", ["WARC_Payload_Digest", "WARC_Block_Digest"])
def test_a_wrong_digest_is_told_and_the_next_record_is_read(
    archive: Archive, take: Take, name: str, tmp_path: Path
) -> None:
    wrong = "sha1:" + base64.b32encode(bytes(20)).decode()
    first = page(b"first", "http://a.gov.cn/0")
    bad = written("response", block("200 OK", {}, BODY), **{name: wrong})
    report = take(first + bad + page(b"last", "http://a.gov.cn/2"))
    says = f"{URI}: not as its {name.replace('_', '-')} says"
    assert report.broken == (BrokenRecord(tmp_path / "0.warc", len(first), says),)
    assert bodies(archive) == {"http://a.gov.cn/0": b"first", "http://a.gov.cn/2": b"last"}
    assert objects(archive) == 2


@pytest.mark.parametrize(
    ("uri", "http", "reason"),
    [
        (URI, {"Content-Type": "text/css"}, "a style sheet"),
        (URI, {"Content-Type": "application/javascript; charset=utf-8"}, "a script"),
        (URI, {"Content-Type": "font/woff2"}, "a font"),
        (URI, {"Content-Type": "application/x-font-ttf"}, "a font"),
        (URI, {"Content-Type": "audio/mpeg"}, "audio"),
        (URI, {"Content-Type": "Video/MP4"}, "video"),
        ("http://a.gov.cn/x.CSS?v=1", {}, "a style sheet"),
        ("http://a.gov.cn/x.js", {"Content-Type": "text/plain"}, "a script"),
        ("http://a.gov.cn/x.mp4", {"Content-Type": "application/octet-stream"}, "video"),
        ("http://a.gov.cn/robots.txt", {}, "robots.txt"),
        ("dns:a.gov.cn", {}, "not a document's address (dns:)"),
        ("urn:text:x", {}, "not a document's address (urn:)"),
    ],
)
def test_what_can_be_no_document_is_passed_over(
    archive: Archive, take: Take, uri: str, http: dict[str, str], reason: str
) -> None:
    content = written("response", block("200 OK", http, BODY), uri)
    assert take(content).passed_over == {reason: 1}
    assert objects(archive) == 0


@pytest.mark.parametrize("uri", ["http://a.gov.cn/x.js", "http://a.gov.cn/robots.txt.html"])
def test_a_page_is_one_whatever_its_name(archive: Archive, take: Take, uri: str) -> None:
    assert take(page(BODY, uri)).rows == 1


@pytest.mark.parametrize(
    "status", ["404 Not Found", "500", "206 Partial Content", "304 x", "301 x"]
)
def test_what_answered_otherwise_is_passed_over(archive: Archive, take: Take, status: str) -> None:
    assert take(page(status=status)).passed_over == {f"status {status[:3]}": 1}
    assert objects(archive) == 0


@pytest.mark.parametrize("body", [b"", packed(b"")])
def test_an_empty_body_is_passed_over(archive: Archive, take: Take, body: bytes) -> None:
    assert take(page(body, Content_Encoding="gzip")).passed_over == {"empty": 1}
    assert objects(archive) == 0


def test_records_of_other_kinds_are_counted(archive: Archive, take: Take) -> None:
    report = take(
        written("warcinfo", b"software: x\r\n", None)
        + written("request", b"GET / HTTP/1.1\r\n\r\n")
        + written("request", b"GET / HTTP/1.1\r\n\r\n")
        + written("metadata", b"via: x\r\n", Content_Type="application/warc-fields")
        + written("metadata", b'{"a": 1}', Content_Type="application/json")
        + written("conversion", b"text", Content_Type="text/plain")
        + written("response", b"127.0.0.1", "dns:a.gov.cn", Content_Type="text/dns")
        + written("response", block("200 OK", {}, BODY), WARC_Truncated="length")
        + written("response", block("200 OK", {}, BODY), WARC_Segment_Number="1")
    )
    assert report.passed_over == {
        "a warcinfo record": 1,
        "a request record": 2,
        "a metadata record": 2,
        "a conversion record": 1,
        "not over HTTP (text/dns)": 1,
        "truncated when it was fetched": 1,
        "in segments": 1,
    }
    assert (report.new, report.broken, objects(archive)) == (0, (), 0)


def test_a_resource_is_taken(archive: Archive, take: Take) -> None:
    take(written("resource", BODY, "file:///data/1.html", Content_Type="text/html"))
    (row,) = rows(archive)
    assert (row["address"], row["status"]) == ("file:///data/1.html", None)
    assert row["headers"] == [("content-type", "text/html")]


def redirect(uri: str, to: str, status: str = "302 Found") -> bytes:
    return written("response", block(status, {"Location": to}, b"moved"), uri)


def test_a_redirect_gives_the_address_that_was_asked_for(archive: Archive, take: Take) -> None:
    report = take(
        redirect("http://a.gov.cn/a", "/b#part")
        + redirect("http://a.gov.cn/b", "http://a.gov.cn/c", "301 Moved")
        + page(uri="http://a.gov.cn/c")
        + page(b"other", uri="http://a.gov.cn/d")
    )
    assert report.passed_over == {"a redirect": 2}
    assert {(r["address"], r["answered_from"]) for r in rows(archive)} == {
        ("http://a.gov.cn/a", "http://a.gov.cn/c"),
        ("http://a.gov.cn/d", None),
    }


def test_a_redirect_to_what_was_fetched_before(archive: Archive, take: Take) -> None:
    take(
        page(uri="http://a.gov.cn/c")
        + redirect("http://a.gov.cn/b", "/c")
        + redirect("http://a.gov.cn/a", "/b")
    )
    assert {(r["address"], r["answered_from"]) for r in rows(archive)} == {
        ("http://a.gov.cn/c", None),
        ("http://a.gov.cn/b", "http://a.gov.cn/c"),
        ("http://a.gov.cn/a", "http://a.gov.cn/c"),
    }


def test_redirects_in_a_circle_end(archive: Archive, take: Take) -> None:
    circle = redirect("http://a.gov.cn/a", "/b") + redirect("http://a.gov.cn/b", "/a")
    take(circle + redirect("http://a.gov.cn/c", "/c") + redirect("http://a.gov.cn/d", "http://[x"))
    assert rows(archive) == []
    take(circle + page(uri="http://a.gov.cn/a"))
    assert len(rows(archive)) == 1


DIGEST = "sha1:" + base64.b32encode(hashlib.sha1(BODY, usedforsecurity=False).digest()).decode()
REVISIT = block("200 OK", {"Content-Type": "text/html"}, b"")
LATER = "2024-06-01T00:00:00Z"
HAS = written("response", REVISIT + BODY, WARC_Record_ID="<urn:x:1>", WARC_Payload_Digest=DIGEST)


def revisit(content: bytes = REVISIT, /, **headers: str) -> bytes:
    return written("revisit", content, "http://b.gov.cn/", WARC_Date=LATER, **headers)


@pytest.mark.parametrize(
    "refers",
    [
        {"WARC_Refers_To": "<urn:x:1>"},
        {"WARC_Payload_Digest": DIGEST},
        {"WARC_Refers_To_Target_URI": f"<{URI}>", "WARC_Refers_To_Date": DATE},
    ],
)
@pytest.mark.parametrize("content", [REVISIT, b""])
def test_a_revisit_stands_for_bytes_that_are_elsewhere(
    archive: Archive, take: Take, refers: dict[str, str], content: bytes
) -> None:
    again = revisit(content, **refers)
    assert take(HAS + again).rows == 2
    assert bodies(archive) == {URI: BODY, "http://b.gov.cn/": BODY}
    row = rows(archive)[1]
    assert row["archived_at"] == dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    assert row["status"] == (200 if content else None)


def test_a_revisit_may_come_before_its_bytes_and_from_another_file(
    archive: Archive, take: Take
) -> None:
    assert take(revisit(WARC_Refers_To="<urn:x:1>"), HAS).rows == 2
    assert bodies(archive) == {URI: BODY, "http://b.gov.cn/": BODY}


@pytest.mark.parametrize(
    "refers",
    [
        {"WARC_Payload_Digest": f"sha256:{hashlib.sha256(BODY).hexdigest()}"},
        {"WARC_Refers_To_Target_URI": URI, "WARC_Refers_To_Date": DATE},
    ],
)
def test_a_revisit_of_what_was_archived_before(
    archive: Archive, take: Take, refers: dict[str, str]
) -> None:
    take(HAS)
    assert take(revisit(**refers)).rows == 1
    assert bodies(archive) == {URI: BODY, "http://b.gov.cn/": BODY}


def test_a_revisit_of_nothing_is_counted(archive: Archive, take: Take) -> None:
    take(page(b"other"))
    report = take(revisit(WARC_Refers_To="<urn:x:1>", WARC_Payload_Digest=DIGEST) + revisit())
    assert report.passed_over == {"a revisit of bytes that are not here": 2}
    assert len(rows(archive)) == 1
    profile = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
    assert take(revisit(WARC_Profile=profile)).passed_over == {"not modified": 1}


BROKEN_BODIES: dict[str, tuple[dict[str, str], bytes]] = {
    "shorter than it says": ({"Content-Length": str(len(BODY) + 1)}, BODY),
    "cut chunks": ({"Transfer-Encoding": "chunked"}, chunked(BODY)[:60]),
    "no last chunk": ({"Transfer-Encoding": "chunked"}, chunked(BODY)[:-17]),
    "wrong chunks": ({"Transfer-Encoding": "chunked"}, b"3\r\nabcdef\r\n0\r\n\r\n"),
    "cut gzip": ({"Content-Encoding": "gzip"}, packed(BODY)[:-9]),
    "cut zlib": ({"Content-Encoding": "deflate"}, zlib.compress(BODY)[:-9]),
    "cut br": ({"Content-Encoding": "br"}, brotli.compress(BODY)[:-9]),
    "cut zstd": ({"Content-Encoding": "zstd"}, zstd.compress(BODY)[:-9]),
    "wrong sum in gzip": ({"Content-Encoding": "gzip"}, packed(BODY)[:-8] + bytes(8)),
    "unknown packing": ({"Content-Encoding": "compress"}, BODY),
    "nothing of gzip": ({"Content-Encoding": "gzip"}, b"\x1f\x8b\x08"),
}


@pytest.mark.parametrize("case", BROKEN_BODIES)
def test_a_broken_body_is_told_and_the_next_record_is_read(
    archive: Archive, take: Take, case: str, tmp_path: Path
) -> None:
    headers, body = BROKEN_BODIES[case]
    first = page(b"first", "http://a.gov.cn/0")
    bad = written("response", block("200 OK", headers, body))
    report = take(first + bad + page(b"last", "http://a.gov.cn/2"))
    (broken,) = report.broken
    assert (broken.file, broken.offset) == (tmp_path / "0.warc", len(first))
    assert broken.problem.startswith(f"{URI}: ")
    assert bodies(archive) == {"http://a.gov.cn/0": b"first", "http://a.gov.cn/2": b"last"}
    assert objects(archive) == 2


def test_no_answer_of_http_is_broken(archive: Archive, take: Take) -> None:
    report = take(written("response", b"<html>") + page())
    assert [one.problem for one in report.broken] == [f"{URI}: does not begin as an answer of HTTP"]
    assert len(rows(archive)) == 1


@pytest.mark.parametrize("date", ["yesterday", "", "0001-01-01T00:00:00+10:00"])
def test_a_record_without_a_date_is_broken(archive: Archive, take: Take, date: str) -> None:
    report = take(written("response", block("200 OK", {}, BODY), WARC_Date=date) + page())
    assert len(report.broken) == 1
    assert len(rows(archive)) == 1


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_cut_anywhere_gives_what_is_whole(tmp_path: Path, is_packed: bool) -> None:
    parts = [page(b"body %d" % i, f"http://a.gov.cn/{i}") for i in range(3)]
    parts = [packed(part) for part in parts] if is_packed else parts
    whole = b"".join(parts)
    starts = [sum(map(len, parts[:i])) for i in range(4)]
    for length in range(0, len(whole), 7):
        archive = open_archive(tmp_path / f"archive{length}")
        file = tmp_path / f"{length}.warc"
        file.write_bytes(whole[:length])
        other = tmp_path / "other.warc"
        other.write_bytes(page(b"other", "http://b.gov.cn/"))
        report = import_warcs([file, other], archive, max_bytes=1 << 20)
        count = len(rows(archive)) - 1
        # The line ends behind a block and the sums of gzip may be all that is lost.
        assert count in {
            sum(length >= end for end in starts[1:]),
            sum(length + 12 >= e for e in starts[1:]),
        }
        if report.broken:
            assert report.broken[0].file == file
            assert report.broken[0].offset in starts
        else:
            assert any(length in (s, s - 2, s - 4) for s in starts) or not is_packed
        assert verify(archive).faults == ()


@pytest.mark.parametrize("is_packed", [False, True])
def test_any_flipped_byte_takes_nothing_false(tmp_path: Path, is_packed: bool) -> None:
    whole = block("200 OK", {}, BODY)
    digest = "sha256:" + hashlib.sha256(whole).hexdigest()
    content = written("response", whole, WARC_Payload_Digest=DIGEST, WARC_Block_Digest=digest)
    content = packed(content) if is_packed else content
    body = range(0) if is_packed else range(content.index(b"<html>"), len(content) - 4)
    for place in range(0, len(content), 3):
        archive = open_archive(tmp_path / f"archive{place}")
        file = tmp_path / "flipped.warc"
        file.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        report = import_warcs([file], archive, max_bytes=1 << 20)
        assert set(bodies(archive).values()) <= ({BODY} if place not in body else set())
        assert report.rows or report.broken or report.passed_over


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"%PDF-1.4 no WARC", "no WARC record begins here"),
        (packed(b"no WARC"), "no WARC record begins here"),
        (page().replace(b"Content-Length: ", b"Content-Length: x", 1), "does not say how long"),
        (b"WARC/1.0\r\n" + b"x: y\r\n" * 200_000 + b"\r\n", "bytes of headers"),
    ],
)
def test_what_is_no_warc_is_told(
    archive: Archive, take: Take, content: bytes, problem: str
) -> None:
    report = take(content, page())
    (broken,) = report.broken
    assert broken.offset == 0
    assert problem in broken.problem
    assert report.rows == 1


@pytest.mark.parametrize("change", [-1, 1, 2, 3, 4, -2, -7, 40])
def test_a_wrong_length_of_a_record_takes_nothing_cut(
    archive: Archive, take: Take, change: int
) -> None:
    content = block("200 OK", {}, BODY)
    wrong = written("response", content, Content_Length=str(len(content) + change))
    report = take(page(b"first", "http://a.gov.cn/0") + wrong + page(b"last", "http://a.gov.cn/2"))
    assert bodies(archive) == {"http://a.gov.cn/0": b"first"}
    assert "Content-Length says" in report.broken[0].problem


def test_one_gzip_around_all_and_padding_are_read(archive: Archive, take: Take) -> None:
    pages = [page(b"body %d" % i, f"http://a.gov.cn/{i}") for i in range(3)]
    assert take(packed(b"".join(pages))).rows == 3
    padded = b"".join(packed(p) + bytes(512) for p in pages)
    assert take(padded).broken == ()


def test_a_file_that_is_not_there_is_told_before_anything_is_taken(
    archive: Archive, tmp_path: Path
) -> None:
    (tmp_path / "1.warc").write_bytes(page())
    with pytest.raises(ArchiveError, match=r"2\.warc: is no file"):
        import_warcs([tmp_path / "1.warc", tmp_path / "2.warc"], archive, max_bytes=9)
    assert rows(archive) == []


def test_what_is_over_the_limit_is_passed_over(archive: Archive, take: Take) -> None:
    bomb = page(packed(bytes(3 << 20)), Content_Encoding="gzip")
    report = take(bomb + page(b"small", "http://b.gov.cn/"), max_bytes=1 << 20)
    assert report.passed_over == {"over 1,048,576 bytes (OGI_MAX_DOCUMENT_BYTES)": 1}
    assert objects(archive) == 1


@pytest.mark.parametrize(
    "uri",
    [
        "http://a.gov.cn/../../../../etc/passwd",
        "http://a.gov.cn/..%2F..%2Fetc%2Fpasswd",
        "file:///../../etc/passwd",
        "http://a.gov.cn/%00%0A/\u202e",
    ],
)
def test_no_name_of_the_network_becomes_a_file(
    archive: Archive, take: Take, tmp_path: Path, uri: str
) -> None:
    before = {p for p in tmp_path.rglob("*") if "archive" not in p.parts}
    take(page(uri=uri))
    (row,) = rows(archive)
    assert row["address"] == uri
    assert row["name"].isprintable()
    files = {p.name for p in tmp_path.rglob("*") if p.is_file()} - {p.name for p in before}
    assert all(len(name.split(".")[0]) == 64 or name == "0.warc" for name in files)


def test_what_warcio_writes_is_read(archive: Archive, take: Take) -> None:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "warcio"}))
    writer.write_record(
        writer.create_warc_record(URI, "response", payload=io.BytesIO(BODY), http_headers=http)
    )
    writer.write_record(
        writer.create_revisit_record("http://b.gov.cn/", DIGEST, URI, DATE, http_headers=http)
    )
    report = take(out.getvalue())
    assert (report.rows, report.broken) == (2, ())
    assert bodies(archive) == {URI: BODY, "http://b.gov.cn/": BODY}


def test_rows_that_make_no_sense_are_no_rows(archive: Archive, take: Take) -> None:
    for told in (
        b"[]",
        b'"x"',
        b'{"schema": "ogi.provenance/1"}',
        b'{"schema": {}}',
        b'{"schema": "ogi.sighting/1", "address": "x", "seen_at": "never"}',
        b'{"schema": "ogi.sighting/1", "address": "x", "seen_at": "2024-01-01T00:00:00Z",'
        b' "source": "x", "document_sha256": "../../x"}',
        b'{"schema": "ogi.sighting/1", "address": "x", "seen_at": "2024-01-01T00:00:00Z",'
        b' "source": "x", "document_sha256": null, "status": 123456}',
        b"[" * 100_000,
        b"\xff",
    ):
        report = take(written("metadata", told, Content_Type="application/json"))
        assert report.passed_over == {"a metadata record": 1}, told


def test_a_sighting_of_what_is_not_here_is_counted(archive: Archive, take: Take) -> None:
    told = (
        b'{"schema": "ogi.sighting/1", "address": "x", "seen_at": "2024-01-01T00:00:00Z",'
        b' "source": "x", "document_sha256": "%b"}' % hashlib.sha256(BODY).hexdigest().encode()
    )
    seen = written("metadata", told, Content_Type="application/json")
    assert take(seen).passed_over == {"a sighting of a document that is not here": 1}
    # Whichever comes first.
    assert take(seen + page()).sightings == 1


def test_other_bytes_than_a_row_tells_of_are_not_taken_for_it(archive: Archive, take: Take) -> None:
    told = (
        b'{"schema": "ogi.provenance/1", "document_sha256": "%b", "address": "x", "name": "x",'
        b' "bytes": 3, "archived_at": "2024-01-01T00:00:00Z", "source": "x"}' % (b"0" * 64)
    )
    row = written("metadata", told, Content_Type="application/json", WARC_Refers_To="<urn:x:1>")
    report = take(row + HAS)
    assert [one.problem for one in report.broken] == [f"{URI}: other bytes than its row tells of"]
    assert rows(archive) == []


BOUNDED = """
import resource, sys
from pathlib import Path
from pipelines.archive import open_archive
from pipelines.archive.warc.export import export_warc
from pipelines.archive.warc.import_ import import_warcs

def most() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

before = most()
archive = open_archive(sys.argv[2])
report = import_warcs([Path(sys.argv[1])], archive, max_bytes=1 << 40)
assert report.new == 1 and not report.broken, report
export_warc(archive, Path(sys.argv[3]))
print(most() - before)
"""


def test_a_document_of_300_mb_is_taken_and_given_in_little_memory(tmp_path: Path) -> None:
    size = 300 << 20
    file = tmp_path / "large.warc.gz"
    head = block("200 OK", {"Transfer-Encoding": "chunked"}, b"%x\r\n" % size)
    tail = b"\r\n0\r\n\r\n"
    length = len(head) + size + len(tail)
    start = written("response", b"", Content_Length=str(length))[:-4] + head
    with gzip.open(file, "wb", 1) as out:
        out.write(start)
        for _ in range(300):
            out.write(bytes(1 << 20))
        out.write(tail + b"\r\n\r\n")
    command = [sys.executable, "-c", BOUNDED, file, tmp_path / "archive", tmp_path / "o.warc.gz"]
    done = subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True
    )
    assert int(done.stdout) < 60 << 10  # kilobytes
