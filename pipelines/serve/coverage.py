"""The inventory: which reports should exist, and which of them the release holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
from rich.console import Console

from pipelines.serve.answers import drawn, write_csv
from pipelines.serve.database import QueryError, connect

MOST_MISSING_DRAWN = 200
# Of a GB/T 2260 code: province, city, county; and the nine and twelve digits of townships.
_LENGTHS = (2, 4, 6, 9, 12)

# Codes that a region had before count as it: its agencies keep the code of their day.
_WITHIN = """(
    $region is null
    or starts_with(dim_agency.region_code, $region)
    or dim_agency.region_code in (
        select region_code
        from dim_region
        where list_bool_or(list_transform(successor_codes, lambda code: starts_with(code, $region)))
    )
)"""
_ASKED = f"""
    select coverage.*, agency_name
    from coverage
    inner join dim_agency using (agency_id)
    where ($year is null or report_year = $year) and {_WITHIN}
"""
_BY_YEAR = f"""
    select
        report_year,
        count(expected_by) as expected,
        count(expected_by) filter (status <> 'missing') as held,
        count(*) filter (status = 'missing') as missing,
        held / nullif(expected, 0) as coverage,
        count(*) filter (days_late > 0) as late,
        count(*) filter (revision > 1) as revised,
        count(*) filter (is_moved) as moved,
        count(*) filter (is_gone) as gone,
        count(*) filter (expected_by is null) as unexpected
    from ({_ASKED})
    group by report_year
    order by report_year
"""
_COLUMNS = """
    agency_id, agency_name, report_year, status, expected_by, due_on, published_on, days_late,
    revision, is_moved, is_gone, document_sha256, region_code, province, city, county
"""
_ROWS = f"select {_COLUMNS} from ({_ASKED}) order by agency_id, report_year"
_MISSING = f"""
    select agency_id, agency_name, report_year, expected_by, due_on
    from ({_ASKED})
    where status = 'missing'
    order by agency_id, report_year
"""
_WITHOUT_YEARS = f"""
    select agency_id, agency_name
    from dim_agency
    anti join coverage using (agency_id)
    where status = 'reviewed' and {_WITHIN}
    order by agency_id
"""
_IS_KNOWN = """
    select exists (from dim_region where starts_with(region_code, $region))
    or exists (from dim_agency where starts_with(region_code, $region))
"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was asked about, and: `by_year` one row a report year, `missing` one row a report that
    is not there, `rows` every agency and year, `without_years` the reviewed agencies of which
    nothing is expected, since no year of theirs is known."""

    region: str | None
    year: int | None
    by_year: pa.Table
    missing: pa.Table
    rows: pa.Table
    without_years: pa.Table


def coverage(
    published_file: Path, *, region: str | None = None, year: int | None = None
) -> Coverage:
    """The inventory of a release, of a region (a province, city, county or township, by its
    code) and all below it, of one report year, or of all.

    Raises:
        QueryError: there is no release, or nothing in it has that region.
    """
    prefix = _prefix(region)
    asked: dict[str, Any] = {"region": prefix, "year": year}
    with connect(published_file) as con:
        if prefix is not None:
            known = con.execute(_IS_KNOWN, {"region": prefix}).fetchone()
            if known is None or not known[0]:
                raise QueryError(f"{region}: neither a region nor an agency has this code")
        by_year, missing, rows = (
            con.execute(sql, asked).to_arrow_table() for sql in (_BY_YEAR, _MISSING, _ROWS)
        )
        without_years = con.execute(_WITHOUT_YEARS, {"region": prefix}).to_arrow_table()
    return Coverage(region, year, by_year, missing, rows, without_years)


def write_coverage_json(found: Coverage, out: TextIO) -> None:
    """One object: what was asked, the years, what is missing and who has no known year."""
    told: Mapping[str, Any] = {
        "region": found.region,
        "year": found.year,
        "by_year": found.by_year.to_pylist(),
        "missing": found.missing.to_pylist(),
        "without_years": found.without_years.to_pylist(),
    }
    out.write(json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n")


def write_coverage_csv(found: Coverage, out: TextIO) -> None:
    """One line an agency and year, with its status."""
    write_csv(found.rows, out)


def draw_coverage(found: Coverage, console: Console) -> None:
    """The years as a table, and the first of what is missing."""
    if found.without_years.num_rows:
        console.print(
            f"Reviewed agencies without a known year: {found.without_years.num_rows:,}. Nothing is"
            " expected of them until they have a report, or a first_year in the registry."
        )
    if not found.rows.num_rows:
        console.print("No report is expected here, and none is held.")
        return
    console.print(drawn(_in_percent(found.by_year), console, found.by_year.num_rows))
    total = found.missing.num_rows
    if not total:
        console.print("Nothing is missing.")
        return
    console.print(f"Missing: {total:,}", style="bold")
    console.print(drawn(found.missing, console, MOST_MISSING_DRAWN))
    if total > MOST_MISSING_DRAWN:
        console.print(f"{MOST_MISSING_DRAWN} of {total:,}; all of them with --format csv")


def _prefix(region: str | None) -> str | None:
    """The digits with which the codes of a region and all below it begin: 640300 → 6403.

    Raises:
        QueryError: it is no code.
    """
    if region is None:
        return None
    if not (region.isascii() and region.isdigit() and len(region) in _LENGTHS):
        raise QueryError(f"{region}: a region is told by its code, such as 64, 640300 or 640323")
    return region[:2] if region[2:] == "0000" else region[:4] if region[4:] == "00" else region


def _in_percent(by_year: pa.Table) -> pa.Table:
    shown = [None if share is None else f"{share:.1%}" for share in by_year["coverage"].to_pylist()]
    place = by_year.column_names.index("coverage")
    return by_year.set_column(place, "coverage", pa.array(shown, pa.string()))
