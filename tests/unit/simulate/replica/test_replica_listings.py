"""Every family that the replica plays is read by the crawl's own modules as the plan says."""

import pytest

from pipelines.crawl import FAMILIES, Choice, Reason, choose, load_words
from pipelines.forms import load_forms
from tests.replica import (
    FAMILY_NAMES,
    PLAYERS,
    Plan,
    Settings,
    Site,
    SiteTruth,
    plan_of,
    truth,
)
from tests.unit.simulate.replica.following import PORT, Followed, follow, sources

LEXICON = load_forms().lexicon
# Six sites of each family: all their variants; the second plan has sites of one agency.
SEVERAL = Settings(sites=42, reports=36, page_entries=10)
ALONE = Settings(sites=42, reports=15, page_entries=6, seed=2)
SITES = [(plan, site) for plan in (plan_of(SEVERAL), plan_of(ALONE)) for site in plan.sites]
IDS = [f"{plan.settings.seed}-{site.id}" for plan, site in SITES]
TRUTHS = {plan.settings: truth(plan, PORT) for plan in (plan_of(SEVERAL), plan_of(ALONE))}
_followed: dict[tuple[int, str], Followed] = {}


def _truth(plan: Plan, site: Site) -> SiteTruth:
    return TRUTHS[plan.settings].sites[site.id]


def _follow(plan: Plan, site: Site) -> Followed:
    key = (plan.settings.seed, site.id)
    if key not in _followed:
        _followed[key] = follow(plan, site)
    return _followed[key]


def test_every_family_of_the_crawl_is_played() -> None:
    assert set(PLAYERS) == set(FAMILIES) == set(FAMILY_NAMES)
    assert {site.family for site in plan_of(Settings()).sites} == set(FAMILIES)


@pytest.mark.parametrize(("plan", "site"), SITES, ids=IDS)
def test_the_listing_is_followed_to_its_end(plan: Plan, site: Site) -> None:
    followed, known = _follow(plan, site), _truth(plan, site)
    assert set(followed.asked) == set(known.listings)
    listed = {f"http://{site.host}:{PORT}{a.target}": a for a in site.listed}
    told = {entry.address: entry for entry in followed.entries}
    assert set(listed) <= set(told)
    for address, article in listed.items():
        assert told[address].title == article.title
        if site.family != "hanweb_annual":
            assert told[address].listed_on == article.listed_on
    twins = {twin for known in known.documents.values() for twin in known.twins}
    beside = {*known.ignored, *known.others, *twins}
    columns = {f"http://{site.host}:{PORT}{asked.target}" for asked in known.listings}
    assert set(told) <= {*listed, *beside, *columns}


@pytest.mark.parametrize(("plan", "site"), SITES, ids=IDS)
def test_just_the_reports_are_chosen(plan: Plan, site: Site) -> None:
    known, source = _truth(plan, site), sources(plan)[site.id]
    choice = choose(_follow(plan, site).entries, source, load_words(), LEXICON, site.last_year)
    assert isinstance(choice, Choice)
    chosen = {report.entry.address: (report.year, report.twins) for report in choice.reports}
    reports = [a for a in site.listed if a.kind == "report"]
    origin = f"http://{site.host}:{PORT}"
    wanted = {origin + a.target: (a.year, (origin + a.twin,) if a.twin else ()) for a in reports}
    assert chosen == wanted
    ignored = {i.entry.address: str(i.reason) for i in choice.ignored if i.reason != Reason.COLUMN}
    assert ignored == dict(known.ignored)
    assert choice.missing == known.missing
