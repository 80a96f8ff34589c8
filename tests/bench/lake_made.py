"""A home of any number of reports: the samples' lake and manifest, multiplied.

Every document has its own sha256, address, agency and year; its figures are those of a sample times
a factor, so that sums that hold go on holding. Agencies have names that the kept tables explain and
fifteen report years each; every fiftieth document is a second one of the same agency and year.
"""

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.archive import MANIFEST_SCHEMA, SIGHTINGS_SCHEMA, open_archive
from pipelines.archive.manifest import MANIFEST, SIGHTINGS
from pipelines.archive.shards import write_shard
from pipelines.runs.process import parser_version, process_document
from pipelines.settings import Settings
from pipelines.warehouse.arrow_tables import outcome_tables
from tests.bench.names_made import Maker

SAMPLES = Path(__file__).parents[2] / "data" / "samples" / "reports"
FIRST_YEAR = 2009
_YEARS = 15
_EVERY_SECOND_DOCUMENT = 50
_FACTORS = 97
_FIGURES = ("value", "value_yuan", "left", "right", "difference", "table_value")
# Of all shards but the last: a multiple of the samples, so that each holds the same figures.
_DOCUMENTS_PER_SHARD = 1050
_SHARDS_PER_MANIFEST = 50
_FIRST_SEEN = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)

# A second document of a report is like the first.
_WHICH_REPORT = f"""
select
    range as number,
    range - if(range % {_EVERY_SECOND_DOCUMENT} = {_EVERY_SECOND_DOCUMENT - 1}, 1, 0) as of
from range(?)
"""
_MADE = f"""
create table made as
select
    documents.number,
    sha256('report ' || documents.number) as document_sha256,
    name as agency_name,
    ({FIRST_YEAR} + of % {_YEARS})::smallint as report_year,
    'https://site-' || names.number || '.example.gov.cn/' || documents.number || '.html' as address,
    'site-' || names.number as source
from ({_WHICH_REPORT}) as documents
inner join names on names.number = of // {_YEARS}
order by documents.number
"""
# A column that is not named is null.
_MANIFEST = """
select
    document_sha256, address, number || '.html' as name, 50000 + number % 50000 as bytes,
    ?::timestamptz + to_seconds(number) as archived_at, source, 200 as status
from made where number between ? and ?
"""
_SIGHTINGS = """
select
    address, ?::timestamptz + to_seconds(number) as seen_at, source, document_sha256,
    200 as status, true as is_listed
from made where number between ? and ?
"""


def make_home(settings: Settings, reports: int) -> None:
    """Write archive (without the documents' bytes) and lake of so many reports."""
    with duckdb.connect() as con:
        names = list(Maker(random.Random(1)).many(reports // _YEARS + 1))
        con.register("names", pa.table({"number": range(len(names)), "name": names}))
        con.execute(_MADE, [reports])
        _write_archive(con, settings, reports)
        _write_lake(con, settings, reports)


def _write_archive(con: duckdb.DuckDBPyConnection, settings: Settings, reports: int) -> None:
    archive = open_archive(settings.archive_address)
    step = _SHARDS_PER_MANIFEST * _DOCUMENTS_PER_SHARD
    for folder, schema, sql in (
        (MANIFEST, MANIFEST_SCHEMA, _MANIFEST),
        (SIGHTINGS, SIGHTINGS_SCHEMA, _SIGHTINGS),
    ):
        for start in range(0, reports, step):
            rows = con.execute(sql, [_FIRST_SEEN, start, start + step - 1]).to_arrow_table()
            columns = [
                rows[field.name].cast(field.type)
                if field.name in rows.column_names
                else pa.nulls(len(rows), field.type)
                for field in schema
            ]
            write_shard(archive, folder, pa.table(columns, schema=schema))


def _write_lake(con: duckdb.DuckDBPyConnection, settings: Settings, reports: int) -> None:
    """Shard after shard of the same rows, of which only the documents are others."""
    same = _rows_of_a_shard(con)
    # The documents file is the commit, so that it comes last.
    for kind in sorted(same, key="documents".__eq__):
        (settings.lake_dir / parser_version() / kind).mkdir(parents=True)
    for start in range(0, reports, _DOCUMENTS_PER_SHARD):
        made = con.execute(
            "select document_sha256, agency_name, report_year from made where number between ? and"
            " ?",
            [start, start + _DOCUMENTS_PER_SHARD - 1],
        ).to_arrow_table()
        for kind, rows in same.items():
            file = settings.lake_dir / parser_version() / kind / f"{start:032d}.parquet"
            pq.write_table(_of_documents(rows, made), file, compression="zstd")


def _rows_of_a_shard(con: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    """The rows of each kind, by `number` of the document in its shard."""
    files = sorted(SAMPLES.iterdir())
    outcomes = [process_document(str(file), file.read_bytes()) for file in files]
    tables = outcome_tables(outcomes, parser_version())
    con.register("sample_documents", tables["documents"])
    con.execute(
        f"create table copies as select number, document_sha256, 1 + of % {_FACTORS} as factor"
        f" from ({_WHICH_REPORT}) inner join (select document_sha256, row_number() over (order by"
        " path) as place from sample_documents)"
        " on of % (select count(*) from sample_documents) = place - 1",
        [_DOCUMENTS_PER_SHARD],
    )
    same = {}
    for kind, table in tables.items():
        con.register("samples", table)
        columns = ", ".join(_column(name, table.column_names) for name in table.column_names)
        rows = con.execute(
            f"select {columns}, copies.number from copies inner join samples"
            " using (document_sha256) order by copies.number, samples"
        ).to_arrow_table()
        same[kind] = pa.table([_encoded(column) for column in rows.columns], rows.column_names)
    return same


def _column(name: str, names: Sequence[str]) -> str:
    if f"{name}_state" in names:
        return f'samples."{name}" * factor as "{name}"'
    if name in _FIGURES:
        return f'(samples."{name}" * factor)::decimal(28, 8) as "{name}"'
    if name == "raw":
        return "if(value is null, raw, (value * factor)::bigint::varchar) as raw"
    return f'samples."{name}"'


def _encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts as a dictionary, so that they are written quickly."""
    column = column.combine_chunks()
    return pc.dictionary_encode(column) if pa.types.is_string(column.type) else column


def _of_documents(rows: pa.Table, made: pa.Table) -> pa.Table:
    rows = rows.filter(pc.less(rows["number"], len(made)))
    number = rows["number"].combine_chunks()
    for name in set(made.column_names) & set(rows.column_names):
        values = made[name].combine_chunks()
        column = pa.DictionaryArray.from_arrays(number.cast(pa.int32()), values)
        if not pa.types.is_string(values.type):
            column = column.dictionary_decode()
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows.drop_columns("number")
