"""Plays a shell page with an interface that answers JSON."""

import json
from typing import Any

from tests.replica.article_page import article_page
from tests.replica.asked import Asked, Shown, Spot
from tests.replica.markup import column_title, head, shown
from tests.replica.plan import Article, Site
from tests.replica.settings import Settings

SHOWS_MENU = False
LISTS_OTHERS = True
_API = "/front/api/data/affair"
_SHELL = "/zwgk/nb/index.html"
# As a crawl asks: the page's own script is not told in the shell.
_PAGE_SIZE = 20


def page_target(site: Site, spot: Spot) -> str:
    return f"/xxgk/nb/{spot.date:%Y%m%d}/{spot.number:06d}.html"


def file_target(site: Site, spot: Spot, ending: str, nth: int) -> str:
    return f"/upload/resources/file/{spot.date:%Y/%m/%d}/{spot.number}{nth}.{ending}"


def start(site: Site) -> tuple[str, ...]:
    return (_SHELL,)


def record(site: Site, origin: str) -> dict[str, Any]:
    """Every second site's shell does not tell the channels."""
    if _is_told(site):
        return {}
    return {"api": origin + _API, "channels": list(_channels(site))}


def requests(site: Site) -> tuple[Asked, ...]:
    pages = max(1, -(-len(site.listed) // _PAGE_SIZE))
    return (Asked(_SHELL), *(_asked(site, number) for number in range(1, pages + 1)))


def listing(site: Site, origin: str, asked: Asked) -> Shown | None:
    if asked.target == _SHELL:
        return _shell(site)
    if asked.target != _API or asked.method != "POST":
        return None
    try:
        sent = json.loads(asked.body)
        number, size = int(sent["pageNo"]), int(sent["pageSize"])
        channels = [str(channel) for channel in sent["channelList"]]
    except (ValueError, KeyError, TypeError):
        return _json({"code": 500, "message": "error", "data": None})
    if channels != list(_channels(site)) or number < 1 or size < 1:
        return _json({"code": 500, "message": "error", "data": None})
    rows = [_row(site, a) for a in site.listed[(number - 1) * size : number * size]]
    total = len(site.listed)
    told = {"totalCount": total, "totalPage": -(-total // size)}
    if site.variant % 3 == 1:
        told = {"total": total}
    key = "list" if site.variant % 2 == 0 else "records"
    return _json({"code": 200, "data": {**told, key: rows}})


def page(settings: Settings, site: Site, article: Article) -> Shown:
    return article_page(settings, site, article, 'class="article-content"', _SHELL)


def _is_told(site: Site) -> bool:
    return site.variant % 2 == 0


def _channels(site: Site) -> tuple[str, str]:
    return str(5144 + 2 * site.number), str(5145 + 2 * site.number)


def _asked(site: Site, number: int) -> Asked:
    body = {"channelList": list(_channels(site)), "pageNo": number, "pageSize": _PAGE_SIZE}
    return Asked(_API, "POST", json.dumps(body, separators=(",", ":")).encode())


def _shell(site: Site) -> Shown:
    script = f"load('{_API}', window.channels);"
    if _is_told(site):
        channels = json.dumps(_channels(site))
        script = (
            f"var page = {{ api: '{_API}', channelList: {channels}, pageSize: 20 }};\nload(page);"
        )
    return shown(
        site,
        [
            *head(site, column_title(site)),
            '<body><div id="root"></div>',
            f"<script>\n{script}\n</script></body></html>",
        ],
    )


def _row(site: Site, article: Article) -> dict[str, str]:
    name = ("display_date", "issue_date", "publishDate")[site.variant % 3]
    return {"title": article.title, "url": article.target, name: f"{article.listed_on}"}


def _json(value: Any) -> Shown:
    return Shown(json.dumps(value, ensure_ascii=False).encode(), "application/json")
