"""What belongs to the page of a document and lies at its own address: files, viewers, pictures."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborNode

from pipelines.crawl.addresses import file_ending
from pipelines.crawl.model import DocumentPage, Page, Part, PartKind
from pipelines.crawl.pages import (
    Html,
    attribute,
    html_of,
    published_on,
    sent_on_to,
    text_in,
    title_of,
)
from pipelines.text import one_line
from pipelines.text.lexicon import Lexicon

FILE_ENDINGS = frozenset(
    {
        *("pdf", "doc", "docx", "wps", "wpt", "rtf", "xls", "xlsx", "et", "csv", "txt"),
        *("zip", "rar", "7z", "ofd", "tif", "tiff"),
    }
)
PICTURE_ENDINGS = frozenset({"jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff"})
# Addresses that hand out a file without its ending.
_DOWNLOADS = re.compile(
    r"/module/download/|/downfile\.jsp\?|[/?&]download(?:file)?[./?=]|/attachment/|/attachdown",
    re.IGNORECASE,
)
_FILE_PARAMETERS = frozenset({"file", "filename", "url", "src", "path", "filepath", "pdf"})
_IN_SCRIPT = re.compile(r"""["']([^"'\s<>]{1,500}\.(?:pdf|ofd|docx?|wps|xlsx?))["']""", re.I)
_BODIES = (
    ".TRS_Editor, .trs_editor_view, .trs_paper_default, #zoom, #UCAP-CONTENT, .article-content, "
    "#zoomcon, .bt_content, #ivs_content, .wzcon, .article, .j-fontContent, .gkwz_contnet, "
    ".newscontnet"
)
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
    found: dict[str, Part] = {}
    for part in (*_viewers(html), *_attachments(html), *_in_scripts(html), *_pictures(html)):
        if part.address != html.address:
            found.setdefault(part.address, part)
    return tuple(found.values())


def is_file(address: str) -> bool:
    """Whether an address is that of a file to download rather than of a page."""
    return file_ending(address) in FILE_ENDINGS or _DOWNLOADS.search(address) is not None


def _attachments(html: Html) -> Iterator[Part]:
    aside = {node.mem_id for node in html.tree.css(_ASIDE)}
    for node in html.tree.css("a[href]"):
        address = html.to(attribute(node, "href"))
        if address is None or node.mem_id in aside:
            continue
        label = text_in(node) or one_line(attribute(node, "title"))
        shown = _shown_file(html, address)
        if shown is not None:
            yield Part(PartKind.ATTACHMENT, shown, label)
        elif is_file(address) or file_ending(f"http://x/{label}") in FILE_ENDINGS:
            yield Part(PartKind.ATTACHMENT, address, label)


def _viewers(html: Html) -> Iterator[Part]:
    for node in html.tree.css("iframe, frame, embed, object"):
        written = attribute(node, "data" if node.tag == "object" else "src")
        address = html.to(written)
        if address is None:
            continue
        shown = _shown_file(html, address)
        if shown is not None:
            yield Part(PartKind.VIEWER, shown)
        elif is_file(address):
            yield Part(PartKind.VIEWER, address)
        elif node.tag in {"iframe", "frame"} and _is_own_page(node, address, html):
            yield Part(PartKind.FRAME, address)


def _in_scripts(html: Html) -> Iterator[Part]:
    """Files that a script shows: a viewer drawn by the page itself."""
    for match in _IN_SCRIPT.finditer(html.scripts):
        address = html.to(match[1].replace("\\/", "/"))
        if address is not None:
            yield Part(PartKind.VIEWER, address)


def _pictures(html: Html) -> Iterator[Part]:
    body = html.tree.css_first(_BODIES)
    if body is None:
        return
    for node in body.css("img"):
        address = html.to(attribute(node, "src"))
        if address is None or _is_small(node) or _ICONS.search(urlsplit(address).path):
            continue
        if file_ending(address) in PICTURE_ENDINGS or not file_ending(address):
            yield Part(PartKind.PICTURE, address, one_line(attribute(node, "alt")))


def _shown_file(html: Html, address: str) -> str | None:
    """The file that a viewer's address names in its query: viewer.html?file=/upload/a.pdf."""
    parts = urlsplit(address)
    if "viewer" not in parts.path.lower() and "preview" not in parts.path.lower():
        return None
    for name, value in parse_qsl(parts.query, max_num_fields=50):
        if name.lower() in _FILE_PARAMETERS and value:
            return html.to(value)
    return None


def _is_small(node: LexborNode) -> bool:
    for name in ("width", "height"):
        match = _PIXELS.match(attribute(node, name))
        if match is not None and "%" not in attribute(node, name) and int(match[1]) < _SMALL:
            return True
    return False


def _is_own_page(node: LexborNode, address: str, html: Html) -> bool:
    """Whether a frame shows a page of the same host, large enough to be read."""
    return urlsplit(address).hostname == urlsplit(html.address).hostname and not _is_small(node)
