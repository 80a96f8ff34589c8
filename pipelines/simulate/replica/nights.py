"""The plan of a night: that of the night before with a share of its documents changed."""

from functools import lru_cache

from pipelines.simulate.replica.draft import first_night
from pipelines.simulate.replica.plan import Plan
from pipelines.simulate.replica.settings import Settings


@lru_cache(maxsize=4)
def plan_of(settings: Settings, night: int = 1) -> Plan:
    """The plan of a night, counted from 1.

    Raises:
        ValueError: there is no such night.
    """
    if night < 1:
        raise ValueError(f"there is no night {night}")
    return first_night(settings)
