"""AutoThrottle, which never goes below what a source's record or robots.txt asks for."""

import math
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from pipelines.crawl.engine.settings import ROBOTS_NAME

_LONGEST_DELAY_S = 60.0


class PacedThrottle(AutoThrottle):
    """Extension."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        crawler.signals.connect(self._robots_parsed, signal=signals.robots_parsed)

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        key, slot = self._get_slot(request, spider)
        if slot is not None and key is not None:
            slot.delay = max(slot.delay, self._least(key))

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        told = robotparser.crawl_delay(ROBOTS_NAME)
        if told is None or not math.isfinite(told):
            return
        downloader = self.crawler.engine.downloader
        host = urlsplit(request.url).hostname or ""
        delay = max(min(told, _LONGEST_DELAY_S), self._least(host))
        downloader.per_slot_settings.setdefault(host, {"concurrency": 1})["delay"] = delay
        if host in downloader.slots:
            downloader.slots[host].delay = max(downloader.slots[host].delay, delay)

    def _least(self, host: str) -> float:
        downloader = self.crawler.engine.downloader
        delay: float = downloader.per_slot_settings.get(host, {}).get("delay", self.mindelay)
        return delay
