"""What bytes are is told from the bytes."""

import random

import pytest

from pipelines.domain import UnreadableDocument
from pipelines.read.media_type import decoded_text, media_type_of


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n...", "application/pdf"),
        (b"\n\n%PDF-1.4", "application/pdf"),
        (b"PK\x05\x06" + bytes(18), "application/zip"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"BM" + (20).to_bytes(4, "little") + bytes(14), "image/bmp"),
        (b"RIFF\x10\0\0\0WEBPVP8 rest", "image/webp"),
        (b"<pre>a</pre>", "text/html"),
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
    assert decoded_text(text.encode(encoding)) == text


def test_one_broken_byte_does_not_lose_the_page() -> None:
    content = ("政府信息公开" * 500).encode()
    broken = content[:100] + b"\xff" + content[101:]
    text = decoded_text(broken)
    assert text.count("政府信息公开") >= 498
    assert "\ufffd" in text


SCRIPT = "<html>" + "<script>var x=1;</script>" * 4000 + "<td>规章</td><td>12</td></html>"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gb2312", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_a_little_chinese_in_much_script_is_decoded(encoding: str) -> None:
    assert decoded_text(SCRIPT.encode(encoding)) == SCRIPT


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("seed", range(10))
def test_broken_bytes_stay_to_be_seen(encoding: str, seed: int) -> None:
    rng = random.Random(seed)
    content = bytearray(("<td>规章</td><td>12</td>政府信息公开工作年度报告" * 40).encode(encoding))
    beyond_ascii = [i for i, byte in enumerate(content) if byte >= 0x80]
    for place in rng.sample(beyond_ascii, 6):
        content[place] = 0xFF
    text = decoded_text(bytes(content))
    assert text.count("政府信息公开工作年度报告") >= 20
    assert "\ufffd" in text


def test_two_encodings_in_one_page() -> None:
    text = decoded_text(("政府信息公开" * 200).encode() + "主办单位".encode("gb18030"))
    assert text.count("政府信息公开") == 200
    assert "\ufffd" in text


def test_a_mark_of_utf_8_before_gb18030() -> None:
    assert decoded_text(b"\xef\xbb\xbf" + "政府信息公开".encode("gb18030")) == "政府信息公开"


@pytest.mark.parametrize("seed", [1, 2])
def test_noise_is_no_text(seed: int) -> None:
    with pytest.raises(UnreadableDocument, match="neither text nor"):
        decoded_text(random.Random(seed).randbytes(50_000))
