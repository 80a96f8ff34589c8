"""Listings of a source, page by page, and the report of a night."""

from pathlib import Path

import pytest

from pipelines.crawl.safety import Limits
from pipelines.crawl.trouble import TroubleKind
from tests.unit.crawl.nights import BASE, START, Crawl, at, kinds, outcomes, source

NEXT = '<a href="{}">下一页</a>'


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    crawl = Crawl(tmp_path / "memory.sqlite")
    for n in range(12):
        crawl.website.report(f"{n}.html")
    return crawl


def lines(*numbers: int, more: str = "") -> str:
    """A page of a listing: reports of 2020 and 2021 in turn."""
    items = "".join(
        f'<a href="{START}{n}.html">临漪市人民政府{2020 + n % 2}年政府信息公开工作年度报告</a><br>'
        for n in numbers
    )
    return f"<html><body>{items}{more}</body></html>"


def test_every_page_of_a_listing_is_read_once(crawl: Crawl) -> None:
    crawl.website.put(START, lines(0, 1, more=NEXT.format("2.htm")))
    crawl.website.put(at("2.htm"), lines(2, 3, more=NEXT.format("3.htm")))
    # It leads back to the first.
    crawl.website.put(at("3.htm"), lines(4, more=NEXT.format(START)))
    report = crawl.night(0)
    assert (report.listing_pages, report.reports, report.is_complete) == (3, 5, True)
    assert report.troubles == ()
    crawl.night(1)
    assert crawl.asked == [START, at("2.htm"), at("3.htm")]


def test_a_listing_of_too_many_pages_is_told_and_buries_nobody(crawl: Crawl) -> None:
    crawl.website.put(START, lines(0, 1, more=NEXT.format("2.htm")))
    crawl.website.put(at("2.htm"), lines(2))
    crawl.night(0)
    crawl.limits = Limits(listing_pages=3)
    for n in range(2, 9):
        crawl.website.put(at(f"{n}.htm"), lines(3, more=NEXT.format(f"{n + 1}.htm")))
    report = crawl.night(1)
    assert (report.listing_pages, kinds(report)) == (3, ["too_many_pages"])
    assert outcomes(report) == {"known": 2, "new": 1}
    assert crawl.vault.last("2.html").document_sha256


@pytest.mark.parametrize(
    "kind", [TroubleKind.CHALLENGE, TroubleKind.CAPTCHA, TroubleKind.LOGIN_PAGE]
)
def test_a_challenge_never_says_that_there_are_no_reports(crawl: Crawl, kind: TroubleKind) -> None:
    crawl.website.put(START, lines(0, 1))
    crawl.night(0)
    crawl.website.trouble(START, kind, 200)
    report = crawl.night(1)
    assert kinds(report) == [str(kind)]
    assert not report.is_complete
    assert report.missing_years == ()
    assert outcomes(report) == {}
    assert all(sighting.is_listed for sighting in crawl.vault.sightings)


def test_a_listing_of_which_a_page_is_missing_buries_nobody_and_tells_no_missing_year(
    crawl: Crawl,
) -> None:
    crawl.website.put(START, lines(0, more=NEXT.format("2.htm")))
    crawl.website.put(at("2.htm"), lines(1))
    crawl.night(0)
    crawl.website.trouble(at("2.htm"))
    crawl.website.gone("1.html")
    report = crawl.night(1)
    assert (kinds(report), outcomes(report)) == (["http_error"], {"known": 1})
    assert report.missing_years == ()
    assert crawl.vault.last("1.html").document_sha256


def test_a_listing_without_reports_where_there_should_be_some_is_told(crawl: Crawl) -> None:
    crawl.website.put(START, lines(0, 1))
    crawl.night(0)
    crawl.website.put(START, "<html><body><a href='/x.html'>新闻</a></body></html>")
    report = crawl.night(1)
    assert (kinds(report), report.reports, report.others) == (["empty_listing"], 0, 1)
    assert all(sighting.is_listed for sighting in crawl.vault.sightings)


def test_a_year_that_is_not_listed_is_told(crawl: Crawl) -> None:
    crawl.website.put(START, lines(0))
    report = crawl.night(0)
    assert (kinds(report), report.missing_years) == (["missing_year"], (2021,))
    assert report.troubles[0].detail == "no report of 2021"


def test_what_is_near_a_report_is_told_with_its_reason(crawl: Crawl) -> None:
    near = '<a href="/n.html">【文字解读】临漪市2021年政府信息公开工作年度报告</a>'
    crawl.website.put(START, lines(0, 1, more=near))
    report = crawl.night(0)
    assert [(i.reason, i.address) for i in report.ignored] == [("not_a_report", f"{BASE}/n.html")]
    assert report.ignored_total == 1


def test_columns_are_followed_on_the_same_host_and_no_deeper_than_the_limit(crawl: Crawl) -> None:
    column = '<a href="{}">政府信息公开年报</a>'
    crawl.website.put(
        START, lines(0, more=column.format("c1/") + column.format("http://o.example/"))
    )
    crawl.website.put(at("c1/"), lines(1, more=column.format("/nb/c2/")))
    crawl.website.put(at("c2/"), lines(2, more=column.format("/nb/c3/")))
    crawl.limits = Limits(depth=2)
    report = crawl.night(0)
    assert (report.listing_pages, report.reports) == (3, 3)
    assert "http://o.example/" not in crawl.asked
    assert at("c3/") not in crawl.asked


def test_a_start_page_may_send_on_to_the_host_where_its_columns_are(crawl: Crawl) -> None:
    column = '<a href="http://real.example/c/">政府信息公开年报</a>'
    crawl.website.put(
        START, f"<html><body>{column}</body></html>", answers_from="http://real.example/nb/"
    )
    crawl.website.put("http://real.example/c/", lines(0, 1))
    report = crawl.night(0)
    assert (report.listing_pages, report.reports) == (2, 2)


def test_a_start_page_for_each_year_is_asked_for(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path / "m", sources=(source(start=[BASE + "/{year}/"]),))
    for year in (2020, 2021):
        crawl.website.listing((at(f"{year}.html"), year), start=f"{BASE}/{year}/")
        crawl.website.report(f"{year}.html")
    report = crawl.night(0)
    assert (report.listing_pages, report.reports, report.troubles) == (2, 2, ())


def test_a_closed_door_ends_the_source_and_leaves_its_listing_incomplete(crawl: Crawl) -> None:
    pages = "".join(f'<a href="/c{n}/">政府信息公开年报</a>' for n in range(6))
    crawl.website.put(START, lines(0, 1, more=pages))
    for n in range(6):
        crawl.website.trouble(f"{BASE}/c{n}/", TroubleKind.UNREACHABLE, 0)
    report = crawl.night(0)
    assert kinds(report) == ["unreachable"] * 3
    assert not report.is_complete
    assert report.documents.new == 0


def test_gaps_of_a_government_are_those_between_an_offices_own_years(tmp_path: Path) -> None:
    record = source(agency_id=None, government_id="990100-government")
    crawl = Crawl(tmp_path / "m", sources=(record,), until_year=2022)
    offices = {"财政局": (2020, 2022), "教育局": (2020, 2021, 2022), "审计局": (2020, 2021)}
    items = ""
    for office, years in offices.items():
        for year in years:
            name = f"{len(items)}.html"
            crawl.website.report(name)
            items += f'<a href="{name}">临漪市{office}{year}年政府信息公开工作年度报告</a><br>'
    crawl.website.put(START, f"<html><body>{items}</body></html>")
    (trouble,) = crawl.night(0).troubles
    assert trouble.kind == "missing_year"
    told = sorted(trouble.detail.split("; "))
    assert [part.partition("局")[2] for part in told] == [": 2022", ": 2021"]
    assert "教育局" not in trouble.detail


def test_a_last_year_that_few_offices_have_is_not_due_yet(tmp_path: Path) -> None:
    record = source(agency_id=None, government_id="990100-government")
    crawl = Crawl(tmp_path / "m", sources=(record,), until_year=2021)
    items = ""
    for n in range(5):
        for year in (2020, 2021)[: 2 if n == 0 else 1]:
            crawl.website.report(f"{n}{year}.html")
            items += f'<a href="{n}{year}.html">第{n}局{year}年政府信息公开工作年度报告</a><br>'
    crawl.website.put(START, f"<html><body>{items}</body></html>")
    assert crawl.night(0).troubles == ()
