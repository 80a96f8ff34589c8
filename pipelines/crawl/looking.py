"""A website that nobody has a record of: its family, its columns of reports, what they list."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from pipelines.crawl.choice import Choice
from pipelines.crawl.families import FAMILIES, family_of
from pipelines.crawl.fetched import Fetcher
from pipelines.crawl.model import Entry, Page, Request
from pipelines.crawl.report import LookReport, TroubleTold
from pipelines.crawl.source import Source
from pipelines.crawl.terms import Terms
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind
from pipelines.crawl.walk import look
from pipelines.text import fold

# From a site's first page to the page that has the column.
_MOST_GATEWAYS = 6


async def look_at(source: Source, fetcher: Fetcher, terms: Terms) -> LookReport:
    """Look at the first start page of a source whose family is not known yet; where it leads to no
    report, behind the links of a site's first page as well."""
    address = source.start[0]
    tried = await _looked(source, fetcher, terms)
    if tried.titles or tried.family is None:
        return tried
    try:
        gateways = await _gateways(source, address, fetcher, terms)
    except Troubled as error:
        return _with_trouble(tried, error.trouble)
    for gateway in gateways:
        other = source.model_copy(update={"start": (gateway,)})
        found = await _looked(other, fetcher, terms)
        if found.titles:
            return found
    return tried


def _with_trouble(report: LookReport, trouble: Trouble) -> LookReport:
    """The report with one trouble more."""
    return report.model_copy(update={"troubles": (*report.troubles, TroubleTold.of(trouble))})


async def _looked(source: Source, fetcher: Fetcher, terms: Terms) -> LookReport:
    address = source.start[0]
    try:
        page = await _page(address, fetcher, terms)
        family = family_of(page)
        if family is None:
            detail = "no page of a website"
            raise Troubled(Trouble(TroubleKind.UNREADABLE_ANSWER, address, detail))
    except Troubled as error:
        return _with_trouble(LookReport(address=address, family=None), error.trouble)
    told, listed, choice = await look(source.model_copy(update={"family": family}), fetcher, terms)
    reports = choice.reports if isinstance(choice, Choice) else ()
    years = sorted({report.year for report in reports if report.year is not None})
    return LookReport(
        address=address,
        family=family,
        columns=tuple((column.title, column.address) for column in listed.columns),
        listing=told,
        years=tuple(years),
        titles=tuple((report.entry.title, report.entry.address) for report in reports),
        troubles=told.troubles,
    )


async def _gateways(
    source: Source, address: str, fetcher: Fetcher, terms: Terms
) -> tuple[str, ...]:
    """Where the links lead that a first page has to what is disclosed, on the same host."""
    page = await _page(address, fetcher, terms)
    entries: Iterable[Entry] = FAMILIES["plain"].listing(page, source, terms.words).entries
    host = urlsplit(address).hostname
    led = dict.fromkeys(
        entry.address
        for entry in entries
        if fold(entry.title) in terms.words.folded_gateways
        and urlsplit(entry.address).hostname == host
    )
    return tuple(led)[:_MOST_GATEWAYS]


async def _page(address: str, fetcher: Fetcher, terms: Terms) -> Page:
    fetched = await fetcher.fetch(Request(address), terms.limits.page_bytes)
    return fetched.page
