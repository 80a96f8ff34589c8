"""The connection that builds the warehouse: its limits, and what a killed build left."""

from pathlib import Path

import duckdb
import pytest

from pipelines.runs.building import open_building
from pipelines.settings import Settings
from pipelines.warehouse.connection import reading


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, duckdb_megabytes=512, duckdb_threads=2)


def limits(con: duckdb.DuckDBPyConnection) -> tuple[object, ...] | None:
    return con.execute(
        "select current_setting('memory_limit'), current_setting('threads'),"
        " current_setting('temp_directory')"
    ).fetchone()


def test_limits_are_those_of_the_settings(settings: Settings) -> None:
    expected = ("488.2 MiB", 2, str(settings.home / "warehouse" / "spill"))
    with open_building(settings, anew=True) as con:
        assert limits(con) == expected
    with reading(settings.warehouse_file, settings.duckdb) as con:
        assert limits(con) == expected


def test_build_begins_without_what_a_killed_one_spilled(settings: Settings) -> None:
    spilled = settings.spill_dir / "duckdb_temp_storage-0.tmp"
    spilled.parent.mkdir(parents=True)
    spilled.write_bytes(b"rows")
    with open_building(settings, anew=True):
        assert not spilled.exists()


def test_rows_that_are_ordered_stay_so(settings: Settings) -> None:
    """Although rows without an order may be in any."""
    with open_building(settings, anew=True) as con:
        con.execute("create table ordered (number bigint)")
        con.execute(
            "insert into ordered by name select * from"
            " (select hash(range) % 1000000007 as number from range(1000000)) order by number"
        )
        (in_order,) = con.execute(
            "select bool_and(number >= before) from (select number, lag(number) over (order by"
            " rowid) as before from ordered)"
        ).fetchone() or (None,)
    assert in_order is True
