"""One cell's token → state, value, unit. A token that is no figure beyond doubt is unreadable."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from pipelines.domain import State
from pipelines.text.fold import compatible, simplify
from pipelines.text.lexicon import Lexicon
from pipelines.text.numerals import chinese_number, decimal_number

TokenKind = Literal["count", "change", "amount"]

_SPACED_DIGITS = re.compile(r"(?<=[\d.,])\s+(?=[\d.,])")
_SPACED_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[ \xa0\u3000]\d{3})+")


@dataclass(frozen=True, slots=True)
class Token:
    """`value` is None unless `state` is reported; `unit` only where the token itself names one."""

    state: State
    value: Decimal | None = None
    unit: str | None = None


_UNREADABLE = Token(State.UNREADABLE)


@dataclass(frozen=True, slots=True)
class _Words:
    """The lexicon's words, simplified, the longest first."""

    not_applicable: frozenset[str]
    increase: tuple[str, ...]
    decrease: tuple[str, ...]
    count_units: tuple[str, ...]
    money_units: tuple[str, ...]


def _longest_first(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({simplify(w) for w in words}, key=lambda w: (-len(w), w)))


@lru_cache(maxsize=4)
def _words(lexicon_words: tuple[tuple[str, ...], ...]) -> _Words:
    not_applicable, increase, decrease, count_units, money_units = lexicon_words
    return _Words(
        frozenset(simplify(w) for w in not_applicable),
        _longest_first(increase),
        _longest_first(decrease),
        _longest_first(count_units),
        _longest_first(money_units),
    )


def _words_of(lexicon: Lexicon) -> _Words:
    return _words(
        (
            lexicon.not_applicable,
            lexicon.increase,
            lexicon.decrease,
            lexicon.count_units,
            tuple(lexicon.money_units),
        )
    )


def parse_token(raw: str, kind: TokenKind, lexicon: Lexicon) -> Token:
    """The state and value of a printed token.

    `count` takes plain numbers, `change` also signs, their words and `a/b` (up/down, so a - b),
    `amount` also a unit of money. Digits with spaces between them are taken only as thousands.
    """
    words = _words_of(lexicon)
    text = simplify(raw)
    if not text:
        return Token(State.BLANK)
    if text in words.not_applicable:
        return Token(State.NOT_APPLICABLE)
    if _is_ambiguous(raw, text, lexicon):
        return _UNREADABLE
    if kind == "amount":
        return _amount(text, words, lexicon)
    for unit in words.count_units:
        if text.endswith(unit):
            text = text.removesuffix(unit)
            break
    if kind == "change":
        return _change(text, words)
    return _counted(text, words, lexicon)


def _is_ambiguous(raw: str, text: str, lexicon: Lexicon) -> bool:
    """Whether two things may be meant: by digits apart that are no thousands, by the mark of a
    note, which folds to a digit, and by the character for one alone, which is typed for a dash."""
    if any(c.isdigit() and not c.isdecimal() for c in raw):
        return True
    if lexicon.number_digits.get(text) == 1:
        return True
    plain = compatible(raw).strip()
    return bool(_SPACED_DIGITS.search(plain)) and not _SPACED_THOUSANDS.fullmatch(plain)


def looks_like_figure(raw: str, lexicon: Lexicon) -> bool:
    """Whether the token can only be a figure, a sign or a mark for nothing; blanks are not, nor
    are numbers in characters, which number sections too."""
    text = simplify(raw)
    words = _words_of(lexicon)
    if text in words.increase or text in words.decrease or text in words.not_applicable:
        return True
    # Without a digit it is none: most of what is asked about is text.
    if text.isalpha() or not any(c.isdecimal() for c in text):
        return False
    if text[0] in lexicon.number_digits or text[0] in lexicon.number_units:
        return False
    return any(
        parse_token(raw, kind, lexicon).state in (State.REPORTED, State.NOT_APPLICABLE)
        for kind in ("count", "change", "amount")
    )


def _reported(value: Decimal | None, unit: str | None = None) -> Token:
    return _UNREADABLE if value is None else Token(State.REPORTED, value, unit)


def _signed(text: str, words: _Words) -> Token:
    for word in words.decrease:
        if len(word) == 1 and not word.isalpha() and text.startswith(word):
            value = decimal_number(text.removeprefix(word))
            return _reported(None if value is None else -value or value)
    return _reported(decimal_number(text))


def _counted(text: str, words: _Words, lexicon: Lexicon) -> Token:
    token = _signed(text, words)
    written_out = chinese_number(text, lexicon) if token is _UNREADABLE else None
    return token if written_out is None else _reported(Decimal(written_out))


def _change(text: str, words: _Words) -> Token:
    if "/" in text:
        up, _, down = text.partition("/")
        risen, fallen = decimal_number(up), decimal_number(down)
        return _reported(None if risen is None or fallen is None else risen - fallen)
    for sign, signs in ((1, words.increase), (-1, words.decrease)):
        for word in signs:
            if text.startswith(word):
                value = decimal_number(text.removeprefix(word))
                return _reported(None if value is None else sign * value or value)
    return _reported(decimal_number(text))


def _amount(text: str, words: _Words, lexicon: Lexicon) -> Token:
    bare = text.replace("(", "").replace(")", "")
    for unit in words.money_units:
        if bare.endswith(unit):
            name = lexicon.money_unit_names.get(unit, unit)
            token = _signed(bare.removesuffix(unit), words)
            return Token(token.state, token.value, name) if token.value is not None else token
    return _signed(text, words)
