"""Scrapy's retries, that also wait where a website says how long."""

import asyncio
import datetime as dt
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.settings import BaseSettings

from pipelines.crawl.engine.requests import SLOT, SOURCE, TROUBLE, InTrouble
from pipelines.crawl.trouble import Trouble, TroubleKind

_ASKS_TO_WAIT = frozenset({429, 503})
# Whoever asks for more is left alone tonight.
_LONGEST_S = 300.0
# A slot without a delay looks at no clock.
_SHORTEST_S = 0.001


class PatientRetry(RetryMiddleware):
    """Downloader middleware, behind robots.txt: whoever asks a host waits while it is closed."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._closed_until: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PatientRetry":
        retry = super().from_crawler(crawler)
        # Before the next request that waits for this host is sent.
        crawler.signals.connect(retry.response_came, signals.response_downloaded)
        return retry

    async def process_request(self, request: Request) -> None:
        """Waits where the host asked for it.

        Raises:
            InTrouble: it asked for too much.
        """
        host = urlsplit(request.url).hostname or ""
        while (wait := self._closed_until.get(host, 0.0) - time.monotonic()) > 0:
            if wait > _LONGEST_S:
                raise InTrouble(_too_long(request, wait))
            await asyncio.sleep(wait)

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        wait = _asked_to_wait(response)
        if wait is None or wait <= _LONGEST_S:
            return super().process_response(request, response)
        if SOURCE in request.meta:
            request.meta[TROUBLE] = _too_long(request, wait, response.status)
        return response

    def response_came(self, response: Response, request: Request) -> None:
        """The host may have asked to be left alone."""
        wait = _asked_to_wait(response)
        if not wait:
            return
        host, now = urlsplit(request.url).hostname or "", time.monotonic()
        self._closed_until[host] = max(now + wait, self._closed_until.get(host, 0.0))
        slot = self.crawler.engine.downloader.slots.get(request.meta[SLOT])
        if slot is not None:
            slot.delay = max(slot.delay, _SHORTEST_S)
            slot.lastseen = max(slot.lastseen, now + min(wait, _LONGEST_S) - slot.delay)


def _too_long(request: Request, wait: float, status: int = 200) -> Trouble:
    detail = f"it asks to come back in {wait:.0f} s"
    return Trouble(TroubleKind.OUT_OF_HOURS, request.url, detail, status)


def _asked_to_wait(response: Response) -> float | None:
    """The seconds of Retry-After, which are given as such or as a date."""
    if response.status not in _ASKS_TO_WAIT:
        return None
    told = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        until = parsedate_to_datetime(told)
        zoned = until if until.tzinfo is not None else until.replace(tzinfo=dt.UTC)
        return max(0.0, (zoned - dt.datetime.now(dt.UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None
