"""Numbers in Chinese characters: as written, or none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain import State
from pipelines.forms import load_forms
from pipelines.text.numerals import chinese_number, parse_number
from pipelines.text.tokens import looks_like_figure, parse_token

LEXICON = load_forms().lexicon


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0), ("〇", 0), ("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("二十一", 21),
        ("一百", 100), ("一百零二", 102), ("一百一十", 110), ("一百二十八", 128), ("两百", 200),
        ("一千零三", 1003), ("一千零三十", 1030), ("一千二百三十四", 1234), ("一万", 10000),
        ("十二万三千", 123000), ("一万零五", 10005), ("三亿零二万", 300020000), ("两", 2),
        ("一百二", None), ("一千三", None), ("百", None), ("百二十", None), ("二〇二一", None),
        ("一二", None), ("十十", None), ("零零", None), ("十百", None), ("一零", None),
        ("万", None), ("一万一亿", None), ("二十件", None), ("", None), ("无", None), ("12", None),
        ("一十万零", None),
    ],
)  # fmt: skip
def test_numbers(text: str, number: int | None) -> None:
    assert chinese_number(text, LEXICON) == number


def written(number: int) -> str:
    """As people write it, below a hundred million; by another way than the reader's."""
    digits, places = "零一二三四五六七八九", ["", "十", "百", "千"]

    def below(n: int) -> str:
        text = "".join(
            digits[int(d)] + (places[i] if d != "0" else "")
            for i, d in zip(range(len(str(n)) - 1, -1, -1), str(n), strict=True)
        )
        while "零零" in text:
            text = text.replace("零零", "零")
        return text.rstrip("零")

    if number == 0:
        return "零"
    high, low = divmod(number, 10_000)
    gap = "零" if high and low and low < 1000 else ""
    return (below(high) + "万" + gap if high else "") + (below(low) if low else "")


@given(st.integers(min_value=0, max_value=99_999_999))
def test_what_is_written_is_read(number: int) -> None:
    assert chinese_number(written(number), LEXICON) == number


@given(st.text(alphabet="零〇一二三九十百千万亿两", min_size=1, max_size=8))
def test_no_text_is_taken_that_people_do_not_write(text: str) -> None:
    number = chinese_number(text, LEXICON)
    if number is not None and number < 100_000_000:
        usual = written(number)
        plain = text.replace("两", "二").replace("〇", "零")
        assert plain in (usual, usual.removeprefix("一"))


@pytest.mark.parametrize("text", ["一万亿", "一亿亿", "一亿亿亿亿", "1000000000000"])
def test_a_number_too_large_for_the_warehouse_is_none(text: str) -> None:
    assert parse_number(text, LEXICON) is None
    assert parse_token(text, "count", LEXICON).state is State.UNREADABLE


def test_the_largest_number_is_read_however_it_is_written() -> None:
    written_out = "九千九百九十九亿九千九百九十九万九千九百九十九"
    for text in (written_out, "999999999999", "999,999,999,999"):
        assert parse_token(text, "count", LEXICON).value == Decimal(999_999_999_999)


def test_a_cell_may_hold_one_but_none_is_looked_for() -> None:
    token = parse_token("十二件", "count", LEXICON)
    assert (token.state, token.value) == (State.REPORTED, Decimal(12))
    # 一 in a cell of its own numbers a section.
    assert not looks_like_figure("一", LEXICON)
