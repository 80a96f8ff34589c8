"""All listings of a source, page by page."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from pipelines.crawl.choice import columns_in
from pipelines.crawl.families import FAMILIES
from pipelines.crawl.fetched import Fetcher
from pipelines.crawl.model import Entry, Listing, Request
from pipelines.crawl.patience import Patience
from pipelines.crawl.safety import Limits
from pipelines.crawl.source import Source
from pipelines.crawl.terms import Terms
from pipelines.crawl.trouble import Trouble, Troubled, incomplete, too_many_pages
from pipelines.crawl.words import Words
from pipelines.web.links import is_file


@dataclass(frozen=True, slots=True)
class Listed:
    """What the listings list: each entry once for each page that it stands on, with the address
    of that page. `pages` were read; `columns` led to listings of their own."""

    entries: tuple[tuple[Entry, str], ...]
    pages: int
    columns: tuple[Entry, ...]
    troubles: tuple[Trouble, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every page was read: only then is what they do not list not listed."""
        return not self.troubles


@dataclass(eq=False)
class _Chain:
    """The pages of one listing: what it says of itself, and what was found."""

    address: str
    told: int | None = None
    pages_told: int | None = None
    pages: int = 0
    found: set[str] = field(default_factory=set)
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Waiting:
    request: Request
    chain: _Chain
    depth: int


async def list_all(
    source: Source,
    fetcher: Fetcher,
    terms: Terms,
    patience: Patience,
    held: Sequence[Entry] = (),
) -> Listed:
    """Read every page of a source's listings, and of the columns of reports that they lead to on
    the same host, each page once. `held` are reports that are start pages themselves and need not
    be asked for tonight."""
    known = {entry.address for entry in held}
    addresses = source.start_addresses(terms.until_year)
    starts = [Request(address) for address in addresses if address not in known]
    waiting = deque(_Waiting(r, _Chain(r.address), 0) for r in starts)
    asked = {_key(request) for request in starts}
    chains = [w.chain for w in waiting]
    hosts = {urlsplit(address).hostname for address in addresses}
    entries = [(entry, entry.address) for entry in held]
    columns: dict[str, Entry] = {}
    troubles: list[Trouble] = []
    pages = 0
    while waiting and not patience.is_lost:
        turn = waiting.popleft()
        if turn.chain.pages >= terms.limits.listing_pages:
            turn.chain.pages_told = max(turn.chain.pages_told or 0, terms.limits.listing_pages + 1)
            turn.chain.is_whole = False
            continue
        turn.chain.pages += 1
        try:
            listing, address = await _read(turn.request, source, fetcher, terms)
        except Troubled as error:
            troubles.append(error.trouble)
            turn.chain.is_whole = False
            patience.hear(turn.request.address, error.trouble)
            continue
        patience.hear(turn.request.address, None)
        pages += 1
        if turn.depth == 0:
            # A start page may send on to where the website really is.
            hosts.add(urlsplit(address).hostname)
        entries += [(entry, address) for entry in listing.entries]
        _note(turn.chain, listing)
        following = [_Waiting(request, turn.chain, turn.depth) for request in listing.requests]
        if turn.depth < terms.limits.depth:
            for column in _columns(listing, source, terms.words, hosts):
                columns.setdefault(column.address, column)
                chain = _Chain(column.address)
                request = Request(column.address, column=column.title)
                following.append(_Waiting(request, chain, turn.depth + 1))
        for later in following:
            if (key := _key(later.request)) not in asked:
                asked.add(key)
                waiting.append(later)
                if later.chain is not turn.chain:
                    chains.append(later.chain)
    troubles += [trouble for chain in chains for trouble in _told_more(chain, terms.limits)]
    return Listed(tuple(entries), pages, tuple(columns.values()), tuple(troubles))


async def _read(
    request: Request, source: Source, fetcher: Fetcher, terms: Terms
) -> tuple[Listing, str]:
    fetched = await fetcher.fetch(request, terms.limits.page_bytes)
    page = replace(fetched.page, column=request.column)
    return FAMILIES[source.family].listing(page, source, terms.words), page.address


def _columns(listing: Listing, source: Source, words: Words, hosts: set[str | None]) -> list[Entry]:
    """Listings to follow: a column on another host is another source's."""
    return [
        column
        for column in columns_in(listing.entries, source, words)
        if urlsplit(column.address).hostname in hosts and not is_file(column.address)
    ]


def _note(chain: _Chain, listing: Listing) -> None:
    chain.found.update(entry.address for entry in listing.entries)
    if listing.total is not None:
        chain.told = max(chain.told or 0, listing.total)
    if listing.pages is not None:
        chain.pages_told = max(chain.pages_told or 0, listing.pages)


def _told_more(chain: _Chain, limits: Limits) -> list[Trouble]:
    found = [too_many_pages(chain.address, chain.pages_told, limits.listing_pages)]
    if chain.is_whole and found == [None]:
        found.append(incomplete(chain.address, chain.told, len(chain.found)))
    return [trouble for trouble in found if trouble is not None]


def _key(request: Request) -> tuple[str, str, bytes]:
    return request.method, request.address, request.body
