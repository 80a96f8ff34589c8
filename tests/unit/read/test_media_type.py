"""What bytes are is told from the bytes."""

import pytest

from pipelines.domain import UnreadableDocument
from pipelines.read.media_type import decode, media_type_of


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n...", "application/pdf"),
        (b"\n\n%PDF-1.4", "application/pdf"),
        (b"PK\x03\x04rest", "application/zip"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        ("<html><body>报告</body></html>".encode("gb18030"), "text/html"),
        ("前言<table><tr><td>1</td></tr></table>".encode(), "text/html"),
        ("规章\t0\t0\t0\n".encode(), "text/plain"),
        ("a < b 且 b > c".encode(), "text/plain"),
    ],
)
def test_media_type(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize("content", [b"", b" \r\n\t "])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="empty"):
        media_type_of(content)


@pytest.mark.parametrize("content", [bytes(range(256)) * 8, b"MZ\x90\x00" + b"\x00\x01\x02" * 900])
def test_binary_rubbish_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="neither text nor"):
        media_type_of(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16"])
def test_text_is_decoded_whatever_it_declares(encoding: str) -> None:
    text = '<meta charset="iso-8859-1">政府信息公开工作年度报告，一、总体情况'
    assert decode(text.encode(encoding)) == text


def test_one_broken_byte_does_not_lose_the_page() -> None:
    content = ("政府信息公开" * 500).encode()
    broken = content[:100] + b"\xff" + content[101:]
    text = decode(broken)
    assert text.count("政府信息公开") >= 498
    assert "\ufffd" in text
