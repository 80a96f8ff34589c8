"""A name that was looked at → a reviewed record: a new one, or one more name of a known one."""

import re
from dataclasses import dataclass, replace

from pipelines.domain import Agency, AgencyStatus, ReferenceDataError
from pipelines.reference.mint import minted
from pipelines.reference.names import CENTRAL
from pipelines.reference.places import Place
from pipelines.reference.registry import Registry
from pipelines.reference.resolution import Evidence, How, Resolution
from pipelines.text import fold, one_line

_ID = re.compile(r"(\d{6}|\d{9})-([a-z0-9]+(?:-[a-z0-9]+)*)")
_GOVERNMENT = "government"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The registry with the name in it, and the record that it stands in now."""

    agency: Agency
    is_new: bool
    registry: Registry


def accept_name(
    registry: Registry, name: str, *, agency_id: str | None = None, year: int | None = None
) -> Accepted:
    """The registry in which `name` means one reviewed agency: that of `agency_id`, which may be a
    new one, or else the one that place and function tell.

    Raises:
        ReferenceDataError: nothing tells the agency, it is known already, the id makes no sense,
            or the name would still mean others.
    """
    before = registry.resolve(name, Evidence(year=year))
    if agency_id is None:
        agency = _told_by_rule(name, before)
    elif (known := registry.by_id.get(agency_id)) is not None:
        agency = _with_name(known, name)
    else:
        agency = _of_id(registry, agency_id, name)
    agency = _without_strangers(agency, registry)
    others = tuple(a for a in registry.agencies if a.agency_id != agency.agency_id)
    after = registry.with_agencies((*others, agency))
    found = after.resolve(name, Evidence(year=year))
    if found.agency is None or found.agency.agency_id != agency.agency_id:
        raise ReferenceDataError(f"{name}: it would still not be told: {_said(found)}")
    return Accepted(agency, len(others) == len(registry.agencies), after)


def _told_by_rule(name: str, told: Resolution) -> Agency:
    if told.how is How.REGISTRY and told.agency is not None:
        raise ReferenceDataError(f"{name}: the registry has it: {told.agency.agency_id}")
    if told.agency is None:
        way = "only what stands beside it can tell" if told.candidates else "say which it is by id"
        raise ReferenceDataError(f"{name}: {_said(told)}; {way}")
    return replace(told.agency, status=AgencyStatus.REVIEWED)


def _said(told: Resolution) -> str:
    ids = ", ".join(a.agency_id for a in told.candidates)
    return f"{told.reason} ({ids})" if ids else told.reason


def _with_name(agency: Agency, name: str) -> Agency:
    if fold(name) in map(fold, (agency.agency_name, *agency.aliases)):
        raise ReferenceDataError(f"{name}: it is a name of {agency.agency_id} already")
    return replace(agency, aliases=(*agency.aliases, one_line(name)))


def _of_id(registry: Registry, agency_id: str, name: str) -> Agency:
    match = _ID.fullmatch(agency_id)
    if match is None:
        raise ReferenceDataError(f"{agency_id}: an id is a region's code and a function")
    code, rest = match.groups()
    kind, function = _function(registry, rest, agency_id)
    zone = rest.removesuffix(kind).removesuffix("-")
    place = _place(registry, code, zone, function, agency_id)
    known = registry.by_place.get((place.code, function))
    if known is not None:
        raise ReferenceDataError(f"{agency_id}: that is {known.agency_id}")
    agency = minted(one_line(name), place, function, registry.places, registry.functions)
    if not zone and agency_id not in (agency.agency_id, f"{place.region_code}-{kind}"):
        raise ReferenceDataError(f"{agency_id}: its id would be {agency.agency_id}")
    return replace(agency, agency_id=agency_id, status=AgencyStatus.REVIEWED)


def _function(registry: Registry, rest: str, agency_id: str) -> tuple[str, str | None]:
    """How the id ends, and the function that it ends with; None is a government's."""
    kinds = {code.replace("_", "-"): code for code in registry.functions.by_code}
    ends = [k for k in (_GOVERNMENT, *kinds) if rest == k or rest.endswith(f"-{k}")]
    if not ends:
        raise ReferenceDataError(f"{agency_id}: no function that functions.yaml has ends it")
    kind = max(ends, key=len)
    return kind, kinds.get(kind)


def _place(registry: Registry, code: str, zone: str, function: str | None, agency_id: str) -> Place:
    if zone:
        government = registry.by_id.get(f"{code}-{zone}-{_GOVERNMENT}")
        if government is not None and (place := registry.place_of(government)) is not None:
            return place
        if function is not None:
            raise ReferenceDataError(
                f"{agency_id}: no record of {code}-{zone}-{_GOVERNMENT}; accept that before"
            )
    if code == CENTRAL.code:
        return CENTRAL
    inside = registry.places.at(code, None)
    if inside is None:
        raise ReferenceDataError(f"{agency_id}: no region has the code {code}")
    if not zone:
        return inside
    above = minted("", inside, None, registry.places, registry.functions)
    columns = (above.province, above.city, above.county)
    return Place(f"{code}-{zone}", "county", code, None, is_zone=True, inside=columns)


def _without_strangers(agency: Agency, registry: Registry) -> Agency:
    """Without a parent or successor that the registry has no record of."""
    parent, successor = agency.parent_agency_id, agency.successor_agency_id
    return replace(
        agency,
        parent_agency_id=parent if parent in registry.by_id else None,
        successor_agency_id=successor if successor in registry.by_id else None,
    )
