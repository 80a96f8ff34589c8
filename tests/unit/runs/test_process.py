"""The walk: every document gets an outcome, and a refusal asks the next reader."""

import base64
import importlib.util
import io
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipelines.domain import (
    Cell,
    Document,
    Grid,
    OutcomeKind,
    Place,
    Reading,
    Severity,
    State,
    UnreadableDocument,
    sha256_of,
)
from pipelines.read import Reader, readers_of
from pipelines.runs import process
from pipelines.runs.process import is_audited, parser_version, process_document
from tests.simulate import generate, load_agencies, render

LISTING = "".join(
    f"<li><a href='{y}.html'>甲县教育局{y}年政府信息公开工作年度报告</a></li>"
    for y in range(2015, 2024)
)


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"", OutcomeKind.FAILED, "empty"),
        (b"  \n", OutcomeKind.FAILED, "empty"),
        (bytes(range(256)) * 9, OutcomeKind.FAILED, "neither text nor"),
        (b"%PDF-1.7 cut off here", OutcomeKind.FAILED, "truncated"),
        (b"PK\x03\x04....", OutcomeKind.FAILED, "the ZIP is damaged"),
        (f"<ul>{LISTING}</ul>".encode(), OutcomeKind.NOT_A_REPORT, "looks like a listing"),
        (
            "<html><body><p>天气预报</p></body></html>".encode(),
            OutcomeKind.NOT_A_REPORT,
            "no title",
        ),
        (
            "文字解读：甲县教育局2021年政府信息公开工作年度报告\n一、总体情况\n".encode(),
            OutcomeKind.NOT_A_REPORT,
            "says what it is",
        ),
    ],
)
def test_bad_documents_get_an_outcome_with_a_reason(
    content: bytes, kind: OutcomeKind, said: str
) -> None:
    outcome = process_document("x", content)
    assert outcome.kind is kind
    assert outcome.reason is not None
    assert said in outcome.reason
    assert "\n" not in outcome.reason
    assert outcome.document_sha256 == sha256_of(content)
    assert outcome.bytes == len(content)
    assert outcome.facts == ()


@given(st.binary(max_size=600))
@settings(deadline=None)
def test_no_bytes_raise(content: bytes) -> None:
    assert process_document("x", content).kind is not OutcomeKind.REPORT


@given(st.text(max_size=300), st.sampled_from(["", "<table><tr><td>", "一、总体情况\t"]))
@settings(deadline=None)
def test_no_text_raises(text: str, before: str) -> None:
    process_document("x", (before + text).encode("utf-8", errors="replace"))


def test_an_unforeseen_fault_is_a_failed_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(reading: Reading, forms: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(process, "recognize", faulty)
    outcome = process_document("x", "规章\t0\n".encode())
    assert outcome.kind is OutcomeKind.FAILED
    assert outcome.reason == "RecursionError while reading: too deep"


def test_the_next_reader_is_asked_where_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refusing(document: Document) -> Reading:
        asked.append("quick")
        raise UnreadableDocument("not sure")

    def careful(document: Document) -> Reading:
        asked.append("careful")
        return readers_of(document)[0](document)

    monkeypatch.setattr(process, "readers_of", lambda document: (refusing, careful))
    process_document("x", "规章\t0\n".encode())
    assert asked == ["quick", "careful"]


def test_where_all_refuse_each_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(why: str) -> Reader:
        def reader(document: Document) -> Reading:
            raise UnreadableDocument(why)

        return reader

    readers = (refusing("no text"), refusing("no rules"), refusing("no text"))
    monkeypatch.setattr(process, "readers_of", lambda document: readers)
    assert process_document("x", b"text").reason == "no text; no rules"


def test_a_reader_that_understood_is_believed_before_one_that_could_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refusing(document: Document) -> Reading:
        raise UnreadableDocument("no rules")

    monkeypatch.setattr(process, "readers_of", lambda document: (*readers_of(document), refusing))
    outcome = process_document("x", "天气预报\n".encode())
    assert outcome.kind is OutcomeKind.NOT_A_REPORT


def page(seed: int = 3) -> bytes:
    agency = min(load_agencies().values(), key=lambda a: a.agency_id)
    report = generate(random.Random(seed), vintage="2021", agency=agency, year=2022)
    return render(report, "html")


def reader_that(change: Callable[[Cell], Cell], asked: list[str], name: str) -> Reader:
    """A reader of HTML that reads other cells than are printed."""

    def reader(document: Document) -> Reading:
        asked.append(name)
        reading = readers_of(document)[0](document)
        blocks = tuple(
            replace(block, cells=tuple(map(change, block.cells)))
            if isinstance(block, Grid)
            else block
            for block in reading.blocks
        )
        return Reading(blocks, name, reading.metadata)

    return reader


def as_printed(cell: Cell) -> Cell:
    return cell


def one_more(cell: Cell) -> Cell:
    """Another reader's figures: each is one more than printed, where it is above 5."""
    return cell._replace(text=str(int(cell.text) + 1)) if is_larger(cell.text) else cell


def is_larger(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdigit() and int(text) > 5


def test_a_sure_reader_is_the_last_one_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    readers = tuple(reader_that(as_printed, asked, name) for name in ("quick", "careful"))
    monkeypatch.setattr(process, "readers_of", lambda document: readers)
    outcome = process_document("x", page())
    assert (asked, outcome.read_by) == (["quick"], "quick")


def test_a_document_of_the_sample_is_read_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    readers = tuple(reader_that(as_printed, asked, name) for name in ("quick", "careful"))
    monkeypatch.setattr(process, "readers_of", lambda document: readers)
    outcome = process_document("x", page(), audited=True)
    assert (asked, outcome.read_by) == (["quick", "careful"], "quick")
    assert not any(f.rule == "readers_differ" for f in outcome.findings)


def test_what_two_readers_read_differently_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    readers = (reader_that(one_more, asked, "quick"), reader_that(as_printed, asked, "careful"))
    truth = process_document("x", page())
    larger = {(f.table, f.row, f.column): f for f in truth.facts if is_larger(f.raw)}
    assert larger
    monkeypatch.setattr(process, "readers_of", lambda document: readers)
    outcome = process_document("x", page(), audited=True)
    findings = {
        (f.table, f.row, f.column): f for f in outcome.findings if f.rule == "readers_differ"
    }
    assert set(findings) == set(larger)
    for key, fact in larger.items():
        assert findings[key].severity is Severity.ERROR
        assert {findings[key].left, findings[key].right} == {fact.value, (fact.value or 0) + 1}
    for fact in outcome.facts:
        withheld = (fact.table, fact.row, fact.column) in larger
        assert (fact.state is State.UNREADABLE and fact.value is None) == withheld


def test_a_doubtful_reading_asks_the_next_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def smudged(cell: Cell) -> Cell:
        return cell._replace(text="1O") if cell.text == "10" else cell

    content = page().replace(b">0<", b">10<", 1)
    asked: list[str] = []
    readers = (reader_that(smudged, asked, "quick"), reader_that(as_printed, asked, "careful"))
    monkeypatch.setattr(process, "readers_of", lambda document: readers)
    outcome = process_document("x", content)
    assert (asked, outcome.read_by) == (["quick", "careful"], "careful")


def test_what_two_readers_read_alike_is_no_slip_of_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = process_document("x", page()).facts
    (total,) = [f for f in rows if (f.row, f.column) == ("total_processed", "total")]
    assert total.place is not None and total.raw is not None and len(total.raw) > 1
    spoilt = total.place.path

    def on_paper(cell: Cell) -> Cell:
        text = cell.text[:-1] if cell.place.path == spoilt else cell.text
        return cell._replace(text=text, place=Place(page=1))

    asked: list[str] = []
    alone = (reader_that(on_paper, asked, "quick"),)
    monkeypatch.setattr(process, "readers_of", lambda document: alone)
    (suspected,) = [
        f for f in process_document("x", page()).findings if f.rule == "reading_slip_suspected"
    ]
    assert (suspected.row, suspected.column) == ("total_processed", "total")
    assert suspected.right == total.value

    both = (*alone, reader_that(on_paper, asked, "careful"))
    monkeypatch.setattr(process, "readers_of", lambda document: both)
    outcome = process_document("x", page())
    assert asked == ["quick", "quick", "careful"]
    assert "reading_slip_suspected" not in {f.rule for f in outcome.findings}


def test_every_nth_document_is_in_the_sample() -> None:
    names = [sha256_of(str(i).encode()) for i in range(4000)]
    assert 150 < sum(is_audited(name, 20) for name in names) < 250
    assert all(is_audited(name, 1) for name in names)
    assert not any(is_audited(name, 0) for name in names)


def test_the_parser_version_is_the_same_in_another_process() -> None:
    code = "from pipelines.runs.process import parser_version; print(parser_version())"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert printed.stdout.strip() == parser_version()


def test_what_is_sent_to_workers_imports_neither_dagster_nor_great_expectations() -> None:
    code = (
        "import sys, pipelines.runs.process; "
        "print([m for m in ('dagster', 'great_expectations') if m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert printed.stdout.strip() == "[]"


def _without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else find(name)
    )


def _page_picture() -> bytes:
    file = io.BytesIO()
    Image.new("L", (1200, 1600), 255).save(file, "PNG")
    return file.getvalue()


INSTALL_OCR = "uv pip install 'ogi-warehouse[ocr]'"


def test_scan_without_ocr_fails_and_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_ocr(monkeypatch)
    outcome = process_document("scan.png", _page_picture())
    assert outcome.kind is OutcomeKind.FAILED
    assert INSTALL_OCR in (outcome.reason or "")


def test_page_of_pictures_without_ocr_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = base64.b64encode(_page_picture()).decode()
    page = (
        "<html><body><h1>甲县教育局2021年政府信息公开工作年度报告</h1>"
        f'<img src="data:image/png;base64,{picture}"></body></html>'
    ).encode()
    assert INSTALL_OCR not in (process_document("page.html", page).reason or "")
    _without_ocr(monkeypatch)
    outcome = process_document("page.html", page)
    assert outcome.kind is OutcomeKind.NOT_A_REPORT
    assert outcome.reason is not None
    assert "no statutory table" in outcome.reason
    assert INSTALL_OCR in outcome.reason
