"""Reports are values that go through JSON; a look at a website that nobody knows."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from pipelines.crawl.looking import look_at
from pipelines.crawl.report import CrawlReport, LookReport, Outcomes, SourceReport
from pipelines.crawl.safety import Limits
from pipelines.crawl.terms import Terms
from pipelines.crawl.trouble import TroubleKind
from pipelines.crawl.words import load_words
from pipelines.forms import load_forms
from tests.unit.crawl.nights import (
    BASE,
    FIRST,
    START,
    Crawl,
    DictFetcher,
    DictVault,
    Website,
    at,
    source,
)


def test_a_report_goes_through_json_unchanged(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path / "m")
    crawl.website.listing(("a.html", 2020), ("b.html", 2021))
    crawl.website.report("a.html")
    report = crawl.night(0)
    assert report.troubles_total == 1
    assert SourceReport.model_validate_json(report.model_dump_json()) == report
    night = CrawlReport(
        night=1, began_at=FIRST, ended_at=FIRST, is_resumed=False, sources=(report, report)
    )
    assert CrawlReport.model_validate_json(night.model_dump_json()) == night
    assert (night.total("new"), night.total("listing_pages")) == (2, 2)
    assert night.troubles == {TroubleKind.HTTP_ERROR: 2}
    assert len(night.in_trouble) == 2


def test_troubles_are_counted_all_and_told_in_part(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path / "m")
    crawl.website.listing(*((f"{n}.html", 2020 + n % 2) for n in range(230)))
    report = crawl.night(0)
    assert (len(report.troubles), report.troubles_total) == (200, 230)


def test_news_is_what_is_not_as_it_was() -> None:
    assert Outcomes(new=1, replaced=2, gone=3, unchanged=9, known=9, troubled=9).news == 6


def looked(website: Website, address: str = START) -> LookReport:
    terms = Terms(load_words(), load_forms().lexicon, Limits(), 2021, 30, dt.datetime.now(dt.UTC))
    fetcher = DictFetcher(website, DictVault(), FIRST, {})
    return asyncio.run(look_at(source(start=[address]), fetcher, terms))


def test_a_look_tells_the_family_the_titles_and_the_years() -> None:
    website = Website()
    website.listing(("a.html", 2020), ("b.html", 2021))
    found = looked(website)
    assert (found.family, found.years, found.troubles) == ("plain", (2020, 2021), ())
    assert [address for _, address in found.titles] == [at("a.html"), at("b.html")]


def test_a_look_goes_behind_the_links_of_a_first_page() -> None:
    website = Website()
    gateway = '<a href="/xxgk/">政府信息公开</a><a href="http://other.example/">政务公开</a>'
    website.put(f"{BASE}/", f"<html><body>{gateway}</body></html>")
    website.listing((at("a.html"), 2020), (at("b.html"), 2021), start=f"{BASE}/xxgk/")
    found = looked(website, f"{BASE}/")
    assert (found.address, found.years) == (f"{BASE}/xxgk/", (2020, 2021))


@pytest.mark.parametrize("kind", [TroubleKind.CHALLENGE, TroubleKind.UNREACHABLE])
def test_a_look_that_finds_a_closed_door_says_so(kind: TroubleKind) -> None:
    website = Website()
    website.trouble(START, kind, 200)
    found = looked(website)
    assert (found.family, [t.kind for t in found.troubles]) == (None, [kind])


def test_a_look_at_a_file_finds_no_website() -> None:
    website = Website()
    website.put(START, b"%PDF-1.4 startxref", media_type="application/pdf")
    found = looked(website)
    assert (found.family, found.troubles[0].kind) == (None, TroubleKind.UNREADABLE_ANSWER)


def test_a_look_at_a_website_without_reports_says_so() -> None:
    website = Website()
    website.put(START, "<html><body><a href='/x.html'>新闻</a></body></html>")
    found = looked(website)
    assert (found.titles, [t.kind for t in found.troubles]) == ((), [TroubleKind.EMPTY_LISTING])
