"""A run in this process: what it reports, what blocks its release, what it does not do twice."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.evaluation import evaluate
from pipelines.archive import archive_files, open_archive
from pipelines.forms import finding, load_forms
from pipelines.publish import wal_of
from pipelines.runs.context import RunContext, lock_home
from pipelines.runs.documents import read_documents
from pipelines.runs.history import RunOutcome, RunRecord, runs
from pipelines.runs.run import RunReport
from pipelines.runs.run import run as run_with
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.warehouse.arrow_tables import finding_table
from pipelines.warehouse.sql_models import run_sql_models

SAMPLES = PROJECT_ROOT / "data" / "samples" / "reports"
REPORTS = ("990200-health-2022.html", "990221-agriculture-2022.txt")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", workers=2)


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "inputs"
    folder.mkdir()
    for name in REPORTS:
        (folder / name).write_bytes((SAMPLES / name).read_bytes())
    return folder


def run(paths: list[Path], settings: Settings, **options: Any) -> RunReport:
    return run_with(paths, settings, evaluate, **options)


def documents(file: Path) -> dict[str, tuple[str, str | None]]:
    with duckdb.connect() as con:
        con.execute(f"attach '{file}' as ogi (read_only); use ogi")
        rows = con.execute(
            "select parse_filename(first_address), outcome, reason from marts.dim_document"
        ).fetchall()
    return {name: (outcome, reason) for name, outcome, reason in rows}


def test_documents_go_all_the_way_and_only_once(settings: Settings, inputs: Path) -> None:
    (inputs / "empty.html").write_bytes(b"")
    told: list[tuple[str, int, int | None]] = []
    small = settings.model_copy(update={"max_document_bytes": 1_000_000})
    (inputs / "large.pdf").write_bytes(b"%PDF-1.4" + bytes(1_000_000))

    report = run([inputs], small, on_progress=lambda *step: told.append(step))

    assert (report.record.outcome, report.record.reasons) == (RunOutcome.PUBLISHED, ())
    assert (report.record.new, report.record.known) == (4, 0)
    assert (report.counts.reports, report.counts.failed) == (2, 2)
    assert report.counts.facts > 300
    assert report.record.read_failed == 2
    assert [Path(path).name for path, _ in report.failed] == ["empty.html", "large.pdf"]
    assert report.failed[1][1] == (
        "1,000,008 bytes, over the limit of 1,000,000 (OGI_MAX_DOCUMENT_BYTES)"
    )
    assert ("read", 4, 4) in told
    assert report.published_file == small.published_file
    published = documents(small.published_file)
    assert set(published) == {*REPORTS, "empty.html", "large.pdf"}
    assert published["empty.html"][0] == "failed"

    _neither_framework_where_nothing_is_new(small, inputs)
    first, unchanged = runs(small)
    assert first.outcome is RunOutcome.PUBLISHED
    assert (first.new, first.read_reports, first.read_failed) == (4, 2, 2)
    assert (unchanged.outcome, unchanged.new, unchanged.known) == (RunOutcome.UNCHANGED, 0, 4)
    for ended in (first, unchanged):
        assert (ended.documents, ended.reports, ended.failed) == (4, 2, 2)
        assert ended.findings == sum(report.counts.findings.values())
    _a_new_file_is_a_new_run(small, inputs)


def _neither_framework_where_nothing_is_new(settings: Settings, inputs: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from expectations.evaluation import evaluate
from pipelines.runs.run import run
from pipelines.settings import Settings

settings = Settings.model_validate_json({settings.model_dump_json()!r})
report = run([Path({str(inputs)!r})], settings, evaluate)
assert (report.record.outcome, report.record.known) == ('unchanged', 4), report
assert report.counts.reports == 2, report
assert not {{"dagster", "great_expectations"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def _a_new_file_is_a_new_run(settings: Settings, inputs: Path) -> None:
    (inputs / "more.txt").write_bytes(b"no report")
    report = run([inputs], settings)
    assert (report.record.outcome, report.record.new, report.record.known) == (
        RunOutcome.PUBLISHED,
        1,
        4,
    )
    assert report.counts.documents == 5
    # Only what this run read can have failed in it.
    assert report.record.read_failed == len(report.failed) <= 1


def test_a_slip_is_published_and_counted_with_its_agency_years(
    settings: Settings, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = json.loads((SAMPLES.parent / "expected.json").read_text(encoding="utf-8"))
    broken = next(
        Path(file)
        for file, report in expected["reports"].items()
        if any(b["rule"] == "applicants_sum_to_total" for b in report["broken"])
    )
    (inputs / broken.name).write_bytes((SAMPLES / broken.name).read_bytes())

    report = run([inputs], settings)

    assert report.record.reasons == ()
    assert report.counts.findings["applicants_sum_to_total"] >= 1
    quality = json.loads((settings.published_dir / "quality.json").read_text(encoding="utf-8"))
    suites = {suite["name"]: suite for suite in quality["suites"]}
    assert suites["applicants_sum_to_total_strict"]["failed"] >= 1
    assert suites["dim_document_key"]["passed"]

    _a_broken_key_keeps_the_old_release(settings, inputs, monkeypatch)
    _failures_past_their_rate_keep_it_too(settings, inputs)
    _a_coverage_below_its_floor_keeps_it_too(settings, inputs)


def _a_broken_key_keeps_the_old_release(
    settings: Settings, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def doubling(con: duckdb.DuckDBPyConnection, schemas: list[str], **chosen: Any) -> None:
        run_sql_models(con, schemas, **chosen)
        if "marts" in schemas:
            con.execute("insert into marts.dim_rule from marts.dim_rule limit 1")

    (inputs / "other.txt").write_bytes(b"nothing to see")
    before = documents(settings.published_file)
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.runs.building.run_sql_models", doubling)
        report = run([inputs], settings)
    (reason,) = report.record.reasons
    assert reason.startswith("dim_rule: rule is its key: 1 of")
    assert documents(settings.published_file) == before
    assert report.published_file == settings.published_file
    # Not taken for done: the next run makes it good.
    assert run([inputs], settings).record.outcome is RunOutcome.PUBLISHED
    assert "other.txt" in documents(settings.published_file)


def _failures_past_their_rate_keep_it_too(settings: Settings, inputs: Path) -> None:
    (inputs / "empty.html").write_bytes(b"")
    before = documents(settings.published_file)
    strict = settings.model_copy(update={"rates_from_documents": 1, "max_failed_rate": 0.0})
    report = run([inputs], strict)
    (reason,) = report.record.reasons
    assert reason.startswith("rate of failed documents")
    assert documents(settings.published_file) == before


def _a_coverage_below_its_floor_keeps_it_too(settings: Settings, inputs: Path) -> None:
    """The agencies of the inputs report until 2022 and are expected ever after."""
    before = documents(settings.published_file)
    report = run([inputs], settings.model_copy(update={"coverage_floor": 0.9}))
    (reason,) = report.record.reasons
    assert reason.startswith("At least 90.0% of the expected reports are there")
    assert documents(settings.published_file) == before
    assert run([inputs], settings.model_copy(update={"coverage_floor": 0.01})).record.reasons == ()


def test_a_second_run_in_the_same_home_waits(settings: Settings) -> None:
    order: list[str] = []
    waits = threading.Event()

    def tell(step: str, done: int, total: int | None) -> None:
        order.append(step)
        waits.set()

    def second() -> None:
        with lock_home(settings, tell):
            order.append("second")

    with lock_home(settings, tell):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(timeout=10)
        order.append("first")
    thread.join(timeout=10)
    assert order == ["waiting for another run", "first", "second"]


def plant_finding(settings: Settings, rule: str) -> Path:
    """Add a finding of `rule` to the first shard of the lake; return the shard's file."""
    (version,) = settings.lake_dir.iterdir()
    shard = min((version / "findings").iterdir())
    documents = pq.read_table(version / "documents" / shard.name, columns=["document_sha256"])
    sha256 = documents.column(0)[0].as_py()
    planted = finding_table([(sha256, finding(load_forms(), rule))], version.name)
    pq.write_table(pa.concat_tables([pq.read_table(shard), planted]), shard)
    return shard


def test_blocked_release_reports_every_reason(settings: Settings, inputs: Path) -> None:
    first = run([inputs], settings)
    assert first.record.reasons == ()
    before = files_of(settings.published_dir)
    (inputs / "empty.html").write_bytes(b"")
    untouched = {file: file.read_bytes() for file in settings.lake_dir.glob("*/findings/*")}
    shard = plant_finding(settings, "readers_differ")
    strict = settings.model_copy(
        update={"rates_from_documents": 1, "max_failed_rate": 0.0, "coverage_floor": 0.9}
    )

    report = run([inputs], strict)

    readers, coverage, rate = report.record.reasons
    assert readers.startswith("Readers of one document agree: 1 of 2 rows break it")
    assert "document_sha256" in readers
    assert coverage.startswith("At least 90.0% of the expected reports are there")
    assert rate.startswith("rate of failed documents")
    assert (report.counts.documents, report.counts.reports, report.counts.failed) == (3, 2, 1)
    record = runs(strict)[-1]
    assert (record.outcome, record.reasons) == (RunOutcome.BLOCKED, report.record.reasons)
    assert (record.documents, record.failed) == (3, 1)
    assert report.counts.findings["readers_differ"] == 1
    assert files_of(settings.published_dir) == before

    shard.write_bytes(untouched[shard])
    assert run([inputs], settings).record.reasons == ()
    assert len(documents(settings.published_file)) == 3


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_blocked_first_run_reports_counts_and_no_release(settings: Settings, inputs: Path) -> None:
    archive_files([inputs], open_archive(settings.archive_address))
    read_documents(RunContext(settings, lambda *_: None, RunRecord("test")))
    plant_finding(settings, "readers_differ")

    report = run([inputs], settings)

    (reason,) = report.record.reasons
    assert reason.startswith("Readers of one document agree")
    assert (report.counts.reports, report.published_file) == (2, None)
    assert not settings.published_dir.exists()


def test_step_that_raises_leaves_no_release_and_the_next_run_publishes(
    settings: Settings, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is on fire")

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.runs.run.build_models", fail)
        with pytest.raises(RuntimeError, match="on fire"):
            run([inputs], settings)
    (record,) = runs(settings)
    assert (record.outcome, record.reasons) == (RunOutcome.FAILED, ("the disk is on fire",))
    assert not settings.published_dir.exists()
    assert run([inputs], settings).published_file == settings.published_file


def test_next_run_replaces_a_changed_release_and_a_broken_building_file(
    settings: Settings, inputs: Path
) -> None:
    run([inputs], settings)
    with duckdb.connect(str(settings.published_file)) as con:
        con.execute("delete from marts.dim_document")
    settings.warehouse_file.write_bytes(b"half a database")
    wal_of(settings.warehouse_file).write_bytes(b"half a log")

    report = run([inputs], settings)

    assert report.record.outcome is RunOutcome.PUBLISHED
    assert set(documents(settings.published_file)) == set(REPORTS)
    assert run([inputs], settings).record.outcome is RunOutcome.UNCHANGED
