"""Plays Hanweb: records in a store in the page, the others from a proxy, by number or by group."""

import hashlib
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from tests.replica.article_page import article_page
from tests.replica.asked import Asked, Shown, Spot
from tests.replica.markup import (
    column_title,
    date_text,
    encoded,
    head,
    hrefs,
    link,
    media_type,
    menu,
    shown,
)
from tests.replica.plan import Article, Site
from tests.replica.settings import Settings

SHOWS_MENU = False
LISTS_OTHERS = True
PROXY = "/module/web/jpage/dataproxy.jsp"
_PAGES_AT_ONCE = 3


def page_target(site: Site, spot: Spot) -> str:
    day = spot.date
    return f"/art/{day.year}/{day.month}/{day.day}/art_{_column(site)}_{spot.number}.html"


def file_target(site: Site, spot: Spot, ending: str, nth: int) -> str:
    if ending == "png":
        return f"/picture/0/s{spot.number:08d}{nth}.png"
    name = hashlib.sha256(f"{site.host} {spot.number} {nth}".encode()).hexdigest()[:32]
    return f"/module/download/downfile.jsp?classid=0&filename={name}.{ending}"


def start(site: Site) -> tuple[str, ...]:
    return (_column_target(site),)


def record(site: Site, origin: str) -> dict[str, Any]:
    return {}


def requests(site: Site) -> tuple[Asked, ...]:
    first, total = _first_records(site), len(site.listed)
    if _has_groups(site):
        groups = range(1, -(-total // site.page_entries))
        return (Asked(_column_target(site)), *(Asked(_group_target(site, n)) for n in groups))
    size = site.page_entries * _PAGES_AT_ONCE
    starts = range(first + 1, total + 1, size)
    return (Asked(_column_target(site)), *(Asked(_numbered(site, n, n + size - 1)) for n in starts))


def listing(site: Site, origin: str, asked: Asked) -> Shown | None:
    if asked.target == _column_target(site):
        return _column_page(site)
    parts = urlsplit(asked.target)
    if parts.path != PROXY:
        return None
    told = dict(parse_qsl(parts.query, keep_blank_values=True))
    if _has_groups(site):
        number = next(
            (n for n in range(1, len(site.listed)) if told.get("token") == _token(site, n)), None
        )
        return None if number is None else _answer(site, _group(site, number), number)
    begin, end = told.get("startrecord", ""), told.get("endrecord", "")
    if not (begin.isdecimal() and end.isdecimal()):
        return None
    return _answer(site, site.listed[max(0, int(begin) - 1) : int(end)], None)


def page(settings: Settings, site: Site, article: Article) -> Shown:
    return article_page(settings, site, article, 'id="zoom"', _column_target(site))


def _column(site: Site) -> int:
    return 79 + site.number


def _unit(site: Site) -> int:
    return 4152 + site.number


def _column_target(site: Site) -> str:
    return f"/col/col{_column(site)}/index.html"


def _has_groups(site: Site) -> bool:
    return site.variant % 2 == 1


def _first_records(site: Site) -> int:
    """So many records stand in the column's page."""
    return site.page_entries if _has_groups(site) else site.page_entries * _PAGES_AT_ONCE // 2


def _numbered(site: Site, begin: int, end: int) -> str:
    query = {
        "startrecord": begin,
        "endrecord": end,
        "perpage": site.page_entries,
        "columnid": _column(site),
        "unitid": _unit(site),
        "webid": site.number + 1,
    }
    return f"{PROXY}?{urlencode(query)}"


def _token(site: Site, number: int) -> str:
    return hashlib.sha256(f"{site.host} group {number}".encode()).hexdigest()[:24] + "=="


def _group_target(site: Site, number: int) -> str:
    """As sites that encrypt their parameters write it: nobody can make it up."""
    query = f"page={number}&webid={site.number + 1}&path=/&columnid={_column(site)}"
    token = quote(_token(site, number), safe="")
    return f"{PROXY}?{query}&unitid={_unit(site)}&permissiontype=0&token={token}"


def _group(site: Site, number: int) -> tuple[Article, ...]:
    return site.listed[number * site.page_entries : (number + 1) * site.page_entries]


def _next_group(site: Site, number: int) -> str:
    following = ""
    if (number + 1) * site.page_entries < len(site.listed):
        following = f'<a href="{_group_target(site, number + 1)}"></a>'
    return f"<nextgroup><![CDATA[{following}]]></nextgroup>"


def _records(site: Site, articles: tuple[Article, ...]) -> list[str]:
    found = []
    for article in articles:
        for href in hrefs(article):
            anchor = link(article, href, cut=site.variant % 4 < 2)
            line = f"<li>{anchor}<span>{date_text(site, article)}</span></li>"
            wrapped = escape(line) if site.variant % 5 == 4 else f"<![CDATA[{line}]]>"
            found.append(f"<record>{wrapped}</record>")
    return ["<recordset>", *found, "</recordset>"]


def _store(site: Site, articles: tuple[Article, ...], group: int | None) -> list[str]:
    following = [_next_group(site, group)] if group is not None else []
    return ["<datastore>", *following, *_records(site, articles), "</datastore>"]


def _column_page(site: Site) -> Shown:
    unit, total = _unit(site), len(site.listed)
    group = 0 if _has_groups(site) else None
    settings = (
        f"openCookies:true, totalRecord:{total}, perPage:{site.page_entries}, groupSize:3,"
        f" proxyUrl:'{PROXY}', dataStorage:'datastore', params:{{col:1, appid:'1',"
        f" webid:'{site.number + 1}', path:'/', columnid:'{_column(site)}',"
        f" sourceContentType:'1', unitid:'{unit}', permissiontype:0}}"
    )
    return shown(
        site,
        [
            *head(site, column_title(site), [("ColumnName", site.column)]),
            f"<body>{menu(site, _column_target(site))}",
            f'<div id="{unit}" class="default_pgContainer"></div>',
            '<script type="text/xml">',
            *_store(site, site.listed[: _first_records(site)], group),
            "</script>",
            f'<script>$(function(){{ $("#{unit}").jpage({{ {settings} }}); }});</script>',
            "</body></html>",
        ],
    )


def _answer(site: Site, articles: tuple[Article, ...], group: int | None) -> Shown:
    total = len(site.listed)
    lines = _store(site, articles, group)
    pages = -(-total // site.page_entries)
    if group is None:
        lines.insert(1, f"<totalrecord>{total}</totalrecord><totalpage>{pages}</totalpage>")
    xml = f'<?xml version="1.0" encoding="{site.charset or "utf-8"}"?>'
    content = encoded(site, "\n".join([xml, *lines]) + "\n")
    return Shown(content, media_type(site).replace("text/html", "text/xml"))
