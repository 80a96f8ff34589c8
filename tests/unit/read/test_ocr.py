"""Scans and pictures: what is printed is read, or told to be unsure; never silently wrong."""

import importlib.util
import io
import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from pipelines.domain import Cell, Grid, Kind, Paragraph, Reading, State, UnreadableDocument
from pipelines.forms import load_forms
from pipelines.normalize import normalize
from pipelines.read import document_of
from pipelines.read.ocr.cells import UNREAD
from pipelines.read.ocr.pages import OcrLimits
from pipelines.read.ocr.scans import read_picture, read_scan
from pipelines.recognize import recognize
from tests.simulate import (
    Habits,
    SimulatedReport,
    generate,
    load_agencies,
    load_words,
    render,
)
from tests.simulate.scan import Scan, Turn, save_scan, scan_pdf

pytest.importorskip("rapidocr")

FORMS = load_forms()
AGENCIES = sorted(load_agencies().values(), key=lambda a: a.agency_id)
SURE = 0.9
LOST = (State.ABSENT, State.UNREADABLE)


# --- scans of reports ----------------------------------------------------------------------------


def a_report(seed: int, *, careful: bool = False, vintage: str | None = None) -> SimulatedReport:
    rng = random.Random(seed)
    titles = list(load_words().titles)
    habits = Habits.draw(rng, titles=titles, marks=FORMS.lexicon.not_applicable)
    return generate(
        rng,
        vintage=vintage or rng.choice(list(FORMS.vintages)),
        agency=rng.choice(AGENCIES),
        year=rng.randint(2019, 2024),
        habits=Habits() if careful else habits,
    )


def judged(report: SimulatedReport, reading: Reading) -> Counter[str]:
    """Cells right, flagged and wrong; a wrong year is counted as a wrong cell."""
    found = recognize(reading, FORMS)
    facts, findings = normalize(found, FORMS)
    told = {(f.table, f.row) for f in (*found.findings, *findings) if f.kind is Kind.READING}
    by_key = {(f.table, f.row, f.column): f for f in facts}
    counts: Counter[str] = Counter(right=0, flagged=0, wrong=0)
    for key, printed in report.truth.items():
        fact = by_key.get(key)
        if fact is None or fact.state in LOST:
            is_told = (key[0], None) in told or (key[0], key[1]) in told
            counts["flagged" if is_told else "wrong"] += 1
        else:
            same = (fact.state, fact.value) == (printed.state, printed.value)
            same = same and (fact.unit == printed.unit or printed.value is None)
            counts["right" if same else "wrong"] += 1
    counts["wrong"] += sum(k not in report.truth and f.state not in LOST for k, f in by_key.items())
    counts["wrong"] += found.names.report_year not in (None, report.report_year)
    return counts


def read_scanned(report: SimulatedReport, how: Scan, format: str = "PDF") -> Reading:
    content = save_scan(scan_pdf(render(report, "pdf"), how), format, how)
    reader = read_scan if format == "PDF" else read_picture
    return reader(document_of(f"scan.{format}", content))


def test_a_skewed_and_noisy_scan_is_right_or_flagged() -> None:
    report = a_report(2, careful=True)
    reading = read_scanned(report, Scan(dpi=150, skew=1.6, blur=0.6, noise=8, quality=75))
    assert reading.read_by.startswith("ocr")
    counts = judged(report, reading)
    assert counts["wrong"] == 0, counts
    assert counts["flagged"] <= 0.05 * len(report.truth), counts
    assert recognize(reading, FORMS).names.report_year == report.report_year
    for block in reading.blocks:
        cells = block.cells if isinstance(block, Grid) else [block]
        for place in (c.place for c in cells):
            x0, y0, x1, y1 = place.box or (0, 0, 0, 0)
            assert 0 <= x0 < x1 <= 620, place
            assert 0 <= y0 < y1 <= 860, place


def one_page(report: SimulatedReport, number: int, how: Scan) -> Reading:
    content = save_scan(scan_pdf(render(report, "pdf"), how)[number : number + 1], "PNG", how)
    return read_picture(document_of("page.png", content))


def cells_of(reading: Reading) -> list[Cell]:
    return [c for b in reading.blocks if isinstance(b, Grid) for c in b.cells]


def test_which_way_up_a_page_lies_is_told_by_its_words() -> None:
    from pipelines.read.ocr.turn import quarters_of

    (page, *_) = scan_pdf(render(a_report(12), "pdf"), Scan(dpi=150))
    grey = np.asarray(page)
    assert [quarters_of(np.rot90(grey, turned)) for turned in range(4)] == [0, 3, 2, 1]
    figures = np.asarray(a_table(FIGURES).convert("L"))
    assert [quarters_of(np.rot90(figures, turned)) for turned in range(4)] == [0, 0, 0, 0]


@pytest.mark.full
def test_a_page_lies_on_its_head() -> None:
    report = a_report(12)
    upright = cells_of(one_page(report, 2, Scan(dpi=150)))
    turned = cells_of(one_page(report, 2, Scan(dpi=150, turn=180)))
    assert [c.text for c in turned] == [c.text for c in upright]
    assert sum(bool(c.text) for c in turned) > 30
    width, height = 1241, 1754
    for there, here in zip(turned, upright, strict=True):
        x0, y0, x1, y1 = here.place.box or (0, 0, 0, 0)
        mirrored = (width - x1, height - y1, width - x0, height - y0)
        assert there.place.box == pytest.approx(mirrored, abs=6)


@pytest.mark.full
@pytest.mark.parametrize("turn", [90, 270])
def test_a_page_lies_on_its_side(turn: Turn) -> None:
    report = a_report(12)
    upright = cells_of(one_page(report, 2, Scan(dpi=150)))
    turned = cells_of(one_page(report, 2, Scan(dpi=150, turn=turn)))
    assert [c.text for c in turned] == [c.text for c in upright]
    for there, here in zip(turned, upright, strict=True):
        x0, y0, x1, y1 = here.place.box or (0, 0, 0, 0)
        # counterclockwise: what stands right stands above
        beside = (y0, 1241 - x1, y1, 1241 - x0) if turn == 90 else (1754 - y1, x0, 1754 - y0, x1)
        assert there.place.box == pytest.approx(beside, abs=6)


@pytest.mark.full
@pytest.mark.parametrize("vintage", ["2019", "2021"])
def test_clean_scans_are_nearly_all_right(vintage: str) -> None:
    report = a_report(31, careful=True, vintage=vintage)
    counts = judged(report, read_scanned(report, Scan(quality=75), "TIFF"))
    assert counts["wrong"] == 0, counts
    assert counts["flagged"] <= 0.02 * len(report.truth), counts


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 110))
def test_scans_of_many_faults_are_right_or_flagged(seed: int) -> None:
    report, how = a_report(seed), Scan.draw(random.Random(seed))
    try:
        reading = read_scanned(report, how)
    except UnreadableDocument:
        return
    assert judged(report, reading)["wrong"] == 0, how


# --- drawn tables --------------------------------------------------------------------------------

LEFT, TOP, ROW, COLUMN = 100, 100, 60, 150


def a_table(rows: Sequence[Sequence[str]], *, size: int = 30) -> Image.Image:
    """A page with a ruled table of these texts, in colour."""
    columns = len(rows[0])
    page = Image.new("RGB", (max(1150, 2 * LEFT + COLUMN * columns), 1150), "white")
    draw = ImageDraw.Draw(page)
    right, bottom = LEFT + COLUMN * columns, TOP + ROW * len(rows)
    for i in range(len(rows) + 1):
        draw.line((LEFT, TOP + ROW * i, right, TOP + ROW * i), fill="black", width=3)
    for i in range(columns + 1):
        draw.line((LEFT + COLUMN * i, TOP, LEFT + COLUMN * i, bottom), fill="black", width=3)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            draw.text(middle(i, j), text, "black", ImageFont.load_default(size), anchor="mm")
    return page


def middle(row: int, column: int) -> tuple[int, int]:
    return LEFT + COLUMN * column + COLUMN // 2, TOP + ROW * row + ROW // 2


FIGURES = (("18", "205", "37", "4"), ("69", "0", "153", "8"), ("270", "46", "9", "51"))


def as_png(page: Image.Image) -> bytes:
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def sure_of(page: Image.Image) -> dict[tuple[int, int], str | None]:
    """What each slot of the only table says; None where the reader is not sure."""
    reading = read_picture(document_of("p.png", as_png(page)))
    (grid,) = [b for b in reading.blocks if isinstance(b, Grid)]
    return {
        (c.row, c.column): c.text if (c.confidence or 0.0) >= SURE else None for c in grid.cells
    }


def test_a_drawn_table_is_read() -> None:
    assert sure_of(a_table(FIGURES)) == {
        (i, j): text for i, row in enumerate(FIGURES) for j, text in enumerate(row)
    }


def test_a_stamp_makes_what_it_touches_unsure() -> None:
    page = a_table(FIGURES)
    x, y = middle(1, 1)
    stamp = Image.new("RGB", page.size, "white")
    ImageDraw.Draw(stamp).ellipse((x - 60, y - 60, x + 60, y + 60), outline=(214, 32, 44), width=6)
    seen = sure_of(ImageChops.multiply(page, stamp))
    assert seen[1, 1] in (None, "0")
    assert (seen[0, 1], seen[2, 1]) == (None, None)
    assert seen[0, 3] == "4"


def test_a_cell_in_which_something_faint_stands_is_not_blank() -> None:
    page = a_table((("18", "", "37", "4"), *FIGURES[1:]))
    assert sure_of(page)[0, 1] == ""
    draw = ImageDraw.Draw(page)
    draw.text(middle(0, 1), "205", (238, 238, 238), ImageFont.load_default(30), anchor="mm")
    assert sure_of(page)[0, 1] is None


def test_a_rule_that_is_half_lost_makes_its_row_unsure() -> None:
    page = a_table((("18", "205", "37", ""), *FIGURES[1:]))
    x = LEFT + 3 * COLUMN
    ImageDraw.Draw(page).rectangle((x - 4, TOP + 4, x + 4, TOP + 34), fill="white")
    seen = sure_of(page)
    assert [seen.get((0, j)) for j in range(4)] == [None] * 4
    assert seen[1, 0] == "69"


def test_a_rule_that_is_too_faint_to_be_seen_makes_its_row_unsure() -> None:
    page = a_table((("18", "205", "37", ""), *FIGURES[1:]))
    x = LEFT + 3 * COLUMN
    draw = ImageDraw.Draw(page)
    draw.rectangle((x - 4, TOP + 4, x + 4, TOP + ROW - 4), fill="white")
    draw.line((x, TOP, x, TOP + ROW), fill=(240, 240, 240), width=3)
    seen = sure_of(page)
    assert [seen.get((0, j)) for j in range(3)] == [None] * 3


def test_a_figure_that_a_stray_rule_cuts_makes_its_row_unsure() -> None:
    page = a_table(FIGURES)
    x, _ = middle(0, 1)
    ImageDraw.Draw(page).line((x, TOP, x, TOP + ROW), fill="black", width=3)
    reading = read_picture(document_of("p.png", as_png(page)))
    first = [c for c in cells_of(reading) if c.row == 0]
    assert len(first) == 5
    assert all((c.confidence or 0.0) < SURE for c in first if c.text)


def test_a_blot_with_rules_of_its_own_does_not_hide_the_table() -> None:
    page = a_table((("18", "205", "37", "4"),) * 8)
    draw = ImageDraw.Draw(page)
    draw.rectangle((LEFT + 160, TOP + 64, LEFT + 440, TOP + 176), fill="white")
    draw.rectangle((LEFT + 170, TOP + 90, LEFT + 430, TOP + 150), outline="black", width=3)
    draw.line((LEFT + 250, TOP + 90, LEFT + 250, TOP + 150), fill="black", width=3)
    seen = sure_of(page)
    assert [seen[7, j] for j in range(4)] == ["18", "205", "37", "4"]
    assert seen[1, 1] is None


def test_a_dash_is_a_mark_and_the_rest_of_a_rule_is_none() -> None:
    page = a_table((("18", "", "37", ""), *FIGURES[1:]))
    draw = ImageDraw.Draw(page)
    x, y = middle(0, 1)
    draw.line((x - 12, y, x + 12, y), fill="black", width=3)
    x, y = middle(0, 3)
    draw.line((x - 12, y - 18, x + 12, y - 18), fill="black", width=3)
    seen = sure_of(page)
    assert seen[0, 1] == "\N{EM DASH}"
    assert seen[0, 3] is None


def test_a_slash_is_no_seven() -> None:
    page = a_table((("18", "7", "37", ""), *FIGURES[1:]))
    draw = ImageDraw.Draw(page)
    x, y = middle(0, 3)
    draw.line((x - 7, y + 12, x + 7, y - 12), fill="black", width=3)
    seen = sure_of(page)
    assert (seen[0, 1], seen[0, 3]) == ("7", "/")
    page = a_table((("18", "7", "37", ""), *FIGURES[1:]))
    # leaning by less, as some slashes do and the ones of italics
    ImageDraw.Draw(page).line((x - 4, y + 12, x + 4, y - 12), fill="black", width=3)
    assert sure_of(page)[0, 3] in ("/", None)


def test_figures_in_no_ruled_table_are_refused() -> None:
    page = Image.new("RGB", (1150, 1150), "white")
    draw = ImageDraw.Draw(page)
    for i, row in enumerate(FIGURES):
        for j, text in enumerate(row):
            draw.text(middle(i, j), text, "black", ImageFont.load_default(30), anchor="mm")
    with pytest.raises(UnreadableDocument, match="no ruled table"):
        read_picture(document_of("p.png", as_png(page)))


def test_ink_without_text_is_no_blank() -> None:
    page = np.asarray(a_table((("", ""), ("", "")))).copy()
    x, y = middle(0, 0)
    grain = np.random.default_rng(5).random((30, 60, 1))
    page[y - 15 : y + 15, x - 30 : x + 30] = np.where(grain < 0.5, 0, 255)
    seen = sure_of(Image.fromarray(page))
    assert seen == {(0, 0): None, (0, 1): "", (1, 0): "", (1, 1): ""}


def test_what_is_not_recognized_is_marked_and_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.read.ocr import cells as ocr_cells
    from pipelines.read.ocr.engine import Text

    monkeypatch.setattr(ocr_cells, "recognize_lines", lambda crops: [Text("", 0.0)] * len(crops))
    pages = [a_table(FIGURES)] * 2
    content = save_scan(pages, "TIFF", Scan())
    grids = [b for b in read_picture(document_of("p.tif", content)).blocks if isinstance(b, Grid)]
    assert [g.cells[0].place.page for g in grids] == [1, 2]
    for cell in (c for g in grids for c in g.cells):
        assert (cell.text, cell.confidence) == (UNREAD, 0.0)


def test_two_opinions_that_differ_make_a_figure_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.read.ocr import cells as ocr_cells
    from pipelines.read.ocr.engine import Picture, Text, recognize_lines

    asked: list[int] = []

    def at_odds(crops: Sequence[Picture]) -> list[Text]:
        asked.append(len(crops))
        texts = recognize_lines(crops)
        return (
            [Text("6", 1.0, (1.0,)) if t.text == "8" else t for t in texts]
            if (len(asked) == 2)
            else texts
        )

    monkeypatch.setattr(ocr_cells, "recognize_lines", at_odds)
    seen = sure_of(a_table(FIGURES))
    assert seen[1, 3] is None
    assert seen[1, 2] == "153"


# --- what is no report's page --------------------------------------------------------------------


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_a_blank_page_and_an_empty_table_are_refused(format: str) -> None:
    for page in (Image.new("L", (900, 1200), 255), a_table((("", ""), ("", "")))):
        with pytest.raises(UnreadableDocument, match="no text"):
            read_picture(document_of("blank", save_scan([page], format, Scan())))


def test_noise_like_a_photo_makes_no_figures() -> None:
    grain = np.random.default_rng(1).normal(128, 60, (80, 60)).clip(0, 255).astype(np.uint8)
    photo = Image.fromarray(grain).resize((1200, 1600), Image.Resampling.BICUBIC)
    try:
        reading = read_picture(document_of("photo.png", as_png(photo)))
    except UnreadableDocument:
        return
    assert all(isinstance(b, Paragraph) for b in reading.blocks)


def test_more_pages_than_the_limit_are_refused() -> None:
    pages = save_scan([Image.new("L", (900, 1200), 255)] * 3, "TIFF", Scan())
    with pytest.raises(UnreadableDocument, match="3 pages"):
        read_picture(document_of("many.tif", pages), OcrLimits(max_pages=2))


def test_damaged_files_are_refused_in_one_line() -> None:
    whole = as_png(Image.new("L", (900, 1200), 255))
    pdf = save_scan([a_table(FIGURES)], "PDF", Scan())
    for reader, name, content in (
        (read_picture, "half.png", whole[: len(whole) // 2]),
        (read_scan, "rubbish.pdf", b"%PDF-1.7\nrubbish\n%%EOF"),
        (read_scan, "half.pdf", pdf[:-500]),
    ):
        with pytest.raises(UnreadableDocument) as refusal:
            reader(document_of(name, content))
        assert "\n" not in str(refusal.value)


def test_without_the_extra_the_refusal_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "rapidocr" else find(name)
    )
    with pytest.raises(UnreadableDocument, match=r"uv pip install 'ogi-warehouse\[ocr\]'"):
        read_scan(document_of("scan.pdf", b"%PDF-1.7\n%%EOF"))


def test_no_address_is_asked_for_models(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from pipelines.read.ocr import engine as ocr_engine

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    ocr_engine._engine.cache_clear()
    ocr_engine.recognize_lines([np.full((40, 60), 255, np.uint8)])
