"""What `dagster dev` and `ogi run` both load."""

import dagster as dg

from assets import graph, resources
from assets.checks import audit_suites, mart_suites
from assets.crawled import crawl_checks, crawled_documents
from assets.schedules import nightly_schedule
from assets.sensors import inbox_sensor
from pipelines.settings import get_settings

_settings = get_settings()

defs = dg.Definitions(
    assets=[
        crawled_documents,
        graph.archived_documents,
        graph.lake_shards,
        graph.warehouse_raw,
        graph.warehouse_models,
        graph.audits,
        graph.marts,
        graph.published_release,
    ],
    asset_checks=[crawl_checks, audit_suites, mart_suites],
    jobs=[graph.refresh, graph.crawl_and_refresh],
    schedules=[nightly_schedule(_settings.nightly_schedule)],
    sensors=[inbox_sensor(_settings.inbox_sensor)],
    resources={
        "settings": resources.settings,
        "progress": resources.progress,
        "house": resources.house,
    },
    # The steps wait for one another anyway, and a process for each costs two seconds a step.
    executor=dg.in_process_executor,
)
