"""One place under several names and codes; and the quick form of `simplify`."""

import pytest

from pipelines.reference.lineages import Lineage, key_of, lineages_of
from pipelines.reference.plain import plain, settle
from pipelines.reference.regions import Change, Region, Regions, load_regions
from pipelines.text import simplify

REGIONS = load_regions()
LINEAGES = lineages_of(REGIONS)


def lineage(code: str, year: int) -> Lineage:
    region = REGIONS.at(code, year)
    assert region is not None
    return LINEAGES[key_of(region)]


@pytest.mark.parametrize(
    ("code", "year", "first", "names"),
    [
        ("640323", 2022, "640323", ["盐池县"]),
        ("510116", 2020, "510122", ["双流县", "双流区"]),
        ("320813", 2020, "320829", ["洪泽县", "洪泽区"]),
        # merged under its name: goes on; under another: begins
        ("500110", 2020, "500222", ["綦江县", "綦江区"]),
        ("320213", 2020, "320213", ["梁溪区"]),
        # renamed with what was added to it
        ("130502", 2022, "130502", ["桥东区", "襄都区"]),
        # the main part of what was divided
        ("330603", 2020, "330621", ["绍兴县", "柯桥区"]),
    ],
)
def test_kept_places(code: str, year: int, first: str, names: list[str]) -> None:
    found = lineage(code, year)
    assert found.code == first
    assert [r.region_name for r in found.records] == names


def test_every_code_begins_one_place() -> None:
    codes = [found.code for found in {id(x): x for x in LINEAGES.values()}.values()]
    assert len(codes) == len(set(codes))


def region(code: str, name: str, first: int, last: int | None) -> Region:
    return Region(code, name, name[:-1], "county", "division", None, first, last, True, True)


def test_a_code_given_again_gets_a_suffix() -> None:
    one, two = region("1", "甲乙县", 2008, 2010), region("1", "丙丁县", 2015, None)
    found = lineages_of(Regions([two, one], []))
    assert [found[key_of(r)].code for r in (one, two)] == ["1", "1-2"]


@pytest.mark.parametrize(
    ("kind", "share", "goes_on"),
    [
        ("upgraded", "whole", True),
        ("split", "main", True),
        ("split", "part", False),
        ("merged", "whole", False),
    ],
)
def test_which_changes_go_on(kind: str, share: str, goes_on: bool) -> None:
    one, two = region("1", "甲乙县", 2008, 2014), region("2", "丙丁区", 2015, None)
    change = Change(2015, "1", "2", kind, share, "stated")
    found = lineages_of(Regions([one, two], [change]))
    assert (found[key_of(one)] is found[key_of(two)]) == goes_on


def test_only_one_goes_on_with_what_was_divided() -> None:
    one = region("1", "甲乙县", 2008, 2014)
    two, three = region("2", "甲乙区", 2015, None), region("3", "甲乙市", 2015, None)
    changes = [Change(2015, "1", code, "upgraded", "whole", "stated") for code in ("2", "3")]
    found = lineages_of(Regions([one, two, three], changes))
    assert [found[key_of(r)].code for r in (one, two, three)] == ["1", "1", "3"]


def test_what_is_plain_already_is_as_simplify_leaves_it() -> None:
    names = [r.region_name for r in REGIONS]
    settle(names)
    assert [plain(name) for name in names] == [simplify(name) for name in names]
    assert plain("鹽池縣　財政局") == simplify("鹽池縣　財政局") == "盐池县财政局"
