"""How checks ended, in schema `quality` of the warehouse: `results` and `runs` of all builds,
`latest` of this one. A build begins with an empty file, so the rows of all builds are kept beside
it, in check_results.parquet."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.domain import Severity
from pipelines.domain.arrow import row_mapping
from pipelines.domain.integers import Int64
from pipelines.warehouse.sql_models import literal
from pipelines.whole_file import written_whole

HISTORY_FILE = "check_results.parquet"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of one run.

    `rule` and `reading` (the blank policy) are those of a check of a rule. It evaluated `evaluated`
    rows, of which `failed` failed (`share` of them, None where it evaluated nothing), in `seconds`.
    `problem` says why it could not be evaluated, `first_failure` is the first row that failed, each
    in one line.
    """

    run_id: str
    evaluated_at: dt.datetime
    parser_version: str
    ruleset_version: str
    name: str
    title: str
    rule: str | None
    reading: str | None
    passed: bool
    severity: Severity
    evaluated: Int64
    failed: Int64
    share: float | None
    seconds: float
    problem: str | None
    first_failure: str | None

    @property
    def blocks(self) -> bool:
        """Whether the release is blocked by it."""
        return not self.passed and self.severity == Severity.ERROR

    @property
    def reason(self) -> str:
        """Why it did not pass, in one line."""
        why = self.problem or f"{self.failed} of {self.evaluated} rows break it"
        first = f"; the first: {self.first_failure}" if self.first_failure else ""
        return f"{self.title}: {why}{first}"


_ROWS = row_mapping(CheckResult)


def write_check_results(
    con: duckdb.DuckDBPyConnection, folder: Path, results: Sequence[CheckResult]
) -> None:
    """Keep the results of a run in the warehouse that `con` uses and in the history in `folder`.
    Those of the same checks of this build are replaced in `quality.latest`."""
    history = folder / HISTORY_FILE
    con.register("new_results", _ROWS.table(results))
    con.execute("create schema if not exists quality")
    con.execute("create table if not exists quality.latest as from new_results limit 0")
    con.execute("delete from quality.latest where name in (select name from new_results)")
    con.execute("insert into quality.latest by name from new_results")
    con.unregister("new_results")
    earlier = (
        f"read_parquet({literal(str(history))}, hive_partitioning = false)"
        if history.is_file()
        else "quality.latest"
    )
    con.execute(
        f"""
        create or replace table quality.results as
        from quality.latest
        union all by name
        from {earlier} where (run_id, name) not in (select (run_id, name) from quality.latest)
        order by evaluated_at, name
        """
    )
    con.execute(
        """
        create or replace table quality.runs as
        select
            run_id,
            min(evaluated_at) as evaluated_at,
            any_value(parser_version) as parser_version,
            any_value(ruleset_version) as ruleset_version,
            count(*) as checks,
            count_if(not passed) as failed_checks,
            sum(seconds) as seconds
        from quality.results
        group by run_id
        order by evaluated_at
        """
    )
    with written_whole(history) as file:
        con.execute(f"copy quality.results to {literal(str(file))} (format parquet)")


def read_check_results(con: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """The results of this build, in the order in which they were written; none before its first
    check."""
    written = "from duckdb_tables() where schema_name = 'quality' and table_name = 'latest'"
    if not con.execute(written).fetchall():
        return []
    rows = con.execute("from quality.latest").fetchall()
    return [CheckResult(*row) for row in rows]
