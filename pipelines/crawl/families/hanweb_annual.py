"""Hanweb's own page of annual reports: one address answers the report of an area and a year."""

import re
from dataclasses import replace
from urllib.parse import urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from pipelines.crawl.families.family import Words, of_links, unique
from pipelines.crawl.model import DocumentPage, Entry, Listing, Page
from pipelines.crawl.pages import Html, html_of, title_of
from pipelines.crawl.parts import document_page, parts_of
from pipelines.crawl.script_values import text_of
from pipelines.crawl.source import Source
from pipelines.text import fold
from pipelines.text.lexicon import Lexicon
from pipelines.web.addresses import parameters_of
from pipelines.web.markup import attribute, text_in

REPORT = "xxgkannualreport.jsp"
_YEAR = re.compile(r"20\d\d")
_ADDRESS = re.compile(r"""["']([^"'<>]*xxgkAnnualReport\.jsp\?[^"'<>]*)["']""", re.IGNORECASE)
# Under so many characters nothing but the frame of the page was answered.
_LEAST_REPORT = 200
# Folding takes away less than this leaves.
_MOST_FOLDED = 2_000


def recognizes(page: Page) -> bool:
    """By the name of its page."""
    return REPORT in page.address.lower() or REPORT in html_of(page).text.lower()


def listing(page: Page, source: Source, words: Words) -> Listing:
    """A report for each year that the page links to or offers in a list of years; the page itself
    where it holds the report of its own year, and then what is attached to that is no other. A page
    that says there is nothing holds none."""
    html = html_of(page)
    plain = of_links(page, html, source, words)
    own = _own(page, html, words)
    attached = {part.address for part in parts_of(html)} if own else set()
    entries = (
        *own,
        *(_typed(e) for e in plain.entries if e.address not in attached),
        *_in_scripts(html),
        *_offered(html),
    )
    return Listing(_each_address_once(entries), plain.requests)


def document(page: Page, source: Source, lexicon: Lexicon) -> DocumentPage:
    """As the page says."""
    return document_page(page, lexicon)


def _own(page: Page, html: Html, words: Words) -> tuple[Entry, ...]:
    year = _year_of(page.address)
    if year is None:
        return ()
    if _shows_nothing(html, words):
        return ()
    title = text_in(html.tree.css_first("h1, .title, #title")) or title_of(html)
    return (Entry(title or str(year), page.address, None, None, True, year),)


def _shows_nothing(html: Html, words: Words) -> bool:
    if len(html.visible) >= _MOST_FOLDED:
        return False
    said = fold(html.visible)
    says_nothing = any(word in said for word in words.trouble.folded_empty)
    return len(said) < _LEAST_REPORT and (
        says_nothing or not html.tree.css("table, iframe, a, img")
    )


def _typed(entry: Entry) -> Entry:
    year = _year_of(entry.address)
    return entry if year is None else replace(entry, is_typed=True, told_year=year)


def _in_scripts(html: Html) -> tuple[Entry, ...]:
    found = []
    for match in _ADDRESS.finditer(html.scripts):
        address = html.to(match[1])
        year = _year_of(address) if address else None
        if address is not None and year is not None:
            found.append(Entry(str(year), address, None, None, True, year))
    return tuple(found)


def _offered(html: Html) -> tuple[Entry, ...]:
    """The years of a list to choose from, with the area that the form or the script names."""
    action = html.to(attribute(html.tree.css_first("form[action]"), "action"))
    base = action if action and REPORT in action.lower() else html.address
    if REPORT not in base.lower():
        return ()
    area = attribute(html.tree.css_first("input[name='area' i]"), "value")
    area = area or _query(base).get("area", "") or text_of(html.scripts, "area") or ""
    found = []
    for option in html.tree.css("select option"):
        value = attribute(option, "value").strip() or text_in(option)
        if _YEAR.fullmatch(value) and _chooses_year(option):
            query = urlencode({"area": area, "fbtime": value})
            address = html.to(urlunsplit((*urlsplit(base)[:3], query, "")))
            title = text_in(option) or value
            if address is not None:
                found.append(Entry(title, address, None, None, True, int(value)))
    return tuple(found)


def _chooses_year(option: LexborNode) -> bool:
    around = option.parent
    return around is not None and attribute(around, "name").lower() in {"fbtime", "year", "nd", ""}


def _each_address_once(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for entry in unique(entries):
        found.setdefault(entry.address, entry)
    return tuple(found.values())


def _year_of(address: str) -> int | None:
    if REPORT not in urlsplit(address).path.lower():
        return None
    told = _query(address).get("fbtime", "")
    return int(told) if _YEAR.fullmatch(told) else None


def _query(address: str) -> dict[str, str]:
    return dict(parameters_of(address))
