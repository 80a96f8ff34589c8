"""What `dagster dev` loads."""

import dagster as dg

from assets import assets, checks
from assets.jobs import crawl_and_refresh, refresh
from assets.resources import RunResource, SettingsResource
from assets.schedules import NIGHTLY_FRESHNESS, nightly_schedule
from assets.sensors import failure_notice, inbox_sensor, missing_run_sensor, run_monitor
from pipelines.settings import get_settings

_settings = get_settings()
_settings_resource = SettingsResource()
_release = (
    dg.map_asset_specs(
        lambda spec: dg.apply_freshness_policy(spec, NIGHTLY_FRESHNESS), [assets.published_release]
    )
    if _settings.nightly_schedule
    else [assets.published_release]
)

defs = dg.Definitions(
    assets=[
        assets.crawled_documents,
        assets.archived_documents,
        assets.lake_shards,
        assets.warehouse_raw,
        assets.sql_models,
        *_release,
    ],
    asset_checks=[checks.crawl_checks, checks.warehouse_checks],
    jobs=[refresh, crawl_and_refresh],
    schedules=[nightly_schedule(_settings.nightly_schedule)],
    sensors=[
        inbox_sensor(_settings.inbox_sensor),
        failure_notice,
        missing_run_sensor(_settings.nightly_schedule),
        run_monitor,
    ],
    resources={"settings": _settings_resource, "run": RunResource(settings=_settings_resource)},
    # The steps wait for one another anyway, and a process for each costs two seconds a step.
    executor=dg.in_process_executor,
)
