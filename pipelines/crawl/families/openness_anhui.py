"""The system of Anhui's websites: reports have addresses of their own, listed by unit and year."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from pipelines.crawl.families.family import Words, of_links
from pipelines.crawl.model import DocumentPage, Entry, Listing, Page
from pipelines.crawl.pages import html_of
from pipelines.crawl.parts import document_page
from pipelines.crawl.source import Source
from pipelines.text.lexicon import Lexicon
from pipelines.web.addresses import parameters_of

_REPORT = re.compile(r"/(?:openness/)?(?:Xxgk|Openness)AnnualReport/show/\d+\.html", re.IGNORECASE)
_SYSTEM = re.compile(r"/(?:Xxgk|Openness)AnnualReport/|/public/column/\d+\?[^\"'<>]*type=")
_COLUMN = re.compile(r"/public/column/\d+")
_YEAR = re.compile(r"20\d\d")


def recognizes(page: Page) -> bool:
    """By the addresses of its reports and columns."""
    return bool(_SYSTEM.search(page.address) or _SYSTEM.search(html_of(page).text))


def listing(page: Page, source: Source, words: Words) -> Listing:
    """The links of the page; those to reports are told by their address, and a column's year by
    the parameter that it is chosen by."""
    plain = of_links(page, html_of(page), source, words)
    return Listing(tuple(_typed(e) for e in plain.entries), plain.requests)


def document(page: Page, source: Source, lexicon: Lexicon) -> DocumentPage:
    """As the page says."""
    return document_page(page, lexicon)


def _typed(entry: Entry) -> Entry:
    parts = urlsplit(entry.address)
    if _REPORT.fullmatch(parts.path):
        return replace(entry, is_typed=True)
    if _COLUMN.fullmatch(parts.path):
        told = dict(parameters_of(entry.address))
        year = told.get("title", "")
        if told.get("action") == "detail" and _YEAR.fullmatch(year):
            return replace(entry, is_typed=True, told_year=int(year))
    return entry
