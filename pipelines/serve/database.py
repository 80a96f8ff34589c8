"""Read-only questions to a release."""

import os
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.domain import OgiError
from pipelines.warehouse.connection import closed_after
from pipelines.warehouse.sql_models import literal


class QueryError(OgiError):
    """A question that cannot be put to the release; the message is one line."""


def connect(published_file: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads the release and nothing else.

    Each call opens a fresh in-memory database and attaches the file read-only, so that a release
    published since the last call is seen, and open readers keep the one they began with.
    `marts.agency_years` and `agency_years` both name the mart.

    Raises:
        QueryError: there is no release, the file is none, or another program wrote to it.
    """
    if not published_file.is_file():
        raise QueryError(f"{published_file}: no release here yet; `ogi run` makes one")
    # DuckDB replays a WAL into every answer, also for a reader.
    wal = published_file.with_name(f"{published_file.name}.wal")
    if wal.exists():
        raise QueryError(
            f"{wal}: another program opened the release for writing; close it, and the next"
            " `ogi run` or `ogi ingest` publishes the release again"
        )
    spill = Path(tempfile.gettempdir()) / f"ogi-query-{os.getpid()}"
    con = duckdb.connect(config={"temp_directory": str(spill)})
    try:
        con.execute(f"ATTACH {literal(str(published_file))} AS ogi (READ_ONLY)")
        con.execute("USE ogi.marts")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
    except duckdb.Error as error:
        con.close()
        raise QueryError(
            f"{published_file}: not a release of this project: {told(error)}"
        ) from error
    return con


def query(published_file: Path, sql: str) -> pa.Table:
    """The rows of one SELECT (or WITH, FROM, VALUES, PIVOT, DESCRIBE, SHOW, SUMMARIZE).

    Raises:
        QueryError: it is more than one statement, or one that writes, or wrong SQL.
    """
    _only_asks(sql)
    with closed_after(connect(published_file)) as con:
        try:
            return con.execute(sql).to_arrow_table()
        except duckdb.Error as error:
            raise QueryError(f"SQL: {told(error)}") from error


def told(error: duckdb.Error) -> str:
    """DuckDB's message in one line, without its drawing of the statement."""
    message = str(error).split("\n\nLINE ")[0]
    return " ".join(message.split())


def _only_asks(sql: str) -> None:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryError(f"SQL: {told(error)}") from error
    if not statements:
        raise QueryError("SQL: there is no statement in it")
    # A PIVOT without a list of values is cut in two by the parser, both parts without a text.
    kinds = [s.type for s in statements]
    pivot = [duckdb.StatementType.CREATE, duckdb.StatementType.SELECT]
    if kinds == pivot and not any(s.query.strip() for s in statements):
        return
    if len(statements) > 1:
        raise QueryError(f"SQL: one statement at a time, here are {len(statements)}")
    if kinds[0] != duckdb.StatementType.SELECT:
        raise QueryError(
            f"SQL: only SELECT is answered, the release is read-only; not {kinds[0].name}"
        )
