"""Plays Hanweb's own page of annual reports: one address answers the report of an area and year."""

from html import escape
from typing import Any

from pipelines.simulate.replica.article_page import article_page
from pipelines.simulate.replica.asked import Asked, Shown, Spot
from pipelines.simulate.replica.markup import column_title, head, menu, shown
from pipelines.simulate.replica.plan import Article, Site
from pipelines.simulate.replica.settings import Settings
from pipelines.simulate.words import load_words

SHOWS_MENU = True
LISTS_OTHERS = False
PAGE = "/module/xxgk/xxgkAnnualReport.jsp"


def page_target(site: Site, spot: Spot) -> str:
    return f"{PAGE}?area={_area(site, spot.agency)}&fbtime={spot.year}"


def file_target(site: Site, spot: Spot, ending: str, nth: int) -> str:
    return f"/attach/0/nb{spot.year}{spot.agency:02d}{spot.number:04d}{nth}.{ending}"


def start(site: Site) -> tuple[str, ...]:
    return tuple(_years_target(site, agency) for agency in range(len(site.agencies)))


def record(site: Site, origin: str) -> dict[str, Any]:
    return {}


def requests(site: Site) -> tuple[Asked, ...]:
    return tuple(Asked(target) for target in start(site))


def listing(site: Site, origin: str, asked: Asked) -> Shown | None:
    for agency in range(len(site.agencies)):
        if asked.target == _years_target(site, agency):
            return _years(site, agency)
    return None


def page(settings: Settings, site: Site, article: Article) -> Shown:
    return article_page(settings, site, article, 'id="zoom"', _years_target(site, 0))


def _area(site: Site, agency: int) -> str:
    return f"{site.number:03d}{agency:02d}"


def _years_target(site: Site, agency: int) -> str:
    return f"{PAGE}?area={_area(site, agency)}"


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
