"""What a built warehouse holds, in numbers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.warehouse.connection import DEFAULTS, DuckDBConfig, reading

# A report of 2014 and before has one table, the annex; every other has those of its form.
_STATUTORY = "(select count(*) from raw.form_tables)"
_TABLES = (
    "select coalesce(sum(if(names = ['indicators'], {of_annex}, {of_others})), 0)::bigint from"
    ' (select list_distinct(list_transform(tables, lambda entry: entry."table")) as names'
    " from raw.documents where outcome = 'report')"
)


@dataclass(frozen=True, slots=True)
class Census:
    """Numbers of one built warehouse. A broken identity is one finding of its rule, by however
    many readings it is broken; `tables_expected` is every statutory table of every report."""

    documents: int
    reports: int
    not_a_report: int
    failed: int
    facts: int
    tables_expected: int
    tables_found: int
    findings: dict[str, int]

    @property
    def failed_rate(self) -> float:
        return self.failed / self.documents if self.documents else 0.0

    @property
    def refused_table_rate(self) -> float:
        if not self.tables_expected:
            return 0.0
        return 1 - self.tables_found / self.tables_expected


def take_census(con: duckdb.DuckDBPyConnection) -> Census:
    """Count what the warehouse that `con` uses holds in raw and marts."""
    outcomes = dict(
        con.execute("select outcome, count(*) from marts.dim_document group by outcome").fetchall()
    )
    reports = outcomes.get("report", 0)
    return Census(
        documents=sum(outcomes.values()),
        reports=reports,
        not_a_report=outcomes.get("not_a_report", 0),
        failed=outcomes.get("failed", 0),
        facts=_one(con, "select count(*) from raw.facts"),
        tables_expected=_one(con, _TABLES.format(of_annex="1", of_others=_STATUTORY)),
        tables_found=_one(
            con,
            _TABLES.format(
                of_annex="1", of_others="len(list_filter(names, lambda name: name <> 'indicators'))"
            ),
        ),
        findings=findings_by_rule(con),
    )


def findings_by_rule(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How often each rule is named in marts.fct_findings, most often first."""
    rows = con.execute(
        "select rule, count(*) filter (reading is null) + count(distinct (document_sha256,"
        ' "table", "row", "column")) filter (reading is not null) as findings'
        " from marts.fct_findings group by rule order by findings desc, rule"
    ).fetchall()
    return dict(rows)


def commonest_refusals(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """The three commonest reasons why a document is no report, without its address, and how many
    documents have each."""
    return con.execute(
        "select if(starts_with(reason, first_address || ': '),"
        " substr(reason, length(first_address) + 3), reason) as refusal, count(*) as documents"
        " from marts.dim_document where outcome <> 'report'"
        " group by refusal order by documents desc, refusal limit 3"
    ).fetchall()


@dataclass(frozen=True, slots=True)
class FailedDocument:
    """A document that could not be read. `address` is the first one of it; `reason` one line."""

    document_sha256: str
    address: str
    reason: str


def failed_documents(con: duckdb.DuckDBPyConnection) -> list[FailedDocument]:
    """The failed documents of a built warehouse, by address."""
    rows = con.execute(
        "select document_sha256, first_address, reason from marts.dim_document"
        " where outcome = 'failed' order by first_address, document_sha256"
    ).fetchall()
    return [FailedDocument(*row) for row in rows]


def without_outcome(con: duckdb.DuckDBPyConnection, archived: pa.Table) -> list[str]:
    """The archived documents (column document_sha256) of which marts.dim_document tells no
    outcome."""
    con.register("archived", archived)
    lost = con.execute(
        "select distinct document_sha256 from archived anti join"
        " (select document_sha256 from marts.dim_document where outcome is not null)"
        " using (document_sha256) order by all"
    ).fetchall()
    con.unregister("archived")
    return [sha256 for (sha256,) in lost]


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = con.execute(sql).fetchone()
    return row[0] if row else None


def read_census(warehouse_file: Path, config: DuckDBConfig = DEFAULTS) -> Census:
    """The numbers of a built warehouse that nobody has open for writing."""
    with reading(warehouse_file, config) as con:
        return take_census(con)
