"""Outcomes of processed documents as Arrow tables: the same rows for the lake, for the warehouse
and for rules over one document in memory."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.domain import Agency, Calendar, Claim, Fact, Finding, Outcome, State
from pipelines.domain.arrow import RowMapping, row_mapping
from pipelines.domain.integers import Int16
from pipelines.forms import finding, load_forms

_UNIT_IN_THE_LAST_PLACE = Decimal("1e-8")
# Below it every sum that sql/ makes of figures stays a BIGINT or DECIMAL(38, 8), and no real
# figure of a report, in yuan even, comes near it.
_FIGURES_END = Decimal(10) ** 15
_EXACT = Context(prec=28, traps=[Inexact, InvalidOperation])


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whose report a document is, and on which year, as far as that is known."""

    document_sha256: str
    agency_id: str | None
    report_year: Int16 | None


@dataclass(frozen=True, slots=True)
class _Key:
    document_sha256: str
    parser_version: str


def _vintages(outcome: Outcome) -> list[dict[str, str]]:
    return [
        {"table": table, "vintage": vintage}
        for table, vintages in outcome.tables.items()
        for vintage in vintages
    ]


_KEY = row_mapping(_Key)
_DOCUMENT = row_mapping(
    Outcome,
    leave_out=("document_sha256", "facts", "findings", "claims"),
    rename={"kind": "outcome"},
    convert={
        "tables": (
            pa.list_(pa.struct({"table": pa.string(), "vintage": pa.string()})),
            _vintages,
        )
    },
)
_FACT = row_mapping(
    Fact, rename={"place.table": "table_no", "place.row": "row_no", "place.cell": "cell_no"}
)
_FINDING = row_mapping(Finding)
_CLAIM = row_mapping(
    Claim,
    leave_out=("rounded",),
    convert={"place": (pa.string(), lambda c: json.dumps(c.place.as_json(), ensure_ascii=False))},
)
_AGENCY = row_mapping(Agency)
_CALENDAR = row_mapping(Calendar)


def _keyed(mapping: RowMapping) -> pa.Schema:
    return pa.schema([*_KEY.schema, *mapping.schema])


# The tables that the lake also has with one row a row of the form: the name of a row, and the
# columns, each a count and its state.
_COUNT_TABLES = {
    "requests": (
        "disposition",
        (
            "natural_person",
            "commercial_enterprise",
            "research_institution",
            "public_welfare_organization",
            "legal_service_organization",
            "other_organization",
            "total",
        ),
    ),
    "reviews": ("channel", ("upheld", "corrected", "other_result", "pending", "total")),
}


def _count_schema(row: str, columns: Sequence[str]) -> pa.Schema:
    counts = [(column, pa.int64()) for column in columns]
    states = [(f"{column}_state", pa.string()) for column in columns]
    names = [("document_sha256", pa.string()), (row, pa.string()), ("vintage", pa.string())]
    return pa.schema([*names, *counts, *states])


DOCUMENTS = _keyed(_DOCUMENT)
FACTS = _keyed(_FACT)
FINDINGS = _keyed(_FINDING)
CLAIMS = _keyed(_CLAIM)
REQUESTS, REVIEWS = (_count_schema(*names) for names in _COUNT_TABLES.values())
RESOLUTION = row_mapping(Resolution).schema
CALENDAR = _CALENDAR.schema


def create_tables(
    con: duckdb.DuckDBPyConnection, schema: str, tables: Mapping[str, pa.Table]
) -> None:
    """Create or replace each Arrow table as `schema.<name>`."""
    con.execute(f"create schema if not exists {schema}")
    for name, table in tables.items():
        con.register("arrow_rows", table)
        con.execute(f"create or replace table {schema}.{name} as select * from arrow_rows")
        con.unregister("arrow_rows")


def outcome_tables(outcomes: Sequence[Outcome], parser_version: str) -> dict[str, pa.Table]:
    """`documents`, `facts`, `findings` and `claims` of the outcomes, in their order; `requests` and
    `reviews`, which have the counts of these tables with one row a row of the form. There a figure
    that is no whole number is null with state unreadable, and a cell without a fact is absent.

    A figure of 10^15 and more (glued digits, mostly) or with more than eight decimals is withheld:
    its state becomes unreadable and an `unreadable_cell` finding tells of it, so that one document
    never stops a batch and no figure is rounded.
    """
    storable = [_withhold_unstorable(outcome) for outcome in outcomes]
    return {
        "documents": _keyed_table(
            _DOCUMENT, [(o.document_sha256, o) for o in storable], parser_version
        ),
        "facts": _keyed_table(
            _FACT, [(o.document_sha256, f) for o in storable for f in o.facts], parser_version
        ),
        "findings": finding_table(
            [(o.document_sha256, f) for o in storable for f in o.findings], parser_version
        ),
        "claims": _keyed_table(
            _CLAIM, [(o.document_sha256, c) for o in storable for c in o.claims], parser_version
        ),
        **{table: _count_table(table, storable) for table in _COUNT_TABLES},
    }


def finding_table(findings: Iterable[tuple[str, Finding]], parser_version: str) -> pa.Table:
    """Findings, each with the sha256 of its document."""
    storable = [(sha256, _with_storable_sides(found)) for sha256, found in findings]
    return _keyed_table(_FINDING, storable, parser_version)


def agency_table(agencies: Iterable[Agency]) -> pa.Table:
    """One row an agency."""
    return _AGENCY.table(agencies)


def calendar_table(calendar: Calendar) -> pa.Table:
    """raw.calendar: one row."""
    return _CALENDAR.table([calendar])


def _count_table(table: str, outcomes: Sequence[Outcome]) -> pa.Table:
    name, columns = _COUNT_TABLES[table]
    rows: dict[tuple[str, str], dict[str, Fact]] = {}
    for outcome in outcomes:
        for fact in outcome.facts:
            if fact.table == table:
                rows.setdefault((outcome.document_sha256, fact.row), {})[fact.column] = fact
    values: dict[str, list[Any]] = {field: [] for field in _count_schema(name, columns).names}
    for (sha256, row), cells in rows.items():
        values["document_sha256"].append(sha256)
        values[name].append(row)
        values["vintage"].append(max(fact.vintage for fact in cells.values()))
        for column in columns:
            count, state = _count(cells.get(column))
            values[column].append(count)
            values[f"{column}_state"].append(state)
    return pa.table(values, schema=_count_schema(name, columns))


def _count(fact: Fact | None) -> tuple[int | None, State]:
    if fact is None:
        return None, State.ABSENT
    if fact.value is None:
        return None, fact.state
    count = int(fact.value)
    return (count, fact.state) if count == fact.value else (None, State.UNREADABLE)


def _keyed_table(
    mapping: RowMapping, rows: Sequence[tuple[str, Any]], parser_version: str
) -> pa.Table:
    keys = _KEY.table(_Key(sha256, parser_version) for sha256, _ in rows)
    values = mapping.table(value for _, value in rows)
    return pa.table([*keys.columns, *values.columns], schema=_keyed(mapping))


def _with_storable_sides(found: Finding) -> Finding:
    left, right, difference = (
        side if _storable(side) else None for side in (found.left, found.right, found.difference)
    )
    return replace(found, left=left, right=right, difference=difference)


def _withhold_unstorable(outcome: Outcome) -> Outcome:
    lost = [f for f in outcome.facts if not (_storable(f.value) and _storable(f.value_yuan))]
    if not lost:
        return outcome
    facts = tuple(
        replace(f, state=State.UNREADABLE, value=None, unit=None, value_yuan=None)
        if f in lost
        else f
        for f in outcome.facts
    )
    told = tuple(
        finding(
            load_forms(),
            "unreadable_cell",
            table=f.table,
            row=f.row,
            column=f.column,
            detail=f.raw or str(f.value),
        )
        for f in lost
    )
    return replace(outcome, facts=facts, findings=(*outcome.findings, *told))


def _storable(value: Decimal | None) -> bool:
    if value is None:
        return True
    if not value.is_finite() or abs(value) >= _FIGURES_END:
        return False
    try:
        value.quantize(_UNIT_IN_THE_LAST_PLACE, context=_EXACT)
    except (Inexact, InvalidOperation):
        return False
    return True
