"""A cell shows what its number format makes of the number; what is not known is no figure."""

import pytest

from pipelines.domain import State
from pipelines.forms import load_forms
from pipelines.read.office.number_format import BUILT_IN, printed
from pipelines.text.tokens import parse_token

ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12.0, "General", "12"),
        (712.187895, "General", "712.187895"),
        (75394432.52, "General", "75394432.52"),
        (0.1 + 0.2, "General", "0.3"),
        (-3.0, "General", "-3"),
        (12.0, "@", "12"),
        (12.0, "G/通用格式", "12"),
        (3.0, 'General"件"', "3件"),
        (12.0, "0", "12"),
        (2.5, "0", "3"),
        (-0.4, "0", "0"),
        (7.0, "000", "007"),
        (1113.0, "#,##0", "1,113"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (0.37, "0.00", "0.37"),
        (18.871, "0.0000", "18.8710"),
        (0.125, "0%", "13%"),
        (0.125, "0.00%", "12.50%"),
        (3.0, "+0;-0;0", "+3"),
        (-3.0, "+0;-0;0", "-3"),
        (0.0, "0;-0;;@", ""),
        (0.0, "#", ""),
        (0.0, ACCOUNTING, "-"),
        (1234.5, ACCOUNTING, "1,234.50"),
        (-3.0, "0_);(0)", "(3)"),
        (-3.0, "[Red]-0", "--3"),
        (5.0, "[$¥-804]#,##0.00", "¥5.00"),
        (12345.0, "#,##0,", "12"),
        (1.5, "0.0##", "1.5"),
        (45000.0, "yyyy/m/d", "2023/3/15"),
        (45000.75, "yyyy-mm-dd h:mm", "2023-03-15 18:00"),
        (45000.0, 'yyyy"年"m"月"d"日"', "2023年3月15日"),
        (0.5, "h:mm:ss", "12:00:00"),
        (45000.0, BUILT_IN[31], "2023年3月15日"),
        (45000.0, BUILT_IN[14], "2023/3/15"),
    ],
)
def test_shown(value: float, code: str, shown: str) -> None:
    assert printed(value, code) == shown


def test_the_calendar_of_1904() -> None:
    assert printed(1.0, "yyyy-m-d", from_1904=True) == "1904-1-2"


@pytest.mark.parametrize(
    "code",
    [
        "0.00E+00",
        "# ?/?",
        "[h]:mm",
        "[DBNum1]0",
        "[>100]0;0.0",
        "000-0000",
        "yyyy",
        "AAA0AM/PM",
        "0;0;0;0;0",
    ],
)
def test_a_format_that_is_not_known_gives_no_figure(code: str) -> None:
    text = printed(12.0, code)
    lexicon = load_forms().lexicon
    for kind in ("count", "change", "amount"):
        assert parse_token(text, kind, lexicon).state is State.UNREADABLE


def test_no_format_breaks_it() -> None:
    pieces = [
        "0",
        "#",
        "?",
        ",",
        ".",
        ";",
        "%",
        "E",
        "y",
        "m",
        "d",
        "h",
        "[",
        "]",
        '"',
        "\\",
        "_",
        "*",
    ]
    codes = [a + b + c for a in pieces for b in pieces for c in pieces]
    for code in codes:
        for value in (0.0, -1.5, 45000.25, 1e15, 1e-9, 1e300):
            assert isinstance(printed(value, code), str)
