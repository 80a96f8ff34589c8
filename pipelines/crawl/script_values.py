"""Values that stand in scripts: arguments of a call, strings and JSON behind a name. Nothing is
run: what is no plain value is not there."""

import json
import re
from functools import lru_cache
from itertools import islice
from typing import Any

Json = Any

_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w.\-]+))\s*(?:,|$)""")
_MOST_DIGITS = 9
# A name that stands in more places is no setting.
_MOST_PLACES = 8
_decoder = json.JSONDecoder()


def arguments_of(script: str, function: str) -> tuple[str, ...] | None:
    """The plain arguments of the first call of a function, as text; None where it is not called
    with such."""
    for match in re.finditer(rf"(?<![\w.]){re.escape(function)}\s*\(([^()]{{0,500}})\)", script):
        found = _ARGUMENT.findall(match[1].strip())
        if found:
            return tuple(double or single or bare for double, single, bare in found)
    return None


def text_of(script: str, *names: str) -> str | None:
    """The string or number that one of these names is given: `name: 'x'`, `name = 12`."""
    for name in names:
        match = _assigned(name).search(script)
        if match is not None:
            return next(group for group in match.groups() if group is not None)
    return None


def number_of(script: str, *names: str) -> int | None:
    """The whole number that one of these names is given; None for none or a senseless one."""
    return whole(text_of(script, *names))


def whole(text: str | None) -> int | None:
    """A whole number of at most nine digits."""
    plain = (text or "").strip()
    is_whole = plain.isascii() and plain.isdigit() and len(plain) <= _MOST_DIGITS
    return int(plain) if is_whole else None


def json_after(script: str, name: str) -> Json | None:
    """The JSON value behind a name, however deep it stands; None where it is none."""
    places = re.finditer(rf"""(?<![\w.])["']?{re.escape(name)}["']?\s*[:=]\s*""", script)
    for match in islice(places, _MOST_PLACES):
        try:
            return _decoder.raw_decode(script, match.end())[0]
        except (ValueError, RecursionError):
            continue
    return None


def json_of(text: str) -> Json | None:
    """The text as JSON, also where it is wrapped in a call; None where it is none."""
    plain = text.strip().removeprefix("\ufeff")
    wrapped = re.fullmatch(r"[\w.$]{1,80}\s*\((.*)\)\s*;?", plain, re.DOTALL)
    try:
        return json.loads(wrapped[1] if wrapped else plain)
    except (ValueError, RecursionError):
        return None


def at(value: Json, *path: str) -> Json | None:
    """What lies at a path of keys; None where there is nothing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def string_at(value: Json, *names: str) -> str:
    """The first text under one of these keys, numbers as text; "" where there is none."""
    for name in names:
        found = at(value, name)
        if isinstance(found, str) and found.strip():
            # JSON can spell halves of characters, which no text can hold.
            return found.strip().encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 10**18:
            return str(found)
    return ""


@lru_cache(maxsize=64)
def _assigned(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"""(?<![\w.])["']?{re.escape(name)}["']?\s*[:=]\s*(?:"([^"]*)"|'([^']*)'|(-?[\w.]+))""",
        re.IGNORECASE,
    )
