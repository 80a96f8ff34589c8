"""Names → agencies, by the kept tables: right, or flagged with those that it may be."""

import pytest

from pipelines.domain import AgencyStatus
from pipelines.forms import load_forms
from pipelines.reference import Evidence, How, Resolution, load_registry, resolution_finding

AT = Evidence(year=2022)


def resolve(name: str, evidence: Evidence = AT) -> Resolution:
    return load_registry().resolve(name, evidence)


def id_of(name: str, evidence: Evidence = AT) -> str | None:
    agency = resolve(name, evidence).agency
    return agency.agency_id if agency is not None else None


def candidates(name: str, evidence: Evidence = AT) -> set[str]:
    found = resolve(name, evidence)
    assert found.agency is None
    assert found.how is How.NONE
    assert found.reason
    return {agency.agency_id for agency in found.candidates}


@pytest.mark.parametrize(
    ("name", "agency_id"),
    [
        ("宁夏回族自治区吴忠市盐池县财政局", "640323-finance"),
        ("宁夏吴忠盐池县财政局", "640323-finance"),
        ("盐池财政局", "640323-finance"),
        ("盐池县 人社局", "640323-human-resources"),
        ("鹽池縣財政局", "640323-finance"),
        ("盐池县卫生健康局（盐池县疾病预防控制局）", "640323-health"),
        ("盐池县人民政府", "640323-government"),
        ("盐池县", "640323-government"),
        ("盐池县人民政府办公室", "640323-government-office"),
        ("盐池县花马池镇人民政府", "640323100-government"),
        ("盐池县花马池镇", "640323100-government"),
        ("广州市荔湾区中南街道办", "440103022-government"),
        ("宁夏回族自治区教育厅", "640000-education"),
        ("北京市教育委员会", "110000-education"),
        ("甘孜州得荣县教育局", "513338-education"),
        ("中华人民共和国财政部", "000000-finance"),
        ("国家发展改革委", "000000-development-reform"),
        # vertical organs
        ("利辛县气象局", "341623-meteorology"),
        ("国家税务总局盐池县税务局", "640323-tax"),
        ("国家统计局盐池调查队", "640323-statistical-survey"),
        # branches
        ("吴忠市生态环境局盐池分局", "640323-ecology-environment"),
        ("深圳市公安局福田分局", "440304-public-security"),
        ("盐池县公安分局", "640323-public-security"),
        # zones: with a code, and one that the registry knows
        ("兰州新区管理委员会", "620171-government"),
        ("长春新区财政局", "220100-changchun-new-area-finance"),
        ("杨凌示范区管委会", "610403-yangling-zone-government"),
        # the invented ones of the samples
        ("临漪市教育局", "990100-education"),
    ],
)
def test_one_agency_alone_goes_by_that_name(name: str, agency_id: str) -> None:
    assert id_of(name) == agency_id


@pytest.mark.parametrize(
    "names",
    [
        ("盐池县自然资源局", "盐池县国土资源局", "盐池县自然资源和规划局"),
        ("盐池县卫生局", "盐池县卫生和计划生育局", "盐池县卫生健康局", "盐池县卫健局"),
        ("盐池县扶贫开发办公室", "盐池县扶贫办", "盐池县乡村振兴局"),
        ("盐池县教育局", "盐池县教育体育局", "盐池县教体局"),
        ("盐池县文化旅游广电局", "盐池县文旅局", "盐池县文化广播电视局"),
    ],
)
def test_an_organ_keeps_its_id_through_its_names(names: tuple[str, ...]) -> None:
    assert len({id_of(name) for name in names}) == 1


def test_organs_that_stood_side_by_side_are_two() -> None:
    names = ("盐池县卫生局", "盐池县人口和计划生育局", "盐池县工商局", "盐池县质量技术监督局")
    assert len({id_of(name) for name in names} - {None}) == 4


def test_what_was_merged_names_its_successor() -> None:
    agency = resolve("盐池县工商行政管理局", Evidence(year=2016)).agency
    assert agency is not None
    assert agency.agency_id == "640323-industry-commerce"
    assert agency.successor_agency_id == "640323-market-regulation"


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("鼓楼区教育局", {"320106", "320302", "350102", "410204"}),
        ("吉林统计局", {"220000", "220200"}),
        ("大庙乡人民政府", {"420323202", "511322230", "341323203"}),
    ],
)
def test_a_name_of_several_places_is_never_guessed(name: str, ids: set[str]) -> None:
    assert {i.split("-")[0] for i in candidates(name)} == ids


def test_a_department_is_a_provinces_alone() -> None:
    assert id_of("吉林教育厅") == "220000-education"
    assert candidates("吉林教育局") == {"220000-education", "220200-education"}
    assert id_of("盐池县教育厅") is None


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(2022, publisher="南京市鼓楼区人民政府"),
        Evidence(2022, parent="南京市人民政府"),
        Evidence(2022, others=("南京市鼓楼区财政局",)),
        Evidence(2022, source_region="320100"),
    ],
)
def test_evidence_tells_which_of_several(evidence: Evidence) -> None:
    assert id_of("鼓楼区教育局", evidence) == "320106-education"


def test_evidence_for_two_tells_nothing() -> None:
    divided = Evidence(2022, publisher="南京市鼓楼区人民政府", parent="徐州市人民政府")
    assert len(candidates("鼓楼区教育局", divided)) == 4
    both = Evidence(2022, publisher="江苏省人民政府")
    assert len(candidates("鼓楼区教育局", both)) == 2


def test_evidence_for_none_changes_nothing() -> None:
    elsewhere = Evidence(2022, publisher="盐池县人民政府")
    assert len(candidates("鼓楼区教育局", elsewhere)) == 4
    assert id_of("盐池县财政局", Evidence(2022, publisher="南京市人民政府")) == "640323-finance"


def test_a_source_elsewhere_is_not_overruled() -> None:
    divided = Evidence(2022, publisher="南京市鼓楼区人民政府", source_region="640323")
    assert len(candidates("鼓楼区教育局", divided)) == 4


def test_what_stands_in_brackets() -> None:
    assert id_of("鼓楼区教育局（南京市）") == "320106-education"
    assert id_of("盐池县教育局（县体育局）") == "640323-education"
    assert candidates("盐池县教育局（利通区教育局）") == {"640323-education"}
    assert id_of("盐池县人民政府（办公室）") is None


def test_a_short_name_is_not_believed_against_the_source() -> None:
    assert id_of("盐池财政局", Evidence(2022, source_region="640323")) == "640323-finance"
    assert candidates("盐池财政局", Evidence(2022, source_region="320100")) == {"640323-finance"}


def test_a_name_that_any_city_has_needs_evidence() -> None:
    assert candidates("东区教育局") == {"510402-education"}
    assert id_of("攀枝花市东区教育局") == "510402-education"
    assert id_of("东区教育局", Evidence(2022, source_region="510402")) == "510402-education"


# -- places of other years


def test_a_place_is_found_under_the_names_of_other_years() -> None:
    """洪泽县 (320829) became 洪泽区 (320813) in 2016."""
    named = [
        resolve(name, Evidence(year))
        for name in ("淮安市洪泽县教育局", "淮安市洪泽区教育局")
        for year in (2014, 2020)
    ]
    assert {r.agency.agency_id for r in named if r.agency} == {"320829-education"}
    assert [(r.region_code, r.region_name) for r in named] == [
        ("320829", "洪泽县"),
        ("320813", "洪泽区"),
        ("320829", "洪泽县"),
        ("320813", "洪泽区"),
    ]
    assert {r.agency.region_code for r in named if r.agency} == {"320813"}


def test_the_record_that_was_minted_first_keeps_its_id() -> None:
    """The registry has the government of 洪泽 under the code of 2024."""
    for name, year in (("淮安市洪泽区人民政府", 2024), ("洪泽县人民政府", 2012)):
        assert resolve(name, Evidence(year)).how is How.REGISTRY
        assert id_of(name, Evidence(year)) == "320813-government"


def test_a_code_that_was_given_twice_makes_two_ids() -> None:
    """500110 was 万盛区 until 2011 and is 綦江区 since, which was 綦江县 (500222)."""
    old = id_of("重庆市万盛区财政局", Evidence(2009))
    new = id_of("重庆市綦江区财政局", Evidence(2015))
    assert old == "500110-finance"
    assert new == id_of("綦江县财政局", Evidence(2009)) == "500222-finance"


def test_a_place_that_had_ended_is_flagged() -> None:
    """崇文区 was merged into 东城区 in 2010."""
    merged = resolve("北京市崇文区财政局", Evidence(2009)).agency
    assert merged is not None
    assert (merged.last_year, merged.successor_agency_id) == (2009, "110101-finance")
    assert candidates("北京市崇文区财政局", Evidence(2015)) == {"110103-finance"}


def test_the_year_tells_places_of_one_name_apart() -> None:
    """朝阳区 of 汕头 ended in 2003, before what is known; 通州市 became a district in 2009."""
    assert candidates("通州区财政局", Evidence(2020)) == {"110112-finance", "320683-finance"}
    assert id_of("通州区财政局", Evidence(2008)) == "110112-finance"


# -- names without a place


@pytest.mark.parametrize(
    ("name", "agency_id"),
    [
        ("财政局", "640323-finance"),
        ("县财政局", "640323-finance"),
        ("市财政局", "640300-finance"),
        ("自治区财政厅", "640000-finance"),
        ("县人民政府", "640323-government"),
    ],
)
def test_the_source_tells_the_place(name: str, agency_id: str) -> None:
    assert id_of(name, Evidence(2022, source_region="640323")) == agency_id
    assert candidates(name) == set()


def test_a_citys_bureau_in_a_city_below_a_city_is_not_told() -> None:
    """灵武市 is a county-level city of 银川市."""
    both = candidates("市财政局", Evidence(2022, source_region="640181"))
    assert both == {"640181-finance", "640100-finance"}


def test_our_bureau_is_the_sources_and_no_others() -> None:
    source = Evidence(2022, source_agency_id="640323-natural-resources")
    assert id_of("我局", source) == "640323-natural-resources"
    assert id_of("本机关", source) == "640323-natural-resources"
    assert candidates("我镇", source) == {"640323-natural-resources"}
    # 盐池县 is in its name: the county's report is none of the bureau's
    assert candidates("我县", source) == {"640323-natural-resources"}
    zone = Evidence(2022, source_agency_id="610403-yangling-zone-government")
    assert id_of("我区", zone) == id_of("我委", zone) == "610403-yangling-zone-government"
    assert candidates("我局") == set()
    assert candidates("我局", Evidence(2022, publisher="盐池县自然资源局")) == set()


def test_a_zones_bureau_by_the_zones_source() -> None:
    source = Evidence(2019, source_agency_id="610403-yangling-zone-government")
    assert id_of("示范区教育局", source) == "610403-yangling-zone-education"


# -- what is not known


@pytest.mark.parametrize(
    "name",
    [
        "雄县某乡",
        "幸福县财政局",
        "盐池县幸福局",
        "盐池县公安和气象局",
        "盐池县财政局、盐池县审计局",
        "上海海关",
        "朝阳新区教育局",
        "盐池县盐池县财政局",
        "江苏省盐池县财政局",
        "新疆生产建设兵团教育局",
        "局",
        "　",
    ],
)
def test_what_is_not_known_is_flagged(name: str) -> None:
    assert id_of(name) is None


def test_no_name_is_no_agency() -> None:
    assert load_registry().resolve(None).reason == "the document names no agency"


# -- what is told


def test_how_it_is_told() -> None:
    forms = load_forms()
    assert resolution_finding(resolve("盐池县自然资源局"), forms) is None
    by_rule = resolution_finding(resolve("盐池县财政局"), forms)
    assert by_rule is not None
    assert (by_rule.rule, by_rule.severity) == ("agency_by_rule", "hint")
    assert "640323-finance" in by_rule.message_en
    unknown = resolution_finding(resolve("鼓楼区教育局"), forms)
    assert unknown is not None
    assert (unknown.rule, unknown.severity) == ("agency_provisional", "warning")
    assert "320106-education" in unknown.message_zh


def test_an_agency_by_rule_is_a_whole_record() -> None:
    agency = resolve("宁夏吴忠市盐池县财政局").agency
    assert agency is not None
    assert agency.status is AgencyStatus.GENERATED
    assert agency.agency_name == "宁夏吴忠市盐池县财政局"
    assert (agency.province, agency.city, agency.county) == ("宁夏回族自治区", "吴忠市", "盐池县")
    assert (agency.region_code, agency.admin_level) == ("640323", "county")
    assert (agency.function, agency.is_government) == ("finance", False)
    assert agency.parent_agency_id == "640323-government"
    district = resolve("重庆市北碚区财政局").agency
    assert district is not None
    assert (district.province, district.city, district.county) == ("重庆市", None, "北碚区")
    town = resolve("盐池县花马池镇人民政府").agency
    assert town is not None
    assert (town.admin_level, town.parent_agency_id) == ("township", "640323-government")
    assert town.is_government
