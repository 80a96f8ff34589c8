"""The jobs, and their run config."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from assets.assets import archived_documents, crawled_documents

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


def archive_config(paths: Sequence[str]) -> dict[str, Any]:
    """The run config that makes a job archive these files and folders."""
    return {"ops": {archived_documents.op.name: {"config": {"paths": list(paths)}}}}
