"""The links of a page, with their places."""

from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from pipelines.domain import Place
from pipelines.domain.reading import Link, LinkKind
from pipelines.read.html.limits import HtmlLimits
from pipelines.read.html.tree import Ids, Paths
from pipelines.web.links import links_in
from pipelines.web.markup import attribute

_MAX_TEXT = 200


def links_of(tree: LexborHTMLParser, parts: Ids, limits: HtmlLimits) -> tuple[Link, ...]:
    """The first `limits.max_links` links of the page; pictures only of its article. Without `parts`
    the whole page is its article."""
    base = attribute(tree.css_first("base[href]"), "href").strip()
    paths = Paths()
    links: dict[tuple[LinkKind, str], Link] = {}
    for kind, address, text, node in links_in(tree):
        if (kind, address) in links:
            continue
        path, above = paths.climb(node)
        inside = not parts or not parts.isdisjoint(above)
        if kind is LinkKind.PICTURE and not inside:
            continue
        place = Place(path=path)
        links[kind, address] = Link(kind, _resolved(base, address), text[:_MAX_TEXT], place, inside)
        if len(links) >= limits.max_links:
            break
    return tuple(links.values())


def _resolved(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address
