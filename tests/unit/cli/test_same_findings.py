"""A document has the same findings alone, among others, in `ogi read` and in a run."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.archive import archive_files, open_archive
from pipelines.cli.commands import app
from pipelines.domain import Cell, Document, Grid, Reading
from pipelines.read import readers_of
from pipelines.runs import process, workers
from pipelines.runs.context import RunContext
from pipelines.runs.documents import read_documents
from pipelines.runs.history import RunRecord
from pipelines.settings import Settings, get_settings

REPORTS = Path(__file__).parents[3] / "data" / "samples" / "reports"
OTHERS = sorted(REPORTS.glob("99010*.html"))[:4]

Json = Callable[..., list[dict[str, Any]]]


def other_reader(document: Document) -> Reading:
    """A second reader, which reads every 1 as a 7."""
    reading = readers_of(document)[0](document)

    def changed(cell: Cell) -> Cell:
        return cell._replace(text="7") if cell.text == "1" else cell

    blocks = tuple(
        replace(b, cells=tuple(map(changed, b.cells))) if isinstance(b, Grid) else b
        for b in reading.blocks
    )
    return Reading(blocks, "other", reading.metadata)


@contextmanager
def threads(_: Settings) -> Iterator[ThreadPoolExecutor]:
    """Workers that know of `other_reader`; spawned processes would not."""
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The home of a trial in which every document is read by two readers."""
    monkeypatch.setattr(process, "readers_of", lambda d: (*readers_of(d), other_reader))
    monkeypatch.setattr(workers, "executor", threads)
    monkeypatch.setattr("pipelines.runs.batches.executor", threads)
    for name, value in {
        "OGI_HOME": str(tmp_path),
        "OGI_AUDIT_EVERY": "1",
        # Limits of its own, so that the reader process is forked after the lines above.
        "OGI_MAX_DOCUMENT_SECONDS": "271",
    }.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


@pytest.fixture
def printed() -> Json:
    def call(*arguments: object) -> list[dict[str, Any]]:
        done = CliRunner().invoke(app, [*map(str, arguments), "--format", "json"])
        assert done.exit_code in (0, 1), done.output
        return [json.loads(line) for line in done.stdout.splitlines()]

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A report of an agency that the registry does not know."""
    text = (REPORTS / "990200-health-2022.html").read_text(encoding="utf-8")
    file = tmp_path / "report.html"
    file.write_text(text.replace("云埠市卫生", "云岭县"), encoding="utf-8")
    return file


def findings_of(file: Path, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    (findings,) = (t["findings"] for t in told if t["document"]["path"] == str(file))
    return list(findings)


@pytest.mark.usefixtures("home")
def test_document_has_the_same_findings_in_every_command(printed: Json, file: Path) -> None:
    read = findings_of(file, printed("read", file))
    differing = {(f["row"], f["column"]) for f in read if f["rule"] == "readers_differ"}
    assert differing, "the second reader was not asked"
    assert any(f["rule"] == "agency_provisional" for f in read)
    assert findings_of(file, printed("check", file)) == read
    assert findings_of(file, printed("check", file, *OTHERS)) == read

    settings = get_settings()
    archive_files([file], open_archive(settings.archive_address))
    read_documents(RunContext(settings, lambda *_: None, RunRecord("test")))
    (shard,) = settings.lake_dir.glob("*/findings/*.parquet")
    stored = pq.read_table(shard).to_pylist()
    assert {(f["row"], f["column"]) for f in stored if f["rule"] == "readers_differ"} == differing
    assert [f["rule"] for f in stored] == [f["rule"] for f in read][: len(stored)]
