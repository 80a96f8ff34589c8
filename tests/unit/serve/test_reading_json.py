"""The contract object of `ogi read --format json`, to the letter."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from pipelines.domain import (
    Claim,
    Comparison,
    Fact,
    Finding,
    Kind,
    LikelyCause,
    Outcome,
    OutcomeKind,
    Place,
    ReportNames,
    Severity,
    State,
    Verdict,
)
from pipelines.serve import reading_object
from pipelines.serve.reading_json import plain

REPORTED = Fact(
    table="proactive_disclosure",
    row="administrative_fees",
    column="fee_amount",
    vintage="2021",
    state=State.REPORTED,
    value=Decimal("12.50"),
    unit="万元",
    value_yuan=Decimal("125000.00"),
    raw="12.50",
    place=Place(page=2, box=(1.0, 2.0, 3.5, 4.0)),
)
LOST = Fact(
    table="requests",
    row="granted",
    column="total",
    vintage="2021",
    state=State.ABSENT,
    value=None,
    unit=None,
    value_yuan=None,
    raw=None,
    place=None,
)
SHORT = Finding(
    rule="row_short",
    kind=Kind.READING,
    severity=Severity.ERROR,
    message_zh="少一格",
    message_en="one short",
    table="requests",
    row="granted",
    likely_cause=LikelyCause.READING,
)
BROKEN = Finding(
    rule="applicants_sum_to_total",
    kind=Kind.FILING,
    severity=Severity.ERROR,
    message_zh="不等",
    message_en="differs",
    table="requests",
    row="received",
    reading=Verdict.BLANK_AS_ZERO,
    left=Decimal("12.00000000"),
    right=Decimal("13"),
    difference=Decimal("-1.00000000"),
    likely_cause=LikelyCause.FILING,
)
CLAIM = Claim(
    claim="administrative_fees.fee_amount",
    value=Decimal("13.00"),
    unit="万元",
    raw="收取行政事业性收费13.00万元",
    place=Place(line=7),
    table="proactive_disclosure",
    row="administrative_fees",
    column="fee_amount",
    table_value=Decimal("12.5"),
    comparison=Comparison.DIFFERS,
)
TOLD = Claim("public_appraisal", None, None, "社会评议由第三方开展", Place(page=2))
OUTCOME = Outcome(
    document_sha256="ab" * 32,
    path="in/报告.pdf",
    media_type="application/pdf",
    bytes=10,
    kind=OutcomeKind.REPORT,
    read_by="pdf/1",
    names=ReportNames("海风市教育局", 2023, "年度报告", dt.date(2024, 1, 31)),
    sections=("overview",),
    tables={"requests": ("2019", "2021")},
    facts=(REPORTED, LOST),
    findings=(SHORT,),
    claims=(CLAIM, TOLD),
)


def test_the_whole_object() -> None:
    assert reading_object(OUTCOME, "haifeng-education", (BROKEN,)) == {
        "schema": "ogi.reading/1",
        "document": {
            "path": "in/报告.pdf",
            "sha256": "ab" * 32,
            "media_type": "application/pdf",
            "read_by": "pdf/1",
        },
        "report": {
            "agency_name": "海风市教育局",
            "agency_id": "haifeng-education",
            "report_year": 2023,
            "title": "年度报告",
            "published_on": "2024-01-31",
        },
        "tables": {"requests": {"vintages": ["2019", "2021"]}},
        "facts": [
            {
                "table": "proactive_disclosure",
                "row": "administrative_fees",
                "column": "fee_amount",
                "value": "12.50",
                "unit": "万元",
                "value_yuan": "125000",
                "state": "reported",
                "raw": "12.50",
                "vintage": "2021",
                "evidence": {"page": 2, "box": [1.0, 2.0, 3.5, 4.0]},
            },
            {
                "table": "requests",
                "row": "granted",
                "column": "total",
                "value": None,
                "unit": None,
                "value_yuan": None,
                "state": "absent",
                "raw": None,
                "vintage": "2021",
                "evidence": None,
            },
        ],
        "findings": [
            {
                "rule": "row_short",
                "kind": "reading",
                "severity": "error",
                "reading": None,
                "table": "requests",
                "row": "granted",
                "column": None,
                "left": None,
                "right": None,
                "difference": None,
                "likely_cause": "reading",
                "message_zh": "少一格",
                "message_en": "one short",
            },
            {
                "rule": "applicants_sum_to_total",
                "kind": "filing",
                "severity": "error",
                "reading": "blank_as_zero",
                "table": "requests",
                "row": "received",
                "column": None,
                "left": "12",
                "right": "13",
                "difference": "-1",
                "likely_cause": "filing",
                "message_zh": "不等",
                "message_en": "differs",
            },
        ],
        "claims": [
            {
                "claim": "administrative_fees.fee_amount",
                "value": "13",
                "unit": "万元",
                "raw": "收取行政事业性收费13.00万元",
                "table": "proactive_disclosure",
                "row": "administrative_fees",
                "column": "fee_amount",
                "evidence": {"line": 7},
                "comparison": "differs",
                "basis": None,
            },
            {
                "claim": "public_appraisal",
                "value": None,
                "unit": None,
                "raw": "社会评议由第三方开展",
                "table": None,
                "row": None,
                "column": None,
                "evidence": {"page": 2},
                "comparison": None,
                "basis": None,
            },
        ],
    }


def test_it_is_json_without_a_helper() -> None:
    assert json.loads(json.dumps(reading_object(OUTCOME, None)))["report"]["agency_id"] is None


def test_a_document_that_names_nobody_has_nulls() -> None:
    nameless = Outcome("cd" * 32, "x", "text/html", 1, OutcomeKind.REPORT)
    assert reading_object(nameless, None)["report"] == dict.fromkeys(
        ("agency_name", "agency_id", "report_year", "title", "published_on")
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("100"), "100"),
        (Decimal("0.00000000"), "0"),
        (Decimal("-0.50"), "-0.5"),
        (None, None),
    ],
)
def test_decimals_are_plain(value: Decimal | None, text: str | None) -> None:
    assert plain(value) == text
