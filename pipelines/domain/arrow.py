"""Dataclasses and named tuples as rows of Arrow tables: a value a row, a field a column.

Column types follow the types of the fields. An `int` has 32 bits unless it is annotated with
another width (`pipelines.domain.integers`). A field that is itself a dataclass or a named tuple
gives its own fields as columns in its place.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

DECIMAL = pa.decimal128(28, 8)
_INTEGERS = {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}
_TYPES = {
    bool: pa.bool_(),
    int: pa.int32(),
    float: pa.float64(),
    Decimal: DECIMAL,
    dt.datetime: pa.timestamp("us", tz="UTC"),
    dt.date: pa.date32(),
}

Getter = Callable[[Any], Any]
Column = tuple[pa.DataType, Getter]
"""The type of a column, and its cell of a row."""


@dataclass(frozen=True, slots=True)
class RowMapping:
    """How values of one type become rows."""

    schema: pa.Schema
    getters: tuple[Getter, ...]

    def table(self, values: Iterable[Any]) -> pa.Table:
        """One row a value, in their order."""
        rows = list(values)
        cells = zip(self.schema.types, self.getters, strict=True)
        arrays = [_array([getter(row) for row in rows], type_) for type_, getter in cells]
        return pa.table(arrays, schema=self.schema)


def row_mapping(
    row_type: type,
    *,
    leave_out: Collection[str] = (),
    rename: Mapping[str, str] | None = None,
    convert: Mapping[str, Column] | None = None,
) -> RowMapping:
    """The mapping of a dataclass or named tuple.

    Fields are named by their path from `row_type`: `rename` gives a column another name
    (`{"place.row": "row_no"}`), `convert` another type and value.

    Raises:
        TypeError: a field has a type that stands for no column.
    """
    columns = [
        ((rename or {}).get(path, path.rpartition(".")[2]), type_, getter)
        for path, (type_, getter) in _columns(row_type, "", convert or {}, leave_out)
    ]
    schema = pa.schema([(name, type_) for name, type_, _ in columns])
    return RowMapping(schema, tuple(getter for _, _, getter in columns))


def _columns(
    row_type: type, prefix: str, convert: Mapping[str, Column], leave_out: Collection[str]
) -> Iterator[tuple[str, Column]]:
    for name, hint in get_type_hints(row_type, include_extras=True).items():
        path = prefix + name
        field = _without_none(hint)
        if path in leave_out:
            continue
        if path in convert:
            yield path, convert[path]
        elif is_dataclass(field) or hasattr(field, "_fields"):
            yield from _columns(field, f"{path}.", convert, leave_out)
        else:
            yield path, (_type_of(field, path), _getter(path))


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    return hint


def _type_of(hint: Any, path: str) -> pa.DataType:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _INTEGERS[arguments[1]]
    if origin is tuple:
        return pa.list_(_type_of(arguments[0], path))
    if origin is not None and issubclass(origin, Mapping):
        return pa.map_(*(_type_of(part, path) for part in arguments))
    if isinstance(hint, type):
        if issubclass(hint, str):
            return pa.string()
        if hint in _TYPES:
            return _TYPES[hint]
    raise TypeError(f"{path}: {hint} stands for no column")


def _getter(path: str) -> Getter:
    first, *rest = path.split(".")

    def get(row: Any) -> Any:
        value = getattr(row, first)
        for name in rest:
            value = getattr(value, name, None)  # of an optional field that is None: None
        return value

    return get


def _array(cells: list[Any], type_: pa.DataType) -> pa.Array:
    try:
        return pa.array(cells, type_)
    except UnicodeEncodeError:
        # Names of files and texts of PDFs can hold lone surrogates, which UTF-8 cannot.
        return pa.array([_escaped(cell) for cell in cells], type_)


def _escaped(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.encode("utf-8", "backslashreplace").decode()
    return [_escaped(part) for part in cell] if isinstance(cell, tuple) else cell
