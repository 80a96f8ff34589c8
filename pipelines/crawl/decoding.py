"""Bytes of a page → its text; what the page declares is only believed where the bytes allow it."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BROKEN = "\ufffd"
# So many bytes of a character can be missing where a page is cut off.
_LONGEST = 4


def decode(content: bytes) -> tuple[str, str]:
    """The text and the encoding it was read in: UTF-8 where it fits, else GB18030, which holds
    GB2312 and GBK; a few broken bytes leave the better of the two. UTF-16 is told by its mark.
    Broken bytes become U+FFFD."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace"), encoding
    readings = []
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError as error:
            text = content.decode(encoding, errors="replace")
            if error.start >= len(content) - _LONGEST:
                return text, encoding
            readings.append((text.count(_BROKEN), encoding, text))
    # At a tie the first stays: UTF-8.
    _, encoding, text = min(readings, key=lambda reading: reading[0])
    return text, encoding
