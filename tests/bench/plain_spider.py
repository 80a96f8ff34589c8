"""The named alternative of `tests.bench.crawl`: Scrapy as anyone sets it up, in its own process.

stdin has one line of JSON: addresses, hosts, folder, and `work`: `links`, its spider
reads the links of each page and writes the bytes under their SHA-256; `nothing`, it drops them.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse


class PlainSpider(scrapy.Spider):
    """Asks for every address, host by host in turn."""

    name = "plain"

    def __init__(self, task: dict[str, Any]) -> None:
        super().__init__()
        self._task = task

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for address in self._task["addresses"]:
            yield scrapy.Request(address, dont_filter=True)

    def parse(self, response: Response) -> None:
        if self._task["work"] == "nothing":
            return
        if isinstance(response, TextResponse):
            for link in response.css("a::attr(href)").getall():
                response.urljoin(link)
        sha256 = hashlib.sha256(response.body).hexdigest()
        folder = Path(self._task["folder"], sha256[:2])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / sha256).write_bytes(response.body)


def main() -> None:
    argparse.ArgumentParser("python -m tests.bench.plain_spider").parse_args()
    task = json.loads(sys.stdin.readline())
    process = CrawlerProcess(
        {
            "USER_AGENT": "plain",
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": task["hosts"],
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
            "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.DownloaderAwarePriorityQueue",
            "COOKIES_ENABLED": False,
            "HTTPPROXY_ENABLED": False,
            "METAREFRESH_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
    )
    process.crawl(PlainSpider, task=task)
    process.start()


if __name__ == "__main__":
    main()
