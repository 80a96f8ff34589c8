"""Tables, views and comments of schema marts into a file of their own, and the evidence."""

from pathlib import Path

import duckdb

from pipelines.warehouse.sql_models import literal, quoted

_EVIDENCE_COLUMNS = (
    "document_sha256",
    "table",
    "row",
    "column",
    "vintage",
    "state",
    "value",
    "unit",
    "raw",
    "page",
    "box",
    "path",
    "table_no",
    "row_no",
    "cell_no",
    "line",
    "confidence",
)


def copy_marts(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Schema marts of the database that `con` uses → the fresh file `target`.

    Every definition is copied, so that comments, and views upon views, come along; rows only
    those of the marts: raw is many times their size, and private.
    """
    source = _column(con, "select current_database()")[0]
    con.execute(f"attach {literal(str(target))} as fresh")
    try:
        con.execute(f"copy from database {quoted(source)} to fresh (schema)")
        for schema in _column(
            con,
            "select distinct schema_name from duckdb_schemas()"
            " where database_name = 'fresh' and not internal"
            " and schema_name not in ('main', 'marts')",
        ):
            con.execute(f"drop schema fresh.{quoted(schema)} cascade")
        for table in _column(
            con, "select table_name from duckdb_tables() where database_name = 'fresh'"
        ):
            marts_table = f"marts.{quoted(table)}"
            con.execute(f"insert into fresh.{marts_table} from {quoted(source)}.{marts_table}")
    finally:
        con.execute("detach fresh")


def write_evidence(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    """One row a cell, with where it is printed, in the order of the lake: the cells of a document
    are together, and a Bloom filter tells a reader which row groups may hold one."""
    columns = ", ".join(quoted(column) for column in _EVIDENCE_COLUMNS)
    con.execute(
        f"copy (select {columns} from raw.facts)"
        f" to {literal(str(target))} (format parquet, compression zstd)"
    )


def _column(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [row[0] for row in con.execute(sql).fetchall()]
