"""Plays the system of Anhui's websites: a listing for each unit, reports at addresses of their own,
or behind a year of the unit's column."""

from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.replica.article_page import article_page
from tests.replica.asked import Asked, Shown, Spot
from tests.replica.markup import column_title, date_text, head, link, menu, shown
from tests.replica.plan import Article, Site
from tests.replica.settings import Settings
from tests.simulate.words import load_words

SHOWS_MENU = True
LISTS_OTHERS = True


def page_target(site: Site, spot: Spot) -> str:
    if site.variant % 2:
        return f"{_column(site, spot.agency)}&action=detail&title={spot.year}"
    folder = "/openness/OpennessAnnualReport" if site.variant % 4 else "/XxgkAnnualReport"
    return f"{folder}/show/{3000 + spot.number}.html"


def other_target(site: Site, spot: Spot) -> str:
    return f"/XxgkContent/show/{3000 + spot.number}.html"


def file_target(site: Site, spot: Spot, ending: str, nth: int) -> str:
    return f"/group1/M00/{spot.agency:02X}/{nth:02X}/{spot.number:08d}.{ending}"


def start(site: Site) -> tuple[str, ...]:
    return tuple(_column(site, agency) for agency in range(len(site.agencies)))


def record(site: Site, origin: str) -> dict[str, Any]:
    return {}


def requests(site: Site) -> tuple[Asked, ...]:
    return tuple(
        Asked(_target(site, agency, number))
        for agency in range(len(site.agencies))
        for number in range(_page_count(site, agency))
    )


def listing(site: Site, origin: str, asked: Asked) -> Shown | None:
    parts = urlsplit(asked.target)
    told = dict(parse_qsl(parts.query))
    for agency in range(len(site.agencies)):
        if parts.path == _path(site, agency) and told.get("action") != "detail":
            written = told.get("pageIndex", "1")
            number = int(written) - 1 if written.isdecimal() else 0
            return _page(site, agency, number) if number < _page_count(site, agency) else None
    return None


def page(settings: Settings, site: Site, article: Article) -> Shown:
    return article_page(settings, site, article, 'class="j-fontContent"', _column(site, 0))


def _path(site: Site, agency: int) -> str:
    return f"/public/column/{6600 + site.number * 20 + agency}"


def _column(site: Site, agency: int) -> str:
    return f"{_path(site, agency)}?type=3"


def _target(site: Site, agency: int, number: int) -> str:
    column = _column(site, agency)
    return column if number == 0 else f"{column}&pageIndex={number + 1}"


def _of(site: Site, agency: int) -> tuple[Article, ...]:
    return tuple(article for article in site.listed if article.agency == agency)


def _page_count(site: Site, agency: int) -> int:
    return max(1, -(-len(_of(site, agency)) // site.page_entries))


def _page(site: Site, agency: int, number: int) -> Shown:
    articles = _of(site, agency)[number * site.page_entries : (number + 1) * site.page_entries]
    words = load_words().websites
    lines = [
        f"<li>{link(a, a.target, cut=site.variant % 4 == 0)} {date_text(site, a)}</li>"
        for a in articles
    ]
    following = ""
    if number + 1 < _page_count(site, agency):
        target = escape(_target(site, agency, number + 1))
        following = f'<a href="{target}">{words.next_page[0]}</a>'
    return shown(
        site,
        [
            *head(site, column_title(site)),
            f"<body>{menu(site, _column(site, 0))}",
            '<ul class="clearfix">',
            *lines,
            "</ul>",
            f'<div class="page">{following}</div>',
            "</body></html>",
        ],
    )
