"""Text PDFs: pages cut tables, sides are open, figures break; damage is refused."""

import random

import pytest

from pipelines.domain import Grid, Paragraph, UnreadableDocument
from pipelines.forms import load_forms
from pipelines.read import document_of, read
from tests.simulate import Habits, SimulatedReport, generate, load_agencies, render


def a_report() -> SimulatedReport:
    agency = next(iter(load_agencies().values()))
    return generate(random.Random(7), vintage="2021", agency=agency, year=2022)


@pytest.fixture(scope="module")
def content() -> bytes:
    return render(a_report(), "pdf")


def test_cells_have_page_and_box(content: bytes) -> None:
    reading = read(document_of("r.pdf", content))
    grids = [b for b in reading.blocks if isinstance(b, Grid)]
    assert len(grids) >= 3
    for cell in (c for g in grids for c in g.cells):
        place = cell.place.as_json()
        x0, top, x1, bottom = place["box"]
        assert place["page"] >= 1
        assert 0 <= x0 < x1 <= 600
        assert 0 <= top < bottom <= 850


def test_prose_stands_between_the_grids(content: bytes) -> None:
    blocks = read(document_of("r.pdf", content)).blocks
    text = "".join(b.text for b in blocks if isinstance(b, Paragraph))
    label = next(s.label for s in load_forms().lexicon.sections if s.code == "reviews")
    assert label in text


@pytest.mark.parametrize("habits", [Habits(closing_rule=False), Habits(open_sides=True)])
def test_tables_without_outer_rules_are_whole(habits: Habits) -> None:
    report = a_report()
    document = document_of("r.pdf", render(report, "pdf", habits))
    texts = [
        [c.text for c in row if c.text]
        for b in read(document).blocks
        if isinstance(b, Grid)
        for row in b.rows()
    ]
    printed = [
        report.truth["requests", "received", c.code].token
        for c in load_forms().vintages["2021"].rectangular("requests").columns
    ]
    assert any(row[1:] == printed for row in texts)


def test_a_truncated_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="truncated"):
        read(document_of("r.pdf", content[: len(content) // 2]))


def test_a_damaged_pdf_is_refused_in_one_line() -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        read(document_of("r.pdf", b"%PDF-1.7\nrubbish\n%%EOF"))
    assert "\n" not in str(refusal.value)


def test_a_pdf_without_text_says_that_it_may_be_a_scan() -> None:
    empty = _one_page_pdf()
    with pytest.raises(UnreadableDocument, match="no text"):
        read(document_of("scan.pdf", empty))


def _one_page_pdf() -> bytes:
    import io

    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.rect(50, 50, 200, 200)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
