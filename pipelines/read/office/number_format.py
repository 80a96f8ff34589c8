"""A number in a workbook's cell → what the cell shows: Excel's number formats.

A format that is not known exactly gives a text that no one takes for a figure.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

GENERAL = "General"

_YEAR, _MONTH, _DAY, _HOUR, _MINUTE, _SECOND = map(
    chr, (0x5E74, 0x6708, 0x65E5, 0x65F6, 0x5206, 0x79D2)
)
_YEAR_MONTH = f'yyyy"{_YEAR}"m"{_MONTH}"'
_MONTH_DAY = f'm"{_MONTH}"d"{_DAY}"'
_ACCOUNTING = '_ * #,##0{0}_ ;_ * -#,##0{0}_ ;_ * "-"{1}_ ;_ @_ '

# The formats that files name by number alone, as Chinese versions show them.
BUILT_IN: dict[int, str] = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: "#,##0;-#,##0", 6: "#,##0;-#,##0", 7: "#,##0.00;-#,##0.00", 8: "#,##0.00;-#,##0.00",
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-m-yy", 16: "d-m", 17: "m-yy", 18: "h:mm", 19: "h:mm:ss",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: _YEAR_MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 30: "m-d-yy",
    31: f'{_YEAR_MONTH}d"{_DAY}"', 32: f'h"{_HOUR}"mm"{_MINUTE}"',
    33: f'h"{_HOUR}"mm"{_MINUTE}"ss"{_SECOND}"',
    36: _YEAR_MONTH, 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    41: _ACCOUNTING.format("", ""), 42: _ACCOUNTING.format("", ""),
    43: _ACCOUNTING.format(".00", "??"), 44: _ACCOUNTING.format(".00", "??"),
    45: "mm:ss", 49: "@",
    50: _YEAR_MONTH, 51: _MONTH_DAY, 52: _YEAR_MONTH, 53: _MONTH_DAY, 54: _MONTH_DAY,
    57: _YEAR_MONTH, 58: _MONTH_DAY,
}  # fmt: skip

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>(?i:General)|G/\w+)"  # the second is how Chinese versions of WPS write it
    r"|(?P<unknown>(?i:AM/PM|A/P)|[EeGgBb@])"  # half days, exponents, eras, text
    r"|(?P<digits>[0#?]+(?:,+[0#?]+)*(?:\.[0#?]*)?,*|\.[0#?]+)"
    r"|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+)|(?P<percent>%)|(?P<slash>/)|(?P<end>;)|(?P<plain>.)",
    re.DOTALL,
)
_CURRENCY = re.compile(r"\$([^-]*)(?:-[0-9A-Fa-f]+)?")
_COLOUR = re.compile(
    r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)", re.IGNORECASE
)
_LITERAL = ("quoted", "escaped", "plain", "percent", "slash")
_EPOCH, _EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
# Before the 61st day Excel's calendar has a day that never was.
_FIRST_SURE_DAY, _LAST_DAY = 61, 2958465
_SECONDS_A_DAY = 86400
_MAX_SECTIONS = 4


class _UnknownFormatError(Exception):
    """The format says something that is not known here."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def printed(value: float, code: str, *, from_1904: bool = False) -> str:
    """What the cell shows. `code` is its number format, `from_1904` the workbook's calendar."""
    number = Decimal(f"{value:.15g}")
    try:
        section, number = _section(code or GENERAL, number)
        tokens = list(_displayed(section))
        if any(t.kind == "date" for t in tokens):
            return _date(tokens, number, from_1904)
        return _number(tokens, number)
    except (_UnknownFormatError, ArithmeticError):
        return f"{_plain(number)} [{code}]"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[tuple[_Token, ...], ...]:
    sections: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or ""
        if kind == "end":
            sections.append([])
        else:
            sections[-1].append(_Token(kind, match.group(kind)))
    return tuple(map(tuple, sections))


def _section(code: str, number: Decimal) -> tuple[tuple[_Token, ...], Decimal]:
    """The section that the number's sign chooses, and the number that it shows."""
    if code == "@":
        return (_Token("general", ""),), number
    sections = _sections(code)
    if len(sections) > _MAX_SECTIONS:
        raise _UnknownFormatError
    if number == 0 and len(sections) > 2:
        return sections[2], number
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    return sections[0], number


def _displayed(section: tuple[_Token, ...]) -> Iterator[_Token]:
    """The tokens that leave something in the cell."""
    for token in section:
        if token.kind == "unknown":
            raise _UnknownFormatError
        if token.kind == "bracket":
            currency = _CURRENCY.fullmatch(token.text)
            if currency:
                yield _Token("quoted", currency.group(1))
            elif not _COLOUR.fullmatch(token.text):
                raise _UnknownFormatError  # a condition, hours beyond a day, other digits
        elif token.kind == "space":
            yield _Token("quoted", " ")
        elif token.kind != "fill":
            yield token


def _number(tokens: Sequence[_Token], number: Decimal) -> str:
    kinds = [t.kind for t in tokens]
    if kinds.count("digits") + kinds.count("general") > 1 or "slash" in kinds:
        raise _UnknownFormatError  # digits around something, or a fraction
    number = number.scaleb(2 * kinds.count("percent"))
    shown = ""
    for token in tokens:
        if token.kind == "general":
            shown += _plain(abs(number))
        elif token.kind == "digits":
            shown += _digits(token.text, abs(number))
        else:
            shown += token.text
    shown = shown.strip()
    is_negative = number < 0 and any(c in "123456789" for c in shown)
    return f"-{shown}" if is_negative else shown


def _digits(placeholders: str, number: Decimal) -> str:
    """The number, which is not negative, as the placeholders ask."""
    pattern = placeholders.rstrip(",")
    number = number.scaleb(-3 * (len(placeholders) - len(pattern)))
    whole, point, part = pattern.partition(".")
    rounded = number.quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP)
    integer, _, fraction = f"{rounded:f}".partition(".")
    integer = integer.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        integer = _grouped(integer)
    while fraction.endswith("0") and part[len(fraction) - 1] != "0":
        fraction = fraction[:-1]  # `#` and `?` show no zero there
    return f"{integer}{point}{fraction}"


def _grouped(digits: str) -> str:
    first = len(digits) % 3
    groups = [digits[:first]] if first else []
    return ",".join([*groups, *(digits[i : i + 3] for i in range(first, len(digits), 3))])


def _date(tokens: Sequence[_Token], number: Decimal, from_1904: bool) -> str:
    if any(t.kind not in (*_LITERAL, "date") for t in tokens):
        raise _UnknownFormatError
    clock = [t for t in tokens if t.kind == "date"]
    has_day = any(t.text[0] in "yYdD" for t in clock)
    sure = (0 if from_1904 else _FIRST_SURE_DAY) <= number <= _LAST_DAY
    if not sure and (has_day or not 0 <= number < 1):
        raise _UnknownFormatError
    seconds = round(float(number) * _SECONDS_A_DAY)
    moment = (_EPOCH_1904 if from_1904 else _EPOCH) + dt.timedelta(seconds=seconds)
    shown = ""
    place = 0
    for token in tokens:
        if token.kind != "date":
            shown += token.text
            continue
        after_hour = place > 0 and clock[place - 1].text[0] in "hH"
        before_second = place + 1 < len(clock) and clock[place + 1].text[0] in "sS"
        shown += _date_part(token.text.lower(), moment, after_hour or before_second)
        place += 1
    return shown.strip()


def _date_part(code: str, moment: dt.datetime, is_minute: bool) -> str:
    """One run of letters; `m` is the minute behind an hour or before a second."""
    if code[0] == "y":
        return f"{moment.year:04}" if len(code) > 2 else f"{moment.year % 100:02}"
    if len(code) > 2:
        raise _UnknownFormatError  # names of months and days
    numbers = {
        "m": moment.minute if is_minute else moment.month,
        "d": moment.day,
        "h": moment.hour,
        "s": moment.second,
    }
    return f"{numbers[code[0]]:0{len(code)}}"
