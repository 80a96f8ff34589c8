"""data/reference/agencies.csv → Registry: the reviewed agencies, and which agency a name means."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from pipelines.domain import Agency, ReferenceDataError
from pipelines.reference.functions import REFERENCE_DIR, Functions, load_functions
from pipelines.reference.names import CENTRAL, Names
from pipelines.reference.places import Place, Places
from pipelines.reference.plain import plain, settle
from pipelines.reference.regions import Regions, load_regions
from pipelines.reference.resolution import NO_EVIDENCE, Evidence, Resolution
from pipelines.reference.resolver import Known, PlaceAndFunction, Resolver
from pipelines.text import fold
from pipelines.whole_file import written_whole

AGENCIES_FILE = "agencies.csv"
COLUMNS = (
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
_LEVELS = ("", "central", "province", "city", "county", "township")
_GOVERNMENT = "-government"


class Registry:
    """The reviewed agencies. `regions` and `functions` are what else a name can be made of."""

    def __init__(
        self, agencies: tuple[Agency, ...], regions: Regions, functions: Functions
    ) -> None:
        self.agencies = agencies
        self.functions = functions
        self._regions = regions

    def resolve(self, name: str | None, evidence: Evidence = NO_EVIDENCE) -> Resolution:
        """The agency that a name means in the light of what stands beside it.

        A name means an agency only where it can mean no other: of the registry, or of any place
        that bears the name in the year of the report.
        """
        return self._resolver.resolve(name, evidence)

    def with_agencies(self, agencies: tuple[Agency, ...]) -> "Registry":
        """The same regions and functions with other agencies."""
        return Registry(agencies, self._regions, self.functions)

    def place_of(self, agency: Agency) -> Place | None:
        """The place that an agency is an agency of."""
        if agency.admin_level == "central":
            return CENTRAL
        for of_zone in (agency.agency_id, agency.parent_agency_id):
            if of_zone in self._zones:
                return self._zones[of_zone]
        if agency.region_code is None:
            return None
        return self.places.at(agency.region_code, agency.first_year)

    @cached_property
    def by_id(self) -> Mapping[str, Agency]:
        return {agency.agency_id: agency for agency in self.agencies}

    @cached_property
    def places(self) -> Places:
        written = self.functions.written
        settle(r.region_name for r in self._regions)
        settle(self.functions.tails)
        places = Places(self._regions, written.short_kinds, written.governments.street)
        for place in self._zones.values():
            places.add_zone(place)
        return places

    @cached_property
    def _zones(self) -> dict[str, Place]:
        """The places that only a government of the registry tells of, by its id: zones without a
        code of their own (the id goes on behind the code), and made regions."""
        return {
            a.agency_id: Place(
                a.agency_id.removesuffix(_GOVERNMENT),
                a.admin_level or "county",
                a.region_code,
                None,
                is_zone=bool(self._regions.with_code(a.region_code)),
                inside=(a.province, a.city, a.county),
                names=self._place_names(a),
            )
            for a in self.agencies
            if a.is_government
            and a.region_code is not None
            and a.admin_level != "central"
            and (
                a.agency_id.removesuffix(_GOVERNMENT) != a.region_code
                or not self._regions.with_code(a.region_code)
            )
        }

    def _place_names(self, government: Agency) -> tuple[str, ...]:
        """Its names, each also without the words for a government."""
        written = self.functions.written.governments
        endings = sorted((*written.zone, *written.division), key=len, reverse=True)
        names: dict[str, None] = {}
        for name in (government.agency_name, *government.aliases):
            ending = next((e for e in endings if name.endswith(e)), "")
            names.update(dict.fromkeys((name, name.removesuffix(ending))))
        return tuple(names)

    @cached_property
    def _by_name(self) -> dict[str, tuple[Agency, ...]]:
        names: defaultdict[str, dict[str, Agency]] = defaultdict(dict)
        for agency in self.agencies:
            for name in (agency.agency_name, *agency.aliases):
                names[_folded(name)][agency.agency_id] = agency
        return {name: tuple(known.values()) for name, known in names.items()}

    def _named(self, folded: str) -> Sequence[Agency]:
        return self._by_name.get(folded, ())

    @cached_property
    def by_place(self) -> dict[PlaceAndFunction, Agency]:
        """The first record of each place and function speaks for it; those that ended after it
        are found by their names."""
        found: dict[PlaceAndFunction, Agency] = {}
        for agency in self.agencies:
            place = self.place_of(agency)
            if place is not None and (agency.function or agency.is_government):
                found.setdefault((place.code, agency.function), agency)
        return found

    @cached_property
    def _resolver(self) -> Resolver:
        settle(agency.agency_name for agency in self.agencies)
        names = Names(self.places, self.functions)
        known = Known(self.by_id, self._named, self.by_place, self.place_of)
        return Resolver(known, names, self.functions)


def _folded(name: str) -> str:
    simple = plain(name)
    return simple if simple is name else fold(name)


@lru_cache(maxsize=4)
def load_registry(folder: Path = REFERENCE_DIR) -> Registry:
    """Read the registry; regions and functions are those of the project where the folder has none
    of its own.

    Raises:
        ReferenceDataError: a file is missing or a record makes no sense; the message names the
            file and the line.
    """
    agencies = read_agencies(folder / AGENCIES_FILE)
    regions = load_regions(folder if (folder / "regions.csv").is_file() else REFERENCE_DIR)
    functions = load_functions(folder if (folder / "functions.yaml").is_file() else REFERENCE_DIR)
    for agency in agencies:
        if agency.function is not None and agency.function not in functions.by_code:
            file = folder / AGENCIES_FILE
            raise ReferenceDataError(f"{file}: {agency.agency_id}: no function {agency.function}")
    return Registry(agencies, regions, functions)


def read_agencies(file: Path) -> tuple[Agency, ...]:
    """The records of a registry.

    Raises:
        ReferenceDataError: as `load_registry`.
    """
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines)
            if tuple(next(rows, ())) != COLUMNS:
                raise ReferenceDataError(f"{file}: its columns must be {', '.join(COLUMNS)}")
            agencies = tuple(_agency(row, file, rows.line_num) for row in rows)
    except OSError as error:
        raise ReferenceDataError(f"{file}: {error.strerror}") from error
    _ids_are_sound(agencies, file)
    return agencies


def write_registry(registry: Registry, folder: Path | None = None) -> None:
    """Write its agencies to the folder, the project's where none is named."""
    write_agencies((folder or REFERENCE_DIR) / AGENCIES_FILE, registry.agencies)
    load_registry.cache_clear()


def write_agencies(file: Path, agencies: Iterable[Agency]) -> None:
    """Write a registry whole: sorted by id, so that a new record is one new line."""
    with written_whole(file) as partial, partial.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        for agency in sorted(agencies, key=lambda a: a.agency_id):
            rows.writerow(_row(agency))


def _row(agency: Agency) -> list[str]:
    values = {name: getattr(agency, name) for name in COLUMNS}
    values["aliases"] = "|".join(agency.aliases)
    values["is_government"] = "true" if agency.is_government else "false"
    return ["" if value is None else str(value) for value in values.values()]


def _agency(row: list[str], file: Path, line: int) -> Agency:
    if len(row) != len(COLUMNS):
        raise ReferenceDataError(f"{file}:{line}: {len(row)} fields, not {len(COLUMNS)}")
    (key, name, aliases, code, province, city, county, level, function, government) = row[:10]
    parent, first, last, successor = row[10:]
    if not key or not name:
        raise ReferenceDataError(f"{file}:{line}: agency_id and agency_name are needed")
    if level not in _LEVELS:
        known = ", ".join(_LEVELS[1:])
        raise ReferenceDataError(f"{file}:{line}: admin_level is {level!r}, none of {known}")
    if government not in ("true", "false"):
        raise ReferenceDataError(f"{file}:{line}: is_government is {government!r}, true or false")
    return Agency(
        key,
        name,
        tuple(aliases.split("|")) if aliases else (),
        code or None,
        province or None,
        city or None,
        county or None,
        level or None,
        function or None,
        government == "true",
        parent or None,
        _year(first, file, line) if first else None,
        _year(last, file, line) if last else None,
        successor or None,
    )


def _year(text: str, file: Path, line: int) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ReferenceDataError(f"{file}:{line}: {text!r} is no year")
    return int(text)


def _ids_are_sound(agencies: tuple[Agency, ...], file: Path) -> None:
    known: set[str] = set()
    for agency in agencies:
        if agency.agency_id in known:
            raise ReferenceDataError(f"{file}: {agency.agency_id} stands twice")
        known.add(agency.agency_id)
    for agency in agencies:
        for named in (agency.parent_agency_id, agency.successor_agency_id):
            if named is not None and named not in known:
                raise ReferenceDataError(f"{file}: {agency.agency_id} names the unknown {named}")
