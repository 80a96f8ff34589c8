"""Names of agencies: what may be one, which is whole, and when two mean the same."""

from collections.abc import Iterator

from pipelines.text import simplify
from pipelines.text.lexicon import Lexicon

_MIN_NAME = 3
_MAX_NAME = 30
# A name of a place that begins with the word for a place has that word again as its third
# character.
_PLACE_ENDS_AT = 2
_MARKS = "、·()"


def may_be_agency(text: str, lexicon: Lexicon) -> bool:
    """Whether a text without white space can be the name of an agency."""
    plain = simplify(text)
    return (
        _MIN_NAME <= len(plain) <= _MAX_NAME
        and plain.endswith(lexicon.agency_endings)
        and plain.count("(") == plain.count(")")
        and not plain.startswith(lexicon.publisher_words)
        and all(c in _MARKS or (c.isalnum() and not c.isdecimal()) for c in plain)
        and not any(word in plain for word in lexicon.title.report)
    )


def is_whole(name: str, lexicon: Lexicon) -> bool:
    """Whether a name can do without its place's: it does not begin with the word for a kind of
    place or office (the county's bureau), and is not only that (our bureau)."""
    plain = simplify(name)
    singles = _singles(lexicon)
    kinds = [e for e in lexicon.agency_endings if plain.startswith(e)]
    is_place = len(plain) > _PLACE_ENDS_AT + 1 and plain[_PLACE_ENDS_AT] in singles
    if kinds and not (is_place and singles.issuperset(kinds)):
        return False
    cuts = 0
    while (shorter := _cut(plain, lexicon)) is not None:
        plain, cuts = shorter, cuts + 1
    # A place can be one character and the word for its kind; then more follows.
    return len(plain) > 1 or (len(plain) == 1 and cuts > 1)


def is_bare(name: str, lexicon: Lexicon) -> bool:
    """Whether a name holds no place: a bureau's as any county has one."""
    return not any(c in _singles(lexicon) for c in simplify(name)[:-1])


def agree(own: str, other: str, lexicon: Lexicon) -> bool:
    """Whether the second name may mean the first agency, as far as one document goes: one has the
    place that the other leaves out, one is short for the other, or it is that of a place's
    government, or of the agency's office."""
    own, other = simplify(own), simplify(other)
    names = [own, *_government_of(own, lexicon)]
    return any(
        a.endswith(b)
        or b.endswith(a)
        or _is_short_for(a, b, lexicon)
        or _is_short_for(b, a, lexicon)
        for a in names
        for b in _reduced(other, lexicon)
    )


def are_alike(own: str, other: str, lexicon: Lexicon) -> bool:
    """Whether both are of one kind (two bureaus), neither a government nor an office, which publish
    what others wrote."""
    own, other = simplify(own), simplify(other)
    alone = all(len(list(_reduced(name, lexicon))) == 1 for name in (own, other))
    kinds = [
        max((e for e in lexicon.agency_endings if n.endswith(e)), default="", key=len)
        for n in (own, other)
    ]
    return alone and kinds[0] == kinds[1]


def is_office_of_government(name: str, lexicon: Lexicon) -> bool:
    """Whether it is an office of a place's government: it publishes what all of them wrote."""
    return len(list(_reduced(simplify(name), lexicon))) > 2


def _singles(lexicon: Lexicon) -> set[str]:
    return {e for e in lexicon.agency_endings if len(e) == 1}


def _cut(name: str, lexicon: Lexicon) -> str | None:
    """Without its longest ending."""
    endings = [e for e in lexicon.agency_endings if name.endswith(e)]
    return name.removesuffix(max(endings, key=len)) if endings else None


def _reduced(name: str, lexicon: Lexicon) -> Iterator[str]:
    """The name, and what is left of it while that is a name: a government's place, an office's
    agency."""
    endings = sorted(lexicon.agency_endings, key=len)
    left: str | None = name
    while left is not None:
        yield left
        cuts = (left.removesuffix(e) for e in endings if left.endswith(e))
        left = next((c for c in cuts if c.endswith(lexicon.agency_endings)), None)


def _government_of(name: str, lexicon: Lexicon) -> list[str]:
    """The place whose government it is, where nothing more can be cut."""
    reduced = list(_reduced(name, lexicon))[1:]
    return reduced if len(reduced) == 1 else []


def _is_short_for(short: str, long: str, lexicon: Lexicon) -> bool:
    """Whether characters were left out of the longer name, none of them that of a kind of place."""
    if len(short) >= len(long) or short[:2] != long[:2] or long.startswith(short):
        return False
    left_out, at = [], 0
    for character in long:
        if at < len(short) and short[at] == character:
            at += 1
        else:
            left_out.append(character)
    return at == len(short) and _singles(lexicon).isdisjoint(left_out)
