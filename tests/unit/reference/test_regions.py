"""The divisions of China, year by year. What is expected is typed from the notices of the State
Council and the yearbooks, not from the files."""

from collections import Counter
from pathlib import Path

import pytest

from pipelines.domain import ReferenceDataError
from pipelines.reference.regions import (
    CHANGE_COLUMNS,
    LISTED_CHANGE_COLUMNS,
    REGION_COLUMNS,
    TOWNSHIP_COLUMNS,
    Place,
    Regions,
    load_regions,
)

REGIONS = load_regions()
TODAY = 2025


def codes(name: str, year: int | None = None) -> list[str]:
    return [r.region_code for r in REGIONS.named(name, year)]


def today(code: str, year: int) -> list[str]:
    return [f"{r.region_code} {r.region_name}" for r in REGIONS.became(code, year)]


@pytest.mark.parametrize(
    ("code", "year", "place"),
    [
        ("640323", 2015, ("宁夏回族自治区", "吴忠市", "盐池县", None)),
        ("411621", 2023, ("河南省", "周口市", "扶沟县", None)),
        ("110105", 2020, ("北京市", None, "朝阳区", None)),
        ("500233", 2012, ("重庆市", None, "忠县", None)),
        ("419001", 2010, ("河南省", None, "济源市", None)),
        ("441900", 2018, ("广东省", "东莞市", None, None)),
        ("460400", 2016, ("海南省", "儋州市", None, None)),
        ("659001", 2018, ("新疆维吾尔自治区", None, "石河子市", None)),
        ("710000", 2010, ("台湾省", None, None, None)),
        ("420607", 2009, ("湖北省", "襄樊市", "襄阳区", None)),
        ("420607", 2011, ("湖北省", "襄阳市", "襄州区", None)),
        ("640323100", 2020, ("宁夏回族自治区", "吴忠市", "盐池县", "花马池镇")),
        ("320571", 2019, ("江苏省", "苏州市", "苏州工业园区", None)),
    ],
)
def test_a_code_of_a_year_has_its_names(
    code: str, year: int, place: tuple[str | None, ...]
) -> None:
    assert REGIONS.place(code, year) == Place(*place)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("鼓楼区", ["320106", "320302", "350102", "410204"]),
        ("朝阳区", ["110105", "220104"]),
        ("朝阳", ["110105", "211300", "211321", "220104"]),
        ("盐池", ["640323"]),
        ("盐池 县", ["640323"]),
        ("玉屏", ["520622"]),
        ("宁夏", ["640000"]),
        ("内蒙古", ["150000"]),
        ("巴音郭楞", ["652800"]),
        ("河南", ["410000", "632324"]),
        ("赵县", ["130133"]),
        ("赵", []),
        ("神农架", ["429021"]),
        ("浦东", ["310115"]),
        ("北林", ["231202"]),
        ("市辖区", []),
        ("省直辖县级行政区划", []),
        ("花马池镇", ["640323100"]),
    ],
)
def test_a_name_means_every_division_that_it_can_mean(name: str, expected: list[str]) -> None:
    assert codes(name, 2020) == expected


def test_names_are_those_of_the_year() -> None:
    assert codes("临平区", 2020) == []
    assert codes("临平区", 2021) == ["330113"]
    assert codes("双流县", 2014) == ["510122"]
    # Abolished in December 2015: a report on 2015 may print either name.
    assert codes("双流县", 2015) == ["510122"]
    assert codes("双流区", 2015) == ["510116"]
    assert codes("双流", 2015) == ["510116", "510122"]
    assert codes("双流县", 2016) == []
    assert codes("襄樊市", 2012) == []
    assert codes("襄樊市") == ["420600"]


@pytest.mark.parametrize(
    ("code", "year", "name", "successors"),
    [
        ("370181", 2015, "章丘市", ["370114 章丘区"]),
        ("130185", 2012, "鹿泉市", ["130110 鹿泉区"]),
        ("510122", 2015, "双流县", ["510116 双流区"]),
        ("513425", 2019, "会理县", ["513402 会理市"]),
        ("330103", 2020, "下城区", ["330105 拱墅区"]),
        ("330104", 2020, "江干区", ["330102 上城区", "330114 钱塘区"]),
        ("330110", 2015, "余杭区", ["330110 余杭区"]),
        ("371200", 2016, "莱芜市", ["370100 济南市"]),
        ("371202", 2016, "莱城区", ["370116 莱芜区"]),
        ("371203", 2016, "钢城区", ["370117 钢城区"]),
        ("420600", 2009, "襄樊市", ["420600 襄阳市"]),
        ("420607", 2009, "襄阳区", ["420607 襄州区"]),
        ("511721", 2012, "达县", ["511703 达川区", "511702 通川区"]),
        ("120107", 2008, "塘沽区", ["120116 滨海新区"]),
        ("542621", 2014, "林芝县", ["540402 巴宜区"]),
        ("652200", 2015, "哈密地区", ["650500 哈密市"]),
        ("652201", 2015, "哈密市", ["650502 伊州区"]),
        ("469003", 2014, "儋州市", ["460400 儋州市"]),
        # Twice: a county of Haidong, then one of the city Haidong, then its district.
        ("632121", 2012, "平安县", ["630203 平安区"]),
        # 无为: from Chaohu to Wuhu, then a city.
        ("341422", 2010, "无为县", ["340281 无为市"]),
        ("210112", 2013, "东陵区", ["210112 浑南区"]),
        ("320571", 2020, "苏州工业园区", ["320576 苏州工业园区"]),
        ("370181001", 2015, "明水街道办事处", ["370114001 明水街道"]),
    ],
)
def test_a_division_is_found_as_it_was_and_as_it_is(
    code: str, year: int, name: str, successors: list[str]
) -> None:
    was = REGIONS.at(code, year)
    assert was is not None
    assert was.region_name == name
    assert today(code, year) == successors


def test_a_code_that_is_used_again_means_what_it_meant_that_year() -> None:
    assert [getattr(REGIONS.at("500110", y), "region_name", None) for y in (2010, 2011)] == [
        "万盛区",
        "綦江区",
    ]
    assert [getattr(REGIONS.at("232701", y), "region_name", None) for y in (2017, 2018)] == [
        "加格达奇区",
        "漠河市",
    ]
    assert REGIONS.at("232701", 2016) is None


def test_only_what_went_on_as_one_has_an_heir() -> None:
    def heir(code: str, year: int) -> str | None:
        return getattr(REGIONS.heir(code, year), "region_code", None)

    assert heir("640323", 2010) == "640323"
    assert heir("370181", 2010) == "370114"
    assert heir("511721", 2010) == "511703"
    assert heir("330104", 2019) is None
    assert heir("341400", 2010) is None
    assert heir("999999", 2010) is None


def test_years_that_are_only_where_a_list_begins_are_marked() -> None:
    def dates(code: str, year: int) -> tuple[int, bool, int | None, bool]:
        r = REGIONS.at(code, year)
        assert r is not None
        return r.first_year, r.is_first_year_exact, r.last_year, r.is_last_year_exact

    assert dates("640323", 2015) == (2008, False, None, False)
    assert dates("370181", 2015) == (2008, False, 2015, True)
    assert dates("370114", 2016) == (2016, True, None, False)
    assert dates("320571", 2020) == (2017, False, 2022, False)
    assert dates("640323100", 2020) == (2015, False, None, False)


def test_children_are_those_of_the_year() -> None:
    assert [r.region_name for r in REGIONS.children("640300", 2008)] == [
        "利通区",
        "盐池县",
        "同心县",
        "青铜峡市",
    ]
    assert [r.region_name for r in REGIONS.children("640300", 2009)][1] == "红寺堡区"
    assert len(REGIONS.children("640323", 2023)) == 9  # 4 towns, 4 townships, 1 subdistrict
    assert len(REGIONS.children("110000", 2014)) == 2
    assert len(REGIONS.children("110000", 2015)) == 1
    assert {r.region_code[:6] for r in REGIONS.children("441900", 2023)} == {"441900"}
    assert REGIONS.children("000000", 2015) == ()


# Counties and cities at the end of each year, as the statistical yearbooks count them.
COUNTIES = {
    **{2008: 2859, 2009: 2858, 2010: 2856, 2011: 2853, 2012: 2852, 2013: 2853, 2014: 2854},
    **{2015: 2850, 2016: 2851, 2017: 2851, 2018: 2851, 2019: 2846, 2020: 2844, 2021: 2843},
    **{2022: 2843, 2023: 2844, 2024: 2846},
}
CITIES = {y: {2011: 332, 2015: 334, 2016: 334, 2017: 334}.get(y, 333) for y in COUNTIES}


@pytest.mark.parametrize("year", COUNTIES)
def test_there_are_as_many_divisions_as_the_yearbooks_count(year: int) -> None:
    count = Counter(
        r.level for r in REGIONS if r.kind == "division" and r.stands_at_the_end_of(year)
    )
    assert count["province"] == 34
    assert count["city"] == CITIES[year]
    assert count["county"] == COUNTIES[year]


def test_every_parent_stands_in_the_same_years() -> None:
    for region in REGIONS:
        for year in range(region.first_year, (region.last_year or TODAY) + 1):
            if region.level != "province":
                parent = REGIONS.at(region.parent_code or "", year)
                assert parent is not None, region
                assert parent.stands_at_the_end_of(year), (region, year)


def test_every_change_leads_from_what_stood_to_what_stands() -> None:
    for change in REGIONS.changes:
        new = REGIONS.at(change.to_code, change.year)
        assert new is not None, change
        assert new.stands_at_the_end_of(change.year), change
        if change.from_code is not None:
            old = REGIONS.at(change.from_code, change.year - 1)
            assert old is not None, change
            assert old.stands_at_the_end_of(change.year - 1), change
            ends = old.last_year == change.year - 1
            assert ends is (change.kind != "carved"), change


def test_every_division_that_ended_and_began_has_its_change() -> None:
    ended = {(c.from_code, c.year) for c in REGIONS.changes if c.kind != "carved"}
    begun = {(c.to_code, c.year) for c in REGIONS.changes}
    for region in REGIONS:
        if region.kind == "division" and region.level != "township":
            if region.last_year is not None:
                assert (region.region_code, region.last_year + 1) in ended, region
            if region.first_year > 2008:
                assert (region.region_code, region.first_year) in begun, region


# --- errors ---

PROVINCE = "990000,某省,某,province,division,,2008,,false,false"
CITY = "990100,某市,某,city,division,990000,2008,,false,false"
COUNTY = "990101,甲县,,county,division,990100,2010,,true,false"


def files(
    folder: Path,
    regions: tuple[str, ...] = (PROVINCE, CITY, COUNTY),
    townships: tuple[str, ...] = ("990101001,乙镇,2015,",),
    changes: tuple[str, ...] = (),
    listed: tuple[str, ...] = (),
) -> Path:
    (folder / "regions_townships").mkdir()
    for name, columns, rows in (
        ("regions.csv", REGION_COLUMNS, regions),
        ("regions_townships/9.csv", TOWNSHIP_COLUMNS, townships),
        ("regions_changes.csv", CHANGE_COLUMNS, changes),
        ("regions_listed_changes.csv", LISTED_CHANGE_COLUMNS, listed),
    ):
        (folder / name).write_text("\n".join([",".join(columns), *rows]) + "\n", encoding="utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(ReferenceDataError) as error:
        load_regions(folder)
    return str(error.value)


def test_small_files_load(tmp_path: Path) -> None:
    regions = load_regions(files(tmp_path))
    assert isinstance(regions, Regions)
    assert regions.place("990101001", 2015) == Place("某省", "某市", "甲县", "乙镇")


def test_what_was_carved_off_is_no_successor(tmp_path: Path) -> None:
    county = "990101,甲县,,county,division,990100,2010,2011,true,true"
    renamed = "990101,丙县,,county,division,990100,2012,,true,false"
    carved = "990102,丁区,,county,division,990100,2012,,true,false"
    folder = files(
        tmp_path,
        regions=(PROVINCE, CITY, county, renamed, carved),
        changes=(
            "2012,990101,甲县,990102,丁区,carved,part,stated",
            "2012,990101,甲县,990101,丙县,renamed,whole,stated",
        ),
    )
    assert [r.region_name for r in load_regions(folder).became("990101", 2010)] == ["丙县"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("99010,甲县,,county,division,990100,2010,,true,false", "csv:4: '99010' is no code"),
        ("990101,,,county,division,990100,2010,,true,false", "csv:4: 990101 has no name"),
        ("990101,甲县,,region,division,990100,2010,,true,false", "csv:4: 'region' is none of"),
        ("990101,甲县,,county,thing,990100,2010,,true,false", "csv:4: 'thing' is none of"),
        ("990101,甲县,,county,division,990100,二〇,,true,false", "csv:4: '二〇' is no year"),
        ("990101,甲县,,county,division,990100,2010,2009,true,true", "csv:4: ends in 2009"),
        ("990101,甲县,,county,division,990100,2010,,yes,false", "csv:4: 'yes' is none of"),
        ("990101,甲县,,county,division,990100,2010", "csv:4: 7 fields, not 10"),
        ("990101,甲县,,county,division,,2010,,true,false", "990101 甲县 has no parent in 2010"),
        ("990101,甲县,,county,division,990200,2010,,true,false", "has no parent in 2010"),
        ("990101,甲县,,county,division,990100,2007,2009,true,true", "has no parent in 2007"),
        (f"{COUNTY}\n{COUNTY.replace('2010', '2011')}", "csv:5: 990101 stands twice in 2011"),
    ],
)
def test_a_bad_region_is_refused_with_its_place(tmp_path: Path, row: str, message: str) -> None:
    assert message in refused(files(tmp_path, regions=(PROVINCE, CITY, row)))


def test_other_bad_records_are_refused_with_their_place(tmp_path: Path) -> None:
    for number, (kept, message) in enumerate(
        (
            ({"townships": ("9901,乙镇,2015,",)}, "9.csv:2: '9901' is no code of 9 digits"),
            ({"townships": ("980101001,乙镇,2015,",)}, "9.csv:2: no region has the code 980101"),
            ({"changes": ("2010,,,990101,甲县,made,,stated",)}, "changes.csv:2: 'made' is none of"),
            ({"changes": ("2010,,,990101,甲县,created,,sure",)}, "changes.csv:2: 'sure' is none"),
            ({"listed": ("2015,990101001,99010100",)}, "listed_changes.csv:2: '99010100' is no"),
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert message in refused(files(folder, **kept))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = files(tmp_path)
    (folder / "regions_townships" / "9.csv").unlink()
    assert "regions_townships: no list of townships" in refused(folder)
    (folder / "regions.csv").unlink()
    assert "regions.csv: No such file" in refused(folder)


def test_other_columns_are_refused(tmp_path: Path) -> None:
    folder = files(tmp_path)
    (folder / "regions.csv").write_text("code,name\n", encoding="utf-8")
    assert "regions.csv: its columns must be region_code" in refused(folder)
