"""Two nights over a replica of many hosts: what its servers counted and what the archive holds."""

import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.archive import open_archive, sightings
from pipelines.crawl.report import CrawlReport
from pipelines.domain import calendar_of, today_in_china
from tests.replica import Running, Settings, Truth, running, truth
from tests.whole.nights import (
    Crawler,
    asked,
    documents,
    listings,
    robots_asked,
    wanted,
)

KINDS_OF_CHANGE = ("replaced", "silently_replaced", "moved", "gone", "unlisted", "new")
SIZES = [10, pytest.param(200, marks=pytest.mark.full)]


@dataclass(frozen=True)
class Night:
    """What a night was told to be, what the crawl says, and what servers and archive say."""

    truth: Truth
    report: CrawlReport
    counts: dict[str, dict[str, object]]
    asked: dict[tuple[str, str], int]
    robots: dict[str, int]
    archived: set[tuple[str, str]]


def _night(crawler: Crawler, replica: Running, number: int) -> Night:
    told = truth(replica.night(number), replica.port)
    replica.reset()
    report = crawler.crawl()
    return Night(
        told,
        report,
        replica.counts(),
        dict(asked(replica)),
        dict(robots_asked(replica)),
        crawler.archived(),
    )


@pytest.fixture(scope="module", params=SIZES)
def nights(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Crawler, Night, Night]]:
    settings = Settings(
        sites=request.param,
        reports=60,
        shapes="pages",
        last_year=calendar_of(today_in_china()).last_closed_year,
        crawl_delay=0,
        # Long enough that two requests at once would be seen.
        latency_seconds=0.01,
    )
    with running(settings) as replica:
        crawler = Crawler(tmp_path_factory.mktemp("home"), replica, hosts=64)
        crawler.begin()
        yield crawler, _night(crawler, replica, 1), _night(crawler, replica, 2)


def test_every_document_is_there_under_its_sum(nights: tuple[Crawler, Night, Night]) -> None:
    _, first, _ = nights
    assert first.archived == wanted(first.truth)
    assert first.report.total("new") == len(first.truth.documents)
    assert first.report.total("troubled") == 0


def test_every_document_was_fetched_once_and_nothing_else(
    nights: tuple[Crawler, Night, Night],
) -> None:
    _, first, _ = nights
    told = documents(first.truth) | listings(first.truth)
    led = {known.listed for known in first.truth.documents.values()} - set(first.truth.documents)
    assert {key: n for key, n in first.asked.items() if n != 1} == {}
    assert told <= set(first.asked)
    # The rest are addresses that only lead on to where a report lies.
    assert len(set(first.asked) - told) == len(led)


def test_no_host_was_asked_twice_at_once(nights: tuple[Crawler, Night, Night]) -> None:
    for night in nights[1:]:
        assert {counts["most_at_once"] for counts in night.counts.values()} - {0} == {1}


def test_robots_are_asked_once_a_night_and_obeyed(nights: tuple[Crawler, Night, Night]) -> None:
    for night in nights[1:]:
        # A site of which nothing is due is not asked for anything.
        assert set(night.robots.values()) - {0} == {1}
        assert not [host for host, counts in night.counts.items() if counts["disallowed"]]


def test_the_crawler_says_who_it_is(nights: tuple[Crawler, Night, Night]) -> None:
    names = {name for counts in nights[1].counts.values() for name in counts["user_agents"]}  # type: ignore[attr-defined]
    assert len(names) == 1
    assert "(+tests@example.org)" in names.pop()


def test_the_second_night_asks_for_listings_and_for_what_changed(
    nights: tuple[Crawler, Night, Night],
) -> None:
    _, _, second = nights
    pages = len(listings(second.truth))
    assert sum(second.asked.values()) <= 1.2 * pages
    # Where the page of a year is the report itself, it is asked for as a report is.
    of_years = documents(second.truth) & listings(second.truth)
    assert listings(second.truth) - of_years <= set(second.asked)


def test_the_second_night_tells_what_changed(nights: tuple[Crawler, Night, Night]) -> None:
    crawler, _, second = nights
    # What was replaced without a word in its listing is found when its time has come.
    silent = {c.after for c in second.truth.changes if c.kind == "silently_replaced"}
    there = {pair for pair in wanted(second.truth) if pair[0] not in silent}
    assert there <= second.archived
    rows = sightings(open_archive(crawler.settings.archive_address)).to_pylist()
    last = {row["address"]: row for row in rows}
    assert {(address, row["document_sha256"]) for address, row in last.items()} >= there
    kinds = {kind: [c for c in second.truth.changes if c.kind == kind] for kind in KINDS_OF_CHANGE}
    assert all(kinds.values())
    assert {last[c.before or ""]["document_sha256"] for c in kinds["gone"]} == {None}
    for change in kinds["moved"]:
        row = last[change.before or ""]
        # It is gone, or leads on.
        assert row["document_sha256"] is None or row["answered_from"] == change.after
    assert {last[c.before or ""]["is_listed"] for c in kinds["unlisted"]} == {False}


def test_nothing_that_was_there_is_lost(nights: tuple[Crawler, Night, Night]) -> None:
    crawler, first, second = nights
    assert first.archived <= second.archived
    assert {sha256 for _, sha256 in second.archived} <= crawler.objects()


@pytest.mark.parametrize("kills", [3, pytest.param(10, marks=pytest.mark.full)])
def test_a_killed_crawl_has_the_same_archive(tmp_path: Path, kills: int) -> None:
    rng = random.Random(7)
    settings = Settings(sites=7, reports=30, crawl_delay=0, latency_seconds=0.02)
    with running(settings) as replica:
        told = truth(replica.plan(), replica.port)
        whole = Crawler(tmp_path / "whole", replica, hosts=3)
        whole.begin()
        whole.crawl()
        replica.reset()
        killed = Crawler(tmp_path / "killed", replica, hosts=3)
        killed.begin()
        _kill(killed, kills, rng)
        killed.crawl()
        counted = asked(replica)
        assert killed.archived() == whole.archived() == wanted(told)
        assert killed.objects() == whole.objects()
    twice = {key: times for key, times in counted.items() if times > 1}
    # What was under way when it was killed is asked for again, on three hosts at most.
    assert sum(times - 1 for times in twice.values()) <= 3 * kills


def _kill(crawler: Crawler, times: int, rng: random.Random) -> None:
    """Start a crawl run and kill it so many times, each after some more requests."""
    for _ in range(times):
        enough = asked(crawler.replica).total() + rng.randint(1, 20)
        process = crawler.start()
        until = time.monotonic() + 300
        while asked(crawler.replica).total() < enough:
            assert process.poll() is None, "it ended before it was killed"
            assert time.monotonic() < until
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
