"""Nights over a replica: the crawl as a user has it, and what the servers and the archive say."""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.archive import manifest, open_archive
from pipelines.crawl import load_sources
from pipelines.crawl.report import CrawlReport
from pipelines.runs import crawl as crawling
from pipelines.settings import Settings
from tests.replica import Running, Truth

ROBOTS = "GET /robots.txt"


@dataclass(frozen=True)
class Crawler:
    """A home whose sources are the sites of a replica."""

    home: Path
    replica: Running
    hosts: int = 32

    @property
    def settings(self) -> Settings:
        return Settings(
            home=self.home,
            sources=self.home / "sources",
            crawl_contact="tests@example.org",
            crawl_hosts=self.hosts,
        )

    def begin(self) -> None:
        self.replica.write_sources(self.home / "sources")

    def crawl(self) -> CrawlReport:
        sources = load_sources(self.settings.sources_dir)
        return crawling.crawl(self.settings, sources, lambda *_: None)

    def start(self) -> subprocess.Popen[bytes]:
        """The same in a process that can be killed."""
        code = (
            "import sys; from pipelines.runs import crawl; from pipelines.settings import Settings;"
            "settings = Settings.model_validate_json(sys.argv[1]);"
            "sources = crawl.chosen_sources(settings, []);"
            "crawl.crawl(settings, sources, lambda *_: None)"
        )
        command = [sys.executable, "-c", code, self.settings.model_dump_json()]
        return subprocess.Popen(command, start_new_session=True)

    def archived(self) -> set[tuple[str, str]]:
        """Each (address, sha256) of the archive's manifest."""
        table = manifest(open_archive(self.settings.archive_address))
        columns = (table[name].to_pylist() for name in ("address", "document_sha256"))
        return set(zip(*columns, strict=True))

    def objects(self) -> set[str]:
        folder = self.home / "archive" / "objects"
        return {file.name for file in folder.glob("*/*")}


def wanted(truth: Truth) -> set[tuple[str, str]]:
    """Each (address, sha256) that a right crawl has: a page under the address that its listing
    gives, which may lead on to another."""
    return {
        (known.listed if known.is_page else known.address, known.sha256)
        for known in truth.documents.values()
    }


def asked(replica: Running) -> Counter[tuple[str, str]]:
    """How often each host was asked for what, robots.txt left out."""
    return Counter(
        {
            (host, request): times
            for host, counts in replica.counts().items()
            for request, times in counts["requests"].items()
            if request != ROBOTS
        }
    )


def robots_asked(replica: Running) -> Counter[str]:
    """How often each host was asked for its robots.txt."""
    return Counter({host: c["requests"].get(ROBOTS, 0) for host, c in replica.counts().items()})


def listings(truth: Truth) -> set[tuple[str, str]]:
    """The requests of all listings, as `asked` has them."""
    return {(site.host, str(one)) for site in truth.sites.values() for one in site.listings}


def documents(truth: Truth) -> set[tuple[str, str]]:
    """The requests for all documents, as `asked` has them."""
    return {_request(known.address) for known in truth.documents.values()}


def _request(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    return parts.hostname or "", f"GET {parts.path}{query}"
