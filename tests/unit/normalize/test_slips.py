"""Which single change would keep every sum, and whether a reader may have made it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from pipelines.domain import Fact, Finding, Place, State
from pipelines.forms import load_forms
from pipelines.normalize import suspicions

FORMS = load_forms()
PAGE, ELEMENT, LINE = Place(page=1), Place(path="/html/body/table"), Place(line=9)
COLUMNS = [c.code for c in FORMS.vintages["2021"].rectangular("requests").columns]


def requests(changes: dict[str, list[int]], place: Place) -> list[Fact]:
    """A table whose sums hold: 12 received and granted by natural persons, 4 by enterprises; with
    `changes` to whole rows."""
    whole = [12, 4, 0, 0, 0, 0, 16]
    rows = {row.code: [0] * 7 for row in FORMS.vintages["2021"].rectangular("requests").rows}
    rows |= {"received": whole, "granted": whole, "total_processed": whole} | changes
    return [
        Fact("requests", row, column, "2021", State.REPORTED, Decimal(v), None, None, str(v), place)
        for row, values in rows.items()
        for column, v in zip(COLUMNS, values, strict=True)
    ]


def told(facts: Sequence[Fact]) -> list[tuple[str, str | None, str | None, Decimal | None]]:
    found: list[Finding] = list(suspicions(facts, FORMS))
    return [(f.rule, f.row, f.column, f.right) for f in found]


def test_a_table_that_keeps_its_sums_is_not_suspected() -> None:
    assert told(requests({}, PAGE)) == []


def test_a_lost_digit_is_a_slip_of_reading() -> None:
    facts = requests({"granted": [1, 4, 0, 0, 0, 0, 16]}, PAGE)
    assert told(facts) == [("reading_slip_suspected", "granted", "natural_person", Decimal(12))]


def test_turned_digits_are_a_slip_of_reading() -> None:
    facts = requests({"granted": [21, 4, 0, 0, 0, 0, 16]}, LINE)
    assert told(facts) == [("reading_slip_suspected", "granted", "natural_person", Decimal(12))]


def test_another_figure_is_the_filers() -> None:
    assert told(requests({"granted": [35, 4, 0, 0, 0, 0, 16]}, PAGE)) == []


@pytest.mark.parametrize("figure", [1, 21])
def test_where_elements_hold_the_cells_apart_no_reader_slips(figure: int) -> None:
    assert told(requests({"granted": [figure, 4, 0, 0, 0, 0, 16]}, ELEMENT)) == []


def test_a_misread_digit_is_one_only_in_pictures() -> None:
    facts = requests({"granted": [17, 4, 0, 0, 0, 0, 16]}, PAGE)
    assert told(facts) == []
    seen = [replace(fact, confidence=0.99) for fact in facts]
    assert told(seen) == [("reading_slip_suspected", "granted", "natural_person", Decimal(12))]


def test_neighbours_taken_for_each_other() -> None:
    facts = requests({"granted": [4, 12, 0, 0, 0, 0, 16]}, PAGE)
    assert told(facts) == [("reading_slip_suspected", "granted", "natural_person", Decimal(12))]


def test_a_row_moved_by_a_column() -> None:
    facts = requests({"granted": [4, 0, 0, 0, 0, 16, 0]}, PAGE)
    assert told(facts) == []  # the first figure is gone, so nothing moved back would do
    facts = requests(
        {name: [0, 12, 0, 0, 0, 0, 12] for name in ("received", "granted", "total_processed")}
        | {"granted": [12, 0, 0, 0, 0, 12, 0]},
        PAGE,
    )
    assert told(facts) == [("reading_slip_suspected", "granted", "natural_person", Decimal(0))]


def test_two_slips_are_not_explained() -> None:
    facts = requests({"granted": [1, 40, 0, 0, 0, 0, 16]}, PAGE)
    assert told(facts) == []


def test_a_lost_cell_leaves_its_sums_out() -> None:
    facts = requests({"granted": [1, 4, 0, 0, 0, 0, 16]}, PAGE)
    lost = [
        replace(f, state=State.ABSENT, value=None)
        if (f.row, f.column) == ("granted", "natural_person")
        else f
        for f in facts
    ]
    assert told(lost) == []
