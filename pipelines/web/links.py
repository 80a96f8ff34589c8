"""What a page leads to that may belong to its document: files, frames, pictures, redirects."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.domain.reading import LinkKind
from pipelines.text import one_line
from pipelines.web.addresses import file_ending, parameters_of
from pipelines.web.conventions import (
    DOWNLOADS,
    DRAWN_ENDINGS,
    FILE_ENDINGS,
    VIEWER_PARAMETERS,
    VIEWERS,
)
from pipelines.web.markup import attribute, text_in

_NO_ADDRESS = ("javascript:", "mailto:", "tel:", "about:", "data:", "#")
_LINE_ENDS = re.compile(r"[\t\r\n\0]")
_REFRESH = re.compile(
    r"\s*+([\d.]*+)\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+[\"']?+\s*+([^\"']*)", re.IGNORECASE
)
_MAX_LABEL = 200
_FILE_NAME = re.compile(
    rf"\.(?:{'|'.join(sorted(FILE_ENDINGS))})(?=$|[\s;,\"'()\]（）】])", re.IGNORECASE
)
_IN_SCRIPT = re.compile(
    rf"""["']([^"'\s<>]{{1,500}}\.(?:{"|".join(sorted(DRAWN_ENDINGS))}))["']""", re.IGNORECASE
)
# The element, and the attribute with the address.
_SHOWING = (("iframe", "src"), ("frame", "src"), ("embed", "src"), ("object", "data"))
_FRAMES = frozenset({"iframe", "frame"})


class WebLink(NamedTuple):
    """`address` as written, without white space around it; relative to the page."""

    kind: LinkKind
    address: str
    text: str
    node: LexborNode


def links_in(tree: LexborHTMLParser) -> Iterator[WebLink]:
    """Everything that may belong to the document, by kind; a file that is linked and shown comes
    first as the one that is shown."""
    yield from _shown(tree)
    yield from _linked(tree)
    yield from _drawn(tree)
    for _, address, node in redirects_in(tree):
        yield WebLink(LinkKind.REFRESH, address, "", node)
    for node in tree.css("img[src]"):
        if address := _written(node, "src"):
            yield WebLink(LinkKind.PICTURE, address, one_line(attribute(node, "alt")), node)


def redirects_in(tree: LexborHTMLParser) -> Iterator[tuple[float, str, LexborNode]]:
    """Where the head sends its reader, and after how many seconds."""
    for node in tree.css("meta[http-equiv]"):
        if attribute(node, "http-equiv").strip().lower() != "refresh":
            continue
        match = _REFRESH.match(attribute(node, "content"))
        if match is not None and (address := _clean(match[2])):
            yield _seconds(match[1]), address, node


def is_file(address: str) -> bool:
    """Whether an address is that of a file to download rather than of a page: by its path, or by a
    parameter that names one. A page that shares an address names it whole: no file of its own."""
    return (
        file_ending(address) in FILE_ENDINGS
        or DOWNLOADS.search(address) is not None
        or any(
            file_ending(value) in FILE_ENDINGS and "://" not in value
            for _, value in parameters_of(address)
        )
    )


def _shown(tree: LexborHTMLParser) -> Iterator[WebLink]:
    for tag, name in _SHOWING:
        for node in tree.css(f"{tag}[{name}]"):
            address = _written(node, name)
            text = one_line(attribute(node, "title"))
            if (shown := _shown_file(address)) or is_file(address):
                yield WebLink(LinkKind.VIEWER, shown or address, text, node)
            elif address and tag in _FRAMES:
                yield WebLink(LinkKind.FRAME, address, text, node)


def _linked(tree: LexborHTMLParser) -> Iterator[WebLink]:
    for node in tree.css("a[href], area[href]"):
        if not (address := _written(node, "href")):
            continue
        label = text_in(node) or one_line(attribute(node, "title"))
        if (shown := _shown_file(address)) or is_file(address) or _names_file(label):
            yield WebLink(LinkKind.ATTACHMENT, shown or address, label, node)


def _drawn(tree: LexborHTMLParser) -> Iterator[WebLink]:
    """Files that a script names: a viewer that the page itself draws."""
    for node in tree.css("script"):
        for match in _IN_SCRIPT.finditer(node.text()):
            if address := _clean(match[1].replace("\\/", "/")):
                yield WebLink(LinkKind.VIEWER, address, "", node)


def _written(node: LexborNode, name: str) -> str:
    return _clean(attribute(node, name))


def _clean(address: str) -> str:
    """Without white space; "" where it is no address of something else."""
    clean = _LINE_ENDS.sub("", address).strip()
    return "" if clean.lower().startswith(_NO_ADDRESS) else clean


def _names_file(label: str) -> bool:
    return len(label) <= _MAX_LABEL and _FILE_NAME.search(label) is not None


def _shown_file(address: str) -> str:
    """The file that a viewer's address names: viewer.html?file=/upload/a.pdf; "" for none."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    if VIEWERS.search(path):
        for name, value in parameters_of(address):
            if name.lower() in VIEWER_PARAMETERS and (clean := _clean(value)):
                return clean
    return ""


def _seconds(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
