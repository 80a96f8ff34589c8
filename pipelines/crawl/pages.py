"""What all families read out of a page: its links with the dates beside them, its title, where
it sends its reader."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.crawl.model import Entry, Page
from pipelines.crawl.words import Words
from pipelines.domain import UnreadableDocument
from pipelines.text import decode, fold, narrow, one_line
from pipelines.text.lexicon import Lexicon
from pipelines.text.years import date_in
from pipelines.web.addresses import absolute
from pipelines.web.links import redirects_in
from pipelines.web.markup import MarkupLimits, attribute, parse_html, text_in

_QUOTED = re.compile(r"""["']([^"'\s]{0,500}[/.][^"'\s]{0,500})["']""")
_SENT_BY_SCRIPT = re.compile(
    r"""(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\s*\()\s*["']([^"']+)["']"""
)
# The search for the date beside a link climbs from it: deeper pages would take minutes.
_LIMITS = MarkupLimits(max_depth=2_000)
_CUT_SHORT = re.compile(r"(?:\.{2,}|…+)$")
# Where more than these stand between a link and a date, the date is another link's.
_DATE_WITHIN = 4
_LONGEST_LINE = 300
_LONGEST_TITLE = 300
_SOON_SECONDS = 10.0
_BARE_PAGE = 60


@dataclass(frozen=True, eq=False)
class Html:
    """A page that was parsed. `text` is all of it as decoded; `base` is what its links are
    relative to; `refusal` is why no parser was let at it, and the tree is empty then."""

    address: str
    text: str
    encoding: str
    tree: LexborHTMLParser
    base: str
    refusal: str | None = None

    def to(self, written: str | None) -> str | None:
        """The absolute address that a link of this page means, None for none."""
        return absolute(written, self.base, self.encoding) if written else None

    @cached_property
    def scripts(self) -> str:
        """All scripts that stand in the page, one under the other."""
        return "\n".join(node.text() for node in self.tree.css("script"))

    @cached_property
    def visible(self) -> str:
        """What a reader sees, on one line."""
        tree = _tree(self.text)[0]
        tree.strip_tags(["script", "style", "noscript", "template", "head", "title"])
        return one_line(tree.body.text(separator=" ")) if tree.body is not None else ""


# As many as are under way at once: each is read by several.
@lru_cache(maxsize=64)
def _parsed(content: bytes, address: str) -> Html:
    text, encoding, _ = decode(content)
    return of_text(text, address, encoding)


def html_of(page: Page) -> Html:
    """The page as HTML, whatever it is."""
    return _parsed(page.content, page.address)


def of_text(text: str, address: str, encoding: str = "utf-8") -> Html:
    """A piece of HTML that stood at an address."""
    tree, refusal = _tree(text)
    written = attribute(tree.css_first("base[href]"), "href")
    base = (absolute(written, address, encoding) if written else None) or address
    return Html(address, text, encoding, tree, base, refusal)


def _tree(text: str) -> tuple[LexborHTMLParser, str | None]:
    try:
        return parse_html(text, _LIMITS), None
    except UnreadableDocument as error:
        return parse_html(""), str(error)


def links(html: Html, column: str | None = None) -> Iterator[Entry]:
    """Every link that has a title and leads to another page, in the order of the page."""
    counts: dict[int, int] = {}
    for node in html.tree.css("a"):
        address = html.to(_target(node))
        if address is None or _same(address, html.address):
            continue
        title = _title(node)
        if title:
            yield Entry(title, address, _date_beside(node, counts), column)


def next_page(html: Html, words: Words) -> str | None:
    """Where the link to the next page leads, if there is one."""
    for node in html.tree.css("a"):
        if narrow(node.text()).lower() in words.narrow_next_page:
            address = html.to(_target(node))
            if address is not None and not _same(address, html.address):
                return address
    return None


def title_of(html: Html) -> str:
    """The title: what the page's metadata calls its article, else its own title."""
    for node in html.tree.css("meta[name]"):
        if attribute(node, "name").lower() == "articletitle" and attribute(node, "content"):
            return one_line(attribute(node, "content"))
    return text_in(html.tree.css_first("title"))


def published_on(html: Html, lexicon: Lexicon) -> dt.date | None:
    """The date of publishing that the page's metadata tell."""
    for node in html.tree.css("meta[name]"):
        if attribute(node, "name").lower() in lexicon.published_on_names:
            date = date_in(attribute(node, "content"))
            if date is not None:
                return date
    return None


def column_of(page: Page, html: Html, names: frozenset[str]) -> str | None:
    """The column of reports that a listing is: by which it was reached, or as its title or its
    metadata say; `names` are folded."""
    if page.column is not None:
        return page.column
    told = [text_in(html.tree.css_first("title"))]
    told += [
        attribute(node, "content")
        for node in html.tree.css("meta[name]")
        if attribute(node, "name").lower() == "columnname"
    ]
    for text in told:
        for piece in re.split(r"[-_|—–>»,，\s]+", text):
            if fold(piece) in names:
                return piece
    return None


def column_names(own: tuple[str, ...], words: Words) -> frozenset[str]:
    """The names of columns that a source and all sources have, folded."""
    return words.folded_columns | {fold(name) for name in own}


def sent_on_to(html: Html) -> str | None:
    """Where the page sends its reader at once: by its head, or by a script where it shows
    nothing else. A page that sends to itself only wants to be loaded again."""
    for seconds, written, _ in redirects_in(html.tree):
        address = html.to(written)
        if seconds <= _SOON_SECONDS and address is not None and not _same(address, html.address):
            return address
    found = _SENT_BY_SCRIPT.search(html.scripts)
    if found is not None and len(html.visible) < _BARE_PAGE:
        address = html.to(found[1])
        if address is not None and not _same(address, html.address):
            return address
    return None


def _target(node: LexborNode) -> str | None:
    """What a link leads to, also where a script opens it."""
    href = attribute(node, "href").strip()
    if href and not href.startswith("#") and not href.lower().startswith("javascript:"):
        return href
    for script in (href, attribute(node, "onclick")):
        match = _QUOTED.search(script)
        if match is not None:
            return match[1]
    return None


def _title(node: LexborNode) -> str:
    """The text of a link, or its title where that is the fuller one."""
    text = text_in(node)
    title = one_line(attribute(node, "title"))
    fuller = title if title and _CUT_SHORT.sub("", text) in title else text
    return fuller[:_LONGEST_TITLE]


def _date_beside(node: LexborNode, counts: dict[int, int]) -> dt.date | None:
    """The date in the smallest element around a link that holds no other link. `counts` remembers
    how many links an element holds: all links of a list ask the same element."""
    around: LexborNode | None = node
    for _ in range(_DATE_WITHIN):
        around = around.parent if around is not None else None
        if around is None:
            return None
        if around.mem_id not in counts:
            counts[around.mem_id] = len(around.css("a"))
        if counts[around.mem_id] > 1:
            return None
        text = around.text(separator=" ")
        if len(text) > _LONGEST_LINE:
            return None
        # A title can hold a date of its own: the one behind it is the listing's.
        own = node.text(separator=" ")
        date = date_in(text.replace(own, " ", 1)) if own else date_in(text)
        if date is not None:
            return date
    return None


def _same(one: str, other: str) -> bool:
    return urlsplit(one)[:4] == urlsplit(other)[:4]
