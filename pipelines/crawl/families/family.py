"""What a family of websites is, and what several of them do alike."""

from collections.abc import Iterable
from typing import Protocol

from pipelines.crawl.model import DocumentPage, Entry, Listing, Page, Request
from pipelines.crawl.pages import Html, column_names, column_of, links, next_page
from pipelines.crawl.safety import Limits
from pipelines.crawl.source import Source
from pipelines.crawl.words import Words
from pipelines.text.lexicon import Lexicon

__all__ = ["Family", "Words", "of_links", "pages_within", "unique"]


class Family(Protocol):
    """One module a family. All functions are pure; none but `Troubled` is raised."""

    def recognizes(self, page: Page) -> bool:
        """Whether the page is one of this family's."""

    def listing(self, page: Page, source: Source, words: Words) -> Listing:
        """What a page of a listing lists, and which pages of it are still to be asked for.

        Raises:
            Troubled: the answer is none that this family gives.
        """

    def document(self, page: Page, source: Source, lexicon: Lexicon) -> DocumentPage:
        """What a document's page says of itself, and what belongs to it.

        Raises:
            Troubled: the article that the page holds cannot be read.
        """


def of_links(page: Page, html: Html, source: Source, words: Words) -> Listing:
    """A listing that is just the links of its page, with the next page where it has a link."""
    column = column_of(page, html, column_names(source.columns, words))
    following = next_page(html, words)
    requests = (Request(following, column=page.column),) if following else ()
    entries = unique(e for e in links(html, column) if e.address != following)
    return Listing(entries, requests)


def unique(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each title and address once, as it stands first."""
    found = {(entry.title, entry.address): entry for entry in reversed(list(entries))}
    return tuple(reversed(found.values()))


def pages_within(count: int) -> int:
    """So many pages are asked for where a listing says that it has `count`."""
    return min(count, Limits().listing_pages)
