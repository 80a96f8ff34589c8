"""Folding: two labels are the same when their folded texts are."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = {"Cf", "Cc", "Zs", "Zl", "Zp"}


@lru_cache(maxsize=65536)
def narrow(text: str) -> str:
    """Full-width letters, digits and brackets in their plain forms; all white space taken away."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if unicodedata.category(c) not in _INVISIBLE)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Only letters and digits are left, in their plain forms, lower case."""
    return "".join(c for c in narrow(text).lower() if c.isalnum())


@lru_cache(maxsize=65536)
def unnumbered(text: str, numerals: str) -> str:
    """`narrow(text)` without its leading enumeration: `1.`, `(2)`, and the same with `numerals`."""
    plain = narrow(text)
    pattern = rf"^(?:[(\[]?(?:[{numerals}]{{1,3}}|\d{{1,2}})[)\]、.,:]+)+(?=\D)"
    return re.sub(pattern, "", plain)
