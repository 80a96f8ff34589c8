"""Rows and schemas follow the fields of a dataclass."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import pyarrow as pa
import pytest

from pipelines.domain.arrow import row_mapping
from pipelines.domain.integers import Int16, Int64


class Colour(StrEnum):
    RED = "red"


class Spot(NamedTuple):
    page: int | None = None
    row: Int16 | None = None


@dataclass(frozen=True)
class Row:
    name: str
    colour: Colour | None
    size: Int64
    share: float
    figure: Decimal | None
    is_new: bool
    day: dt.date | None
    at: dt.datetime
    words: tuple[str, ...]
    headers: dict[str, str]
    spot: Spot | None


NOON = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)


def made(**values: object) -> Row:
    given = {
        "name": "a", "colour": Colour.RED, "size": 2**40, "share": 0.5, "figure": Decimal("1.5"),
        "is_new": True, "day": dt.date(2024, 1, 2), "at": NOON, "words": ("x", "y"),
        "headers": {"etag": "1"}, "spot": Spot(3, 4),
    }  # fmt: skip
    return Row(**{**given, **values})  # type: ignore[arg-type]


def test_the_schema_follows_the_types_of_the_fields() -> None:
    assert dict(zip(row_mapping(Row).schema.names, row_mapping(Row).schema.types, strict=True)) == {
        "name": pa.string(),
        "colour": pa.string(),
        "size": pa.int64(),
        "share": pa.float64(),
        "figure": pa.decimal128(28, 8),
        "is_new": pa.bool_(),
        "day": pa.date32(),
        "at": pa.timestamp("us", tz="UTC"),
        "words": pa.list_(pa.string()),
        "headers": pa.map_(pa.string(), pa.string()),
        "page": pa.int32(),
        "row": pa.int16(),
    }


def test_rows_hold_the_values_in_their_order() -> None:
    table = row_mapping(Row).table([made(), made(name="b", colour=None, spot=None, figure=None)])
    first, second = table.to_pylist()
    assert first == {
        "name": "a", "colour": "red", "size": 2**40, "share": 0.5, "figure": Decimal("1.5"),
        "is_new": True, "day": dt.date(2024, 1, 2), "at": NOON, "words": ["x", "y"],
        "headers": [("etag", "1")], "page": 3, "row": 4,
    }  # fmt: skip
    assert (second["name"], second["colour"], second["figure"]) == ("b", None, None)
    assert (second["page"], second["row"]) == (None, None)


def test_a_column_can_be_left_out_renamed_and_converted() -> None:
    mapping = row_mapping(
        Row,
        leave_out=("headers", "spot.page"),
        rename={"spot.row": "row_no", "name": "title"},
        convert={"words": (pa.int32(), lambda row: len(row.words))},
    )
    (row,) = mapping.table([made()]).to_pylist()
    assert (row["title"], row["row_no"], row["words"]) == ("a", 4, 2)
    assert {"headers", "page", "name", "row"}.isdisjoint(row)


def test_a_lone_surrogate_is_written_as_an_escape() -> None:
    (row,) = row_mapping(Row).table([made(name="a\udc80", words=("\udc81", "y"))]).to_pylist()
    assert (row["name"], row["words"]) == ("a\\udc80", ["\\udc81", "y"])


def test_no_rows_give_an_empty_table_of_the_schema() -> None:
    assert row_mapping(Row).table([]).schema == row_mapping(Row).schema


def test_a_field_that_stands_for_no_column_is_refused_by_name() -> None:
    @dataclass
    class Odd:
        names: Mapping[str, set[str]]

    with pytest.raises(TypeError, match="names: set"):
        row_mapping(Odd)
