"""Whose websites they are: the invented agencies of the registry first, then made names."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice, product

from pipelines.domain import Agency
from tests.replica.settings import Settings
from tests.simulate.agencies import load_agencies
from tests.simulate.words import WebsiteWords, load_words

# Names from here on are for the sites with faults.
_FIRST_MADE = 400


@dataclass(frozen=True, slots=True)
class Office:
    """Whose reports a site lists: one agency's, or those of several offices of a government."""

    place: str
    agencies: tuple[Agency, ...]
    agency_id: str | None
    government_id: str | None


def offices(settings: Settings, wanted: int) -> tuple[Office, ...]:
    """So many sites' offices, each agency on one site alone, each site with enough agencies for
    its reports; the registry's invented agencies first.

    Raises:
        ValueError: there are not so many names.
    """
    words = load_words().websites
    years = settings.last_year - settings.first_year + 1
    needed = -(-settings.reports // years)
    groups = _groups()
    if needed == 1:
        while len(groups) < wanted and any(len(g.agencies) > 1 for g in groups):
            largest = max(range(len(groups)), key=lambda i: len(groups[i].agencies))
            group = groups[largest]
            groups[largest] = replace(group, agencies=group.agencies[:-1])
            groups.append(replace(group, agencies=group.agencies[-1:]))
    groups += islice(_invented(words), min(max(0, wanted - len(groups)), _FIRST_MADE))
    if len(groups) < wanted:
        raise ValueError(f"there are only names for {len(groups)} sites")
    return tuple(_filled(group, needed, words) for group in groups[:wanted])


def made_offices(number: int) -> tuple[Office, ...]:
    """So many made offices of one agency each that no sound site has.

    Raises:
        ValueError: there are not so many.
    """
    words = load_words().websites
    found = tuple(islice(_invented(words), _FIRST_MADE, _FIRST_MADE + number))
    if len(found) < number:
        raise ValueError(f"there are no {number} names for sites with faults")
    return tuple(_filled(office, 1, words) for office in found)


def _groups() -> list[Office]:
    """The registry's invented agencies by the government that they are offices of."""
    agencies = load_agencies()
    found: dict[str, list[Agency]] = {}
    for agency in agencies.values():
        is_own = agency.is_government and agency.admin_level != "township"
        home = agency.agency_id if is_own else agency.parent_agency_id or agency.agency_id
        found.setdefault(home, []).append(agency)
    return [
        Office(_place(agencies[home]), tuple(members), None, home)
        for home, members in found.items()
    ]


def _place(government: Agency) -> str:
    return government.county or government.city or government.province or government.agency_name


def _invented(words: WebsiteWords) -> Iterator[Office]:
    numbers = count(1)
    for kind in words.place_kinds:
        for second, first in product(words.place_second, words.place_first):
            if first == second:
                continue
            number = next(numbers)
            place = first + second + kind
            home = f"99{9000 + number}-government"
            government = _agency(home, words.government.format(place=place), place, None)
            yield Office(place, (government,), None, home)


def _filled(office: Office, needed: int, words: WebsiteWords) -> Office:
    """With made departments of the same place where it has too few; a site of one agency alone
    is that agency's own."""
    home = office.government_id or office.agencies[0].agency_id
    made = tuple(
        _agency(f"{home}-{number}", office.place + name, office.place, home)
        for number, name in enumerate(words.departments, start=1)
    )
    agencies = (*office.agencies, *made)[: max(needed, 1)]
    if needed == 1:
        agencies = office.agencies[:1]
    if len(agencies) == 1:
        return replace(
            office, agencies=agencies, agency_id=agencies[0].agency_id, government_id=None
        )
    return replace(office, agencies=agencies)


def _agency(agency_id: str, name: str, place: str, parent: str | None) -> Agency:
    return Agency(
        agency_id=agency_id,
        agency_name=name,
        aliases=(),
        region_code=None,
        province=None,
        city=None,
        county=place,
        admin_level="county",
        function=None,
        is_government=parent is None,
        parent_agency_id=parent,
        first_year=None,
        last_year=None,
        successor_agency_id=None,
    )
