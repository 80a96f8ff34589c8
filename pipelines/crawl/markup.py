"""How much of a page a parser may be given: its time grows with the square of the depth."""

import re

# Fewer tags than these cost little, however they are nested.
_FEW_TAGS = 2_500
_MAX_DEPTH = 2_000
_MAX_FORMATTING = 300
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{100000}")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
# Never closed, or not by a tag of their own: they make nothing deep.
_FLAT = frozenset(
    re.findall(
        r"\w+",
        "area base br col embed hr img input link meta param source track wbr html head body p li"
        " dt dd option optgroup tr td th thead tbody tfoot colgroup rb rt rp a nobr",
    )
)
# What a parser opens again in every block behind the one in which it was left open.
_FORMATTING = frozenset(
    {"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"}
)


def parsable(text: str) -> str:
    """The text up to where it is nested too deep, or has a tag too long, to be parsed in a time
    that grows with its length; nearly always all of it."""
    match = _LONG_TAG.search(text)
    whole = text[: match.start()] if match else text
    if whole.count("<") < _FEW_TAGS:
        return whole
    depth = formatting = 0
    for tag in _TAG.finditer(whole):
        name = tag[2].lower()
        if name in _FLAT:
            continue
        step = -1 if tag[1] else 1
        if name in _FORMATTING:
            formatting = max(0, formatting + step)
        else:
            depth = max(0, depth + step)
        if depth > _MAX_DEPTH or formatting > _MAX_FORMATTING:
            return whole[: tag.start()]
    return whole
