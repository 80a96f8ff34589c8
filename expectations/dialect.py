"""DuckDB for Great Expectations: the SQLAlchemy dialect `duckdb+expectations`.

Great Expectations fetches its rows after the connection went back to the pool, whose rollback
drops the pending result of a DuckDB connection. Here each cursor is a DuckDB connection of its
own to the same database, which no rollback touches; it ends when nobody holds it any more.
"""

from typing import Any

import duckdb_engine
from sqlalchemy.dialects import registry

DRIVER = "duckdb+expectations"


class _Connection(duckdb_engine.ConnectionWrapper):
    def cursor(self) -> duckdb_engine.CursorWrapper:
        return duckdb_engine.CursorWrapper(self.duplicate(), self)


class Dialect(duckdb_engine.Dialect):
    """duckdb_engine's dialect with cursors that stand alone."""

    supports_statement_cache = True

    def connect(  # type: ignore[override] # as duckdb_engine's own does
        self, *arguments: Any, **named: Any
    ) -> _Connection:
        connection = super().connect(*arguments, **named)
        return _Connection(connection.duplicate())


registry.register(DRIVER.replace("+", "."), __name__, "Dialect")
