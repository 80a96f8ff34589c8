"""Claims: figures that the prose of a report tells, and how they stand to its tables."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pipelines.domain.reading import Place


class Comparison(StrEnum):
    """equal and differs are said of the table's figure; another_basis: it is the table's figure
    counted in another known way, which `Claim.basis` names."""

    EQUAL = "equal"
    ANOTHER_BASIS = "another_basis"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """A figure told in prose, as recognized: nothing is computed yet.

    `figure` is its number as printed; None where the prose denies the matter (`denied`: zero) or
    only speaks of it. `exact`: it says itself that it is the figure of the table. `total` numbers
    a total within its document, `part_of` is that number in its parts; `whole`, on the total, that
    all its parts were understood.
    """

    claim: str
    figure: str | None
    unit: str | None
    raw: str
    place: Place
    denied: bool = False
    exact: bool = False
    total: int | None = None
    part_of: int | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure told in prose. `value` in `unit` as printed, ten thousands multiplied out (it is
    then `rounded`), None where the prose speaks of the matter without a figure. `table`, `row` and
    `column` name the figure that it restates (row or column is None where that is a sum over
    several), `table_value` is that figure, in the claim's unit."""

    claim: str
    value: Decimal | None
    unit: str | None
    raw: str
    place: Place
    table: str | None = None
    row: str | None = None
    column: str | None = None
    table_value: Decimal | None = None
    comparison: Comparison | None = None
    basis: str | None = None
    rounded: bool = False
