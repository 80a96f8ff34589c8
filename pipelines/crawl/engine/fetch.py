"""One source's requests: sent by Scrapy one after the other, and what comes back, judged."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from scrapy import Request as ScrapyRequest
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from pipelines.crawl.engine.requests import (
    ANSWERED_AT,
    SHA256,
    TROUBLE,
    InTrouble,
    page_of,
    redirects_of,
    scrapy_request,
)
from pipelines.crawl.fetched import Fetched, Traffic
from pipelines.crawl.model import Request
from pipelines.crawl.pages import html_of, sent_on_to
from pipelines.crawl.safety import Limits
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind, is_html
from pipelines.domain import CHINA, OgiError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(eq=False)
class ScrapyFetcher:
    """The `Fetcher` of one source."""

    crawler: Crawler
    source: Source
    limits: Limits
    now: Callable[[], dt.datetime]
    _traffic: Traffic = field(default_factory=Traffic)
    _began: float = field(default_factory=time.monotonic)

    async def fetch(self, request: Request, max_bytes: int) -> Fetched:
        """As `Fetcher.fetch`; pages that send their reader on are followed."""
        led: tuple[str, ...] = ()
        while True:
            fetched = await self._once(request, max_bytes, led)
            onward = sent_on_to(html_of(fetched.page)) if is_html(fetched.page) else None
            if onward is None:
                return fetched
            led = (*fetched.redirects, fetched.page.address)
            if len(led) > self.limits.redirects:
                raise self._trouble(TroubleKind.REDIRECT_LOOP, request, "sent on without end")
            request = replace(request, address=onward, method="GET", body=b"", headers=())

    def traffic(self) -> Traffic:
        """As `Fetcher.traffic`."""
        return self._traffic

    def sent(self) -> None:
        """A request of this source goes over the network."""
        self._traffic = replace(self._traffic, requests=self._traffic.requests + 1)

    def came(self, response: Response) -> None:
        """An answer to this source came over the network."""
        self._traffic = replace(
            self._traffic,
            not_modified=self._traffic.not_modified + (response.status == 304),
            bytes=self._traffic.bytes + len(response.body),
        )

    async def _once(self, request: Request, max_bytes: int, led: tuple[str, ...]) -> Fetched:
        self._within_limits(request)
        asked = scrapy_request(request, self.source, max_bytes, led)
        response = await self._answer(request, asked)
        answered = response.request or asked
        if (trouble := answered.meta.get(TROUBLE)) is not None:
            raise Troubled(trouble)
        page = page_of(response, answered)
        if SHA256 not in answered.meta:
            if page.status in _REDIRECTS and "location" in page.headers:
                # Scrapy follows every other.
                detail = f"sent on to {page.headers['location'][:100]}"
                raise self._trouble(TroubleKind.REFUSED_ADDRESS, request, detail)
            raise Troubled(
                Trouble(TroubleKind.HTTP_ERROR, page.address, f"status {page.status}", page.status)
            )
        return Fetched(
            page, answered.meta[SHA256], answered.meta[ANSWERED_AT], redirects_of(answered)
        )

    async def _answer(self, request: Request, asked: ScrapyRequest) -> Response:
        try:
            return await self.crawler.engine.download_async(asked)
        except InTrouble as error:
            raise Troubled(error.trouble) from error
        except IgnoreRequest as error:
            kind, detail = TroubleKind.ROBOTS_FORBIDDEN, str(error)
            if "redirections" in detail:
                kind = TroubleKind.REDIRECT_LOOP
            elif "decompression" in detail:
                kind, detail = TroubleKind.TOO_LARGE, _over(asked, "unpacked ")
            raise self._trouble(kind, request, detail) from error
        except OgiError:
            raise  # the archive or the memory is at fault
        except ResponseDataLossError as error:
            raise self._trouble(TroubleKind.TRUNCATED, request, "it broke off") from error
        except DownloadCancelledError as error:
            raise self._trouble(TroubleKind.TOO_LARGE, request, _over(asked)) from error
        except DownloadTimeoutError as error:
            detail = f"no whole answer in {self.limits.answer_seconds:.0f} s"
            raise self._trouble(TroubleKind.UNREACHABLE, request, detail) from error
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # Scrapy lets through whatever the network and its libraries can raise.
            detail = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            raise self._trouble(TroubleKind.UNREACHABLE, request, detail) from error

    def _within_limits(self, request: Request) -> None:
        """Raises Troubled where the source may not be asked any more tonight."""
        if not self.source.pace.is_open(self.now().astimezone(CHINA).hour):
            hours = self.source.pace.hours
            raise self._trouble(TroubleKind.OUT_OF_HOURS, request, f"only asked within {hours}")
        limits, traffic = self.limits, self._traffic
        for what, taken, most in (
            ("requests", traffic.requests, limits.site_requests),
            ("bytes", traffic.bytes, limits.site_bytes),
            ("seconds", time.monotonic() - self._began, limits.site_seconds),
        ):
            if taken >= most:
                detail = f"{most:,} {what} a night are taken"
                raise self._trouble(TroubleKind.SITE_LIMIT, request, detail)

    def _trouble(self, kind: TroubleKind, request: Request, detail: str) -> Troubled:
        return Troubled(Trouble(kind, request.address, detail))


def _over(asked: ScrapyRequest, how: str = "") -> str:
    return f"{how}more than the limit of {asked.meta['download_maxsize']:,} bytes"
