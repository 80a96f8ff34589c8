"""The page of an article as most families write it."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from urllib.parse import quote

from tests.replica.asked import Shown
from tests.replica.documents import document_title, inner
from tests.replica.markup import encoded, head, media_type, menu
from tests.replica.plan import Article, Site
from tests.replica.settings import Settings
from tests.simulate.words import load_words

VIEWER = "/module/pdfjs/web/viewer.html"


def article_page(
    settings: Settings, site: Site, article: Article, container: str, column_target: str | None
) -> Shown:
    """Head with metas, menu, the article in the family's own `container`, its files."""
    title = document_title(site, article)
    agency = site.agencies[article.agency].agency_name
    metas = (
        ("ArticleTitle", title),
        ("PubDate", f"{article.listed_on} 09:30"),
        ("ContentSource", agency),
    )
    before = [
        *head(site, title, metas),
        f"<body>{menu(site, column_target)}",
        f"<h1>{escape(title)}</h1>",
        f"<div {container}>",
    ]
    content, shared = body(settings, site, article)
    after = ["</div>", "</body></html>", ""]
    return Shown(
        encoded(site, "\n".join(before) + content)
        + _shared(shared, site.encoding)
        + encoded(site, "\n".join(after)),
        media_type(site),
    )


def body(settings: Settings, site: Site, article: Article) -> tuple[str, str]:
    """What stands in the container: the files' links and viewers, and the report where the page
    itself holds it."""
    shown = "".join(_files(article))
    if any(file.role in ("viewer", "picture") for file in article.files):
        return shown, ""
    own, shared = inner(settings, site, article)
    return shown + own, shared


def _files(article: Article) -> Iterator[str]:
    words = load_words().websites
    for file in article.files:
        if file.role == "viewer":
            address = f"{VIEWER}?file={quote(file.target, safe='')}"
            yield f'<iframe src="{escape(address)}" width="100%" height="800"></iframe>'
        elif file.role == "picture":
            yield f'<img src="{escape(file.target)}" width="900" alt="{words.picture}">'
        else:
            label = f"{words.attachment}{article.title}.{file.format}"
            yield f'<p><a href="{escape(file.target)}">{escape(label)}</a></p>'


@lru_cache(maxsize=16)
def _shared(text: str, encoding: str) -> bytes:
    return text.encode(encoding, "xmlcharrefreplace")
