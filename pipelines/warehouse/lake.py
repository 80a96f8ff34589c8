"""Outcomes → Parquet shards, each written whole or not at all."""

import glob
import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.domain import Outcome
from pipelines.warehouse.arrow_tables import create_tables, outcome_tables
from pipelines.warehouse.connection import DEFAULTS, DuckDBConfig, closed_after
from pipelines.warehouse.sql_models import literal
from pipelines.whole_file import written_whole

KINDS = ("facts", "requests", "reviews", "findings", "claims", "documents")


def write_shard(lake_dir: Path, outcomes: Sequence[Outcome], parser_version: str) -> str:
    """Write one batch to lake/<parser_version>/<kind>/<shard>.parquet, a file of each of `KINDS`.

    The shard is named after its documents, so a batch that is written again overwrites itself.
    The documents file comes last and is the commit: without it nobody looks at the others.

    Returns:
        The shard's name, 32 hexadecimal digits.

    Raises:
        ValueError: there are no outcomes, or two of one document.
    """
    keys = sorted(outcome.document_sha256 for outcome in outcomes)
    if not keys:
        raise ValueError("a shard of no documents")
    if len(set(keys)) < len(keys):
        raise ValueError("a shard with one document twice")
    shard = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:32]
    tables = outcome_tables(outcomes, parser_version)
    for kind in KINDS:
        folder = lake_dir / parser_version / kind
        folder.mkdir(parents=True, exist_ok=True)
        _write_whole(tables[kind], folder / f"{shard}.parquet")
    return shard


def processed(lake_dir: Path, parser_version: str) -> set[str]:
    """The sha256 of every document that this parser version has already put into the lake."""
    keys: set[str] = set()
    for file in sorted((lake_dir / parser_version / "documents").glob("*.parquet")):
        keys.update(pq.read_table(file, columns=["document_sha256"]).column(0).to_pylist())
    return keys


def changed_cells(
    lake_dir: Path,
    before: str,
    after: str,
    documents: Iterable[str],
    config: DuckDBConfig = DEFAULTS,
) -> int | None:
    """How many cells of these documents have another state or value in the lake of parser `after`
    than in that of `before`, or are in one of them only; None where the lake of `before` is not
    whole or has another layout."""
    columns = 'document_sha256, "table", "row", "column", vintage, state, value, value_yuan'
    with closed_after(duckdb.connect(config=dict(config))) as con:
        con.register("documents", pa.table({"document_sha256": sorted(documents)}))
        try:
            lakes = " union all ".join(
                f"select {columns}, '{version}' as lake from {_parquet(facts)}"
                for version in (before, after)
                if (facts := shard_files(lake_dir, version, ["facts"])["facts"])
            )
            (count,) = con.execute(
                'select count(distinct (document_sha256, "table", "row", "column", vintage)) from'
                f" (select {columns} from ({lakes}) semi join documents using (document_sha256)"
                " group by all having min(lake) = max(lake))"
            ).fetchall()[0]
        except (FileNotFoundError, duckdb.BinderException):
            return None
    return int(count)


def lakes(lake_dir: Path) -> list[str]:
    """The parser versions that have a lake here, also an incomplete one."""
    folders = sorted(lake_dir.iterdir()) if lake_dir.is_dir() else []
    return [f.name for f in folders if any((f / kind).is_dir() for kind in KINDS)]


def remove_lake(lake_dir: Path, parser_version: str) -> int:
    """Remove the lake of that parser; returns its bytes."""
    root = lake_dir / parser_version
    size = sum(file.stat().st_size for file in root.rglob("*") if file.is_file())
    # First what commits the shards: no shard is left without its facts.
    shutil.rmtree(root / "documents", ignore_errors=True)
    shutil.rmtree(root)
    return size


def shard_files(
    lake_dir: Path, parser_version: str, kinds: Sequence[str] = KINDS
) -> dict[str, list[Path]]:
    """The files of all committed shards, by kind.

    Raises:
        FileNotFoundError: a committed shard has lost a file.
    """
    root = lake_dir / parser_version
    shards = sorted(file.name for file in (root / "documents").glob("*.parquet"))
    files = {kind: [root / kind / shard for shard in shards] for kind in kinds}
    for kind in kinds:
        for file in files[kind]:
            if not file.is_file():
                raise FileNotFoundError(f"{file}: the lake has lost a file of a committed shard")
    return files


def create_lake_view(
    con: duckdb.DuckDBPyConnection, kind: str, files: Sequence[Path], schema: pa.Schema
) -> None:
    """lake.<kind>: the rows of all files, with the file's name without folder as `shard`."""
    con.execute("create schema if not exists lake")
    if not files:
        empty = schema.append(pa.field("shard", pa.string())).empty_table()
        create_tables(con, "lake", {kind: empty})
        return
    con.execute(
        f"create view lake.{kind} as"
        " select * exclude (filename), parse_filename(filename) as shard"
        f" from {_parquet(files)}"
    )


def _parquet(files: Sequence[Path]) -> str:
    """The rows of the files, with their file name. A folder named `a=b` gives no column."""
    listed = ", ".join(literal(glob.escape(str(file))) for file in files)
    return f"read_parquet([{listed}], filename = true, hive_partitioning = false)"


def _write_whole(table: pa.Table, target: Path) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    with written_whole(target) as partial, partial.open("wb") as file:
        file.write(sink.getvalue())
        file.flush()
        os.fsync(file.fileno())
