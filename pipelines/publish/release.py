"""A built warehouse → the files that people read, all of them or none."""

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipelines import __version__
from pipelines.publish.copying import copy_marts, write_evidence
from pipelines.publish.files import PublishedFile, closed_to_writers, describe, wal_of
from pipelines.publish.versions import RELEASE_FILE, RELEASE_FORMAT, refuse_newer
from pipelines.warehouse.census import (
    Census,
    commonest_refusals,
    failed_documents,
    take_census,
    without_outcome,
)
from pipelines.warehouse.connection import DEFAULTS, DuckDBConfig, reading
from pipelines.warehouse.gate import Gate, ReleaseBlocked, Thresholds, reasons_to_block

EVIDENCE_FILE = "evidence.parquet"
QUALITY_FILE = "quality.json"
# What release.json did not record then.
_BEFORE_FORMAT_1: Mapping[str, Any] = {"version": "unknown", "release_format": 0, "files": {}}
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class Release:
    """What was published: release.json as a value. `created_at` is UTC, ISO 8601; `files` are the
    files beside release.json, by name."""

    version: str
    release_format: int
    run_id: str
    created_at: str
    parser_version: str
    fingerprint: str
    counts: Census
    thresholds: Thresholds
    files: dict[str, PublishedFile]

    @property
    def is_of_this_version(self) -> bool:
        return (self.version, self.release_format) == (__version__, RELEASE_FORMAT)


def publish(
    warehouse_file: Path,
    published_file: Path,
    *,
    gate: Gate,
    run_id: str,
    parser_version: str,
    fingerprint: str,
    suites: Sequence[Mapping[str, Any]],
    replace_newer: bool = False,
    config: DuckDBConfig = DEFAULTS,
) -> Release:
    """Check the built warehouse, then put its marts, evidence and quality in place of the last.

    Beside `published_file` (schema marts with all comments) come evidence.parquet (one row a
    cell: where it is printed), quality.json (rates, findings by rule, `suites` as they ended)
    and, last, release.json, without which the release counts as unfinished. All are made in full
    before the first is put in place; whoever has the old file open goes on reading it. A WAL that
    another program left beside the old file is removed, or DuckDB would replay it into the new one.

    Raises:
        ReleaseBlocked: `gate` or the rates forbid it, or another program has the old file open for
            writing; nothing is changed.
        NewerRelease: a newer version made the old release, and `replace_newer` is not set.
    """
    if not replace_newer:
        refuse_newer(published_file)
    with reading(warehouse_file, config) as con, closed_to_writers(published_file) as is_closed:
        census = take_census(con)
        lost = without_outcome(con, gate.archived)
        failed, refusals = failed_documents(con), commonest_refusals(con)
        reasons = reasons_to_block(census, lost, failed, refusals, gate)
        if not is_closed:
            open_elsewhere = "another program has the release open for writing"
            reasons += (f"{published_file}: {open_elsewhere}; close it and run again",)
        if reasons:
            raise ReleaseBlocked(reasons)
        release = Release(
            version=__version__,
            release_format=RELEASE_FORMAT,
            run_id=run_id,
            created_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            parser_version=parser_version,
            fingerprint=fingerprint,
            counts=census,
            thresholds=gate.thresholds,
            files={},
        )
        with _workshop(published_file.parent) as folder:
            copy_marts(con, folder / published_file.name)
            write_evidence(con, folder / EVIDENCE_FILE)
            _write_json(folder / QUALITY_FILE, _quality(release, census, suites))
            names = (EVIDENCE_FILE, QUALITY_FILE, published_file.name)
            release = replace(release, files={name: describe(folder / name) for name in names})
            _write_json(folder / RELEASE_FILE, asdict(release))
            # While the lock lets no program make another.
            wal_of(published_file).unlink(missing_ok=True)
            for name in (*names, RELEASE_FILE):
                (folder / name).replace(published_file.parent / name)
    return release


def current_release(published_file: Path) -> Release | None:
    """The release that stands there; None where there is none, or one that was not finished."""
    names = (published_file.name, EVIDENCE_FILE, QUALITY_FILE)
    if not all((published_file.parent / name).is_file() for name in names):
        return None
    try:
        recorded = json.loads((published_file.parent / RELEASE_FILE).read_text(encoding="utf-8"))
        raw = {**_BEFORE_FORMAT_1, **recorded}
        counts, thresholds = Census(**raw.pop("counts")), Thresholds(**raw.pop("thresholds"))
        files = {name: PublishedFile(**file) for name, file in raw.pop("files").items()}
        return Release(**raw, counts=counts, thresholds=thresholds, files=files)
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return None  # of an older make, or not finished


@contextmanager
def _workshop(published_dir: Path) -> Iterator[Path]:
    """A folder on the same file system, so that moving out of it is one step. What a killed run
    left is taken away first."""
    published_dir.mkdir(parents=True, exist_ok=True)
    for left in published_dir.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=published_dir))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _quality(
    release: Release, census: Census, suites: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "run_id": release.run_id,
        "created_at": release.created_at,
        "parser_version": release.parser_version,
        "documents": {
            "all": census.documents,
            "report": census.reports,
            "not_a_report": census.not_a_report,
            "failed": census.failed,
        },
        "rates": {
            "failed_documents": census.failed_rate,
            "refused_tables": census.refused_table_rate,
        },
        "findings": census.findings,
        "suites": list(suites),
    }


def _write_json(file: Path, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    file.write_text(text + "\n", encoding="utf-8")
