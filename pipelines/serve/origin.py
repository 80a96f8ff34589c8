"""From a figure back to the place in its document where it is printed."""

import glob
from pathlib import Path
from typing import Any

import duckdb

from pipelines.domain import Place
from pipelines.serve.database import QueryError, connect, told
from pipelines.serve.reading_json import plain

EVIDENCE_FILE = "evidence.parquet"


def evidence(
    published_file: Path, document_sha256: str, table: str, row: str, column: str
) -> dict[str, Any]:
    """Where one figure comes from: document, address, raw token, state, value (a decimal string)
    and place.

    `evidence` in it is {page, box} or {path} or {table, row, cell} or {line}, as in
    `ogi read --format json`; None where the copy has no cell for it.

    Raises:
        QueryError: there is no release, or no such cell in it; the message names it.
    """
    file = published_file.parent / EVIDENCE_FILE
    if not file.is_file():
        raise QueryError(f"{file}: no evidence here; `ogi run` publishes it")
    con = duckdb.connect()
    try:
        found = con.execute(
            "SELECT * FROM read_parquet(?, hive_partitioning = false)"
            ' WHERE document_sha256 = ? AND "table" = ? AND "row" = ? AND "column" = ?',
            [glob.escape(str(file)), document_sha256, table, row, column],
        )
        names = [str(d[0]) for d in found.description or ()]
        values = found.fetchone()
    except duckdb.Error as error:
        raise QueryError(f"{file}: {told(error)}") from error
    finally:
        con.close()
    if values is None:
        cell = f"{table} {row} {column}"
        raise QueryError(f"{file}: no cell {cell} of document {document_sha256}")
    cell_of = dict(zip(names, values, strict=True))
    box = cell_of.get("box")
    place = Place(
        page=cell_of.get("page"),
        box=tuple(box) if box else None,
        path=cell_of.get("path"),
        table=cell_of.get("table_no"),
        row=cell_of.get("row_no"),
        cell=cell_of.get("cell_no"),
        line=cell_of.get("line"),
    ).as_json()
    return {
        "document_sha256": document_sha256,
        "source_url": _address(published_file, document_sha256),
        "table": table,
        "row": row,
        "column": column,
        "vintage": cell_of["vintage"],
        "state": cell_of["state"],
        "value": plain(cell_of["value"]),
        "unit": cell_of["unit"],
        "raw": cell_of["raw"],
        "evidence": place or None,
    }


def _address(published_file: Path, document_sha256: str) -> str | None:
    con = connect(published_file)
    try:
        row = con.execute(
            "SELECT first_address FROM marts.dim_document WHERE document_sha256 = ?",
            [document_sha256],
        ).fetchone()
    finally:
        con.close()
    return None if row is None else row[0]
