"""Plays Hanweb's own page of annual reports: one address answers the report of an area and year."""

from html import escape
from typing import Any

from tests.replica.article_page import article_page
from tests.replica.asked import Asked, Shown, Spot
from tests.replica.markup import column_title, head, menu, shown
from tests.replica.plan import Article, Site
from tests.replica.settings import Settings
from tests.simulate.words import load_words

SHOWS_MENU = True
LISTS_OTHERS = False
PAGE = "/module/xxgk/xxgkAnnualReport.jsp"


def page_target(site: Site, spot: Spot) -> str:
    return f"{PAGE}?area={_area(site, spot.agency)}&fbtime={spot.year}"


def file_target(site: Site, spot: Spot, ending: str, nth: int) -> str:
    return f"/attach/0/nb{spot.year}{spot.agency:02d}{spot.number:04d}{nth}.{ending}"


def start(site: Site) -> tuple[str, ...]:
    """A page of years for each area; or an address with a slot for the year, where none is told and
    each must be asked for."""
    slot = "&fbtime={year}" if asks_each_year(site) else ""
    return tuple(f"{_years_target(site, agency)}{slot}" for agency in range(len(site.agencies)))


def record(site: Site, origin: str) -> dict[str, Any]:
    return {}


def requests(site: Site) -> tuple[Asked, ...]:
    if not asks_each_year(site):
        return tuple(Asked(target) for target in start(site))
    years = range(site.first_year, site.last_year + 1)
    return tuple(Asked(target.format(year=year)) for target in start(site) for year in years)


def listing(site: Site, origin: str, asked: Asked) -> Shown | None:
    """A year of which there is a report is answered by that: see `page`."""
    for agency in range(len(site.agencies)):
        years = _years_target(site, agency)
        if asks_each_year(site) and asked.target.startswith(f"{years}&fbtime="):
            return _nothing(site)
        if asked.target == years and not asks_each_year(site):
            return _years(site, agency)
    return None


def page(settings: Settings, site: Site, article: Article) -> Shown:
    column = None if asks_each_year(site) else _years_target(site, 0)
    return article_page(settings, site, article, 'id="zoom"', column)


def asks_each_year(site: Site) -> bool:
    """Whether every year must be asked for: the answers are the reports themselves."""
    return site.variant % 4 == 3


def _area(site: Site, agency: int) -> str:
    return f"{site.number:03d}{agency:02d}"


def _years_target(site: Site, agency: int) -> str:
    return f"{PAGE}?area={_area(site, agency)}"


def _nothing(site: Site) -> Shown:
    words = load_words().websites
    text = f'<div class="none">{words.nothing}</div>'
    return shown(site, [*head(site, column_title(site)), f"<body>{text}</body></html>"])


def _years(site: Site, agency: int) -> Shown:
    """The years in a list to choose from, as links, or behind scripts."""
    articles = [article for article in site.listed if article.agency == agency]
    style = site.variant % 3
    lines = [_line(article, style) for article in articles]
    if style == 0:
        words = load_words().websites
        area = f'<input type="hidden" name="area" value="{_area(site, agency)}">'
        first = f'<option value="">{words.choose_year}</option>'
        lines = [
            f'<form action="{PAGE}" method="get">{area}<select name="fbtime">{first}',
            *lines,
            "</select></form>",
        ]
    return shown(
        site,
        [
            *head(site, column_title(site)),
            f"<body>{menu(site, _years_target(site, 0))}",
            *lines,
            "</body></html>",
        ],
    )


def _line(article: Article, style: int) -> str:
    title, target = escape(article.title), escape(article.target)
    if style == 0:
        return f'<option value="{article.report_year}">{title}</option>'
    if style == 1:
        return f'<li><a href="{target}">{title}</a></li>'
    return f'<li><a href="javascript:void(0)" onclick="window.open(\'{target}\')">{title}</a></li>'
