"""The server as a client meets it: counts, conditions, nights, clients that hang up."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.crawl import load_sources
from tests.replica import Running, Settings, Site, plan_of, running, truth
from tests.unit.simulate.replica.asking import ask
from tests.unit.simulate.replica.following import follow


def _site(played: Running, family: str) -> Site:
    return next(s for s in played.plan().sites if s.family == family and s.fault is None)


def _address(played: Running, site: Site, target: str) -> str:
    return f"http://{site.host}:{played.port}{target}"


def test_what_is_served_is_the_truth(played: Running) -> None:
    known = truth(played.plan(), played.port)
    for site in known.sites.values():
        if site.fault is None:
            for address, document in list(site.documents.items())[:5]:
                assert len(ask(address).content) == document.size


def test_requests_are_counted(played: Running) -> None:
    site = _site(played, "api_affair")
    shell, api = follow(played.plan(), site).asked[:2]
    played.reset()
    for _ in range(2):
        ask(_address(played, site, shell.target), headers={"User-Agent": "counted"})
    ask(_address(played, site, api.target), "POST", body=api.body)
    ask(_address(played, site, "/nowhere"), "HEAD")
    counts = played.counts()[site.host]
    assert counts["requests"] == {
        str(shell): 2,
        f"POST {api.target} {api.body.decode()}": 1,
        "HEAD /nowhere": 1,
    }
    assert counts["statuses"] == {"200": 3, "404": 1}
    assert counts["user_agents"]["counted"] == 2
    assert counts["most_at_once"] == 1
    assert 0 < counts["smallest_gap"] < 5
    assert counts["bytes_sent"] > 1000
    assert counts["connections"] == 4
    played.reset()
    assert played.counts()[site.host]["requests"] == {}


def test_two_at_once_are_seen() -> None:
    """An answer is made in less time than a client needs to ask twice: a latency makes it sure."""
    asked = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with running(Settings(sites=1, reports=3, latency_seconds=0.1)) as slow:
        address = slow.plan().sites[0].host, slow.port
        with socket.create_connection(address) as one, socket.create_connection(address) as other:
            one.sendall(asked)
            other.sendall(asked)
            assert one.recv(100)
            assert other.recv(100)
        assert slow.counts()[address[0]]["most_at_once"] == 2


def test_an_unchanged_page_is_not_sent_again(played: Running) -> None:
    sites = [site for site in played.plan().sites if site.fault is None]
    assert {site.validators for site in sites} == {"both", "last_modified", "none"}
    for site in sites:
        played.reset()
        article = next(a for a in site.listed if a.kind == "report")
        listing = next(asked for asked in follow(played.plan(), site).asked if not asked.body)
        for target in (listing.target, article.page or article.target):
            first = ask(_address(played, site, target))
            etag, modified = first.headers.get("etag"), first.headers.get("last-modified")
            assert (etag is not None) == (site.validators == "both")
            assert (modified is not None) == (site.validators != "none")
            said = {"If-None-Match": etag or '"x"', "If-Modified-Since": modified or "never"}
            again = ask(_address(played, site, target), headers=said)
            assert again.status == (200 if site.validators == "none" else 304)
            stale = {"If-None-Match": '"another"', "If-Modified-Since": "Sat, 01 Jan 2000 00:00:00"}
            assert ask(_address(played, site, target), headers=stale).status == 200
            assert len(again.content) == (len(first.content) if again.status == 200 else 0)
        counts = played.counts()[site.host]
        assert counts["conditional"] == 4
        assert counts["not_modified"] == (0 if site.validators == "none" else 2)


def test_a_head_has_no_body(played: Running) -> None:
    site = _site(played, "trs_static")
    address = _address(played, site, "/zwgk/zfxxgknb/")
    head, whole = ask(address, "HEAD"), ask(address)
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))


def test_requests_in_one_go_are_answered_in_their_order(played: Running) -> None:
    site = _site(played, "plain")
    asked = b"".join(
        b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: %s\r\n\r\n" % (target, connection)
        for target, connection in ((b"/xxgk/list.html", b"keep-alive"), (b"/none", b"close"))
    )
    with socket.create_connection((site.host, played.port), timeout=60) as client:
        client.sendall(asked)
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1 404") == 1


def test_clients_that_hang_up_or_talk_nonsense_do_no_harm(played: Running) -> None:
    fault = next(s for s in played.plan().sites if s.fault == "huge")
    played.reset()
    (target,) = fault.faults
    with socket.create_connection((fault.host, played.port)) as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert client.recv(100)
    for nonsense in (b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n", b"a" * 70_000, b""):
        with socket.create_connection((fault.host, played.port), timeout=60) as client:
            client.sendall(nonsense)
            client.shutdown(socket.SHUT_WR)
            assert not client.recv(100)
    deadline = time.monotonic() + 10
    while not played.counts()[fault.host]["hung_up"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert played.counts()[fault.host]["hung_up"] == 1


def test_the_second_night_is_played_when_it_is_told(played: Running) -> None:
    plan = played.night(2)
    try:
        known = truth(plan, played.port)
        assert {c.kind for c in known.changes} >= {"replaced", "moved", "gone", "new"}
        for change in known.changes:
            if change.kind == "gone" and change.before is not None:
                assert ask(change.before).status == 404
            if change.kind == "replaced" and change.after in known.documents:
                got = ask(change.after)
                assert len(got.content) == known.documents[change.after].size
    finally:
        played.night(1)
    with pytest.raises(ValueError, match="no night 0"):
        played.night(0)


def test_the_records_are_sources(played: Running, tmp_path: Path) -> None:
    files = played.write_sources(tmp_path)
    loaded = load_sources(tmp_path)
    assert [source.id for source in loaded] == sorted(file.stem for file in files)
    assert len(loaded) == len(played.plan().sites)
    for source, site in zip(loaded, played.plan().sites, strict=True):
        assert source.private_hosts == (site.host,)
        assert all(ask(address).status < 600 for address in source.start if site.fault is None)


def test_the_command_tells_where_it_listens_and_ends_in_time(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.replica", "--sites", "2", "--reports", "3"]
    command += ["--sources", str(tmp_path), "--seconds", "0.5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    line = json.loads(done.stdout)
    assert line["control"] == f"http://127.0.0.1:{line['port']}"
    assert len(load_sources(tmp_path)) == 2


def test_a_replica_ends_with_whoever_started_it() -> None:
    script = (
        "import os\n"
        "from tests.replica import Settings, running\n"
        "with running(Settings(sites=1, reports=2)) as replica:\n"
        "    print(replica.port, replica.plan().sites[0].host, flush=True)\n"
        "    os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True
    )
    port, host = done.stdout.split()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("it still listens")


def test_a_replica_that_cannot_be_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    settings = Settings(families=("wiki",))
    with pytest.raises(OSError, match="ended with 2"), running(settings):
        pass
    assert "nobody plays wiki" in capfd.readouterr().err


def test_faults_that_pass_lie_at_a_share_of_addresses() -> None:
    plan = plan_of(Settings(sites=14, reports=30, passing=0.1))
    places = sum(len(site.faults) for site in plan.sites)
    assert 0.05 * 14 * 36 < places < 0.2 * 14 * 36
    assert all(not site.lost for site in truth(plan, 1).sites.values())
