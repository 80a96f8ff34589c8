"""When the house runs by itself."""

import dagster as dg

from assets.graph import crawl_and_refresh

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=crawl_and_refresh,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    description="Every night: the websites of all sources, where OGI_CRAWL_CONTACT says who asks; "
    "what lies in the inbox folder, and all that came of new code.",
)
