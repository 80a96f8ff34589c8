"""Files that are put into the inbox folder are taken in."""

import hashlib
import json
import os
import time
from pathlib import Path

import dagster as dg

from assets.instance import INBOX, INBOX_EVERY_S
from assets.jobs import archive_config, refresh
from pipelines.archive import walk
from pipelines.settings import Settings

SETTLED_AFTER_S = 5.0


def inbox_sensor(is_on: bool) -> dg.SensorDefinition:
    """The sensor of the inbox folder; a user can switch it in Dagster's pages, `is_on` is its
    default."""
    return dg.SensorDefinition(
        name=INBOX,
        job=refresh,
        evaluation_fn=_request_new_files,
        minimum_interval_seconds=INBOX_EVERY_S,
        default_status=dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED,
        description="Takes in the files of the inbox folder that are new or changed.",
    )


def _request_new_files(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SensorResult | dg.SkipReason:
    """The cursor is what was asked for already: name → time of change and size. A file that
    changed within the last seconds is perhaps still being written, and waits."""
    if not settings.inbox_dir.is_dir():
        return dg.SkipReason(f"there is no inbox folder {settings.inbox_dir}")
    known: dict[str, str] = json.loads(context.cursor or "{}")
    found, unsettled = _look(settings.inbox_dir)
    new = sorted(path for path, state in found.items() if known.get(path) != state)
    if not new:
        waiting = f"; {unsettled} still being written" if unsettled else ""
        return dg.SkipReason(f"nothing new in {settings.inbox_dir}{waiting}")
    cursor = json.dumps({**known, **found} if unsettled else found, sort_keys=True)
    states = "\n".join(f"{path} {found[path]}" for path in new)
    # A file name need not be UTF-8.
    run_key = hashlib.sha256(os.fsencode(states)).hexdigest()
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=run_key, run_config=archive_config(new))], cursor=cursor
    )


def _look(folder: Path) -> tuple[dict[str, str], int]:
    """Every settled file with its state, and how many are not settled."""
    found = {}
    unsettled = 0
    for file in walk([folder], skip=None, unreadable=[]):
        try:
            status = file.stat()
        except FileNotFoundError:  # taken away while we looked
            continue
        if time.time() - max(status.st_mtime, status.st_ctime) < SETTLED_AFTER_S:
            unsettled += 1
        else:
            found[str(file)] = f"{status.st_mtime_ns}:{status.st_size}"
    return found, unsettled
