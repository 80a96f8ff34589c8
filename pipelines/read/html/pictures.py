"""The pictures that a page holds in itself, as data: addresses."""

import base64
import binascii
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from selectolax.lexbor import LexborHTMLParser

from pipelines.domain import Place
from pipelines.read.html.limits import HtmlLimits
from pipelines.read.html.tree import Ids, Paths

_READABLE = frozenset(
    {"image/png", "image/jpeg", "image/jpg", "image/gif", "image/bmp", "image/tiff", "image/webp"}
)


def pictures_in(
    tree: LexborHTMLParser, parts: Ids, limits: HtmlLimits
) -> Iterator[tuple[Place, bytes, str]]:
    """Place, bytes and media type as stated, of each picture in the article, in order. Pictures
    above the limits, and those whose bytes are damaged, are passed over."""
    paths = Paths()
    count = total = 0
    for node in tree.css('img[src^="data:image/" i]'):
        path, above = paths.climb(node)
        if parts and parts.isdisjoint(above):
            continue
        media_type, content = _decoded(node.attributes.get("src") or "", limits.max_picture_bytes)
        if not content:
            continue
        count += 1
        total += len(content)
        if count > limits.max_pictures or total > limits.max_pictures_bytes:
            return
        yield Place(path=path), content, media_type


def _decoded(address: str, most: int) -> tuple[str, bytes]:
    head, _, data = address.partition(",")
    media_type, *parameters = head[len("data:") :].lower().split(";")
    if media_type not in _READABLE or len(data) > most * 4:
        return media_type, b""
    content = unquote_to_bytes(data)
    if "base64" in (p.strip() for p in parameters):
        try:
            content = base64.b64decode(b"".join(content.split()) + b"==")
        except (binascii.Error, ValueError):
            return media_type, b""
    return media_type, content if len(content) <= most else b""
