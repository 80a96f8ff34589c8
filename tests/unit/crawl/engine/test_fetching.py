"""Requests over a network: what is sent, what is followed, and what stands for an answer.

All are asked in two nights, each in one process; each test looks at its own website."""

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from pipelines.archive import open_archive
from pipelines.archive.objects import object_address
from pipelines.crawl.safety import Limits
from pipelines.crawl.source import Source
from tests.unit.crawl.engine.crawling import CONTACT, Came, Home, Wanted
from tests.unit.crawl.engine.serving import (
    Answer,
    Asked,
    Site,
    gaps,
    holding,
    packed,
    page,
    sent_on,
    served,
    source_of,
)

ROBOTS = {"Content-Type": "text/plain"}
LIMITS = Limits(document_bytes=100_000, answer_seconds=1.5, redirects=5)
NOISE = bytes((n * 7919 + n // 3) % 251 for n in range(40))
PRIVATE = (
    "http://10.0.0.1/a.html",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/a.html",
    "http://[::ffff:127.0.0.1]/a.html",
    "http://167772161/a.html",
    "http://inside.example/a.html",
    "http://localhost/a.html",
)
NAMES = {"inside.example": "10.1.2.3", "public.example": "10.1.2.3"}


@dataclass
class Found:
    """A website and what came of the requests to it, night by night."""

    site: Site
    nights: list[list[Came]]
    asked: list[list[Asked]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    folder = tmp_path_factory.mktemp("fetching")
    home = Home(folder, LIMITS, {"names": NAMES})
    with served(len(SITES)) as sites:
        by_name = dict(zip(SITES, sites, strict=True))
        results = {name: Found(site, [], []) for name, site in by_name.items()}
        wanted: dict[str, tuple[Source, Wanted]] = {}
        for name, site in by_name.items():
            requests = SITES[name](site)
            wanted[name] = (source_of(name, site.at("/"), **MORE.get(name, {})), requests)
        for night in (0, 1):
            if night:
                for name, change in CHANGES.items():
                    change(by_name[name])
                for name in FORGOTTEN:
                    _forget(folder / "archive", results[name].nights[0][0]["sha256"])
            names = SITES if night == 0 else [*CHANGES, *FORGOTTEN, *UNCHANGED]
            for name in names:
                by_name[name].asked.clear()
            came = home.fetched({wanted[n][0]: wanted[n][1] for n in names})
            for name in names:
                results[name].nights.append(came[wanted[name][0].id])
                results[name].asked.append(list(by_name[name].asked))
        yield results


def _forget(archive: Path, sha256: str) -> None:
    file = Path(object_address(open_archive(str(archive)), sha256))
    assert file.is_file()
    file.unlink()


# The websites, each with the requests that are sent to it.


def robots(site: Site) -> Wanted:
    site.says("/robots.txt", Answer(b"User-agent: *\nDisallow: /secret/\n", headers=ROBOTS))
    site.says("/a.html", page("a"))
    site.says("/to.html", sent_on("/secret/b.html"))
    site.says("/meta.html", page(head='<meta http-equiv="refresh" content="0;url=/secret/c.html">'))
    for path in ("/secret/a.html", "/secret/b.html", "/secret/c.html"):
        site.says(path, page("secret"))
    return [site.at(p) for p in ("/a.html", "/secret/a.html", "/to.html", "/meta.html")]


def robots_of_ours(site: Site) -> Wanted:
    text = b"User-agent: *\nDisallow:\n\nUser-agent: OGI-Warehouse\nDisallow: /\n"
    site.says("/robots.txt", Answer(text, headers=ROBOTS))
    site.says("/a.html", page())
    return [site.at("/a.html")]


def flaky(site: Site) -> Wanted:
    for status in (429, 500, 502, 503):
        site.says(f"/{status}.html", Answer(b"busy", status), page(str(status)))
    site.says("/cut.html", Answer(b"<html>", told=500), page("whole"))
    site.says("/reset.html", Answer(status=None), page("whole"))
    stub = Answer(b"<html></html>", headers={"Content-Type": "text/html"})
    site.says("/stub.html", stub, page("whole"))
    names = ("429", "500", "502", "503", "cut", "reset", "stub")
    return [site.at(f"/{name}.html") for name in names]


def broken(site: Site) -> Wanted:
    site.says("/500.html", Answer(b"broken", 500))
    site.says("/cut.html", Answer(b"<html>" + b"x" * 50, told=500))
    site.says("/reset.html", Answer(status=None))
    site.says("/slow.html", Answer(b"x" * 400, trickle=0.2))
    return [site.at(f"/{name}.html") for name in ("500", "cut", "reset", "slow")]


def huge(site: Site) -> Wanted:
    site.says("/declared.pdf", Answer(b"", told=200_000_000))
    site.says("/undeclared.pdf", Answer(b"x" * 300_000, is_told=False))
    site.says("/bomb.html", packed(bytes(50_000_000)))
    site.says("/fits.txt", Answer(b"x" * 100_000, headers={"Content-Type": "text/plain"}))
    names = ("declared.pdf", "undeclared.pdf", "bomb.html", "fits.txt")
    return [site.at(f"/{name}") for name in names]


def packing(site: Site) -> Wanted:
    site.says("/small.bin", packed(NOISE, **{"Content-Type": "application/octet-stream"}))
    site.says("/page.html", packed(page("packed").body, **{"Content-Type": "text/html"}))
    return [site.at("/small.bin"), site.at("/page.html")]


def statuses(site: Site) -> Wanted:
    for status in (202, 203, 204, 206, 304, 302, 404, 403):
        body = b"" if status in {204, 304} else page(str(status)).body
        site.says(f"/{status}.html", Answer(body, status, {"Content-Type": "text/html"}))
    return [site.at(f"/{status}.html") for status in (202, 203, 204, 206, 304, 302, 404, 403)]


def private(site: Site) -> Wanted:
    for number, address in enumerate(PRIVATE):
        site.says(f"/{number}.html", sent_on(address))
    site.says(
        "/meta.html", page(head='<meta http-equiv="refresh" content="0;url=http://10.0.0.1/">')
    )
    site.says("/script.html", Answer(b"<script>location.href='http://10.0.0.1/a'</script>"))
    site.says("/file.html", sent_on("file:///etc/passwd"))
    names = [*map(str, range(len(PRIVATE))), "meta", "script", "file"]
    direct = "http://public.example/a.html"
    return [*(site.at(f"/{name}.html") for name in names), direct, "http://nowhere.example/"]


def redirects(site: Site) -> Wanted:
    for one, other in (("a", "b"), ("b", "c"), ("c", "end")):
        site.says(f"/{one}.html", sent_on(f"/{other}.html", 301))
    site.says("/end.html", page("end"))
    site.says("/loop.html", sent_on("/pool.html"))
    site.says("/pool.html", sent_on("/loop.html"))
    site.says("/self.html", sent_on("/self.html"))
    for n in range(9):
        site.says(f"/far{n}.html", sent_on(f"/far{n + 1}.html"))
    site.says("/far9.html", page("far"))
    site.says("/meta.html", page(head='<meta http-equiv="refresh" content="0; url=/script.html">'))
    site.says("/script.html", Answer(b"<html><script>location.href='/end.html'</script></html>"))
    site.says("/m1.html", page(head='<meta http-equiv="refresh" content="0;url=/m2.html">'))
    site.says("/m2.html", page(head='<meta http-equiv="refresh" content="0;url=/m1.html">'))
    for n in range(9):
        to = f'<meta http-equiv="refresh" content="0;url=/on{n + 1}.html">'
        site.says(f"/on{n}.html", page(head=to))
    site.says("/on9.html", page("on"))
    names = ("a", "loop", "self", "far0", "meta", "m1", "on0")
    return [site.at(f"/{name}.html") for name in names]


def posts(site: Site) -> Wanted:
    site.says("/307", sent_on("/list", 307))
    site.says("/302", sent_on("/list", 302))
    site.says("/list", lambda asked: page(f"{asked.method} {asked.body.decode()}"))
    return [("POST", site.at("/307"), "page=2"), ("POST", site.at("/302"), "page=3")]


def cookies(site: Site) -> Wanted:
    answer = page()
    site.says("/a.html", Answer(answer.body, 200, {"Set-Cookie": "id=1; Path=/", **answer.headers}))
    site.says("/b.html", page())
    return [site.at("/a.html"), site.at("/b.html")]


def closed(site: Site) -> Wanted:
    site.says("/a.html", page())
    return [site.at("/a.html")]


def crawl_delay(site: Site) -> Wanted:
    text = b"User-agent: *\nCrawl-delay: 0.5\n"
    site.says("/robots.txt", Answer(text, headers=ROBOTS))
    for n in range(3):
        site.says(f"/{n}.html", page(str(n)))
    return [site.at(f"/{n}.html") for n in range(3)]


def paced(site: Site) -> Wanted:
    for n in range(3):
        site.says(f"/{n}.html", page(str(n)))
    return [site.at(f"/{n}.html") for n in range(3)]


# Path → the time of a date in Retry-After, less the second that is the date's unit.
NOT_BEFORE: dict[str, float] = {}


def waits(site: Site) -> Wanted:
    site.says("/a.html", Answer(b"", 429, {"Retry-After": "2"}), page("a"))
    NOT_BEFORE["/b.html"] = time.monotonic() + 6 - 1
    soon = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=6), usegmt=True)
    site.says("/b.html", Answer(b"", 503, {"Retry-After": soon}), page("b"))
    site.says("/c.html", Answer(b"", 503, {"Retry-After": "soon"}), page("c"))
    site.says("/d.html", Answer(b"", 503, {"Retry-After": "-5"}), page("d"))
    return [site.at(f"/{name}.html") for name in "abcd"]


def absurd(site: Site) -> Wanted:
    site.says("/a.html", Answer(b"", 429, {"Retry-After": "99999999999999"}), page("a"))
    site.says("/b.html", page("b"))
    return [site.at("/a.html"), site.at("/b.html")]


def absurd_robots(site: Site) -> Wanted:
    site.says("/robots.txt", Answer(b"", 503, {"Retry-After": "86400"}))
    site.says("/a.html", page("a"))
    return [site.at("/a.html")]


def etag(site: Site) -> Wanted:
    site.says("/a.html", holding(page(site.host), ETag='"1"'))
    return [site.at("/a.html"), site.at("/a.html")]


def last_modified(site: Site) -> Wanted:
    site.says("/a.html", holding(page(site.host), Last_Modified="Sat, 10 Jan 2026 08:00:00 GMT"))
    return [site.at("/a.html")]


def neither(site: Site) -> Wanted:
    site.says("/a.html", page("a"))
    return [site.at("/a.html")]


def long_lived(site: Site) -> Wanted:
    answer = page("a")
    headers = {**answer.headers, "Cache-Control": "max-age=31536000", "ETag": '"1"'}
    site.says("/a.html", Answer(answer.body, 200, headers))
    return [site.at("/a.html")]


def forgotten(site: Site) -> Wanted:
    return etag(site)


def stale(site: Site) -> Wanted:
    for name in ("503", "reset", "slow"):
        site.says(f"/{name}.html", holding(page(name), ETag='"1"'))
    return [site.at(f"/{name}.html") for name in ("503", "reset", "slow")]


def challenged(site: Site) -> Wanted:
    """Challenges and error pages that say that all is well, and that it may be kept."""
    script = Answer(b"<html><script>document.cookie='a=1';location.reload()</script></html>")
    site.says("/a.html", holding(script, ETag='"1"'))
    error = Answer("<html><head><title>404</title></head><body>页面不存在</body></html>".encode())
    site.says("/b.html", holding(error, ETag='"1"'))
    return [site.at(f"/{name}.html") for name in "aabb"]


def moved(site: Site) -> Wanted:
    site.says("/old.html", holding(page("old"), Last_Modified="Sat, 10 Jan 2026 08:00:00 GMT"))
    return [site.at("/old.html")]


SITES = {
    function.__name__: function
    for function in (
        robots, robots_of_ours, flaky, broken, huge, packing, statuses, private, redirects, posts,
        cookies, closed, crawl_delay, paced, waits, absurd, absurd_robots, etag, last_modified,
        neither, long_lived, forgotten, stale, challenged, moved,
    )
}  # fmt: skip
_HOUR = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).hour
MORE: dict[str, dict[str, Any]] = {
    "closed": {"pace": {"delay_seconds": 0, "hours": [(_HOUR + 6) % 24, (_HOUR + 12) % 24]}},
    "paced": {"pace": {"delay_seconds": 0.4}},
}


# What is changed before the second night.


def _stale_changes(site: Site) -> None:
    site.says("/503.html", Answer(b"", 503))
    site.says("/reset.html", Answer(status=None))
    site.says("/slow.html", Answer(b"x" * 400, trickle=0.2))


def _moved_changes(site: Site) -> None:
    site.says("/old.html", sent_on("/new.html", 301))

    def new(asked: Asked) -> Answer:
        # As a server does whose file is older.
        return Answer(b"", 304) if "if-modified-since" in asked.headers else page("new")

    site.says("/new.html", new)


def _long_lived_changes(site: Site) -> None:
    site.says("/a.html", page("b"))


CHANGES = {"stale": _stale_changes, "moved": _moved_changes, "long_lived": _long_lived_changes}
FORGOTTEN = ("forgotten",)
UNCHANGED = ("etag", "last_modified", "neither", "robots", "challenged")


def kinds(came: list[Came]) -> list[str]:
    return [one["kind"] for one in came]


# The claims.


def test_robots_txt_is_obeyed_for_redirects_and_pages_that_send_on_too(
    found: dict[str, Found],
) -> None:
    here = found["robots"]
    assert kinds(here.nights[0]) == ["", *["robots_forbidden"] * 3]
    assert not [path for path in here.site.paths() if path.startswith("/secret")]
    # Once a night, and as long as it stays what it was, also the next.
    assert [len([a for a in asked if a.path == "/robots.txt"]) for asked in here.asked] == [1, 1]
    assert kinds(here.nights[1]) == kinds(here.nights[0])


def test_robots_txt_is_read_by_our_name(found: dict[str, Found]) -> None:
    assert kinds(found["robots_of_ours"].nights[0]) == ["robots_forbidden"]
    assert not [a for a in found["robots_of_ours"].asked[0] if a.path != "/robots.txt"]


def test_every_request_says_whose_it_is_and_uses_no_proxy(found: dict[str, Found]) -> None:
    asked = [a for here in found.values() for night in here.asked for a in night]
    assert len(asked) > 100
    for one in asked:
        assert one.headers["user-agent"].startswith("OGI-Warehouse/")
        assert f"(+{CONTACT})" in one.headers["user-agent"]
        assert one.path.startswith("/")


def test_what_passes_is_asked_for_again_and_is_no_trouble(found: dict[str, Found]) -> None:
    here = found["flaky"]
    assert kinds(here.nights[0]) == [""] * 7
    assert [one["requests"] for one in here.nights[0]] == ["2"] * 7
    assert "whole" in here.nights[0][4]["text"]


def test_what_stays_is_told_after_the_retries(found: dict[str, Found]) -> None:
    here = found["broken"]
    assert kinds(here.nights[0]) == ["http_error", "truncated", "unreachable", "unreachable"]
    assert [one["requests"] for one in here.nights[0]] == ["3"] * 4
    assert here.nights[0][0]["status"] == "500"
    assert here.nights[0][3]["detail"] == "no whole answer in 2 s"


def test_more_bytes_than_the_limit_are_not_taken(found: dict[str, Found]) -> None:
    here = found["huge"]
    assert kinds(here.nights[0]) == ["too_large", "too_large", "too_large", ""]
    assert all("100,000 bytes" in one["detail"] for one in here.nights[0][:3])
    assert [one["requests"] for one in here.nights[0]] == ["1"] * 4
    assert here.nights[0][3]["bytes"] == "100000"


def test_packed_answers_are_unpacked_also_where_packing_made_them_longer(
    found: dict[str, Found],
) -> None:
    here = found["packing"]
    assert kinds(here.nights[0]) == ["", ""]
    assert here.nights[0][0]["bytes"] == str(len(NOISE))
    assert "packed" in here.nights[0][1]["text"]


def test_only_a_whole_answer_is_one(found: dict[str, Found]) -> None:
    came = found["statuses"].nights[0]
    by_status = dict(zip((202, 203, 204, 206, 304, 302, 404, 403), came, strict=True))
    assert by_status.pop(203)["kind"] == ""
    assert {s: one["status"] for s, one in by_status.items()} == {s: str(s) for s in by_status}
    assert all(one["kind"] in {"http_error", "stub_page"} for one in by_status.values())


def test_nothing_leads_to_a_private_address(found: dict[str, Found]) -> None:
    came = found["private"].nights[0]
    assert kinds(came) == [*["refused_address"] * (len(PRIVATE) + 4), "unreachable"]
    assert came[5]["detail"] == "inside.example is at 10.1.2.3, which is not public"
    assert "file:///etc/passwd" in came[-3]["detail"]


def test_redirects_are_followed_as_far_as_they_lead_on(found: dict[str, Found]) -> None:
    here = found["redirects"]
    chain, loop, own, far, meta, refresh, onward = here.nights[0]
    assert chain["address"] == here.site.at("/end.html")
    assert chain["redirects"].split() == [here.site.at(f"/{name}.html") for name in "abc"]
    assert (loop["kind"], own["kind"], far["kind"]) == ("redirect_loop",) * 3
    assert meta["address"] == here.site.at("/end.html")
    assert meta["redirects"].split() == [here.site.at(f"/{n}.html") for n in ("meta", "script")]
    assert (refresh["kind"], onward["kind"]) == ("redirect_loop",) * 2
    assert len(here.site.of("/loop.html")) == 1
    assert len(here.site.of("/self.html")) == 1
    assert not here.site.of("/far9.html")
    assert not here.site.of("/on9.html")


def test_a_post_is_one_where_it_is_sent_on_with_307_and_none_with_302(
    found: dict[str, Found],
) -> None:
    kept, changed = found["posts"].nights[0]
    assert "POST page=2" in kept["text"]
    assert "GET " in changed["text"]
    assert "page=3" not in changed["text"]


def test_cookies_are_not_kept(found: dict[str, Found]) -> None:
    assert kinds(found["cookies"].nights[0]) == ["", ""]
    assert not [a for a in found["cookies"].asked[0] if "cookie" in a.headers]


def test_a_source_outside_of_its_hours_is_not_asked(found: dict[str, Found]) -> None:
    assert kinds(found["closed"].nights[0]) == ["out_of_hours"]
    assert found["closed"].asked[0] == []


def test_a_delay_that_robots_txt_asks_for_is_kept(found: dict[str, Found]) -> None:
    asked = found["crawl_delay"].asked[0]
    assert len(asked) == 4
    assert mean(gaps(asked)) >= 0.45


def test_the_delay_of_the_record_is_kept(found: dict[str, Found]) -> None:
    asked = found["paced"].asked[0]
    assert len(asked) == 4
    assert mean(gaps(asked)) >= 0.36


def test_a_website_that_asks_to_wait_is_left_alone_so_long(found: dict[str, Found]) -> None:
    here = found["waits"]
    assert kinds(here.nights[0]) == [""] * 4
    times = {path: [a.at for a in here.site.of(path)] for path in here.site.paths()}
    one, again = times["/a.html"]
    assert again - one >= 1.95
    one, again = times["/b.html"]
    assert again >= NOT_BEFORE["/b.html"]


def test_a_website_that_asks_for_too_long_is_left_alone_tonight(found: dict[str, Found]) -> None:
    here = found["absurd"]
    assert kinds(here.nights[0]) == ["out_of_hours", "out_of_hours"]
    assert here.site.paths() == ["/a.html"]
    assert kinds(found["absurd_robots"].nights[0]) == ["out_of_hours"]
    assert found["absurd_robots"].site.paths() == []


@pytest.mark.parametrize(
    ("name", "not_modified"), [("etag", "1"), ("last_modified", "1"), ("neither", "0")]
)
def test_a_page_that_did_not_change_costs_one_request(
    found: dict[str, Found], name: str, not_modified: str
) -> None:
    first, second = (night[0] for night in found[name].nights)
    assert first["sha256"] == second["sha256"]
    assert (second["requests"], second["not_modified"]) == ("1", not_modified)
    assert second["text"] == first["text"]


def test_an_answer_of_tonight_is_not_asked_for_twice(found: dict[str, Found]) -> None:
    for night in found["etag"].nights:
        assert [one["requests"] for one in night] == ["1", "0"]
        assert night[0]["sha256"] == night[1]["sha256"]


def test_a_website_is_asked_every_night_whatever_it_said_of_how_long_its_answer_holds(
    found: dict[str, Found],
) -> None:
    first, second = (night[0] for night in found["long_lived"].nights)
    assert second["requests"] == "1"
    assert first["sha256"] != second["sha256"]


def test_an_answer_whose_bytes_are_lost_is_asked_for_whole(found: dict[str, Found]) -> None:
    first, second = (night[0] for night in found["forgotten"].nights)
    assert (second["kind"], second["sha256"]) == ("", first["sha256"])
    assert second["not_modified"] == "0"
    assert "if-none-match" not in found["forgotten"].asked[1][-1].headers


def test_the_answer_of_yesterday_never_stands_for_one_that_did_not_come(
    found: dict[str, Found],
) -> None:
    assert kinds(found["stale"].nights[0]) == ["", "", ""]
    assert kinds(found["stale"].nights[1]) == ["http_error", "unreachable", "unreachable"]
    assert [came["requests"] for came in found["stale"].nights[1]] == ["3"] * 3


def test_what_is_no_answer_is_not_kept_for_one(found: dict[str, Found]) -> None:
    for night in found["challenged"].nights:
        assert kinds(night) == ["challenge", "challenge", "error_page", "error_page"]
        assert [came["requests"] for came in night] == ["1"] * 4


def test_a_redirect_never_asks_whether_the_old_page_still_holds(found: dict[str, Found]) -> None:
    here = found["moved"]
    (came,) = here.nights[1]
    assert (came["kind"], came.get("address")) == ("", here.site.at("/new.html"))
    assert "new" in came["text"]
