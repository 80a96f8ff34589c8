"""Hanweb JCMS and JPAAS: records in a datastore in the page, the others behind a proxy."""

import html as markup
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode, urlsplit, urlunsplit

from pipelines.crawl.families.family import Words, of_links, unique
from pipelines.crawl.model import DocumentPage, Entry, Listing, Page, Request
from pipelines.crawl.pages import Html, column_names, column_of, html_of, links
from pipelines.crawl.parts import document_page
from pipelines.crawl.script_values import number_of, text_of, whole
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind, piece_of
from pipelines.text.lexicon import Lexicon
from pipelines.web.addresses import parameters_of

PROXY = "/module/web/jpage/dataproxy.jsp"
_PROXY = re.compile(r"""["']([^"']*/module/(?:web/)?jpage/dataproxy\.jsp[^"']*)["']""")
_COLUMN = re.compile(r"/col/col(\d+)/")
_ARTICLE = re.compile(r"/art/20\d\d/\d{1,2}/\d{1,2}/art_\d+_\d+\.html")
_RECORD = re.compile(r"<record>", re.IGNORECASE)
_RECORD_END = re.compile(r"</record>", re.IGNORECASE)
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*?)\]\]>\s*", re.DOTALL)
_NEXT_GROUP = re.compile(r"<nextgroup>", re.IGNORECASE)
_NEXT_GROUP_END = re.compile(r"</nextgroup>", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_TOTAL = re.compile(r"<totalrecord>\s*(\d{1,9})\s*</totalrecord>", re.IGNORECASE)
_STORE = re.compile(r"<(datastore|recordset)\b", re.IGNORECASE)
# The proxy hands out three pages at once.
_PAGES_AT_ONCE = 3
_PER_PAGE = 15


def recognizes(page: Page) -> bool:
    """By the proxy's name, a store of records, or the addresses of columns and articles."""
    text = html_of(page).text
    path = urlsplit(page.address).path
    if "jpage/dataproxy.jsp" in text or _ARTICLE.search(path) or _COLUMN.search(path):
        return True
    return _STORE.search(text) is not None and _RECORD.search(text) is not None


def listing(page: Page, source: Source, words: Words) -> Listing:
    """The records of the page or of the proxy's answer, and the next group: as a link of the page
    gives it, encrypted or not, else told by numbers. A page without a store lists its links.

    Raises:
        Troubled: the store of records is cut off, or the proxy answers something else.
    """
    html = html_of(page)
    column = column_of(page, html, column_names(source.columns, words))
    if _is_cut_off(html.text):
        raise Troubled(Trouble(TroubleKind.TRUNCATED, page.address, "the store has no end"))
    records = list(_between(html.text, _RECORD, _RECORD_END))
    is_answer = "dataproxy.jsp" in urlsplit(page.address).path
    if is_answer and not records and _STORE.search(html.text) is None:
        detail = "the proxy answers no records"
        raise Troubled(Trouble(TroubleKind.UNREADABLE_ANSWER, page.address, detail))
    if not records and not is_answer and not _PROXY.search(html.text):
        return of_links(page, html, source, words)
    entries = unique(entry for record in records for entry in _entries(record, page, column))
    following = _next_group(html, page, len(records))
    requests = () if following is None else (replace(following, column=column),)
    return Listing(entries, requests, _total(html))


def document(page: Page, source: Source, lexicon: Lexicon) -> DocumentPage:
    """As the page says."""
    return document_page(page, lexicon)


def _between(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> Iterator[str]:
    """What stands between the two marks, each time; nothing more where the second is missing."""
    at = 0
    while (begun := begin.search(text, at)) is not None:
        ended = end.search(text, begun.end())
        if ended is None:
            return
        yield text[begun.end() : ended.start()]
        at = ended.end()


def _is_cut_off(text: str) -> bool:
    match = _STORE.search(text)
    return match is not None and f"</{match[1].lower()}" not in text.lower()


def _entries(record: str, page: Page, column: str | None) -> tuple[Entry, ...]:
    return tuple(links(piece_of(page, _inside(record)), column))


def _inside(wrapped: str) -> str:
    match = _CDATA.fullmatch(wrapped)
    return match[1] if match else markup.unescape(wrapped)


def _total(html: Html) -> int | None:
    match = _TOTAL.search(html.text)
    return whole(match[1]) if match else number_of(html.scripts, "totalRecord")


def _next_group(html: Html, page: Page, here: int) -> Request | None:
    """The next group; none behind the last, and none where this answer had nothing."""
    for written in _between(html.text, _NEXT_GROUP, _NEXT_GROUP_END):
        href = _HREF.search(_inside(written))
        address = html.to(markup.unescape(href[1])) if href else None
        if address is not None and here:
            return Request(address) if address != page.address else None
    told = dict(parameters_of(page.address))
    if "startrecord" in told:
        return _after(page.address, told, here, _total(html))
    return _first_group(html, page.address, here)


def _after(address: str, told: dict[str, str], here: int, total: int | None) -> Request | None:
    """The group behind the one at this address."""
    start, end = whole(told["startrecord"]), whole(told.get("endrecord"))
    if start is None or end is None or end < start or not here:
        return None
    if (total is not None and end >= total) or (total is None and here < end - start + 1):
        return None
    size = end - start + 1
    told = {**told, "startrecord": str(end + 1), "endrecord": str(end + size)}
    return Request(urlunsplit((*urlsplit(address)[:3], urlencode(told), "")))


def _first_group(html: Html, address: str, here: int) -> Request | None:
    """The group behind the records that stand in the column's page."""
    column = text_of(html.scripts, "columnid") or _column_in(address)
    unit, website = text_of(html.scripts, "unitid"), text_of(html.scripts, "webid")
    total = _total(html)
    if column is None or unit is None or website is None or total is None or here >= total:
        return None
    per_page = number_of(html.scripts, "perPage", "pageSize") or _PER_PAGE
    size = per_page * _PAGES_AT_ONCE
    query = {
        "startrecord": str(here + 1),
        "endrecord": str(here + size),
        "perpage": str(per_page),
        "columnid": column,
        "unitid": unit,
        "webid": website,
    }
    match = _PROXY.search(html.scripts)
    proxy = html.to(match[1].partition("?")[0] if match else PROXY)
    following = html.to(f"{proxy}?{urlencode(query)}") if proxy is not None else None
    return Request(following) if following is not None else None


def _column_in(address: str) -> str | None:
    match = _COLUMN.search(urlsplit(address).path)
    return match[1] if match else None
