"""A page that is only a shell, and an interface that is asked for the entries of its channels."""

import json
import re
from dataclasses import replace
from urllib.parse import urlsplit

from pipelines.crawl.families.family import Words, of_links, pages_within, unique
from pipelines.crawl.model import DocumentPage, Entry, Listing, Page, Request
from pipelines.crawl.pages import column_names, column_of, html_of
from pipelines.crawl.parts import document_page
from pipelines.crawl.script_values import Json, at, json_after, json_of, string_at, whole
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind, is_html
from pipelines.text import one_line
from pipelines.text.lexicon import Lexicon
from pipelines.text.years import date_in

_API = re.compile(r"""["']([^"'\s<>]*/api/data/affair)["']""")
_CHANNELS = re.compile(r"channelList\s*[\"']?\s*[:=]\s*\[([^\[\]]{0,500})\]")
_CHANNEL = re.compile(r"[\w\-]{1,64}")
_PAGE_SIZE = 20
_LISTS = (("data", "list"), ("data", "records"), ("data", "rows"), ("data",), ("list",), ("rows",))
_TOTALS = ("totalCount", "total", "count")
_PAGES = ("totalPage", "pages", "pageCount")


def recognizes(page: Page) -> bool:
    """By the name of the interface."""
    return "/api/data/affair" in page.address or _API.search(html_of(page).text) is not None


def listing(page: Page, source: Source, words: Words) -> Listing:
    """The entries of the interface's answer; of the shell, the request for the first of them. The
    source's own interface and channels are taken where it has them.

    Raises:
        Troubled: the answer is neither JSON of entries nor a page; the shell tells no channels.
    """
    if not page.sent:
        return _shell(page, source, words)
    answer = json_of(html_of(page).text)
    if answer is None and is_html(page):
        return _later(of_links(page, html_of(page), source, words), page)
    rows = next((r for path in _LISTS if isinstance(r := at(answer, *path), list)), None)
    if rows is None:
        raise _unreadable(page, "neither JSON of entries nor a page")
    found = unique(entry for row in rows for entry in _entry(row, page))
    total = _number(answer, _TOTALS)
    pages = _number(answer, _PAGES)
    if pages is None and total is not None and rows:
        pages = -(-total // max(len(rows), _size(page)))
    return _later(Listing(found, (), total, pages), page)


def document(page: Page, source: Source, lexicon: Lexicon) -> DocumentPage:
    """As the page says."""
    return document_page(page, lexicon)


def _shell(page: Page, source: Source, words: Words) -> Listing:
    html = html_of(page)
    match = _API.search(html.text)
    api = source.api or (html.to(match[1]) if match else None)
    told = json_after(html.scripts, "channelList")
    channels = source.channels
    if not channels and isinstance(told, list):
        channels = tuple(str(c) for c in told if isinstance(c, str | int))
    if not channels and (found := _CHANNELS.search(html.scripts)) is not None:
        channels = tuple(_CHANNEL.findall(found[1]))
    if api is None or not channels:
        raise _unreadable(page, "the page tells no interface or no channels")
    own = of_links(page, html, source, words)
    column = column_of(page, html, column_names(source.columns, words))
    return replace(own, requests=(*own.requests, _request(api, channels, 1, column)))


def _request(api: str, channels: tuple[str, ...], number: int, column: str | None) -> Request:
    body = {"channelList": list(channels), "pageNo": number, "pageSize": _PAGE_SIZE}
    written = json.dumps(body, separators=(",", ":")).encode()
    headers = (("content-type", "application/json"),)
    return Request(api, "POST", written, headers, column)


def _later(listed: Listing, page: Page) -> Listing:
    """With the pages behind the first, where this is it."""
    sent = _sent(page)
    channels = at(sent, "channelList")
    if at(sent, "pageNo") != 1 or not isinstance(channels, list) or listed.pages is None:
        return listed
    asked = tuple(str(channel) for channel in channels)
    later = tuple(
        _request(page.address, asked, number, page.column)
        for number in range(2, pages_within(listed.pages) + 1)
    )
    return replace(listed, requests=(*listed.requests, *later))


def _entry(row: Json, page: Page) -> tuple[Entry, ...]:
    title = one_line(string_at(row, "title", "name"))
    written = string_at(row, "url", "link", "linkUrl", "website")
    address = html_of(page).to(written)
    if not title or address is None or not urlsplit(address).hostname:
        return ()
    told = string_at(row, "display_date", "issue_date", "publishDate", "date")
    return (Entry(title, address, date_in(told), page.column),)


def _number(answer: Json, names: tuple[str, ...]) -> int | None:
    for inside in (at(answer, "data"), at(answer, "page"), answer):
        if (number := whole(string_at(inside, *names))) is not None:
            return number
    return None


def _size(page: Page) -> int:
    return whole(string_at(_sent(page), "pageSize")) or 1


def _sent(page: Page) -> Json | None:
    return json_of(page.sent.decode("utf-8", errors="replace"))


def _unreadable(page: Page, detail: str) -> Troubled:
    return Troubled(Trouble(TroubleKind.UNREADABLE_ANSWER, page.address, detail))
