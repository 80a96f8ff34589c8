"""Identities of a form, as written and as equations over its cells: the one place in Python that
expands and evaluates them. sql/intermediate/identity_sums.sql evaluates the same equations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from pydantic import Field

from pipelines.text.yaml_file import Strict

Cell = tuple[str, str]  # row, column

Number = TypeVar("Number", int, Decimal)


class Identity(Strict):
    """left sum = right sum, once for each column (operands are rows) or each row (columns)."""

    id: str
    for_each: Literal["column", "row"]
    left: tuple[str, ...] = Field(min_length=1)
    right: tuple[str, ...] = Field(min_length=1)


class Equation(NamedTuple):
    """An identity in one place: the figures of `left` sum to those of `right`. A finding of it lies
    at `row` and `column`; one of them is None where it sums over rows or over columns."""

    rule: str
    row: str | None
    column: str | None
    left: tuple[Cell, ...]
    right: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.left + self.right


def equations_of(
    identities: Iterable[Identity], rows: Sequence[str], columns: Sequence[str]
) -> Iterator[Equation]:
    """Every identity in every column or row of a table."""
    for identity in identities:
        if identity.for_each == "column":
            for column in columns:
                left, right = (
                    tuple((row, column) for row in side) for side in (identity.left, identity.right)
                )
                yield Equation(identity.id, None, column, left, right)
        else:
            for row in rows:
                left, right = (
                    tuple((row, column) for column in side)
                    for side in (identity.left, identity.right)
                )
                yield Equation(identity.id, row, None, left, right)


def merged(equations: Iterable[Equation]) -> tuple[Equation, ...]:
    """Those of several forms as one in each place, with the operands of all of them."""
    found: dict[tuple[str, str | None, str | None], Equation] = {}
    for equation in equations:
        before = found.setdefault(equation[:3], equation)
        found[equation[:3]] = before._replace(
            left=tuple(dict.fromkeys((*before.left, *equation.left))),
            right=tuple(dict.fromkeys((*before.right, *equation.right))),
        )
    return tuple(found.values())


def difference(equation: Equation, figures: Mapping[Cell, Number]) -> Number | int:
    """The left side less the right one. A cell without a figure adds nothing."""
    left, right = (
        sum(figures.get(cell, 0) for cell in side) for side in (equation.left, equation.right)
    )
    return left - right
