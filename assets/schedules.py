"""The schedule that runs the whole job every night."""

import dagster as dg

from assets.automation import NIGHTLY, NIGHTLY_AT, NIGHTLY_ZONE
from assets.graph import crawl_and_refresh


def nightly_schedule(is_on: bool) -> dg.ScheduleDefinition:
    """The nightly schedule; a user can switch it in Dagster's pages, `is_on` is its default."""
    return dg.ScheduleDefinition(
        name=NIGHTLY,
        job=crawl_and_refresh,
        cron_schedule=f"{NIGHTLY_AT.minute} {NIGHTLY_AT.hour} * * *",
        execution_timezone=NIGHTLY_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING
        if is_on
        else dg.DefaultScheduleStatus.STOPPED,
        description="Crawls the websites of all sources, where OGI_CRAWL_CONTACT is set; takes in"
        " the inbox folder; builds a release where documents or code are new.",
    )
