"""Cells → facts: states, units, amounts; nothing is filled in."""

from decimal import Decimal

import pytest

from pipelines.domain import PlacedCell, Report, ReportNames, State, StatutoryTable
from pipelines.forms import load_forms
from pipelines.normalize import normalize

FORMS = load_forms()


def fact_of(
    raw: str | None,
    *,
    row: str = "centralized_procurement",
    column: str = "procurement_amount",
    unsure: bool = False,
    hint: str | None = None,
    table: str = "proactive_disclosure",
) -> tuple[State, Decimal | None, str | None, Decimal | None, list[str]]:
    cell = PlacedCell(row, column, "2019", raw, None, unsure, hint)
    report = Report(ReportNames(), (), (StatutoryTable(table, ("2019",), (cell,)),), (), ())
    (fact,), findings = normalize(report, FORMS)
    assert fact.raw == raw
    return fact.state, fact.value, fact.unit, fact.value_yuan, [f.rule for f in findings]


@pytest.mark.parametrize(
    ("raw", "hint", "value", "unit", "yuan"),
    [
        ("712.187895万元", None, "712.187895", "万元", "7121878.95"),
        ("251000元", "万元", "251000", "元", "251000"),
        ("7730.28", "万元", "7730.28", "万元", "77302800"),
        ("7730.28", None, "7730.28", None, None),
    ],
)
def test_amounts_in_yuan_only_where_the_unit_is_known(
    raw: str, hint: str | None, value: str, unit: str | None, yuan: str | None
) -> None:
    state, got, got_unit, got_yuan, findings = fact_of(raw, hint=hint)
    assert (state, got, got_unit) == (State.REPORTED, Decimal(value), unit)
    assert got_yuan == (Decimal(yuan) if yuan is not None else None)
    assert findings == []


def test_a_count_has_no_unit_even_under_a_header_with_one() -> None:
    assert fact_of("3", column="procurement_items", hint="万元")[:4] == (
        State.REPORTED,
        Decimal(3),
        None,
        None,
    )


def test_lost_unsure_and_unreadable_cells_have_no_value() -> None:
    assert fact_of(None) == (State.ABSENT, None, None, None, [])
    assert fact_of(None, unsure=True) == (State.UNREADABLE, None, None, None, [])
    assert fact_of("若干") == (State.UNREADABLE, None, None, None, ["unreadable_cell"])


def test_change_is_signed_and_a_bare_sign_is_a_finding() -> None:
    row, column = "administrative_licensing", "change"
    assert fact_of("-21", row=row, column=column)[1] == Decimal(-21)
    assert fact_of("增", row=row, column=column)[4] == ["unreadable_cell"]


def test_the_tables_of_requests_and_reviews_hold_counts() -> None:
    state, value, *_ = fact_of("1,113", row="received", column="total", table="requests")
    assert (state, value) == (State.REPORTED, Decimal(1113))


@pytest.mark.parametrize(
    ("raw", "confidence", "value"),
    [("12", 0.95, Decimal(12)), ("12", 0.89, None), ("", 0.5, None), ("二", 0.99, None)],
)
def test_what_a_reader_of_pictures_is_not_sure_of_is_withheld(
    raw: str, confidence: float, value: Decimal | None
) -> None:
    cell = PlacedCell("received", "total", "2021", raw, None, confidence=confidence)
    report = Report(ReportNames(), (), (StatutoryTable("requests", ("2021",), (cell,)),), (), ())
    (fact,), findings = normalize(report, FORMS)
    assert (fact.value, fact.confidence) == (value, confidence)
    assert [f.rule for f in findings] == ([] if value is not None else ["low_confidence"])
    assert fact.state is (State.REPORTED if value is not None else State.UNREADABLE)
