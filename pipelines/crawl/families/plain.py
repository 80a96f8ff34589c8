"""Any page of links, with a link to the next page or without."""

from pipelines.crawl.families.family import Words, of_links
from pipelines.crawl.model import DocumentPage, Listing, Page
from pipelines.crawl.pages import html_of
from pipelines.crawl.parts import document_page
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import is_html
from pipelines.text.lexicon import Lexicon


def recognizes(page: Page) -> bool:
    """Any page in HTML: asked last."""
    return is_html(page)


def listing(page: Page, source: Source, words: Words) -> Listing:
    """The links of the page."""
    return of_links(page, html_of(page), source, words)


def document(page: Page, source: Source, lexicon: Lexicon) -> DocumentPage:
    """As the page says."""
    return document_page(page, lexicon)
