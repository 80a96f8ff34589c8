"""The walk: every document gets an outcome, and a refusal asks the next reader."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import process
from pipelines.domain import Document, OutcomeKind, Reading, UnreadableDocument, sha256_of
from pipelines.process import DocumentRef, parser_version, process_batch, process_document
from pipelines.read import readers_of

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
        (b"PK\x03\x04....", OutcomeKind.FAILED, "no reader for application/zip"),
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


def test_a_batch_keeps_its_order(tmp_path: Path) -> None:
    refs = []
    for name in ("b", "a", "c"):
        (tmp_path / name).write_text(f"{name} 不是报告", encoding="utf-8")
        content = (tmp_path / name).read_bytes()
        refs.append(DocumentRef(name, sha256_of(content), str(tmp_path / name)))
    assert [o.path for o in process_batch(refs)] == ["b", "a", "c"]


def test_the_parser_version_is_the_same_in_another_process() -> None:
    code = "from pipelines.process import parser_version; print(parser_version())"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert printed.stdout.strip() == parser_version()


def test_what_is_sent_to_workers_imports_neither_dagster_nor_great_expectations() -> None:
    code = (
        "import sys, pipelines.process; "
        "print([m for m in ('dagster', 'great_expectations') if m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert printed.stdout.strip() == "[]"
