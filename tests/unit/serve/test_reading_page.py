"""The page of one document: every fact a cell, nothing run, nothing fetched."""

import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from pipelines.domain import (
    Cell,
    Fact,
    Finding,
    Grid,
    Kind,
    Outcome,
    OutcomeKind,
    Paragraph,
    Place,
    Reading,
    ReportNames,
    Severity,
    State,
)
from pipelines.forms import load_forms
from pipelines.serve.judged import judged
from pipelines.serve.reading_page import reading_page

FORMS = load_forms()
EVIL = '<script>alert("x")</script><img src=http://evil.example/x onerror=alert(1)>'

TAGS = set(
    re.findall(
        r"\w+",
        "html head meta title style body h1 h2 h3 dl dt dd ul li span p div main aside section"
        " table thead tbody tr th td small code a",
    )
)


def fact(row: str, column: str, state: State, raw: str | None, place: Place | None = None) -> Fact:
    value = Decimal(raw) if state is State.REPORTED and raw else None
    return Fact("requests", row, column, "2021", state, value, None, None, raw, place)


def place(cell: int) -> Place:
    return Place(page=2, box=(1.0, 2.5, 30.0, float(cell)))


FACTS = (
    fact("received", "natural_person", State.REPORTED, "41", place(1)),
    fact("received", "total", State.BLANK, "", place(2)),
    fact("refused.state_secret", "natural_person", State.NOT_APPLICABLE, "-", place(3)),
    fact("refused.state_secret", "other_organization", State.UNREADABLE, EVIL, place(4)),
    fact("refused.state_secret", "total", State.ABSENT, None),
)
OUTCOME = Outcome(
    document_sha256="ab" * 32,
    path="in/<b>报告</b>.pdf",
    media_type="application/pdf",
    bytes=1,
    kind=OutcomeKind.REPORT,
    read_by="pdf/1",
    names=ReportNames("海风市教育局", 2023, EVIL),
    tables={"requests": ("2021",)},
    facts=FACTS,
)
FINDINGS = (
    Finding(
        "unreadable_cell",
        Kind.READING,
        Severity.ERROR,
        f"不是数字 {EVIL}",
        f"is no figure {EVIL}",
        "requests",
        "refused.state_secret",
        "other_organization",
    ),
    Finding(
        "applicants_sum_to_total",
        Kind.FILING,
        Severity.ERROR,
        "不等",
        "differs",
        "requests",
        "received",
        left=Decimal(41),
        right=Decimal(40),
        difference=Decimal(1),
    ),
)


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def having(self, name: str) -> list[dict[str, str]]:
        return [attributes for _, attributes in self.found if name in attributes]


def page_of(outcome: Outcome = OUTCOME, reading: Reading | None = None) -> str:
    return reading_page(outcome, judged(FINDINGS), FORMS, reading)


def grid(*cells: Cell, exact: bool = True) -> Reading:
    return Reading((Paragraph("prose", Place(line=1)), Grid(cells, exact)), "pdf/1")


def test_every_fact_is_a_cell_coloured_by_its_state() -> None:
    cells = Elements(page_of()).having("data-fact")
    assert [c["data-fact"] for c in cells] == [f"{f.table}.{f.row}.{f.column}" for f in FACTS]
    assert [c["class"].split()[0] for c in cells] == [f.state.value for f in FACTS]
    assert all(c["tabindex"] == "0" for c in cells)


def test_a_title_tells_code_raw_token_value_unit_and_place() -> None:
    first, *_, last = Elements(page_of()).having("data-fact")
    assert first["title"].split("\n") == [
        "requests.received.natural_person",
        "state: reported",
        "raw: '41'",
        "value: 41",
        "unit: none",
        "form: 2021",
        "place: page 2, box 1 2.5 30 1",
    ]
    assert "raw: none\nvalue: none" in last["title"]
    assert last["title"].endswith("place: none")


def test_an_amount_has_its_unit_and_its_yuan() -> None:
    amount = Fact(
        "proactive_disclosure",
        "administrative_fees",
        "fee_amount",
        "2021",
        State.REPORTED,
        Decimal("12.50"),
        "万元",
        Decimal("125000.00"),
        "12.50",
        Place(line=7),
    )
    outcome = Outcome("ab" * 32, "x", "text/plain", 1, OutcomeKind.REPORT, facts=(amount,))
    (cell,) = Elements(reading_page(outcome, [], FORMS)).having("data-fact")
    assert "unit: 万元 (125000 yuan)\n" in cell["title"]
    assert cell["title"].endswith("place: line 7")


def test_the_document_is_named() -> None:
    page = page_of()
    told = ("in/&lt;b&gt;报告&lt;/b&gt;.pdf", "ab" * 32, "pdf/1", "海风市教育局", "2023")
    assert all(f">{part}</dd>" in page for part in told)
    nameless = page_of(Outcome("cd" * 32, "x", "text/html", 1, OutcomeKind.REPORT))
    assert nameless.count(">unknown</dd>") == 4
    assert '<h1 lang="zh">x</h1>' in nameless


def test_the_legend_counts_every_state() -> None:
    page = page_of()
    assert all(f'<span class="{s}">{s} 1</span>' in page for s in State)


def test_nothing_is_run_and_nothing_fetched_whatever_the_document_says() -> None:
    cells = [Cell(EVIL, 0, 0, place(4)), Cell(EVIL, 0, 1, place(9))]
    page = page_of(reading=grid(*cells))
    elements = Elements(page)
    assert {tag for tag, _ in elements.found} <= TAGS
    attributes = {name for _, pairs in elements.found for name in pairs}
    assert not attributes & {"src", "srcset", "action", "background", "style", "onerror"}
    assert all(a["href"].startswith("#") for a in elements.having("href"))
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert not re.search(r"url\(|@import", style)
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page


def test_findings_lead_to_their_cell_and_mark_it() -> None:
    elements = Elements(page_of())
    targets = {a["href"].removeprefix("#") for a in elements.having("href")}
    ids = [a["id"] for a in elements.having("id")]
    assert targets == {
        "requests.refused.state_secret.other_organization",
        "requests.received",
    }
    assert targets <= set(ids)
    assert len(ids) == len(set(ids))
    flagged = {a.get("id") for a in elements.having("class") if "flagged" in a["class"].split()}
    assert targets | {None} == flagged, "and the word in the legend"
    assert "left 41 · right 40 · difference 1" in page_of()


def test_its_own_grids_show_what_became_of_each_cell() -> None:
    reading = grid(
        Cell("新收", 0, 0, place(8), row_span=2),
        Cell("41", 0, 1, place(1)),
        Cell("", 1, 1, place(2)),
        Cell("-", 1, 3, place(3), column_span=2),
    )
    page = page_of(reading=reading)
    elements = Elements(page)
    assert [c["data-cell"] for c in elements.having("data-cell")] == [
        "requests.received.natural_person",
        "requests.received.total",
        "requests.refused.state_secret.natural_person",
    ]
    assert '<td class="other" rowspan="2">新收</td>' in page
    last = page.rpartition('<td class="blank" tabindex="0" data-cell')[2]
    assert '</td><td></td><td class="not_applicable"' in last, "a slot without a cell stays free"
    assert "Table 1 <small>page 2</small>" in page


@pytest.mark.parametrize("lost", [None, Reading((Paragraph("x", Place(line=1)),), "text/1")])
def test_a_page_without_grids_says_so(lost: Reading | None) -> None:
    assert "again." in page_of() or lost
    assert "data-cell" not in page_of(reading=lost)


def test_where_cells_share_a_place_their_tokens_tell_them_apart() -> None:
    line = Place(line=5)
    facts = tuple(
        fact("received", column, State.REPORTED, raw, line)
        for column, raw in (("natural_person", "0"), ("other_organization", "7"), ("total", "7"))
    )
    outcome = Outcome("ab" * 32, "x", "text/plain", 1, OutcomeKind.REPORT, facts=facts)
    texts = ("一", "0", "pad", "7", "7")
    reading = grid(*(Cell(t, 0, n, line) for n, t in enumerate(texts)), exact=False)
    page = reading_page(outcome, [], FORMS, reading)
    assert re.findall(r'data-cell="requests\.received\.(\w+)"[^>]*>(\w+)<', page) == [
        ("natural_person", "0"),
        ("other_organization", "7"),
        ("total", "7"),
    ]
    assert page.count('<td class="other">') == 2


def test_two_facts_of_one_cell_are_both_told() -> None:
    facts = (
        fact("received", "natural_person", State.REPORTED, "4", place(1)),
        fact("received", "total", State.REPORTED, "1", place(1)),
    )
    outcome = Outcome("ab" * 32, "x", "application/pdf", 1, OutcomeKind.REPORT, facts=facts)
    page = reading_page(outcome, [], FORMS, grid(Cell("4 1", 0, 0, place(1))))
    (cell,) = Elements(page).having("data-cell")
    assert "received.natural_person" in cell["title"]
    assert "received.total" in cell["title"]
