"""data/reference/agencies.csv: read, refused, written, and looked up."""

from pathlib import Path

import pytest

from pipelines.domain import ReferenceDataError
from pipelines.reference import How, load_registry, provisional_agency
from pipelines.reference.registry import COLUMNS, read_agencies, write_agencies

HEADER = ",".join(COLUMNS)
REGISTRY = Path(__file__).parents[3] / "data" / "reference" / "agencies.csv"


def registry_file(tmp_path: Path, *rows: str) -> Path:
    (tmp_path / "agencies.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return tmp_path


def record(agency_id: str, name: str, aliases: str = "", parent: str = "") -> str:
    return f"{agency_id},{name},{aliases},,,,,county,finance,false,{parent},,,"


def test_both_first_users_are_known() -> None:
    registry = load_registry()
    found = [registry.resolve(name) for name in ("盐池县自然资源局", "扶沟县 自然资源局")]
    assert [(r.agency.agency_id, r.how) for r in found if r.agency] == [
        ("640323-natural-resources", How.REGISTRY),
        ("411621-natural-resources", How.REGISTRY),
    ]


def test_an_alias_of_two_agencies_means_neither(tmp_path: Path) -> None:
    folder = registry_file(
        tmp_path,
        record("1-finance", "甲乙县财政局", "财政局"),
        record("2-finance", "丙丁县财政局", "财政局"),
    )
    registry = load_registry(folder)
    both = registry.resolve("财政局")
    assert both.agency is None
    assert {a.agency_id for a in both.candidates} == {"1-finance", "2-finance"}
    one = registry.resolve("甲乙县财政局").agency
    assert one is not None
    assert one.agency_id == "1-finance"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((record("1", "甲"), record("1", "乙")), "1 stands twice"),
        ((record("1", "甲", parent="9"),), "unknown 9"),
        ((",甲,,,,,,county,,false,,,,",), "agencies.csv:2"),
        (("1,甲,,,,,,village,,false,,,,",), "village"),
        (("1,甲,,,,,,county,,false,,soon,,",), "soon"),
        (("1,甲,,,,,,county,,perhaps,,,,",), "perhaps"),
        (("1,甲,,,,,,county,,false,,",), "12 fields, not 14"),
        (("1,甲,,,,,,county,alchemy,false,,,,",), "no function alchemy"),
    ],
)
def test_a_registry_that_makes_no_sense_is_refused(
    tmp_path: Path, rows: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ReferenceDataError, match=said):
        load_registry(registry_file(tmp_path, *rows))


def test_a_provisional_id_depends_on_the_folded_name_alone() -> None:
    assert provisional_agency("甲县 财政局").agency_id == provisional_agency("甲县财政局").agency_id
    assert provisional_agency("甲县财政局").agency_id != provisional_agency("乙县财政局").agency_id


def test_the_registry_is_written_as_it_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "agencies.csv"
    write_agencies(file, reversed(read_agencies(REGISTRY)))
    assert file.read_bytes() == REGISTRY.read_bytes()


def test_a_name_with_a_comma_comes_back_whole(tmp_path: Path) -> None:
    folder = registry_file(tmp_path, '1-finance,"甲县, ""乙"" 局",,,,,,county,finance,false,,,,')
    file = folder / "agencies.csv"
    before = read_agencies(file)
    assert before[0].agency_name == '甲县, "乙" 局'
    write_agencies(file, before)
    assert read_agencies(file) == before
