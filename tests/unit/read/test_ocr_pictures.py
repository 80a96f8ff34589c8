"""Pictures in web pages and pictures as pages: what they show comes in its place."""

import base64
import io
import random
from collections.abc import Sequence

import pytest
from PIL import Image, ImageDraw, ImageFont

pytest.importorskip("rapidocr")

from pipelines.domain import Document, Grid, Paragraph, Place, Reading, UnreadableDocument
from pipelines.read import document_of
from pipelines.read.ocr import pictures as pictures_room
from pipelines.read.ocr.gate import has_usable_text
from pipelines.read.ocr.pages import OcrLimits
from pipelines.read.ocr.pictures import (
    element_order,
    read_page_with_pictures,
    read_pictures,
    with_pictures,
)
from tests.simulate import Format, Habits, SimulatedReport, generate, load_agencies, render
from tests.simulate.scan import Scan, save_scan, scan_pdf


def a_picture(figures: Sequence[str], size: tuple[int, int] = (900, 300)) -> bytes:
    """A ruled row of figures."""
    page = Image.new("L", size, 255)
    draw = ImageDraw.Draw(page)
    for i in range(len(figures) + 1):
        draw.line((100 + 150 * i, 100, 100 + 150 * i, 180), fill=0, width=3)
    for y in (100, 180):
        draw.line((100, y, 100 + 150 * len(figures), y), fill=0, width=3)
    for i, text in enumerate(figures):
        draw.text((175 + 150 * i, 140), text, 0, ImageFont.load_default(26), anchor="mm")
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def said(reading: Reading) -> list[str]:
    return [
        b.text if isinstance(b, Paragraph) else " ".join(c.text for c in b.cells)
        for b in reading.blocks
    ]


def a_page(*pictures: bytes) -> Document:
    shown = [
        f'<p>before {i}</p><div><img src="data:image/png;base64,{base64.b64encode(p).decode()}">'
        "</div>"
        for i, p in enumerate(pictures)
    ]
    return document_of("a.html", f"<html><body>{''.join(shown)}<p>after</p></body></html>".encode())


def test_pictures_stand_among_the_text_of_their_page() -> None:
    icon = a_picture((), (60, 60))
    page = a_page(a_picture(("18", "205", "37")), icon, a_picture(("4", "96", "150")))
    reading = read_page_with_pictures(page)
    assert said(reading) == ["before 0", "18 205 37", "before 1", "before 2", "4 96 150", "after"]
    html, ocr = reading.read_by.split("+")
    assert html.startswith("html/")
    assert ocr.startswith("ocr/")
    grid = next(b for b in reading.blocks if isinstance(b, Grid))
    place = grid.cells[0].place
    assert place.path == "/html/body/div[1]/img[1]"
    assert place.page is None
    assert place.box == pytest.approx((100, 100, 250, 180), abs=4)


def test_a_page_that_prints_its_tables_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    report = a_report()
    page = render(report, "html").decode(report.habits.encoding)
    shown = base64.b64encode(a_picture(("1", "2"))).decode()
    page = page.replace("</p>", f'</p><img src="data:image/png;base64,{shown}">', 1)
    monkeypatch.setattr(pictures_room, "picture_pages", None)
    with pytest.raises(UnreadableDocument, match="prints its tables"):
        read_page_with_pictures(document_of("a.html", page.encode()))


def test_a_page_without_pictures_is_left_to_the_other_reader() -> None:
    with pytest.raises(UnreadableDocument, match="no picture that could be a table"):
        read_page_with_pictures(document_of("a.html", b"<html><p>text</p>"))


def test_pictures_without_text_are_passed_over_and_more_than_the_limit_refused() -> None:
    page = Reading((Paragraph("text", Place(path="/html/body/p[1]")),), "html/1")
    blank = Image.new("L", (900, 900), 255)
    out = io.BytesIO()
    blank.save(out, "PNG")
    shown = (Place(path="/html/body/img[1]"), out.getvalue(), "image/png")
    assert said(with_pictures(page, [shown], {})) == ["text"]
    with pytest.raises(UnreadableDocument, match="more than 1 pictures"):
        with_pictures(page, [shown, shown], {}, OcrLimits(max_pages=1))


def test_elements_are_in_document_order() -> None:
    page = document_of("a.html", b"<body><p>1</p><div><p>2</p><img><p>3</p></div><p>4</p></body>")
    order = element_order(page)
    assert sorted(order, key=lambda path: order[path]) == [
        "/html/body",
        "/html/body/p[1]",
        "/html/body/div[1]",
        "/html/body/div[1]/p[1]",
        "/html/body/div[1]/img[1]",
        "/html/body/div[1]/p[2]",
        "/html/body/p[2]",
    ]


def test_pictures_of_one_report_are_its_pages_in_natural_order() -> None:
    files = {"p10.png": ("7", "8"), "p2.png": ("18", "205"), "P1.png": ("96", "150")}
    reading = read_pictures([document_of(n, a_picture(f)) for n, f in files.items()])
    assert said(reading) == ["96 150", "18 205", "7 8"]
    grids = [b for b in reading.blocks if isinstance(b, Grid)]
    assert [g.cells[0].place.page for g in grids] == [1, 2, 3]


def test_a_damaged_picture_among_the_pages_is_named() -> None:
    good = document_of("p1.png", a_picture(("7", "8")))
    with pytest.raises(UnreadableDocument, match=r"p2\.png"):
        read_pictures([good, document_of("p2.png", good.content[:300])])


# --- which PDFs are read by their text -----------------------------------------------------------


def a_report() -> SimulatedReport:
    agency = min(load_agencies().values(), key=lambda a: a.agency_id)
    return generate(random.Random(3), vintage="2021", agency=agency, year=2022, habits=Habits())


def test_a_pdf_of_text_has_usable_text_and_a_scan_has_none() -> None:
    how: Format = "pdf"
    pdf = render(a_report(), how)
    assert has_usable_text(document_of("a.pdf", pdf))
    scan = save_scan(scan_pdf(pdf, Scan(dpi=72)), "PDF", Scan(dpi=72))
    assert not has_usable_text(document_of("scan.pdf", scan))
    assert not has_usable_text(document_of("half.pdf", pdf[:3000]))


def test_a_pdf_whose_tables_alone_are_pictures_has_no_usable_text() -> None:
    import pypdfium2 as pdfium  # type: ignore[import-untyped,unused-ignore]
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    from tests.simulate.pdf_pages import font_file

    pdfmetrics.registerFont(TTFont("Chinese", str(font_file())))

    def pdf_with(picture_share: float) -> Document:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=A4)
        canvas.setFont("Chinese", 12)
        for line in range(20):
            canvas.drawString(60, 760 - 20 * line, "政府信息公开工作按照条例有序推进" * 2)
        canvas.showPage()
        picture = ImageReader(Image.new("L", (600, 800), 200))
        canvas.drawImage(picture, 0, 0, A4[0] * picture_share, A4[1] * picture_share)
        canvas.showPage()
        canvas.save()
        return document_of("mixed.pdf", out.getvalue())

    assert not has_usable_text(pdf_with(0.9))
    assert has_usable_text(pdf_with(0.3))
    assert len(pdfium.PdfDocument(pdf_with(0.9).content)) == 2
