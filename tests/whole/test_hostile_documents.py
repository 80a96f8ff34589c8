"""Documents made to do harm: each is recorded as failed with the reason, and the batch goes on."""

import io
import os
import signal
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

Ogi = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]

SECONDS, MEGABYTES = 15, 1500
CONTENT_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def _pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    head = b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed)
    return head + packed + b"\nendstream"


def _pdf_of_one_page(content: bytes) -> bytes:
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        _stream(content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def pdf_bomb() -> bytes:
    """A hundred million marks on a page, in a file of a few hundred kilobytes."""
    return _pdf_of_one_page(b"BT /F 9 Tf " + b"(0) Tj 1 0 Td " * 20_000_000 + b"ET")


def pdf_of_rules() -> bytes:
    """Five million ruling lines."""
    return _pdf_of_one_page(b"0 0 m 9 9 l S " * 5_000_000)


def pdf_of_10_000_pages() -> bytes:
    kids = b" ".join([b"3 0 R"] * 10_000)
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count 10000/MediaBox[0 0 595 842]>>" % kids,
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
        _stream(b"q Q"),
    )


def encrypted_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(72, 720, "secret")
    canvas.save()
    return out.getvalue()


def _zip(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def zip_bomb() -> bytes:
    return _zip({"report.html": b"<p>" + bytes(90_000_000)})


def zip_of_many() -> bytes:
    return _zip({f"{n}.txt": b"x" for n in range(5_000)})


def zip_in_zip() -> bytes:
    content = _zip({"report.html": b"<p>report"})
    for _ in range(6):
        content = _zip({"inner.zip": content})
    return content


def zip_that_leads_out() -> bytes:
    return _zip({"../../../tmp/report.html": b"<p>report"})


def docx_of_entities() -> bytes:
    laughs = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};">' for n in range(1, 40)
    )
    xml = f"<?xml version='1.0'?><!DOCTYPE d [{laughs}]><d>&l39;</d>"
    return _zip({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": xml.encode()})


def xlsx_of_blanks() -> bytes:
    """A sheet that unpacks to two hundred times its size."""
    row = '<row r="1">' + "<c/>" * 2_000_000 + "</row>"
    sheet = f"<worksheet><sheetData>{row}</sheetData></worksheet>"
    workbook = '<workbook><sheets><sheet name="a" sheetId="1"/></sheets></workbook>'
    return _zip(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "xl/workbook.xml": workbook.encode(),
            "xl/worksheets/sheet1.xml": sheet.encode(),
        }
    )


def html_10_000_deep() -> bytes:
    return b"<html><body>" + b"<div>" * 10_000 + b"1" + b"</div>" * 10_000


def tables_10_000_deep() -> bytes:
    return b"<html><body>" + b"<table><tr><td>" * 10_000 + b"1"


def html_of_50_megabytes() -> bytes:
    row = "<tr>" + "<td>12</td>" * 10 + "</tr>"
    return f"<html><body><table>{row * 450_000}</table>".encode()


def picture_of_100_megapixels() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    side = 10_000
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    data = zlib.compress((b"\0" + bytes(side // 8)) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.pdf": (pdf_bomb, ""),
    "rules.pdf": (pdf_of_rules, ""),
    "pages.pdf": (pdf_of_10_000_pages, "10000 pages"),
    "encrypted.pdf": (encrypted_pdf, "encrypted"),
    "bomb.zip": (zip_bomb, "as bombs do"),
    "many.zip": (zip_of_many, "more than 200 files"),
    "nested.zip": (zip_in_zip, "3 deep"),
    "out.zip": (zip_that_leads_out, "leads out"),
    "entities.docx": (docx_of_entities, "document type"),
    "blanks.xlsx": (xlsx_of_blanks, ""),
    "deep.html": (html_10_000_deep, ""),
    "tables.html": (tables_10_000_deep, ""),
    "large.html": (html_of_50_megabytes, ""),
    "large.png": (picture_of_100_megapixels, "pixels"),
    "hanging.rtf": (lambda: b"{\\rtf1 hanging}", "OGI_MAX_DOCUMENT_SECONDS"),
}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a LibreOffice that hangs; it writes down its process."""
    folder = tmp_path_factory.mktemp("programs")
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\necho $$ >> {folder}/started\nexec sleep 600\n")
    program.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, (make, _) in HOSTILE.items():
        (folder / name).write_bytes(make())
    return folder


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory,
    ogi: Ogi,
    hostile: Path,
    some_reports: list[Path],
    programs: Path,
) -> Path:
    folder = tmp_path_factory.mktemp("home")
    ended = ogi(
        folder,
        "ingest",
        hostile,
        *some_reports,
        OGI_MAX_DOCUMENT_SECONDS=str(SECONDS),
        OGI_MAX_WORKER_MEGABYTES=str(MEGABYTES),
        PATH=f"{programs}:{os.environ['PATH']}",
    )
    assert ended.returncode == 0, ended.stderr
    return folder


def test_none_is_a_report_and_each_has_its_reason(home: Path, hostile: Path, rows: Rows) -> None:
    told = {
        Path(address).name: (outcome, reason)
        for address, outcome, reason in rows(
            home,
            "select first_address, outcome, reason from dim_document"
            f" where first_address like '{hostile}%'",
        )
    }
    assert told.keys() == HOSTILE.keys()
    for name, (_, said) in HOSTILE.items():
        outcome, reason = told[name]
        assert outcome in ("failed", "not_a_report"), name
        assert said in reason, (name, reason)
        assert "\n" not in reason
        assert "Error while reading" not in reason, (name, reason)
        if "process died" in reason:  # pdfium and lexbor end themselves where memory ends
            assert "OGI_MAX_WORKER_MEGABYTES" in reason, (name, reason)


def test_the_others_go_through(home: Path, some_reports: list[Path], rows: Rows) -> None:
    found = rows(home, "select first_address from dim_document where outcome = 'report'")
    assert {Path(address).name for (address,) in found} == {file.name for file in some_reports}


def test_nothing_is_left_running(home: Path, programs: Path) -> None:
    started = (programs / "started").read_text().split()
    assert started
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), signal.SIG_DFL)


def test_nothing_left_its_archive(home: Path) -> None:
    assert not Path("/tmp/report.html").exists()  # noqa: S108 - where out.zip points
