"""What a night does with each document: by what it knows, what is listed, and what answers."""

import itertools
from pathlib import Path

import pytest

from pipelines.crawl.trouble import TroubleKind
from tests.unit.crawl.nights import BASE, START, Crawl, at, kinds, outcomes, source

TWO = (("a.html", 2020), ("b.html", 2021))


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    """Two reports, listed."""
    crawl = Crawl(tmp_path / "memory.sqlite")
    crawl.website.listing(*TWO)
    crawl.website.report("a.html")
    crawl.website.report("b.html")
    return crawl


def with_attachments(crawl: Crawl) -> None:
    crawl.website.report("a.html", parts=["1.pdf", "2.pdf"])
    crawl.website.file("1.pdf")
    crawl.website.file("2.pdf")


def test_a_first_night_takes_everything_with_where_it_came_from(crawl: Crawl) -> None:
    report = crawl.night(0)
    assert outcomes(report) == {"new": 2}
    assert (report.reports, report.is_complete, report.troubles) == (2, True, ())
    row = next(row for row in crawl.vault.provenance if row.address == at("a.html"))
    assert crawl.vault.objects[row.document_sha256].startswith(b"<html>")
    assert (row.source, row.listing, row.page, row.status) == ("made", START, None, 200)
    assert (row.name, row.answered_from) == ("a.html", None)
    seen = crawl.vault.last("a.html")
    assert (seen.document_sha256, seen.is_listed, seen.listing) == (
        row.document_sha256,
        True,
        START,
    )
    assert seen.title == "临漪市人民政府2020年政府信息公开工作年度报告"
    assert str(seen.listed_on) == "2024-01-15"


def test_a_second_night_with_nothing_changed_asks_only_for_the_listing(crawl: Crawl) -> None:
    with_attachments(crawl)
    crawl.night(0)
    before = list(crawl.vault.sightings)
    report = crawl.night(1)
    assert crawl.asked == [START]
    assert outcomes(report) == {"known": 4}
    assert crawl.vault.sightings == before


def test_a_changed_line_of_the_listing_makes_its_document_be_asked_for(crawl: Crawl) -> None:
    crawl.night(0)
    crawl.website.listing(*TWO, day="2024-02-20")
    crawl.website.report("b.html", "corrected")
    report = crawl.night(1)
    assert crawl.documents_asked() == ["a.html", "b.html"]
    assert outcomes(report) == {"unchanged": 1, "replaced": 1}
    assert len(crawl.vault.history("a.html")) == 1
    assert len(crawl.vault.history("b.html")) == 2
    crawl.night(2)
    assert crawl.documents_asked() == []


def test_a_document_is_asked_for_again_when_its_days_are_over_not_all_at_once(
    tmp_path: Path,
) -> None:
    crawl = Crawl(tmp_path / "memory.sqlite")
    names = [(f"{n}.html", 2020 + n % 2) for n in range(40)]
    crawl.website.listing(*names)
    for name, _ in names:
        crawl.website.report(name)
    crawl.night(0)
    asked = []
    for day in (20, 25, 30, 35, 39):
        report = crawl.night(day)
        asked.append(len(crawl.documents_asked()))
        assert outcomes(report).get("unchanged", 0) == asked[-1]
    # Between three and five quarters of 30 days.
    assert asked[0] == 0
    assert sum(asked) == 40
    assert sum(count > 0 for count in asked) >= 3


def test_a_replaced_document_is_found_when_its_days_are_over(crawl: Crawl) -> None:
    crawl.night(0)
    old = crawl.vault.last("a.html").document_sha256
    crawl.website.report("a.html", "silently replaced")
    assert outcomes(crawl.night(40)) == {"replaced": 1, "unchanged": 1}
    assert crawl.vault.history("a.html")[0][0] == old
    assert old in crawl.vault.objects


def test_what_was_there_before_comes_back_as_news(crawl: Crawl) -> None:
    first, second = "first", "second"
    for day, text in ((0, first), (40, second), (80, first)):
        crawl.website.report("a.html", text)
        crawl.night(day)
    shas = [sha for sha, _ in crawl.vault.history("a.html")]
    assert shas[0] == shas[2] != shas[1]
    assert crawl.vault.last("a.html").document_sha256 == shas[0]
    # Its bytes came from there once already.
    assert len([row for row in crawl.vault.provenance if row.address == at("a.html")]) == 2


def test_a_listed_document_that_moved_by_redirect_is_told(crawl: Crawl) -> None:
    crawl.night(0)
    crawl.website.moves("a.html", at("2020/a.html"))
    assert outcomes(crawl.night(40)) == {"moved": 1, "unchanged": 1}
    assert crawl.vault.last("a.html").answered_from == at("2020/a.html")
    assert outcomes(crawl.night(80)) == {"unchanged": 2}


def test_to_answer_by_https_is_no_move(crawl: Crawl) -> None:
    crawl.night(0)
    secure = at("a.html").replace("http:", "https:")
    crawl.website.moves("a.html", secure)
    assert outcomes(crawl.night(40)) == {"unchanged": 2}


def test_a_document_listed_at_a_new_address_is_new_there_and_gone_here(crawl: Crawl) -> None:
    crawl.night(0)
    crawl.website.answers[at("c.html")] = crawl.website.answers.pop(at("a.html"))
    crawl.website.listing(("c.html", 2020), TWO[1])
    report = crawl.night(1)
    assert outcomes(report) == {"new": 1, "gone": 1, "known": 1}
    assert report.troubles == ()
    old, new = crawl.vault.history("a.html"), crawl.vault.last("c.html")
    assert old == [(new.document_sha256, True), (None, False)]
    assert crawl.vault.last("a.html").status == 404
    assert outcomes(crawl.night(2)) == {"known": 2}


def test_an_unlisted_document_that_leads_to_another_address_has_moved(crawl: Crawl) -> None:
    crawl.night(0)
    crawl.website.moves("a.html", at("2020/a.html"))
    crawl.website.listing(TWO[1])
    assert outcomes(crawl.night(1)) == {"moved": 1, "known": 1}
    assert crawl.vault.last("a.html").answered_from == at("2020/a.html")
    assert not crawl.vault.last("a.html").is_listed


def test_an_unlisted_document_that_is_still_there_is_no_loss(crawl: Crawl) -> None:
    crawl.night(0)
    crawl.website.listing(TWO[1])
    assert outcomes(crawl.night(1)) == {"unlisted": 1, "known": 1}
    sha = crawl.vault.last("b.html").document_sha256
    assert crawl.vault.history("a.html") == [
        (crawl.vault.last("a.html").document_sha256, True),
        (crawl.vault.last("a.html").document_sha256, False),
    ]
    assert sha is not None
    # It is looked at now and then.
    assert outcomes(crawl.night(2)) == {"known": 1}
    assert crawl.documents_asked() == []
    assert outcomes(crawl.night(45)) == {"unchanged": 2}
    crawl.website.gone("a.html")
    assert outcomes(crawl.night(90)) == {"gone": 1, "unchanged": 1}
    # And listed again.
    crawl.website.report("a.html")
    crawl.website.listing(*TWO)
    assert outcomes(crawl.night(91)) == {"returned": 1, "known": 1}
    assert crawl.vault.last("a.html").is_listed


def test_a_document_that_is_listed_again_is_told(crawl: Crawl) -> None:
    crawl.night(0)
    crawl.website.listing(TWO[1])
    crawl.night(1)
    crawl.website.listing(*TWO)
    assert outcomes(crawl.night(2)) == {"unchanged": 1, "known": 1}
    assert [listed for _, listed in crawl.vault.history("a.html")] == [True, False, True]


def test_an_unlisted_document_that_changes_is_kept(crawl: Crawl) -> None:
    crawl.night(0)
    crawl.website.listing(TWO[1])
    crawl.night(1)
    crawl.website.report("a.html", "changed")
    crawl.night(50)
    assert crawl.vault.last("a.html").document_sha256 in crawl.vault.objects
    assert len({sha for sha, _ in crawl.vault.history("a.html")}) == 2


@pytest.mark.parametrize("kind", [TroubleKind.ERROR_PAGE, TroubleKind.STUB_PAGE])
def test_an_unlisted_document_whose_page_says_so_is_gone(crawl: Crawl, kind: TroubleKind) -> None:
    crawl.night(0)
    crawl.website.listing(TWO[1])
    crawl.website.trouble(at("a.html"), kind, 200)
    assert outcomes(crawl.night(1)) == {"gone": 1, "known": 1}
    assert crawl.vault.last("a.html").document_sha256 is None


@pytest.mark.parametrize("home", [f"{BASE}/", f"{BASE}/index.html", "https://www.other.example"])
def test_an_unlisted_document_that_leads_to_the_first_page_is_gone(crawl: Crawl, home: str) -> None:
    crawl.night(0)
    crawl.website.listing(TWO[1])
    crawl.website.put(at("a.html"), "<html><body>welcome</body></html>", answers_from=home)
    assert outcomes(crawl.night(1)) == {"gone": 1, "known": 1}
    assert crawl.vault.last("a.html").answered_from == home


@pytest.mark.parametrize("moved_to", [f"{BASE}/index.jsp?id=7", f"{BASE}/nb/2020/"])
def test_an_address_with_a_query_is_no_first_page(crawl: Crawl, moved_to: str) -> None:
    crawl.night(0)
    crawl.website.listing(TWO[1])
    crawl.website.put(at("a.html"), "<html><body>report</body></html>", answers_from=moved_to)
    assert outcomes(crawl.night(1)) == {"moved": 1, "known": 1}


def test_a_listed_document_that_leads_to_the_first_page_is_gone_and_never_replaced_by_it(
    crawl: Crawl,
) -> None:
    crawl.night(0)
    crawl.website.put(at("a.html"), "<html><body>welcome</body></html>", answers_from=f"{BASE}/")
    report = crawl.night(40)
    assert outcomes(report) == {"gone": 1, "unchanged": 1}
    assert kinds(report) == ["error_page"]
    assert crawl.vault.last("a.html").document_sha256 is None
    report = crawl.night(41)
    assert (outcomes(report), kinds(report)) == ({"troubled": 1, "known": 1}, ["error_page"])


def test_a_website_of_its_own_whose_first_page_is_the_report_is_there(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path / "memory.sqlite")
    crawl.website.listing(("http://nb.linyi.example/", 2020), TWO[1])
    crawl.website.report("b.html")
    crawl.website.put(
        "http://nb.linyi.example/",
        "<html><body>report</body></html>",
        answers_from="https://nb.linyi.example/",
    )
    assert outcomes(crawl.night(0)) == {"new": 2}


def test_a_dead_link_of_a_listing_is_a_tombstone_and_told_every_night(crawl: Crawl) -> None:
    crawl.night(0)
    crawl.website.gone("a.html")
    report = crawl.night(40)
    assert (outcomes(report), kinds(report)) == ({"gone": 1, "unchanged": 1}, ["http_error"])
    report = crawl.night(41)
    assert (outcomes(report), kinds(report)) == ({"troubled": 1, "known": 1}, ["http_error"])
    crawl.website.report("a.html")
    assert outcomes(crawl.night(42)) == {"returned": 1, "known": 1}


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_document_in_trouble_is_not_gone(crawl: Crawl, status: int) -> None:
    crawl.night(0)
    crawl.website.trouble(at("a.html"), status=status)
    crawl.website.listing(TWO[1])
    report = crawl.night(1)
    assert outcomes(report) == {"troubled": 1, "known": 1}
    assert kinds(report) == ["missing_year", "http_error"]
    assert crawl.vault.last("a.html").document_sha256 is not None
    # It is looked at until the website says what became of it.
    crawl.website.gone("a.html")
    assert outcomes(crawl.night(2)) == {"gone": 1, "known": 1}


def test_a_new_document_in_trouble_is_asked_for_every_night(crawl: Crawl) -> None:
    crawl.website.trouble(at("a.html"))
    assert outcomes(crawl.night(0)) == {"new": 1, "troubled": 1}
    assert outcomes(crawl.night(1)) == {"known": 1, "troubled": 1}
    crawl.website.report("a.html")
    assert outcomes(crawl.night(2)) == {"known": 1, "new": 1}


# What belongs to a page


def test_attachments_come_with_their_page(crawl: Crawl) -> None:
    with_attachments(crawl)
    assert outcomes(crawl.night(0)) == {"new": 4}
    row = next(row for row in crawl.vault.provenance if row.address == at("1.pdf"))
    assert (row.page, row.listing) == (at("a.html"), START)
    assert crawl.vault.last("1.pdf").page == at("a.html")


def test_attachments_of_a_replaced_page_are_asked_for(crawl: Crawl) -> None:
    with_attachments(crawl)
    crawl.night(0)
    crawl.website.report("a.html", "corrected", parts=["1.pdf", "2.pdf"])
    crawl.website.listing(*TWO, day="2024-02-20")
    crawl.website.file("1.pdf", "corrected too")
    assert outcomes(crawl.night(1)) == {"replaced": 2, "unchanged": 2}
    assert outcomes(crawl.night(2)) == {"known": 4}


def test_an_attachment_that_is_replaced_alone_is_found_with_its_page(crawl: Crawl) -> None:
    with_attachments(crawl)
    crawl.night(0)
    crawl.website.file("2.pdf", "corrected")
    assert outcomes(crawl.night(40)) == {"replaced": 1, "unchanged": 3}


def test_an_attachment_that_its_page_has_no_more_is_looked_at(crawl: Crawl) -> None:
    with_attachments(crawl)
    crawl.night(0)
    crawl.website.report("a.html", parts=["1.pdf"])
    crawl.website.gone("2.pdf")
    assert outcomes(crawl.night(40)) == {"replaced": 1, "unchanged": 2, "gone": 1}
    assert crawl.vault.last("2.pdf").document_sha256 is None
    # A tombstone is not counted among what is known.
    assert outcomes(crawl.night(41)) == {"known": 3}


@pytest.mark.parametrize("status", [500, 404])
def test_attachments_of_a_page_in_trouble_are_not_taken_for_gone(crawl: Crawl, status: int) -> None:
    with_attachments(crawl)
    crawl.night(0)
    crawl.website.trouble(at("a.html"), status=status)
    crawl.night(40)
    for name in ("1.pdf", "2.pdf"):
        assert crawl.vault.last(name).document_sha256 is not None


def test_an_attachment_in_trouble_is_asked_for_the_next_night(crawl: Crawl) -> None:
    with_attachments(crawl)
    crawl.website.trouble(at("2.pdf"))
    report = crawl.night(0)
    assert (outcomes(report), kinds(report)) == ({"new": 3, "troubled": 1}, ["http_error"])
    report = crawl.night(1)
    assert kinds(report) == ["http_error"]
    crawl.website.file("2.pdf")
    assert outcomes(crawl.night(2)) == {"new": 1, "unchanged": 2, "known": 1}
    assert crawl.vault.last("2.pdf").page == at("a.html")
    assert outcomes(crawl.night(3)) == {"known": 4}


def test_a_dead_attachment_is_told_every_night(crawl: Crawl) -> None:
    crawl.website.report("a.html", parts=["1.pdf"])
    for day in (0, 1, 2):
        assert kinds(crawl.night(day)) == ["http_error"]


def test_a_frame_and_its_files_belong_to_the_page_and_survive_its_trouble(crawl: Crawl) -> None:
    frame = '<iframe src="frame.html"></iframe>'
    crawl.website.put(at("a.html"), f"<html><body>report {frame}</body></html>")
    crawl.website.report("frame.html", parts=["1.pdf"])
    crawl.website.file("1.pdf")
    assert outcomes(crawl.night(0)) == {"new": 4}
    assert crawl.vault.last("1.pdf").page == at("a.html")
    crawl.website.trouble(at("frame.html"))
    report = crawl.night(40)
    assert outcomes(report) == {"unchanged": 2, "troubled": 1}
    assert crawl.vault.history("1.pdf")[-1][1], "it is not said to be unlisted"


def test_frames_in_frames_are_menus(crawl: Crawl) -> None:
    for one, other in itertools.pairwise(["a", "f1", "f2", "f3"]):
        frame = f'<iframe src="{other}.html"></iframe>'
        crawl.website.put(at(f"{one}.html"), f"<html><body>report {frame}</body></html>")
    crawl.night(0)
    assert crawl.documents_asked() == ["a.html", "f1.html", "b.html"]


def test_a_page_takes_no_more_files_than_its_limit(crawl: Crawl) -> None:
    names = [f"{n}.pdf" for n in range(70)]
    crawl.website.report("a.html", parts=names)
    for name in names:
        crawl.website.file(name)
    report = crawl.night(0)
    assert (outcomes(report), kinds(report)) == ({"new": 62}, ["site_limit"])


def test_a_file_that_two_pages_have_is_asked_for_once(crawl: Crawl) -> None:
    crawl.website.report("a.html", parts=["1.pdf"])
    crawl.website.report("b.html", parts=["1.pdf"])
    crawl.website.file("1.pdf")
    assert outcomes(crawl.night(0)) == {"new": 3}
    assert outcomes(crawl.night(1)) == {"known": 3}


# When a website does not open


def test_a_source_that_closes_its_doors_is_left_alone(crawl: Crawl) -> None:
    lines = [(f"{n}.html", 2020) for n in range(9)]
    crawl.website.listing(*lines)
    for name, _ in lines:
        crawl.website.trouble(at(name), TroubleKind.CHALLENGE, 412)
    report = crawl.night(0)
    assert outcomes(report) == {"troubled": 3}
    assert crawl.documents_asked() == ["0.html", "1.html", "2.html"]


def test_dead_hosts_of_others_do_not_keep_a_source_from_its_own_documents(crawl: Crawl) -> None:
    dead = [f"http://dead.example/{n}.html" for n in range(5)]
    crawl.website.listing(*((address, 2020) for address in dead), *TWO)
    for address in dead:
        crawl.website.trouble(address, TroubleKind.UNREACHABLE)
    report = crawl.night(0)
    assert outcomes(report) == {"new": 2, "troubled": 5}
    assert sum("dead.example" in address for address in crawl.asked) == 3
    assert kinds(report) == ["unreachable"] * 5


def test_nobody_is_buried_by_a_night_that_was_given_up(crawl: Crawl) -> None:
    with_attachments(crawl)
    crawl.night(0)
    for name in ("a.html", "b.html", "c.html", "1.pdf", "2.pdf"):
        crawl.website.trouble(at(name), TroubleKind.UNREACHABLE, 0)
    crawl.website.listing(
        ("c.html", 2020), ("d.html", 2020), ("e.html", 2021), *TWO, day="2024-05-05"
    )
    crawl.website.trouble(at("d.html"), TroubleKind.UNREACHABLE, 0)
    crawl.website.trouble(at("e.html"), TroubleKind.UNREACHABLE, 0)
    assert outcomes(crawl.night(1)) == {"troubled": 3}
    assert all(s.document_sha256 for s in crawl.vault.sightings)


def test_another_edition_of_a_page_is_not_unlisted(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path / "memory.sqlite")
    crawl.website.listing(("http://m.linyi.example/a.html", 2020))
    crawl.website.report("http://m.linyi.example/a.html")
    crawl.website.report("http://www.linyi.example/a.html")
    crawl.night(0)
    crawl.website.listing(
        ("http://m.linyi.example/a.html", 2020), ("http://www.linyi.example/a.html", 2020)
    )
    assert outcomes(crawl.night(1)) == {"new": 1}
    assert crawl.vault.last("http://m.linyi.example/a.html").is_listed


# Several sources


def test_two_sources_that_list_the_same_address_share_what_stands_there(tmp_path: Path) -> None:
    other = f"{BASE}/other/"
    sources = (source(), source(id="other", start=[other]))
    crawl = Crawl(tmp_path / "memory.sqlite", sources=sources)
    for start in (START, other):
        crawl.website.listing((at("a.html"), 2020), (at("b.html"), 2021), start=start)
    crawl.website.report("a.html")
    crawl.website.report("b.html")
    reports = crawl.nights(0)
    assert [outcomes(report) for report in reports] == [{"new": 2}, {"new": 2}]
    assert sorted(crawl.asked) == sorted([START, other, at("a.html"), at("b.html")])
    assert len(crawl.vault.provenance) == 2
    assert len({(s.address, s.seen_at, s.source) for s in crawl.vault.sightings}) == 4
    # One does not list it any more; the other's word stands.
    crawl.website.listing((at("b.html"), 2021), start=other)
    reports = crawl.nights(1)
    assert outcomes(reports[1]) == {"unlisted": 1, "known": 1}
    assert crawl.known("a.html").is_listed
    assert not crawl.known("a.html", "other").is_listed


# A night that was broken off


@pytest.mark.parametrize("flush", [True, False])
@pytest.mark.parametrize("at_request", range(8))
def test_a_night_that_goes_on_tells_what_it_would_have_told(
    tmp_path: Path, at_request: int, flush: bool
) -> None:
    told = []
    for is_broken in (False, True):
        crawl = Crawl(tmp_path / f"{is_broken}.sqlite")
        crawl.website.listing(*TWO, ("c.html", 2020), ("d.html", 2020))
        with_attachments(crawl)
        for name in ("b.html", "c.html", "d.html"):
            crawl.website.report(name)
        crawl.night(0)
        # One replaced, one attachment gone, one taken away, one dead link, one new.
        crawl.website.report("a.html", "corrected", parts=["1.pdf", "3.pdf"])
        crawl.website.file("3.pdf")
        crawl.website.gone("2.pdf")
        crawl.website.gone("c.html")
        crawl.website.gone("d.html")
        crawl.website.report("e.html")
        crawl.website.listing(*TWO, ("d.html", 2020), ("e.html", 2020), day="2024-02-20")
        if is_broken:
            crawl.broken_off(1, at_request=at_request, flush=flush)
        report = crawl.night(1.1 if is_broken else 1)
        told.append((outcomes(report), sorted(kinds(report)), _last(crawl)))
        assert len({(s.address, s.seen_at) for s in crawl.vault.sightings}) == len(
            crawl.vault.sightings
        )
        assert outcomes(crawl.night(2)) == {"known": 5, "troubled": 1}
    assert told[0] == told[1]


def _last(crawl: Crawl) -> dict[str, str | None]:
    names = {sighting.address for sighting in crawl.vault.sightings}
    return {name: crawl.vault.last(name).document_sha256 for name in names}


def test_an_attachment_is_not_lost_where_the_crawl_is_killed_behind_its_page(crawl: Crawl) -> None:
    with_attachments(crawl)
    # The listing, the page and one attachment.
    crawl.broken_off(0, at_request=3, flush=True)
    assert outcomes(crawl.night(0.1)) == {"new": 4}


def test_a_night_that_was_broken_off_long_ago_begins_anew(crawl: Crawl) -> None:
    crawl.broken_off(0, at_request=2, flush=True)
    assert outcomes(crawl.night(1)) == {"known": 1, "new": 1}
    assert START in crawl.asked


def test_the_limit_of_a_site_ends_it(crawl: Crawl) -> None:
    crawl.website.trouble(at("a.html"), TroubleKind.SITE_LIMIT, 200)
    report = crawl.night(0)
    assert (outcomes(report), kinds(report)) == ({"troubled": 1}, ["site_limit"])
