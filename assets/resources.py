"""What the assets are given: settings, someone to tell of progress, the house to themselves."""

import time
from collections.abc import Iterator

import dagster as dg

from pipelines.runs.context import House, Progress, alone
from pipelines.settings import get_settings

_TELL_EVERY_S = 10.0

# Read when a run begins, not when the code is loaded: a wrong variable fails the run and says so.
settings = dg.ResourceDefinition(lambda _: get_settings(), description="every path and setting")


@dg.resource(description="tells the run's log how far long steps have come")
def progress(context: dg.InitResourceContext) -> Progress:
    told: dict[str, float] = {}

    def tell(step: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if done == total or now - told.get(step, 0.0) >= _TELL_EVERY_S:
            told[step] = now
            of_all = "" if total is None else f" of {total}"
            if context.log is not None:
                context.log.info(f"{step}: {done}{of_all}")

    return tell


@dg.resource(
    required_resource_keys={"settings", "progress"},
    description="settings and progress, and one run at a time in one home",
)
def house(context: dg.InitResourceContext) -> Iterator[House]:
    with alone(context.resources.settings, context.resources.progress) as opened:
        yield opened
