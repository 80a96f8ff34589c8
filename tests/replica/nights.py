"""The plan of a night: that of the night before with a share of its documents changed."""

import datetime as dt
import random
from dataclasses import replace
from functools import lru_cache
from itertools import cycle, islice

from tests.replica.asked import Spot
from tests.replica.draft import first_night, new_report
from tests.replica.families import PLAYERS
from tests.replica.families.hanweb_annual import asks_each_year
from tests.replica.plan import Article, Change, ChangeKind, Plan, Site
from tests.replica.settings import Settings

# The kind of a change with the status that is left at an old address.
_KINDS: tuple[tuple[ChangeKind, int], ...] = (
    ("replaced", 0),
    ("new", 0),
    ("silently_replaced", 0),
    ("moved", 404),
    ("gone", 0),
    ("moved", 301),
    ("unlisted", 0),
)
# Where no date is listed no replacement can be seen there; where years make the address none moves.
_WITHOUT_DATES = "hanweb_annual"
_TRIES = 200
# Numbers of articles in addresses that were moved begin behind these.
_MOVED = 700_000
_FIRST_NIGHT = dt.date(2025, 6, 1)


@lru_cache(maxsize=4)
def plan_of(settings: Settings, night: int = 1) -> Plan:
    """The plan of a night, counted from 1.

    Raises:
        ValueError: there is no such night.
    """
    if night < 1:
        raise ValueError(f"there is no night {night}")
    plan = first_night(settings)
    for _ in range(night - 1):
        plan = next_night(plan)
    return plan


def next_night(plan: Plan) -> Plan:
    """The plan of the night after: the share of its settings changed, each kind of change at least
    once. Sites with a fault stay as they are."""
    night = plan.night + 1
    rng = random.Random(f"{plan.settings.seed} night {night}")
    sound = [i for i, site in enumerate(plan.sites) if site.fault is None and not _is_fixed(site)]
    reports = sum(_is_there(a) for i in sound for a in plan.sites[i].articles)
    wanted = max(len(_KINDS), round(plan.settings.changed * reports))
    sites = list(plan.sites)
    changes: list[Change] = []
    touched: set[tuple[str, int]] = set()
    for kind, status in islice(cycle(_KINDS), wanted if plan.settings.changed and sound else 0):
        for _ in range(_TRIES):
            at = rng.choice(sound)
            site, change = _changed(plan.settings, sites[at], kind, status, night=night, rng=rng)
            if change is not None and (change.site, change.article) not in touched:
                touched.add((change.site, change.article))
                changes.append(change)
                sites[at] = site
                break
    return Plan(plan.settings, night, tuple(sites), tuple(changes))


def _changed(
    settings: Settings,
    site: Site,
    kind: ChangeKind,
    status: int,
    *,
    night: int,
    rng: random.Random,
) -> tuple[Site, Change | None]:
    """The site with one change, and the change; None where what was drawn cannot change so."""
    if kind == "new":
        return _with_new(settings, site, night, rng)
    before = rng.choice([article for article in site.articles if article.kind == "report"])
    if not _is_there(before) or not _can(site, before, kind):
        return site, None
    after = _after(site, before, kind, status, night)
    articles = tuple(after if a is before else a for a in site.articles)
    listing_night = site.changed_night if kind == "silently_replaced" else night
    leads_to = None if kind == "gone" else after.target
    change = Change(kind, site.id, before.number, before.target, leads_to)
    return replace(site, articles=articles, changed_night=listing_night), change


def _is_fixed(site: Site) -> bool:
    """A site that is asked for each year lists nothing that could be moved or left out."""
    return site.family == "hanweb_annual" and asks_each_year(site)


def _is_there(article: Article) -> bool:
    return article.kind == "report" and article.is_listed and article.is_served


def _can(site: Site, article: Article, kind: ChangeKind) -> bool:
    if kind == "replaced":
        return site.family != _WITHOUT_DATES
    if kind == "moved":
        is_plain = article.page == article.target and article.twin is None
        return is_plain and site.family not in (_WITHOUT_DATES, "openness_anhui")
    return True


def _after(site: Site, article: Article, kind: ChangeKind, status: int, night: int) -> Article:
    if kind == "unlisted":
        return replace(article, is_listed=False)
    if kind == "gone":
        return replace(article, is_listed=False, is_served=False)
    if kind == "moved":
        spot = Spot(
            _MOVED + 1000 * night + article.number,
            article.listed_on,
            article.agency,
            article.report_year or 0,
        )
        target = PLAYERS[site.family].page_target(site, spot)
        return replace(article, target=target, page=target, left=(article.target, status))
    revised = replace(article, revision=article.revision + 1, revised_night=night)
    if kind == "replaced":
        return replace(revised, listed_on=_FIRST_NIGHT + dt.timedelta(days=night - 1))
    return revised


def _with_new(
    settings: Settings, site: Site, night: int, rng: random.Random
) -> tuple[Site, Change | None]:
    """A report of an agency on the year behind its last."""
    agency = rng.randrange(len(site.agencies))
    own = [a.report_year for a in site.articles if a.agency == agency and a.report_year]
    article = new_report(
        settings,
        site,
        number=1 + max(a.number for a in site.articles),
        year=1 + max(own, default=site.last_year),
        agency=agency,
        rng=rng,
        is_year_told=False,
    )
    change = Change("new", site.id, article.number, None, article.target)
    articles = (*site.articles, replace(article, revised_night=night))
    return replace(site, articles=articles, changed_night=night), change
