"""Settings → Plan: the sites of the first night."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from pipelines.domain import Agency
from tests.replica.asked import Spot
from tests.replica.families import PLAYERS
from tests.replica.families.hanweb_annual import asks_each_year
from tests.replica.families.openness_anhui import other_target
from tests.replica.faults import KINDS, PASSING
from tests.replica.places import Office, made_offices, offices
from tests.replica.plan import (
    Article,
    Fault,
    File,
    Format,
    Plan,
    Role,
    Site,
    Validators,
    Way,
)
from tests.replica.real import has_tables
from tests.replica.settings import Settings
from tests.simulate.prose import title_lines
from tests.simulate.words import load_words

# Encoding, what the pages declare, what the header declares. The wrong ones are as real ones are.
_ENCODINGS: tuple[tuple[str, str | None, str | None], ...] = (
    ("utf-8", "utf-8", "utf-8"),
    ("gb18030", "gb2312", None),
    ("gb18030", "utf-8", None),
    ("utf-8", "utf-8", None),
    ("gb18030", None, None),
    ("utf-8", None, "gb2312"),
)
_VALIDATORS: tuple[Validators, ...] = ("both", "both", "last_modified", "both", "none")
_FILES: tuple[Format, ...] = ("pdf", "pdf", "docx", "xlsx", "zip")
# How often reports are published in each way, of a hundred.
_SHAPES = {"page": 55, "attached": 15, "viewer": 10, "file": 15, "pictures": 5}
_WAYS: dict[Way, int] = {"direct": 88, "refresh": 4, "script": 4, "redirect": 4}
# Families whose pages may be sent on from another address, and are listed with a second edition.
_MOVING = ("trs_static", "plain", "hanweb_jpage", "gkmlpt", "api_affair")
_TWINNED = ("trs_static", "plain")
_TWIN_SHARE = 0.06
_FAULTY_REPORTS = 12
_BARE_SHARE = 0.15


def first_night(settings: Settings) -> Plan:
    """The plan of the first night: the sound sites, and one for each fault.

    Raises:
        ValueError: a family or a fault that nobody plays, or too many sites.
    """
    unknown = {*settings.families} - {*PLAYERS} | {*settings.faults} - {*KINDS}
    if unknown:
        raise ValueError(f"nobody plays {', '.join(sorted(unknown))}")
    names = [settings.families[i % len(settings.families)] for i in range(settings.sites)]
    found = offices(settings, settings.sites)
    sites = [_site(settings, i, names[i], office) for i, office in enumerate(found)]
    sound = [_with_passing(settings, site) for site in sites]
    few = replace(settings, reports=min(settings.reports, _FAULTY_REPORTS), shapes="pages")
    faulty = [
        _with_fault(_site(few, settings.sites + n, KINDS[fault].family, office), fault)
        for n, (fault, office) in enumerate(
            zip(settings.faults, made_offices(len(settings.faults)), strict=True)
        )
    ]
    return Plan(settings, 1, (*sound, *faulty))


def host_of(number: int) -> str:
    """The loopback address of a site: each its own."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


def _with_passing(settings: Settings, site: Site) -> Site:
    """With faults that pass at a share of its addresses."""
    if not settings.passing:
        return site
    rng = random.Random(f"{settings.seed} passing {site.number}")
    asked = [asked.target for asked in PLAYERS[site.family].requests(site) if not asked.body]
    targets = dict.fromkeys([*asked, *(t for a in site.articles for t in _targets(a))])
    faults = {
        target: Fault(rng.choice(PASSING), 1)
        for target in targets
        if rng.random() < settings.passing
    }
    return replace(site, faults=faults)


def _targets(article: Article) -> Iterator[str]:
    if article.kind == "report":
        yield from (file.target for file in article.files)
        yield from (article.page,) if article.page is not None else ()


def _with_fault(site: Site, name: str) -> Site:
    """One fault where its kind lies. The first report has a file, for those of files."""
    kind, player = KINDS[name], PLAYERS[site.family]
    first = site.articles[0]
    spot = Spot(first.number, first.listed_on, first.agency, first.report_year or 0)
    file = File(player.file_target(site, spot, "pdf", 0), "pdf", "attachment")
    first = replace(first, files=(file,))
    site = replace(site, articles=(first, *site.articles[1:]), fault=name, crawl_delay=None)
    targets = {
        "start": player.start(site)[0],
        "listing": player.requests(site)[-1].target,
        "document": first.page or first.target,
        "file": file.target,
    }
    if kind.where != "site":
        return replace(site, faults={targets[kind.where]: Fault(name, kind.times)})
    folder = f"{(first.page or first.target).rpartition('/')[0]}/"
    disallowed = {"robots_all": ("/",), "robots_folder": (folder,)}.get(name, ())
    return replace(site, disallowed=disallowed)


def _site(settings: Settings, number: int, family: str, office: Office) -> Site:
    rng = random.Random(f"{settings.seed} site {number}")
    variant = number // len(settings.families)
    words = load_words().websites
    encoding, charset, header_charset = _ENCODINGS[number % len(_ENCODINGS)]
    own = words.own_columns[variant % len(words.own_columns)]
    slots = _slots(settings, office.agencies)
    site = Site(
        number=number,
        id=f"replica-{number:03d}-{family.replace('_', '-')}",
        host=host_of(number),
        family=family,
        variant=variant,
        place=office.place,
        agencies=office.agencies,
        agency_id=office.agency_id,
        government_id=office.government_id,
        column=own if variant % 5 == 4 else words.column,
        first_year=min(year for year, _ in slots),
        last_year=settings.last_year,
        page_entries=settings.page_entries,
        encoding=encoding,
        charset=charset,
        header_charset=header_charset,
        validators=_VALIDATORS[number % len(_VALIDATORS)],
        disallowed=("/admin/", "/search/") if number % 2 else (),
        crawl_delay=(settings.crawl_delay or None) if number % 10 == 9 else None,
    )
    return site.with_articles(tuple(_articles(settings, site, slots, rng)))


def _slots(settings: Settings, agencies: Sequence[Agency]) -> list[tuple[int, int]]:
    """Year and agency of each report, the newest first."""
    years = range(settings.last_year, settings.first_year - 1, -1)
    slots = [(year, agency) for year in years for agency in range(len(agencies))]
    return slots[: settings.reports]


def _articles(
    settings: Settings, site: Site, slots: Sequence[tuple[int, int]], rng: random.Random
) -> Iterator[Article]:
    numbers = count(1)
    told: set[int] = set()
    for year, agency in slots:
        article = new_report(
            settings,
            site,
            number=next(numbers),
            year=year,
            agency=agency,
            rng=rng,
            is_year_told=year in told,
        )
        if article.year is not None:
            told.add(year)
        yield article
    if not PLAYERS[site.family].LISTS_OTHERS:
        return
    words = load_words()
    years = sorted({year for year, _ in slots})
    for near in range(max(len(words.websites.near), len(slots) // 6)):
        miss = words.websites.near[near % len(words.websites.near)]
        yield _beside(site, next(numbers), (miss.title, miss.reason), years, rng)
    for other in range(max(3, len(slots) // 6)):
        title = words.websites.others[other % len(words.websites.others)]
        yield _beside(site, next(numbers), (title, ""), years, rng)


def new_report(
    settings: Settings,
    site: Site,
    *,
    number: int,
    year: int,
    agency: int,
    rng: random.Random,
    is_year_told: bool,
) -> Article:
    """A report as its agency publishes it. Its title may leave the year out where another's tells
    that there is one of that year."""
    words, player = load_words(), PLAYERS[site.family]
    spot = Spot(number, _published(rng, year), agency, year)
    names = [name for name in words.titles if is_year_told or name != "no_year"]
    name = rng.choice(names)
    title = "".join(title_lines(words, name, site.agencies[agency], year))
    title_year: int | None = None if name == "no_year" else year
    shape, way = _shape(settings, site, rng)
    formats: tuple[Format, ...] = _FILES
    if settings.documents == "reports" and not has_tables(year):
        # Our PDFs of annexes break pages within rows, which the reader rightly refuses.
        shape = "page" if shape in ("viewer", "pictures") else shape
        formats = ("docx", "xlsx", "zip")
    if _is_by_year(site):
        title_year = year
        if not (site.family == "hanweb_annual" and asks_each_year(site)):
            title = words.websites.year_option.format(year=year)
    elif site.agency_id is not None and shape != "file" and rng.random() < _BARE_SHARE:
        title, title_year = rng.choice(words.websites.bare_years).format(year=year), year
    target = player.page_target(site, spot)
    files = _files(site, spot, shape, rng.choice(formats))
    page: str | None = target
    if shape == "file":
        target, page = files[0].target, None
    elif way != "direct":
        page = player.page_target(site, replace(spot, number=_BEHIND + number))
    is_twinned = site.family in _TWINNED and page == target and rng.random() < _TWIN_SHARE
    return Article(
        number=number,
        kind="report",
        title=title,
        agency=agency,
        report_year=year,
        year=title_year,
        listed_on=spot.date,
        target=target,
        page=page,
        way=way,
        files=files,
        title_name=name,
        twin=target.replace(".html", "_wap.html") if is_twinned else None,
    )


_BEHIND = 500_000


def _is_by_year(site: Site) -> bool:
    """Whether the site lists years where others list titles."""
    is_chosen = site.family == "openness_anhui" and site.variant % 2 == 1
    return site.family == "hanweb_annual" or is_chosen


def _shape(settings: Settings, site: Site, rng: random.Random) -> tuple[str, Way]:
    shape = rng.choices(list(_SHAPES), list(_SHAPES.values()))[0]
    way = rng.choices(list(_WAYS), list(_WAYS.values()))[0]
    if settings.shapes == "pages":
        return "page", "direct"
    if _is_by_year(site) and shape == "file":
        shape = "viewer"
    return shape, way if site.family in _MOVING and shape != "file" else "direct"


def _files(site: Site, spot: Spot, shape: str, format: Format) -> tuple[File, ...]:
    wanted: dict[str, list[tuple[Format, Role]]] = {
        "page": [],
        "attached": [(format, "attachment")],
        "viewer": [("pdf", "viewer")],
        "file": [(format, "alone")],
        "pictures": [("png", "picture"), ("png", "picture")],
    }
    place = PLAYERS[site.family].file_target
    return tuple(
        File(place(site, spot, ending, nth), ending, role)
        for nth, (ending, role) in enumerate(wanted[shape])
    )


def _published(rng: random.Random, year: int) -> dt.date:
    return dt.date(year + 1, rng.randint(1, 3), rng.randint(1, 28))


def _beside(
    site: Site,
    number: int,
    line: tuple[str, str],
    years: Sequence[int],
    rng: random.Random,
) -> Article:
    """A line that is no report, from the template of its title and the reason."""
    template, reason = line
    year, agency = rng.choice(years), rng.randrange(len(site.agencies))
    spot = Spot(number, _published(rng, year), agency, year)
    place = other_target if site.family == "openness_anhui" else PLAYERS[site.family].page_target
    target = place(site, spot)
    name = site.agencies[agency].agency_name
    title = template.format(agency=name, place=site.place, year=year)
    return Article(
        number=number,
        kind="near" if reason else "other",
        title=title,
        agency=agency,
        report_year=None,
        year=None,
        listed_on=spot.date,
        target=target,
        page=target,
        reason=reason,
    )
