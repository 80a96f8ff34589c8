"""A reviewed name is in the registry, and the next look finds it."""

from pathlib import Path

import pytest

from pipelines.domain import AgencyStatus, ReferenceDataError
from pipelines.reference import Evidence, How, accept_name, load_registry, write_registry
from pipelines.reference.registry import read_agencies

REGISTRY = load_registry()


def test_what_place_and_function_tell_becomes_a_record(tmp_path: Path) -> None:
    accepted = accept_name(REGISTRY, "盐池县财政局", year=2022)
    assert accepted.is_new
    assert accepted.agency.status is AgencyStatus.REVIEWED
    write_registry(accepted.registry, tmp_path)
    again = load_registry(tmp_path).resolve("盐池县财政局", Evidence(2022))
    assert again.how is How.REGISTRY
    assert again.agency == accepted.agency
    lines = (tmp_path / "agencies.csv").read_text(encoding="utf-8").splitlines()
    before = {a.agency_id for a in REGISTRY.agencies}
    new = [line for line in lines[1:] if line.split(",")[0] not in before]
    assert new == [
        "640323-finance,盐池县财政局,,640323,宁夏回族自治区,吴忠市,盐池县,county,finance,false,,,,"
    ]
    assert len(lines) == len(before) + 2


def test_a_name_can_be_another_of_a_known_agency() -> None:
    name, known = "盐州市自然资源局", "640323-natural-resources"
    assert REGISTRY.resolve(name).agency is None
    accepted = accept_name(REGISTRY, name, agency_id=known)
    assert not accepted.is_new
    assert accepted.agency.aliases == (name,)
    assert accepted.registry.resolve(name).agency == accepted.agency
    assert len(accepted.registry.agencies) == len(REGISTRY.agencies)


def test_a_zone_is_accepted_before_its_bureaus() -> None:
    with pytest.raises(ReferenceDataError, match="accept that before"):
        accept_name(REGISTRY, "云上新区财政局", agency_id="640100-cloud-zone-finance")
    zone = accept_name(REGISTRY, "云上新区管理委员会", agency_id="640100-cloud-zone-government")
    assert (zone.agency.region_code, zone.agency.city) == ("640100", "银川市")
    assert zone.agency.is_government
    told = zone.registry.resolve("云上新区财政局").agency
    assert told is not None
    assert told.agency_id == "640100-cloud-zone-finance"
    bureau = accept_name(zone.registry, "云上新区财政局").agency
    assert bureau.parent_agency_id == zone.agency.agency_id


@pytest.mark.parametrize(
    ("name", "agency_id", "said"),
    [
        ("盐池县自然资源局", None, "the registry has it: 640323-natural-resources"),
        ("幸福县财政局", None, "say which it is by id"),
        ("鼓楼区教育局", None, "320106-education"),
        ("鼓楼区教育局", "320106-education", "would still not be told"),
        (
            "盐池县自然资源局",
            "640323-natural-resources",
            "a name of 640323-natural-resources already",
        ),
        ("幸福县财政局", "640323-happiness", "no function"),
        ("幸福县财政局", "649999-finance", "no region has the code 649999"),
        ("幸福县财政局", "finance", "an id is a region's code and a function"),
        ("洪泽区政府", "320829-government", "that is 320813-government"),
    ],
)
def test_what_cannot_be_accepted_is_refused(name: str, agency_id: str | None, said: str) -> None:
    with pytest.raises(ReferenceDataError, match=said):
        accept_name(REGISTRY, name, agency_id=agency_id, year=2022)


def test_nothing_of_the_kept_registry_was_touched() -> None:
    kept = Path(__file__).parents[3] / "data" / "reference" / "agencies.csv"
    assert read_agencies(kept) == REGISTRY.agencies
