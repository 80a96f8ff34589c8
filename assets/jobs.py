"""The jobs, and their run config."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from assets.assets import archived_documents, crawled_documents
from pipelines.runs.context import RunContext, record_failure


@dg.failure_hook(required_resource_keys={"run"})
def record_failed_step(context: dg.HookContext) -> None:
    """Record why the run ends without a release."""
    run: RunContext = context.resources.run
    record_failure(run.record, context.op_exception or Exception(), run.settings)


refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(crawled_documents),
    description="From new files to the release, checked.",
    hooks={record_failed_step},
)
crawl_and_refresh = dg.define_asset_job(
    "crawl_and_refresh",
    selection=dg.AssetSelection.all(),
    description="From websites and new files to the release, checked.",
    hooks={record_failed_step},
)


def archive_config(paths: Sequence[str]) -> dict[str, Any]:
    """The run config that makes a job archive these files and folders."""
    return {"ops": {archived_documents.op.name: {"config": {"paths": list(paths)}}}}
