"""TRS: pages made ahead; index.html, index_1.html and on, their number in a script's call."""

import re
from urllib.parse import urlsplit

from pipelines.crawl.families.family import Words, of_links, pages_within
from pipelines.crawl.model import DocumentPage, Listing, Page, Request
from pipelines.crawl.pages import Html, html_of
from pipelines.crawl.parts import document_page
from pipelines.crawl.script_values import arguments_of, number_of, whole
from pipelines.crawl.source import Source
from pipelines.text.lexicon import Lexicon
from pipelines.web.markup import attribute

_ARTICLE = re.compile(r"/t20\d{6}_\d+(?:_\w+)?\.s?html?", re.IGNORECASE)
_LATER_PAGE = re.compile(r"_\d+\.\w+$")
_PLAIN_NAME = re.compile(r"[\w\-]{1,80}")


def recognizes(page: Page) -> bool:
    """By an article's address, the call that draws the page numbers, the editor's own element."""
    html = html_of(page)
    if _ARTICLE.search(page.address) or ".TRS_Editor" in html.text:
        return True
    if arguments_of(html.scripts, "createPageHTML") or "countPage" in html.scripts:
        return True
    if html.tree.css_first(".TRS_Editor, .trs_editor_view") is not None:
        return True
    return any(_ARTICLE.search(attribute(a, "href")) for a in html.tree.css("a[href]"))


def listing(page: Page, source: Source, words: Words) -> Listing:
    """The links of the page. The first page tells all others, a later one none."""
    html = html_of(page)
    listed = of_links(page, html, source, words)
    count, name, ending, first_number = _paging(html)
    is_later = _LATER_PAGE.search(urlsplit(page.address).path) is not None
    requests = list(listed.requests)
    if count is not None and not is_later:
        numbers = range(first_number, first_number + pages_within(count) - 1)
        addresses = (html.to(f"{name}_{number}.{ending}") for number in numbers)
        known = {request.address for request in requests}
        requests += [
            Request(address, column=page.column)
            for address in addresses
            if address is not None and address not in known
        ]
    return Listing(listed.entries, tuple(requests), None, count)


def document(page: Page, source: Source, lexicon: Lexicon) -> DocumentPage:
    """As the page says."""
    return document_page(page, lexicon)


def _paging(html: Html) -> tuple[int | None, str, str, int]:
    """How many pages there are, how their names begin and end, and the number in the name of the
    second. Some scripts are told an element first, and count from 1 where others count from 0."""
    given = arguments_of(html.scripts, "createPageHTML")
    if given is None:
        return number_of(html.scripts, "countPage"), "index", "html", 1
    if whole(given[0]) is None:
        given = given[1:]
    count = whole(given[0]) if given else None
    if count is None:
        # The call is given the variable's name.
        count = number_of(html.scripts, "countPage")
    current = whole(given[1]) if len(given) > 1 else None
    name = given[2] if len(given) > 2 and _PLAIN_NAME.fullmatch(given[2]) else "index"
    ending = given[3] if len(given) > 3 and _PLAIN_NAME.fullmatch(given[3]) else "html"
    return count, name, ending, 2 if current == 1 else 1
