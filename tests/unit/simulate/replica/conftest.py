"""A replica that runs, with a site for each fault."""

from collections.abc import Iterator

import pytest

from tests.replica import KINDS, Running, Settings, running

EVERYTHING = Settings(sites=7, reports=20, faults=tuple(KINDS), changed=0.05)


@pytest.fixture(scope="package")
def played() -> Iterator[Running]:
    with running(EVERYTHING) as replica:
        yield replica
