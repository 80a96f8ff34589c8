"""Years, dates and numbers of documents: what in a text tells a report year, and what only looks
like one."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from pipelines.text import narrow
from pipelines.text.lexicon import Lexicon

_MAX_NUMBER = 4
# One mark twice, or letters (the words for year and month).
_DATE = re.compile(
    r"(?<!\d)(20\d\d)(?:([-./])(\d{1,2})\2| ?[^\W\d_] ?(\d{1,2}) ?[^\W\d_] ?)(\d{1,2})(?!\d)"
)
_OPEN, _CLOSE = r"[〔\[(【]", r"[〕\])】]"


@dataclass(frozen=True, slots=True)
class Times:
    """What a text says of time: the report years it may mean, each once, and all stretches that
    are no words (years, dates, numbers of documents); `numbered` is where the last number of a
    document ends, 0 without one."""

    years: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    numbered: int

    @property
    def places(self) -> frozenset[int]:
        """The places of all characters that are no words."""
        return frozenset(chain.from_iterable(range(*span) for span in self.spans))

    @property
    def year(self) -> int | None:
        """The year, where there is one and not several."""
        return self.years[0] if len(self.years) == 1 else None


@dataclass(frozen=True, slots=True)
class _Patterns:
    any: re.Pattern[str]
    period: re.Pattern[str]
    date: re.Pattern[str]
    led: re.Pattern[str]
    digits: dict[str, int]

    def year(self, token: str) -> int:
        return int("".join(str(self.digits.get(c, c)) for c in token))


def times_in(text: str, lexicon: Lexicon) -> Times:
    """The times in a title without white space. A period from a year's first day to its last is
    that year; other dates are none."""
    patterns = _patterns_of(lexicon)
    years: list[int] = []
    spans: list[tuple[int, int]] = []
    numbered = 0
    for match in patterns.any.finditer(text):
        spans.append(match.span())
        first, last = match["first"], match["last"]
        if match["year"]:
            years.append(patterns.year(match["year"]))
        elif match["document"]:
            numbered = match.end()
        elif first and patterns.year(first) == patterns.year(last or first):
            years.append(patterns.year(first))
    return Times(tuple(dict.fromkeys(years)), tuple(spans), numbered)


def periods_in(text: str, lexicon: Lexicon) -> Iterator[int]:
    """The years whose first and last day (or month) the text without white space names as the ends
    of a period."""
    patterns = _patterns_of(lexicon)
    for match in patterns.period.finditer(text):
        year = patterns.year(match["first"])
        if match["last"] is None or patterns.year(match["last"]) == year:
            yield year


def date_at_end(text: str, lexicon: Lexicon) -> tuple[int, int, int] | None:
    """The date, or month, with which the text without white space ends: where it begins, its year
    and its month (0 where it is no number)."""
    patterns = _patterns_of(lexicon)
    match = patterns.date.search(text)
    if match is None:
        return None
    month = match["month"]
    return match.start(), patterns.year(match["year"]), int(month) if month.isdecimal() else 0


def date_in(text: str) -> dt.date | None:
    """The first whole date in a text as printed."""
    return next((date for match in _DATE.finditer(text) if (date := _date(match))), None)


def leading_date(text: str) -> dt.date | None:
    """The date with which a text as printed begins."""
    match = _DATE.match(text)
    return None if match is None else _date(match)


def _date(match: re.Match[str]) -> dt.date | None:
    year, _, month, month_before_word, day = match.groups()
    try:
        return dt.date(int(year), int(month or month_before_word), int(day))
    except ValueError:
        return None


def year_of(token: str, lexicon: Lexicon) -> int:
    """The year that four digits, or characters for digits, write."""
    return _patterns_of(lexicon).year(token)


def led_by_year(text: str, lexicon: Lexicon) -> Iterator[int]:
    """The years with which clauses of the text begin, no dates."""
    patterns = _patterns_of(lexicon)
    for match in patterns.led.finditer(text):
        yield patterns.year(match["year"])


def _patterns_of(lexicon: Lexicon) -> _Patterns:
    return _compiled(
        tuple((narrow(c), v) for c, v in lexicon.year_digits.items()),
        (lexicon.year_mark, lexicon.month_mark, lexicon.day_mark),
        lexicon.title.year_words,
        lexicon.numerals,
    )


@lru_cache(maxsize=4)
def _compiled(
    digits: tuple[tuple[str, int], ...],
    marks: tuple[str, str, str],
    words: tuple[str, ...],
    numerals: str,
) -> _Patterns:
    """Years are 20 and two more digits; digits and characters may be mixed."""
    of = {value: str(value) + "".join(c for c, v in digits if v == value) for value in (0, 2)}
    every = "0-9" + "".join(c for c, _ in digits)
    number = rf"(?<!\d)[{of[2]}][{of[0]}][{every}]{{2}}(?!\d)"
    year, month, day = marks
    small = rf"[\d{every}{numerals}]{{1,3}}"
    behind = "|".join(sorted(words, key=len, reverse=True))
    one, twelve = rf"(?:0?1|{numerals[0]})", rf"(?:12|{numerals[9]}{numerals[1]})"
    last = rf"(?:31|{numerals[2]}{numerals[9]}{numerals[0]})"
    gap = rf"[^\d{numerals}]{{0,6}}"
    period = (
        rf"(?P<first>{number})(?:{year}{one}{month}(?:{one}{day})?|[-./]{one}[-./]{one}(?!\d))"
        rf"{gap}(?:(?P<last>{number})[{year}\-./])?{twelve}(?:{month}(?:{last}{day})?|[-./]{last})"
    )
    document = rf"{_OPEN}{number}{_CLOSE}\D?\d{{1,{_MAX_NUMBER}}}(?!\d)\D?"
    date = (
        rf"{number}(?:[-./]\d{{1,2}}[-./]\d{{1,2}}(?!\d)|{year}{small}{month}(?:{small}{day}?)?)"
        r"|(?<!\d)20\d\d(?:0\d|1[0-2])[0-3]\d(?!\d)|(?<!\d)20\d\d[./]\d{1,2}(?!\d)"
    )
    token = rf"{_OPEN}?(?P<year>{number})(?:{behind})?{_CLOSE}?"
    at_end = (
        rf"(?P<year>{number})(?:{year}|[-./])(?P<month>{small})"
        rf"(?:{month}(?:{small}{day})?|[-./]\d{{1,2}})$"
    )
    led = rf"(?:^|[。;,，])(?P<year>{number}){year}(?!{small}{month})"
    return _Patterns(
        re.compile(
            rf"{_OPEN}?{period}{_CLOSE}?|(?P<document>{document})"
            rf"|{_OPEN}?(?:{date}){_CLOSE}?|{token}"
        ),
        re.compile(period),
        re.compile(at_end),
        re.compile(led),
        {c: v for c, v in digits if not c.isascii() or not c.isdigit()},
    )
