"""Every way in which a website can go wrong, each on a host of its own, beside sound ones."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.archive import open_archive, read_object
from pipelines.crawl import Limits
from pipelines.crawl.report import CrawlReport, SourceReport
from pipelines.domain import sha256_of
from tests.replica import KINDS, Running, Settings, SiteTruth, Truth, running, truth
from tests.whole.nights import Crawler, wanted

LIMITS = Limits(answer_seconds=4, document_bytes=2_000_000, page_bytes=1_000_000, listing_pages=12)
# What the asker alone can tell apart has another name with the replica.
NAMES = {
    "too_long": {"too_large", "unreachable"},
    "no_answer": {"unreachable"},
    "too_large": {"too_large"},
    "refused": {"refused_address"},
    "robots": {"robots_forbidden"},
}
SETTINGS = Settings(
    sites=7, reports=12, faults=tuple(KINDS), crawl_delay=0, passing=0.05, latency_seconds=0.002
)
FAULTY = [name for name, kind in KINDS.items() if kind.trouble is not None]


@dataclass(frozen=True)
class Crawled:
    """What a night over all faults was told to be, what the crawl says, and its archive."""

    truth: Truth
    report: CrawlReport
    archived: set[tuple[str, str]]
    archive: Path
    counts: dict[str, dict[str, object]]

    def of(self, fault: str) -> tuple[SiteTruth, SourceReport]:
        (told,) = [site for site in self.truth.sites.values() if site.fault == fault]
        (report,) = [source for source in self.report.sources if source.source == told.source]
        return told, report


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    home = tmp_path_factory.mktemp("home")
    with running(SETTINGS) as replica:
        crawler = Crawler(home, replica)
        report = _crawl(replica, home)
        yield Crawled(
            truth(replica.plan(), replica.port),
            report,
            crawler.archived(),
            home / "archive",
            replica.counts(),
        )


def _crawl(replica: Running, home: Path) -> CrawlReport:
    task = {
        "crawl": {
            "sources": replica.sources(),
            "until_year": SETTINGS.last_year,
            "contact": "tests@example.org",
            "hosts": 64,
            "limits": {name: getattr(LIMITS, name) for name in LIMITS.__slots__},
        },
        "archive": str(home / "archive"),
        "memory": str(home / "memory.sqlite"),
    }
    command = [sys.executable, "-m", "pipelines.runs.crawl_process"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        last = [json.loads(line) for line in process.stdout][-1]
        process.stdin.close()
    return CrawlReport.model_validate(last["report"])


@pytest.mark.parametrize("fault", FAULTY)
def test_a_fault_is_told_by_its_name(crawled: Crawled, fault: str) -> None:
    told, report = crawled.of(fault)
    kinds = {str(trouble.kind) for trouble in report.troubles}
    assert told.trouble is not None
    assert kinds & NAMES.get(told.trouble, {told.trouble}), kinds


@pytest.mark.parametrize("fault", sorted(set(KINDS) - set(FAULTY)))
def test_what_only_looks_like_a_fault_is_none(crawled: Crawled, fault: str) -> None:
    _, report = crawled.of(fault)
    assert {str(t.kind) for t in report.troubles} - {"robots_forbidden", "missing_year"} == set()


def test_no_listing_with_reports_is_taken_for_an_empty_one(crawled: Crawled) -> None:
    empty = {
        source.source
        for source in crawled.report.sources
        if "empty_listing" in {str(t.kind) for t in source.troubles}
    }
    assert empty == {crawled.of("empty_listing")[0].source}


def test_everything_that_can_be_had_is_there_and_nothing_else(crawled: Crawled) -> None:
    # What belongs to a page that robots.txt forbids is told by that page alone.
    hidden = {
        known.address
        for site in crawled.truth.sites.values()
        for known in site.documents.values()
        if known.listed in site.forbidden
    }
    missed = wanted(crawled.truth) - crawled.archived
    assert {address for address, _ in missed} <= hidden
    told = {known.address for known in crawled.truth.documents.values()}
    told |= {known.listed for known in crawled.truth.documents.values()}
    lost = {a for site in crawled.truth.sites.values() for a in site.lost}
    assert {address for address, _ in crawled.archived} & lost == set()
    assert {address for address, _ in crawled.archived} <= told


def test_what_is_archived_has_the_sum_that_it_says(crawled: Crawled) -> None:
    archive = open_archive(crawled.archive)
    for _, sha256 in crawled.archived:
        assert sha256_of(read_object(archive, sha256)) == sha256


def test_no_name_of_the_network_is_one_of_a_file(crawled: Crawled) -> None:
    names = {file.name for file in crawled.archive.rglob("*") if file.is_file()}
    assert not [name for name in names if "passwd" in name or "html" in name]


def test_what_robots_forbid_is_not_asked_for(crawled: Crawled) -> None:
    assert not [host for host, counts in crawled.counts.items() if counts["disallowed"]]


def test_trouble_of_one_host_is_none_of_another(crawled: Crawled) -> None:
    sound = {site.source for site in crawled.truth.sites.values() if site.fault is None}
    for source in crawled.report.sources:
        if source.source in sound:
            assert source.is_complete
            assert {str(t.kind) for t in source.troubles} <= {"missing_year"}
