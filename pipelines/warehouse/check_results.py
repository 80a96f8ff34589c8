"""How the checks of a build ended, kept in the warehouse that is being built."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pipelines.domain import Severity
from pipelines.domain.arrow import row_mapping


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: the rows it looked at, how often one broke it, the agency-years of those, why it
    could not look, and one line about the first row that broke it."""

    name: str
    title: str
    passed: bool
    severity: Severity
    judged: int
    broken: int
    failing_agency_years: int
    problem: str | None
    first_failure: str | None

    @property
    def blocks(self) -> bool:
        """Whether the release is blocked by it."""
        return not self.passed and self.severity == Severity.ERROR

    @property
    def reason(self) -> str:
        """Why it did not pass, in one line."""
        why = self.problem or f"{self.broken} of {self.judged} rows break it"
        first = f"; the first: {self.first_failure}" if self.first_failure else ""
        return f"{self.title}: {why}{first}"


_ROWS = row_mapping(CheckResult)


def write_check_results(con: duckdb.DuckDBPyConnection, results: Sequence[CheckResult]) -> None:
    """Keep the results in `quality.results`, in place of those of the same checks."""
    con.register("new_results", _ROWS.table(results))
    con.execute("create schema if not exists quality")
    con.execute("create table if not exists quality.results as from new_results limit 0")
    con.execute("delete from quality.results where name in (select name from new_results)")
    con.execute("insert into quality.results by name from new_results")
    con.unregister("new_results")


def read_check_results(con: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """The results of this build, in the order in which they were written."""
    rows = con.execute("from quality.results order by rowid").fetchall()
    return [CheckResult(*row) for row in rows]
