"""When the house runs by itself."""

import dagster as dg

from assets.graph import refresh

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=refresh,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    description="Every night: what lies in the inbox folder, and all that came of new code.",
)
