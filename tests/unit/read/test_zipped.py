"""ZIP: every document in it, whatever its name's encoding; bombs and tricks refused."""

import io
import random
import stat
import struct
import tracemalloc
import zipfile
import zlib
from dataclasses import replace

import pytest

from pipelines.domain import Document, UnreadableDocument, sha256_of
from pipelines.read.containers import DOC, DOCX, OFD, OLE, PPTX, XLS, XLSB, XLSX, ZIP, inside
from pipelines.read.limits import Limits
from pipelines.read.zipped import Entries, entries_of

HTML = "<html><body>报告</body></html>".encode()
TEXT = "规章\t0\t0\t0\n".encode()
PDF = b"%PDF-1.7\n%%EOF"


def packed(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def office_file(folder: str) -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", f"{folder}/document.xml": b"<x/>"})


def opened(content: bytes, limits: Limits | None = None) -> Entries:
    return entries_of(Document("a.zip", content, sha256_of(content), ZIP), limits or Limits())


def names(entries: Entries) -> list[str]:
    return [d.path.removeprefix("a.zip > ") for d in entries.documents]


def test_entries_come_in_the_order_of_their_likelihood() -> None:
    entries = opened(
        packed({"a.txt": TEXT, "b/c.pdf": PDF, "d.htm": HTML, "e.docx": office_file("word")})
    )
    assert names(entries) == ["e.docx", "d.htm", "b/c.pdf", "a.txt"]
    assert entries.documents[0].media_type == DOCX
    assert entries.documents[1].content == HTML
    assert entries.skipped == ()


def test_archives_in_archives_are_opened_three_deep() -> None:
    inner = packed({"deep.htm": HTML})
    third = packed({"b.htm": HTML + b" ", "fourth.zip": inner})
    entries = opened(packed({"second.zip": packed({"third.zip": third}), "x.txt": TEXT}))
    assert names(entries) == ["second.zip > third.zip > b.htm", "x.txt"]
    assert entries.skipped == ("fourth.zip: archives are opened 3 deep, no deeper",)


def test_one_file_twice_is_one_and_litter_is_none() -> None:
    entries = opened(
        packed({"a.htm": HTML, "b.htm": HTML, "__MACOSX/._a.htm": b"\0\5", ".DS_Store": b"\0"})
    )
    assert names(entries) == ["a.htm"]
    assert entries.skipped == ()


def raw_archive(name: bytes, content: bytes, flags: int = 0, extra: bytes = b"") -> bytes:
    """An archive of one stored entry whose name is these very bytes."""
    crc = zlib.crc32(content)
    sizes = struct.pack("<LLLHH", crc, len(content), len(content), len(name), len(extra))
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, flags, 0, 0, 0x5421) + sizes + name + extra
    central = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, flags, 0, 0, 0x5421) + sizes
    central += struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name + extra
    end = struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central), len(local) + len(content), 0)
    return local + content + central + b"PK\x05\x06" + end


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("年度报告.htm".encode("gbk"), 0),
        ("年度报告.htm".encode(), 0),
        ("年度报告.htm".encode(), 0x800),
    ],
)
def test_names_in_chinese(name: bytes, flags: int) -> None:
    assert names(opened(raw_archive(name, HTML, flags))) == ["年度报告.htm"]


def test_a_name_that_the_archive_adds_in_unicode_counts_if_it_belongs() -> None:
    def extra(crc: int) -> bytes:
        value = b"\1" + struct.pack("<L", crc) + "报告.htm".encode()
        return struct.pack("<HH", 0x7075, len(value)) + value

    mine, other = extra(zlib.crc32(b"x.htm")), extra(1)
    assert names(opened(raw_archive(b"x.htm", HTML, extra=mine))) == ["报告.htm"]
    assert names(opened(raw_archive(b"x.htm", HTML, extra=other))) == ["x.htm"]


# -- tricks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../a.htm", "b/../../a.htm", "/etc/a.htm", "C:\\a.htm", "..\\a.htm", "C:a.htm"]
)
def test_a_name_that_leads_out_is_passed_over(name: str) -> None:
    entries = opened(packed({name: HTML, "good.txt": TEXT}))
    assert names(entries) == ["good.txt"]
    assert "leads out of the archive" in entries.skipped[0]


def test_a_link_is_passed_over() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("a.htm")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("b.txt", TEXT)
    assert opened(buffer.getvalue()).skipped == ("a.htm: it is a link",)


def test_an_encrypted_entry_and_a_strange_method_are_passed_over() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b.htm", HTML, zipfile.ZIP_BZIP2)
    content = bytearray(buffer.getvalue())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(UnreadableDocument, match=r"a\.txt: it is encrypted; b\.htm: .*method 12"):
        opened(bytes(content))


@pytest.mark.parametrize(
    "content", [packed({}), packed({"a/": b""}), packed({"a.exe": b"MZ\0\1" * 99})]
)
def test_an_archive_without_documents_says_so(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="no document that could be a report"):
        opened(content)


# -- bombs --------------------------------------------------------------------------------------


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({"a.htm": bytes(90_000_000), "b.txt": TEXT})
    tracemalloc.start()
    entries = opened(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert names(entries) == ["b.txt"]
    assert "bombs" in entries.skipped[0]
    assert peak < 5_000_000


def test_all_together_are_bounded_in_nested_archives_too() -> None:
    limits = replace(Limits(), max_total_bytes=100_000, max_entries=20)
    part = random.Random(1).randbytes(30_000).hex().encode()[:30_000]
    with pytest.raises(UnreadableDocument, match="unpacks to more than 100000 bytes"):
        opened(packed({f"{n}.txt": part for n in range(4)}), limits)
    nested = packed({"b.txt": part, "c.txt": part + b"1"})
    with pytest.raises(UnreadableDocument, match="unpacks to more than"):
        opened(packed({"a.txt": part + b"2", "n.zip": nested}), limits)
    with pytest.raises(UnreadableDocument, match="more than 20 files"):
        opened(packed({f"{n}.txt": TEXT for n in range(21)}), limits)
    many = packed({f"{n}.txt": TEXT for n in range(15)})
    with pytest.raises(UnreadableDocument, match="more than 20 files"):
        opened(
            packed({"a.zip": many, "b.zip": many + b""} | {f"{n}": TEXT for n in range(9)}), limits
        )


def test_a_million_members_are_not_even_listed() -> None:
    content = packed({"a.txt": TEXT}) + b"PK\x01\x02" * 20_000
    with pytest.raises(UnreadableDocument, match="members"):
        opened(content)


def test_truncated_and_spoilt_archives_are_refused_or_opened() -> None:
    content = packed({"a.htm": HTML, "b.txt": TEXT * 20, "c.zip": packed({"d.htm": HTML + b" "})})
    for end in range(0, len(content), 5):
        with pytest.raises(UnreadableDocument):
            opened(content[:end])
    rng = random.Random(3)
    for _ in range(400):
        at = rng.randrange(len(content))
        spoilt = content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]
        try:
            assert opened(spoilt).documents
        except UnreadableDocument as error:
            assert "\n" not in str(error)


# -- what a container holds ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (office_file("word"), DOCX),
        (office_file("xl"), XLSX),
        (office_file("ppt"), PPTX),
        (packed({"[Content_Types].xml": b"", "xl/workbook.bin": b"", "xl/x": b""}), XLSB),
        (packed({"OFD.xml": b"<x/>"}), OFD),
        (packed({"word/document.xml": b"<x/>"}), ZIP),
        (packed({"mimetype": b"x"}), ZIP),
        (packed({"a.htm": HTML}), ZIP),
    ],
)
def test_what_a_zip_holds(content: bytes, media_type: str) -> None:
    assert inside(content, ZIP) == media_type


def test_an_open_document_is_told_by_its_first_entry() -> None:
    odt = "application/vnd.oasis.opendocument.text"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", odt)
    assert inside(buffer.getvalue(), ZIP) == odt


@pytest.mark.parametrize("size", [0, 100, 512, 5000])
def test_a_damaged_ole_file_is_refused(size: int) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(size).randbytes(size)
    with pytest.raises(UnreadableDocument, match=r"damaged|holds"):
        inside(content, OLE)


def ole(*names: str) -> bytes:
    """An OLE file of empty streams."""

    def entry(name: str, kind: int, child: int, right: int) -> bytes:
        encoded = (name + "\0").encode("utf-16-le")
        tree = struct.pack("<BBLLL", kind, 1, 0xFFFFFFFF, right, child)
        return (
            encoded.ljust(64, b"\0")
            + struct.pack("<H", len(encoded))
            + tree
            + bytes(36)
            + struct.pack("<LQ", 0xFFFFFFFE, 0)
        )

    none = 0xFFFFFFFF
    ordered = sorted(names, key=lambda n: (len(n), n.upper()))
    entries = [entry("Root Entry", 5, 1, none)]
    entries += [
        entry(name, 2, none, n + 1 if n < len(ordered) else none)
        for n, name in enumerate(ordered, 1)
    ]
    directory = b"".join(entries).ljust(512, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<LLLLLLLLL", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<L", 0) + struct.pack("<L", none) * 108
    fat = struct.pack("<LL", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    return header + fat + directory


@pytest.mark.parametrize(
    ("streams", "media_type"),
    [
        (("WordDocument", "1Table"), DOC),
        (("Workbook",), XLS),
        (("Book",), XLS),
        (("Workbook", "ETExtData"), XLS),
    ],
)
def test_what_an_ole_file_holds(streams: tuple[str, ...], media_type: str) -> None:
    assert inside(ole(*streams), OLE) == media_type


def test_an_encrypted_docx_says_that_it_asks_for_a_password() -> None:
    with pytest.raises(UnreadableDocument, match="encrypted: it asks for a password"):
        inside(ole("EncryptedPackage", "EncryptionInfo"), OLE)
    with pytest.raises(UnreadableDocument, match="it holds powerpoint document"):
        inside(ole("PowerPoint Document"), OLE)
