"""data/reference/agencies.csv → Registry."""

import csv
import hashlib
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from pipelines.domain import Agency, ReferenceDataError
from pipelines.forms import fold

REFERENCE_DIR = Path(__file__).parents[2] / "data" / "reference"

_COLUMNS = (
    "agency_id",
    "agency_name",
    "aliases",
    "region_code",
    "province",
    "city",
    "county",
    "admin_level",
    "function",
    "is_government",
    "parent_agency_id",
    "first_year",
    "last_year",
    "successor_agency_id",
)
_LEVELS = ("central", "province", "city", "county", "township")


class Registry:
    """The reviewed agencies. A name means an agency only where it means no other."""

    def __init__(self, agencies: tuple[Agency, ...]) -> None:
        self.agencies = agencies
        by_name: defaultdict[str, dict[str, Agency]] = defaultdict(dict)
        for agency in agencies:
            for name in (agency.agency_name, *agency.aliases):
                by_name[fold(name)][agency.agency_id] = agency
        self._by_name = {
            name: next(iter(known.values())) for name, known in by_name.items() if len(known) == 1
        }

    def resolve(self, name: str | None) -> Agency | None:
        """The agency of that name or alias; None where there is none or more than one."""
        return self._by_name.get(fold(name)) if name else None


def provisional_agency(name: str) -> Agency:
    """A stand-in for a name that the registry does not know: the same name, the same id."""
    digest = hashlib.sha256(fold(name).encode()).hexdigest()
    return Agency(
        agency_id=f"provisional-{digest[:12]}",
        agency_name=name,
        aliases=(),
        region_code=None,
        province=None,
        city=None,
        county=None,
        admin_level=None,
        function=None,
        is_government=False,
        parent_agency_id=None,
        first_year=None,
        last_year=None,
        successor_agency_id=None,
    )


@lru_cache(maxsize=4)
def load_registry(folder: Path = REFERENCE_DIR) -> Registry:
    """Read the registry.

    Raises:
        ReferenceDataError: a file is missing or a record makes no sense; the message names the
            file and the line.
    """
    file = folder / "agencies.csv"
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            if tuple(rows.fieldnames or ()) != _COLUMNS:
                raise ReferenceDataError(f"{file}: its columns must be {', '.join(_COLUMNS)}")
            agencies = tuple(_agency(row, f"{file}:{rows.line_num}") for row in rows)
    except OSError as error:
        raise ReferenceDataError(f"{file}: {error.strerror}") from error
    _ids_are_sound(agencies, file)
    return Registry(agencies)


def _agency(row: dict[str, str], place: str) -> Agency:
    def text(name: str) -> str | None:
        return (row[name] or "").strip() or None

    def year(name: str) -> int | None:
        value = text(name)
        if value is not None and not value.isdigit():
            raise ReferenceDataError(f"{place}: {name} is {value!r}, no year")
        return int(value) if value else None

    agency_id, agency_name = text("agency_id"), text("agency_name")
    if agency_id is None or agency_name is None:
        raise ReferenceDataError(f"{place}: agency_id and agency_name are needed")
    level = text("admin_level")
    if level is not None and level not in _LEVELS:
        raise ReferenceDataError(f"{place}: admin_level is {level!r}, none of {', '.join(_LEVELS)}")
    return Agency(
        agency_id=agency_id,
        agency_name=agency_name,
        aliases=tuple(a.strip() for a in (text("aliases") or "").split("|") if a.strip()),
        region_code=text("region_code"),
        province=text("province"),
        city=text("city"),
        county=text("county"),
        admin_level=level,
        function=text("function"),
        is_government=(text("is_government") or "").lower() in ("true", "1", "yes"),
        parent_agency_id=text("parent_agency_id"),
        first_year=year("first_year"),
        last_year=year("last_year"),
        successor_agency_id=text("successor_agency_id"),
    )


def _ids_are_sound(agencies: tuple[Agency, ...], file: Path) -> None:
    ids = [a.agency_id for a in agencies]
    doubled = sorted({i for i in ids if ids.count(i) > 1}) if len(set(ids)) < len(ids) else []
    if doubled:
        raise ReferenceDataError(f"{file}: {', '.join(doubled)} stands twice")
    known = set(ids)
    for agency in agencies:
        for named in (agency.parent_agency_id, agency.successor_agency_id):
            if named is not None and named not in known:
                raise ReferenceDataError(f"{file}: {agency.agency_id} names the unknown {named}")
