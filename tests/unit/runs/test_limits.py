"""A document may take so much time and memory; over that it fails with the reason, alone."""

import importlib
import os
import signal
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from pipelines.domain import Document, Outcome, OutcomeKind, UnreadableDocument, sha256_of
from pipelines.read import Converted
from pipelines.runs import process, workers
from pipelines.runs.process import DocumentRef, process_document
from pipelines.runs.workers import (
    ExecutionError,
    Limits,
    executor,
    limits_of,
    map_batches,
    process_within,
    read_again_within,
    within,
)
from pipelines.settings import Settings
from tests.unit.runs.processes_for_tests import is_running, start_parent, wait_for

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "data" / "samples" / "reports"
# Room for what pytest itself holds when the reader is forked from it.
LIMITS = Limits(seconds=4, megabytes=4096)
TOO_LONG = "13: took longer than the limit of 4 seconds (OGI_MAX_DOCUMENT_SECONDS)"


def tight_memory() -> Limits:
    """Room for half a gigabyte beside what this process, which is forked, holds already."""
    status = Path("/proc/self/status").read_text()
    (held,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmData"))
    return Limits(seconds=60, megabytes=512 + int(held) // 1024)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(HERE))
    return importlib.import_module("work_for_tests")


@pytest.mark.parametrize("name", ["sleep_at_13", "backtrack_at_13", "spin_at_13", "deaf_at_13"])
def test_what_takes_too_long_is_ended_and_fails_alone(work: ModuleType, name: str) -> None:
    assert within(LIMITS, getattr(work, name), [1, 13, 2], work.failed) == [2, TOO_LONG, 4]


@pytest.mark.parametrize("name", ["allocate_at_13", "answer_at_13_without_end"])
def test_what_needs_too_much_memory_fails_alone(work: ModuleType, name: str) -> None:
    limits = tight_memory()
    too_large = f"limit of {limits.megabytes:,} MB (OGI_MAX_WORKER_MEGABYTES)"
    one, told, two = within(limits, getattr(work, name), [1, 13, 2], work.failed)
    assert (one, two) == (2, 4)
    assert told == f"13: needed more memory than the {too_large}"


def test_what_kills_its_reader_fails_alone(work: ModuleType) -> None:
    reason = "13: its worker process died while reading it (SIGSEGV)"
    assert within(LIMITS, work.crash_at_13, [1, 13, 2], work.failed) == [2, reason, 4]


def test_no_document_is_blamed_for_what_those_before_it_left(work: ModuleType) -> None:
    limits = tight_memory()
    assert within(limits, work.keep_memory, range(8), work.failed) == [2 * n for n in range(8)]


def test_a_reader_is_used_again_and_replaced_when_it_ended(work: ModuleType) -> None:
    one, same = within(LIMITS, work.reader_pid, [1, 2], work.failed)
    assert one == same != os.getpid()
    within(LIMITS, work.crash_at_13, [13], work.failed)
    (other,) = within(LIMITS, work.reader_pid, [1], work.failed)
    assert other not in (one, os.getpid())
    (stricter,) = within(Limits(2, 512), work.reader_pid, [1], work.failed)
    assert stricter != other


def test_what_is_raised_comes_back(work: ModuleType) -> None:
    with pytest.raises(ValueError, match="unlucky"):
        within(LIMITS, work.raise_at_13, [[13]], work.failed)
    with pytest.raises(RuntimeError, match="PickyError: picky"):
        within(LIMITS, work.raise_picky, [1], work.failed)


def test_what_the_work_has_started_is_ended_too(work: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    within(LIMITS, work.hang_with_a_program, [str(file)], lambda item, _: 0)
    wait_for(lambda: not is_running(int(file.read_text(encoding="utf-8"))))


def test_in_a_pool_the_batch_goes_on_and_no_worker_ends(work: ModuleType, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, workers=2)
    done = map_batches(
        partial(executor, settings),
        partial(within, LIMITS, work.spin_at_13, failure=work.failed),
        [list(range(start, start + 4)) for start in range(0, 32, 4)],
        failure=lambda item, reason: pytest.fail(f"a worker ended at {item}: {reason}"),
        in_flight=3,
    )
    results: list[object] = [item for batch in done for item in batch]
    assert sorted(results, key=str) == sorted(
        [TOO_LONG, *(2 * item for item in range(32) if item != 13)], key=str
    )


def test_where_no_reader_starts_no_document_is_blamed(
    work: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_serve", lambda *_: os._exit(1))
    with pytest.raises(ExecutionError, match="no reader process starts within the limit of 400 MB"):
        within(Limits(1, 400), work.sleep_at_13, [1], work.failed)


def test_a_reader_ends_when_the_run_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "file"
    parent = start_parent(
        tmp_path, "pool.submit(work_for_tests.hang_in_a_reader, [str(file)]).result()"
    )
    reader = int(wait_for(lambda: pid_file.exists() and pid_file.read_text(encoding="utf-8")))
    parent.send_signal(signal.SIGKILL)
    parent.communicate(timeout=10)
    wait_for(lambda: not is_running(reader))


# --- documents ------------------------------------------------------------------------------------


def ref_of(file: Path) -> DocumentRef:
    return DocumentRef(str(file), process_document(str(file), b"").document_sha256, str(file))


def test_documents_are_read_as_without_limits() -> None:
    files = sorted(SAMPLES.iterdir())[:3]
    got = process_within(limits_of(Settings()), [ref_of(file) for file in files], audit_every=0)
    assert got == [process_document(str(file), file.read_bytes()) for file in files]


@pytest.mark.parametrize("reason", ["MemoryError while reading: ", "cannot be read: bad_alloc"])
def test_a_lack_of_memory_that_was_put_into_words_names_the_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reason: str
) -> None:
    def lacking(path: str, content: bytes, *, audited: bool) -> Outcome:
        return Outcome("ab" * 32, path, "text/html", 1, OutcomeKind.FAILED, reason=reason)

    monkeypatch.setattr(workers, "process_document", lacking)
    file = tmp_path / "bomb.html"
    file.write_bytes(b"<html>")
    # Other limits than those of other tests: a reader is forked now, with what was set above.
    (got,) = process_within(Limits(3, 700), [DocumentRef("x", "cd" * 32, str(file))], audit_every=0)
    assert (got.kind, got.document_sha256, got.bytes) == (OutcomeKind.FAILED, "cd" * 32, 6)
    assert got.reason == "needed more memory than the limit of 700 MB (OGI_MAX_WORKER_MEGABYTES)"


def test_old_office_files_of_a_batch_are_converted_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    starts = tmp_path / "starts"

    def convert(documents: Iterable[Document]) -> Converted:
        named = [d.path for d in documents]
        with starts.open("a") as log:
            log.write(" ".join(named) + "\n")
        return {sha256_of(b"{\\rtf1 " + n.encode() + b"}"): UnreadableDocument(n) for n in named}

    monkeypatch.setattr(process, "convert", convert)
    refs = []
    for name in ("a", "b", "c"):
        file = tmp_path / name
        file.write_bytes(b"plain" if name == "b" else b"{\\rtf1 " + name.encode() + b"}")
        refs.append(DocumentRef(name, sha256_of(file.read_bytes()), str(file)))
    outcomes = process_within(Limits(20, 701), refs, audit_every=0)
    assert starts.read_text().splitlines() == ["a c"]
    assert [o.reason for o in outcomes if o.path != "b"] == ["a", "c"]


def test_a_file_that_is_gone_is_no_documents_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        process_within(LIMITS, [DocumentRef("x", "", str(tmp_path / "gone"))], audit_every=0)


def test_the_reading_of_a_reader_is_to_be_had_again() -> None:
    file = sorted(SAMPLES.glob("*.html"))[0]
    outcome = process_document(str(file), file.read_bytes())
    assert outcome.read_by is not None
    limits = limits_of(Settings())
    reading = read_again_within(limits, ref_of(file), outcome.read_by)
    assert reading is not None
    assert reading.read_by == outcome.read_by
    assert read_again_within(limits, ref_of(file), "nobody/1") is None


def test_a_document_without_a_reader_cannot_be_read_again(tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.touch()
    with pytest.raises(UnreadableDocument):
        read_again_within(LIMITS, ref_of(file), "html/1")


def test_the_limits_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits_of(Settings()) == Limits(300, 2048)
    monkeypatch.setenv("OGI_MAX_DOCUMENT_SECONDS", "2.5")
    monkeypatch.setenv("OGI_MAX_WORKER_MEGABYTES", "300")
    assert limits_of(Settings()) == Limits(2.5, 300)
