"""`ogi coverage`: what is asked for, and what is told."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.serve import QueryError
from pipelines.serve.coverage import (
    coverage,
    draw_coverage,
    write_coverage_csv,
    write_coverage_json,
)


def agencies(file: Path, region: str | None) -> list[str]:
    return sorted(set(coverage(file, region=region).rows["agency_id"].to_pylist()))


def test_years_are_counted(inventory: Path) -> None:
    found = coverage(inventory).by_year.to_pylist()
    named = [(y["report_year"], y["expected"], y["held"], y["missing"], y["late"]) for y in found]
    assert named == [(2021, 1, 0, 1, 0), (2022, 1, 1, 0, 1), (2023, 1, 1, 0, 0)]
    assert [y["gone"] for y in found] == [0, 1, 0]
    assert [y["coverage"] for y in found] == [0, 1, 1]
    assert [y["unexpected"] for y in found] == [0, 1, 0]


def test_what_is_missing_is_listed(inventory: Path) -> None:
    (missing,) = coverage(inventory).missing.to_pylist()
    assert (missing["agency_id"], missing["agency_name"]) == ("640323-audit", "盐池县审计局")
    assert (missing["report_year"], missing["expected_by"]) == (2021, "own_years")
    assert coverage(inventory, year=2022).missing.num_rows == 0


@pytest.mark.parametrize(
    ("region", "found"),
    [
        (None, ["510122-government", "640323-audit"]),
        ("64", ["640323-audit"]),
        ("640000", ["640323-audit"]),
        ("6403", ["640323-audit"]),
        ("640300", ["640323-audit"]),
        ("640323", ["640323-audit"]),
        ("510122", ["510122-government"]),
        # what it became, and where that lies
        ("510116", ["510122-government"]),
        ("510000", ["510122-government"]),
        # known, and nothing is expected there
        ("460000", []),
    ],
)
def test_a_region_is_all_below_it_and_what_became_of_it(
    inventory: Path, region: str | None, found: list[str]
) -> None:
    assert agencies(inventory, region) == found


@pytest.mark.parametrize("region", ["", "6", "640", "64032", "盐池县", "64032a", "６４"])
def test_what_is_no_code_is_refused(inventory: Path, region: str) -> None:
    with pytest.raises(QueryError, match="told by its code"):
        coverage(inventory, region=region)


def test_a_region_that_nobody_knows_is_named(inventory: Path) -> None:
    with pytest.raises(QueryError, match="650000"):
        coverage(inventory, region="650000")


def test_a_reviewed_agency_without_a_year_is_told(inventory: Path) -> None:
    def without(region: str | None) -> list[str]:
        found = coverage(inventory, region=region).without_years
        return [str(agency) for agency in found["agency_id"].to_pylist()]

    assert without(None) == without("640300") == ["640300-audit"]
    assert without("640323") == []
    # a year that is not asked for is a year all the same
    assert coverage(inventory, year=2021).without_years.num_rows == 1


def test_as_json(inventory: Path) -> None:
    out = io.StringIO()
    write_coverage_json(coverage(inventory, region="640323", year=2021), out)
    told = json.loads(out.getvalue())
    assert list(told) == ["region", "year", "by_year", "missing", "without_years"]
    assert (told["region"], told["year"]) == ("640323", 2021)
    assert told["by_year"][0]["missing"] == 1
    assert told["missing"][0]["due_on"] == "2023-01-31"


def test_as_csv(inventory: Path) -> None:
    out = io.StringIO()
    write_coverage_csv(coverage(inventory), out)
    header, *lines = out.getvalue().splitlines()
    assert header.startswith("agency_id,agency_name,report_year,status,expected_by,due_on")
    assert [line.split(",")[2:5] for line in lines] == [
        ["2022", "present", ""],
        ["2021", "missing", "own_years"],
        ["2022", "late", "own_years"],
        ["2023", "present", "own_years"],
    ]


def drawn(file: Path, region: str | None = None, year: int | None = None) -> str:
    out = io.StringIO()
    draw_coverage(coverage(file, region=region, year=year), Console(file=out, width=200))
    return out.getvalue()


def test_as_a_table(inventory: Path) -> None:
    text = drawn(inventory)
    assert "Reviewed agencies without a known year: 1." in text
    assert "0.0%" in text
    assert "100.0%" in text
    assert "Missing: 1" in text
    assert "盐池县审计局" in text
    assert "Nothing is missing." in drawn(inventory, "640323", 2023)
    assert "No report is expected here, and none is held." in drawn(inventory, "460000")
