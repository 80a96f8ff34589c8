"""The rows of an answer as text: csv, json, or drawn for a terminal."""

import csv
import datetime as dt
import json
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TextIO

import pyarrow as pa
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from pipelines.serve.reading_json import plain
from pipelines.serve.table_layout import fit_table

_ROWS_AT_ONCE = 10_000
_NUMBERS = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)


def write_csv(answer: pa.Table, out: TextIO) -> None:
    """A header and one line a row; NULL is the empty field."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_distinct(answer.column_names))
    for row in _rows(answer):
        writer.writerow([_csv_value(v) for v in row.values()])


def write_json(answer: pa.Table, out: TextIO) -> None:
    """A list of objects, one a line. A decimal is a number where a double holds it exactly,
    else a string; dates and times are ISO 8601; NaN and infinity, which JSON lacks, are null."""
    separator = "[\n"
    for row in _rows(answer):
        finite = {name: None if _is_infinite(v) else v for name, v in row.items()}
        out.write(separator + json.dumps(finite, ensure_ascii=False, default=_json_value))
        separator = ",\n"
    out.write("\n]\n" if answer.num_rows else "[]\n")


def drawn(answer: pa.Table, console: Console, most_rows: int) -> RenderableType:
    """The first `most_rows` rows as a table that fits the console."""
    rows = [[_shown(v) for v in row.values()] for row in _rows(answer.slice(0, most_rows))]
    table = Table()
    for name, field in zip(_distinct(answer.column_names), answer.schema, strict=True):
        number = any(is_number(field.type) for is_number in _NUMBERS)
        # Not wrapped: values are there to be copied.
        table.add_column(Text(name), justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return fit_table(table, console)


def _rows(answer: pa.Table) -> Iterator[dict[str, Any]]:
    names = _distinct(answer.column_names)
    for batch in answer.to_batches(max_chunksize=_ROWS_AT_ONCE):
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            yield dict(zip(names, values, strict=True))


def _distinct(names: list[str]) -> list[str]:
    """`select a.*, b.*` gives two columns of one name; the second becomes name_2."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct


def _shown(value: object) -> Text:
    if value is None:
        return Text("NULL", style="dim")
    return Text(str(_csv_value(value)))


def _csv_value(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_json_value)
    return value


def _is_infinite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _json_value(value: object) -> object:
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else plain(value)
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    return str(value)
