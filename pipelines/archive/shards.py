"""Tables of the archive in Parquet shards, which are added and never changed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.archive.place import Archive
from pipelines.archive.storage import ArchiveError

SHARD_ENDING = ".parquet"


class UnreadableShard(ArchiveError):  # noqa: N818 - as UnreadableDocument
    """A shard is no Parquet, not of this schema, or not as it was written: `problem`."""

    def __init__(self, address: str, problem: str) -> None:
        self.problem = " ".join(problem.split())
        super().__init__(
            f"{address}: cannot be read: {self.problem}; bring it back from a copy "
            "(ogi archive verify tells all that is broken)"
        )


def read_shards(archive: Archive, folder: str, schema: pa.Schema) -> pa.Table:
    """All rows of a folder of shards. A column that an older shard lacks is null there.

    Raises:
        UnreadableShard: the first that cannot be read.
        ArchiveError: the bucket does not answer.
    """
    names = shard_names(archive, folder)
    contents = archive.storage.read_all(names)
    tables = [
        parse_shard(archive, name, content, schema)
        for name, content in zip(names, contents, strict=True)
    ]
    return pa.concat_tables([schema.empty_table(), *tables])


def shard_names(archive: Archive, folder: str) -> list[str]:
    """The shards of a folder, in the order of names."""
    return [name for name, _ in archive.storage.files(folder) if name.endswith(SHARD_ENDING)]


def parse_shard(archive: Archive, name: str, content: bytes, schema: pa.Schema) -> pa.Table:
    """The rows of one shard.

    Raises:
        UnreadableShard: it is no Parquet, or a column is of another type.
    """
    try:
        # Several times as fast as `pq.read_table`, and a crawl leaves a hundred shards a night.
        table = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True).read()
        columns = [
            table[field.name].cast(field.type)
            if field.name in table.column_names
            else pa.nulls(len(table), field.type)
            for field in schema
        ]
    except (pa.ArrowException, OSError) as error:
        raise UnreadableShard(archive.storage.address_of(name), str(error)) from error
    return pa.table(columns, schema=schema)


def write_shard(
    archive: Archive,
    folder: str,
    rows: Sequence[Mapping[str, Any]],
    schema: pa.Schema,
    *,
    key: Iterable[str],
) -> None:
    """Add one shard, whole or not at all, unless one of the same key is there."""
    digest = hashlib.sha256("\n".join(sorted(key)).encode()).hexdigest()
    name = f"{folder}/{digest[:32]}{SHARD_ENDING}"
    if archive.storage.size(name) is not None:
        return
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), sink, write_page_checksum=True)
    archive.storage.write(name, sink.getvalue().to_pybytes())
