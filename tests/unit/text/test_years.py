"""Years and dates in a text as printed."""

import datetime as dt

import pytest

from pipelines.forms import load_forms
from pipelines.text import simplify
from pipelines.text.years import date_in, leading_date, times_in, year_of

LEXICON = load_forms().lexicon


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2023-01-28", dt.date(2023, 1, 28)),
        ("[2023/1/8]", dt.date(2023, 1, 8)),
        ("2023.01.28 16:20", dt.date(2023, 1, 28)),
        ("2023-01-28 16:20:05", dt.date(2023, 1, 28)),
        ("发布：2023年1月28日", dt.date(2023, 1, 28)),
        ("2023 年 1 月 28 日", dt.date(2023, 1, 28)),
        ("2023-02-30 2023-03-01", dt.date(2023, 3, 1)),
        ("2022年政府信息公开", None),
        ("20230128", None),
        ("12023-01-28", None),
        ("2023-01.28", None),
        ("2023 (1) 5", None),
        ("", None),
    ],
)
def test_dates(text: str, date: dt.date | None) -> None:
    assert date_in(text) == date


def test_a_leading_date_is_the_beginning_of_the_text() -> None:
    assert leading_date("2023-01-28 16:20") == dt.date(2023, 1, 28)
    assert leading_date(" 2023-01-28") is None
    assert leading_date("2023-02-30 2023-03-01") is None


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2021年度", (2021,)),
        ("二〇二一年", (2021,)),
        ("2O21年", (2021,)),
        ("2019-2021年", (2019, 2021)),
        ("2021年1月1日至2021年12月31日", (2021,)),
        ("2022年3月1日", ()),
        ("公开办函〔2021〕30号", ()),
        ("公开办函[2021]30号", ()),
        ("120210", ()),
    ],
)
def test_years_of_a_title(text: str, years: tuple[int, ...]) -> None:
    assert times_in(simplify(text), LEXICON).years == years


@pytest.mark.parametrize(
    ("token", "year"), [("2021", 2021), ("二〇二一", 2021), ("2O2一", 2021), ("1998", 1998)]
)
def test_the_year_that_a_token_writes(token: str, year: int) -> None:
    assert year_of(token, LEXICON) == year
