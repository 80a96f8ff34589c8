"""The crawl beside Scrapy itself on the same pages, in turn; and the second night beside the first.

    python -m tests.bench.crawl [--sites N] [--rounds N] [--nights-sites N] [--delay SECONDS]

Both sides obey robots.txt, ask one request at a time a host, as many hosts at once, without a
delay. The nights are asked with one, as they are in life.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pipelines.crawl.report import CrawlReport
from tests.replica import Running, Settings, running

REPORTS = 60
HOSTS = 32
UNTIL_YEAR = 2024


def replica_of(sites: int, delay: float = 0.0) -> Settings:
    return Settings(
        sites=sites, reports=REPORTS, shapes="pages", crawl_delay=0, delay_seconds=delay
    )


def ours(replica: Running, home: Path, *, throttle: bool) -> tuple[float, CrawlReport]:
    """Seconds of one night into `home`, with all that it starts, and its report."""
    task = {
        "crawl": {
            "sources": replica.sources(),
            "until_year": UNTIL_YEAR,
            "contact": "bench@example.org",
            "hosts": HOSTS,
            "throttle": throttle,
        },
        "archive": str(home / "archive"),
        "memory": str(home / "memory.sqlite"),
    }
    began = time.perf_counter()
    told = list(_told("pipelines.runs.crawl_process", task))
    seconds = time.perf_counter() - began
    ((_, report),) = told[-1].items()
    return seconds, CrawlReport.model_validate(report)


def plain(addresses: list[str], folder: Path, work: str) -> float:
    """Seconds that Scrapy takes over these addresses, with all that it starts."""
    task = {
        "addresses": addresses,
        "hosts": HOSTS,
        "folder": str(folder),
        "work": work,
    }
    began = time.perf_counter()
    list(_told("tests.bench.plain_spider", task))
    return time.perf_counter() - began


def addresses_of(replica: Running) -> list[str]:
    """What the hosts were asked for by GET, robots.txt left out, one host after the other."""
    of_hosts = [
        [
            f"http://{host}:{replica.port}{request.removeprefix('GET ')}"
            for request in counts["requests"]
            if request.startswith("GET ") and request != "GET /robots.txt"
        ]
        for host, counts in replica.counts().items()
    ]
    return [address for turn in zip_longest(*of_hosts) for address in turn if address is not None]


def throughput(sites: int, rounds: int) -> None:
    """Ours and Scrapy's in turn: requests a second, and the ratio of each round."""
    ratios: dict[str, list[float]] = {"links": [], "nothing": []}
    with running(replica_of(sites)) as replica, tempfile.TemporaryDirectory() as folder:
        ours(replica, Path(folder, "warm"), throttle=False)
        addresses = addresses_of(replica)
        print(f"{len(addresses):,} addresses on {sites} hosts, {HOSTS} at once")
        for number in range(rounds):
            mine, report = ours(replica, Path(folder, f"ours{number}"), throttle=False)
            line = f"ours {report.total('requests') / mine:6.0f}/s"
            for work, found in ratios.items():
                theirs = plain(addresses, Path(folder, f"{work}{number}"), work)
                found.append((report.total("requests") / mine) / (len(addresses) / theirs))
                line += f"   Scrapy ({work}) {len(addresses) / theirs:6.0f}/s"
            print(line, flush=True)
    for work, found in ratios.items():
        what = "reading links and writing bytes" if work == "links" else "dropping what comes"
        print(f"throughput, of Scrapy {what}: {statistics.median(found):.0%} (median)")


def nights(sites: int, delay: float) -> None:
    """The second night, of which 1 % changed, beside the first."""
    settings = replica_of(sites, delay)
    with running(settings) as replica, tempfile.TemporaryDirectory() as folder:
        seconds = []
        for night in (1, 2):
            replica.night(night)
            replica.reset()
            took, report = ours(replica, Path(folder), throttle=True)
            seconds.append(took)
            news = sum(report.total(name) for name in ("new", "replaced", "moved", "gone"))
            requests, pages = report.total("requests"), report.total("listing_pages")
            print(
                f"night {night}: {took:6.1f} s, {requests:,} requests over {pages:,} listing pages"
                f" ({requests / pages:.2f} a page), {news:,} news",
                flush=True,
            )
    print(f"second night of the first: {seconds[1] / seconds[0]:.1%}, {delay} s between requests")


def _told(module: str, task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a process of ours says, line by line, until it ends."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        yield from map(json.loads, process.stdout)
        process.stdin.close()
        if process.wait() != 0:
            raise SystemExit(f"{module} ended with {process.returncode}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nights-sites", type=int, default=200)
    parser.add_argument("--delay", type=float, default=0.5)
    given = parser.parse_args()
    throughput(given.sites, given.rounds)
    nights(given.nights_sites, given.delay)


if __name__ == "__main__":
    main()
