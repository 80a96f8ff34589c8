"""Plays Guangdong's platform: the tree of columns in a script, entries and articles in JSON."""

import datetime as dt
import json
import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pipelines.domain import CHINA
from tests.replica.article_page import body
from tests.replica.asked import Asked, Shown, Spot
from tests.replica.documents import document_title
from tests.replica.markup import encoded, head, media_type, shown, site_name
from tests.replica.paging import page_count, page_of
from tests.replica.plan import Article, Site
from tests.replica.settings import Settings
from tests.simulate.words import load_words

SHOWS_MENU = False
LISTS_OTHERS = True
# So many entries more are told than shown where that is the fault.
MORE = 7
_INDEX = "/gkmlpt/index"
_API = re.compile(r"/gkmlpt/api/all/(\d+)")


def page_target(site: Site, spot: Spot) -> str:
    number = 1_000_000 + spot.number
    return f"/gkmlpt/content/{number // 1_000_000}/{number // 1000}/post_{number}.html"


def file_target(site: Site, spot: Spot, ending: str, nth: int) -> str:
    return f"/attachment/{spot.agency}/{1000 * spot.number + nth}.{ending}"


def start(site: Site) -> tuple[str, ...]:
    return (_INDEX,)


def record(site: Site, origin: str) -> dict[str, Any]:
    return {}


def requests(site: Site) -> tuple[Asked, ...]:
    pages = range(1, page_count(site) + 1)
    return (Asked(_INDEX), *(Asked(_api(site, number)) for number in pages))


def listing(site: Site, origin: str, asked: Asked) -> Shown | None:
    parts = urlsplit(asked.target)
    if parts.path == _INDEX:
        return _index(site, origin)
    match = _API.fullmatch(parts.path)
    if match is None or int(match[1]) != _column(site):
        return None
    written = dict(parse_qsl(parts.query)).get("page", "1")
    number = int(written) if written.isdecimal() else 1
    return _answer(site, origin, max(1, number) - 1)


def page(settings: Settings, site: Site, article: Article) -> Shown:
    """The article is a text in the page's script."""
    title = document_title(site, article)
    own, shared = body(settings, site, article)
    detail = {"id": article.number, "title": title, "created_at": f"{article.listed_on} 10:11:12"}
    config = f"window._CONFIG = {{ SID: '{_sid(site)}', DETAIL: "
    begin = _in_script(detail)[:-1] + ', "content":"'
    before = [*head(site, f"{title}-{site_name(site)}"), '<body><div id="app"></div>']
    content = (
        encoded(site, "\n".join(before) + f"\n<script>{config}{begin}")
        + _escaped(own, site.encoding)
        + _shared(shared, site.encoding)
        + encoded(site, '"} };</script></body></html>\n')
    )
    return Shown(content, media_type(site))


def _column(site: Site) -> int:
    return 2590 + site.number


def _sid(site: Site) -> str:
    return f"99{site.number:04d}"


def _api(site: Site, number: int) -> str:
    return f"/gkmlpt/api/all/{_column(site)}?page={number}&sid={_sid(site)}"


def _index(site: Site, origin: str) -> Shown:
    words = load_words().websites
    column = {"id": _column(site), "name": site.column, "children": []}
    others = [
        {"id": 10 + n, "name": entry.title, "children": []} for n, entry in enumerate(words.menu)
    ]
    tree = [others[2], {"id": 9, "name": others[1]["name"], "children": [others[3], column]}]
    config = (
        f"window._CONFIG = {{\n  SITE_ID: '{_sid(site)}01', SID: '{_sid(site)}',"
        f" URL: '{origin}/gkmlpt',\n  TREE: {_in_script(tree)},\n  PAGE: 1\n}};"
    )
    return shown(
        site,
        [
            *head(site, site_name(site)),
            '<body><div id="app"></div>',
            f"<script>\n{config}\n</script></body></html>",
        ],
    )


def _answer(site: Site, origin: str, number: int) -> Shown:
    articles = [_row(site, origin, a) for a in page_of(site, number)]
    total = len(site.listed) + (MORE if site.fault == "more_told" else 0)
    answer = {
        "classify": {"id": _column(site), "name": site.column, "post_count": total},
        "total": total,
        "articles": articles,
    }
    return Shown(json.dumps(answer, ensure_ascii=False).encode(), "application/json")


def _row(site: Site, origin: str, article: Article) -> dict[str, Any]:
    """Dates are told in one of three ways."""
    url = article.target if site.variant % 2 else origin + article.target
    row: dict[str, Any] = {"id": article.number, "title": article.title, "url": url}
    noon = dt.datetime.combine(article.listed_on, dt.time(12), CHINA)
    if site.variant % 3 == 0:
        return {**row, "created_at": f"{article.listed_on} 10:11:12", "date": int(noon.timestamp())}
    if site.variant % 3 == 1:
        return {**row, "date": int(noon.timestamp())}
    return {**row, "display_publish_time": f"{article.listed_on}"}


def _in_script(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def _escaped(text: str, encoding: str) -> bytes:
    return _in_script(text)[1:-1].encode(encoding, "backslashreplace")


@lru_cache(maxsize=4)
def _shared(text: str, encoding: str) -> bytes:
    return _escaped(text, encoding)
