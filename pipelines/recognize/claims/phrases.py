"""The sayings of claims.yaml as patterns over one clause in which a figure is one character."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipelines.forms import Forms
from pipelines.forms.claims import Saying
from pipelines.text import simplify

# Stands for a figure with its unit.
FIGURE = "\x01"

_SLOT = re.compile(r"\{(\w+)(\??)\}")
_STOPS = rf"{FIGURE},，;:()"
_QUOTED = rf"[“\"'][^{_STOPS}“”\"']{{1,24}}[”\"']"


@dataclass(frozen=True, slots=True)
class Said:
    """One saying as a pattern; `starts` are the characters that it can begin with, None for any."""

    saying: Saying
    pattern: re.Pattern[str]
    starts: frozenset[str] | None

    @property
    def is_free(self) -> bool:
        """Whether part of it may be words that no form knows."""
        return any(slot in p for p in self.saying.phrases for slot in ("{any", "{many"))

    def says(self, clause: str) -> bool:
        if self.starts is not None and clause[0] not in self.starts:
            return False
        return self.pattern.fullmatch(clause) is not None


@lru_cache(maxsize=4)
def sayings_of(forms: Forms) -> tuple[Said, ...]:
    """Every saying of the forms, compiled."""
    return tuple(
        Said(
            saying,
            re.compile("|".join(_pattern(phrase, forms) for phrase in saying.phrases)),
            _all_starts(saying.phrases, forms),
        )
        for saying in forms.claims.sayings
    )


@lru_cache(maxsize=4)
def _free(forms: Forms) -> dict[str, str]:
    """The slots that are no words of the file."""
    return {
        "n": FIGURE,
        "any": rf"(?:(?!{'|'.join(forms.claims.no_names)})[^{_STOPS}、]){{1,14}}",
        "many": rf"[^{_STOPS}]{{2,40}}",
        "quoted": _QUOTED,
    }


def _pattern(phrase: str, forms: Forms) -> str:
    parts = []
    for literal, name, optional in _parts(phrase):
        if name is None:
            parts.append(re.escape(simplify(literal)))
            continue
        inner = _free(forms).get(name)
        if inner is None:
            inner = "|".join(_pattern(entry, forms) for entry in forms.claims.words[name])
        parts.append(f"(?:{inner}){'?' if optional else ''}")
    return "".join(parts)


def _parts(phrase: str) -> Iterator[tuple[str, str | None, bool]]:
    """Literals, and slots with their name and whether they may be empty."""
    end = 0
    for match in _SLOT.finditer(phrase):
        if match.start() > end:
            yield phrase[end : match.start()], None, False
        yield "", match[1], bool(match[2])
        end = match.end()
    if end < len(phrase):
        yield phrase[end:], None, False


def _all_starts(phrases: tuple[str, ...], forms: Forms) -> frozenset[str] | None:
    every: set[str] = set()
    for phrase in phrases:
        starts = _starts(phrase, forms)
        if starts is None:
            return None
        every |= starts
    return frozenset(every)


def _starts(phrase: str, forms: Forms) -> set[str] | None:
    found: set[str] = set()
    for literal, name, optional in _parts(phrase):
        if name is None:
            return found | {simplify(literal)[0]}
        if name == "n":
            return found | {FIGURE}
        if name in _free(forms):
            return None
        for entry in forms.claims.words[name]:
            inner = _starts(entry, forms)
            if inner is None:
                return None
            found |= inner
        if not optional:
            return found
    return found
