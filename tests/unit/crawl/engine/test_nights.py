"""Whole nights over a network: several sources, own faults, an archive that is full, and kills."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import pytest

from pipelines.archive import manifest, open_archive, read_object, sightings
from pipelines.crawl.memory import opened
from pipelines.crawl.report import CrawlReport
from pipelines.crawl.safety import Limits
from tests.unit.crawl.engine.crawling import Home, of, told_by
from tests.unit.crawl.engine.serving import (
    Answer,
    Asked,
    Site,
    gaps,
    holding,
    listing,
    page,
    sent_on,
    served,
    source_of,
)

PDF = Answer(b"%PDF-1.4 report startxref", headers={"Content-Type": "application/pdf"})
SLOW = 0.3


@dataclass
class Nights:
    plain: Site
    shared: Site
    elsewhere: Site
    files: Site
    reports: list[CrawlReport]
    asked: list[list[str]]
    home: Home


def reports_at(site: Site, start: str, *names: str) -> None:
    """A listing with its reports."""
    site.says(start, holding(listing(*names), ETag=f'"{start}"'))
    for name in names:
        site.says(name, page(f"{site.host} {name}"))


def slowly(asked: Asked) -> Answer:
    time.sleep(SLOW)
    return page(asked.path)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """Two nights; between them nothing changes."""
    hooks = {"break_family": ["faulty", "stumbles"], "break_document": ["leaky"]}
    home = Home(tmp_path_factory.mktemp("nights"), Limits(answer_seconds=5), hooks)
    with served(6) as (plain, shared, faulty, leaky, elsewhere, files):
        reports_at(plain, "/", "/a.html", "/b.html", "/secret.html")
        plain.says("/robots.txt", Answer(b"User-agent: *\nDisallow: /files/\nDisallow: /secret"))
        plain.says("/a.html", page('<a href="/1.pdf">1.pdf</a><a href="/files/2.pdf">2.pdf</a>'))
        named = {**PDF.headers, "Content-Disposition": 'attachment; filename="../../evil.sh"'}
        plain.says("/1.pdf", Answer(PDF.body, 200, named))
        reports_at(shared, "/one/", "/one/a.html", "/one/b.html", "/one/c.html")
        reports_at(shared, "/two/", "/two/a.html", "/two/b.html", "/two/c.html")
        shared.says("/one/a.html", Answer(b"", 429, {"Retry-After": "2"}), page("one"))
        shared.says("/two/b.html", slowly)
        reports_at(faulty, "/", "/a.html")
        reports_at(leaky, "/", "/a.html", "/b.html")
        reports_at(elsewhere, "/", *(f"/{n}.html" for n in range(4)))
        for n in range(4):
            elsewhere.says(f"/{n}.html", slowly)
            elsewhere.says(f"/moved/{n}.html", slowly)
            leaky.says(f"/to/{n}.html", sent_on(elsewhere.at(f"/moved/{n}.html")))
        leaky.says("/to/", listing(*(f"/to/{n}.html" for n in range(4))))
        leaky.says("/apart/", listing(*(files.at(f"/{n}.html") for n in range(3))))
        for n in range(3):
            files.says(f"/{n}.html", page(str(n)))
        sources = [
            source_of("plain", plain.at("/")),
            source_of("one", shared.at("/one/"), pace={"delay_seconds": 0.1}),
            source_of("two", shared.at("/two/"), pace={"delay_seconds": 0.2}),
            source_of("faulty", faulty.at("/")),
            source_of("leaky", leaky.at("/")),
            source_of("sends", leaky.at("/to/")),
            source_of("elsewhere", elsewhere.at("/")),
            source_of("apart", leaky.at("/apart/"), pace={"delay_seconds": 0.3}),
        ]
        told = Nights(plain, shared, elsewhere, files, [], [], home)
        for _ in range(2):
            before = len(plain.asked)
            told.reports.append(home.night(*sources))
            told.asked.append([asked.path for asked in plain.asked[before:]])
        yield told


def test_documents_are_archived_with_what_belongs_to_them(nights: Nights) -> None:
    told = of(nights.reports[0], "plain")
    assert (told.documents.new, told.documents.troubled) == (3, 2)
    assert [str(trouble.kind) for trouble in told.troubles] == ["robots_forbidden"] * 2
    archive = open_archive(str(nights.home.archive))
    rows = {row["address"]: row for row in manifest(archive).to_pylist()}
    assert nights.plain.at("/1.pdf") in rows
    row = rows[nights.plain.at("/1.pdf")]
    assert read_object(archive, row["document_sha256"]) == PDF.body
    assert (row["name"], row["page"]) == ("1.pdf", nights.plain.at("/a.html"))
    assert not list(nights.home.folder.rglob("*evil*"))


def test_robots_txt_is_obeyed_for_what_belongs_to_a_page(nights: Nights) -> None:
    assert not [path for path in nights.plain.paths() if path.startswith(("/files", "/secret"))]


def test_a_second_night_costs_a_request_a_listing(nights: Nights) -> None:
    one = of(nights.reports[1], "one")
    assert (one.requests, one.not_modified, one.documents.known) == (1, 1, 3)
    # What could not be looked at is looked at again, and its page with it.
    assert nights.asked[1] == ["/robots.txt", "/", "/a.html", "/1.pdf"]
    assert of(nights.reports[1], "plain").documents.troubled == 2


def test_sources_of_one_host_share_its_pace(nights: Nights) -> None:
    assert nights.shared.most_at_once == 1
    assert median(gaps(nights.shared.asked[:9])) >= 0.18


def test_a_host_that_asks_one_source_to_wait_is_left_alone_by_all(nights: Nights) -> None:
    asked_to = nights.shared.of("/one/a.html")[0].at
    assert min(a.at for a in nights.shared.asked if a.at > asked_to) - asked_to >= 1.9
    for name in ("one", "two"):
        told = of(nights.reports[0], name)
        assert (told.documents.new, told.troubles) == (3, ())


def test_a_host_that_redirects_lead_to_is_asked_one_at_a_time_too(nights: Nights) -> None:
    assert len([p for p in nights.elsewhere.paths() if p.startswith("/moved/")]) >= 4
    assert nights.elsewhere.most_at_once == 1


def test_the_pace_of_a_record_holds_at_hosts_that_it_does_not_name(nights: Nights) -> None:
    asked = [asked for asked in nights.files.asked if asked.path != "/robots.txt"]
    assert len(asked) == 3
    assert mean(gaps(asked)) >= 0.27


def test_an_own_fault_ends_its_source_and_no_other(nights: Nights) -> None:
    told = of(nights.reports[0], "faulty")
    assert [str(trouble.kind) for trouble in told.troubles] == ["own_fault"]
    assert told.troubles[0].detail == "ZeroDivisionError: made"
    assert not told.is_complete
    assert len(nights.reports[0].sources) == 8


def test_a_document_in_trouble_is_archived_and_ends_nothing(nights: Nights) -> None:
    told = of(nights.reports[0], "leaky")
    assert [str(trouble.kind) for trouble in told.troubles] == ["unreadable_answer"] * 2
    rows = manifest(open_archive(str(nights.home.archive)))["address"].to_pylist()
    assert {trouble.address for trouble in told.troubles} <= set(rows)


# Nights that cannot be done, or are broken off: what comes of the next one.


@pytest.fixture
def site() -> Iterator[Site]:
    with served(1) as (site,):
        reports_at(site, "/", *(f"/{n}.html" for n in range(6)))
        yield site


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def assert_whole(home: Home, site: Site) -> None:
    """Six documents in the archive, none of them doubled."""
    archive = open_archive(str(home.archive))
    wanted = sorted(site.at(f"/{n}.html") for n in range(6))
    assert sorted(manifest(archive)["address"].to_pylist()) == wanted
    rows = {(r["address"], r["seen_at"]): r for r in sightings(archive).to_pylist()}
    assert sorted(address for address, _ in rows) == wanted
    for row in rows.values():
        assert (
            row["address"].rpartition("/")[2]
            in read_object(archive, row["document_sha256"]).decode()
        )


def assert_none_twice(site: Site) -> None:
    """But for the one that was on its way when the crawl ended."""
    assert sum(len(site.of(f"/{n}.html")) - 1 for n in range(6)) <= 1


@pytest.mark.parametrize("hook", ["fill_disk", "fill_memory"])
def test_a_disk_that_is_full_ends_the_night_and_is_no_trouble_of_a_website(
    home: Home, site: Site, hook: str
) -> None:
    source = source_of("made", site.at("/"))
    home.hooks = {hook: [3]}
    assert "cannot be written" in home.error(source)
    home.hooks = {}
    report = home.night(source)
    assert report.is_resumed
    assert (of(report, "made").documents.new, of(report, "made").troubles) == (6, ())
    assert_whole(home, site)
    assert all(len(site.of(f"/{n}.html")) <= 2 for n in range(6))


def test_a_manifest_that_cannot_be_written_ends_the_night(home: Home, site: Site) -> None:
    source = source_of("made", site.at("/"))
    home.hooks = {"fail_manifest": []}
    assert "Input/output error" in home.error(source)
    home.hooks = {}
    assert home.night(source).is_resumed
    assert_whole(home, site)
    assert_none_twice(site)


def test_an_archive_that_cannot_be_made_is_one_line(home: Home, site: Site) -> None:
    home.folder.joinpath("archive").write_text("a file")
    assert home.error(source_of("made", site.at("/")))
    assert not site.asked


def test_a_night_that_is_asked_to_end_is_not_done(home: Home, site: Site) -> None:
    source = source_of("made", site.at("/"), pace={"delay_seconds": 0.3})
    process = home.start([source])
    _wait_for(site, 4)
    process.send_signal(signal.SIGTERM)
    name, value = told_by(process)[-1]
    assert name == "error"
    assert value.startswith("broken off before 1 of 1 sources were done (made)")
    report = home.night(source)
    assert (report.is_resumed, of(report, "made").documents.new) == (True, 6)
    assert_whole(home, site)
    assert_none_twice(site)


def test_a_night_that_is_killed_goes_on_and_asks_nothing_twice(home: Home, site: Site) -> None:
    source = source_of("made", site.at("/"), pace={"delay_seconds": 0.2})
    process = home.start([source])
    _wait_for(site, 4)
    process.kill()
    told_by(process)
    report = home.night(source)
    assert (report.is_resumed, of(report, "made").documents.new) == (True, 6)
    assert_whole(home, site)
    assert_none_twice(site)


def test_killed_between_archive_and_memory_nothing_is_lost_or_doubled(
    home: Home, site: Site
) -> None:
    source = source_of("made", site.at("/"))
    home.hooks = {"die_after_record": []}
    assert [name for name, _ in home.lines([source])] == ["source"]
    home.hooks = {}
    report = home.night(source)
    assert (report.is_resumed, of(report, "made").documents.new) == (True, 6)
    assert_whole(home, site)
    assert all(len(site.of(f"/{n}.html")) == 1 for n in range(6))


def test_a_memory_that_another_crawl_has_open_is_one_line(home: Home, site: Site) -> None:
    with opened(home.memory):
        error = home.error(source_of("made", site.at("/")))
    assert error.startswith(f"{home.memory}: another crawl has it open")
    assert not site.asked


def test_a_memory_of_another_version_is_one_line(home: Home, site: Site) -> None:
    with closing(sqlite3.connect(home.memory)) as connection:
        connection.execute("pragma user_version = 99")
    error = home.error(source_of("made", site.at("/")))
    assert error == f"{home.memory}: of another version; take it away, the crawl asks anew"


def _wait_for(site: Site, requests: int) -> None:
    until = time.monotonic() + 30
    while len(site.asked) < requests:
        assert time.monotonic() < until
        time.sleep(0.02)
