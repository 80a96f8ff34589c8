"""As soon as an answer is here: whether it can be what was asked for."""

from dataclasses import replace
from typing import cast

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from pipelines.crawl.engine.requests import SOURCE, TROUBLE, page_of, redirects_of
from pipelines.crawl.model import Page
from pipelines.crawl.trouble import trouble_of
from pipelines.crawl.words import load_words

_NOT_MODIFIED = 304


class Judge:
    """Downloader middleware. What is wrong with an answer goes with its request, so that it is
    neither kept nor taken for what was asked for; what may pass is asked for again."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._words = load_words()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Judge":
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if SOURCE not in request.meta or response.status == _NOT_MODIFIED:
            return response
        # What comes from the cache was judged when it came.
        if "cached" in response.flags or 300 <= response.status < 400:
            return response
        # Of another try.
        request.meta.pop(TROUBLE, None)
        page = _unpacked(page_of(response, request))
        trouble = trouble_of(page, self._words, redirects_of(request))
        if trouble is None:
            return response
        if trouble.may_pass and response.status < 400:
            again = get_retry_request(
                request,
                spider=cast("Spider", self._crawler.spider),
                reason=str(trouble.kind),
                give_up_log_level="DEBUG",
            )
            if again is not None:
                return again
        request.meta[TROUBLE] = trouble
        return response


def _unpacked(page: Page) -> Page:
    """Scrapy has seen that the answer was whole, and the length told was that of packed bytes."""
    headers = {name: told for name, told in page.headers.items() if name != "content-length"}
    return replace(page, headers=headers)
