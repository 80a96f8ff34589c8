"""What belongs to the page of a document and lies at its own address: files, viewers, pictures."""

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from pipelines.crawl.model import DocumentPage, Page, Part
from pipelines.crawl.pages import Html, html_of, published_on, sent_on_to, title_of
from pipelines.domain.reading import LinkKind
from pipelines.text.lexicon import Lexicon
from pipelines.web.addresses import file_ending
from pipelines.web.conventions import ARTICLES, PICTURE_ENDINGS
from pipelines.web.links import links_in
from pipelines.web.markup import attribute

# Articles of some websites only; their pictures may be tables, their text is found without.
_BODIES = (
    *ARTICLES,
    ".trs_paper_default",
    ".article-content",
    "#zoomcon",
    ".bt_content",
    "#ivs_content",
    ".wzcon",
    ".j-fontContent",
    ".gkwz_contnet",
    ".newscontnet",
)
_ARTICLE_PICTURES = ", ".join(f"{body} img" for body in _BODIES)
_ASIDE = "nav a, header a, footer a, aside a"
# Icons and counters; a picture of a table is larger.
_SMALL = 120
_ICONS = re.compile(r"/(?:icons?|logo|filetypeimages|emotion|share|qrcode)[/_.\-]", re.IGNORECASE)
_PIXELS = re.compile(r"\s*(\d{1,5})")


def document_page(page: Page, lexicon: Lexicon) -> DocumentPage:
    """The page of a document as most families write it."""
    html = html_of(page)
    return DocumentPage(
        title_of(html), published_on(html, lexicon), parts_of(html), sent_on_to(html)
    )


def parts_of(html: Html) -> tuple[Part, ...]:
    """Every part, each address once; what a viewer shows counts as that file."""
    aside = {node.mem_id for node in html.tree.css(_ASIDE)}
    pictures = {node.mem_id for node in html.tree.css(_ARTICLE_PICTURES)}
    found: dict[str, Part] = {}
    for kind, written, label, node in links_in(html.tree):
        address = html.to(written)
        if address is None or address == html.address:
            continue
        belongs = {
            LinkKind.VIEWER: True,
            LinkKind.ATTACHMENT: node.mem_id not in aside,
            LinkKind.FRAME: _is_own_page(node, address, html),
            LinkKind.PICTURE: node.mem_id in pictures and _may_be_table(node, address),
            LinkKind.REFRESH: False,
        }
        if belongs[kind]:
            found.setdefault(address, Part(kind, address, label))
    return tuple(found.values())


def _may_be_table(node: LexborNode, address: str) -> bool:
    if _is_small(node) or _ICONS.search(urlsplit(address).path):
        return False
    ending = file_ending(address)
    return not ending or ending in PICTURE_ENDINGS


def _is_small(node: LexborNode) -> bool:
    for name in ("width", "height"):
        match = _PIXELS.match(attribute(node, name))
        if match is not None and "%" not in attribute(node, name) and int(match[1]) < _SMALL:
            return True
    return False


def _is_own_page(node: LexborNode, address: str, html: Html) -> bool:
    """Whether a frame shows a page of the same host, large enough to be read."""
    return urlsplit(address).hostname == urlsplit(html.address).hostname and not _is_small(node)
