"""Results of checks, kept over rebuilds of the warehouse."""

import datetime as dt
from pathlib import Path

import duckdb

from pipelines.domain import Severity
from pipelines.warehouse.check_results import (
    CheckResult,
    read_check_results,
    write_check_results,
)

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def result(run_id: str, name: str, *, failed: int = 0, day: int = 0) -> CheckResult:
    return CheckResult(
        run_id=run_id,
        evaluated_at=NOON + dt.timedelta(days=day),
        parser_version="p",
        ruleset_version="r",
        name=name,
        title=f"title of {name}",
        rule=name,
        reading=None,
        passed=not failed,
        severity=Severity.WARNING,
        evaluated=4,
        failed=failed,
        share=failed / 4,
        seconds=0.5,
        problem=None,
        first_failure="row 1" if failed else None,
    )


def test_rebuild_keeps_the_results_of_earlier_runs(tmp_path: Path) -> None:
    with duckdb.connect() as first:
        write_check_results(first, tmp_path, [result("one", "a", failed=1), result("one", "b")])
    with duckdb.connect() as rebuilt:
        write_check_results(rebuilt, tmp_path, [result("two", "a", day=1)])
        assert rebuilt.execute("select run_id, name, failed from quality.results").fetchall() == [
            ("one", "a", 1),
            ("one", "b", 0),
            ("two", "a", 0),
        ]
        assert rebuilt.execute(
            "select run_id, checks, failed_checks, seconds from quality.runs"
        ).fetchall() == [("one", 2, 1, 1.0), ("two", 1, 0, 0.5)]
        # The check b was not run over this build: nothing is known of it.
        assert [r.name for r in read_check_results(rebuilt)] == ["a"]


def test_check_that_is_run_again_replaces_its_result(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        write_check_results(con, tmp_path, [result("one", "a", failed=1), result("one", "b")])
        write_check_results(con, tmp_path, [result("one", "a")])
        assert [(r.name, r.passed) for r in read_check_results(con)] == [("b", True), ("a", True)]
        rows = con.execute("select name, failed from quality.results order by name").fetchall()
        assert rows == [("a", 0), ("b", 0)]


def test_reason_has_the_share_and_the_first_failure(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        write_check_results(con, tmp_path, [result("one", "a", failed=1)])
        (read,) = read_check_results(con)
    assert read == result("one", "a", failed=1)
    assert read.reason == "title of a: 1 of 4 rows break it; the first: row 1"
