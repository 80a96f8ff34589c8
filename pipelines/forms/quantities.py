"""Figures with their units in running text: `12件`, `1,113条`, `一百二十八份`, `1.2万条`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipelines.forms.claims import MONEY
from pipelines.forms.model import Forms
from pipelines.forms.numerals import chinese_number

# No office counts so much; it is two figures. And no more decimals than the warehouse holds.
_END = Decimal(10) ** 12
_MAX_DECIMALS = 8
_DIGITS = re.compile(r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?")
_LARGE = 10_000


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure in a text, from `start` to `end`: its number and its unit as printed there. The
    number is None where it cannot be told (digits parted as no thousands are)."""

    number: str | None
    unit: str
    start: int
    end: int


def quantities_in(text: str, forms: Forms) -> Iterator[Quantity]:
    """Every figure with a unit of claims.yaml in simplified text, in order."""
    for match in _pattern(forms).finditer(text):
        number = match["number"]
        if number is None:
            continue
        known = number_of(number, forms) is not None
        yield Quantity(number if known else None, match["unit"], match.start(), match.end())


def number_of(text: str, forms: Forms) -> Decimal | None:
    """The value of a number as printed, in digits or in Chinese numerals; None where it is none."""
    if not text[:1].isdigit():
        value = chinese_number(text, forms.lexicon)
        return None if value is None or value >= _END else Decimal(value)
    plain, size = text, 1
    for name, worth in _large_units(forms).items():
        if text.endswith(name):
            plain, size = text.removesuffix(name), worth
    if not _DIGITS.fullmatch(plain) or len(plain.partition(".")[2]) > _MAX_DECIMALS:
        return None
    number = Decimal(plain.replace(",", "")) * size
    if number >= _END:
        return None
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def is_rounded(text: str, forms: Forms) -> bool:
    """Whether the number is printed in ten thousands or more, so that it may be rounded."""
    return text[:1].isdigit() and text.endswith(tuple(_large_units(forms)))


def _large_units(forms: Forms) -> dict[str, int]:
    return {name: worth for name, worth in forms.lexicon.number_units.items() if worth >= _LARGE}


@lru_cache(maxsize=4)
def _pattern(forms: Forms) -> re.Pattern[str]:
    chinese = "".join({**forms.lexicon.number_digits, **forms.lexicon.number_units})
    units = {unit for group in forms.claims.units.values() for unit in group}
    longest = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
    # A unit of money has its ten thousands in its own name.
    money = "|".join(map(re.escape, forms.claims.units[MONEY]))
    large = rf"(?:(?!{money})[{''.join(_large_units(forms))}])?"
    # A run of digits without a unit behind it is taken whole, so that the search does not begin
    # again at each of its digits.
    return re.compile(
        rf"(?P<number>\d[\d,]*(?:\.\d+)?{large}|[{chinese}]+)(?P<unit>{longest})"
        rf"|\d[\d,]*|[{chinese}]+"
    )
