"""Name and evidence → Resolution: one agency, or none and why."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.domain import Agency
from pipelines.reference.functions import Functions
from pipelines.reference.mint import agency_id, minted
from pipelines.reference.names import Names, Placeless, Reading
from pipelines.reference.places import Named, Place, Places
from pipelines.reference.plain import plain
from pipelines.reference.resolution import Evidence, How, Resolution
from pipelines.text import fold, one_line

# Before that year no list tells which townships there were.
_TOWNSHIPS_LISTED_FROM = 2015
_MOST_CANDIDATES = 12
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")

PlaceAndFunction = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Known:
    """The reviewed agencies, by what leads to them."""

    by_id: Mapping[str, Agency]
    by_name: Callable[[str], Sequence[Agency]]  # of a folded name
    by_place: Mapping[PlaceAndFunction, Agency]
    place_of: Callable[[Agency], Place | None]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An agency that the name may mean. `reading` is None where only its record tells of it."""

    agency_id: str
    agency: Agency | None
    reading: Reading | None
    place: Place | None


class Resolver:
    """Resolves names in the registry, and by place and function where it has none."""

    def __init__(self, known: Known, names: Names, functions: Functions) -> None:
        self._known = known
        self._names = names
        self._places: Places = names.places
        self._functions = functions

    def resolve(self, name: str | None, evidence: Evidence) -> Resolution:
        """See `Registry.resolve`."""
        if not name or not name.strip():
            return Resolution(None, How.NONE, reason="the document names no agency")
        text, bracketed = _without_brackets(plain(name))
        own = self._own(text, evidence)
        if own is not None:
            return own
        candidates = self._candidates(name, text, evidence)
        if not candidates:
            return self._unknown(text)
        standing, reason = self._standing(candidates, evidence.year)
        if not standing:
            return self._unsure(name, candidates, reason)
        left, reason = self._left(standing, bracketed, evidence)
        if reason:
            return self._unsure(name, left, reason)
        return self._sure(name, left[0], evidence.year)

    def _own(self, text: str, evidence: Evidence) -> Resolution | None:
        """`Our bureau` is the agency that the source's record is of, if that is a bureau; `our
        county`, if it is a government, whatever county a bureau's name begins with."""
        words = self._functions.written
        kind = next((text.removeprefix(w) for w in words.own_words if text.startswith(w)), None)
        if kind not in words.own_kinds:
            return None
        agency = self._known.by_id.get(evidence.source_agency_id or "")
        if agency is None:
            reason = "only the source's record could tell whose"
            return Resolution(None, How.NONE, reason=reason, says_nobody=True)
        is_other = kind not in agency.agency_name or (
            kind in words.kinds_of_places and not agency.is_government
        )
        if is_other and kind not in words.any_kind:
            reason = f"the source is {agency.agency_name}"
            return Resolution(None, How.NONE, (agency,), reason, says_nobody=True)
        return Resolution(agency, How.REGISTRY, region_code=agency.region_code)

    def _candidates(self, name: str, text: str, evidence: Evidence) -> list[_Candidate]:
        found: dict[str, _Candidate] = {}
        readings = self._names.readings(text)
        if (placeless := self._names.placeless(text)) is not None:
            readings = (*readings, *self._placed(placeless, evidence))
        for reading in readings:
            candidate = self._candidate(reading)
            known = found.get(candidate.agency_id)
            # A place of several records: the one that bears the name in that year speaks for it.
            if known is None or not self._bears(known, evidence.year):
                found[candidate.agency_id] = candidate
        for agency in self._registered(name, text):
            if agency.agency_id not in found:
                place = self._known.place_of(agency)
                found[agency.agency_id] = _Candidate(agency.agency_id, agency, None, place)
        return list(found.values())

    def _registered(self, name: str, text: str) -> Iterator[Agency]:
        folded = fold(name) if text != name else text
        yield from self._known.by_name(folded)
        if text != name and (without := fold(text)) != folded:
            yield from self._known.by_name(without)

    def _candidate(self, reading: Reading) -> _Candidate:
        place = reading.named.place
        agency = self._known.by_place.get((place.code, reading.function))
        if agency is not None:
            return _Candidate(agency.agency_id, agency, reading, place)
        return _Candidate(agency_id(place, reading.function), None, reading, place)

    def _bears(self, candidate: _Candidate, year: int | None) -> bool:
        reading = candidate.reading
        if reading is None or year is None:
            return True
        return self._places.stands_in(reading.named, year)

    def _standing(
        self, candidates: list[_Candidate], year: int | None
    ) -> tuple[list[_Candidate], str]:
        """Those that there were in that year: first those whose place bore that very name."""
        if year is None:
            return candidates, ""
        active = [c for c in candidates if c.agency is None or _is_active(c.agency, year)]
        if not active:
            return [], f"no longer, or not yet, there in {year}"
        bearing = [c for c in active if self._bears(c, year)]
        if bearing:
            return bearing, ""
        stood = [c for c in active if c.place is None or self._places.stood_in(c.place, year)]
        return stood, f"no place of that name in {year}"

    def _objection(
        self, candidates: list[_Candidate], bracketed: Sequence[str], evidence: Evidence
    ) -> str:
        """What forbids to go on: brackets that hold no second name and no place, or another's; a
        source that is elsewhere than all of several."""
        for text in bracketed:
            places = [named.place for named in self._names.places.named(text)]
            places += [r.named.place for r in self._names.readings(text)]
            if not places and self._names.placeless(text) is None:
                return "what stands in brackets is not known"
            if places and not any(self._supports(c, at) for c in candidates for at in places):
                return "what stands in brackets is of another place"
        source = self._source(evidence) if len(candidates) > 1 else None
        if source is not None and not any(self._supports(c, source) for c in candidates):
            return "the source is of another place"
        return ""

    def _left(
        self, candidates: list[_Candidate], bracketed: Sequence[str], evidence: Evidence
    ) -> tuple[list[_Candidate], str]:
        """Those that all evidence for any of them agrees on; and why it is not just one, surely."""
        if objection := self._objection(candidates, bracketed, evidence):
            return candidates, objection
        contexts = self._contexts(evidence, bracketed)
        supported = [[c for c in candidates if self._supports(c, at)] for at in contexts]
        left = candidates
        for ones in supported:
            if ones:
                left = [c for c in left if c in ones]
        if not left:
            return candidates, "the evidence names different places"
        if len(left) > 1:
            return left, f"{len(left)} agencies go by that name"
        is_supported = any(left[0] in ones for ones in supported)
        if self._needs_support(left[0], evidence) and not is_supported:
            return left, "its place is not told surely"
        return left, ""

    def _needs_support(self, candidate: _Candidate, evidence: Evidence) -> bool:
        """Whether the name alone is not enough: it says nothing alone, or is a short or single one
        and the source is elsewhere."""
        reading = candidate.reading
        if reading is None or candidate.place is None:
            return False
        if not reading.says_place:
            return True
        named = reading.named
        is_told = named.is_led or (named.is_full and named.place.level != "township")
        if is_told:
            return False
        if evidence.source_agency_id or evidence.source_region:
            return True
        year = evidence.year
        return named.place.level == "township" and (year or 0) < _TOWNSHIPS_LISTED_FROM

    def _supports(self, candidate: _Candidate, context: Place) -> bool:
        """Whether one of the two places is the other, or lies in it."""
        place = candidate.place
        return place is not None and (
            place.code == context.code
            or context.code in self._places.above(place)
            or place.code in self._places.above(context)
        )

    def _contexts(self, evidence: Evidence, bracketed: Sequence[str]) -> list[Place]:
        """The places that the evidence surely names."""
        contexts: list[Place] = []
        if (source := self._source(evidence)) is not None:
            contexts.append(source)
        for text in (evidence.publisher, evidence.parent, *evidence.others, *bracketed):
            if text:
                readings = self._names.readings(_without_brackets(plain(text))[0])
                places = {r.named.place.code: r.named.place for r in readings if r.says_place}
                if len(places) == 1:
                    contexts.extend(places.values())
        return contexts

    def _source(self, evidence: Evidence) -> Place | None:
        agency = self._known.by_id.get(evidence.source_agency_id or "")
        if agency is not None:
            return self._known.place_of(agency)
        if evidence.source_region is not None:
            return self._places.at(evidence.source_region, evidence.year)
        return None

    def _placed(self, placeless: Placeless, evidence: Evidence) -> Iterator[Reading]:
        """A name without a place, at that of the source or, where it says `the city's`, at those
        above it of that kind."""
        if (source := self._source(evidence)) is None:
            return
        places = [source]
        if placeless.kind:
            places += self._places.divisions_above(source)
        function = placeless.tail.function if placeless.tail else None
        for place in places:
            names = self._places.names_of(place, evidence.year)
            if placeless.kind in ("", *map(self._names.kind_of, names)):
                named = Named(place, None, is_full=False, is_led=True)
                if placeless.tail is None or self._names.fits(placeless.tail, named):
                    yield Reading(named, function)

    def _sure(self, name: str, chosen: _Candidate, year: int | None) -> Resolution:
        agency = self._agency_of(name, chosen)
        how = How.RULE if chosen.agency is None else How.REGISTRY
        code, region_name = agency.region_code, None
        lineage = chosen.place.lineage if chosen.place else None
        if lineage is not None:
            region = lineage.at(year) if year is not None else None
            region = region or lineage.records[-1]
            code, region_name = region.region_code, region.region_name
        return Resolution(agency, how, region_code=code, region_name=region_name)

    def _unsure(self, name: str, candidates: Sequence[_Candidate], reason: str) -> Resolution:
        told = tuple(self._agency_of(name, c) for c in candidates[:_MOST_CANDIDATES])
        return Resolution(None, How.NONE, told, reason)

    def _agency_of(self, name: str, candidate: _Candidate) -> Agency:
        if candidate.agency is not None:
            return candidate.agency
        if (reading := candidate.reading) is None:
            raise ValueError(f"{candidate.agency_id}: neither a record nor a reading")
        place, function = reading.named.place, reading.function
        return minted(one_line(name), place, function, self._places, self._functions)

    def _unknown(self, text: str) -> Resolution:
        reason = "neither in the registry nor made of a place and a function that are known"
        if self._names.placeless(text) is not None:
            reason = "the name does not say of which place"
        return Resolution(None, How.NONE, reason=reason)


def _is_active(agency: Agency, year: int) -> bool:
    """With a year to spare: the last report is often made by whoever took over."""
    first, last = agency.first_year, agency.last_year
    return (first is None or first - 1 <= year) and (last is None or year <= last + 1)


def _without_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """A name without what stands in brackets (its second name, mostly), and that."""
    if text.isalpha():
        return text, ()
    return _BRACKETS.sub("", text), tuple(_BRACKETS.findall(text))
