"""The job of definitions.py in this process, its events kept in Dagster's home."""

import fcntl
import io
import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from assets.definitions import defs
from assets.graph import crawl_and_refresh, refresh, taking_in
from assets.instance import dagster_home
from pipelines.runs.context import Progress
from pipelines.settings import Settings
from pipelines.warehouse.gate import ReleaseBlocked


@dataclass(frozen=True, slots=True)
class Ended:
    """The metadata of the materialized assets, by asset, and why the release was blocked."""

    metadata: Mapping[str, Mapping[str, Any]]
    blocked: tuple[str, ...]


def run_job(
    paths: Sequence[Path],
    settings: Settings,
    progress: Progress,
    sources: Sequence[str] | None = None,
) -> Ended:
    """Run the whole job on `paths`; with `sources` (none in it: every one) after crawling them.

    Raises:
        Exception: what a step raised, as it was raised; a blocked release is none.
    """
    chosen = refresh if sources is None else crawl_and_refresh
    job = defs.resolve_job_def(chosen.name)
    blocked: tuple[str, ...] = ()
    run_id = str(uuid.uuid4())
    with _instance(settings) as instance, _quiet():
        try:
            job.execute_in_process(
                instance=instance,
                run_id=run_id,
                run_config={
                    **taking_in([str(path.absolute()) for path in paths], sources),
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                resources={"settings": settings, "progress": progress},
            )
        except ReleaseBlocked as error:
            blocked = error.reasons
        return Ended(_metadata(instance, run_id), blocked)


@contextmanager
def _instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's home, where `dagster dev` shows the run too; of memory alone where nothing can be
    written."""
    try:
        folder = dagster_home(settings)
    except OSError:
        instance = dg.DagsterInstance.ephemeral()
    else:
        instance = _opened(folder)
    with instance:
        yield instance


def _opened(folder: Path) -> dg.DagsterInstance:
    """One process after the other: Dagster makes its SQLite tables when first opened, and two that
    do so at once are in each other's way."""
    with (folder / "opening.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        instance = dg.DagsterInstance.from_config(str(folder))
        instance.get_run_records(limit=1)
        instance.all_asset_keys()
        return instance


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing on the terminal: events are in the instance, progress is told by `progress`."""
    logger = logging.getLogger("dagster")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        # Dagster also prints there that it cannot write an event, and then raises that.
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        logger.setLevel(before)


def _metadata(instance: dg.DagsterInstance, run_id: str) -> dict[str, dict[str, Any]]:
    records = instance.get_records_for_run(
        run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION
    ).records
    told = (record.event_log_entry.asset_materialization for record in records)
    return {
        m.asset_key.to_user_string(): {name: value.value for name, value in m.metadata.items()}
        for m in told
        if m is not None
    }
