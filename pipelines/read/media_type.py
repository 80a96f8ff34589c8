"""What bytes are, told from the bytes: the name and the server's word can both be wrong."""

import re

from pipelines.domain import UnreadableDocument
from pipelines.read.containers import OLE, RTF, ZIP, inside
from pipelines.text import decode

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
    text = decoded_text(content)
    return HTML if _MARKUP.search(text[:_MARKUP_WITHIN]) else TEXT


def decoded_text(content: bytes) -> str:
    """The text of the bytes; a broken byte is U+FFFD.

    Raises:
        UnreadableDocument: the bytes are no text.
    """
    decoded = decode(content)
    if not decoded.is_text:
        raise UnreadableDocument("the bytes are neither text nor a known format")
    return decoded.text
