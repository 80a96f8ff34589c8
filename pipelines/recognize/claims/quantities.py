"""Figures with their units in running text: `12件`, `1,113条`, `一百二十八份`, `1.2万条`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipelines.forms import Forms
from pipelines.forms.claims import MONEY
from pipelines.text.numerals import large_units, parse_number


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
        known = parse_number(number, forms.lexicon) is not None
        yield Quantity(number if known else None, match["unit"], match.start(), match.end())


@lru_cache(maxsize=4)
def _pattern(forms: Forms) -> re.Pattern[str]:
    chinese = "".join({**forms.lexicon.number_digits, **forms.lexicon.number_units})
    units = {unit for group in forms.claims.units.values() for unit in group}
    longest = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
    # A unit of money has its ten thousands in its own name.
    money = "|".join(map(re.escape, forms.claims.units[MONEY]))
    large = rf"(?:(?!{money})[{''.join(large_units(forms.lexicon))}])?"
    # A run of digits without a unit behind it is taken whole, so that the search does not begin
    # again at each of its digits.
    return re.compile(
        rf"(?P<number>\d[\d,]*(?:\.\d+)?{large}|[{chinese}]+)(?P<unit>{longest})"
        rf"|\d[\d,]*|[{chinese}]+"
    )
