"""Guangdong's platform: a page with the tree of columns in its script, and an interface of JSON."""

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit, urlunsplit

from pipelines.crawl.families.family import Words, pages_within, unique
from pipelines.crawl.model import DocumentPage, Entry, Listing, Page, Request
from pipelines.crawl.pages import column_names, html_of, published_on
from pipelines.crawl.parts import document_page, parts_of
from pipelines.crawl.script_values import Json, at, json_after, json_of, string_at, text_of
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind, piece_of
from pipelines.domain import CHINA
from pipelines.text import fold, one_line
from pipelines.text.lexicon import Lexicon
from pipelines.text.years import date_in
from pipelines.web.addresses import parameters_of

_API = re.compile(r"^(.*?)/gkmlpt/api/all/(\d+)$")
_INDEX = re.compile(r"^(.*?)/gkmlpt(?:/.*)?$")
_DATES = ("display_publish_time", "created_at", "date", "first_publish_time", "create_time")
_MOST_COLUMNS = 5000


def recognizes(page: Page) -> bool:
    """By its folder in the address with the script's settings or the interface's answer."""
    path = urlsplit(page.address).path
    text = html_of(page).text
    if "/gkmlpt/api/" in path:
        return True
    return "_CONFIG" in text and ("/gkmlpt" in path or "gkmlpt" in text)


def listing(page: Page, source: Source, words: Words) -> Listing:
    """The articles of the interface's answer; of the page itself, the requests for its columns of
    reports.

    Raises:
        Troubled: the answer is no JSON of articles, or the page has no tree of columns.
    """
    if _API.match(urlsplit(page.address).path):
        return _articles(page)
    return _columns(page, source, words)


def document(page: Page, source: Source, lexicon: Lexicon) -> DocumentPage:
    """As the script's settings say; the article is a text in them."""
    html = html_of(page)
    detail = json_after(html.scripts, "DETAIL")
    content = string_at(detail, "content")
    if not content:
        return document_page(page, lexicon)
    inner = piece_of(page, content)
    # The article's pictures are all its own.
    whole = piece_of(page, f"<div id='zoom'>{content}</div>")
    told = _date(detail) or published_on(html, lexicon)
    plain = document_page(page, lexicon)
    title = one_line(string_at(detail, "title")) or plain.title
    parts = {part.address: part for part in (*parts_of(whole), *parts_of(inner), *plain.parts)}
    return DocumentPage(title, told, tuple(parts.values()), plain.sent_on_to)


def _articles(page: Page) -> Listing:
    html = html_of(page)
    answer = json_of(html.text)
    articles = at(answer, "articles")
    if not isinstance(articles, list):
        detail = "no JSON with articles"
        raise Troubled(Trouble(TroubleKind.UNREADABLE_ANSWER, page.address, detail))
    entries = []
    for article in articles:
        title = one_line(string_at(article, "title"))
        address = html.to(string_at(article, "url", "post_url"))
        if title and address is not None:
            entries.append(Entry(title, address, _date(article), page.column))
    total = _count(at(answer, "classify", "post_count"))
    if total is None:
        total = _count(at(answer, "total"))
    requests, pages = _later_pages(page, len(articles), total)
    return Listing(unique(entries), requests, total, pages)


def _later_pages(
    page: Page, here: int, total: int | None
) -> tuple[tuple[Request, ...], int | None]:
    """The first page tells all others: it is as long as any."""
    parts = urlsplit(page.address)
    query = dict(parameters_of(page.address))
    if query.get("page", "1") not in {"0", "1"} or not here or total is None:
        return (), None
    pages = -(-total // here)
    return tuple(
        Request(
            urlunsplit((*parts[:3], urlencode({**query, "page": str(number)}), "")),
            column=page.column,
        )
        for number in range(2, pages_within(pages) + 1)
    ), pages


def _columns(page: Page, source: Source, words: Words) -> Listing:
    html = html_of(page)
    tree = json_after(html.scripts, "TREE")
    website = text_of(html.scripts, "SID")
    match = _INDEX.match(urlsplit(page.address).path)
    if not isinstance(tree, list) or website is None or match is None:
        detail = "no tree of columns in the page's script"
        raise Troubled(Trouble(TroubleKind.UNREADABLE_ANSWER, page.address, detail))
    names = column_names(source.columns, words)
    requests: dict[str, Request] = {}
    for number, name in _nodes(tree):
        if fold(name) in names:
            query = urlencode({"page": "1", "sid": website})
            address = html.to(f"{match[1]}/gkmlpt/api/all/{number}?{query}")
            if address is not None:
                requests.setdefault(address, Request(address, column=name))
    return Listing((), tuple(requests.values()))


def _nodes(tree: list[Json]) -> Iterator[tuple[str, str]]:
    """Number and name of every column, the upper before the lower."""
    waiting: list[Json] = list(reversed(tree))
    seen = 0
    while waiting and seen < _MOST_COLUMNS:
        seen += 1
        node = waiting.pop()
        number, name = string_at(node, "id"), string_at(node, "name", "title")
        if number.isascii() and number.isdigit() and name:
            yield number, name
        for key in ("children", "child"):
            below = at(node, key)
            if isinstance(below, list):
                waiting.extend(reversed(below))


def _count(value: Json) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
        return int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if is_count else None


def _date(article: Json) -> dt.date | None:
    """The first date told, as text or in seconds; days are China's."""
    for name in _DATES:
        text = string_at(article, name)
        if (date := date_in(text)) is not None:
            return date
        if text.isascii() and text.isdigit() and 9 <= len(text) <= 10:
            return dt.datetime.fromtimestamp(int(text), CHINA).date()
    return None
