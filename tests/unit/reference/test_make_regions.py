"""Packages of codes → the files of regions, from small packages made here."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from pipelines.domain import OgiError, ReferenceDataError
from pipelines.reference.make_regions import (
    Span,
    compare,
    divisions,
    listed,
    make,
    plain,
    renamings,
    short_form,
    successions,
    within,
)
from pipelines.reference.regions import CHANGE_COLUMNS, REFERENCE_DIR, load_regions
from pipelines.text.yaml_file import read_yaml

SPEC = read_yaml(REFERENCE_DIR / "regions.yaml", OgiError).value
FORMS = SPEC["short_forms"]


def change(year: int, old: str, new: str, kind: str, share: str = "whole") -> dict[str, str]:
    """`old` and `new` are a code, a space and a name."""
    old_code, _, old_name = old.partition(" ")
    new_code, _, new_name = new.partition(" ")
    values = (str(year), old_code, old_name, new_code, new_name, kind, share, "stated")
    return dict(zip(CHANGE_COLUMNS, values, strict=True))


# --- names ---


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("盐池县", "盐池"),
        ("吴忠市", "吴忠"),
        ("赵县", ""),
        ("城区", ""),
        ("西林区", "西林"),
        ("神农架林区", "神农架"),
        ("六枝特区", "六枝"),
        ("浦东新区", "浦东"),
        ("锡林郭勒盟", "锡林郭勒"),
        ("大兴安岭地区", "大兴安岭"),
        ("香港特别行政区", "香港"),
        ("杭锦旗", ""),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江"),
        ("前郭尔罗斯蒙古族自治县", "前郭尔罗斯"),
        ("巴音郭楞蒙古自治州", "巴音郭楞"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏"),
        ("龙胜各族自治县", "龙胜"),
        ("鄂伦春自治旗", "鄂伦春"),
        ("鄂温克族自治旗", "鄂温克"),
        ("东乡族自治县", "东乡"),
        ("三都水族自治县", "三都"),
    ],
)
def test_a_short_form_is_the_place(name: str, short: str) -> None:
    assert short_form(name, FORMS, FORMS["endings"]) == short


def test_an_ending_is_put_into_its_latest_form() -> None:
    endings = [(old, new) for old, new in SPEC["township_endings"]]
    assert [plain(n, endings) for n in ("东华门街道办事处", "东升地区办事处", "爱路办事处")] == [
        "东华门街道",
        "东升地区",
        "爱路街道",
    ]
    assert plain("花马池镇", endings) == "花马池镇"


# --- divisions ---

BASE = {"990000": "某省", "990100": "某市", "990121": "甲县", "990102": "乙区", "990103": "丙区"}


def test_changes_make_the_years() -> None:
    made = divisions(
        BASE,
        2008,
        2012,
        [
            change(2010, "990121 甲县", "990104 甲区", "upgraded"),
            change(2011, "990103 丙区", "990102 乙区", "merged"),
            change(2012, "990104 甲区", "990104 丁区", "renamed"),
            change(2012, "990102 乙区", "990105 戊区", "carved", "part"),
        ],
    )
    assert [s for s in made if not s.code.endswith("00")] == [
        Span("990102", "乙区", 2008, None),
        Span("990103", "丙区", 2008, 2010),
        Span("990104", "甲区", 2010, 2011),
        Span("990104", "丁区", 2012, None),
        Span("990105", "戊区", 2012, None),
        Span("990121", "甲县", 2008, 2009),
    ]


def test_a_code_can_pass_to_another_in_the_same_year() -> None:
    made = divisions(
        BASE,
        2008,
        2012,
        [
            change(2011, "990102 乙区", "990102 甲区", "merged"),
            change(2011, "990121 甲县", "990102 甲区", "merged"),
        ],
    )
    assert [s for s in made if s.code == "990102"] == [
        Span("990102", "乙区", 2008, 2010),
        Span("990102", "甲区", 2011, None),
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (change(2010, "990199 甲县", "990104 甲区", "upgraded"), "no 990199 甲县 stands in 2009"),
        (change(2010, "990121 乙县", "990104 甲区", "upgraded"), "no 990121 乙县 stands in 2009"),
        (change(2010, "990121 甲县", "990102 甲区", "merged"), "no 990102 甲区 stands in 2010"),
        (change(2010, "990199 甲县", "990104 甲区", "carved"), "no 990199 甲县 stands in 2009"),
        (change(2008, "990121 甲县", "990104 甲区", "upgraded"), "outside the years told"),
        (change(2013, "990121 甲县", "990104 甲区", "upgraded"), "outside the years told"),
    ],
)
def test_a_change_that_cannot_be_is_refused(wrong: dict[str, str], message: str) -> None:
    with pytest.raises(ReferenceDataError, match=message):
        divisions(BASE, 2008, 2012, [wrong])


def test_a_table_that_differs_is_refused() -> None:
    made = divisions(BASE, 2008, 2012, [])
    compare(made, BASE, 2010)
    for table in (BASE | {"990102": "乙县"}, BASE | {"990106": "己区"}, {"990000": "某省"}):
        with pytest.raises(ReferenceDataError, match="2010: made and kept tables differ"):
            compare(made, table, 2010)


# --- lists ---


def test_a_list_gives_the_years_in_which_a_name_stands() -> None:
    tables = {
        2015: {"990121001": "子丑街道办事处", "990121100": "丑镇", "990121101": "寅镇"},
        2016: {"990121001": "子丑街道", "990121100": "丑镇"},
        2017: {"990121001": "子丑街道", "990121100": "卯镇", "990121101": "寅镇"},
    }
    assert listed(tables, [("街道办事处", "街道")]) == [
        Span("990121001", "子丑街道", 2015, None),
        Span("990121100", "丑镇", 2015, 2016),
        Span("990121100", "卯镇", 2017, None),
        Span("990121101", "寅镇", 2015, 2015),
        Span("990121101", "寅镇", 2017, None),
    ]


def test_townships_are_cut_to_the_years_of_their_county() -> None:
    holders = [
        Span("990100", "某市", 2008, None),
        Span("990121", "甲县", 2008, 2015),
        Span("990104", "甲区", 2016, None),
        Span("990105", "乙区", 2008, 2024),
    ]
    townships = [
        Span("990121100", "丑镇", 2015, 2016),  # the list of July 2016 still has it
        Span("990104100", "丑镇", 2017, None),  # that of 2017 is the first with the new county
        Span("990104101", "寅镇", 2019, None),
        Span("990105100", "卯镇", 2015, None),
        Span("990121101", "辰镇", 2016, 2016),
        Span("990177001", "巳街道", 2015, None),  # no such county: the city's
        Span("880101001", "午街道", 2015, None),
    ]
    assert within(townships, holders) == [
        Span("990121100", "丑镇", 2015, 2015),
        Span("990104100", "丑镇", 2016, None),
        Span("990104101", "寅镇", 2019, None),
        Span("990105100", "卯镇", 2015, 2024),
        Span("990177001", "巳街道", 2015, None),
    ]


def test_only_sure_successions_are_told() -> None:
    spans = [
        Span("990121200", "子乡", 2015, 2016),  # a town in the same county
        Span("990121101", "子镇", 2017, None),
        Span("990121102", "丑镇", 2015, 2015),  # the county became a district
        Span("990104102", "丑镇", 2016, None),
        Span("990121201", "寅乡", 2015, 2016),  # two candidates
        Span("990121103", "寅镇", 2017, None),
        Span("990121001", "寅街道", 2017, None),
        Span("990121202", "卯乡", 2015, 2016),  # two old ones
        Span("990121104", "卯镇", 2015, 2016),
        Span("990121002", "卯街道", 2017, None),
        Span("990121203", "辰乡", 2015, 2016),  # only elsewhere
        Span("990199103", "辰镇", 2017, None),
        Span("990121204", "巳乡", 2015, 2016),  # only a year later
        Span("990121105", "巳镇", 2018, None),
    ]
    stems = {s.name: s.name[0] for s in spans}
    assert successions(spans, stems, {("990121", 2016): {"990104"}}) == [
        (2016, "990121102", "990104102"),
        (2017, "990121200", "990121101"),
    ]


def test_a_zone_goes_on_under_its_code() -> None:
    zones = [
        Span("990171", "甲开发区", 2017, 2018),
        Span("990171", "乙开发区", 2019, 2020),
        Span("990171", "丙开发区", 2022, None),
    ]
    assert renamings(zones) == [(2019, "990171", "990171")]


# --- all of it ---


def packages(folder: Path, tables: dict[str, dict[str, str]]) -> None:
    """A wheel with the table of 2008, archives with that of 2010 and with the list of 2015."""

    def archive(name: str, members: dict[str, object]) -> None:
        with tarfile.open(folder / name, "w:gz") as tar:
            for member, content in members.items():
                data = json.dumps(content).encode()
                info = tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))

    def rows(table: dict[str, str]) -> list[dict[str, str]]:
        return [{"code": code, "name": name} for code, name in table.items()]

    with zipfile.ZipFile(folder / "tables.whl", "w") as wheel:
        wheel.writestr("2008.py", f"name = '200812'\ndivision_schema = {tables['2008']!r}\n")
    archive("table.tgz", {"data.json": rows(tables["2010"])})
    lists = {"package/dist/areas.json": rows(tables["areas"])}
    archive("list.tgz", {**lists, "package/dist/streets.json": rows(tables["streets"])})


TABLES = {
    "2008": {**BASE, "990101": "市辖区", "999021": "己市"},
    "2010": {
        **{c: n for c, n in BASE.items() if c != "990121"},
        "990104": "申区",
        "999021": "己市",
    },
    "areas": {"990104": "甲区", "990171": "某经济开发区", "990101": "市辖区"},
    "streets": {"990104001000": "子街道办事处", "990171001000": "丑街道办事处"},
}


def kept(out: Path) -> Path:
    spec = {
        **SPEC,
        "last_year": 2015,
        "base": {"year": 2008, "archive": "tables.whl", "member": "2008.py"},
        "tables": [{"year": 2010, "archive": "table.tgz", "member": "data.json"}],
        "lists": [{"year": 2015, "archive": "list.tgz"}],
        # 990104 was a zone's code once: in the list it is the division.
        "zones": {"fifth_digit": "7", "codes": ["990104"]},
        "slips": [
            {"code": "990104", "years": [2010], "printed": "申区", "right": "甲区", "why": "-"}
        ],
    }
    out.mkdir()
    (out / "regions.yaml").write_text(yaml.safe_dump(spec, allow_unicode=True), encoding="utf-8")
    row = change(2010, "990121 甲县", "990104 甲区", "upgraded")
    text = "\n".join([",".join(CHANGE_COLUMNS), ",".join(row.values())]) + "\n"
    (out / "regions_changes.csv").write_text(text, encoding="utf-8")
    return out


def test_files_are_made_that_load(tmp_path: Path) -> None:
    packages(tmp_path, TABLES)
    out = kept(tmp_path / "out")
    assert make(tmp_path, out) == {
        "regions.csv": 9,
        "regions_listed_changes.csv": 0,
        "regions_townships/9.csv": 2,
    }
    rows = (out / "regions.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert rows == [
        "990000,某省,,province,division,,2008,,false,false",
        "990100,某市,,city,division,990000,2008,,false,false",
        "990102,乙区,,county,division,990100,2008,,false,false",
        "990103,丙区,,county,division,990100,2008,,false,false",
        "990104,甲区,,county,division,990100,2010,,true,false",
        "990121,甲县,,county,division,990100,2008,2009,false,true",
        "990171,某经济开发区,,county,zone,990100,2015,,false,false",
        "999000,省直辖县级行政区划,,city,grouping,990000,2008,,false,false",
        "999021,己市,,county,division,999000,2008,,false,false",
    ]
    regions = load_regions(out)
    assert [r.region_name for r in regions.became("990121", 2008)] == ["甲区"]
    assert [r.region_name for r in regions.children("990104", 2015)] == ["子街道办事处"]


def test_a_slip_that_the_table_does_not_have_is_an_error(tmp_path: Path) -> None:
    right = {**TABLES["2010"], "990104": "甲区"}
    packages(tmp_path, {**TABLES, "2010": right})
    out = kept(tmp_path / "out")
    with pytest.raises(ReferenceDataError, match="990104 is no slip of the table of 2010"):
        make(tmp_path, out)
    assert not (out / "regions.csv").exists()


def test_a_table_that_does_not_come_out_writes_nothing(tmp_path: Path) -> None:
    packages(tmp_path, {**TABLES, "2010": {**TABLES["2010"], "990105": "戊区"}})
    out = kept(tmp_path / "out")
    with pytest.raises(ReferenceDataError, match="2010: made and kept tables differ in 1"):
        make(tmp_path, out)
    assert not (out / "regions.csv").exists()


def test_a_package_that_is_not_there_is_named(tmp_path: Path) -> None:
    packages(tmp_path, TABLES)
    (tmp_path / "table.tgz").unlink()
    with pytest.raises(ReferenceDataError, match=r"table\.tgz: No such file"):
        make(tmp_path, kept(tmp_path / "out"))
    packages(tmp_path, TABLES)
    with zipfile.ZipFile(tmp_path / "tables.whl", "w") as wheel:
        wheel.writestr("other.py", "")
    with pytest.raises(ReferenceDataError, match=r"no 2008\.py in it"):
        make(tmp_path, kept(tmp_path / "out2"))
