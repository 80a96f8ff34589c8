"""A figure printed in any habit still means the same."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domain import State
from pipelines.forms import load_forms
from tests.simulate import Habits, generate, load_agencies, load_words
from tests.simulate.printing import Figure, print_figure

CAREFUL = Habits()


@pytest.mark.parametrize(
    ("habits", "figure", "token", "state", "value", "unit"),
    [
        (CAREFUL, ("count", "0"), "0", State.REPORTED, "0", None),
        (Habits(thousands=True), ("count", "1113"), "1,113", State.REPORTED, "1113", None),
        (Habits(full_width_digits=True), ("count", "12"), "１２", State.REPORTED, "12", None),
        (Habits(padding=" "), ("count", "112"), " 112", State.REPORTED, "112", None),
        (Habits(count_suffix=True), ("count", "3"), "3件", State.REPORTED, "3", None),
        (Habits(zeros="blank"), ("count", "0"), "", State.BLANK, None, None),
        (Habits(zeros="blank", blank="\xa0"), ("count", "0"), "\xa0", State.BLANK, None, None),
        (Habits(zeros="mark"), ("count", "0"), "/", State.NOT_APPLICABLE, None, None),
        (Habits(zeros="mark", mark="无"), ("count", "0"), "无", State.NOT_APPLICABLE, None, None),
        (Habits(zeros="mark"), ("count", "5"), "5", State.REPORTED, "5", None),
        (CAREFUL, ("change", "-21"), "-21", State.REPORTED, "-21", None),
        (Habits(changes="signed"), ("change", "3"), "+3", State.REPORTED, "3", None),
        (Habits(changes="signed"), ("change", "0"), "0", State.REPORTED, "0", None),
        (Habits(changes="words"), ("change", "13"), "增加13", State.REPORTED, "13", None),
        (Habits(changes="words"), ("change", "-3"), "减少3", State.REPORTED, "-3", None),
        (Habits(changes="short_words"), ("change", "13"), "增13", State.REPORTED, "13", None),
        (Habits(changes="short_words"), ("change", "-3"), "减3", State.REPORTED, "-3", None),
        (Habits(changes="ratio"), ("change", "3"), "3/0", State.REPORTED, "3", None),
        (Habits(changes="ratio"), ("change", "-2"), "0/2", State.REPORTED, "-2", None),
        (Habits(changes="ratio"), ("change", "0"), "0/0", State.REPORTED, "0", None),
        (CAREFUL, ("amount", "7730.28"), "7730.28", State.REPORTED, "7730.28", None),
        (Habits(amounts="yuan"), ("amount", "251000"), "251000元", State.REPORTED, "251000", "元"),
        (
            Habits(amounts="wan"),
            ("amount", "7121878.95"),
            "712.187895万元",
            State.REPORTED,
            "712.187895",
            "万元",
        ),
        (
            Habits(amounts="wan_bracketed"),
            ("amount", "2050000"),
            "205(万)",
            State.REPORTED,
            "205",
            "万元",
        ),
    ],
)
def test_tokens(
    *,
    habits: Habits,
    figure: tuple[Literal["count", "change", "amount"], str],
    token: str,
    state: State,
    value: str | None,
    unit: str | None,
) -> None:
    kind, meant = figure
    lexicon = load_forms().lexicon
    cell = print_figure(
        Figure(Decimal(meant), kind, "2019"), habits, lexicon, load_words().count_suffix
    )
    assert (cell.token, cell.state, cell.unit) == (token, state, unit)
    assert cell.value == (None if value is None else Decimal(value))


def test_a_bare_amount_takes_the_unit_of_its_header() -> None:
    figure = Figure(Decimal("18.8710"), "amount", "2021", yuan=10000, header_unit="万元")
    lexicon = load_forms().lexicon
    bare = print_figure(figure, CAREFUL, lexicon, "")
    assert (bare.token, bare.value, bare.unit) == ("18.8710", Decimal("18.8710"), "万元")
    in_yuan = print_figure(figure, Habits(amounts="yuan"), lexicon, "")
    assert (in_yuan.token, in_yuan.unit) == ("188710元", "元")


def test_totals_only_prints_zeros_in_totals() -> None:
    habits = Habits(zeros="blank", totals_only=True)
    lexicon = load_forms().lexicon
    detail = print_figure(Figure(Decimal(0), "count", "2019"), habits, lexicon, "")
    total = print_figure(Figure(Decimal(0), "count", "2019", in_total=True), habits, lexicon, "")
    assert (detail.state, total.state, total.token) == (State.BLANK, State.REPORTED, "0")


def test_a_header_without_a_unit_gives_none() -> None:
    agency = load_agencies()["990121-government"]
    units = set()
    for seed in range(30):
        report = generate(
            random.Random(seed),
            vintage="2021",
            agency=agency,
            year=2022,
            habits=Habits(label_variants=1.0),
        )
        header = report.labels["art20_8:measures", "fee_amount"]
        unit = report.truth["proactive_disclosure", "administrative_fees", "fee_amount"].unit
        assert unit == ("万元" if "万元" in header else None)
        units.add(unit)
    assert units == {"万元", None}


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32), vintage=st.sampled_from(["2019", "2021"]))
def test_habits_keep_the_value(seed: int, vintage: str) -> None:
    """Whatever the habits, a reported cell is worth the figure that was meant, and a cell
    without a value hides a zero, or a total that its author leaves blank."""
    words = load_words()
    lexicon = load_forms().lexicon
    rng = random.Random(seed)
    habits = Habits.draw(rng, titles=list(words.titles), marks=lexicon.not_applicable)
    agency = load_agencies()["990100-government"]
    report = generate(rng, vintage=vintage, agency=agency, year=2022, habits=habits)
    for key, cell in report.truth.items():
        meant = report.figures[key]
        if cell.state is not State.REPORTED:
            assert meant == 0 or (habits.item_totals_blank and key[2] == "total")
            assert cell.value is None
            assert cell.token is not None
            continue
        if key[2] not in ("fee_amount", "procurement_amount"):
            assert cell.value == meant
            continue
        assert cell.value is not None
        scale = {None: 1, "元": 1, "万元": 10000}[cell.unit]
        in_yuan = cell.value * scale
        if key[2] == "fee_amount" and cell.unit is None:
            in_yuan *= 10000
        assert in_yuan == meant * (10000 if key[2] == "fee_amount" else 1)


def test_habits_are_drawn_from_all_of_them() -> None:
    rng = random.Random(0)
    drawn = [Habits.draw(rng, titles=["plain", "no_work"], marks=["/", "-"]) for _ in range(400)]
    for name in Habits.__slots__:
        assert len({getattr(habits, name) for habits in drawn}) > 1, name


def test_departures_name_what_is_not_careful() -> None:
    assert CAREFUL.departures() == {}
    habits = replace(CAREFUL, zeros="mark", thousands=True)
    assert habits.departures() == {"zeros": "mark", "thousands": True}
