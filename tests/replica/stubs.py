"""Cheap documents that read like reports: each of its own bytes, most of them common to all."""

import hashlib
import io
import struct
import zipfile
import zlib
from functools import lru_cache

from tests.replica.plan import Format
from tests.simulate.words import load_words

_PAGE_CHARACTERS = 6_200  # about 20 KB with what stands around it
_FILE_BYTES = 12_000
_ROWS = 12
_COLUMNS = 7


@lru_cache(maxsize=1)
def filler() -> str:
    """The prose that all stubs share."""
    prose = load_words().prose
    parts = (prose.disclosure, prose.requests, prose.management, prose.platform, prose.supervision)
    sentences = [s.text for part in parts for s in part.sentences if "{" not in s.text]
    lines: list[str] = []
    size = 0
    while size < _PAGE_CHARACTERS:
        line = f"<p>{sentences[len(lines) % len(sentences)]}</p>"
        lines.append(line)
        size += len(line)
    return "\n".join(lines)


def table(key: str) -> str:
    """A table of figures that no other key has."""
    drawn = hashlib.shake_128(key.encode()).digest(_ROWS * _COLUMNS)
    rows = [drawn[i : i + _COLUMNS] for i in range(0, len(drawn), _COLUMNS)]
    cells = ["".join(f"<td>{figure}</td>" for figure in row) for row in rows]
    return f'<table border="1"><tr>{"</tr><tr>".join(cells)}</tr></table>'


def file(key: str, format: Format) -> bytes:
    """A small file of that format that begins and ends as one."""
    drawn = hashlib.shake_128(key.encode()).digest(_FILE_BYTES)
    if format == "pdf":
        return _pdf(drawn)
    if format == "png":
        return _png(drawn)
    name = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "zip": "report.docx"}[format]
    return zip_of({"[Content_Types].xml": b"<Types/>", name: drawn})


def zip_of(files: dict[str, bytes]) -> bytes:
    """Stored, with the same date always: the same files are the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content)
    return stream.getvalue()


def _pdf(drawn: bytes) -> bytes:
    head = b"%%PDF-1.4\n1 0 obj\n<< /Length %d >>\nstream\n" % len(drawn)
    body = head + drawn + b"\nendstream\nendobj\n"
    trailer = b"trailer\n<< /Size 2 >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 1\n0000000000 65535 f \n" + trailer


def _png(drawn: bytes) -> bytes:
    """Grey noise, a hundred pixels wide."""
    width = 100
    rows = [drawn[i : i + width] for i in range(0, len(drawn), width)]
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 1)
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
