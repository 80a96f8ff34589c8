"""Folding: two labels are the same when their folded texts are."""

import re
import unicodedata
from functools import lru_cache

import opencc

_INVISIBLE = {"Cf", "Cc", "Zs", "Zl", "Zp"}
_PIECE = re.compile(r"[\s\S]{1,1024}[^ -~\u4e00-\u9fff]{0,1024}")
_to_simplified = opencc.OpenCC("t2s")
# Mirrors in traditional characters put a reading behind a character: xiàng in half-width brackets.
_READING = re.compile(r"\([a-z\u00e0-\u01dc\u0261]+\)", re.IGNORECASE)


def compatible(text: str) -> str:
    """The text in Unicode's form NFKC.

    Python sorts a run of combining marks in quadratic time, so a long text is taken in pieces. A
    piece ends before a character that combines with none before it, or is cut where there is no
    such character for long.
    """
    return "".join(unicodedata.normalize("NFKC", piece) for piece in _PIECE.findall(text))


@lru_cache(maxsize=65536)
def narrow(text: str) -> str:
    """Full-width letters, digits and brackets in their plain forms; all white space taken away."""
    plain = compatible(text)
    return "".join(c for c in plain if unicodedata.category(c) not in _INVISIBLE)


@lru_cache(maxsize=65536)
def simplify(text: str) -> str:
    """`narrow(text)` in simplified characters, without readings in Latin letters."""
    plain = narrow(text)
    return plain if plain.isascii() else str(_to_simplified.convert(_READING.sub("", plain)))


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Only letters and digits are left, in their plain simplified forms, lower case."""
    return "".join(c for c in simplify(text).lower() if c.isalnum())


def one_line(text: str) -> str:
    """The text as printed, on one line, with single spaces."""
    return " ".join(text.split())


@lru_cache(maxsize=65536)
def unnumbered(text: str, numerals: str) -> str:
    """`simplify(text)` without its leading enumeration: `1.`, `(2)`, the same with `numerals`."""
    plain = simplify(text)
    pattern = rf"^(?:[(\[]?(?:[{numerals}]{{1,3}}|\d{{1,2}})[)\]、.,:]+)+(?=\D)"
    return re.sub(pattern, "", plain)


def placed(text: str) -> tuple[str, tuple[int, ...]]:
    """`simplify(text)` character by character, and where in `text` each of them stands. A
    full-width comma stays one, so that it never parts thousands."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = character if character == "，" else simplify(character)
        characters.extend(plain)
        places.extend([place] * len(plain))
    plain = "".join(characters)
    if not (readings := list(_READING.finditer(plain))):
        return plain, tuple(places)
    dropped = {i for reading in readings for i in range(*reading.span())}
    kept = [i for i in range(len(plain)) if i not in dropped]
    return "".join(plain[i] for i in kept), tuple(places[i] for i in kept)
