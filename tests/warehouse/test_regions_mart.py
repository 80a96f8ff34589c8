"""dim_region: a report finds its region as it was in its year, and what it became."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from pipelines.domain import Outcome
from pipelines.reference.regions import REFERENCE_DIR, Regions, load_regions
from pipelines.warehouse.arrow_tables import create_tables
from pipelines.warehouse.region_table import region_table
from pipelines.warehouse.sql_models import load_sql_models

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]

REGIONS = load_regions(REFERENCE_DIR)
DIM_REGION = next(s for s in load_sql_models() if s.full_name == "marts.dim_region")


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """The mart over all divisions, alone."""
    con = duckdb.connect()
    create_tables(con, "raw", {"regions": region_table(REGIONS)})
    con.execute(f"create schema marts; create table marts.dim_region as {DIM_REGION.sql}")
    return con


def at(con: duckdb.DuckDBPyConnection, code: str, year: int, columns: str) -> tuple[Any, ...]:
    (row,) = con.execute(
        f"select {columns} from marts.dim_region where region_code = ?"
        " and ? between first_year and coalesce(last_year, 9999)",
        [code, year],
    ).fetchall()
    return tuple(row)


def test_a_region_as_it_was_and_what_it_became(con: duckdb.DuckDBPyConnection) -> None:
    named = "province, city, county, successor_code, successor_name, change"
    county = ("四川省", "成都市", "双流县", "510116", "双流区", "upgraded")
    assert at(con, "510122", 2014, named) == county
    assert at(con, "510116", 2015, named) == (
        "四川省",
        "成都市",
        "双流区",
        "510116",
        "双流区",
        None,
    )
    gone = "select count(*) from marts.dim_region where region_code = '510122' and last_year > 2014"
    assert con.execute(gone).fetchone() == (0,)


def test_what_is_above_bears_the_name_of_its_year(con: duckdb.DuckDBPyConnection) -> None:
    """襄樊市 was renamed in 2010; the district below it stands on."""
    assert at(con, "420602", 2009, "city, last_year, change") == ("襄樊市", 2009, None)
    assert at(con, "420602", 2010, "city, last_year, change") == ("襄阳市", None, None)
    assert at(con, "420600", 2009, "label_zh, successor_name, change") == (
        "襄樊市",
        "襄阳市",
        "renamed",
    )


def test_only_the_last_span_of_a_record_tells_how_it_ended(con: duckdb.DuckDBPyConnection) -> None:
    """The zone above was renamed in 2019, the township itself in 2022."""
    assert at(con, "410472401", 2018, "last_year, change") == (2018, None)
    assert at(con, "410472401", 2019, "last_year, change") == (2021, "renamed")


def test_a_merger_and_a_grouping(con: duckdb.DuckDBPyConnection) -> None:
    assert at(con, "110104", 2009, "label_zh, city, successor_codes") == (
        "宣武区",
        None,
        ["110102"],
    )
    assert at(con, "110100", 2015, "kind, province, city") == ("grouping", "北京市", None)


def test_uncertain_years_are_marked(con: duckdb.DuckDBPyConnection) -> None:
    exact = "first_year, is_first_year_exact"
    assert at(con, "510116", 2020, exact) == (2015, True)
    assert at(con, "640323", 2020, exact) == (2008, False)
    listed = "select count(*) from marts.dim_region where level = 'township' and {}"
    for column in ("is_first_year_exact", "is_last_year_exact"):
        # exact only where the name of something above it changed
        rows = con.execute(listed.format(column)).fetchone()
        assert rows is not None
        assert rows[0] < 1000


def test_vintages_are_the_years_of_the_span(con: duckdb.DuckDBPyConnection) -> None:
    assert at(con, "510122", 2014, "vintages") == ([str(y) for y in range(2008, 2015)],)
    assert at(con, "510116", 2015, "vintages") == ([str(y) for y in range(2015, 2026)],)
    township = (
        "select vintages[-1] from marts.dim_region where level = 'township' and last_year is null"
    )
    assert con.execute(f"select distinct * from ({township})").fetchall() == [("2023",)]


def test_every_year_of_every_region_has_one_row_with_the_names_of_that_year(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = defaultdict(list)
    told = con.execute(
        "select region_code, first_year, coalesce(last_year, 2025), province, city, county,"
        " township from marts.dim_region"
    ).fetchall()
    for code, first, last, *names in told:
        for year in range(first, last + 1):
            rows[code, year].append(tuple(names))
    expected = {}
    for region in REGIONS:
        for year in range(region.first_year, (region.last_year or 2025) + 1):
            place = REGIONS.place(region.region_code, year)
            assert place is not None
            expected[region.region_code, year] = [
                (place.province, place.city, place.county, place.township)
            ]
    assert dict(rows) == expected


def test_what_became_of_it_is_what_the_regions_say(con: duckdb.DuckDBPyConnection) -> None:
    told = con.execute(
        "select region_code, first_year, successor_code, successor_codes from marts.dim_region"
    ).fetchall()
    for code, year, heir, heirs in told[::7]:
        known = REGIONS.heir(code, year)
        assert heir == (known.region_code if known else None)
        assert heirs == list(dict.fromkeys(r.region_code for r in REGIONS.became(code, year)))


def test_no_regions_make_an_empty_mart(build: Build, make_report: Make) -> None:
    con = build([make_report()], regions=Regions((), ()))
    assert con.execute("select count(*) from marts.dim_region").fetchone() == (0,)
