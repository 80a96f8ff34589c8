"""What Scrapy is told: its own politeness, retries, robots, throttling and cache, switched on."""

from typing import Any
from urllib.parse import urlsplit

from pipelines import __version__
from pipelines.crawl.job import CrawlJob

ROBOTS_NAME = "OGI-Warehouse"
_HERE = "pipelines.crawl.engine"
_SCRAPY = "scrapy.downloadermiddlewares"
_DNS_SECONDS = 30


def scrapy_settings(job: CrawlJob) -> dict[str, Any]:
    """The settings of a night. One request at a time a host, each source's delay between them,
    raised by AutoThrottle where the website is slow; so many hosts at once as the job says."""
    limits = job.limits
    return {
        "BOT_NAME": ROBOTS_NAME,
        "USER_AGENT": user_agent(job.contact),
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": ROBOTS_NAME,
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": min((s.pace.delay_seconds for s in job.sources), default=0),
        # A delay that is promised is kept, and never halved by chance.
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_SLOTS": _slots(job),
        "DOWNLOAD_MAXSIZE": limits.document_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": limits.answer_seconds,
        "DNS_TIMEOUT": _DNS_SECONDS,
        "AUTOTHROTTLE_ENABLED": job.throttle,
        "AUTOTHROTTLE_START_DELAY": 0,
        "RETRY_TIMES": job.retries,
        "REDIRECT_MAX_TIMES": limits.redirects,
        # Pages send on in more ways than by their head: `fetch` sees to all of them.
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        # Whoever connects for us would resolve names for us, out of sight of the guard.
        "HTTPPROXY_ENABLED": False,
        "HTTPCACHE_ENABLED": True,
        "HTTPCACHE_POLICY": f"{_HERE}.cache.NightlyPolicy",
        "HTTPCACHE_STORAGE": f"{_HERE}.cache.MemoryStorage",
        "DOWNLOADER_MIDDLEWARES": {
            f"{_HERE}.guard.Guard": 50,
            f"{_SCRAPY}.offsite.OffsiteMiddleware": None,
            f"{_SCRAPY}.retry.RetryMiddleware": None,
            f"{_HERE}.patient_retry.PatientRetry": 550,
            # Behind decompression, so that what is kept is what is read; before redirects, so
            # that only answers are kept.
            f"{_SCRAPY}.httpcache.HttpCacheMiddleware": None,
            f"{_HERE}.cache.LoudCache": 585,
            f"{_HERE}.judge.Judge": 588,
        },
        "EXTENSIONS": {
            "scrapy.extensions.throttle.AutoThrottle": None,
            f"{_HERE}.throttle.PacedThrottle": 0,
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.remote_control.RemoteControl": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
            "scrapy.extensions.logstats.LogStats": None,
        },
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
        },
        "LOG_LEVEL": "WARNING",
    }


def user_agent(contact: str) -> str:
    """The name that the crawler gives itself, with someone to write to."""
    return f"{ROBOTS_NAME}/{__version__} (+{contact})"


def _slots(job: CrawlJob) -> dict[str, dict[str, Any]]:
    """Where several sources stand on one host, the longest delay."""
    slots: dict[str, dict[str, Any]] = {}
    for source in job.sources:
        for address in (*source.start_addresses(source.first_year), *filter(None, [source.api])):
            host = urlsplit(address).hostname or ""
            delay = max(source.pace.delay_seconds, slots.get(host, {}).get("delay", 0))
            slots[host] = {"concurrency": 1, "delay": delay}
    return slots
