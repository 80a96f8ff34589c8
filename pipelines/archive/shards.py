"""Tables of the archive in Parquet shards, which are added and never changed."""

import re

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.archive.storage import Archive, ArchiveError
from pipelines.domain import sha256_of

SHARD_ENDING = ".parquet"
# Those of before have shorter names, which say nothing of their bytes.
_NAMED_BY_SUM = re.compile(r"(?:.*/)?([0-9a-f]{64})\.parquet")


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
    contents = archive.read_all(names)
    tables = [
        parse_shard(archive, name, content, schema)
        for name, content in zip(names, contents, strict=True)
    ]
    return pa.concat_tables([schema.empty_table(), *tables])


def shard_names(archive: Archive, folder: str) -> list[str]:
    """The shards of a folder, in the order of names."""
    return [name for name, _ in archive.files(folder) if name.endswith(SHARD_ENDING)]


def parse_shard(archive: Archive, name: str, content: bytes, schema: pa.Schema) -> pa.Table:
    """The rows of one shard.

    Raises:
        UnreadableShard: it is not as its sum says, no Parquet, or a column is of another type.
    """
    named = _NAMED_BY_SUM.fullmatch(name)
    if named and sha256_of(content) != named[1]:
        raise UnreadableShard(archive.address_of(name), "its bytes have another sum")
    try:
        # On this thread only: a pool thread may release `content` after the interpreter has begun
        # to end, and taking the lock of Python then aborts the process (apache/arrow#50482).
        table = pq.ParquetFile(pa.BufferReader(content)).read(schema.names, use_threads=False)
        columns = [
            table[field.name].cast(field.type)
            if field.name in table.column_names
            else pa.nulls(len(table), field.type)
            for field in schema
        ]
    except (pa.ArrowException, OSError) as error:
        raise UnreadableShard(archive.address_of(name), str(error)) from error
    return pa.table(columns, schema=schema)


def write_shard(archive: Archive, folder: str, table: pa.Table) -> None:
    """Add one shard, whole or not at all, unless the very same is there: it is named by the SHA-256
    of its bytes, and the same rows in the same order give the same bytes."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    content = sink.getvalue().to_pybytes()
    name = f"{folder}/{sha256_of(content)}{SHARD_ENDING}"
    if archive.size(name) != len(content):
        archive.write(name, content)
