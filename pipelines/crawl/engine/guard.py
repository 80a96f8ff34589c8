"""Before anything is sent: whether the address may be asked for at all."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.defer import maybe_deferred_to_future

from pipelines.crawl.engine.requests import SLOT, SOURCE, InTrouble, redirects_of
from pipelines.crawl.safety import refused_address, refused_host
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import Trouble, TroubleKind


class Guard:
    """Downloader middleware. Every request passes, robots.txt and each step of a redirect too."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._private_hosts = _private_hosts(crawler.spider.job.sources)  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Guard":
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises:
        InTrouble: the address is not to be asked for, or led back to itself.
        """
        address = request.url
        if address in redirects_of(request):
            raise _trouble(TroubleKind.REDIRECT_LOOP, address, "led back to itself")
        source: Source | None = request.meta.get(SOURCE)
        host = urlsplit(address).hostname or ""
        # robots.txt is asked for by Scrapy, on behalf of whoever asks first.
        allowed = source.private_hosts if source else self._private_hosts.get(host, ())
        if (reason := refused_address(address, allowed)) is not None:
            raise _trouble(TroubleKind.REFUSED_ADDRESS, address, reason)
        resolved = await self._resolve(address, host)
        if (reason := refused_host(host, [resolved], allowed)) is not None:
            raise _trouble(TroubleKind.REFUSED_ADDRESS, address, reason)
        # A redirect has this of the host that it came from.
        request.meta.pop(SLOT, None)
        if source is not None:
            self._pace(host, source.pace.delay_seconds)

    def _pace(self, host: str, delay: float) -> None:
        """The source's delay, also at hosts that its record does not name."""
        downloader = self._crawler.engine.downloader
        told = downloader.per_slot_settings.setdefault(host, {"concurrency": 1, "delay": delay})
        if delay > told["delay"]:
            told["delay"] = delay
            if host in downloader.slots:
                downloader.slots[host].delay = max(downloader.slots[host].delay, delay)

    async def _resolve(self, address: str, host: str) -> str:
        # Scrapy's resolver keeps what it answered: it is this very address that is connected to.
        from twisted.internet import reactor  # noqa: PLC0415 - installed by Scrapy first

        try:
            return await maybe_deferred_to_future(reactor.resolve(host))  # type: ignore[arg-type] # its interface is wrong
        except Exception as error:
            detail = f"{host} cannot be resolved: {type(error).__name__}"
            raise _trouble(TroubleKind.UNREACHABLE, address, detail) from error


def _trouble(kind: TroubleKind, address: str, detail: str) -> InTrouble:
    return InTrouble(Trouble(kind, address, detail))


def _private_hosts(sources: tuple[Source, ...]) -> dict[str, tuple[str, ...]]:
    allowed: dict[str, tuple[str, ...]] = {}
    for source in sources:
        for start in source.start_addresses(source.first_year):
            host = urlsplit(start).hostname or ""
            allowed[host] = (*allowed.get(host, ()), *source.private_hosts)
    return allowed
