"""The annexes of two real reports, rendered to every layout: each figure against the case's own
truth, the codes typed by hand from the shared facts."""

import json
from html import escape
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain import LikelyCause, Outcome, OutcomeKind, State
from pipelines.forms import load_forms
from pipelines.runs.process import process_document
from pipelines.warehouse.rules import audit

CASES = Path(__file__).parents[4] / "shared" / "cases"
NAMES = ("pingtan_2016", "pingtanxian_2013")
CODES = {
    "主动公开文件数": "disclosed_items",
    "主动公开信息数": "disclosed_items",
    "其中：1、政府网站公开数": "disclosed.website",
    "其中：1.网站公开": "disclosed.website",
    "2、政府公报公开数": "disclosed.gazette",
    "2.政府公报公开": "disclosed.gazette",
    "受理依申请公开信息总数": "requests_received",
    "其中：1、当面申请数": "requests.in_person",
    "其中：1.当面申请数": "requests.in_person",
    "2.传真申请数": "requests.fax",
    "3.电子邮件申请数": "requests.email",
    "2、网上申请数": "requests.web",
    "4.网上申请数": "requests.web",
    "5.信函申请数": "requests.letter",
    "3、信函、传真申请数": "requests.letter_or_fax",
    "6.其它形式申请数": "requests.other",
    "对申请的答复总数": "replies_total",
    "对申请的答复数": "replies_total",
    "其中：1、同意公开答复数": "replies.granted",
    "其中：1.同意公开答复数": "replies.granted",
    "2、同意部分公开答复数": "replies.partly_granted",
    "2.同意部分公开答复数": "replies.partly_granted",
    "3、不予公开答复数": "replies.refused",
    "3.否决公开答复数": "replies.refused",
    "4、其他类型答复数": "replies.other",
    "政府信息公开收费减免金额": "fees_waived",
    "接受行政诉讼、举报数": "litigations_and_complaints",
    "行政复议数": "reconsiderations",
    "行政诉讼数": "litigations",
    "行政申诉数": "complaints",
}
LAYOUTS = ("html", "tab", "pipe", "lines", "one_line", "glued", "halves", "html_halves")


def case(name: str) -> dict[str, Any]:
    file = CASES / f"{name}.json"
    if not file.exists():
        pytest.skip("the shared cases are not here")
    return dict(json.loads(file.read_text("utf-8")))


def rendered(of: dict[str, Any], layout: str) -> bytes:
    grid: list[list[str]] = of["tables"][0]["grid"]
    if layout.endswith("halves"):
        header, *rows = grid
        middle = (len(rows) + 1) // 2
        right = [*rows[middle:], [""] * len(header)]
        grid = [[*header, *header], *([*r, *right[i]] for i, r in enumerate(rows[:middle]))]
    if layout.startswith("html"):
        rows_of = ("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in grid)
        return (
            f"<html><head><meta charset='utf-8'><title>{of['title']}</title></head><body>"
            f"<h1>{of['title']}</h1><p>一、概述</p><p>附件1：政府信息公开情况统计表</p>"
            f"<table border=1>{''.join(rows_of)}</table></body></html>"
        ).encode()
    texts = {
        "tab": lambda: "\n".join("\t".join(row) for row in grid),
        "halves": lambda: "\n".join("\t".join(row) for row in grid),
        "pipe": lambda: "\n".join("| " + " | ".join(row) + " |" for row in grid),
        "lines": lambda: "\n".join("\n".join(row) for row in grid),
        "one_line": lambda: " ".join(" ".join(row) for row in grid),
        "glued": lambda: "\n".join("".join(row[:3]) + " " + row[3] for row in grid),
    }
    return f"{of['title']}\n\n一、概述\n\n附件1：统计表\n\n{texts[layout]()}\n".encode()


def read(of: dict[str, Any], layout: str) -> Outcome:
    return process_document("case", rendered(of, layout))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NAMES)
def test_every_figure(name: str, layout: str) -> None:
    of = case(name)
    outcome = read(of, layout)
    assert outcome.kind is OutcomeKind.REPORT
    assert outcome.tables == {"indicators": ("2014",)}
    truth = {
        (CODES[label], column): figure
        for label, figures in of["truth"]["annex"].items()
        for column, figure in zip(("current", "cumulative"), figures, strict=True)
    }
    assert {(f.row, f.column): str(f.value) for f in outcome.facts} == truth
    assert {f.state for f in outcome.facts} == {State.REPORTED}
    units = {CODES[row[0]]: row[1] for row in of["tables"][0]["grid"][1:]}
    assert {f.row: f.unit for f in outcome.facts} == units
    assert outcome.names.report_year == of["year"]
    assert outcome.names.agency_name == of["agency"]
    assert [f.rule for f in outcome.findings] == []


def test_every_figure_leads_back_to_its_place() -> None:
    for layout in LAYOUTS:
        for fact in read(case("pingtan_2016"), layout).facts:
            assert fact.place is not None
            assert fact.place.as_json()


@pytest.mark.parametrize("name", NAMES)
def test_figures_glued_to_one_another_are_never_guessed(name: str) -> None:
    of = case(name)
    body = "\n".join("".join(row) for row in of["tables"][0]["grid"])
    outcome = process_document("case", f"{of['title']}\n\n一、概述\n\n{body}\n".encode())
    told = {f.row for f in outcome.findings if f.rule in ("row_short", "ambiguous_placement")}
    assert {f.state for f in outcome.facts} == {State.UNREADABLE}
    assert {f.row for f in outcome.facts} == told


def test_the_sums_that_the_real_report_breaks_are_found_again() -> None:
    found = audit(read(case("pingtanxian_2013"), "html"), load_forms())
    told = {
        (f.rule, f.row, f.column, int(f.left or 0), int(f.right or 0))
        for f in found
        if f.reading == "strict"
    }
    assert told == {
        ("disclosure_channels_sum_to_total", "disclosed_items", "current", 1713, 1853),
        ("disclosure_channels_sum_to_total", "disclosed_items", "cumulative", 5024, 5395),
        ("replies_match_requests", "requests_received", "current", 3, 7),
        ("replies_match_requests", "requests_received", "cumulative", 24, 28),
    }
    assert {f.likely_cause for f in found} == {LikelyCause.FILING}
    assert audit(read(case("pingtan_2016"), "html"), load_forms()) == ()
