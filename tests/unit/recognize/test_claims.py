"""Figures in prose: those that are claims, and those that must not be. All sentences are ours."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelines.domain import Claim, FoundClaim, Paragraph, Place, ReportNames
from pipelines.forms import load_forms
from pipelines.normalize import claims_of
from pipelines.recognize.claims.clauses import claims_in
from pipelines.runs.process import process_document

FORMS = load_forms()
NAMES = ReportNames("海风市教育局", 2022, None, None)
GOVERNMENT = ReportNames("海风市人民政府", 2022, None, None)


def found(*paragraphs: str, names: ReportNames = NAMES) -> list[FoundClaim]:
    texts = [Paragraph(text, Place(line=n)) for n, text in enumerate(paragraphs, start=1)]
    return claims_in(texts, names, FORMS)


def claims(*paragraphs: str, names: ReportNames = NAMES) -> dict[str, Claim]:
    told, _ = claims_of(found(*paragraphs, names=names), FORMS)
    return {claim.claim: claim for claim in told}


def figures(*paragraphs: str, names: ReportNames = NAMES) -> dict[str, str | None]:
    return {
        code: None if c.value is None else format(c.value, "f")
        for code, c in claims(*paragraphs, names=names).items()
    }


REQUESTS = "（二）依申请公开"
REVIEWS = "四、政府信息公开行政复议、行政诉讼情况"
TABLE = "二、主动公开政府信息情况"
DISCLOSURE = "（一）主动公开"

CLAIMS: list[tuple[Sequence[str], dict[str, str]]] = [
    # received
    (["2022年，我局共收到政府信息公开申请12件。"], {"received": "12"}),
    (["本年度共受理政府信息公开申请128件，均已答复。"], {"received": "128"}),
    (["我局全年收到依申请公开7条。"], {"received": "7"}),
    (["全年共收到8份政府信息公开申请。"], {"received": "8"}),
    (["2022年收到信息公开申请1,113件。"], {"received": "1113"}),
    (["２０２２年收到政府信息公开申请１２件。"], {"received": "12"}),
    (["2022年度海风市教育局收到政府信息公开申请３起。"], {"received": "3"}),
    (["市教育局收到政府信息公开申请9宗。"], {"received": "9"}),
    (["全年共收到政府信息公开申请一百二十八件。"], {"received": "128"}),
    (["今年我局收到政府信息公开申请十二件。"], {"received": "12"}),
    (["二〇二二年共收到政府信息公开申请5件。"], {"received": "5"}),
    (["2022年，共收到公民、法人和其他组织政府信息公开申请21件。"], {"received": "21"}),
    (["全年收到政府信息公开申请共计1.2万件。"], {"received": "12000"}),
    (["2022年收到政府信息公开申请12件，同比增长20%。"], {"received": "12"}),
    (["2022年收到政府信息公开申请12件（较上年增加3件）。"], {"received": "12"}),
    (["一是2022年收到政府信息公开申请12件。"], {"received": "12"}),
    (["（二）依申请公开情况。2022年共收到申请4件。"], {"received": "4"}),
    ([REQUESTS, "全年共收到申请6件。"], {"received": "6"}),
    ([REQUESTS, "本年新收3件，上年结转1件，办结4件。"],
     {"received": "3", "brought_forward": "1", "total_processed": "4"}),
    (["2022年，我局收到政府信息公", "开申请15件。"], {"received": "15"}),
    (["2022年海风市教育局认真办理，我局共收到政府信息公开申请1", "5件。"], {"received": "15"}),
    (["2022年，我局收到政府信息公開申請2件。"], {"received": "2"}),
    (["全市共收到政府信息公开申请300件。我局收到政府信息公开申请12件。"], {"received": "12"}),
    (["2022年，我局累计收到政府信息公开申请12件。"], {"received": "12"}),
    (["因政府信息公开被申请行政复议2件，办理热线9件。其中维持8件。"],
     {"reconsideration.total": "2"}),
    # none
    (["全年未收到政府信息公开申请。"], {"received": "0"}),
    (["2022年，我局没有收到新的政府信息公开申请。"], {"received": "0"}),
    (["全年无政府信息公开申请。"], {"received": "0"}),
    (["2022年我局未收到依申请公开事项。"], {"received": "0"}),
    (["全年收到政府信息公开申请零件。"], {"received": "0"}),
    (["2022年政府信息公开申请0件。"], {"received": "0"}),
    (["2022年，政府信息公开申请为0件。"], {"received": "0"}),
    # all of the year
    (["2022年1月1日至12月31日，我局共收到政府信息公开申请3件。"], {"received": "3"}),
    ([REQUESTS, "自2022年1月1日起，至2022年12月31日止，共收到申请3件。"], {"received": "3"}),
    # a figure of something else ends the list of a total
    ([DISCLOSURE, "主动公开信息100条，办理建议提案20件。其中文字信息80条。"],
     {"disclosed_items": "100"}),
    ([DISCLOSURE, "主动公开信息100条，同比增加20条。其中文字信息80条。"],
     {"disclosed_items": "100", "disclosed_items.part.1": "80"}),
    # all reviews, of which some about disclosure: neither is taken
    ([REVIEWS, "全年行政复议3件，其中涉及政府信息公开1件。"], {}),
    # results
    ([REQUESTS, "予以公开3件，部分公开2件，不予公开1件，无法提供4件，不予处理5件，其他处理6件。"],
     {"granted": "3", "partly_granted": "2", "refused": "1", "unable": "4", "not_processed": "5",
      "otherwise_processed": "6"}),
    (["2022年收到政府信息公开申请9件，其中：自然人8件、商业企业1件；结转下年度办理2件。"],
     {"received": "9", "received.natural_person": "8", "received.commercial_enterprise": "1",
      "carried_forward": "2"}),
    ([REQUESTS, "2022年共收到政府信息公开申请8件，其中自然人申请7件，法人或其他组织申请1件。"],
     {"received": "8", "received.natural_person": "7", "received.legal_person": "1"}),
    ([REQUESTS, "予以公开及部分公开42件，另2件结转下一年处理。"],
     {"granted_or_partly": "42", "carried_forward": "2"}),
    ([REQUESTS, "无上年结转，无下年度结转。"], {"brought_forward": "0", "carried_forward": "0"}),
    ([REQUESTS, "收到申请10件，网络申请6件，信函4件。"],
     {"received": "10", "received.web": "6", "received.letter": "4"}),
    (["2022年共受理政府信息公开申请121件，其中新收政府信息公开申请112件，上年结转申请9件。"],
     {"received": "112", "received_and_brought_forward": "121", "brought_forward": "9"}),
    # reviews
    (["全年因政府信息公开被申请行政复议2件，其中维持1件、纠正1件。"],
     {"reconsideration.total": "2", "reconsideration.upheld": "1",
      "reconsideration.corrected": "1"}),
    (["政府信息公开类行政复议3件，行政诉讼2件。"],
     {"reconsideration.total": "3", "litigation.total": "2"}),
    ([REVIEWS, "2022年我局涉及的行政复议3件，行政诉讼5件，结果维持4件，尚未审结1件。"],
     {"reconsideration.total": "3", "litigation.total": "5", "litigation.upheld": "4",
      "litigation.pending": "1"}),
    ([REVIEWS, "未经复议直接起诉2件，结果维持2件；复议后起诉1件，结果纠正1件。"],
     {"litigation_direct.total": "2", "litigation_direct.upheld": "2",
      "litigation_after_reconsideration.total": "1",
      "litigation_after_reconsideration.corrected": "1"}),
    (["全年未发生因政府信息公开申请行政复议、提起行政诉讼的情况。"],
     {"reconsideration.total": "0", "litigation.total": "0"}),
    ([REQUESTS, "无行政复议、行政诉讼。"], {"reconsideration.total": "0", "litigation.total": "0"}),
    (["没有因政府信息公开工作被申请行政复议。"], {"reconsideration.total": "0"}),
    (["因政府信息公开引起的行政复议、行政诉讼均为0件。"],
     {"reconsideration.total": "0", "litigation.total": "0"}),
    # documents and decisions
    (["本年度制发规范性文件4件，废止1件，现行有效20件。"],
     {"normative_documents.issued": "4", "normative_documents.repealed": "1",
      "normative_documents.in_force": "20"}),
    (["2022年，海风市教育局出台四项规范性文件。"], {"normative_documents.issued": "4"}),
    (["我局未制定规范性文件。"], {"normative_documents.issued": "0"}),
    (["全年制定规章2件，废止规章1件。"], {"regulations.issued": "2", "regulations.repealed": "1"}),
    (["全年作出行政许可决定62件、行政处罚决定3件、行政强制决定0件。"],
     {"administrative_licensing.decisions": "62", "administrative_penalties.decisions": "3",
      "administrative_coercion.decisions": "0"}),
    ([TABLE, "行政许可12件，行政处罚3件。"],
     {"administrative_licensing.decisions": "12", "administrative_penalties.decisions": "3"}),
    (["全年收取行政事业性收费3.5万元。"], {"administrative_fees.fee_amount": "3.5"}),
    (["2022年收取信息处理费2950元。"], {"information_handling_fee": "2950"}),
    (["全年未收取政府信息公开信息处理费。"], {"information_handling_fee": "0"}),
    (["2022年，我局没有收取信息处理费。"], {"information_handling_fee": "0"}),
    # items disclosed
    ([DISCLOSURE, "全年共主动公开政府信息2942条。"], {"disclosed_items": "2942"}),
    ([DISCLOSURE, "2022年，我局主动公开信息1.5万条。"], {"disclosed_items": "15000"}),
    (["2022年，我局通过政府网站公开政府信息20条。"], {"disclosed.website": "20"}),
    (["2022年我局通过微信公众号“海风教育”发布信息1088条。"], {"disclosed.wechat": "1088"}),
    (["“海风发布”微信公众号发布信息576条。"], {"disclosed.wechat": "576"}),
    (["政务微博公开信息608条、政务微信公开信息615条。"],
     {"disclosed.weibo": "608", "disclosed.wechat": "615"}),
    ([DISCLOSURE, "全年公开信息20条，其中，公告类信息2条，预决算类信息6条，人事类信息12条。"],
     {"disclosed_items": "20", "disclosed_items.part.1": "2", "disclosed_items.part.2": "6",
      "disclosed_items.part.3": "12"}),
    ([DISCLOSURE, "全年公开信息58条，其中门户网站40条，政务新媒体18条。"],
     {"disclosed_items": "58", "disclosed.website": "40", "disclosed.new_media": "18"}),
    ([DISCLOSURE, "全年主动公开信息30条。一是做好预算公开，公开信息10条。二是做好规划公开，"
      "公开信息20条。"],
     {"disclosed_items": "30", "disclosed_items.part.1": "10", "disclosed_items.part.2": "20"}),
    # governments
    (["没有发生责任追究的情形。"], {"accountability": "0"}),
    (["全年责任追究0人。"], {"accountability": "0"}),
]  # fmt: skip


@pytest.mark.parametrize(("paragraphs", "expected"), CLAIMS, ids=lambda x: "".join(x)[:40])
def test_what_is_claimed(paragraphs: Sequence[str], expected: dict[str, str]) -> None:
    assert figures(*paragraphs) == expected


NO_CLAIMS: list[Sequence[str]] = [
    # other years
    ["2021年共收到政府信息公开申请30件。"],
    ["上年共收到政府信息公开申请30件。"],
    ["比2021年增加3件。"],
    [REQUESTS, "与上年相比，收到申请增加3件。"],
    [REQUESTS, "2021年收到申请10件，其中予以公开3件。"],
    ["截至2022年底，累计主动公开政府信息20000条。"],
    ["2008年以来，累计公开信息20000条。"],
    ["2022年上半年收到政府信息公开申请3件。"],
    # changes and rates
    ["政府信息公开申请同比增长12%。"],
    [REQUESTS, "申请量较上年增加3件，其中自然人2件。"],
    ["收到政府信息公开申请数量增长12件。"],
    # a part of the year, or several
    [REQUESTS, "5月，收到申请3件。"],
    [REQUESTS, "九月，收到申请3件。"],
    [REQUESTS, "2022年1月1日至6月30日，收到申请3件。"],
    [REQUESTS, "三年来，共收到申请98件。"],
    # no count
    [REQUESTS, "共收到申请12.5件。"],
    # others' figures
    ["全市共收到政府信息公开申请300件。"],
    ["各街道共收到政府信息公开申请30件。"],
    [REQUESTS, "全市各部门收到申请300件。予以公开100件，部分公开20件。"],
    ["县财政局收到政府信息公开申请12件。"],
    [REQUESTS, "县财政局收到政府信息公开申请12件，其中自然人10件，予以公开2件。"],
    ["所属单位公开信息30条。"],
    ["市政府门户网站公开全市各类政府信息3437条。"],
    ["学校微信公众号发布信息100条。"],
    [DISCLOSURE, "在国家级网站发布信息10条。"],
    # plans
    ["计划公开政府信息100条。"],
    [DISCLOSURE, "下一步，公开信息100条。"],
    [DISCLOSURE, "力争明年，全年公开信息100条。"],
    ["下一步，我局公开信息100条，制发规范性文件5件。"],
    ["拟于明年制发规范性文件5件，我局作出行政许可决定3件。"],
    ["2021年未发生责任追究情况。"],
    ["县财政局收到政府信息公开申请12件。全年予以公开3件。"],
    ["没有依申请公开问题。"],
    ["五、存在的主要问题及改进情况", "全年共收到政府信息公开申请12件。"],
    # about, at least, some
    ["全年收到政府信息公开申请30余件。"],
    ["全年收到政府信息公开申请近30件。"],
    ["全年收到政府信息公开申请约30件。"],
    ["全年收到政府信息公开申请30多件。"],
    ["全年收到政府信息公开申请若干件。"],
    ["全年收到政府信息公开申请3-5件。"],
    ["全年收到政府信息公开申请超过30件。"],
    ["全年收到政府信息公开申请30件左右。"],
    # ordinals, dates, articles, enumerations
    ["2022年12月31日收到第3件政府信息公开申请。"],
    ["依据条例第二十条第（一）项主动公开。"],
    ["根据国办函〔2020〕109号，收取信息处理费。"],
    ["每一件政府信息公开申请都按时答复。"],
    # torn, doubled or without a unit
    ["全年收到政府信息公开申请1 2件。"],
    ["全年收到政府信息公开申请1,13件。"],
    ["全年收到政府信息公开申请12。"],
    ["全年收到政府信息公开申请012件。"],
    ["全年收到政府信息公开申请二百零件。"],
    ["收到和答复政府信息公开申请12件3件。"],
    # of something else
    ["全年收到行政许可申请12件。"],
    ["全年办理行政复议案件120件，行政诉讼3件。"],
    [REQUESTS, "办理12345热线47件，不予处理3件。"],
    [REQUESTS, "受理业务47件，其中不予处理3件。"],
    ["规范性文件予以公开3件。"],
    ["公开行政许可信息76条，行政处罚信息2条。"],
    ["行政许可事项12项。"],
    ["修订规范性文件3件。"],
    ["全年组织培训3次，举办开放日1次，发布稿件30篇。"],
    ["承办代表建议15件，其中议案1件。"],
    [DISCLOSURE, "做好财政信息公开，全年公开信息15条。"],
    [DISCLOSURE, "通过微信公众号，公开信息15条。"],
    [DISCLOSURE, "一是公开信息15条。"],
    ["（三）平台建设", "全年公开信息15条。"],
    ["不收取任何费用。"],
    ["依法收取信息处理费。"],
    ["自然人2件。"],
    ["结果维持2件。"],
    ["予以公开2件。"],
    ["未发生被纠正的行政复议。"],
    ["行政复议和行政诉讼2件。"],
    ["海风市财政局通过门户网站发布信息5条。"],
    ["累计收到政府信息公开申请12件。"],
    ["通过乡镇网站公开信息30条。"],
    ["往年门户网站公开信息30条。"],
    ["政府信息公开申请3件。"],
    ["全年作出行政许可决定12条，收取信息处理费12件。"],
    ["全年收到政府信息公开申请1，113件。"],
    # a row of a table that lost its cells
    ["行政事业性收费730,000元"],
    ["一、本年新收政府信息公开申请数量 3件"],
]  # fmt: skip


@pytest.mark.parametrize("paragraphs", NO_CLAIMS, ids="".join)
def test_what_is_not_claimed(paragraphs: Sequence[str]) -> None:
    assert figures(*paragraphs) == {}


def test_a_claim_stands_where_its_figure_is_printed() -> None:
    told = claims("2022年，海风市教育局认真办理，共收到政府信息公开", "申请 12 件，上年结转1件。")
    assert (told["received"].place, told["brought_forward"].place) == (Place(line=2), Place(line=2))
    assert told["received"].raw == "共收到政府信息公开申请 12 件"
    assert told["received"].unit == "件"


def test_a_page_number_parts_nothing() -> None:
    told = claims("2022年，海风市教育局认真办理，共收到政府信息公开", "- 3 -", "申请12件。")
    assert {code: claim.raw for code, claim in told.items()} == {
        "received": "共收到政府信息公开申请12件"
    }


def test_a_report_without_a_year_has_none_of_its_own() -> None:
    nameless = ReportNames(None, None, None, None)
    assert figures("2022年收到政府信息公开申请12件。", names=nameless) == {}
    assert figures("全年收到政府信息公开申请12件。", names=nameless) == {"received": "12"}


def test_only_governments_tell_of_assessment_and_appraisal() -> None:
    text = "对部门的工作考核纳入年度考核；社会评议由第三方开展；未发生责任追究情况。"
    expected = {"work_assessment": None, "public_appraisal": None, "accountability": "0"}
    assert figures(text, names=GOVERNMENT) == expected
    assert figures(text) == {"accountability": "0"}
    assert figures("下一步，完善社会评议。", names=GOVERNMENT) == {}
    # what is denied of another year is no mention
    assert figures("2021年，未发生责任追究情况。", names=GOVERNMENT) == {}


def test_a_total_knows_whether_its_parts_are_all_there() -> None:
    def whole(text: str) -> bool:
        return next(f.whole for f in found(DISCLOSURE, text) if f.total is not None)

    assert whole("全年公开信息20条，其中公告类2条，人事类18条。")
    assert whole("全年公开信息20条，其中公告类2条，人事类18条；政务微博公开信息600条。") is True
    assert not whole("全年公开信息20条。")
    assert not whole("全年公开信息20条，其中公告类2条，人事类3条等。")
    assert not whole("全年公开信息20条，其中公告类2条，其中招考1条。")
    assert not whole("全年公开信息20条，其中公告类2条，其中政务微博公开信息1条。")
    assert not whole("全年公开信息20条，其中公告类2条，约18条为人事类。")
    assert not whole("全年公开信息20条，更新栏目5个，其中公告类2条，人事类18条。")


def test_other_channels_are_no_parts_of_a_website() -> None:
    text = (
        "在门户网站公开政府信息20条，其中公告类2条，人事类18条；政务微博公开信息600条，短视频5条。"
    )
    parts = [f.claim for f in found(text) if f.part_of is not None]
    assert parts == ["disclosed.website.part.1", "disclosed.website.part.2"]
    assert figures(text)["disclosed.weibo"] == "600"


COPIES = Path(__file__).parents[2] / "golden" / "walk"
ORIGINALS = Path(__file__).parents[4] / "shared" / "seeds"


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        # a total of 188 over five parts, one of them behind a page break; no request was received
        ("seed_yanchi_2020", "000", {
            "disclosed_items": "188", "disclosed_items.part.1": "15",
            "disclosed_items.part.2": "43", "disclosed_items.part.3": "49",
            "disclosed_items.part.4": "73", "disclosed_items.part.5": "8", "received": "0"}),
        # the one figure, 116, belongs to a district that the sentence does not name
        ("seed_fugou_2021", "004", {}),
    ],
)  # fmt: skip
def test_claims_of_the_seeds(name: str, number: str, expected: dict[str, str]) -> None:
    """The shortened copies, and the originals where they are beside the project."""
    for file in (COPIES / f"{name}.txt", *ORIGINALS.glob(f"{number}_*.txt")):
        outcome = process_document(str(file), file.read_bytes())
        assert {c.claim: str(c.value) for c in outcome.claims} == expected
        assert not {f.rule for f in outcome.findings} & {
            "text_matches_table", "claim_parts_sum_to_total", "claim_ambiguous",
        }  # fmt: skip
