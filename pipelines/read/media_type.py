"""What bytes are, told from the bytes: the name and the server's word can both be wrong."""

import re

from pipelines.domain import UnreadableDocument
from pipelines.read.containers import OLE, RTF, ZIP, inside

PDF = "application/pdf"
HTML = "text/html"
TEXT = "text/plain"
PNG = "image/png"
JPEG = "image/jpeg"
GIF = "image/gif"
TIFF = "image/tiff"
BMP = "image/bmp"
WEBP = "image/webp"
PICTURES = (PNG, JPEG, GIF, TIFF, BMP, WEBP)

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),  # an empty one
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF8", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
)
_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|title|body|meta|table|tr|td|div|p|span|font|br|ul|ol|li|h[1-6]"
    r"|a\s|article|section|pre|center|iframe|script|style)\b",
    re.IGNORECASE,
)
# A PDF may carry a little rubbish before its header.
_PDF_HEADER_WITHIN = 1024
_MARKUP_WITHIN = 65536
# Bytes that no text has; none of them is a part of a character in UTF-8 or GB18030.
_CONTROL = bytes([*range(9), *range(14, 32), 127])
_MAX_CONTROL_SHARE = 0.001
# So much of what is not ASCII may be broken: what is read in the wrong encoding has much more.
_MAX_BROKEN_SHARE = 0.2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def media_type_of(content: bytes) -> str:
    """The media type of the bytes.

    Raises:
        UnreadableDocument: they are empty, neither text nor a format with a known signature, or a
            container that is damaged or encrypted.
    """
    if not content.strip():
        raise UnreadableDocument("the file is empty")
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        return PDF
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return inside(content, media_type)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"BM") and content[2:6] == len(content).to_bytes(4, "little"):
        return BMP
    text = decode(content)
    return HTML if _MARKUP.search(text[:_MARKUP_WITHIN]) else TEXT


def decode(content: bytes) -> str:
    """Text of unknown encoding: UTF-8 where it fits, else GB18030; what pages declare is not asked,
    since many declare it wrongly. UTF-16 is told by its mark, or by the NUL in its first letter.
    Broken bytes are kept as U+FFFD.

    Raises:
        UnreadableDocument: the bytes are no text.
    """
    utf16 = _utf16(content)
    if utf16 is not None:
        text = content.decode(utf16, errors="replace")
        return _whole(text, text.encode("utf-8", "replace"))
    plain = content.removeprefix(_BYTE_ORDER_MARK)
    for encoding in ("utf-8", "gb18030"):
        try:
            return _whole(plain.decode(encoding), plain)
        except UnicodeDecodeError:
            pass
        # A few broken bytes leave the encoding recognizable.
        text = plain.decode(encoding, errors="replace")
        if text.count("\ufffd") <= max(1, _length_beyond_ascii(text) * _MAX_BROKEN_SHARE):
            return _whole(text, plain)
    raise UnreadableDocument("the bytes are neither text nor a known format")


def _utf16(content: bytes) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(content[:2])


def _length_beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _whole(text: str, content: bytes) -> str:
    control = len(content) - len(content.translate(None, _CONTROL))
    if control > len(content) * _MAX_CONTROL_SHARE:
        raise UnreadableDocument("the bytes are neither text nor a known format")
    return text
