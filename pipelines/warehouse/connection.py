"""Connections to DuckDB that also an interrupted query lets go of."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


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
