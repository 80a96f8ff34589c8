"""Bytes of unknown encoding as text. What a page declares is not used: many declare it wrongly."""

from typing import NamedTuple

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF16_STARTS = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
# GB18030 includes GB2312 and GBK.
_ENCODINGS = ("utf-8", "gb18030")
_REPLACEMENT = "\ufffd"
# Bytes that no text has; none of them is a part of a character in UTF-8 or GB18030.
_CONTROL = bytes([*range(9), *range(14, 32), 127])
_MAX_CONTROL_SHARE = 0.001
# So much of what is not ASCII may be broken: text in the wrong encoding has much more.
_MAX_BROKEN_SHARE = 0.2


class Decoded(NamedTuple):
    """Text, the encoding that it was read in, and whether the bytes are text at all. A broken byte
    is U+FFFD."""

    text: str
    encoding: str
    is_text: bool


def decode(content: bytes) -> Decoded:
    """UTF-16 by its mark or by the NUL in its first letter; else UTF-8 where it fits, else GB18030.
    Where neither fits, the first in which only a few bytes are broken, else the one with fewer."""
    utf16 = _utf16(content)
    if utf16 is not None:
        text = content.decode(utf16, errors="replace")
        return Decoded(text, utf16, not _has_controls(text.encode("utf-8", "replace")))
    plain = content.removeprefix(_BYTE_ORDER_MARK)
    readings = []
    for encoding in _ENCODINGS:
        text = plain.decode(encoding, errors="replace")
        broken = text.count(_REPLACEMENT)
        if not broken or broken <= max(1, _length_beyond_ascii(text) * _MAX_BROKEN_SHARE):
            return Decoded(text, encoding, not _has_controls(plain))
        readings.append((broken, Decoded(text, encoding, is_text=False)))
    return min(readings, key=lambda reading: reading[0])[1]


def _utf16(content: bytes) -> str | None:
    if content.startswith(_UTF16_MARKS):
        return "utf-16"
    return _UTF16_STARTS.get(content[:2])


def _length_beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _has_controls(content: bytes) -> bool:
    controls = len(content) - len(content.translate(None, _CONTROL))
    return controls > len(content) * _MAX_CONTROL_SHARE
