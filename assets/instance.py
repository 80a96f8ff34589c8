"""Dagster's instance of a home: its folder and configuration, and which schedules and sensors are
on. Plain Python, so that `ogi status` imports no Dagster. `python -m assets.instance` prepares the
folder and prints it."""

import argparse
import datetime as dt
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipelines.domain import OgiError
from pipelines.settings import Settings, get_settings
from pipelines.whole_file import written_whole

NIGHTLY = "nightly"
NIGHTLY_AT = dt.time(2, 0)
NIGHTLY_ZONE = "Asia/Shanghai"
INBOX = "inbox"
INBOX_EVERY_S = 30
# So that a failure is noticed within a minute.
RUNS_WATCHED_EVERY_S = 30

_CONFIG = """\
# Written by `make dev` (assets/instance.py) at each start.
telemetry:
  enabled: false
nux:
  enabled: false
# A second run would wait for the lock of the home; queued, it waits without a process.
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
  poll_interval_seconds: 30
# Days for which ticks are kept; runs are deleted by the sensor `run_monitor`.
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 1
      success: 90
      failure: 90
"""
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


def dagster_folder(settings: Settings) -> Path:
    """The folder for DAGSTER_HOME, which need not exist."""
    return settings.home.absolute() / "dagster"


def dagster_home(settings: Settings) -> Path:
    """The folder for DAGSTER_HOME, with its dagster.yaml written anew.

    Raises:
        OSError: it cannot be written.
    """
    folder = dagster_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(folder / "dagster.yaml") as partial:
        partial.write_text(_CONFIG, encoding="utf-8")
    return folder


if __name__ == "__main__":
    argparse.ArgumentParser(
        "python -m assets.instance", description="Prepare DAGSTER_HOME and print its folder."
    ).parse_args()
    try:
        sys.stdout.write(f"{dagster_home(get_settings())}\n")
    except (OgiError, OSError) as error:
        sys.exit(str(error))
