"""Names of places → Place: regions through the years, and the zones that the registry knows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from pipelines.reference.lineages import Key, Lineage, key_of, lineages_of
from pipelines.reference.plain import plain
from pipelines.reference.regions import Region, Regions

# What stands in the last tables stands now.
LAST_TABLE = 2025
_UNTOLD = 2017  # the lists of townships are whole from the one of 2016 on
_SLACK = 1  # and cut in the middle of a year


@dataclass(frozen=True, slots=True)
class Place:
    """What an agency is an agency of. `code` begins the ids of its agencies; `lineage` is None of a
    zone without a code, which lies in the region `region_code`; then `inside` are the names of the
    province, city and county that its government's record tells, and `names` its own."""

    code: str
    level: str
    region_code: str
    lineage: Lineage | None
    is_zone: bool = False
    inside: tuple[str | None, str | None, str | None] = (None, None, None)
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A place that a name can mean. `region`: the record that bears the name. `is_full`: nothing
    was left away from its own name; `is_led`: the name of a place above it stands before it."""

    place: Place
    region: Region | None
    is_full: bool
    is_led: bool


class Places:
    """Every place by the names it is written with. Names are simplified, without white space."""

    def __init__(
        self, regions: Regions, short_kinds: Mapping[str, str], street: Mapping[str, Iterable[str]]
    ) -> None:
        self.regions = regions
        self._short_kinds = short_kinds
        self._street = street
        self._zones: defaultdict[str, list[Named]] = defaultdict(list)
        self._found: dict[str, tuple[Named, ...]] = {}
        self._places: dict[str, Place] = {}
        self._above: dict[tuple[str | None, int, int], frozenset[str]] = {}

    def add_zone(self, place: Place) -> None:
        """A place that the regions do not have; each of its names is a full one."""
        for name in place.names:
            self._zones[plain(name)].append(Named(place, None, is_full=True, is_led=True))
        self._found.clear()

    def of(self, region: Region) -> Place:
        """The place that a record tells of."""
        lineage = self.lineages[key_of(region)]
        if (known := self._places.get(lineage.code)) is None:
            last = lineage.records[-1]
            place = Place(lineage.code, last.level, last.region_code, lineage, last.kind == "zone")
            known = self._places.setdefault(lineage.code, place)
        return known

    def at(self, code: str, year: int | None) -> Place | None:
        """The place that has a region's code in that year; without one, now or last."""
        region = self.regions.at(code, year) if year is not None else None
        if region is None:
            known = self.regions.with_code(code)
            region = known[-1] if known else None
        return self.of(region) if region is not None else None

    def divisions_above(self, place: Place) -> tuple[Place, ...]:
        """The places above it that have a government, in all years."""
        known = (self._places[code] for code in self.above(place))
        return tuple(p for p in known if p.lineage and p.lineage.records[0].kind != "grouping")

    def names_of(self, place: Place, year: int | None) -> tuple[str, ...]:
        """What it is called in that year, else at last; all names of a zone without a code."""
        if place.lineage is None:
            return place.names
        region = place.lineage.at(year) if year is not None else None
        return ((region or place.lineage.records[-1]).region_name,)

    def named(self, name: str) -> tuple[Named, ...]:
        """Every place that a name from end to end can mean: its own name, in full or short, behind
        any of the names of those above it."""
        found = self._found.get(name)
        if found is None:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            found = self._found[name] = tuple(self._find(name))
        return found

    def _find(self, name: str) -> Iterator[Named]:
        yield from self._zones.get(name, ())
        for start in range(len(name)):
            for region, is_full in self._by_name.get(name[start:], ()):
                if start == 0 or name[:start] in self._names_above(region):
                    yield Named(self.of(region), region, is_full, is_led=start > 0)

    def above(self, place: Place) -> tuple[str, ...]:
        """The codes of the places above it, in all years."""
        codes: dict[str, None] = {}
        for region in place.lineage.records if place.lineage else ():
            for year in {region.first_year, region.last_year or LAST_TABLE}:
                for parent in self.regions.ancestors(region, year):
                    codes[self.of(parent).code] = None
        if place.lineage is None and (inside := self.at(place.region_code, None)) is not None:
            codes.update(dict.fromkeys((*self.above(inside), inside.code)))
        return tuple(codes)

    def stands_in(self, named: Named, year: int) -> bool:
        """Whether the place bore that very name in that year, as far as the lists tell it."""
        region = named.region
        if region is None or region.stands_in(year):
            return True
        return region.level == "township" and _is_near(region, year)

    def stood_in(self, place: Place, year: int) -> bool:
        """Whether there was such a place in that year, under whatever name."""
        if place.lineage is None or place.lineage.at(year) is not None:
            return True
        return place.level == "township" and any(_is_near(r, year) for r in place.lineage.records)

    @cached_property
    def lineages(self) -> Mapping[Key, Lineage]:
        return lineages_of(self.regions)

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[Region, bool]]]:
        names: defaultdict[str, dict[Key, tuple[Region, bool]]] = defaultdict(dict)
        for region in self.regions:
            if region.kind == "grouping":
                continue
            for name, is_full in self._own_names(region):
                names[name].setdefault(key_of(region), (region, is_full))
        return {name: list(known.values()) for name, known in names.items()}

    def _own_names(self, region: Region) -> Iterator[tuple[str, bool]]:
        name = plain(region.region_name)
        yield name, True
        if region.level == "township":
            for ending, others in self._street.items():
                if name.endswith(ending) and len(name) > len(ending) + 1:
                    yield from ((name.removesuffix(ending) + other, True) for other in others)
        elif region.short_name is not None:
            short = plain(region.short_name)
            yield short, False
            for ending, kind in self._short_kinds.items():
                if name.endswith(ending):
                    yield short + kind, False

    def _names_above(self, region: Region) -> frozenset[str]:
        """What can stand before its name: of each place above it nothing or one of its names."""
        last = region.last_year or LAST_TABLE
        key = (region.parent_code, region.first_year, last)
        if (known := self._above.get(key)) is None:
            chains = {self.regions.ancestors(region, y) for y in range(region.first_year, last + 1)}
            known = self._above[key] = frozenset(
                "".join(names)
                for chain in chains
                for names in product(
                    *(
                        ("", *(n for n, _ in self._own_names(r)))
                        for r in chain
                        if r.kind != "grouping"
                    )
                )
            )
        return known


_MOST_REMEMBERED = 400_000


def _is_near(region: Region, year: int) -> bool:
    """Whether a township that the lists have from or until another year may have stood in it."""
    first = 0 if region.first_year < _UNTOLD else region.first_year - _SLACK
    return first <= year and (region.last_year is None or year <= region.last_year + _SLACK)
