"""What a run makes depends on the date in China, and only where it begins."""

import datetime as dt
from pathlib import Path

import pytest

from pipelines.archive import MANIFEST_SCHEMA, SIGHTINGS_SCHEMA
from pipelines.crawl import Source
from pipelines.crawl.source import Pace
from pipelines.domain import calendar_of
from pipelines.runs import crawl, release
from pipelines.settings import Settings
from pipelines.warehouse.loader import digest_of_inputs

TURN = dt.date(2024, 3, 31), dt.date(2024, 4, 1)
SOURCE = Source(
    id="a",
    agency_id="640323-audit",
    family="plain",
    start=("https://a.gov.cn/",),
    first_year=2020,
    pace=Pace(delay_seconds=1),
)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, crawl_contact="you@example.org")


def test_crawl_expects_the_years_that_are_closed_in_china(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = []
    for today in TURN:
        monkeypatch.setattr(crawl, "today_in_china", lambda today=today: today)
        years.append(crawl._job(home, [SOURCE]).until_year)
    assert years == [2022, 2023]


def test_release_is_made_again_when_a_year_turns_in_china(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for today in (*TURN, dt.date(2024, 9, 30), dt.date(2024, 10, 1)):
        monkeypatch.setattr(release, "today_in_china", lambda today=today: today)
        found.append(release.current_fingerprint(home))
        nothing = digest_of_inputs(MANIFEST_SCHEMA.empty_table(), SIGHTINGS_SCHEMA.empty_table())
        assert found[-1] == release.fingerprint_of(nothing, calendar_of(today))
    assert found[1] == found[2]
    assert len(set(found)) == 3
