"""The quick PDF reader on whole reports: what was printed, or refused; and which of its two ways
answers."""

import io
import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from pipelines.domain import (
    Cell,
    Fact,
    Finding,
    Grid,
    Kind,
    Reading,
    State,
    UnreadableDocument,
)
from pipelines.forms import load_forms
from pipelines.normalize import normalize
from pipelines.read import document_of
from pipelines.read.pdf.careful import read_pdf
from pipelines.read.pdf.quick import GRID, STREAM, read_pdfium
from pipelines.recognize import recognize
from tests.simulate import (
    Habits,
    SimulatedReport,
    generate,
    load_agencies,
    load_words,
    render,
)
from tests.simulate import pdf_pages as simulated_pages
from tests.simulate.layout import LaidCell, LaidTable, Part, lay_out

FORMS = load_forms()
AGENCIES = sorted(load_agencies().values(), key=lambda a: a.agency_id)
LOST = (State.ABSENT, State.UNREADABLE)
REAL = Path(__file__).parents[3] / "../shared/cases/files/hongze_2024_pdf.pdf"
Facts = dict[tuple[str, str, str], Fact]


def a_report(seed: int, habits: Habits | None = None) -> SimulatedReport:
    rng = random.Random(seed)
    drawn = Habits.draw(rng, titles=list(load_words().titles), marks=FORMS.lexicon.not_applicable)
    return generate(
        rng,
        vintage=rng.choice(list(FORMS.vintages)),
        agency=rng.choice(AGENCIES),
        year=rng.randint(2019, 2024),
        habits=habits or drawn,
    )


def careful(seed: int = 3) -> SimulatedReport:
    return a_report(seed, Habits())


def facts_of(reading: Reading) -> tuple[Facts, list[Finding]]:
    report = recognize(reading, FORMS)
    facts, findings = normalize(report, FORMS)
    return {(f.table, f.row, f.column): f for f in facts}, [*report.findings, *findings]


def wrong_cells(report: SimulatedReport, reading: Reading) -> list[str]:
    """Cells that are neither as printed nor told in a finding about their row."""
    facts, findings = facts_of(reading)
    about = {(f.table, f.row) for f in findings if f.kind is Kind.READING}
    wrong = []
    for key, printed in report.truth.items():
        fact = facts.get(key)
        if fact is None or fact.state in LOST:
            if not about & {(key[0], None), key[:2]}:
                wrong.append(f"{key} is lost without a finding")
            continue
        same_unit = printed.value is None or fact.unit == printed.unit
        if not same_unit or (fact.state, fact.value) != (printed.state, printed.value):
            wrong.append(f"{key}: {printed} was read as {fact}")
    return wrong


def quick(content: bytes) -> Reading:
    return read_pdfium(document_of("r.pdf", content))


def slow(content: bytes) -> Reading:
    return read_pdf(document_of("r.pdf", content))


# -- random habits ----------------------------------------------------------------------------


def test_random_habits_are_read_as_printed_or_refused() -> None:
    refused = []
    for seed in range(30):
        report = a_report(seed)
        try:
            reading = quick(render(report, "pdf"))
        except UnreadableDocument as refusal:
            refused.append(str(refusal))
            continue
        assert wrong_cells(report, reading) == [], report.habits.departures()
    assert len(refused) <= 3, refused


@pytest.mark.parametrize("seed", range(3))
def test_both_readers_give_the_same_figures(seed: int) -> None:
    content = render(a_report(seed), "pdf")
    mine, theirs = facts_of(quick(content))[0], facts_of(slow(content))[0]
    assert {k: (f.state, f.value, f.unit, f.raw) for k, f in mine.items()} == {
        k: (f.state, f.value, f.unit, f.raw) for k, f in theirs.items()
    }


@pytest.mark.full
@pytest.mark.parametrize("first", range(1000, 2000, 100))
def test_many_random_habits(first: int) -> None:
    for seed in range(first, first + 100):
        report = a_report(seed)
        try:
            reading = quick(render(report, "pdf"))
        except UnreadableDocument:
            continue
        assert wrong_cells(report, reading) == [], (seed, report.habits.departures())


@pytest.mark.parametrize(
    "habits",
    [
        Habits(closing_rule=False),
        Habits(open_sides=True),
        Habits(closing_rule=False, open_sides=True),
        Habits(vertical="spaced"),
        Habits(repeat_header=True, repeat_group_labels=True),
        Habits(zeros="blank"),
        Habits(zeros="mark", mark="-"),
        Habits(zeros="mark", mark="--"),
        Habits(thousands=True, changes="words", amounts="yuan"),
        Habits(full_width_digits=True),
        Habits(header_off_columns=True, broken_headers=True),
        Habits(reviews_under_problems=True, prose_before_table=True),
    ],
)
def test_each_habit_alone_is_read(habits: Habits) -> None:
    for seed in range(2):
        report = a_report(seed, habits)
        reading = quick(render(report, "pdf"))
        assert wrong_cells(report, reading) == []
        assert not [f for f in facts_of(reading)[0].values() if f.state in LOST]


@pytest.mark.skipif(not REAL.exists(), reason="the shared cases are not here")
def test_a_real_report_is_read_by_its_stream() -> None:
    content = REAL.read_bytes()
    reading = quick(content)
    assert reading.read_by == STREAM
    mine, theirs = facts_of(reading)[0], facts_of(slow(content))[0]
    assert {k: (f.state, f.value) for k, f in mine.items()} == {
        k: (f.state, f.value) for k, f in theirs.items()
    }


# -- the stream -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_a_careful_author_is_read_by_the_stream(seed: int) -> None:
    report = careful(seed)
    reading = quick(render(report, "pdf"))
    assert reading.read_by == STREAM
    assert wrong_cells(report, reading) == []
    facts, findings = facts_of(reading)
    assert all(f.state is State.REPORTED for f in facts.values())
    assert not [f for f in findings if f.kind is Kind.READING]
    assert all(f.place is not None and f.place.page and f.place.box for f in facts.values())


def test_the_stream_tells_the_places_that_the_rules_tell() -> None:
    """A figure's own box lies within its cell's."""
    content = render(careful(), "pdf")
    by_stream, by_rules = facts_of(quick(content))[0], facts_of(slow(content))[0]
    for key, fact in by_stream.items():
        mine, theirs = fact.place, by_rules[key].place
        assert mine is not None
        assert theirs is not None
        assert mine.box is not None
        assert theirs.box is not None
        assert mine.page == theirs.page
        assert theirs.box[0] - 1 <= mine.box[0] < mine.box[2] <= theirs.box[2] + 1
        assert theirs.box[1] - 1 <= mine.box[1] < mine.box[3] <= theirs.box[3] + 1


def test_blocks_stand_in_the_order_of_the_pages() -> None:
    blocks = quick(render(careful(), "pdf")).blocks
    places = [(b.cells[0].place if isinstance(b, Grid) else b.place) for b in blocks]
    tops = [(p.page or 0, p.box[1] if p.box else 0.0) for p in places]
    assert tops == sorted(tops)


def test_the_grids_of_the_stream_have_no_two_cells_in_one_slot() -> None:
    for seed in range(4):
        for block in quick(render(careful(seed), "pdf")).blocks:
            if isinstance(block, Grid):
                slots = [slot for cell in block.cells for slot in _slots(cell)]
                assert len(slots) == len(set(slots))


def _slots(cell: Cell) -> list[tuple[int, int]]:
    return [
        (cell.row + i, cell.column + j)
        for i in range(cell.row_span)
        for j in range(cell.column_span)
    ]


Change = Callable[[LaidTable], LaidTable]


def rendered(monkeypatch: pytest.MonkeyPatch, name: str, change: Change) -> bytes:
    """A careful author's report in which that table is laid out otherwise."""

    def changed(*arguments: object, **options: object) -> list[Part]:
        parts = lay_out(*arguments, **options)  # type: ignore[arg-type]
        return [change(p) if isinstance(p, LaidTable) and p.table == name else p for p in parts]

    with monkeypatch.context() as patch:
        patch.setattr(simulated_pages, "lay_out", changed)
        return render(careful(), "pdf")


def with_text(row: int, column: int, text: Callable[[str], str]) -> Change:
    def change(table: LaidTable) -> LaidTable:
        rows = [list(cells) for cells in table.rows]
        cell = rows[row][column]
        rows[row][column] = replace(cell, text=text(cell.text or ""))
        return replace(table, rows=tuple(map(tuple, rows)))

    return change


def swapped(row: int, one: int, other: int) -> Change:
    def change(table: LaidTable) -> LaidTable:
        rows = [list(cells) for cells in table.rows]
        rows[row][one], rows[row][other] = rows[row][other], rows[row][one]
        return replace(table, rows=tuple(map(tuple, rows)))

    return change


def with_row_below(table: LaidTable) -> LaidTable:
    """One more row, which the form does not have."""
    last = table.rows[-1]
    more = (replace(last[0], text=last[0].text and last[0].text[2:4]), *last[1:])
    return replace(table, rows=(*table.rows, more), codes=(*table.codes, None))


def swapped_rows(one: int, other: int) -> Change:
    def change(table: LaidTable) -> LaidTable:
        rows: list[tuple[LaidCell, ...]] = list(table.rows)
        rows[one], rows[other] = rows[other], rows[one]
        return replace(table, rows=tuple(rows))

    return change


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("requests", with_text(4, 2, lambda text: "")),
        ("requests", with_text(4, 2, lambda text: "/")),
        ("requests", with_text(4, 2, lambda text: text + "7")),
        ("requests", with_text(4, 2, lambda text: text + " 0")),
        ("requests", with_text(4, 0, lambda text: text[::-1])),
        ("requests", swapped(2, 0, 1)),
        ("requests", swapped(1, 0, 2)),
        ("requests", swapped_rows(3, 4)),
        ("requests", with_text(-1, -1, lambda text: text + ".5")),
        ("requests", with_row_below),
        ("reviews", with_text(3, 7, lambda text: "")),
        ("reviews", with_text(3, 4, lambda text: text + "1")),
        ("reviews", swapped(2, 0, 1)),
        ("reviews", swapped(1, 5, 6)),
        ("proactive_disclosure", with_text(2, 1, lambda text: "")),
        ("proactive_disclosure", with_text(-1, -1, lambda text: text + "元")),
        ("proactive_disclosure", with_text(-1, -1, lambda text: text + " 万元")),
        ("proactive_disclosure", swapped(1, 1, 2)),
    ],
    ids=[
        "blank",
        "mark",
        "identity broken",
        "one more figure",
        "odd label",
        "applicants swapped",
        "applicant and total swapped",
        "rows swapped",
        "no whole number",
        "one more row",
        "blank review",
        "review identity broken",
        "outcomes swapped",
        "channels swapped",
        "blank item",
        "unit behind the last figure",
        "unit apart from the last figure",
        "measures swapped",
    ],
)
def test_the_stream_refuses_what_the_form_does_not_say(
    monkeypatch: pytest.MonkeyPatch, name: str, change: Change
) -> None:
    content = rendered(monkeypatch, name, change)
    try:
        reading = quick(content)
    except UnreadableDocument:
        return
    assert reading.read_by == GRID


def test_swapped_columns_are_read_under_their_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums cannot see it; the header can."""
    content = rendered(monkeypatch, "requests", swapped(2, 0, 1))
    mine, theirs = facts_of(quick(content))[0], facts_of(slow(content))[0]
    assert {k: (f.state, f.value) for k, f in mine.items()} == {
        k: (f.state, f.value) for k, f in theirs.items()
    }
    truth = careful().truth["requests", "received", "commercial_enterprise"]
    assert mine["requests", "received", "research_institution"].value == truth.value


def test_an_unchanged_layout_is_read_by_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the changes above are what is refused."""
    content = rendered(monkeypatch, "requests", lambda table: table)
    assert quick(content).read_by == STREAM


# -- what is not seen -------------------------------------------------------------------------


def redrawn(content: bytes, change: Callable[[pdfium.PdfObject], None]) -> bytes:
    """The PDF with that change made to every text on its second page that is a figure."""
    pdf = pdfium.PdfDocument(content)
    page = pdf[1]
    texts = page.get_textpage()
    for item in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_TEXT], textpage=texts):
        if item.extract().strip().isdigit():
            change(item)
    page.gen_content()
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def hide(item: pdfium.PdfObject) -> None:
    assert pdfium.raw.FPDFTextObj_SetTextRenderMode(item, pdfium.raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def whiten(item: pdfium.PdfObject) -> None:
    assert pdfium.raw.FPDFPageObj_SetFillColor(item, 255, 255, 255, 255)


@pytest.mark.parametrize("change", [hide, whiten])
def test_figures_that_are_not_seen_are_refused_by_both(
    change: Callable[[pdfium.PdfObject], None],
) -> None:
    content = render(careful(), "pdf")
    assert quick(redrawn(content, lambda item: None)).read_by == STREAM
    for reader in (quick, slow):
        with pytest.raises(UnreadableDocument, match="not to be seen"):
            reader(redrawn(content, change))


@pytest.mark.parametrize("shift", [(0, 17.5), (0, -17.5), (37.2, 0), (-37.2, 0)])
def test_figures_beside_other_labels_are_not_for_the_stream(shift: tuple[float, float]) -> None:
    """What is written in the order of the form, but stands a row or a column off."""

    def move(item: pdfium.PdfObject) -> None:
        pdfium.raw.FPDFPageObj_Transform(item, 1, 0, 0, 1, *shift)

    try:
        reading = quick(redrawn(render(careful(), "pdf"), move))
    except UnreadableDocument:
        return
    assert reading.read_by == GRID


def test_a_figure_in_pieces_is_read_unless_one_is_struck_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = in_pieces(monkeypatch, strike=False)
    assert quick(content).read_by == STREAM
    assert wrong_cells(careful(), quick(content)) == []
    struck = in_pieces(monkeypatch, strike=True)
    for reader in (quick, slow):
        with pytest.raises(UnreadableDocument, match="struck out"):
            reader(struck)


def in_pieces(monkeypatch: pytest.MonkeyPatch, *, strike: bool) -> bytes:
    """A report whose figures of several digits are written digit by digit."""
    whole = simulated_pages._Pages._text

    def text(self: Any, text: str, x: float, y: float, size: float, *bold: bool) -> None:
        if not text.isdigit() or len(text) == 1:
            whole(self, text, x, y, size, *bold)
            return
        for digit in text:
            whole(self, digit, x, y, size)
            x += simulated_pages._width(digit, size)
        if strike:
            self.canvas.line(x - size / 2, y + 0.33 * size, x, y + 0.33 * size)

    with monkeypatch.context() as patch:
        patch.setattr(simulated_pages._Pages, "_text", text)
        return render(careful(), "pdf")


# -- figures in two pieces --------------------------------------------------------------------


def test_a_blank_beside_a_figure_in_two_pieces_is_no_whole_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many tokens as columns, and still a blank."""

    def change(table: LaidTable) -> LaidTable:
        rows = [list(cells) for cells in table.rows]
        for row in rows[2:4]:
            row[1], row[2] = replace(row[1], text=""), replace(row[2], text="1 234")
        return replace(table, rows=tuple(map(tuple, rows)))

    content = rendered(monkeypatch, "proactive_disclosure", change)
    try:
        reading = quick(content)
    except UnreadableDocument:
        return
    assert reading.read_by == GRID


# -- other producers --------------------------------------------------------------------------


def printed(program: str, page: Path, folder: Path) -> bytes:
    target = folder / f"{page.stem}.pdf"
    commands = {
        "chromium": [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            str(page),
        ],
        "soffice": [
            "--headless",
            f"-env:UserInstallation=file://{folder}/profile",
            "--infilter=HTML (StarWriter)",
            "--convert-to",
            "pdf:writer_pdf_Export",
            "--outdir",
            str(folder),
            str(page),
        ],
    }
    command = [program, *commands[program]]
    subprocess.run(command, check=True, capture_output=True, timeout=90)
    return target.read_bytes()


@pytest.mark.full
@pytest.mark.parametrize("program", ["chromium", "soffice"])
def test_what_browsers_and_word_processors_print(program: str, tmp_path: Path) -> None:
    """Browsers cut tables without closing them, word processors cut rows."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    for seed in range(6):
        report = a_report(seed) if seed % 2 else careful(seed)
        page = tmp_path / f"{seed}.html"
        # A page says its encoding itself; the reader of the page is not on trial here.
        honest = replace(report.habits, encoding="utf-8", declared_encoding=None)
        page.write_bytes(render(report, "html", honest))
        reading = quick(printed(program, page, tmp_path))
        assert wrong_cells(report, reading) == []
