"""What a right crawl of a replica has in its hands at the end of a night."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.replica.asked import Asked
from tests.replica.families import PLAYERS
from tests.replica.faults import KINDS
from tests.replica.paging import page_of
from tests.replica.plan import Article, Change, Plan, Role, Site
from tests.replica.website import Website
from tests.simulate.words import load_words


@dataclass(frozen=True, slots=True)
class Known:
    """A page or file of a report. `listed` is the address that the listing gives for the report;
    where that only leads on, the page lies at another. `year` is what the listing tells."""

    address: str
    sha256: str
    size: int
    role: Role | None
    listed: str
    agency_id: str
    report_year: int | None
    year: int | None
    twins: tuple[str, ...] = ()

    @property
    def is_page(self) -> bool:
        """Whether it is the report's page, and no file beside or without one."""
        return self.role is None


@dataclass(frozen=True, slots=True)
class SiteTruth:
    """Of one source. `documents` are those that it must have, by address; `lost` those that a fault
    keeps from it, with the fault's name; `forbidden` those that robots.txt does. `listings` are the
    requests of the whole listing. `ignored` are near misses with their reasons, `others` entries
    that have nothing to do with reports. `missing` are the years that no title of the site tells;
    `unnamed` those whose report is there, but whose line does not name its agency, by agency_id.
    `trouble` is the kind that must be told."""

    source: str
    host: str
    documents: Mapping[str, Known]
    lost: Mapping[str, str]
    forbidden: frozenset[str]
    listings: tuple[Asked, ...]
    ignored: Mapping[str, str]
    others: frozenset[str]
    missing: tuple[int, ...]
    unnamed: Mapping[str, tuple[int, ...]]
    fault: str | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Truth:
    """Of all sources, by the source's id; the changes since the night before have addresses."""

    night: int
    sites: Mapping[str, SiteTruth]
    changes: tuple[Change, ...]

    @property
    def documents(self) -> dict[str, Known]:
        """Every document of every site, by address."""
        return {a: known for site in self.sites.values() for a, known in site.documents.items()}


def truth(plan: Plan, port: int) -> Truth:
    """The truth of a plan that is played on this port."""
    sites = {site.id: _site_truth(plan, site, port) for site in plan.sites}
    origins = {site.id: _origin(site, port) for site in plan.sites}
    changes = tuple(
        Change(c.kind, c.site, c.article, *(t and origins[c.site] + t for t in (c.before, c.after)))
        for c in plan.changes
    )
    return Truth(plan.night, sites, changes)


def _origin(site: Site, port: int) -> str:
    return f"http://{site.host}:{port}"


def _site_truth(plan: Plan, site: Site, port: int) -> SiteTruth:
    origin = _origin(site, port)
    website = Website(plan.settings, site, port)
    found = {known.address: known for a in site.listed for known in _known(website, a)}
    forbidden = {a for a in found if _is_disallowed(site, a.removeprefix(origin))}
    lost = {a: name for a, name in _lost(site, origin, found).items() if a not in forbidden}
    beside = [article for article in site.listed if article.kind != "report"]
    ignored = {origin + a.target: a.reason for a in beside if a.reason}
    others = {origin + a.target for a in beside if not a.reason}
    if PLAYERS[site.family].SHOWS_MENU:
        for entry in load_words().websites.menu:
            if entry.reason:
                ignored[origin + entry.path] = entry.reason
            else:
                others.add(origin + entry.path)
    told = {a.year for a in site.listed if a.kind == "report"}
    kind = KINDS[site.fault] if site.fault is not None else None
    return SiteTruth(
        source=site.id,
        host=site.host,
        documents={a: k for a, k in found.items() if a not in lost and a not in forbidden},
        lost=lost,
        forbidden=frozenset(forbidden),
        listings=PLAYERS[site.family].requests(site),
        ignored=ignored,
        others=frozenset(others),
        missing=tuple(y for y in range(site.first_year, site.last_year + 1) if y not in told),
        unnamed=_unnamed(site),
        fault=site.fault,
        trouble=kind.trouble if kind is not None else None,
    )


def _known(website: Website, article: Article) -> Iterator[Known]:
    if article.kind != "report" or not article.is_served:
        return
    origin, agency = website.origin, website.site.agencies[article.agency]
    places: list[tuple[str, Role | None]] = [(f.target, f.role) for f in article.files]
    if article.page is not None:
        places.insert(0, (article.page, None))
    for target, role in places:
        shown = website.document(target)
        if shown is None:
            continue
        yield Known(
            address=origin + target,
            sha256=hashlib.sha256(shown.content).hexdigest(),
            size=len(shown.content),
            role=role,
            listed=origin + article.target,
            agency_id=agency.agency_id,
            report_year=article.report_year,
            year=article.year,
            twins=(origin + article.twin,) if article.twin is not None and role is None else (),
        )


def _unnamed(site: Site) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for article in site.listed:
        agency = site.agencies[article.agency]
        if article.report_year is not None and agency.agency_name not in article.title:
            found.setdefault(agency.agency_id, set()).add(article.report_year)
    return {agency_id: tuple(sorted(years)) for agency_id, years in found.items()}


def _is_disallowed(site: Site, target: str) -> bool:
    return any(target.startswith(folder) for folder in site.disallowed)


def _lost(site: Site, origin: str, found: Mapping[str, Known]) -> dict[str, str]:
    """What faults that do not pass keep from the crawl: what lies at their address and what only
    that leads to."""
    lost: dict[str, str] = {}
    starts = PLAYERS[site.family].start(site)
    for target, fault in site.faults.items():
        kind = KINDS[fault.name]
        if not kind.ruins or fault.times is not None:
            continue
        if target in starts:
            behind = set(found)
        elif kind.where == "listing":
            behind = {origin + article.target for article in page_of(site, 1)}
        else:
            behind = {origin + target}
        lost |= {
            address: fault.name
            for address, known in found.items()
            if address in behind or known.listed in behind
        }
    return lost
