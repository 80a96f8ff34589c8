"""Claims come back as they were meant: from the generator's reports, and from templates."""

import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.domain import Outcome, Paragraph, Place, ReportNames
from pipelines.forms import load_forms
from pipelines.normalize import claims_of
from pipelines.recognize.claims.clauses import claims_in
from pipelines.runs.process import process_document
from tests.simulate import (
    Format,
    Habits,
    SimulatedReport,
    generate,
    load_agencies,
    load_words,
    render,
)

FORMS = load_forms()
WORDS = load_words()
AGENCIES = sorted(load_agencies().values(), key=lambda a: a.agency_id)
seeds = st.integers(min_value=0, max_value=2**32)


def examples(number: int) -> settings:
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=True,
        database=None,
    )


# What the generator calls the figures that no table holds.
ITS_NAMES = {
    "disclosed_items": "disclosed",
    "disclosed.website": "disclosed_website",
    "disclosed.new_media": "disclosed_media",
    "disclosed.other": "disclosed_other",
    "information_handling_fee": "handling_fee",
}
ONLY_TOLD = {"work_assessment", "public_appraisal"}


def a_report(seed: int) -> SimulatedReport:
    rng = random.Random(seed)
    return generate(
        rng,
        vintage=rng.choice(list(FORMS.vintages)),
        agency=rng.choice(AGENCIES),
        year=rng.randint(2019, 2024),
        habits=Habits.draw(rng, titles=list(WORDS.titles), marks=FORMS.lexicon.not_applicable),
        forms=FORMS,
        words=WORDS,
    )


def meant(report: SimulatedReport, code: str) -> Decimal:
    """What the generator knows of that claim, from the figures that it wrote its prose with."""
    if code in ITS_NAMES:
        return Decimal(report.claims.get(ITS_NAMES[code], 0))
    if code == "accountability":
        return Decimal(0)
    kind = FORMS.claims.by_code[code]
    columns = (*kind.columns, *kind.or_columns)
    cells = [(kind.table, row, column) for row in kind.rows for column in columns]
    return sum((report.figures[c] for c in cells if c in report.figures), Decimal(0))  # type: ignore[index]


def wrong_claims(report: SimulatedReport, outcome: Outcome) -> list[str]:
    wrong = []
    for claim in outcome.claims:
        if claim.claim in ONLY_TOLD:
            if claim.value is not None:
                wrong.append(f"{claim} has a figure")
        elif claim.value != meant(report, claim.claim):
            wrong.append(f"{claim} is {meant(report, claim.claim)}")
    return wrong


@pytest.mark.parametrize("format", ["html", "text", "pdf"])
@examples(25)
@given(seed=seeds)
def test_what_the_generator_wrote(format: Format, seed: int) -> None:
    report = a_report(seed)
    outcome = process_document(f"{seed}.{format}", render(report, format))
    assert wrong_claims(report, outcome) == []


def test_the_generator_writes_enough_claims() -> None:
    """Else the property above would hold for a reader that finds nothing."""
    told: set[str] = set()
    number = 0
    for seed in range(60):
        report = a_report(seed)
        outcome = process_document(f"{seed}.html", render(report, "html"))
        told |= {claim.claim for claim in outcome.claims}
        number += len(outcome.claims)
    assert {*ITS_NAMES, "received", "granted", "litigation.total", "accountability"} <= told
    assert number > 60 * 4


# Templates of our own: words that may stand around a figure, and the claim that each makes.
TEMPLATES = [
    ("{lead}收到政府信息公开申请{n}件。", "received"),
    ("{lead}共受理依申请公开{n}份，均已答复。", "received"),
    ("{lead}新收政府信息公开申请{n}件。", "received"),
    ("{lead}收到信息公开申请5件，上年结转{n}件。", "brought_forward"),
    ("{lead}收到信息公开申请5件；结转下年度办理{n}件。", "carried_forward"),
    ("{lead}收到政府信息公开申请7件，其中予以公开{n}件。", "granted"),
    ("{lead}收到政府信息公开申请7件，其中，无法提供的{n}件。", "unable"),
    ("{lead}因政府信息公开被申请行政复议{n}件。", "reconsideration.total"),
    ("{lead}制发规范性文件{n}件。", "normative_documents.issued"),
    ("{lead}作出行政许可决定{n}件。", "administrative_licensing.decisions"),
    ("{lead}收取信息处理费{n}元。", "information_handling_fee"),
    ("{lead}主动公开政府信息{n}条。", "disclosed_items"),
    ("{lead}通过门户网站发布信息{n}条。", "disclosed.website"),
]
LEADS = ["", "全年", "2022年，", "2022年，我局", "本年度共", "2022年海风市教育局", "（一）我局"]
DIGITS, PLACES = "零一二三四五六七八九", ["", "十", "百", "千"]


def in_chinese(number: int) -> str:
    """As a clerk writes a number below ten thousand: twelve is ten-two, a gap is told once."""
    text = ""
    for place, digit in enumerate(reversed(str(number))):
        if digit != "0":
            gap = "零" if text and str(number)[-place] == "0" else ""
            text = DIGITS[int(digit)] + PLACES[place] + gap + text
    return text.removeprefix("一") if 10 <= number < 20 else text or "零"


def spellings(number: int) -> list[str]:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return [str(number), f"{number:,}", f" {number} ", wide, in_chinese(number)]


@examples(300)
@given(
    template=st.sampled_from(TEMPLATES),
    lead=st.sampled_from(LEADS),
    number=st.integers(min_value=0, max_value=9999),
    data=st.data(),
)
def test_what_a_template_says(
    template: tuple[str, str], lead: str, number: int, data: st.DataObject
) -> None:
    sentence, code = template
    spelled = data.draw(st.sampled_from(spellings(number)))
    text = sentence.format(lead=lead, n=spelled)
    found = claims_in(
        [Paragraph(text, Place(line=1))], ReportNames("海风市教育局", 2022, None, None), FORMS
    )
    claims, _ = claims_of(found, FORMS)
    values = {c.claim: c.value for c in claims}
    assert values.pop(code, None) == number, text
    assert set(values) <= {"received"}, text


# What makes the same figure no claim of this agency and year.
SPOILERS = [
    "2021年", "上年", "全市", "各街道", "下属单位", "计划", "近", "不少于", "县财政局",
    "截至2022年底累计",
]  # fmt: skip


@examples(150)
@given(
    template=st.sampled_from(TEMPLATES),
    spoiler=st.sampled_from(SPOILERS),
    number=st.integers(min_value=0, max_value=9999),
)
def test_what_a_spoiled_template_does_not_say(
    template: tuple[str, str], spoiler: str, number: int
) -> None:
    sentence, _ = template
    text = sentence.format(lead=spoiler, n=number)
    found = claims_in(
        [Paragraph(text, Place(line=1))], ReportNames("海风市教育局", 2022, None, None), FORMS
    )
    assert [(f.claim, f.figure) for f in found] == [], text
