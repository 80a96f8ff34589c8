"""Whether schedule and sensor are on, as a real Dagster instance keeps it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_representation.external import RemoteRepository
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster._core.remote_representation.handle import RepositoryHandle

from assets.definitions import defs
from assets.instance import (
    INBOX,
    NIGHTLY,
    AutomationState,
    automation_state,
    dagster_folder,
    dagster_home,
)
from pipelines.settings import Settings

ON, OFF = AutomationState(True, False), AutomationState(False, False)
SWITCHED_ON, SWITCHED_OFF = AutomationState(True, True), AutomationState(False, True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "a 'b' #1")


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as opened:
        yield opened


@pytest.fixture(scope="module")
def repository() -> RemoteRepository:
    """Our definitions as Dagster's pages and daemon see them."""
    snapshot = RepositorySnap.from_def(defs.get_repository_def())
    return RemoteRepository(
        snapshot, RepositoryHandle.for_test(), auto_materialize_use_sensors=True
    )


def _states(settings: Settings) -> tuple[AutomationState, AutomationState]:
    return automation_state(settings, NIGHTLY), automation_state(settings, INBOX)


def test_without_a_dagster_home_the_settings_apply(settings: Settings) -> None:
    assert _states(settings) == (ON, ON)
    off = settings.model_copy(update={"nightly_schedule": False})
    assert _states(off) == (OFF, ON)
    off = settings.model_copy(update={"inbox_sensor": False})
    assert _states(off) == (ON, OFF)
    assert not settings.home.exists()


def test_what_the_user_switches_overrides_the_settings(
    settings: Settings, instance: dg.DagsterInstance, repository: RemoteRepository
) -> None:
    assert _states(settings) == (ON, ON)
    schedule, sensor = repository.get_schedule(NIGHTLY), repository.get_sensor(INBOX)
    instance.stop_schedule(schedule.get_remote_origin_id(), schedule.selector_id, schedule)
    assert _states(settings) == (SWITCHED_OFF, ON)
    instance.stop_sensor(sensor.get_remote_origin_id(), sensor.selector_id, sensor)
    assert _states(settings) == (SWITCHED_OFF, SWITCHED_OFF)

    off = settings.model_copy(update={"nightly_schedule": False, "inbox_sensor": False})
    instance.start_schedule(schedule)
    instance.start_sensor(sensor)
    assert _states(off) == (SWITCHED_ON, SWITCHED_ON)

    instance.reset_schedule(schedule)
    instance.reset_sensor(sensor)
    assert (_states(settings), _states(off)) == ((ON, ON), (OFF, OFF))


def test_an_unreadable_dagster_database_leaves_the_settings(settings: Settings) -> None:
    file = dagster_folder(settings) / "schedules" / "schedules.db"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database")
    assert _states(settings) == (ON, ON)
