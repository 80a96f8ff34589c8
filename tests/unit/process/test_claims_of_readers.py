"""A claim that two readers read differently is nobody's."""

from decimal import Decimal

from pipelines.domain import Claim, Outcome, OutcomeKind, Place
from pipelines.process import _claims_agreed


def read_as(**values: int) -> Outcome:
    claims = tuple(
        Claim(code, Decimal(value), "件", f"{value}件", Place(line=1))
        for code, value in values.items()
    )
    return Outcome("0" * 64, "x", "text/html", 1, OutcomeKind.REPORT, claims=claims)


def test_a_claim_that_another_reader_read_otherwise_is_dropped() -> None:
    best = read_as(received=12, granted=3, refused=1)
    agreed = _claims_agreed(best, read_as(received=72, granted=3))
    assert [(c.claim, c.value) for c in agreed.claims] == [
        ("granted", Decimal(3)),
        ("refused", Decimal(1)),
    ]
