"""Connections to DuckDB that also an interrupted query lets go of."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import duckdb

from pipelines.warehouse.sql_models import literal

DuckDBConfig = Mapping[str, str | bool | int | float | list[str]]
"""Options of DuckDB, as `duckdb.connect` takes them."""

DEFAULTS: DuckDBConfig = MappingProxyType({})


@contextmanager
def closed_after(con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Close the connection at the end of the block, also where a signal has interrupted a query:
    its threads go on, and `close` alone would wait until they are done."""
    try:
        yield con
    except BaseException:
        con.interrupt()
        raise
    finally:
        con.close()


@contextmanager
def reading(
    warehouse_file: Path, config: DuckDBConfig = DEFAULTS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A built warehouse, read-only, as the current database."""
    with closed_after(duckdb.connect(config=dict(config))) as con:
        con.execute(f"attach {literal(str(warehouse_file))} as building (read_only)")
        con.execute("use building")
        yield con
