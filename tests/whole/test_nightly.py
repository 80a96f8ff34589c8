"""The whole nightly job, as `ogi crawl` runs it: from our own websites to a release, twice."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.checks import crawl_checks
from pipelines.reference import load_registry
from pipelines.settings import Settings as HouseSettings
from tests.replica import Settings, Truth, running, truth

Ogi = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]
REPLICA = Settings(
    sites=7,
    reports=4,
    documents="reports",
    shapes="pages",
    crawl_delay=0,
    changed=0.2,
    last_year=2025,
    faults=("challenge", "not_found"),
)


@dataclass(frozen=True)
class Nights:
    """Two nights into one home: what each should bring, and what the command said."""

    home: Path
    first: Truth
    second: Truth
    said: tuple[subprocess.CompletedProcess[str], ...]
    after_first: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def nights(ogi: Ogi, rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    home = tmp_path_factory.mktemp("home")
    with running(REPLICA) as replica:
        replica.write_sources(home / "sources")
        settings = {"OGI_SOURCES": str(home / "sources"), "OGI_CRAWL_CONTACT": "t@example.org"}
        first = truth(replica.night(1), replica.port)
        said = [ogi(home, "crawl", **settings)]
        after_first = rows(home, "select agency_id, report_year from dim_report")
        second = truth(replica.night(2), replica.port)
        said.append(ogi(home, "crawl", "--format", "json", **settings))
        yield Nights(home, first, second, tuple(said), after_first)


def _named(told: Truth) -> dict[str, tuple[str, int]]:
    """Where the reports are listed that say whose they are, with agency and year. Who says
    nothing, and whom the registry does not have, gets no figure of his own."""
    registry = load_registry().by_id
    return {
        known.listed: (known.agency_id, known.report_year)
        for site in told.sites.values()
        for known in site.documents.values()
        if known.report_year is not None
        and known.agency_id in registry
        and known.report_year not in site.unnamed.get(known.agency_id, ())
    }


def test_both_nights_end_well(nights: Nights) -> None:
    assert [done.returncode for done in nights.said] == [0, 0], nights.said[0].stderr


def test_every_report_of_a_known_agency_is_in_the_release(nights: Nights) -> None:
    reports = set(_named(nights.first).values())
    assert len(reports) >= 20
    assert reports <= set(nights.after_first)


def test_a_figure_leads_back_to_its_web_address(nights: Nights, rows: Rows) -> None:
    addresses = {known.listed for known in nights.first.documents.values()}
    found = {str(url) for (url,) in rows(nights.home, "select source_url from dim_report")}
    assert len(found & addresses) > len(addresses) / 2
    assert all(url.startswith("http://127.1.") for url in found)


def test_what_changed_is_told_as_history(nights: Nights, rows: Rows) -> None:
    told = rows(nights.home, "select event, address from report_history where event <> 'found'")
    events = {(event, address) for event, address in told}
    named = {**_named(nights.first), **_named(nights.second)}
    expected = {
        (change.kind, change.before)
        for change in nights.second.changes
        if change.kind in {"replaced", "moved", "unlisted", "gone"} and change.before in named
    }
    assert len(expected) >= 3
    assert expected <= events
    assert {event for event, _ in events} <= {"replaced", "moved", "unlisted", "gone"}


def test_history_is_told_on_the_command_line(nights: Nights, ogi: Ogi) -> None:
    (change, *_) = [c for c in nights.second.changes if c.kind == "replaced"]
    (known,) = [k for k in nights.second.documents.values() if k.listed == change.after]
    done = ogi(nights.home, "history", known.agency_id, known.report_year, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "replaced" in done.stdout
    assert str(change.after) in done.stdout


def test_the_report_of_the_crawl_is_whole(nights: Nights) -> None:
    report = json.loads(nights.said[1].stdout)
    kinds = {t["kind"] for source in report["sources"] for t in source["troubles"]}
    assert {"challenge", "http_error"} <= kinds
    assert report["night"] == 2


def test_trouble_is_an_asset_check_that_fails_and_holds_nothing_back(nights: Nights) -> None:
    settings = HouseSettings(home=nights.home, crawl_contact="t@example.org")
    results: list[dg.AssetCheckResult] = list(crawl_checks(settings=settings))  # type: ignore[call-overload]
    read, _ = results
    assert (read.check_name, read.passed) == ("every_source_was_read", False)
    assert read.severity is dg.AssetCheckSeverity.ERROR
    kinds = {row.data["kind"] for row in read.metadata["listed"].value.records}  # type: ignore[union-attr]
    assert {"challenge", "http_error"} <= kinds


def test_the_archive_has_every_sum_right(nights: Nights, ogi: Ogi) -> None:
    done = ogi(nights.home, "archive", "verify")
    assert done.returncode == 0, done.stdout
