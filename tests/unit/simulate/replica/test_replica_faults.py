"""Each fault does what it says, and the crawl's own modules call it what the truth calls it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pipelines.crawl import (
    FAMILIES,
    Choice,
    NoReports,
    Page,
    Troubled,
    TroubleKind,
    choose,
    load_words,
    refused_address,
    too_many_pages,
    trouble_of,
)
from pipelines.crawl.trouble import incomplete
from pipelines.forms import load_forms
from tests.replica import KINDS, Running, Site, truth
from tests.replica.faults import PASSING
from tests.unit.simulate.replica.asking import Got, ask
from tests.unit.simulate.replica.following import follow, sources

# Told by whoever asks, and not by what came.
_BY_THE_ASKER = {"too_long", "no_answer", "too_large", "refused", "robots"}
_TOLD_TO_WAIT = {"too_many_requests", "unavailable_later"}


@dataclass(frozen=True)
class Faulty:
    """The site of a fault and the address at which it lies."""

    site: Site
    address: str

    def ask(self, method: str = "GET", at_most: int | None = None, seconds: float = 10) -> Got:
        return ask(self.address, method, at_most=at_most, seconds=seconds)


@pytest.fixture
def faulty(played: Running) -> Callable[[str], Faulty]:
    played.reset()

    def found(name: str) -> Faulty:
        site = next(s for s in played.plan().sites if s.fault == name)
        target = next(iter(site.faults), "/")
        return Faulty(site, f"http://{site.host}:{played.port}{target}")

    return found


Of = Callable[[str], Faulty]


@pytest.mark.parametrize(
    ("name", "status", "times"),
    [
        ("too_many_requests", 429, 1),
        ("server_error", 500, 1),
        ("server_error_twice", 500, 2),
        ("unavailable", 503, 1),
        ("unavailable_twice", 503, 2),
        ("unavailable_later", 503, 1),
    ],
)
def test_what_passes_passes(
    faulty: Of, played: Running, name: str, status: int, times: int
) -> None:
    fault = faulty(name)
    for _ in range(times):
        got = fault.ask()
        assert got.status == status
        assert ("retry-after" in got.headers) == (name in _TOLD_TO_WAIT)
        trouble = trouble_of(got.page(fault.address), load_words())
        assert trouble is not None
        assert trouble.may_pass
    assert fault.ask().status == 200
    assert played.counts()[fault.site.host]["faults"] == {name: times}
    played.reset()
    assert fault.ask().status == 200


def test_a_cut_body_is_cut_once(faulty: Of) -> None:
    fault = faulty("truncated")
    first, second = fault.ask(), fault.ask()
    assert first.is_cut
    assert not second.is_cut
    assert len(first.content) * 2 <= len(second.content)
    assert second.content.startswith(first.content)


@pytest.mark.parametrize("name", ["chunked", "gzip", "drip", "wrong_type", "odd_name"])
def test_an_odd_manner_of_answering_hides_nothing(faulty: Of, played: Running, name: str) -> None:
    fault = faulty(name)
    got = fault.ask()
    known = truth(played.plan(), played.port).sites[fault.site.id]
    assert not known.lost
    if fault.address in known.documents:
        assert len(got.content) == known.documents[fault.address].size
    manner = {
        "chunked": ("transfer-encoding", "chunked"),
        "gzip": ("content-encoding", "gzip"),
        "wrong_type": ("content-type", "text/html"),
        "odd_name": ("content-disposition", 'attachment; filename="../../etc/passwd"'),
    }.get(name)
    assert manner is None or got.headers[manner[0]] == manner[1]


def test_a_chain_of_redirects_ends_and_a_loop_does_not(faulty: Of, played: Running) -> None:
    address, steps = faulty("redirect_chain").address, 0
    while (got := ask(address)).status == 302:
        steps += 1
        address = "/".join(address.split("/")[:3]) + got.headers["location"]
    assert steps == 4
    known = truth(played.plan(), played.port).documents[faulty("redirect_chain").address]
    assert len(got.content) == known.size
    loop = faulty("redirect_loop")
    assert loop.address.endswith(loop.ask().headers["location"])
    trouble = trouble_of(Page(loop.address, b"x"), load_words(), [loop.address])
    assert trouble is not None
    assert trouble.kind is TroubleKind.REDIRECT_LOOP


@pytest.mark.parametrize("name", ["redirect_private", "redirect_metadata", "redirect_file"])
def test_a_redirect_leads_where_nobody_may_go(faulty: Of, name: str) -> None:
    fault = faulty(name)
    got = fault.ask()
    assert got.status == 302
    assert refused_address(got.headers["location"], (fault.site.host,)) is not None


@pytest.mark.parametrize(
    "name",
    [
        *("not_found", "server_error_always", "truncated_always"),
        *("challenge", "challenge_412", "challenge_521", "captcha", "login", "error_page"),
        *("empty_shell", "stub_page"),
    ],
)
def test_what_stands_in_the_place_is_told(faulty: Of, name: str) -> None:
    fault = faulty(name)
    for _ in range(2):
        got = fault.ask()
        trouble = trouble_of(got.page(fault.address), load_words())
        assert trouble is not None
        assert str(trouble.kind) == KINDS[name].trouble


def test_an_empty_listing_is_no_choice(faulty: Of, played: Running) -> None:
    fault = faulty("empty_listing")
    page = fault.ask().page(fault.address)
    source = sources(played.plan())[fault.site.id]
    assert trouble_of(page, load_words()) is None
    listed = FAMILIES[fault.site.family].listing(page, source, load_words())
    choice = choose(listed.entries, source, load_words(), load_forms().lexicon, 2024)
    assert isinstance(choice, NoReports)
    assert str(choice.trouble.kind) == KINDS["empty_listing"].trouble


def test_half_a_store_is_cut_off(faulty: Of, played: Running) -> None:
    fault = faulty("half_page")
    page = fault.ask().page(fault.address)
    source = sources(played.plan())[fault.site.id]
    trouble = trouble_of(page, load_words())
    if trouble is None:
        with pytest.raises(Troubled, match="truncated"):
            FAMILIES["hanweb_jpage"].listing(page, source, load_words())
    else:
        assert trouble.kind is TroubleKind.TRUNCATED


def test_more_is_told_than_shown(faulty: Of, played: Running) -> None:
    site = faulty("more_told").site
    followed = follow(played.plan(), site)
    source = sources(played.plan())[site.id]
    api = next(page for page in followed.pages if "/api/" in page.address)
    total = FAMILIES["gkmlpt"].listing(api, source, load_words()).total
    trouble = incomplete(api.address, total, len(followed.entries))
    assert trouble is not None
    assert str(trouble.kind) == KINDS["more_told"].trouble


def test_paging_without_end_has_no_end(faulty: Of, played: Running) -> None:
    site = faulty("endless_paging").site
    source = sources(played.plan())[site.id]
    address = source.start[0].replace(":8123", f":{played.port}")
    for _ in range(30):
        page = ask(address).page(address)
        (following,) = FAMILIES["plain"].listing(page, source, load_words()).requests
        assert following.address != address
        address = following.address
    assert too_many_pages(address, 500, 200) is not None


def test_a_body_without_end_and_a_huge_one_hold_no_memory(faulty: Of) -> None:
    endless = faulty("never_ends").ask(at_most=300)
    assert (endless.status, len(endless.content)) == (200, 300)
    assert "content-length" not in endless.headers
    huge = faulty("huge").ask(at_most=50_000_000)
    assert huge.headers["content-length"] == "10000000000"
    assert not any(huge.content)


def test_a_silent_server_says_nothing(faulty: Of) -> None:
    with pytest.raises(TimeoutError):
        faulty("silent").ask(seconds=0.3)


def test_robots_forbid(played: Running) -> None:
    known = truth(played.plan(), played.port).sites
    by_fault = {site.fault: site for site in played.plan().sites}
    everything, folder = by_fault["robots_all"], by_fault["robots_folder"]
    robots = ask(f"http://{everything.host}:{played.port}/robots.txt")
    assert b"Disallow: /\n" in robots.content
    assert not known[everything.id].documents
    assert known[folder.id].documents
    assert known[folder.id].forbidden
    address = min(known[folder.id].forbidden)
    played.reset()
    assert ask(address).status == 200
    counted = played.counts()[folder.host]["disallowed"]
    assert counted == {address.removeprefix(f"http://{folder.host}:{played.port}"): 1}
    failing = ask(f"http://{by_fault['robots_error'].host}:{played.port}/robots.txt")
    assert failing.status == 500


def test_what_is_lost_is_what_the_fault_hides(played: Running) -> None:
    sites = truth(played.plan(), played.port).sites
    for name, kind in KINDS.items():
        (site,) = [s for s in sites.values() if s.fault == name]
        assert bool(site.lost) == kind.ruins, name
        if kind.where == "start" and kind.ruins:
            assert not site.documents
        elif name != "robots_all":
            assert site.documents


def test_every_fault_has_a_name_that_the_crawl_knows() -> None:
    told = {kind.trouble for kind in KINDS.values()} - {None} - _BY_THE_ASKER
    assert told <= {str(kind) for kind in TroubleKind}
    assert set(PASSING) <= set(KINDS)
    assert not any(KINDS[name].ruins for name in PASSING)


def test_sites_with_faults_are_otherwise_sound(played: Running) -> None:
    plan = played.plan()
    for site in plan.sites:
        if site.fault == "stub_page":
            followed, source = follow(plan, site), sources(plan)[site.id]
            words, lexicon = load_words(), load_forms().lexicon
            assert isinstance(choose(followed.entries, source, words, lexicon, 2024), Choice)
            assert len(site.listed) > 0
