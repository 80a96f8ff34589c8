"""Shards, manifest, sightings, registry and forms → schema raw of the warehouse.

Facts, counts and claims stay where they are: views over the lake's files.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.archive import MANIFEST_SCHEMA, SIGHTINGS_SCHEMA
from pipelines.domain import Agency, Calendar, ReferenceDataError
from pipelines.forms import Forms
from pipelines.reference.regions import Regions
from pipelines.warehouse.arrow_tables import (
    CLAIMS,
    DOCUMENTS,
    FACTS,
    FINDINGS,
    REQUESTS,
    RESOLUTION,
    REVIEWS,
    agency_table,
    calendar_table,
    create_tables,
)
from pipelines.warehouse.form_tables import form_tables
from pipelines.warehouse.lake import create_lake_view, shard_files
from pipelines.warehouse.region_table import region_table
from pipelines.warehouse.sql_models import BUILT_SCHEMAS, run_sql_models

_SHARD_SCHEMAS = {
    "documents": DOCUMENTS,
    "facts": FACTS,
    "requests": REQUESTS,
    "reviews": REVIEWS,
    "findings": FINDINGS,
    "claims": CLAIMS,
}

# The same rows, in any order, give the same digest.
_INPUTS = """
select concat_ws(' ', count(*), sum(md5_number_lower(line)), sum(md5_number_upper(line))) as digest
from (
    select concat_ws(chr(10), document_sha256, address) as line from {schema}manifest
    union all
    select concat_ws(chr(10), coalesce(document_sha256, ''), address, source, epoch_us(seen_at))
    from {schema}sightings
)
"""


def digest_of_inputs(manifest: pa.Table, sightings: pa.Table) -> str:
    """What tells the archive of one build from that of another: the documents with their addresses,
    and what was seen where and when, as raw.inputs of a build has it.

    `manifest` has the columns document_sha256 and address, `sightings` these, source and seen_at.
    """
    with duckdb.connect() as con:
        con.register("manifest", manifest)
        con.register("sightings", sightings)
        (digest,) = con.execute(_INPUTS.format(schema="")).fetchone() or ("",)
    return str(digest)


def load(
    con: duckdb.DuckDBPyConnection,
    *,
    lake_dir: Path,
    manifest: pa.Table,
    sightings: pa.Table,
    parser_version: str,
    forms: Forms,
    agencies: Sequence[Agency],
    regions: Regions,
    calendar: Calendar,
    resolution: pa.Table,
    resolution_findings: pa.Table | None = None,
) -> None:
    """Begin the warehouse in `con` anew: drop what an earlier build left, fill schema `raw`.

    `manifest` and `sightings` are those of the archive, which may lie where DuckDB cannot look.
    `resolution` has one row a document: document_sha256, agency_id, report_year, each of the
    latter two null where it is not known. `resolution_findings` are what resolving them found.
    `calendar` is that of the day of the build.

    Raises:
        ReferenceDataError: the resolution names a document twice or an agency that is not in
            `agencies`.
        FileNotFoundError: the lake has lost a file.
    """
    resolved = resolution.select(RESOLUTION.names).cast(RESOLUTION)
    found = FINDINGS.empty_table() if resolution_findings is None else resolution_findings
    for schema in ("lake", *BUILT_SCHEMAS):
        con.execute(f"drop schema if exists {schema} cascade")
    create_tables(
        con,
        "raw",
        {
            **form_tables(forms),
            "agencies": agency_table(agencies),
            "regions": region_table(regions),
            "calendar": calendar_table(calendar),
            "resolution": resolved,
            "resolution_findings": found,
        },
    )
    _resolution_is_sound(con)
    for kind, files in shard_files(lake_dir, parser_version).items():
        create_lake_view(con, kind, files, _SHARD_SCHEMAS[kind])
    archived = {
        "manifest": manifest.select(MANIFEST_SCHEMA.names).cast(MANIFEST_SCHEMA),
        "sightings": sightings.select(SIGHTINGS_SCHEMA.names).cast(SIGHTINGS_SCHEMA),
    }
    create_tables(con, "lake", archived)
    con.execute(f"create table raw.inputs as {_INPUTS.format(schema='lake.')}")
    run_sql_models(con, ["raw"])
    for name in archived:
        con.execute(f"drop table lake.{name}")


def _resolution_is_sound(con: duckdb.DuckDBPyConnection) -> None:
    twice = con.execute(
        "select document_sha256 from raw.resolution group by all having count(*) > 1"
        " order by all limit 1"
    ).fetchone()
    if twice:
        raise ReferenceDataError(f"resolution: document {twice[0]} stands twice")
    unknown = con.execute(
        "select min(agency_id) from raw.resolution where agency_id not in"
        " (select agency_id from raw.agencies)"
    ).fetchone()
    if unknown and unknown[0] is not None:
        raise ReferenceDataError(f"resolution: no agency has the id {unknown[0]}")
