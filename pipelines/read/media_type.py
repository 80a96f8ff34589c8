"""What bytes are, told from the bytes: the name and the server's word can both be wrong."""

import re

from pipelines.domain import UnreadableDocument

PDF = "application/pdf"
HTML = "text/html"
TEXT = "text/plain"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
)
_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|title|body|meta|table|tr|td|div|p|span|font|br|ul|ol|li|h[1-6]"
    r"|a\s|article|section)\b",
    re.IGNORECASE,
)
# A PDF may carry a little rubbish before its header.
_PDF_HEADER_WITHIN = 1024
_MARKUP_WITHIN = 65536
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MAX_REPLACED_SHARE = 0.001


def media_type_of(content: bytes) -> str:
    """The media type of the bytes.

    Raises:
        UnreadableDocument: they are empty, or neither text nor a format with a known signature.
    """
    if not content.strip():
        raise UnreadableDocument("the file is empty")
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        return PDF
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    text = decode(content)
    return HTML if _MARKUP.search(text[:_MARKUP_WITHIN]) else TEXT


def decode(content: bytes) -> str:
    """Text of unknown encoding: UTF-8 where it fits, else GB18030; what pages declare is not asked,
    since many declare it wrongly. A rare broken byte is kept as U+FFFD.

    Raises:
        UnreadableDocument: the bytes are no text.
    """
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    # A broken byte leaves UTF-8 recognizable; GB18030 would read nearly anything.
    for encoding in ["utf-16"] if utf16 else ["utf-8-sig", "gb18030"]:
        text = content.decode(encoding, errors="replace")
        if text.count("\ufffd") <= max(1, len(text) * _MAX_REPLACED_SHARE):
            return _checked(text)
    raise UnreadableDocument("the bytes are neither text nor a known format")


def _checked(text: str) -> str:
    if len(_CONTROL.findall(text)) > len(text) * _MAX_REPLACED_SHARE:
        raise UnreadableDocument("the bytes are neither text nor a known format")
    return text
