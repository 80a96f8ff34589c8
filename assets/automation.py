"""The nightly schedule and the inbox sensor, which start runs while Dagster's daemon runs.

Plain Python: `ogi status` reads their state without importing Dagster.
"""

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import dataclass

from assets.instance import dagster_folder
from pipelines.settings import Settings

NIGHTLY = "nightly"
NIGHTLY_AT = dt.time(2, 0)
NIGHTLY_ZONE = "Asia/Shanghai"
INBOX = "inbox"
INBOX_EVERY_S = 30

# A row whose status is neither is Dagster's note that the default applies.
_SWITCHED = {"RUNNING": True, "STOPPED": False}


@dataclass(frozen=True, slots=True)
class AutomationState:
    """Whether a schedule or sensor is on, and whether the user switched it in Dagster's pages."""

    is_on: bool
    is_switched: bool


def automation_state(settings: Settings, name: str) -> AutomationState:
    """The state of `NIGHTLY` or `INBOX`: as switched in Dagster's pages, else by the settings."""
    switched = _switched(settings).get(name)
    default = {NIGHTLY: settings.nightly_schedule, INBOX: settings.inbox_sensor}[name]
    return AutomationState(default if switched is None else switched, switched is not None)


def _switched(settings: Settings) -> dict[str, bool]:
    """Name → state of what the user switched; empty where Dagster's database cannot be read."""
    file = dagster_folder(settings) / "schedules" / "schedules.db"
    if not file.is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "select instigator_body ->> '$.origin.job_name', status from instigators"
                " order by update_timestamp"
            ).fetchall()
    except sqlite3.Error:
        return {}
    return {name: _SWITCHED[status] for name, status in rows if status in _SWITCHED}
