"""Runs sql/audits: each rule is written there, once, for one document and for the warehouse."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.archive import MANIFEST_SCHEMA, SIGHTINGS_SCHEMA
from pipelines.domain import (
    Calendar,
    Finding,
    FormError,
    Kind,
    LikelyCause,
    Outcome,
    Severity,
    Verdict,
)
from pipelines.forms import FORMS_DIR, Forms
from pipelines.warehouse.arrow_tables import (
    CALENDAR,
    RESOLUTION,
    calendar_table,
    create_tables,
    outcome_tables,
)
from pipelines.warehouse.form_tables import form_tables
from pipelines.warehouse.sql_models import (
    SQL_DIR,
    VIOLATIONS,
    run_sql_models,
    upstream_of,
)

_ALL_FINDINGS = "audits.findings"
# The one select that is named after no rule: it evaluates the identities of all forms.
_IDENTITIES = "identities"


@lru_cache(maxsize=1)
def ruleset_version() -> str:
    """A name for the rules: it changes with the forms, the rules or the SQL that evaluates them."""
    folders = [SQL_DIR / schema for schema in ("staging", "intermediate", "audits")]
    files = [file for folder in (FORMS_DIR, *folders) for file in folder.rglob("*.*")]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def audited_rules(*, sql_dir: Path = SQL_DIR) -> tuple[str, ...]:
    """The rules that have a select of their own in sql/audits, by name."""
    names = upstream_of([VIOLATIONS], "audits", sql_dir=sql_dir)
    return tuple(sorted(names - {VIOLATIONS.removeprefix("audits."), _IDENTITIES}))


def require_rules(forms: Forms, *, sql_dir: Path = SQL_DIR) -> None:
    """Refuse a select of sql/audits without a rule, whose findings would have no message, and one
    without a planted violation, which could stop working unnoticed.

    Raises:
        FormError: rules.yaml lacks either; the message names both files.
    """
    for rule in audited_rules(sql_dir=sql_dir):
        if rule not in forms.rules:
            raise FormError(f"{sql_dir / 'audits' / rule}.sql: rules.yaml has no rule {rule}")
        if not forms.rules[rule].planted:
            raise FormError(
                f"{sql_dir / 'audits' / rule}.sql: the rule {rule} of rules.yaml has no planted"
                " document that breaks it"
            )


def audit_warehouse(con: duckdb.DuckDBPyConnection) -> None:
    """Judge every document: one table a rule in schema `audits`, holding what breaks it, and
    `audits.findings` with all of them told. Wants raw, staging and intermediate made."""
    run_sql_models(con, ["audits"])


def audit(outcome: Outcome, forms: Forms, calendar: Calendar | None = None) -> tuple[Finding, ...]:
    """The rules that one document breaks, ordered by rule, table, row, column and reading.
    `calendar` as in `audit_many`."""
    return audit_many([outcome], forms, calendar)[outcome.document_sha256]


def audit_many(
    outcomes: Sequence[Outcome], forms: Forms, calendar: Calendar | None = None
) -> dict[str, tuple[Finding, ...]]:
    """The same for many documents at once, by sha256; a document that breaks no rule has none.
    `calendar` is that of the day; without it no report year is compared with the day.

    Raises:
        FormError: rules.yaml lacks a rule of sql/audits.
    """
    require_rules(forms)
    with duckdb.connect(config={"threads": 1}) as con:
        create_audits(con, outcomes, forms, calendar, needed_for=[_ALL_FINDINGS])
        rows = con.execute(
            f"""
            from {_ALL_FINDINGS}
            order by document_sha256, rule, "table", "row", "column", reading desc
            """
        )
        names = [column for column, *_ in rows.description or ()]
        judged = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    found: dict[str, list[Finding]] = {o.document_sha256: [] for o in outcomes}
    for row in judged:
        found[row["document_sha256"]].append(_finding(row))
    return {sha256: tuple(findings) for sha256, findings in found.items()}


def create_audits(
    con: duckdb.DuckDBPyConnection,
    outcomes: Sequence[Outcome],
    forms: Forms,
    calendar: Calendar | None,
    *,
    needed_for: Sequence[str],
    resolution: pa.Table | None = None,
    sql_dir: Path = SQL_DIR,
) -> None:
    """Make the tables `needed_for` (full names) of these documents alone, with all that they read.
    Without `resolution` no document is compared with another."""
    lake = {
        **{
            kind: table.append_column("shard", pa.array([""] * len(table), pa.string()))
            for kind, table in outcome_tables(outcomes, parser_version="").items()
        },
        # Where a document lay is not asked.
        "manifest": MANIFEST_SCHEMA.empty_table(),
        "sightings": SIGHTINGS_SCHEMA.empty_table(),
    }
    raw = {
        **form_tables(forms),
        "calendar": CALENDAR.empty_table() if calendar is None else calendar_table(calendar),
        "resolution": RESOLUTION.empty_table() if resolution is None else resolution,
    }
    for schema, tables in (("lake", lake), ("raw", raw)):
        needed = upstream_of(needed_for, schema, sql_dir=sql_dir)
        create_tables(con, schema, {name: tables[name] for name in sorted(needed & tables.keys())})
    schemas = ["raw", "staging", "intermediate", "audits"]
    run_sql_models(con, schemas, needed_for=needed_for, sql_dir=sql_dir)


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=row["rule"],
        kind=Kind(row["kind"]),
        severity=Severity(row["severity"]),
        message_zh=row["message_zh"],
        message_en=row["message_en"],
        table=row["table"],
        row=row["row"],
        column=row["column"],
        reading=Verdict(row["reading"]) if row["reading"] else None,
        left=_plain(row["left"]),
        right=_plain(row["right"]),
        difference=_plain(row["difference"]),
        likely_cause=LikelyCause(row["likely_cause"]),
    )


def _plain(value: Decimal | None) -> Decimal | None:
    """Without the zeros that DECIMAL(38, 8) appends, and never in powers of ten."""
    if value is None:
        return None
    return Decimal(format(value, "f").rstrip("0").rstrip("."))
