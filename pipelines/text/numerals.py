"""Printed numbers: in digits, in Chinese numerals, in digits with a large unit (`1.2万`)."""

import re
from decimal import Decimal

from pipelines.text.fold import narrow
from pipelines.text.lexicon import Lexicon

# From here on a unit multiplies all that stands before it: 万, 亿.
_LARGE = 10_000
# No office counts so much: it is cells glued together, or two figures.
_END = 10**12
# What the warehouse's DECIMAL(28, 8) holds exactly, also when multiplied to yuan.
_MAX_DECIMALS = 8
_DIGITS = re.compile(r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?")


def parse_number(text: str, lexicon: Lexicon) -> Decimal | None:
    """The value of a number in simplified characters: Chinese numerals, or digits with or without a
    large unit (`1.2万`); None where it is none, or 10^12 or more."""
    if not text[:1].isdigit():
        value = chinese_number(text, lexicon)
        return None if value is None else Decimal(value)
    plain, size = text, 1
    for name, worth in large_units(lexicon).items():
        if text.endswith(name):
            plain, size = text.removesuffix(name), worth
    number = decimal_number(plain)
    if number is None or number * size >= _END:
        return None
    number *= size
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def is_rounded(text: str, lexicon: Lexicon) -> bool:
    """Whether the number is printed in ten thousands or more, so that it may be rounded."""
    return text[:1].isdigit() and text.endswith(tuple(large_units(lexicon)))


def large_units(lexicon: Lexicon) -> dict[str, int]:
    """The units from ten thousand on, with their values."""
    return {name: worth for name, worth in lexicon.number_units.items() if worth >= _LARGE}


def decimal_number(text: str) -> Decimal | None:
    """The value of digits, with or without commas between thousands; None where they are none, or
    more than the warehouse holds."""
    if not _DIGITS.fullmatch(text) or len(text.partition(".")[2]) > _MAX_DECIMALS:
        return None
    value = Decimal(text.replace(",", ""))
    return value if value < _END else None


def chinese_number(text: str, lexicon: Lexicon) -> int | None:
    """The number that `text` writes out as numbers are written; None where it is anything else: a
    year, a sequence of digits, one that leaves its last unit to be guessed (100 and a 2), or one
    of 10^12 and more, for which there is no unit."""
    digits, units = lexicon.number_digits, lexicon.number_units
    text = narrow(text)
    if not text or any(c not in digits and c not in units for c in text):
        return None
    number = _value(text, lexicon)
    return number if _plain(text, lexicon) in _writings(number, lexicon) else None


def _value(text: str, lexicon: Lexicon) -> int:
    """What the text comes to, were it written rightly."""
    total = section = digit = 0
    for character in text:
        unit = lexicon.number_units.get(character)
        if unit is None:
            digit = lexicon.number_digits[character]
        elif unit < _LARGE:
            section, digit = section + (digit or 1) * unit, 0
        else:
            total, section, digit = total + (section + digit) * unit, 0, 0
    return total + section + digit


def _plain(text: str, lexicon: Lexicon) -> str:
    """One character for each digit."""
    usual = _usual_digits(lexicon)
    digits = lexicon.number_digits
    return "".join(usual[digits[c]] if c in digits else c for c in text)


def _usual_digits(lexicon: Lexicon) -> str:
    """The character of each digit from 0 to 9: the first that the lexicon has for it."""
    usual = {value: c for c, value in reversed(lexicon.number_digits.items())}
    return "".join(usual[value] for value in range(10))


def _writings(number: int, lexicon: Lexicon) -> tuple[str, ...]:
    """How the number is written; from ten to nineteen, at its head, the one may be left out."""
    digits = _usual_digits(lexicon)
    units = {value: c for c, value in lexicon.number_units.items()}
    text = _written(number, digits, units)
    return (text, text[1:]) if text.startswith(digits[1] + units[10]) else (text,)


def _written(number: int, digits: str, units: dict[int, str]) -> str:
    for unit in sorted(units, reverse=True):
        count, rest = divmod(number, unit)
        if count:
            head = _written(count, digits, units) + units[unit]
            if not rest:
                return head
            # A place that is passed over is told by a zero.
            gap = digits[0] if rest < unit // 10 else ""
            return head + gap + _written(rest, digits, units)
    return digits[number]
