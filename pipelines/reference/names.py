"""Names of agencies → the places and functions that they can be made of."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.reference.functions import GOVERNMENT_OFFICE, Functions, Tail
from pipelines.reference.places import Named, Place, Places

CENTRAL = Place("000000", "central", "000000", None)
_MOST_REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a name. `function` is None of a government. `says_place`: the place is
    told so that it can be no other of a kind (not: the urban district)."""

    named: Named
    function: str | None
    says_place: bool = True


@dataclass(frozen=True, slots=True)
class Placeless:
    """A name that leaves its place to whoever reads it: `kind` (the county's) may be empty."""

    kind: str
    tail: Tail | None  # None of a government


class Names:
    """Every way to understand a name; `plain` names go in, without brackets."""

    def __init__(self, places: Places, functions: Functions) -> None:
        self.places = places
        self._functions = functions
        written = functions.written
        self._governments = {
            "division": frozenset(written.governments.division),
            "township": frozenset(written.governments.township),
            "zone": frozenset(written.governments.zone),
        }
        self._any_government = frozenset().union(*self._governments.values())
        self._silent = frozenset(written.say_nothing_alone)
        self._kinds = sorted(written.kinds_of_places, key=len, reverse=True)
        self._longest = max(map(len, functions.tails), default=0)
        self._read: dict[str, tuple[Reading, ...]] = {}

    def readings(self, name: str) -> tuple[Reading, ...]:
        """All of them, each place and function once; none for a name that is no agency's."""
        known = self._read.get(name)
        if known is None:
            if len(self._read) >= _MOST_REMEMBERED:
                self._read.clear()
            known = self._read[name] = tuple(self._readings(name))
        return known

    def placeless(self, name: str) -> Placeless | None:
        """What it is, where no place is in it."""
        if (tail := self._functions.tails.get(name)) is not None:
            return Placeless("", tail)
        for kind in self._kinds:
            if name.startswith(kind):
                rest = name.removeprefix(kind)
                if (tail := self._functions.tails.get(rest)) is not None:
                    return Placeless(kind, tail)
                if not rest or rest in self._any_government:
                    return Placeless(kind, None)
        return None

    def kind_of(self, place_name: str) -> str:
        """The kind that a place's name ends with."""
        return next((kind for kind in self._kinds if place_name.endswith(kind)), "")

    def fits(self, tail: Tail, named: Named) -> bool:
        """Whether an organ of that name can be one of that place."""
        place = named.place
        if place.level == "township" or not self._functions.by_code[tail.function].by_region:
            return False
        if tail.scope == "province":
            return place.level == "province"
        return tail.scope == "any" or place.level == "county"

    def _readings(self, name: str) -> Iterator[Reading]:
        for prefix in self._functions.written.state_prefixes:
            name = name.removeprefix(prefix)
        if (function := self._functions.central.get(name)) is not None:
            yield Reading(Named(CENTRAL, None, is_full=True, is_led=True), function)
        found = list(self._vertical(name)) or list(self._local(name)) or list(self._branches(name))
        seen: set[tuple[str, str | None, int]] = set()
        for reading in found:
            region = reading.named.region
            key = (reading.named.place.code, reading.function, region.first_year if region else 0)
            if key not in seen:
                seen.add(key)
                yield reading

    def _vertical(self, name: str) -> Iterator[Reading]:
        for prefix, endings in self._functions.under.items():
            if name.startswith(prefix):
                for ending, function in endings.items():
                    if name.endswith(ending):
                        yield from (
                            Reading(named, function, self._says(named))
                            for named in self.places.named(name[len(prefix) : -len(ending)])
                            if named.place.level != "township"
                        )

    def _local(self, name: str) -> Iterator[Reading]:
        for named in self.places.named(name):
            if named.is_full:
                yield Reading(named, None, self._says(named))
        for start in range(max(1, len(name) - self._longest), len(name)):
            rest = name[start:]
            if (tail := self._functions.tails.get(rest)) is not None:
                for named in self.places.named(name[:start]):
                    if self.fits(tail, named):
                        yield Reading(named, tail.function, self._says(named))
            if rest in self._any_government:
                for named in self.places.named(name[:start]):
                    if rest in self._governments[_kind_of_government(named.place)]:
                        yield Reading(named, None, self._says(named))

    def _branches(self, name: str) -> Iterator[Reading]:
        """A city's organ + one of its counties + branch: that county's organ."""
        for ending in self._functions.written.branch_endings:
            if not name.endswith(ending):
                continue
            body = name.removesuffix(ending)
            for middle in range(2, len(body)):
                for start in range(1, middle):
                    tail = self._functions.tails.get(body[start:middle])
                    if tail is None or tail.function == GOVERNMENT_OFFICE:
                        continue
                    yield from self._branches_of(body[:start], tail, body[middle:])

    def _branches_of(self, above: str, tail: Tail, county: str) -> Iterator[Reading]:
        upper = [n for n in self.places.named(above) if self.fits(tail, n)]
        for named in self.places.named(county):
            codes = self.places.above(named.place) if named.place.level == "county" else ()
            if any(n.place.code in codes for n in upper):
                place, region = named.place, named.region
                told = Named(place, region, named.is_full, is_led=True)
                yield Reading(told, tail.function)

    def _says(self, named: Named) -> bool:
        """Whether the name tells the place from all that are called alike in speech."""
        region = named.region
        return named.is_led or region is None or region.region_name not in self._silent


def _kind_of_government(place: Place) -> str:
    if place.is_zone:
        return "zone"
    return "township" if place.level == "township" else "division"
