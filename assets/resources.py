"""Resources: the settings, and a run that has the home to itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.runs.context import Progress, RunContext, begin_run
from pipelines.runs.history import RunRecord
from pipelines.settings import Settings, get_settings

_LOG_EVERY_S = 10.0


class SettingsResource(dg.ConfigurableResource[Settings]):
    """Read when a run begins, not when the code is loaded: a wrong variable fails the run."""

    def create_resource(self, context: dg.InitResourceContext) -> Settings:
        return get_settings()


class RunResource(dg.ConfigurableResource[RunContext]):
    """The context of the run. The whole run holds the lock of the home, which `ogi run` takes too:
    no pool is needed."""

    settings: dg.ResourceDependency[Settings]

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[RunContext]:
        started = context.dagster_run
        record = (
            RunRecord(f"job {started.job_name}", run_id=started.run_id)
            if started
            else RunRecord("Dagster")
        )
        with begin_run(self.settings, _logged_progress(context), record) as run:
            yield run


def _logged_progress(context: dg.InitResourceContext) -> Progress:
    """Progress in the log of the run: the end of each step, and every ten seconds of a long one."""
    logged: dict[str, float] = {}

    def progress(step: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if context.log and (done == total or now - logged.get(step, 0.0) >= _LOG_EVERY_S):
            logged[step] = now
            context.log.info(f"{step}: {done}" + ("" if total is None else f" of {total}"))

    return progress
