"""What our requests carry through Scrapy: whose they are, and what is wrong with their answer."""

from typing import Any

from scrapy import Request as ScrapyRequest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from pipelines.crawl.model import Page
from pipelines.crawl.model import Request as Asked
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import Trouble

# Keys of a request's meta.
SOURCE = "ogi_source"
COLUMN = "ogi_column"
TROUBLE = "ogi_trouble"
SHA256 = "ogi_sha256"
ANSWERED_AT = "ogi_answered_at"
REDIRECTS = "redirect_urls"
SLOT = "download_slot"


class InTrouble(IgnoreRequest):
    """A request that is not sent, with the reason."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


def scrapy_request(
    asked: Asked, source: Source, max_bytes: int, led: tuple[str, ...]
) -> ScrapyRequest:
    """The request as Scrapy sends it. `led` are the addresses of pages that sent on to it."""
    meta: dict[str, Any] = {
        SOURCE: source,
        COLUMN: asked.column,
        "download_maxsize": max_bytes,
    }
    if led:
        meta[REDIRECTS] = list(led)
    return ScrapyRequest(
        asked.address,
        method=asked.method,
        body=asked.body,
        headers=dict(asked.headers),
        meta=meta,
        dont_filter=True,
    )


def page_of(response: Response, request: ScrapyRequest) -> Page:
    """The answer as the families read it."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Page(
        response.url,
        response.body,
        response.status,
        headers,
        request.body,
        request.meta.get(COLUMN),
    )


def redirects_of(request: ScrapyRequest) -> tuple[str, ...]:
    """The addresses that led to this request."""
    return tuple(request.meta.get(REDIRECTS, ()))
