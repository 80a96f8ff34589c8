"""Plays any page of links with a link to the next page."""

from html import escape
from typing import Any

from tests.replica.article_page import article_page
from tests.replica.asked import Asked, Shown, Spot
from tests.replica.markup import column_title, head, lines, menu, shown
from tests.replica.paging import page_count, page_of
from tests.replica.plan import Article, Site
from tests.replica.settings import Settings
from tests.simulate.words import load_words

SHOWS_MENU = True
LISTS_OTHERS = True
_COLUMN = "/xxgk/list.html"


def page_target(site: Site, spot: Spot) -> str:
    return f"/xxgk/nb/{spot.date:%Y}/{spot.number}.html"


def file_target(site: Site, spot: Spot, ending: str, nth: int) -> str:
    return f"/upload/{spot.date:%Y%m}/{spot.number}-{nth}.{ending}"


def start(site: Site) -> tuple[str, ...]:
    return (_COLUMN,)


def record(site: Site, origin: str) -> dict[str, Any]:
    return {}


def requests(site: Site) -> tuple[Asked, ...]:
    return tuple(Asked(_target(number)) for number in range(page_count(site)))


def listing(site: Site, origin: str, asked: Asked) -> Shown | None:
    numbers = {_target(number): number for number in range(page_count(site))}
    number = numbers.get(asked.target)
    if number is None and _is_endless(site):
        number = _number_in(asked.target)
    if number is None:
        return None
    return shown(
        site,
        [
            *head(site, column_title(site)),
            f"<body>{menu(site, _COLUMN)}",
            *lines(site, page_of(site, number)),
            _links(site, number),
            "</body></html>",
        ],
    )


def page(settings: Settings, site: Site, article: Article) -> Shown:
    return article_page(settings, site, article, 'class="article"', _COLUMN)


def _target(number: int) -> str:
    return _COLUMN if number == 0 else f"{_COLUMN}?p={number + 1}"


def _links(site: Site, number: int) -> str:
    words = load_words().websites
    following = words.next_page[site.variant % len(words.next_page)]
    found = []
    if number > 0:
        previous = escape(_target(number - 1))
        found.append(f'<a href="{previous}">{words.previous_page}</a>')
    if number + 1 < page_count(site) or _is_endless(site):
        found.append(f'<a href="{_target(number + 1)}">{escape(following)}</a>')
    return f'<div class="page">{" ".join(found)}</div>'


def _is_endless(site: Site) -> bool:
    """Whether there is always a next page, with nothing new in it."""
    return site.fault == "endless_paging"


def _number_in(target: str) -> int | None:
    written = target.removeprefix(f"{_COLUMN}?p=")
    return int(written) - 1 if written.isdecimal() and len(written) < 9 else None
