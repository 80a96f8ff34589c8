"""The assets: from files to the release. What each does stands in steps.py and in pipelines."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from assets.checks import failed_checks, latest_evaluations, result_of
from assets.crawled import crawled_documents, of_sources
from pipelines.archive import archive_files, manifest, open_archive, sightings
from pipelines.crawl import load_sources
from pipelines.domain import Calendar, calendar_of, today_in_china
from pipelines.forms import load_forms
from pipelines.publish import publish
from pipelines.reference import load_registry
from pipelines.reference.regions import REFERENCE_DIR, load_regions
from pipelines.runs.context import House
from pipelines.runs.process import parser_version
from pipelines.runs.resolve_agencies import resolve
from pipelines.runs.source_evidence import evidence_of_sources
from pipelines.runs.steps import (
    SEEN,
    fingerprint_of,
    read_documents,
    thresholds,
    warehouse,
)
from pipelines.warehouse.gate import Gate
from pipelines.warehouse.key_checks import broken_keys
from pipelines.warehouse.loader import load
from pipelines.warehouse.rules import audit_warehouse
from pipelines.warehouse.sql_models import load_marts, load_sql_models, run_sql_models

WRITER_POOL = "duckdb_writer"
_MOST_FAILURES_LISTED = 200


class InputPaths(dg.Config):
    """Files and folders to take in."""

    paths: list[str] = Field(
        default=[], description="files and folders; none: the inbox folder, where it exists"
    )


@dg.asset(
    group_name="archive",
    kinds={"python", "file"},
    description="Bytes by SHA-256 with their provenance: written once, never changed.",
)
def archived_documents(
    config: InputPaths, house: dg.ResourceParam[House]
) -> dg.MaterializeResult[None]:
    paths = [Path(path) for path in config.paths]
    if not paths and house.settings.inbox_dir.is_dir():
        paths = [house.settings.inbox_dir]
    report = archive_files(
        paths,
        open_archive(house.settings.archive_address),
        on_file=lambda done: house.progress("archive", done, None),
    )
    return dg.MaterializeResult(
        metadata={
            "new": report.new,
            "known": report.known,
            "unreadable": _listed(report.unreadable),
            "unreadable_total": len(report.unreadable),
            "paths": [str(path) for path in paths],
        }
    )


@dg.asset(
    group_name="lake",
    kinds={"python", "parquet"},
    deps=[archived_documents, crawled_documents],
    description="Facts and findings of every document, by parser version: read in batches by "
    "this machine's processes or a cluster.",
)
def lake_shards(house: dg.ResourceParam[House]) -> dg.MaterializeResult[None]:
    read = read_documents(house.settings, house.progress)
    return dg.MaterializeResult(
        metadata={
            "read": sum(read.outcomes.values()),
            **read.outcomes,
            "failures": _listed(read.failed),
            "parser_version": parser_version(),
        }
    )


@dg.asset(
    group_name="warehouse",
    kinds={"duckdb", "parquet"},
    deps=[lake_shards],
    pool=WRITER_POOL,
    description="Schema raw: lake, manifest, sightings, forms, registry and regions, with the "
    "document's agency and year resolved.",
)
def warehouse_raw(house: dg.ResourceParam[House]) -> dg.MaterializeResult[None]:
    house.progress("load", 0, None)
    archive, registry = open_archive(house.settings.archive_address), load_registry()
    archived, seen = manifest(archive), sightings(archive)
    sources = {source.id: source for source in load_sources(house.settings.sources_dir)}
    from_sources = evidence_of_sources(archived, seen, sources, registry)
    resolved = resolve(house.settings, registry, from_sources)
    with warehouse(house.settings, anew=True) as con:
        load(
            con,
            lake_dir=house.settings.lake_dir,
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
    return dg.MaterializeResult(
        metadata={"documents": resolved.resolution.num_rows, "agencies": len(resolved.agencies)}
    )


@dg.asset(
    group_name="warehouse",
    kinds={"duckdb", "sql"},
    deps=[warehouse_raw],
    pool=WRITER_POOL,
    description="Schemas staging and intermediate.",
)
def warehouse_models(house: dg.ResourceParam[House]) -> None:
    house.progress("models", 0, None)
    with warehouse(house.settings) as con:
        run_sql_models(con, ["staging", "intermediate"])


@dg.asset(
    group_name="warehouse",
    kinds={"duckdb", "sql"},
    deps=[warehouse_models],
    pool=WRITER_POOL,
    description="Schema audits: every document judged by the rules of its form.",
)
def audits(house: dg.ResourceParam[House]) -> None:
    house.progress("audits", 0, None)
    with warehouse(house.settings) as con:
        audit_warehouse(con)


# In the order in which they are made.
_UPSTREAM_OF_MARTS = {s.name: s.upstream for s in load_sql_models() if s.schema == "marts"}


def _mart_specs() -> Iterator[dg.AssetSpec]:
    for name, upstream in _UPSTREAM_OF_MARTS.items():
        mart = load_marts()[name]
        yield dg.AssetSpec(
            ["marts", name],
            deps=list(dict.fromkeys(_asset_of(table) for table in upstream)),
            group_name="marts",
            kinds={"duckdb", mart.kind},
            description=mart.comment,
            metadata={"key": ", ".join(mart.key)},
        )


def _asset_of(table: str) -> dg.AssetKey:
    """The asset that makes a table of the warehouse."""
    schema, name = table.split(".")
    if schema == "marts":
        return dg.AssetKey(["marts", name])
    return {"raw": warehouse_raw, "audits": audits}.get(schema, warehouse_models).key


@dg.multi_asset(
    specs=list(_mart_specs()),
    pool=WRITER_POOL,
    description="Schema marts: what people read.",
)
def marts(house: dg.ResourceParam[House]) -> Iterator[dg.MaterializeResult[None]]:
    house.progress("marts", 0, None)
    with warehouse(house.settings) as con:
        run_sql_models(con, ["marts"])
        rows = {
            name: len(con.table(f"marts.{name}"))
            for name, mart in load_marts().items()
            if mart.kind == "table"
        }
    for name in _UPSTREAM_OF_MARTS:
        metadata = {"dagster/row_count": rows[name]} if name in rows else {}
        yield dg.MaterializeResult(asset_key=["marts", name], metadata=metadata)


@dg.asset(
    group_name="release",
    kinds={"duckdb", "parquet"},
    deps=[dg.AssetKey(["marts", name]) for name in load_marts()],
    pool=WRITER_POOL,
    description="The DuckDB file that people read, with evidence and quality beside it.",
)
def published_release(
    context: dg.AssetExecutionContext, house: dg.ResourceParam[House]
) -> dg.MaterializeResult[None]:
    house.progress("publish", 0, None)
    evaluations = latest_evaluations(context.instance)
    failed = failed_checks(evaluations)
    with warehouse(house.settings) as con:
        # A key's suite that failed has reported it already.
        broken = [b for b in broken_keys(con) if f"{b.table}_key" not in failed]
        keys = [f"{b.table} ({', '.join(b.key)}): {b.rows} rows" for b in broken]
        documents = con.execute("select document_sha256, address from raw.manifest").fetchall()
        # of what came by no crawl the manifest has said it
        crawled = f"select {', '.join(SEEN)} from raw.sightings where is_listed is not null"
        seen = con.execute(crawled).fetchall()
        # The calendar of the build, which may have begun on another day.
        (years,) = con.execute(f"select {', '.join(Calendar._fields)} from raw.calendar").fetchall()
    archived = manifest(open_archive(house.settings.archive_address))["document_sha256"].to_pylist()
    publish(
        house.settings.warehouse_file,
        house.settings.published_file,
        gate=Gate(
            archived=frozenset(archived),
            failed_checks=tuple(failed.values()),
            broken_keys=tuple(keys),
            thresholds=thresholds(house.settings),
        ),
        run_id=context.run_id,
        parser_version=parser_version(),
        fingerprint=fingerprint_of(documents, seen, Calendar(*years)),
        suites=[result_of(evaluation) for evaluation in evaluations],
        replace_newer=house.settings.replace_newer,
        config=house.settings.duckdb,
    )
    return dg.MaterializeResult(
        metadata={"file": dg.MetadataValue.path(house.settings.published_file)}
    )


def _listed(pairs: tuple[tuple[str, str], ...]) -> dg.MetadataValue:
    return dg.MetadataValue.json(
        [{"path": path, "reason": reason} for path, reason in pairs[:_MOST_FAILURES_LISTED]]
    )


refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(crawled_documents),
    description="From new files to the release, checked.",
)
crawl_and_refresh = dg.define_asset_job(
    "crawl_and_refresh",
    selection=dg.AssetSelection.all(),
    description="From websites and new files to the release, checked.",
)


def taking_in(paths: Sequence[str], sources: Sequence[str] | None = None) -> dict[str, Any]:
    """The run config that makes `refresh` take in these files and folders; with `sources` (none in
    it: every one) that makes `crawl_and_refresh` crawl them, too."""
    ops: dict[str, Any] = {archived_documents.op.name: {"config": {"paths": list(paths)}}}
    if sources is not None:
        ops |= of_sources(sources)
    return {"ops": ops}
