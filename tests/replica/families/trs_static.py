"""Plays TRS: pages made ahead, numbered in their names, their count in a script."""

from typing import Any

from tests.replica.article_page import article_page
from tests.replica.asked import Asked, Shown, Spot
from tests.replica.markup import column_title, head, lines, menu, shown, site_name
from tests.replica.paging import page_count, page_of
from tests.replica.plan import Article, Site
from tests.replica.settings import Settings

SHOWS_MENU = True
LISTS_OTHERS = True
COLUMN = "/zwgk/zfxxgknb/"
FRONT = "/zwgk/"
_NEWS = 3
_CONTAINERS = ('class="TRS_Editor"', 'class="trs_editor_view"', 'id="zoom"', 'id="UCAP-CONTENT"')


def page_target(site: Site, spot: Spot) -> str:
    day = spot.date
    return f"{COLUMN}{day:%Y%m}/t{day:%Y%m%d}_{4_377_000 + spot.number}.html"


def file_target(site: Site, spot: Spot, ending: str, nth: int) -> str:
    day = spot.date
    letter = "W" if ending == "png" else "P"
    return f"{COLUMN}{day:%Y%m}/{letter}0{day:%Y%m%d}{spot.number:09d}{nth:03d}.{ending}"


def start(site: Site) -> tuple[str, ...]:
    return (FRONT,) if _has_front(site) else (COLUMN,)


def record(site: Site, origin: str) -> dict[str, Any]:
    return {}


def requests(site: Site) -> tuple[Asked, ...]:
    front = (Asked(FRONT),) if _has_front(site) else ()
    later = (Asked(f"{COLUMN}{_name(site, number)}") for number in range(1, page_count(site)))
    return (*front, Asked(COLUMN), *later)


def listing(site: Site, origin: str, asked: Asked) -> Shown | None:
    if asked.target == FRONT:
        news = [article for article in site.listed if article.kind == "other"][:_NEWS]
        body = [f"<body>{menu(site, COLUMN)}", *lines(site, news), "</body></html>"]
        return shown(site, [*head(site, site_name(site)), *body])
    targets = [COLUMN, *(f"{COLUMN}{_name(site, n)}" for n in range(1, page_count(site)))]
    if asked.target == f"{COLUMN}index.html":
        number = 0
    elif asked.target in targets:
        number = targets.index(asked.target)
    else:
        return None
    return shown(
        site,
        [
            *head(site, column_title(site), [("ColumnName", site.column)]),
            f"<body>{menu(site, COLUMN)}",
            *lines(site, page_of(site, number), COLUMN),
            f'<div class="page"><script>{_script(site, number)}</script></div>',
            "</body></html>",
        ],
    )


def page(settings: Settings, site: Site, article: Article) -> Shown:
    container = _CONTAINERS[site.variant % len(_CONTAINERS)]
    return article_page(settings, site, article, container, COLUMN)


def _has_front(site: Site) -> bool:
    return site.variant % 3 == 2


def _counts_from_one(site: Site) -> bool:
    return site.variant % 4 == 3


def _name(site: Site, number: int) -> str:
    return f"index_{number + 1 if _counts_from_one(site) else number}.html"


def _script(site: Site, number: int) -> str:
    count = page_count(site)
    if _counts_from_one(site):
        return f"createPageHTML('pages',{count}, {number + 1},'index','html',{len(site.listed)});"
    if site.variant % 4 == 1:
        return f"var currentPage = {number};//\nvar countPage = {count};//\n"
    return f'createPageHTML({count}, {number}, "index", "html");'
