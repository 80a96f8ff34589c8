"""Pace and patience: values, and Scrapy's components by themselves."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.settings import Settings as ScrapySettings
from scrapy.signalmanager import SignalManager

from pipelines.crawl.engine.patient_retry import PatientRetry, _asked_to_wait
from pipelines.crawl.engine.requests import InTrouble
from pipelines.crawl.engine.settings import scrapy_settings
from pipelines.crawl.engine.throttle import PacedThrottle
from pipelines.crawl.job import CrawlJob
from pipelines.crawl.patience import Patience
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import Trouble, TroubleKind
from tests.unit.crawl.nights import BASE, START, source

HOST = "www.linyi.example"


def trouble(kind: TroubleKind, address: str = START) -> Trouble:
    return Trouble(kind, address, "")


def patience() -> Patience:
    return Patience({HOST})


def test_patience_is_lost_with_the_third_closed_door_in_a_row() -> None:
    mine = patience()
    for kind in (TroubleKind.CHALLENGE, TroubleKind.CAPTCHA):
        mine.hear(START, trouble(kind))
    mine.hear(START, None)
    for kind in (TroubleKind.UNREACHABLE, TroubleKind.CHALLENGE):
        mine.hear(START, trouble(kind))
    assert not mine.is_lost
    mine.hear(START, trouble(TroubleKind.UNREACHABLE))
    assert mine.is_lost


def test_other_troubles_are_no_closed_doors() -> None:
    mine = patience()
    for _ in range(9):
        mine.hear(START, trouble(TroubleKind.HTTP_ERROR))
    assert not mine.is_lost


@pytest.mark.parametrize("kind", [TroubleKind.OUT_OF_HOURS, TroubleKind.SITE_LIMIT])
def test_some_troubles_end_the_source_at_once(kind: TroubleKind) -> None:
    mine = patience()
    mine.hear(START, trouble(kind))
    assert mine.is_lost


def test_another_host_that_asks_to_be_left_alone_is_left_alone_by_itself() -> None:
    mine, other = patience(), "http://other.example/a.pdf"
    mine.hear(other, trouble(TroubleKind.OUT_OF_HOURS, other))
    assert not mine.is_lost
    assert mine.is_closed(other)
    assert not mine.is_closed(START)


def job(*sources: Source) -> CrawlJob:
    return CrawlJob(sources=sources, until_year=2021, contact="me@linyi.example")


def test_the_slowest_source_of_a_host_gives_the_pace() -> None:
    one = source(pace={"delay_seconds": 2})
    two = source(id="two", start=[f"{BASE}/two/"], pace={"delay_seconds": 7})
    settings = scrapy_settings(job(one, two))
    assert settings["DOWNLOAD_SLOTS"] == {HOST: {"concurrency": 1, "delay": 7}}
    assert settings["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1
    assert settings["DOWNLOAD_DELAY_JITTER"] == 0
    assert settings["USER_AGENT"].endswith("(+me@linyi.example)")


def throttle(delay: float) -> tuple[PacedThrottle, Any]:
    slot = SimpleNamespace(delay=delay, transferring=set())
    downloader = SimpleNamespace(
        per_slot_settings={HOST: {"concurrency": 1, "delay": delay}}, slots={HOST: slot}
    )
    crawler: Any = SimpleNamespace(
        settings=ScrapySettings({"AUTOTHROTTLE_ENABLED": True}),
        signals=SignalManager(),
        engine=SimpleNamespace(downloader=downloader),
    )
    paced = PacedThrottle.from_crawler(crawler)
    # As when a spider is opened.
    paced.mindelay, paced.maxdelay = delay, 60.0
    return paced, slot


@pytest.mark.parametrize(
    ("told", "record", "kept"),
    [
        ("10", 3, 10),
        ("1", 3, 3),
        ("86400", 3, 60),
        ("86400", 600, 600),
        ("nan", 3, 3),
        ("-5", 3, 3),
        ("often", 3, 3),
    ],
)
def test_robots_txt_makes_a_pace_slower_and_never_faster(
    told: str, record: float, kept: float
) -> None:
    paced, slot = throttle(record)
    robots = ProtegoRobotParser(f"User-agent: *\nCrawl-delay: {told}\n".encode(), None)
    paced._robots_parsed(robots, Request(START))
    # The website answers fast.
    request = Request(START, meta={"download_slot": HOST, "download_latency": 0.01})
    for _ in range(20):
        paced._response_downloaded(Response(START), request, None)  # type: ignore[arg-type]
    assert slot.delay == pytest.approx(kept, abs=0.1)


def test_a_slow_website_is_asked_more_slowly() -> None:
    paced, slot = throttle(1)
    request = Request(START, meta={"download_slot": HOST, "download_latency": 8.0})
    paced._response_downloaded(Response(START), request, None)  # type: ignore[arg-type]
    assert slot.delay == pytest.approx(8)


def asked_to_wait(told: str | bytes, status: int = 429) -> float | None:
    return _asked_to_wait(Response(START, status, headers={"Retry-After": told}))


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    assert asked_to_wait("120") == 120
    assert asked_to_wait("120", 500) is None
    assert asked_to_wait("9" * 400) == 999_999_999
    assert asked_to_wait("Sat, 10 Jan 2015 08:00:00 GMT") == 0
    assert (asked_to_wait("Sat, 10 Jan 2099 08:00:00 GMT") or 0) > 1e9
    for nonsense in ("", "soon", "-5", "1.5", "²", "Fri, 31 Dec 99999 23:59:59 GMT"):
        assert asked_to_wait(nonsense.encode("latin-1")) is None
    assert _asked_to_wait(Response(START, 503)) is None


def retry() -> PatientRetry:
    crawler: Any = SimpleNamespace(
        settings=ScrapySettings(),
        signals=SignalManager(),
        engine=SimpleNamespace(downloader=SimpleNamespace(slots={})),
    )
    return PatientRetry.from_crawler(crawler)


def test_a_host_that_asks_to_wait_is_waited_for_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept, sleep = [], asyncio.sleep

    async def recorded(seconds: float) -> None:
        slept.append(seconds)
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", recorded)
    patient, began = retry(), time.monotonic()
    busy = Response(START, 429, headers={"Retry-After": "1"})
    patient.response_came(busy, Request(START, meta={"download_slot": HOST}))
    asyncio.run(patient.process_request(Request("http://other.example/")))
    assert slept == []
    asyncio.run(patient.process_request(Request(f"{BASE}/robots.txt")))
    assert slept
    assert time.monotonic() - began >= 0.95


def test_whoever_asks_a_host_that_wants_hours_is_told_so() -> None:
    patient = retry()
    busy = Response(START, 503, headers={"Retry-After": "7200"})
    patient.response_came(busy, Request(START, meta={"download_slot": HOST}))
    with pytest.raises(InTrouble) as told:
        asyncio.run(patient.process_request(Request(START)))
    assert told.value.trouble.kind is TroubleKind.OUT_OF_HOURS


@given(st.binary(max_size=40) | st.text("0123456789 :,GMTJanSat+-", max_size=40).map(str.encode))
def test_nothing_that_is_told_of_waiting_is_a_fault(told: bytes) -> None:
    wait = asked_to_wait(told)
    assert wait is None or wait >= 0
