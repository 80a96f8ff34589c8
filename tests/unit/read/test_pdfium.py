"""The quick PDF reader: every trap is read right or refused, and never crashes."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.domain import Grid, Paragraph, Reading, UnreadableDocument
from pipelines.forms import load_forms
from pipelines.read import document_of
from pipelines.read.pdf.careful import read_pdf
from pipelines.read.pdf.quick import GRID, read_pdfium
from tests.simulate.pdf_pages import font_file

WIDTH, HEIGHT = 595.0, 842.0
FORM = load_forms().vintages["2021"].rectangular("requests")
# The font has neither Latin digits nor quotation marks.
LABELS = ["".join(c for c in row.label if c.isalpha()) for row in FORM.rows]
HEADER = [FORM.header_captions[0], *(column.label for column in FORM.columns)]
ROWS = [[label, *(str(7 * i + j) for j in range(7))] for i, label in enumerate(LABELS)]

Draw = Callable[[Canvas, float, float, float, float], None]


def line(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas.line(x0, y0, x1, y1)


def filled(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    """As word processors and browsers draw rules."""
    thick = 0.5
    canvas.rect(x0, y0, max(x1 - x0, thick), max(y1 - y0, thick), stroke=0, fill=1)


def in_pieces(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    """A short rule, a gap of a point, and the rest."""
    x, y = x0 + (x1 - x0) * 0.4, y0 + (y1 - y0) * 0.4
    gap_x, gap_y = (1.0, 0.0) if y0 == y1 else (0.0, 1.0)
    canvas.line(x0, y0, x, y)
    canvas.line(x + gap_x, y + gap_y, x1, y1)


@dataclass
class Sheet:
    """A ruled table, drawn from `top` down, one list of texts a row; and what is odd about it."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = (200.0, *(35.0,) * 7)
    height: float = 17.0
    left: float = 60.0
    top: float = 800.0
    rule: Draw = line
    open_sides: bool = False
    closing_rule: bool = True
    twice: bool = False
    missing_down: frozenset[int] = frozenset()
    missing_across: frozenset[int] = frozenset()
    boxes: bool = False
    order: Callable[[list[Any]], None] = field(default=lambda texts: None)

    def draw(self, canvas: Canvas) -> None:
        xs = [self.left]
        for width in self.widths:
            xs.append(xs[-1] + width)
        ys = [self.top - self.height * i for i in range(len(self.rows) + 1)]
        canvas.setLineWidth(0.5)
        if self.boxes:
            for x0, x1 in pairwise(xs):
                for y1, y0 in pairwise(ys):
                    canvas.rect(x0, y0, x1 - x0, y1 - y0, stroke=1, fill=0)
        else:
            for i, y in enumerate(ys):
                if i not in self.missing_across and (self.closing_rule or i < len(self.rows)):
                    self.rule(canvas, xs[0], y, xs[-1], y)
            for i, x in enumerate(xs):
                outer = i in (0, len(xs) - 1)
                if i not in self.missing_down and not (outer and self.open_sides):
                    self.rule(canvas, x, ys[-1], x, ys[0])
        texts = [
            (xs[j] + 3, ys[i] - 12, text)
            for i, row in enumerate(self.rows)
            for j, text in enumerate(row)
        ]
        self.order(texts)
        for x, y, text in texts:
            write(canvas, x, y, text)
            if self.twice:
                write(canvas, x + 0.25, y, text)


def write(canvas: Canvas, x: float, y: float, text: str, size: float = 5) -> None:
    if "Chinese" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Chinese", str(font_file())))
    canvas.setFont("Helvetica" if text.isascii() else "Chinese", size)
    canvas.drawString(x, y, text)


def pdf(*pages: Callable[[Canvas], None], **options: Any) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), **options)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def read(content: bytes, **options: int) -> Reading:
    return read_pdfium(document_of("r.pdf", content), **options)


def texts_of(reading: Reading) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row] for row in block.rows()]
        for block in reading.blocks
        if isinstance(block, Grid)
    ]


WHOLE = [HEADER, *ROWS]


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(WHOLE),
        Sheet(WHOLE, rule=filled),
        Sheet(WHOLE, rule=in_pieces),
        Sheet(WHOLE, boxes=True),
        Sheet(WHOLE, open_sides=True),
        Sheet(WHOLE, closing_rule=False),
        Sheet(WHOLE, closing_rule=False, open_sides=True),
        Sheet(WHOLE, twice=True),
        Sheet(WHOLE, order=lambda texts: texts.reverse()),
        Sheet(WHOLE, order=lambda texts: random.Random(3).shuffle(texts)),
    ],
    ids=[
        "stroked",
        "filled",
        "in pieces",
        "boxes",
        "open sides",
        "no closing rule",
        "neither",
        "text twice",
        "backwards",
        "shuffled",
    ],
)
def test_a_table_is_read_as_printed(sheet: Sheet) -> None:
    reading = read(pdf(sheet.draw))
    assert reading.read_by == GRID
    assert texts_of(reading) == [WHOLE]


def test_a_table_goes_on_on_the_next_page_below_a_repeated_header() -> None:
    upper = Sheet(WHOLE[:15], closing_rule=False)
    lower = Sheet([HEADER, *WHOLE[15:]])

    def first(canvas: Canvas) -> None:
        upper.draw(canvas)
        write(canvas, 290, 30, "- 3 -")

    reading = read(pdf(first, lower.draw))
    assert texts_of(reading) == [WHOLE[:15], [HEADER, *WHOLE[15:]]]
    assert [b.text for b in reading.blocks if isinstance(b, Paragraph)] == ["-3-"]
    assert [b.cells[0].place.page for b in reading.blocks if isinstance(b, Grid)] == [1, 2]


def test_a_page_between_two_with_keywords_is_no_prose() -> None:
    short = next(label for label in LABELS if len(label) < 4)
    bare = [[short, "0", str(i)] for i in range(4)]
    pages = [Sheet(WHOLE[:10]).draw, Sheet(bare, widths=(50, 50, 50)).draw, Sheet(WHOLE[10:]).draw]
    assert texts_of(read(pdf(*pages))) == [WHOLE[:10], bare, WHOLE[10:]]


def test_a_row_without_a_label_behind_the_last_keyword_is_no_prose() -> None:
    """The one row of the reviews may stand on the page behind their header."""
    last = [["12", "0", "1"]]
    pages = [Sheet([*WHOLE, HEADER]).draw, Sheet(last, widths=(50, 50, 50)).draw]
    assert texts_of(read(pdf(*pages))) == [[*WHOLE, HEADER], last]


@pytest.mark.parametrize("label", ["", LABELS[-1][3:]])
def test_a_figure_that_the_page_cuts_is_refused(label: str) -> None:
    rest = [[label, "1", *[""] * 6]]
    pages = [Sheet(WHOLE, closing_rule=False).draw, Sheet(rest).draw]
    for reader in (read, lambda content: read_pdf(document_of("r.pdf", content))):
        with pytest.raises(UnreadableDocument, match="rest of a row"):
            reader(pdf(*pages))


def test_several_tables_on_one_page() -> None:
    def page(canvas: Canvas) -> None:
        Sheet(WHOLE[:12], top=800).draw(canvas)
        write(canvas, 60, 560, LABELS[0])
        Sheet([HEADER, *WHOLE[12:]], top=500).draw(canvas)

    reading = read(pdf(page))
    assert texts_of(reading) == [WHOLE[:12], [HEADER, *WHOLE[12:]]]
    assert isinstance(reading.blocks[1], Paragraph)


def test_tables_side_by_side() -> None:
    def page(canvas: Canvas) -> None:
        Sheet(WHOLE, widths=(200.0, *(31.0,) * 7)).draw(canvas)
        Sheet([["1", "2"]] * 5, widths=(30, 30), left=500).draw(canvas)

    assert len(texts_of(read(pdf(page)))) == 2


def test_a_frame_around_the_page_is_no_table() -> None:
    def page(canvas: Canvas) -> None:
        canvas.rect(30, 20, WIDTH - 60, HEIGHT - 40)
        write(canvas, 60, 812, LABELS[0])
        Sheet(WHOLE).draw(canvas)

    reading = read(pdf(page))
    assert texts_of(reading) == [WHOLE]
    assert isinstance(reading.blocks[0], Paragraph)


def test_merged_cells_and_letter_spaced_labels() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setLineWidth(0.5)
        for y in (800, 700):
            canvas.line(60, y, 400, y)
        for y in (750,):
            canvas.line(90, y, 400, y)
        for x in (60, 90, 300, 400):
            canvas.line(x, 700, x, 800)
        for i, character in enumerate(FORM.groups[0].label):
            write(canvas, 70, 790 - 12 * i, character)
        write(canvas, 95, 770, LABELS[5])
        write(canvas, 350, 770, "1,234")
        write(canvas, 95, 720, LABELS[6])
        write(canvas, 350, 720, "0")

    (grid,) = [b for b in read(pdf(page)).blocks if isinstance(b, Grid)]
    group, *cells = (
        grid.cells
        if grid.cells[0].column == 0
        else sorted(grid.cells, key=lambda c: (c.column, c.row))
    )
    assert group.text.replace("\n", "") == FORM.groups[0].label
    assert (group.row, group.column, group.row_span) == (0, 0, 2)
    assert {c.text for c in cells} == {LABELS[5], LABELS[6], "1,234", "0"}


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_page_is_read_as_it_is_seen(quarters: int) -> None:
    # The canvas gives a page that is shown on its side a sheet that lies on its side.
    wide, high = (HEIGHT, WIDTH) if quarters % 2 else (WIDTH, HEIGHT)
    sheet = Sheet(WHOLE, top=HEIGHT - 20)

    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(90 * quarters)
        canvas.transform(
            *{
                1: (0, 1, -1, 0, wide, 0),
                2: (-1, 0, 0, -1, wide, high),
                3: (0, -1, 1, 0, 0, high),
            }[quarters]
        )
        sheet.draw(canvas)

    reading = read(pdf(page))
    assert texts_of(reading) == [WHOLE]
    (grid,) = [b for b in reading.blocks if isinstance(b, Grid)]
    first = grid.cells[0].place.box
    assert first is not None
    assert first == pytest.approx((60, 20, 260, 37), abs=1)
    assert all(c.place.box and c.place.box[2] <= WIDTH for c in grid.cells)


def test_a_table_that_lies_sideways_is_refused() -> None:
    def page(canvas: Canvas) -> None:
        canvas.transform(0, 1, -1, 0, WIDTH, 0)
        Sheet(WHOLE, top=500).draw(canvas)

    with pytest.raises(UnreadableDocument):
        read(pdf(page))


@pytest.mark.parametrize("hidden", [1.0, 0.98])
def test_a_white_rule_never_makes_another_figure(hidden: float) -> None:
    """It may split a cell; the figure stays whole."""

    def page(canvas: Canvas) -> None:
        Sheet(WHOLE).draw(canvas)
        canvas.setStrokeGray(hidden)
        canvas.line(60, 700, 505, 700)

    try:
        (rows,) = texts_of(read(pdf(page)))
    except UnreadableDocument:
        return
    figures = [[text for text in row[1:] if text] for row in rows]
    assert [row for row in figures if row] == [list(row[1:]) for row in WHOLE]


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        (Sheet(WHOLE, missing_down=frozenset({3})), "several figures in a cell"),
        (Sheet(WHOLE, missing_across=frozenset({5})), "figures below one another|lie over"),
        (Sheet(WHOLE, missing_down=frozenset(range(9))), "in no ruled table"),
        (Sheet(WHOLE, missing_across=frozenset(range(26))), "below one another"),
    ],
)
def test_cells_that_no_rule_parts_are_refused(sheet: Sheet, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        read(pdf(sheet.draw))


def test_figures_over_one_another_are_refused() -> None:
    def page(canvas: Canvas) -> None:
        Sheet(WHOLE).draw(canvas)
        write(canvas, 264, 771.5, "8")

    with pytest.raises(UnreadableDocument, match=r"over one another|several figures"):
        read(pdf(page))


def test_a_figure_beside_the_table_is_refused() -> None:
    def page(canvas: Canvas) -> None:
        Sheet(WHOLE).draw(canvas)
        write(canvas, 520, 771, "8")

    with pytest.raises(UnreadableDocument, match="in no cell"):
        read(pdf(page))


def test_a_rule_that_ends_inside_a_cell_is_refused() -> None:
    def page(canvas: Canvas) -> None:
        Sheet(WHOLE).draw(canvas)
        canvas.line(100, 783, 100, 775)

    with pytest.raises(UnreadableDocument, match="ends inside a cell"):
        read(pdf(page))


def test_a_font_without_unicode_is_no_usable_text() -> None:
    content = pdf(Sheet(WHOLE).draw, pageCompression=0)
    blind = content.replace(b"/ToUnicode", b"/ToNothing")
    assert blind != content
    with pytest.raises(UnreadableDocument, match="font without Unicode"):
        read(blind)


def test_a_scan_has_no_usable_text() -> None:
    with pytest.raises(UnreadableDocument, match="no text layer"):
        read(pdf(lambda canvas: canvas.rect(50, 50, 200, 200)))


def test_prose_alone_is_not_for_this_reader() -> None:
    def page(canvas: Canvas) -> None:
        for i, label in enumerate(LABELS):
            write(canvas, 60, 800 - 20 * i, label)

    with pytest.raises(UnreadableDocument, match="no ruled table"):
        read(pdf(page))


def test_an_encrypted_pdf_says_so() -> None:
    with pytest.raises(UnreadableDocument, match="password"):
        read(pdf(Sheet(WHOLE).draw, encrypt="secret"))


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = StandardEncryption("", ownerPassword="owner", canPrint=0)
    assert texts_of(read(pdf(Sheet(WHOLE).draw, encrypt=locked))) == [WHOLE]


def test_too_many_pages_are_refused() -> None:
    content = pdf(*[Sheet(WHOLE).draw] * 4)
    assert len(texts_of(read(content, max_pages=4))) == 4
    with pytest.raises(UnreadableDocument, match="4 pages, more than 3"):
        read(content, max_pages=3)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\nrubbish\n%%EOF", b"%PDF-1.7\n%%EOF", b"%PDF-1.4\n1 0 obj\n<<>>\n%%EOF"]
)
def test_a_damaged_pdf_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        read(content)
    assert "\n" not in str(refusal.value)


def test_a_truncated_pdf_is_refused() -> None:
    content = pdf(Sheet(WHOLE).draw)
    with pytest.raises(UnreadableDocument, match="truncated"):
        read(content[: len(content) // 2])


def test_mutated_bytes_never_crash() -> None:
    content = pdf(Sheet(WHOLE).draw)
    rng = random.Random(11)
    for _ in range(150):
        mutated = bytearray(content)
        for _ in range(rng.randint(1, 30)):
            mutated[rng.randrange(8, len(mutated))] = rng.randrange(256)
        try:
            reading = read(bytes(mutated))
        except UnreadableDocument as refusal:
            assert "\n" not in str(refusal)
        else:
            assert reading.blocks


def test_a_page_with_more_than_any_report_is_refused() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 1)
        for _ in range(60_000):
            canvas.drawString(10, 10, "0")

    content = pdf(page, pageCompression=1)
    for reader in (read, lambda c: read_pdf(document_of("r.pdf", c))):
        with pytest.raises(UnreadableDocument, match="over 50000 objects"):
            reader(content)


def test_a_broken_cross_reference_table_is_mended() -> None:
    content = pdf(Sheet(WHOLE).draw)
    assert texts_of(read(content.replace(b"xref\n0 ", b"xzef\n0 "))) == [WHOLE]


def test_a_figure_broken_because_its_cell_is_full_is_one() -> None:
    """With the padding of a word processor: three digits and no room for the fourth."""

    rows = [[LABELS[0], ""], [LABELS[1], "7"]]
    narrow = Sheet(rows, widths=(200.0, 17.0), height=20, top=300)

    def broken(canvas: Canvas) -> None:
        narrow.draw(canvas)
        write(canvas, 263, 292, "178")
        write(canvas, 263, 284, "8")

    assert texts_of(read(pdf(broken))) == [[[LABELS[0], "1788"], [LABELS[1], "7"]]]


def test_two_figures_below_one_another_are_refused() -> None:
    rows = [[LABELS[0], ""], [LABELS[1], "7"]]

    def page(canvas: Canvas) -> None:
        Sheet(rows, widths=(200.0, 35.0), height=20, top=300).draw(canvas)
        write(canvas, 263, 292, "178")
        write(canvas, 263, 284, "8")

    with pytest.raises(UnreadableDocument, match="below one another"):
        read(pdf(page))


def test_properties_are_kept_in_lower_case() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setTitle("A title")
        canvas.setAuthor(LABELS[0])
        Sheet(WHOLE).draw(canvas)

    metadata = read(pdf(page)).metadata
    assert metadata["title"] == "A title"
    assert metadata["author"] == LABELS[0]


def test_a_sheet_can_be_replaced() -> None:
    """The helper itself: another sheet gives other texts."""
    other = replace(Sheet(WHOLE), rows=[HEADER, *reversed(ROWS)])
    assert texts_of(read(pdf(other.draw))) == [[HEADER, *reversed(ROWS)]]
