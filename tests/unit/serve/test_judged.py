"""A rule that breaks in both readings is told once, with both; nothing is lost in the drawing."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.console import Console

from pipelines.domain import (
    Fact,
    Finding,
    Kind,
    Outcome,
    OutcomeKind,
    ReportNames,
    Severity,
    State,
    Verdict,
)
from pipelines.forms import load_forms
from pipelines.serve.check_page import check_page
from pipelines.serve.drawn import findings_table, statutory_tables
from pipelines.serve.judged import Checked, judged, where

FORMS = load_forms()
BROKEN = Finding(
    rule="applicants_sum_to_total",
    kind=Kind.FILING,
    severity=Severity.ERROR,
    message_zh="不等 <b>",
    message_en="differs & more",
    table="requests",
    row="received",
    reading=Verdict.STRICT,
    left=Decimal(12),
    right=Decimal(13),
    difference=Decimal(-1),
)
HINT = Finding("year_odd", Kind.DOCUMENT, Severity.HINT, "奇", "odd")


def test_readings_are_merged_and_errors_come_first() -> None:
    both = judged([HINT, BROKEN, replace(BROKEN, reading=Verdict.BLANK_AS_ZERO)])
    assert [(j.finding.rule, j.readings_told) for j in both] == [
        ("applicants_sum_to_total", "strict, blank as zero"),
        ("year_odd", ""),
    ]


def test_readings_with_other_figures_stay_apart() -> None:
    other = replace(BROKEN, reading=Verdict.BLANK_AS_ZERO, left=Decimal(11))
    assert [j.readings_told for j in judged([BROKEN, other])] == ["strict", "blank as zero"]


def test_a_place_is_told_by_its_labels() -> None:
    row = FORMS.vintages["2021"].rectangular("requests").rows[0]
    assert where(BROKEN, FORMS).endswith(f"› {row.label}")
    assert where(BROKEN, FORMS, "en").endswith(f"› {row.label_en}")
    assert where(HINT, FORMS) == ""


@pytest.mark.parametrize("width", [70, 200])
def test_every_part_of_a_finding_is_drawn(width: int) -> None:
    out = io.StringIO()
    console = Console(file=out, width=width)
    console.print(findings_table(judged([BROKEN]), FORMS, console))
    parts = ("error", "applicants_sum_to_total", "12", "13", "-1", "strict", "differs & more")
    assert all(part in out.getvalue() for part in parts)


def test_side_without_a_figure_is_not_drawn() -> None:
    out = io.StringIO()
    blank = judged([replace(BROKEN, right=None, difference=Decimal(12))])
    console = Console(file=out, width=70)
    console.print(findings_table(blank, FORMS, console))
    assert "left 12 · difference 12" in out.getvalue()


def fact(row: str, column: str, state: State, value: str | None, vintage: str = "2021") -> Fact:
    number = Decimal(value) if value is not None else None
    return Fact("requests", row, column, vintage, state, number, None, None, value, None)


def test_a_cell_without_a_figure_shows_its_state() -> None:
    outcome = Outcome(
        document_sha256="ab" * 32,
        path="x",
        media_type="text/html",
        bytes=1,
        kind=OutcomeKind.REPORT,
        tables={"requests": ("2021",)},
        facts=(
            fact("received", "natural_person", State.REPORTED, "41"),
            fact("received", "total", State.BLANK, None),
            fact("refused.state_secret", "natural_person", State.ABSENT, None),
            fact("refused.state_secret", "total", State.NOT_APPLICABLE, None),
        ),
    )
    out = io.StringIO()
    console = Console(file=out, width=200)
    console.print(*statutory_tables(outcome, FORMS, console), sep="\n")
    drawing = out.getvalue()
    form = FORMS.vintages["2021"].rectangular("requests")
    refused = next(g.label for g in form.groups if g.code == "refused")
    assert all(part in drawing for part in ("41", "blank", "absent", "not_applicable", refused)), (
        drawing
    )


def test_a_table_is_labelled_by_its_own_vintage() -> None:
    def headers(vintage: str) -> str:
        cell = Fact(
            "proactive_disclosure",
            "normative_documents",
            "made" if vintage == "2019" else "issued",
            vintage,
            State.REPORTED,
            Decimal(1),
            None,
            None,
            "1",
            None,
        )
        outcome = Outcome(
            "ab" * 32,
            "x",
            "text/html",
            1,
            OutcomeKind.REPORT,
            tables={"proactive_disclosure": (vintage,)},
            facts=(cell,),
        )
        out = io.StringIO()
        console = Console(file=out, width=200)
        console.print(*statutory_tables(outcome, FORMS, console), sep="\n")
        return out.getvalue()

    assert " 规范性文件" in headers("2019")
    assert " 行政规范性文件" in headers("2021")


def test_the_page_stands_alone_and_escapes_what_it_shows() -> None:
    report = Outcome(
        "ab" * 32, "a<b>.html", "text/html", 1, OutcomeKind.REPORT, names=ReportNames("局", 2023)
    )
    refused = Outcome("cd" * 32, "b.pdf", "application/pdf", 1, OutcomeKind.FAILED, reason="cut")
    page = check_page([Checked(report, tuple(judged([BROKEN]))), Checked(refused, ())], FORMS)
    parts = (
        "a&lt;b&gt;.html",
        "不等 &lt;b&gt;",
        "differs &amp; more",
        ">12<",
        ">-1<",
        "failed: cut",
    )
    assert all(part in page for part in parts)
    assert not any(word in page for word in ("http", "src=", "<script", "a<b>"))
