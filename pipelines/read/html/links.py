"""What a page points to that may hold the report: named for the crawler, never fetched."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.domain import Place
from pipelines.domain.reading import Link
from pipelines.read.html.markup import HtmlLimits
from pipelines.read.html.tree import Ids, Paths

_DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|wps|et|xlsx?|rtf|ofd|zip|rar|7z)(?=$|[?#&;\s\"')\]])", re.IGNORECASE
)
_REFRESH = re.compile(
    r"\s*+[\d.]*+\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+[\"']?+\s*+([^\"']*)", re.IGNORECASE
)
_NO_ADDRESS = ("javascript:", "mailto:", "tel:", "about:", "data:", "#")
_LINE_ENDS = re.compile(r"[\t\r\n]")
# Parameters by which viewers are told what to show.
_SHOWN_BY = frozenset({"file", "src", "url", "pdf", "fileurl", "filepath"})
_MAX_TEXT = 200
# The element, and the attribute with the address.
_ADDRESSES = (("iframe", "src"), ("frame", "src"), ("embed", "src"), ("object", "data"))


def links_of(tree: LexborHTMLParser, parts: Ids, limits: HtmlLimits) -> tuple[Link, ...]:
    """The page's attachments, frames, redirects and the pictures of its article, in that order; the
    first `limits.max_links` of them. Without `parts` the whole page is its article."""
    base_node = tree.css_first("base[href]")
    base = (base_node.attributes.get("href") or "").strip() if base_node is not None else ""
    paths = Paths()
    links: dict[tuple[str, str], Link] = {}
    for kind, address, node, text in _found(tree):
        clean = _LINE_ENDS.sub("", address).strip()
        if not clean or clean.lower().startswith(_NO_ADDRESS):
            continue
        if (kind, clean) in links:
            continue
        path, above = paths.climb(node)
        inside = not parts or not parts.isdisjoint(above)
        if kind == "picture" and not inside:
            continue
        folded = " ".join(text.split())[:_MAX_TEXT]
        links[kind, clean] = Link(kind, _resolved(base, clean), folded, Place(path=path), inside)
        if len(links) >= limits.max_links:
            break
    return tuple(links.values())


def _found(tree: LexborHTMLParser) -> Iterator[tuple[str, str, LexborNode, str]]:
    """Kind, address as printed, element and text."""
    for node in tree.css("a[href], area[href]"):
        address = node.attributes.get("href") or ""
        text = node.text()
        if _DOCUMENT.search(address) or _DOCUMENT.search(unquote(address)) or _is_named(text):
            yield "attachment", address, node, text or (node.attributes.get("title") or "")
    for tag, name in _ADDRESSES:
        for node in tree.css(f"{tag}[{name}]"):
            address = node.attributes.get(name) or ""
            text = node.attributes.get("title") or ""
            shown = _shown_in(address)
            if shown is not None:
                yield "attachment", shown, node, text
            is_document = tag in ("embed", "object") and _DOCUMENT.search(address)
            yield "attachment" if is_document else "iframe", address, node, text
    for node in tree.css('meta[http-equiv="refresh" i]'):
        match = _REFRESH.fullmatch((node.attributes.get("content") or "").rstrip("\"' "))
        yield "refresh", match.group(1) if match else "", node, ""
    for node in tree.css("img[src]"):
        yield "picture", node.attributes.get("src") or "", node, node.attributes.get("alt") or ""


def _is_named(text: str) -> bool:
    """Whether a link's text is the name of a file."""
    return len(text) <= _MAX_TEXT and _DOCUMENT.search(text.strip()) is not None


def _shown_in(address: str) -> str | None:
    """The document that a viewer's address names, as its parameter says."""
    try:
        query = urlsplit(address).query
    except ValueError:
        return None
    for name, value in parse_qsl(query):
        if name.lower() in _SHOWN_BY and (_DOCUMENT.search(value) or name.lower() == "file"):
            return value
    return None


def _resolved(base: str, address: str) -> str:
    if not base:
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return address
