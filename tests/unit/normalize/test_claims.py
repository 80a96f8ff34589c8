"""Claims told twice, claims beside the table, parts beside their total."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from pipelines.domain import Claim, Comparison, Fact, Finding, FoundClaim, Place, State
from pipelines.forms import load_forms
from pipelines.normalize import claims_of, compared

FORMS = load_forms()
HERE = Place(line=1)
Cells = Mapping[tuple[str, str, str], int | str | State]


def told(claim: str, figure: str | None, unit: str | None = "件", **more: object) -> FoundClaim:
    found = FoundClaim(claim, figure, unit, f"{claim} {figure}", HERE)
    return replace(found, **more)  # type: ignore[arg-type] # fields by name


def values(*found: FoundClaim) -> tuple[dict[str, Decimal | None], list[Finding]]:
    claims, findings = claims_of(found, FORMS)
    return {c.claim: c.value for c in claims}, list(findings)


def facts(cells: Cells, vintage: str = "2021") -> list[Fact]:
    """A whole report in which every cell is 0, save those named."""
    made = []
    for table in FORMS.vintages[vintage].tables.values():
        for row, column in table.cells():
            cell = cells.get((table.table, row, column), 0)
            state = cell if isinstance(cell, State) else State.REPORTED
            value = None if isinstance(cell, State) else Decimal(cell)
            money = column in ("fee_amount", "procurement_amount") and value is not None
            yuan = value * 10000 if money and value is not None else None
            unit = "万元" if money else None
            made.append(
                Fact(table.table, row, column, vintage, state, value, unit, yuan, None, HERE)
            )
    assert set(cells) <= {(f.table, f.row, f.column) for f in made}
    return made


def judge(
    code: str, figure: str, cells: Cells, unit: str = "件", vintage: str = "2021"
) -> tuple[Claim, list[str]]:
    claims, _ = claims_of([told(code, figure, unit)], FORMS)
    (claim,), findings = compared(claims, facts(cells, vintage), FORMS)
    return claim, [f.rule for f in findings]


def test_what_is_told_twice_is_one_claim() -> None:
    assert values(told("received", "1,113"), told("received", "1113")) == (
        {"received": Decimal(1113)}, [],
    )  # fmt: skip


def test_what_is_told_differently_is_dropped_and_found() -> None:
    claims, (found,) = values(told("received", "12"), told("received", "13"), told("granted", "1"))
    assert claims == {"granted": Decimal(1)}
    assert (found.rule, found.severity) == ("claim_ambiguous", "hint")
    assert "received 12; received 13" in found.message_zh


def test_received_with_and_without_what_was_brought_forward() -> None:
    """As one of the cases tells it: 121 taken in, of them 112 new and 9 brought forward."""
    claims, findings = values(
        told("received", "121"), told("received", "112"), told("brought_forward", "9")
    )
    assert claims == {
        "received_and_brought_forward": Decimal(121),
        "received": Decimal(112),
        "brought_forward": Decimal(9),
    }
    assert findings == []
    claims, (found,) = values(
        told("received", "121", exact=True), told("received", "112"), told("brought_forward", "9")
    )
    assert (set(claims), found.rule) == ({"brought_forward"}, "claim_ambiguous")


def test_a_denial_is_zero_and_a_mention_has_no_value() -> None:
    denied = told("accountability", None, None, denied=True)
    mentioned = told("accountability", None, None)
    assert values(mentioned)[0] == {"accountability": None}
    assert values(mentioned, denied)[0] == {"accountability": Decimal(0)}


@pytest.mark.parametrize(
    ("parts", "sums"),
    [
        (["15", "43", "49", "73", "8"], True),
        (["15", "43", "49", "73"], False),
        (["100", "89"], False),
        (["100"], True),  # one of many, perhaps
        (["100", "8"], True),
    ],
)
def test_parts_beside_their_total(parts: list[str], sums: bool) -> None:
    total = told("disclosed_items", "188", "条", total=1, whole=True)
    listed = [
        told(f"disclosed_items.part.{n}", part, "条", part_of=1)
        for n, part in enumerate(parts, start=1)
    ]
    claims, findings = values(total, *listed)
    assert len(claims) == 1 + len(parts)
    assert [f.rule for f in findings] == ([] if sums else ["claim_parts_sum_to_total"])
    if findings:
        assert (findings[0].left, findings[0].right) == (sum(map(Decimal, parts)), Decimal(188))
    unsure, nothing = values(replace(total, whole=False), *listed)
    assert (len(unsure), nothing) == (len(claims), [])


def test_a_list_that_is_told_differently_is_dropped_whole() -> None:
    claims, _ = values(
        told("disclosed_items.part.1", "3", "条"),
        told("disclosed_items.part.2", "4", "条"),
        told("disclosed_items.part.1", "5", "条"),
    )
    assert claims == {}


def test_equal() -> None:
    claim, findings = judge("received", "12", {("requests", "received", "total"): 12})
    assert (claim.comparison, claim.basis, findings) == (Comparison.EQUAL, None, [])
    assert (claim.table, claim.row, claim.column) == ("requests", "received", "total")
    assert claim.table_value == 12


def test_different() -> None:
    cells = {("requests", "received", "total"): 12}
    claim, findings = judge("received", "13", cells)
    assert (claim.comparison, findings) == (Comparison.DIFFERS, ["text_matches_table"])
    _, (found,) = compared([claim], facts(cells), FORMS)
    assert (found.table, found.row, found.column) == ("requests", "received", "total")
    assert (found.left, found.right, found.difference) == (Decimal(13), Decimal(12), Decimal(1))
    assert (found.kind, found.severity) == ("filing", "warning")


@pytest.mark.parametrize(
    ("code", "figure", "cells", "basis"),
    [
        ("received", "14", {("requests", "received", "total"): 12,
                            ("requests", "brought_forward", "total"): 2}, "with_brought_forward"),
        ("total_processed", "12", {("requests", "total_processed", "total"): 11,
                                   ("requests", "received", "total"): 12}, "received"),
        ("granted", "5", {("requests", "granted", "total"): 3,
                          ("requests", "partly_granted", "total"): 2}, "with_partly_granted"),
        ("received.natural_person", "3", {("requests", "received", "natural_person"): 2,
                                          ("requests", "brought_forward", "natural_person"): 1},
         "with_brought_forward"),
    ],
)  # fmt: skip
def test_another_way_of_counting(code: str, figure: str, cells: Cells, basis: str) -> None:
    claim, findings = judge(code, figure, cells)
    assert (claim.comparison, claim.basis, findings) == (Comparison.ANOTHER_BASIS, basis, [])
    claim, findings = judge(code, "99", cells)
    assert (claim.comparison, findings) == (Comparison.DIFFERS, ["text_matches_table"])


def test_a_group_is_the_sum_of_its_rows() -> None:
    cells = {
        ("requests", "refused.state_secret", "total"): 1,
        ("requests", "refused.internal_affairs", "total"): 4,
    }
    assert judge("refused", "5", cells)[0].comparison is Comparison.EQUAL
    claim, _ = judge("refused", "4", cells)
    assert (claim.comparison, claim.row) == (Comparison.DIFFERS, "refused")
    assert claim.table_value == 5


@pytest.mark.parametrize("vintage", ["2019", "2021"])
def test_otherwise_processed_in_each_vintage(vintage: str) -> None:
    row = "otherwise_processed" if vintage == "2019" else "otherwise_processed.other"
    claim, _ = judge("otherwise_processed", "3", {("requests", row, "total"): 3}, vintage=vintage)
    assert claim.comparison is Comparison.EQUAL


def test_litigation_is_both_channels() -> None:
    cells = {
        ("reviews", "litigation_direct", "total"): 2,
        ("reviews", "litigation_after_reconsideration", "total"): 1,
    }
    claim, _ = judge("litigation.total", "3", cells)
    assert (claim.comparison, claim.row, claim.column) == (Comparison.EQUAL, None, "total")


@pytest.mark.parametrize(("vintage", "column"), [("2019", "made"), ("2021", "issued")])
def test_documents_in_the_column_of_the_vintage(vintage: str, column: str) -> None:
    cells = {("proactive_disclosure", "normative_documents", column): 4}
    claim, _ = judge("normative_documents.issued", "4", cells, vintage=vintage)
    assert (claim.comparison, claim.column) == (Comparison.EQUAL, column)


@pytest.mark.parametrize(("figure", "unit"), [("3.5", "万元"), ("35000", "元")])
def test_money_is_compared_in_yuan(figure: str, unit: str) -> None:
    cells = {("proactive_disclosure", "administrative_fees", "fee_amount"): "3.5"}
    claim, _ = judge("administrative_fees.fee_amount", figure, cells, unit)
    assert (claim.comparison, claim.table_value) == (Comparison.EQUAL, Decimal(figure))
    assert judge("administrative_fees.fee_amount", "3.5", cells, "元")[1] == ["text_matches_table"]


@pytest.mark.parametrize("state", [State.UNREADABLE, State.ABSENT])
def test_nothing_is_said_where_the_table_cannot_be_read(state: State) -> None:
    claim, findings = judge("received", "12", {("requests", "received", "total"): state})
    assert (claim.comparison, claim.table_value, findings) == (None, None, [])
    # nor where another way of counting cannot be tried
    cells: Cells = {
        ("requests", "received", "total"): 10, ("requests", "brought_forward", "total"): state,
    }  # fmt: skip
    assert judge("received", "12", cells)[1] == []
    cells = {**cells, ("requests", "brought_forward", "total"): State.BLANK}
    assert judge("received", "12", cells)[1] == []


@pytest.mark.parametrize("state", [State.BLANK, State.NOT_APPLICABLE])
def test_a_blank_is_zero_only_where_that_agrees(state: State) -> None:
    cells = {("requests", "received", "total"): state}
    claim, _ = judge("received", "0", cells)
    assert (claim.comparison, claim.basis) == (Comparison.EQUAL, "blank_as_zero")
    claim, findings = judge("received", "3", cells)
    assert (claim.comparison, findings) == (None, [])


@pytest.mark.parametrize("state", [State.BLANK, State.NOT_APPLICABLE])
def test_blank_beside_a_claim_is_no_figure_of_the_table(state: State) -> None:
    for figure in ("0", "3"):
        claim, _ = judge("received", figure, {("requests", "received", "total"): state})
        assert claim.table_value is None


def test_a_rounded_figure_is_not_compared() -> None:
    claim, findings = judge("received", "1.2万", {("requests", "received", "total"): 12034})
    assert (claim.value, claim.comparison, findings) == (Decimal(12000), None, [])


def test_a_table_that_is_not_there_is_not_compared() -> None:
    claims, _ = claims_of([told("received", "12")], FORMS)
    assert compared(claims, [], FORMS) == (claims, ())
