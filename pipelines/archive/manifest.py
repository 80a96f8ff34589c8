"""The provenance: one row for each address at which a document was found."""

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MANIFEST_SCHEMA = pa.schema(
    [
        ("document_sha256", pa.string()),
        ("address", pa.string()),
        ("name", pa.string()),
        ("bytes", pa.int64()),
        ("archived_at", pa.timestamp("us", tz="UTC")),
        ("source", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the manifest."""

    document_sha256: str
    address: str
    name: str
    bytes: int
    archived_at: dt.datetime
    source: str


def manifest(archive_dir: Path) -> pa.Table:
    """Every row, by archived_at and address; without rows where nothing was archived yet."""
    shards = sorted((archive_dir / "manifest").glob("*.parquet"))
    tables = [pq.read_table(shard, schema=MANIFEST_SCHEMA) for shard in shards]
    table = pa.concat_tables([MANIFEST_SCHEMA.empty_table(), *tables])
    return table.sort_by([("archived_at", "ascending"), ("address", "ascending")])


def known_pairs(archive_dir: Path) -> set[tuple[str, str]]:
    """Each (document_sha256, address) of the manifest."""
    table = manifest(archive_dir)
    return set(zip(table["document_sha256"].to_pylist(), table["address"].to_pylist(), strict=True))


def write_entries(archive_dir: Path, entries: Sequence[Entry]) -> None:
    """Add one shard, whole or not at all."""
    folder = archive_dir / "manifest"
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist([asdict(entry) for entry in entries], schema=MANIFEST_SCHEMA)
    key = "\n".join(sorted(f"{e.document_sha256} {e.address}" for e in entries))
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    handle, partial = tempfile.mkstemp(prefix=".", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            pq.write_table(table, file)
        Path(partial).replace(folder / f"{name}.parquet")
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
