"""Tokens as agencies print them: state, value and unit of each."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain import State
from pipelines.forms import load_forms
from pipelines.text.tokens import TokenKind, looks_like_figure, parse_token

LEXICON = load_forms().lexicon
KINDS: tuple[TokenKind, ...] = ("count", "change", "amount")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("0", 0),
        ("０", 0),
        ("12", 12),
        ("1,113", 1113),
        ("１，１１３", 1113),
        (" 112", 112),
        ("\u3000112\xa0", 112),
        ("3件", 3),
        ("1 113", 1113),
        ("-5", -5),
        ("0.5", Decimal("0.5")),
    ],
)
def test_counts(raw: str, value: int | Decimal) -> None:
    token = parse_token(raw, "count", LEXICON)
    assert (token.state, token.value, token.unit) == (State.REPORTED, value, None)


@pytest.mark.parametrize("raw", ["", " ", "\xa0", "\u3000 ", "\n", "\u200b"])
def test_nothing_is_blank(raw: str) -> None:
    for kind in KINDS:
        assert parse_token(raw, kind, LEXICON).state is State.BLANK


@pytest.mark.parametrize("raw", ["/", "／", "-", "—", "–", "－", "——", "无", "N/A", "\\", " / "])
def test_marks_for_nothing_are_not_applicable(raw: str) -> None:
    for kind in KINDS:
        token = parse_token(raw, kind, LEXICON)
        assert (token.state, token.value) == (State.NOT_APPLICABLE, None)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("+3", 3),
        ("＋3", 3),
        ("5", 5),
        ("增13", 13),
        ("增加5", 5),
        ("-21", -21),
        ("－21", -21),
        ("−21", -21),
        ("减3", -3),
        ("减少3", -3),
        ("0/0", 0),
        ("3/1", 2),
        ("0／2", -2),
        ("增13项", 13),
    ],
)
def test_changes(raw: str, value: int) -> None:
    token = parse_token(raw, "change", LEXICON)
    assert (token.state, token.value) == (State.REPORTED, Decimal(value))


@pytest.mark.parametrize(
    ("raw", "value", "unit"),
    [
        ("251000元", "251000", "元"),
        ("75394432.52元", "75394432.52", "元"),
        ("712.187895万元", "712.187895", "万元"),
        ("205(万)", "205", "万元"),
        ("205（万）", "205", "万元"),
        ("0.37万元", "0.37", "万元"),
        ("1.5亿元", "1.5", "亿元"),
        ("7730.28", "7730.28", None),
        ("18.8710", "18.8710", None),
        ("1,234.50", "1234.50", None),
    ],
)
def test_amounts_keep_their_unit_and_their_decimals(raw: str, value: str, unit: str | None) -> None:
    token = parse_token(raw, "amount", LEXICON)
    assert (token.state, str(token.value), token.unit) == (State.REPORTED, value, unit)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("增", "change"),
        ("若干", "count"),
        ("数", "count"),
        ("1,23", "count"),
        ("0 0", "count"),
        ("1 2", "count"),
        ("12 5", "amount"),
        ("00", "count"),
        ("007", "count"),
        ("3/1", "count"),
        ("+3", "count"),
        ("3/1/2", "change"),
        ("1.2.3", "amount"),
        ("5美元", "amount"),
        ("1234567890123", "count"),
        ("1234567890123亿元", "amount"),
        ("0.123456789", "amount"),
    ],
)
def test_what_is_no_figure_beyond_doubt_is_unreadable(raw: str, kind: TokenKind) -> None:
    token = parse_token(raw, kind, LEXICON)
    assert (token.state, token.value) == (State.UNREADABLE, None)


@given(st.text(max_size=12), st.sampled_from(KINDS))
def test_no_text_raises_and_only_reported_has_a_value(raw: str, kind: TokenKind) -> None:
    token = parse_token(raw, kind, LEXICON)
    assert (token.value is not None) == (token.state is State.REPORTED)


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_every_whole_number_is_read_back(number: int) -> None:
    for printed in (str(number), f"{number:,}", f" {number}\xa0"):
        assert parse_token(printed, "count", LEXICON).value == number


def test_figures_are_told_from_words() -> None:
    assert all(looks_like_figure(t, LEXICON) for t in ("0", "+3", "增13", "增", "/", "无", "3万元"))
    assert not any(looks_like_figure(t, LEXICON) for t in ("", "规章", "2.重复申请", "增加了"))


@pytest.mark.parametrize("raw", ["7①", "8¹", "①", "12²", "3⑴"])
def test_the_mark_of_a_note_is_no_digit(raw: str) -> None:
    for kind in KINDS:
        assert parse_token(raw, kind, LEXICON).state is State.UNREADABLE
    assert not looks_like_figure(raw, LEXICON)


def test_a_lone_one_in_characters_may_be_a_dash() -> None:
    for kind in KINDS:
        assert parse_token("一", kind, LEXICON).state is State.UNREADABLE
    assert parse_token("一件", "count", LEXICON).value == 1
    assert parse_token("二", "count", LEXICON).value == 2
