"""Scrapy's HTTP cache over memory and archive: conditional requests from night to night, and a
night that was broken off goes on without asking twice."""

import datetime as dt

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.extensions.httpcache import RFC2616Policy
from scrapy.http import Response
from scrapy.settings import BaseSettings

from pipelines.crawl.engine.requests import ANSWERED_AT, SHA256, TROUBLE
from pipelines.crawl.ledger import Ledger
from pipelines.crawl.memory import Answer
from pipelines.domain import OgiError

# The other one is 200 by way of a proxy.
_OK = frozenset({200, 203})
_NOT_MODIFIED = 304


class LoudCache(HttpCacheMiddleware):
    """Downloader middleware: Scrapy's, but an answer of yesterday never stands in for one that did
    not come, nor that of one address for another's."""

    def process_request(  # type: ignore[override]
        self, request: Request
    ) -> Request | Response | None:
        # What a redirect has from the request that it answers.
        for name in ("cached_response", SHA256, ANSWERED_AT):
            request.meta.pop(name, None)
        for name in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)
        return super().process_request(request)

    def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception
    ) -> None:
        request.meta.pop("cached_response", None)


class NightlyPolicy(RFC2616Policy):
    """Within a night an answer is fresh; afterwards the website is asked whether it still holds,
    whatever it had said of how long it would."""

    def should_cache_response(self, response: Response, request: Request) -> bool:
        return response.status in _OK and TROUBLE not in request.meta

    def is_cached_response_fresh(self, cachedresponse: Response, request: Request) -> bool:
        if "tonight" in cachedresponse.flags:
            return True
        self._set_conditional_validators(request, cachedresponse)
        return False

    def is_cached_response_valid(
        self, cachedresponse: Response, response: Response, request: Request
    ) -> bool:
        return response.status == _NOT_MODIFIED


class MemoryStorage:
    """Where Scrapy keeps answers: bytes in the archive, the rest in memory."""

    def __init__(self, settings: BaseSettings) -> None:
        """As Scrapy makes it."""

    def open_spider(self, spider: Spider) -> None:
        self._ledger: Ledger = spider.ledger  # type: ignore[attr-defined]
        self._fingerprint = spider.crawler.request_fingerprinter.fingerprint

    def close_spider(self, spider: Spider) -> None:
        """Memory is closed by whoever opened it."""

    def retrieve_response(self, spider: Spider, request: Request) -> Response | None:
        answer = self._ledger.memory.answer(self._fingerprint(request))
        if answer is None:
            return None
        try:
            content = self._ledger.vault.get(answer.sha256)
        except FileNotFoundError:
            return None
        is_tonight = answer.night == self._ledger.memory.night
        request.meta[SHA256] = answer.sha256
        request.meta[ANSWERED_AT] = answer.answered_at
        return Response(
            answer.url,
            status=answer.status,
            headers=dict(answer.headers),
            body=content,
            flags=["tonight"] if is_tonight else [],
        )

    def _put(self, content: bytes) -> str:
        try:
            return self._ledger.vault.put(content)
        except OSError as error:
            # Another OSError than those of the network.
            raise OgiError(f"the archive cannot be written: {error}") from error

    def store_response(self, spider: Spider, request: Request, response: Response) -> None:
        now = dt.datetime.now(dt.UTC)
        # A confirmed answer comes back with its bytes: they are in the archive.
        sha256 = request.meta.get(SHA256) if "cached" in response.flags else None
        sha256 = sha256 or self._put(response.body)
        headers = {
            name.decode("latin-1"): [value.decode("latin-1") for value in values]
            for name, values in response.headers.items()
        }
        request.meta[SHA256] = sha256
        request.meta[ANSWERED_AT] = now
        night = self._ledger.memory.night
        self._ledger.memory.keep(
            self._fingerprint(request),
            Answer(night, now, response.url, response.status, headers, sha256),
        )
