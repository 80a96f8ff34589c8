"""Names → agencies: exact or alias, and none where it could be two."""

from pathlib import Path

import pytest

from pipelines.domain import ReferenceDataError
from pipelines.reference import load_registry, provisional_agency
from pipelines.reference.registry import _COLUMNS

HEADER = ",".join(_COLUMNS)


def registry_file(tmp_path: Path, *rows: str) -> Path:
    (tmp_path / "agencies.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return tmp_path


def record(agency_id: str, name: str, aliases: str = "", parent: str = "") -> str:
    return f"{agency_id},{name},{aliases},,,,,county,finance,false,{parent},,,"


def test_both_first_users_are_known() -> None:
    registry = load_registry()
    found = {n: registry.resolve(n) for n in ("盐池县自然资源局", "扶沟县 自然资源局")}
    assert [a.agency_id for a in found.values() if a] == [
        "640323-natural-resources",
        "411621-natural-resources",
    ]


def test_an_alias_of_two_agencies_means_neither(tmp_path: Path) -> None:
    folder = registry_file(
        tmp_path,
        record("1-finance", "甲县财政局", "财政局"),
        record("2-finance", "乙县财政局", "财政局"),
    )
    registry = load_registry(folder)
    assert registry.resolve("财政局") is None
    assert getattr(registry.resolve("甲县财政局"), "agency_id", None) == "1-finance"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((record("1", "甲"), record("1", "乙")), "1 stands twice"),
        ((record("1", "甲", parent="9"),), "unknown 9"),
        ((",甲,,,,,,county,,false,,,,",), "agencies.csv:2"),
        (("1,甲,,,,,,village,,false,,,,",), "village"),
        (("1,甲,,,,,,county,,false,,soon,,",), "soon"),
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
