"""The assets: from websites and files to the release. The work is done in `pipelines.runs`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
from pydantic import Field

from pipelines.crawl.report import CrawlReport, SourceReport
from pipelines.runs.building import build_models, load_raw
from pipelines.runs.context import RunContext
from pipelines.runs.crawl import NoContact, crawl_sources
from pipelines.runs.documents import archive_inputs, read_documents
from pipelines.runs.history import RunOutcome
from pipelines.runs.process import parser_version
from pipelines.runs.release import publish_release, up_to_date_release
from pipelines.warehouse.sql_models import MODEL_SCHEMAS, SqlModel, load_marts, load_sql_models

Run = dg.ResourceParam[RunContext]

_MOST_LISTED = 200
_TOTALS = (
    "listing_pages", "reports", "requests", "bytes", "new", "replaced", "returned", "moved",
    "gone", "unlisted", "unchanged", "known", "troubled",
)  # fmt: skip


class CrawlConfig(dg.Config):
    """Which sources to crawl."""

    sources: list[str] = Field(default=[], description="ids of sources; none: every one")


class ArchiveConfig(dg.Config):
    """Files and folders to archive."""

    paths: list[str] = Field(
        default=[], description="files and folders; none: the inbox folder, where it exists"
    )


@dg.asset(
    group_name="archive",
    kinds={"python", "scrapy"},
    description="Reports as the websites of their agencies publish them: listings read, documents "
    "and their attachments fetched; what was replaced, moved or removed is recorded.",
)
def crawled_documents(
    context: dg.AssetExecutionContext, config: CrawlConfig, run: Run
) -> dg.MaterializeResult[None]:
    report = crawl_sources(run, config.sources, lambda r: context.log.info(source_line(r)))
    if report is None:
        return dg.MaterializeResult(metadata={"not_crawled": str(NoContact())})
    return dg.MaterializeResult(
        metadata={
            "night": report.night,
            "resumed": report.is_resumed,
            "sources": len(report.sources),
            "in_trouble": len(report.in_trouble),
            **{name: report.total(name) for name in _TOTALS},
            "troubles": dg.MetadataValue.json({str(k): n for k, n in report.troubles.items()}),
            "report": dg.MetadataValue.md(_sources_table(report)),
        }
    )


@dg.asset(
    group_name="archive",
    kinds={"python", "file"},
    description="Bytes by SHA-256 with their provenance: written once, never changed.",
)
def archived_documents(config: ArchiveConfig, run: Run) -> dg.MaterializeResult[None]:
    report = archive_inputs(run, [Path(path) for path in config.paths])
    return dg.MaterializeResult(
        metadata={
            "new": report.new,
            "known": report.known,
            "unreadable": _listed(report.unreadable),
            "unreadable_total": len(report.unreadable),
            "paths": config.paths,
        }
    )


@dg.asset(
    group_name="lake",
    kinds={"python", "parquet"},
    deps=[archived_documents, crawled_documents],
    # Not made where the release is up to date: then Dagster skips everything downstream.
    output_required=False,
    description="Facts and findings of every document, by parser version: read in batches by "
    "this machine's processes or a cluster. A run that finds nothing new ends here.",
)
def lake_shards(
    context: dg.AssetExecutionContext, run: Run
) -> Iterator[dg.MaterializeResult[None]]:
    if (release := up_to_date_release(run.settings)) is not None:
        run.record.end(RunOutcome.UNCHANGED, release.counts)
        context.log.info(f"nothing new: the release of {release.created_at} is up to date")
        # So that the freshness of the release counts quiet nights.
        context.log_event(
            dg.AssetMaterialization(published_release.key, metadata={"unchanged": True})
        )
        return
    report = read_documents(run)
    yield dg.MaterializeResult(
        metadata={
            "read": sum(report.outcomes.values()),
            **report.outcomes,
            "failures": _listed(report.failed),
            "parser_version": parser_version(),
        }
    )


@dg.asset(
    group_name="warehouse",
    kinds={"duckdb", "parquet"},
    deps=[lake_shards],
    description="Schema raw: lake, manifest, sightings, forms, registry and regions, with the "
    "document's agency and year resolved.",
)
def warehouse_raw(run: Run) -> dg.MaterializeResult[None]:
    resolved = load_raw(run)
    return dg.MaterializeResult(
        metadata={"documents": resolved.resolution.num_rows, "agencies": len(resolved.agencies)}
    )


_MODELS = {m.full_name: m for m in load_sql_models() if m.schema in MODEL_SCHEMAS}


def model_key(full_name: str) -> dg.AssetKey:
    """The asset that makes a table of the warehouse (`schema.name`)."""
    return dg.AssetKey(full_name.split(".")) if full_name in _MODELS else warehouse_raw.key


def _model_spec(model: SqlModel) -> dg.AssetSpec:
    mart = load_marts()[model.name] if model.schema == "marts" else None
    return dg.AssetSpec(
        model_key(model.full_name),
        deps=list(dict.fromkeys(model_key(table) for table in model.upstream)),
        group_name=model.schema,
        kinds={"duckdb", mart.kind if mart else "table"},
        description=mart.comment if mart else f"One row for each {', '.join(model.grain)}.",
        metadata={"grain": ", ".join(model.grain)},
    )


@dg.multi_asset(
    specs=[_model_spec(model) for model in _MODELS.values()],
    can_subset=True,
    description="The SELECTs of sql/, each a table or view of the warehouse.",
)
def sql_models(context: dg.AssetExecutionContext, run: Run) -> Iterator[dg.MaterializeResult[None]]:
    keys = {".".join(key.path): key for key in context.selected_asset_keys}
    rows = build_models(run, keys)
    for name in _MODELS:
        if name in keys:
            metadata = {"dagster/row_count": rows[name]} if name in rows else {}
            yield dg.MaterializeResult(asset_key=keys[name], metadata=metadata)


@dg.asset(
    group_name="release",
    kinds={"duckdb", "parquet"},
    deps=[model_key(f"marts.{name}") for name in load_marts()],
    description="The DuckDB file that people read, with evidence and quality beside it.",
)
def published_release(run: Run) -> dg.MaterializeResult[None]:
    release = publish_release(run)
    return dg.MaterializeResult(
        metadata={
            "file": dg.MetadataValue.path(run.settings.published_file),
            "version": release.version,
            "documents": release.counts.documents,
            "reports": release.counts.reports,
            "facts": release.counts.facts,
            "findings": sum(release.counts.findings.values()),
        }
    )


def source_line(report: SourceReport) -> str:
    """The crawl of a source in one line."""
    outcomes = ", ".join(f"{n} {name}" for name, n in report.documents if n)
    troubles = f"; {report.troubles_total} troubles" if report.troubles_total else ""
    return f"{report.source}: {report.reports} reports listed: {outcomes or 'none'}{troubles}"


def _sources_table(report: CrawlReport) -> str:
    """The sources in Markdown, those in trouble first."""
    names = ("listing_pages", "reports", "requests", "troubles_total")
    lines = ["| source | listing pages | reports | requests | troubles |", "|---|---|---|---|---|"]
    ranked = sorted(report.sources, key=lambda r: (-r.troubles_total, r.source))
    for source in ranked[:_MOST_LISTED]:
        cells = (source.source, *(f"{getattr(source, name):,}" for name in names))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _listed(pairs: Sequence[tuple[str, str]]) -> dg.MetadataValue:
    return dg.MetadataValue.json(
        [{"path": path, "reason": reason} for path, reason in pairs[:_MOST_LISTED]]
    )
