"""Every renderer prints every token in its row, under its label, and always the same bytes."""

import io
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from pipelines.forms import load_forms
from tests.simulate import (
    Format,
    Habits,
    MissingFontError,
    SimulatedReport,
    generate,
    load_agencies,
    load_words,
    lose_cell,
    pdf_pages,
    render,
)
from tests.simulate.habits import Spans, TextLayout


def report_with(
    habits: Habits | None = None,
    *,
    vintage: str = "2021",
    agency_id: str = "990121-government",
    seed: int = 1,
) -> SimulatedReport:
    return generate(
        random.Random(seed),
        vintage=vintage,
        agency=load_agencies()[agency_id],
        year=2022,
        habits=habits or Habits(),
    )


def wanted_rows(report: SimulatedReport) -> list[tuple[str | None, list[str]]]:
    """Label → its tokens from left to right, in the order of the form, from data/forms."""
    forms = load_forms()
    rows: list[tuple[str | None, list[str]]] = []
    form = forms.vintages[report.form_choice["proactive_disclosure"]]
    for block in form.proactive_disclosure.blocks:
        for item in block.items:
            keys = [("proactive_disclosure", item.code, m.code) for m in block.measures]
            rows.append((item.label, [report.cells[k] for k in keys]))
    requests = forms.vintages[report.form_choice["requests"]].rectangular("requests")
    for row in requests.rows:
        keys = [("requests", row.code, column.code) for column in requests.columns]
        rows.append((row.label, [report.cells[k] for k in keys]))
    reviews = forms.vintages[report.form_choice["reviews"]].rectangular("reviews")
    keys = [("reviews", r, c) for r, c in reviews.cells()]
    rows.append((None, [report.cells[k] for k in keys]))
    return rows


def assert_rows_hold(lines: list[list[str]], report: SimulatedReport) -> None:
    """Each wanted row is the end of a line, its label right before it, in the form's order."""
    rest = iter(lines)
    for label, tokens in wanted_rows(report):
        for line in rest:
            tail = line[len(line) - len(tokens) :]
            before = line[: len(line) - len(tokens)]
            if tail == tokens and (label is None or (before and before[-1] == label)):
                break
        else:
            pytest.fail(f"no row {label}: {tokens}")


def html_lines(content: bytes, encoding: str) -> list[list[str]]:
    page = LexborHTMLParser(content.decode(encoding))
    return [[cell.text() for cell in row.css("td")] for row in page.css("#zoom tr")]


@pytest.mark.parametrize("vintage", ["2019", "2021"])
@pytest.mark.parametrize(
    "habits",
    [
        Habits(),
        Habits(encoding="gb18030", declared_encoding="gb2312"),
        Habits(markup="word", changes="words", amounts="wan"),
        Habits(zeros="blank", blank="\xa0"),
        Habits(zeros="mark", mark="-"),
    ],
)
def test_html_has_every_row(vintage: str, habits: Habits) -> None:
    report = report_with(habits, vintage=vintage)
    content = render(report, "html")
    assert_rows_hold(html_lines(content, habits.encoding), report)
    assert report.title in content.decode(habits.encoding)


def test_a_page_says_who_and_when() -> None:
    report = report_with(Habits(title="no_agency", info_table=True))
    page = LexborHTMLParser(render(report, "html").decode())
    metas = {m.attributes["name"]: m.attributes["content"] for m in page.css("meta[name]")}
    assert metas["ContentSource"] == report.agency_name
    assert metas["PubDate"] == f"{report.published_on} 09:30"
    assert metas["ArticleTitle"] == report.title
    (index,) = page.css("table.index")
    assert report.agency_name in index.text()


def test_a_page_may_say_nothing_of_itself() -> None:
    report = report_with(Habits(page_metas=False))
    assert LexborHTMLParser(render(report, "html").decode()).css("meta[name]") == []


def test_the_declared_encoding_may_be_another() -> None:
    habits = Habits(encoding="gb18030", declared_encoding="gb2312")
    content = render(report_with(habits), "html")
    assert b"charset=gb2312" in content
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def text_lines(report: SimulatedReport, habits: Habits) -> list[list[str]]:
    lines = render(report, "text", habits).decode(habits.encoding).splitlines()
    if habits.text_layout == "pipe":
        return [line.strip("|").split("|") for line in lines]
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize("vintage", ["2019", "2021"])
@pytest.mark.parametrize("layout", ["tab", "pipe"])
@pytest.mark.parametrize("spans", ["padded", "dropped", "repeated"])
def test_text_has_every_row(vintage: str, layout: TextLayout, spans: Spans) -> None:
    habits = Habits(text_layout=layout, spans=spans, changes="signed")
    report = report_with(habits, vintage=vintage)
    lines = [[cell.strip() for cell in line] for line in text_lines(report, habits)]
    requests = [line for line in lines if len(line) >= 8]
    for label, tokens in wanted_rows(report):
        found = [
            line
            for line in (lines if label is None or len(tokens) < 7 else requests)
            if [c for c in line if c and not _is_label(c)][: len(tokens)] == tokens
            and (label is None or label in line)
        ]
        assert found, (label, tokens)


def _is_label(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text) and not text[-1].isdigit()


def test_one_cell_a_line_keeps_the_order_of_the_figures() -> None:
    habits = Habits(text_layout="lines")
    report = report_with(habits)
    lines = render(report, "text").decode().splitlines()
    position = 0
    for label, tokens in wanted_rows(report):
        if label is not None:
            position = lines.index(label, position) + 1
        else:
            position = lines.index(tokens[0], position)
            while lines[position : position + len(tokens)] != tokens:
                position += 1
        assert lines[position : position + len(tokens)] == tokens


def test_a_copy_may_shift_labels_and_add_empty_columns() -> None:
    report = report_with(Habits(shifted_labels=True, filler_columns=2, spans="padded"))
    careful = text_lines(report, Habits(spans="padded"))
    damaged = text_lines(report, report.habits)
    widths = {len(line) for line in damaged if "0" in line}
    assert len(widths) > 2
    assert all(
        [c for c in a if c] == [c for c in b if c] for a, b in zip(careful, damaged, strict=True)
    )
    assert all(line[-2:] == ["", ""] for line in damaged if "0" in line)


@pytest.mark.parametrize("layout", ["tab", "pipe"])
def test_a_lost_cell_leaves_its_row_one_short(layout: TextLayout) -> None:
    habits = Habits(text_layout=layout)
    report = report_with(habits)
    label = "（七）总计"
    damaged = lose_cell(report, ("requests", "total_processed", "other_organization"))

    def row_of(r: SimulatedReport) -> list[str]:
        (row,) = [x for x in text_lines(r, habits) if label in [c.strip() for c in x]]
        return row

    assert len(row_of(damaged)) == len(row_of(report)) - 1
    html = [x for x in html_lines(render(damaged, "html"), "utf-8") if label in x]
    assert len(html[0]) == 7


def test_a_pdf_cannot_lose_a_cell() -> None:
    damaged = lose_cell(report_with(), ("requests", "received", "total"))
    with pytest.raises(ValueError, match="cannot lose a cell"):
        render(damaged, "pdf")


def pdf_lines(content: bytes) -> tuple[list[list[str]], int]:
    lines: list[list[str]] = []
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            for table in page.extract_tables():
                lines += [[(c or "").replace("\n", "") for c in row if c] for row in table]
        pages = len(pdf.pages)
    return lines, pages


@pytest.mark.parametrize(
    ("vintage", "habits"),
    [
        ("2021", Habits(vertical="spaced")),
        ("2019", Habits(changes="words", amounts="wan", repeat_group_labels=True)),
        ("2021", Habits(repeat_header=True, prose_before_table=True)),
    ],
)
def test_a_pdf_has_every_row_and_more_than_one_page(vintage: str, habits: Habits) -> None:
    report = report_with(habits, vintage=vintage)
    lines, pages = pdf_lines(render(report, "pdf"))
    assert pages > 1
    assert_rows_hold(lines, report)


def test_a_large_figure_stays_in_its_cell() -> None:
    report = report_with(Habits(thousands=True), agency_id="990000-government")
    lines, _ = pdf_lines(render(report, "pdf"))
    assert_rows_hold(lines, report)


def test_a_table_broken_by_a_page_is_numbered_in_the_footer() -> None:
    report = report_with()
    with pdfplumber.open(io.BytesIO(render(report, "pdf"))) as pdf:
        feet = [page.extract_text().splitlines()[-1] for page in pdf.pages]
    assert feet == [f"- {n} -" for n in range(1, len(feet) + 1)]


def test_the_requests_break_over_pages_in_some_report() -> None:
    for seed in range(8):
        report = report_with(Habits(prose_before_table=True), seed=seed)
        with pdfplumber.open(io.BytesIO(render(report, "pdf"))) as pdf:
            texts = [page.extract_text() for page in pdf.pages]
        first = next(i for i, t in enumerate(texts) if "一、本年新收政府信息公开申请数量" in t)
        last = next(i for i, t in enumerate(texts) if "四、结转下年度继续办理" in t)
        if last > first:
            return
    pytest.fail("no page cuts the requests table")


def test_without_its_closing_rule_a_cut_table_is_open_below() -> None:
    report = report_with(Habits(prose_before_table=True))
    closed, open_below = (
        render(report, "pdf", replace(report.habits, closing_rule=rule)) for rule in (True, False)
    )

    def rules(content: bytes) -> int:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            return sum(len(page.lines) for page in pdf.pages)

    assert rules(open_below) < rules(closed)


def test_a_missing_font_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pdf_pages, "FONT_FILES", (tmp_path / "none.ttf",))
    with pytest.raises(MissingFontError, match="fonts-droid-fallback"):
        pdf_pages.font_file()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), format=st.sampled_from(["html", "text", "pdf"]))
def test_any_habits_render_to_the_same_bytes_twice(seed: int, format: Format) -> None:
    rng = random.Random(seed)
    habits = Habits.draw(
        rng, titles=list(load_words().titles), marks=load_forms().lexicon.not_applicable
    )
    report = report_with(habits, seed=seed)
    assert render(report, format) == render(report, format)


def test_another_process_writes_the_same_bytes() -> None:
    code = (
        "import hashlib, random, sys\n"
        "from tests.simulate import Habits, generate, load_agencies, render\n"
        "a = load_agencies()['990121-government']\n"
        "r = generate(random.Random(5), vintage='2021', agency=a, year=2022)\n"
        "print(*(hashlib.sha256(render(r, f)).hexdigest() for f in ('html', 'text', 'pdf')))\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert printed != {""}
