"""Scrapy's retries, that also wait where a website says how long."""

import datetime as dt
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from pipelines.crawl.engine.guard import Guard
from pipelines.crawl.engine.requests import SOURCE, TROUBLE
from pipelines.crawl.trouble import Trouble, TroubleKind

_ASKS_TO_WAIT = frozenset({429, 503})
# Whoever asks for more is left alone tonight.
_LONGEST_S = 300.0


class PatientRetry(RetryMiddleware):
    """Downloader middleware."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        wait = _asked_to_wait(response)
        if wait is None:
            return super().process_response(request, response)
        if wait > _LONGEST_S:
            if SOURCE in request.meta:
                detail = f"status {response.status}: asks to come back in {wait:.0f} s"
                request.meta[TROUBLE] = Trouble(
                    TroubleKind.OUT_OF_HOURS, request.url, detail, response.status
                )
            return response
        guard = self.crawler.get_downloader_middleware(Guard)
        if guard is not None:
            guard.close_for(urlsplit(request.url).hostname or "", wait)
        return super().process_response(request, response)


def _asked_to_wait(response: Response) -> float | None:
    """The seconds of Retry-After, which are given as such or as a date."""
    if response.status not in _ASKS_TO_WAIT:
        return None
    told = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    zoned = until if until.tzinfo is not None else until.replace(tzinfo=dt.UTC)
    return max(0.0, (zoned - dt.datetime.now(dt.UTC)).total_seconds())
