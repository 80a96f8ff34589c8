"""Agencies that no reviewed record tells of: minted from place and function, or provisional."""

import hashlib

from pipelines.domain import Agency, AgencyStatus
from pipelines.reference.functions import Functions
from pipelines.reference.names import CENTRAL
from pipelines.reference.places import LAST_TABLE, Place, Places
from pipelines.reference.regions import Region
from pipelines.text import fold


def agency_id(place: Place, function: str | None) -> str:
    """`<code of the place>-<function>`, `<code of the place>-government` of a government."""
    return f"{place.code}-{(function or 'government').replace('_', '-')}"


def minted(
    name: str, place: Place, function: str | None, places: Places, functions: Functions
) -> Agency:
    """The agency of that place and function, called `name`. Its region is the place's of today, or
    its last; parent and successor are named whether or not there is a record of them."""
    province, city, county = _columns(place, places)
    successor, last_year = _successor(place, function, places, functions)
    return Agency(
        agency_id=agency_id(place, function),
        agency_name=name,
        aliases=(),
        region_code=place.region_code,
        province=province,
        city=city,
        county=county,
        admin_level=place.level,
        function=function,
        is_government=function is None,
        parent_agency_id=_parent(place, function, places),
        first_year=None,
        last_year=last_year,
        successor_agency_id=successor,
        status=AgencyStatus.GENERATED,
    )


def provisional_agency(name: str) -> Agency:
    """A stand-in for a name that is not known: the same name, the same id."""
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
        status=AgencyStatus.PROVISIONAL,
    )


def _columns(place: Place, places: Places) -> tuple[str | None, str | None, str | None]:
    """The names of province, city and county."""
    if place.lineage is None:
        return place.inside
    region = place.lineage.records[-1]
    told = places.regions.place(region.region_code, _year_of(region))
    return (told.province, told.city, told.county) if told is not None else place.inside


def _year_of(region: Region) -> int:
    return region.last_year if region.last_year is not None else LAST_TABLE


def _parent(place: Place, function: str | None, places: Places) -> str | None:
    if place is CENTRAL:
        return None
    if function is not None:
        return agency_id(place, None)
    region = place.lineage.records[-1] if place.lineage else None
    if region is None:
        inside = places.at(place.region_code, None)
        return agency_id(inside, None) if inside is not None else None
    above = places.regions.ancestors(region, _year_of(region))
    divisions = [r for r in above if r.kind != "grouping"]
    return agency_id(places.of(divisions[-1]), None) if divisions else None


def _successor(
    place: Place, function: str | None, places: Places, functions: Functions
) -> tuple[str | None, int | None]:
    """Who goes on after a place was merged, or a function taken over; and the last year of what
    went before, where it is known."""
    if place.lineage is not None and (last := place.lineage.records[-1]).last_year is not None:
        heir = places.regions.heir(last.region_code, last.last_year)
        taken_over = agency_id(places.of(heir), function) if heir is not None else None
        return taken_over, last.last_year
    known = functions.by_code.get(function or "")
    if known is None or known.successor is None:
        return None, None
    return agency_id(place, known.successor.code), None
