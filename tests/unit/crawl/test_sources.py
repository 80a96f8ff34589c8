"""Records of sources and the words of the crawl: loaded, or refused with file and place."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.crawl.families import FAMILIES
from pipelines.crawl.source import Pace, Source
from pipelines.crawl.sources import SOURCES_DIR, load_source, load_sources
from pipelines.crawl.words import load_words
from pipelines.domain import ReferenceDataError
from pipelines.reference import load_registry

RECORD = {
    "id": "990100-government",
    "agency_id": "990100-government",
    "family": "trs_static",
    "start": ["http://www.linyi.example/nb/"],
    "first_year": 2008,
}


def _write(folder: Path, **changes: Any) -> Path:
    record = {k: v for k, v in (RECORD | changes).items() if v is not None}
    file = folder / "990100-government.yaml"
    file.write_text(yaml.safe_dump(record, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def test_every_kept_source_loads_and_its_agency_is_known() -> None:
    known = {agency.agency_id for agency in load_registry().agencies}
    sources = load_sources(agency_ids=known)
    assert len(sources) == len(list(SOURCES_DIR.glob("*.yaml"))) > 0
    # Nobody has looked at them: whoever does, says so in the record.
    assert {source.private_hosts for source in sources} == {()}


def test_a_record_is_read_with_what_it_leaves_out(tmp_path: Path) -> None:
    source = load_source(_write(tmp_path))
    assert source.pace == Pace(delay_seconds=3, hours=None)
    assert (source.verified, source.columns, source.government_id) == (False, (), None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"frist_year": 2008}, "line 7: frist_year: Extra inputs"),
        ({"first_year": 1999}, "line 6: first_year: "),
        ({"agency_id": None}, "give agency_id or government_id"),
        ({"government_id": "990000-government"}, "give agency_id or government_id"),
        ({"family": "wordpress"}, "family: wordpress is none of gkmlpt"),
        ({"id": "other"}, "id: other stands in a file of another name"),
        ({"id": "Not_An_Id"}, "line 1: id: "),
        ({"start": []}, "line 4: start: "),
        ({"start": ["ftp://www.linyi.example/"]}, "neither http nor https"),
        ({"start": ["http://10.0.0.1/nb/"]}, "not public"),
        ({"pace": {"delay_seconds": -1}}, "line 8: pace.delay_seconds: "),
        ({"pace": {"hours": [22, 25]}}, "pace.hours.1: "),
        ({"api": "http://www.linyi.example/front/api/data/affair"}, "for family api_affair"),
        ({"channels": ["1"]}, "for family api_affair"),
        ({"ignored_titles": [" "]}, "an empty title"),
        ({"private_hosts": ["0.0.0.0/0"]}, "no network of private addresses"),
    ],
)
def test_a_senseless_record_is_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    file = _write(tmp_path, **changes)
    with pytest.raises(ReferenceDataError) as refused:
        load_source(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert message in str(refused.value)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    file = _write(tmp_path)
    file.write_text(file.read_text() + "first_year: 2010\n")
    with pytest.raises(ReferenceDataError, match="line 7: first_year: the key appears twice"):
        load_source(file)


@pytest.mark.parametrize("text", ["", "- a\n", "a: [", "a: \0"])
def test_what_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(ReferenceDataError, match=r"a\.yaml: "):
        load_source(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="No such file"):
        load_source(tmp_path / "a.yaml")


def test_an_agency_that_the_registry_has_not_is_refused(tmp_path: Path) -> None:
    _write(tmp_path)
    assert len(load_sources(tmp_path, {"990100-government"})) == 1
    with pytest.raises(ReferenceDataError, match="the registry has no agency 990100-government"):
        load_sources(tmp_path, {"990200-government"})


def test_a_start_page_belongs_to_one_source(tmp_path: Path) -> None:
    text = _write(tmp_path).read_text()
    (tmp_path / "second.yaml").write_text(
        text.replace("id: 990100-government\n", "id: second\n", 1)
    )
    with pytest.raises(ReferenceDataError, match=r"second\.yaml: .* is also one of .*990100"):
        load_sources(tmp_path)


def test_a_start_page_can_stand_for_one_a_year() -> None:
    record = RECORD | {
        "start": ["http://a.example/r.jsp?area=1&fbtime={year}", "http://a.example/nb/"],
        "first_year": 2020,
    }
    source = Source.model_validate(record)
    assert source.start_addresses(2021) == (
        "http://a.example/r.jsp?area=1&fbtime=2020",
        "http://a.example/r.jsp?area=1&fbtime=2021",
        "http://a.example/nb/",
    )


@pytest.mark.parametrize(
    ("hours", "is_open"),
    [
        (None, range(24)),
        ((20, 7), [20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6]),
        ((9, 12), [9, 10, 11]),
        ((0, 24), range(24)),
    ],
)
def test_a_site_is_asked_in_its_hours(hours: tuple[int, int] | None, is_open: list[int]) -> None:
    pace = Pace(hours=hours)
    assert [hour for hour in range(24) if pace.is_open(hour)] == sorted(is_open)


def test_the_words_load() -> None:
    words = load_words()
    assert "政府信息公开年报" in words.folded_columns
    assert {">", "下一页"} <= words.narrow_next_page


def test_words_that_fold_to_nothing_would_match_everything() -> None:
    words = load_words()
    folded = (
        *words.folded_columns,
        *words.trouble.folded_captcha,
        *words.trouble.folded_empty,
        *words.trouble.folded_error_titles,
    )
    assert all(folded)
    assert set(FAMILIES) >= {source.family for source in load_sources()}
