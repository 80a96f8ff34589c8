"""The warehouse that is being built: from the lake to its marts."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from shutil import rmtree

import duckdb

from pipelines.archive import manifest, open_archive, sightings
from pipelines.crawl import load_sources
from pipelines.domain import OgiError, calendar_of, today_in_china
from pipelines.forms import load_forms
from pipelines.publish import closed_to_writers, wal_of
from pipelines.reference import load_registry
from pipelines.reference.regions import REFERENCE_DIR, load_regions
from pipelines.runs.agencies import ResolvedAgencies, resolve_agencies
from pipelines.runs.context import RunContext
from pipelines.runs.process import parser_version
from pipelines.runs.source_evidence import evidence_of_sources
from pipelines.settings import Settings
from pipelines.warehouse.connection import closed_after
from pipelines.warehouse.loader import load
from pipelines.warehouse.sql_models import MODEL_SCHEMAS, load_sql_models, run_sql_models


@contextmanager
def open_building(settings: Settings, *, anew: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The private file, open for its one writer; `anew` removes what an earlier build left, also
    the WAL and the spilled rows of one that was killed.

    Raises:
        OgiError: another process has it open.
    """
    file = settings.warehouse_file
    file.parent.mkdir(parents=True, exist_ok=True)
    if anew:
        with closed_to_writers(file) as is_closed:
            if not is_closed:
                raise OgiError(f"{file}: another process has it open")
            wal_of(file).unlink(missing_ok=True)
            rmtree(settings.spill_dir, ignore_errors=True)
            file.unlink(missing_ok=True)
    try:
        # The marts' rows are ordered by their selects, and nothing else has an order.
        con = duckdb.connect(
            str(file), config={**settings.duckdb, "preserve_insertion_order": False}
        )
    except duckdb.IOException as error:
        if "Could not set lock" not in str(error):
            raise
        raise OgiError(f"{file}: another process has it open") from error
    with closed_after(con):
        yield con


def load_raw(run: RunContext) -> ResolvedAgencies:
    """Make the warehouse anew: schema raw, from lake, archive, forms and reference data."""
    run.progress("load", 0, None)
    settings = run.settings
    archive, registry = open_archive(settings.archive_address), load_registry()
    archived, seen = manifest(archive), sightings(archive)
    sources = {source.id: source for source in load_sources(settings.sources_dir)}
    evidence = evidence_of_sources(archived, seen, sources, registry)
    resolved = resolve_agencies(settings, registry, evidence)
    with open_building(settings, anew=True) as con:
        load(
            con,
            lake_dir=settings.lake_dir,
            manifest=archived,
            sightings=seen,
            parser_version=parser_version(),
            forms=load_forms(),
            agencies=resolved.agencies,
            # Named as the registry names it, so that it is read once.
            regions=load_regions(REFERENCE_DIR),
            calendar=calendar_of(today_in_china()),
            resolution=resolved.resolution,
            resolution_findings=resolved.findings,
        )
    return resolved


def build_models(run: RunContext, names: Collection[str] | None = None) -> dict[str, int]:
    """Make the tables and views of sql/ from schema raw: all, or those named (`schema.name`).
    Returns the number of rows of each table made; views have none."""
    models = [m for m in load_sql_models() if m.schema in MODEL_SCHEMAS]
    chosen = [m.full_name for m in models if names is None or m.full_name in names]
    with open_building(run.settings) as con:
        for schema in MODEL_SCHEMAS:
            run.progress(schema, 0, None)
            run_sql_models(con, [schema], names=chosen)
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
        ).fetchall()
        return {name: len(con.table(name)) for (name,) in tables if name in chosen}
