"""data/reference/agencies.csv → Agency records, for the agencies that the samples are made for."""

import csv
from pathlib import Path

from pipelines.domain import Agency
from tests.simulate.words import REFERENCE_DIR

AGENCIES_FILE = REFERENCE_DIR / "agencies.csv"
# Codes that no region has: invented figures are given to invented agencies alone.
_INVENTED = "99"


def load_agencies(file: Path = AGENCIES_FILE) -> dict[str, Agency]:
    """Every invented agency of the registry, by agency_id."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return {
            row["agency_id"]: _agency(row)
            for row in rows
            if row["region_code"].startswith(_INVENTED)
        }


def _agency(row: dict[str, str]) -> Agency:
    def year(name: str) -> int | None:
        return int(row[name]) if row[name] else None

    return Agency(
        agency_id=row["agency_id"],
        agency_name=row["agency_name"],
        aliases=tuple(a for a in row["aliases"].split("|") if a),
        region_code=row["region_code"] or None,
        province=row["province"] or None,
        city=row["city"] or None,
        county=row["county"] or None,
        admin_level=row["admin_level"] or None,
        function=row["function"] or None,
        is_government=row["is_government"] == "true",
        parent_agency_id=row["parent_agency_id"] or None,
        first_year=year("first_year"),
        last_year=year("last_year"),
        successor_agency_id=row["successor_agency_id"] or None,
    )
