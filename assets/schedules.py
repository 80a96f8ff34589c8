"""The schedule that runs the whole job every night."""

import datetime as dt

import dagster as dg

from assets.instance import NIGHTLY, NIGHTLY_AT, NIGHTLY_ZONE
from assets.jobs import crawl_and_refresh

# The release is published, or found up to date, in the six hours after the schedule's time.
NIGHTLY_FRESHNESS = dg.FreshnessPolicy.cron(
    deadline_cron=f"{NIGHTLY_AT.minute} {NIGHTLY_AT.hour + 6} * * *",
    lower_bound_delta=dt.timedelta(hours=6),
    timezone=NIGHTLY_ZONE,
)


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
