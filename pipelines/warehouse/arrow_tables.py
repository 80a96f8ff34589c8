"""The raw tables: outcomes, forms and agencies as Arrow, the same for the lake, for the warehouse
and for one document in memory. Shared by the stages as `pipelines.warehouse.sql_models` is."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.domain import (
    Agency,
    Calendar,
    Claim,
    Fact,
    Finding,
    FormError,
    Outcome,
    Place,
    State,
)
from pipelines.forms import (
    INDICATORS,
    BlockTable,
    Forms,
    Identity,
    Labelled,
    Table,
    finding,
    load_forms,
)

DECIMAL = pa.decimal128(28, 8)
_UNIT_IN_THE_LAST_PLACE = Decimal("1e-8")
# Below it every sum that sql/ makes of figures stays a BIGINT or DECIMAL(38, 8), and no real
# figure of a report, in yuan even, comes near it.
_FIGURES_END = Decimal(10) ** 15
_EXACT = Context(prec=28, traps=[Inexact, InvalidOperation])

DOCUMENTS = pa.schema(
    {
        "document_sha256": pa.string(),
        "parser_version": pa.string(),
        "path": pa.string(),
        "media_type": pa.string(),
        "bytes": pa.int64(),
        "outcome": pa.string(),
        "reason": pa.string(),
        "read_by": pa.string(),
        "agency_name": pa.string(),
        "report_year": pa.int16(),
        "agency_source": pa.string(),
        "year_source": pa.string(),
        "other_names": pa.list_(pa.string()),
        "title": pa.string(),
        "published_on": pa.date32(),
        "sections": pa.list_(pa.string()),
        "tables": pa.list_(pa.struct({"table": pa.string(), "vintage": pa.string()})),
    }
)
FACTS = pa.schema(
    {
        "document_sha256": pa.string(),
        "parser_version": pa.string(),
        "table": pa.string(),
        "row": pa.string(),
        "column": pa.string(),
        "vintage": pa.string(),
        "state": pa.string(),
        "value": DECIMAL,
        "unit": pa.string(),
        "value_yuan": DECIMAL,
        "raw": pa.string(),
        "page": pa.int32(),
        "box": pa.list_(pa.float64()),
        "path": pa.string(),
        "table_no": pa.int32(),
        "row_no": pa.int32(),
        "cell_no": pa.int32(),
        "line": pa.int32(),
        "confidence": pa.float64(),
    }
)
FINDINGS = pa.schema(
    {
        "document_sha256": pa.string(),
        "parser_version": pa.string(),
        "rule": pa.string(),
        "kind": pa.string(),
        "severity": pa.string(),
        "reading": pa.string(),
        "table": pa.string(),
        "row": pa.string(),
        "column": pa.string(),
        "left": DECIMAL,
        "right": DECIMAL,
        "difference": DECIMAL,
        "likely_cause": pa.string(),
        "message_zh": pa.string(),
        "message_en": pa.string(),
    }
)
CLAIMS = pa.schema(
    {
        "document_sha256": pa.string(),
        "parser_version": pa.string(),
        "claim": pa.string(),
        "value": DECIMAL,
        "unit": pa.string(),
        "raw": pa.string(),
        "table": pa.string(),
        "row": pa.string(),
        "column": pa.string(),
        "table_value": DECIMAL,
        "comparison": pa.string(),
        "basis": pa.string(),
        "place": pa.string(),
    }
)
MANIFEST = pa.schema(
    {
        "document_sha256": pa.string(),
        "address": pa.string(),
        "name": pa.string(),
        "bytes": pa.int64(),
        "archived_at": pa.timestamp("us", tz="UTC"),
        "source": pa.string(),
        "answered_from": pa.string(),
        "listing": pa.string(),
        "page": pa.string(),
        "status": pa.int16(),
        "headers": pa.map_(pa.string(), pa.string()),
    }
)
SIGHTINGS = pa.schema(
    {
        "address": pa.string(),
        "seen_at": pa.timestamp("us", tz="UTC"),
        "source": pa.string(),
        "document_sha256": pa.string(),
        "status": pa.int16(),
        "answered_from": pa.string(),
        "is_listed": pa.bool_(),
        "listing": pa.string(),
        "page": pa.string(),
        "title": pa.string(),
        "listed_on": pa.date32(),
    }
)
RESOLUTION = pa.schema(
    {"document_sha256": pa.string(), "agency_id": pa.string(), "report_year": pa.int16()}
)
CALENDAR = pa.schema([(name, pa.int16()) for name in Calendar._fields])
_AGENCIES = pa.schema(
    {
        "agency_id": pa.string(),
        "agency_name": pa.string(),
        "aliases": pa.list_(pa.string()),
        "region_code": pa.string(),
        "province": pa.string(),
        "city": pa.string(),
        "county": pa.string(),
        "admin_level": pa.string(),
        "function": pa.string(),
        "is_government": pa.bool_(),
        "parent_agency_id": pa.string(),
        "first_year": pa.int16(),
        "last_year": pa.int16(),
        "successor_agency_id": pa.string(),
        "status": pa.string(),
    }
)
_FORM_TABLES = pa.schema(
    {
        "table": pa.string(),
        "label_zh": pa.string(),
        "label_en": pa.string(),
        "ordinal": pa.int32(),
        "vintages": pa.list_(pa.string()),
    }
)
_FORM_ROWS = pa.schema(
    {
        "table": pa.string(),
        "row": pa.string(),
        "label_zh": pa.string(),
        "label_en": pa.string(),
        "parent": pa.string(),
        "ordinal": pa.int32(),
        "vintages": pa.list_(pa.string()),
    }
)
_FORM_COLUMNS = pa.schema(
    {
        "table": pa.string(),
        "column": pa.string(),
        "label_zh": pa.string(),
        "label_en": pa.string(),
        "ordinal": pa.int32(),
        "kind": pa.string(),
        "unit": pa.string(),
        "vintages": pa.list_(pa.string()),
    }
)
_FORM_CELLS = pa.schema(
    {
        "vintage": pa.string(),
        "table": pa.string(),
        "row": pa.string(),
        "column": pa.string(),
    }
)
_INDICATORS = pa.schema(
    {
        "indicator": pa.string(),
        "label_zh": pa.string(),
        "label_en": pa.string(),
        "parent": pa.string(),
        "ordinal": pa.int32(),
        "kind": pa.string(),
        "unit": pa.string(),
        "is_coded": pa.bool_(),
        "vintages": pa.list_(pa.string()),
        "labels": pa.list_(pa.string()),
    }
)
_INDICATOR_TERMS = pa.schema(
    {
        "rule": pa.string(),
        "needs_cumulative": pa.bool_(),
        "total": pa.string(),
        "part": pa.string(),
    }
)
_RULES = pa.schema(
    {
        "rule": pa.string(),
        "kind": pa.string(),
        "severity": pa.string(),
        "label_zh": pa.string(),
        "label_en": pa.string(),
        "message_zh": pa.string(),
        "message_en": pa.string(),
        "ordinal": pa.int32(),
        "vintages": pa.list_(pa.string()),
    }
)
_IDENTITY_TERMS = pa.schema(
    {
        "rule": pa.string(),
        "vintage": pa.string(),
        "table": pa.string(),
        "for_each": pa.string(),
        "side": pa.string(),
        "operand": pa.string(),
    }
)


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
    """`documents`, `facts`, `findings` and `claims` of the outcomes, in their order.

    A figure of 10^15 and more (glued digits, mostly) or with more than eight decimals is withheld:
    its state becomes unreadable and an `unreadable_cell` finding tells of it, so that one document
    never stops a batch and no figure is rounded.
    """
    storable = [_withhold_unstorable(outcome) for outcome in outcomes]
    facts = [(o.document_sha256, f) for o in storable for f in o.facts]
    findings = [(o.document_sha256, f) for o in storable for f in o.findings]
    claims = [(o.document_sha256, c) for o in storable for c in o.claims]
    return {
        "documents": _table(
            DOCUMENTS, [_document_row(outcome, parser_version) for outcome in storable]
        ),
        "facts": _table(FACTS, [_fact_row(sha, parser_version, f) for sha, f in facts]),
        "findings": finding_table(findings, parser_version),
        "claims": _table(CLAIMS, [_claim_row(sha, parser_version, c) for sha, c in claims]),
    }


def finding_table(findings: Iterable[tuple[str, Finding]], parser_version: str) -> pa.Table:
    """Findings, each with the sha256 of its document."""
    return _table(FINDINGS, [_finding_row(sha, parser_version, f) for sha, f in findings])


def agency_table(agencies: Iterable[Agency]) -> pa.Table:
    """One row an agency."""
    names = [field.name for field in fields(Agency)]
    return _table(_AGENCIES, [tuple(getattr(a, name) for name in names) for a in agencies])


def calendar_table(calendar: Calendar) -> pa.Table:
    """raw.calendar: one row."""
    return pa.Table.from_pylist([calendar._asdict()], schema=CALENDAR)


def form_tables(forms: Forms) -> dict[str, pa.Table]:
    """The forms as tables: form_tables, form_rows, form_columns, form_cells, rules,
    identity_terms, and of the annexes indicators and indicator_terms. A label is that of the newest
    vintage that has the code; ordinals run through all vintages in the order of the printed form.

    Raises:
        FormError: a measure is of one kind in one place and of another elsewhere.
    """
    every = [
        (vintage, table)
        for vintage, form in forms.vintages.items()
        for table in form.tables.values()
    ]
    annexes = _annex_rows(forms)
    return {
        "form_tables": _table(_FORM_TABLES, _form_table_rows(forms)),
        "form_rows": _table(_FORM_ROWS, [*_by_table(every, _form_row_rows), *annexes.rows]),
        "form_columns": _table(
            _FORM_COLUMNS, [*_by_table(every, _form_column_rows), *annexes.columns]
        ),
        "indicators": _table(_INDICATORS, annexes.indicators),
        "indicator_terms": _table(_INDICATOR_TERMS, annexes.terms),
        "form_cells": _table(
            _FORM_CELLS,
            [(vintage, t.table, row, column) for vintage, t in every for row, column in t.cells()],
        ),
        "rules": _table(_RULES, _rule_rows(forms, every)),
        "identity_terms": _table(
            _IDENTITY_TERMS,
            [
                (identity.id, vintage, table.table, identity.for_each, side, operand)
                for vintage, table in every
                for identity in _identities(table)
                for side, operands in (("left", identity.left), ("right", identity.right))
                for operand in operands
            ],
        ),
    }


def _table(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    return pa.table(
        [pa.array(column, field.type) for field, column in zip(schema, columns, strict=True)],
        schema=schema,
    )


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


def _text(value: str | None) -> str | None:
    """Names of files and texts of PDFs can hold lone surrogates, which no UTF-8 column takes."""
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()


def _document_row(outcome: Outcome, parser_version: str) -> tuple[Any, ...]:
    names = outcome.names
    return (
        outcome.document_sha256,
        parser_version,
        _text(outcome.path),
        outcome.media_type,
        outcome.bytes,
        outcome.kind.value,
        _text(outcome.reason),
        outcome.read_by,
        _text(names.agency_name),
        names.report_year,
        names.agency_source,
        names.year_source,
        [_text(name) for name in names.other_names],
        _text(names.title),
        names.published_on,
        outcome.sections,
        [
            {"table": table, "vintage": vintage}
            for table, vintages in outcome.tables.items()
            for vintage in vintages
        ],
    )


_NOWHERE = Place()


def _fact_row(sha256: str, parser_version: str, fact: Fact) -> tuple[Any, ...]:
    place = fact.place or _NOWHERE
    return (
        sha256,
        parser_version,
        fact.table,
        fact.row,
        fact.column,
        fact.vintage,
        fact.state.value,
        fact.value,
        fact.unit,
        fact.value_yuan,
        _text(fact.raw),
        place.page,
        place.box,
        place.path,
        place.table,
        place.row,
        place.cell,
        place.line,
        fact.confidence,
    )


def _finding_row(sha256: str, parser_version: str, found: Finding) -> tuple[Any, ...]:
    return (
        sha256,
        parser_version,
        found.rule,
        found.kind.value,
        found.severity.value,
        found.reading.value if found.reading else None,
        found.table,
        found.row,
        found.column,
        *(x if _storable(x) else None for x in (found.left, found.right, found.difference)),
        found.likely_cause.value,
        _text(found.message_zh),
        _text(found.message_en),
    )


def _claim_row(sha256: str, parser_version: str, claim: Claim) -> tuple[Any, ...]:
    return (
        sha256,
        parser_version,
        claim.claim,
        claim.value,
        claim.unit,
        _text(claim.raw),
        claim.table,
        claim.row,
        claim.column,
        claim.table_value,
        claim.comparison.value if claim.comparison else None,
        claim.basis,
        json.dumps(claim.place.as_json(), ensure_ascii=False),
    )


def _by_table(
    every: Sequence[tuple[str, Table]],
    rows_of: Callable[[str, list[tuple[str, Table]]], list[tuple[Any, ...]]],
) -> list[tuple[Any, ...]]:
    names = list(dict.fromkeys(table.table for _, table in every))
    return [
        row
        for name in names
        for row in rows_of(name, [(vintage, t) for vintage, t in every if t.table == name])
    ]


def _form_table_rows(forms: Forms) -> list[tuple[Any, ...]]:
    names = _merged([list(form.head.tables) for form in forms.vintages.values()])
    rows = []
    for ordinal, name in enumerate(names, start=1):
        having = {v: form.tables[name] for v, form in forms.vintages.items() if name in form.tables}
        newest = list(having.values())[-1]
        rows.append((name, newest.label, newest.label_en, ordinal, list(having)))
    return rows


def _form_row_rows(name: str, tables: list[tuple[str, Table]]) -> list[tuple[Any, ...]]:
    by_vintage = {vintage: _rows_with_parents(table) for vintage, table in tables}
    rows = []
    for ordinal, code in enumerate(_merged([list(x) for x in by_vintage.values()]), start=1):
        having = {vintage: x[code] for vintage, x in by_vintage.items() if code in x}
        label, label_en, parent = list(having.values())[-1]
        rows.append((name, code, label, label_en or None, parent, ordinal, list(having)))
    return rows


def _rows_with_parents(table: Table) -> dict[str, tuple[str, str | None, str | None]]:
    """code → label, English label, parent; a group or block stands before its first member."""
    rows: dict[str, tuple[str, str | None, str | None]] = {}
    if isinstance(table, BlockTable):
        for block in table.blocks:
            rows[block.code] = (block.label, None, None)
            rows.update({i.code: (i.label, i.label_en, block.code) for i in block.items})
        return rows
    groups = {group.code: group for group in table.groups}
    for row in table.rows:
        if row.group is not None:
            group = groups[row.group]
            rows.setdefault(group.code, (group.label, group.label_en, None))
        rows[row.code] = (row.label, row.label_en, row.group)
    return rows


def _form_column_rows(name: str, tables: list[tuple[str, Table]]) -> list[tuple[Any, ...]]:
    by_vintage = {vintage: _columns_with_kinds(table) for vintage, table in tables}
    rows = []
    for ordinal, code in enumerate(_merged([list(x) for x in by_vintage.values()]), start=1):
        having = {vintage: x[code] for vintage, x in by_vintage.items() if code in x}
        kinds = {kind for _, kind, _ in having.values()}
        if len(kinds) > 1:
            raise FormError(f"{name}: the column {code} is {' and '.join(sorted(kinds))}")
        label, kind, unit = list(having.values())[-1]
        rows.append((name, code, label.label, label.label_en, ordinal, kind, unit, list(having)))
    return rows


def _columns_with_kinds(table: Table) -> dict[str, tuple[Labelled, str, str | None]]:
    if not isinstance(table, BlockTable):
        return {column.code: (column, "count", None) for column in table.columns}
    columns: dict[str, tuple[Labelled, str, str | None]] = {}
    for block in table.blocks:
        for measure in block.measures:
            known = columns.setdefault(measure.code, (measure, measure.kind, measure.unit))
            if known[1] != measure.kind:
                raise FormError(
                    f"{table.table}: the column {measure.code} is {known[1]} and {measure.kind}"
                )
    return columns


@dataclass(frozen=True, slots=True)
class _AnnexRows:
    """The annexes as rows of form_rows, form_columns, indicators and indicator_terms."""

    rows: list[tuple[Any, ...]]
    columns: list[tuple[Any, ...]]
    indicators: list[tuple[Any, ...]]
    terms: list[tuple[Any, ...]]


def _annex_rows(forms: Forms) -> _AnnexRows:
    annexes = [form.annex for form in forms.annexes.values()]
    vintages = list(dict.fromkeys(form.vintage for form in forms.annexes.values()))
    labels: dict[str, list[str]] = {}
    for row in (r for annex in annexes for r in annex.rows):
        labels.setdefault(row.code, []).extend(row.labels)
    entries = [r for annex in annexes[:1] for r in annex.rows]
    known = {r.code for r in entries}
    entries += [r for r in forms.indicators.values() if r.code not in known]
    columns = {c.code: c for annex in annexes for c in annex.columns}
    return _AnnexRows(
        [
            (INDICATORS, r.code, r.label, r.label_en or None, r.parent, n, vintages)
            for n, r in enumerate(entries, start=1)
        ],
        [
            (INDICATORS, c.code, c.label, c.label_en, n, "count", None, vintages)
            for n, c in enumerate(columns.values(), start=1)
        ],
        [
            (
                r.code,
                r.label,
                r.label_en or None,
                r.parent,
                n,
                "heading" if r.heading else r.kind,
                r.unit,
                r.coded,
                vintages,
                list(dict.fromkeys(labels[r.code])),
            )
            for n, r in enumerate(entries, start=1)
        ],
        _indicator_terms(forms),
    )


def _indicator_terms(forms: Forms) -> list[tuple[Any, ...]]:
    """Each part of each total, whichever form names it. A sum that only forms with a cumulative
    column have is judged only where there is one."""
    parts: dict[tuple[str, str], dict[str, None]] = {}
    cumulative: dict[tuple[str, str], bool] = {}
    for form in forms.annexes.values():
        two_columns = len(form.annex.columns) > 1
        for identity in form.annex.identities:
            key = (identity.id, identity.right[0])
            parts.setdefault(key, {}).update(dict.fromkeys(identity.left))
            cumulative[key] = cumulative.get(key, True) and two_columns
    return [
        (rule, cumulative[rule, total], total, part)
        for (rule, total), of_total in parts.items()
        for part in of_total
    ]


def _rule_rows(forms: Forms, every: Sequence[tuple[str, Table]]) -> list[tuple[Any, ...]]:
    vintages: dict[str, list[str]] = {}
    for vintage, table in every:
        for identity in _identities(table):
            vintages.setdefault(identity.id, []).append(vintage)
    for form in forms.annexes.values():
        for rule in dict.fromkeys(identity.id for identity in form.annex.identities):
            if form.vintage not in vintages.setdefault(rule, []):
                vintages[rule].append(form.vintage)
    return [
        (
            rule.id,
            rule.kind.value,
            rule.severity.value,
            rule.label_zh,
            rule.label_en,
            rule.message_zh,
            rule.message_en,
            ordinal,
            vintages.get(rule.id),
        )
        for ordinal, rule in enumerate(forms.rules.values(), start=1)
    ]


def _identities(table: Table) -> tuple[Identity, ...]:
    return () if isinstance(table, BlockTable) else table.identities


def _merged(sequences: Sequence[Sequence[str]]) -> list[str]:
    """One order for all vintages: the newest one's, with what only older ones have put in
    behind its predecessor."""
    merged = list(sequences[-1])
    for older in reversed(sequences[:-1]):
        place = 0
        for code in older:
            if code in merged:
                place = merged.index(code) + 1
            else:
                merged.insert(place, code)
                place += 1
    return merged
