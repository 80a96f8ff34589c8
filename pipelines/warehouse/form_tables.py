"""Forms as Arrow tables, for rules in SQL and for the dimensions of the marts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.domain import FormError
from pipelines.domain.arrow import row_mapping
from pipelines.forms import INDICATORS, BlockTable, Forms, Identity, Table
from pipelines.text.labels import Labelled
from pipelines.warehouse.identity_terms import identity_terms


class _FormTable(NamedTuple):
    table: str
    label_zh: str
    label_en: str
    ordinal: int
    vintages: tuple[str, ...]


class _FormRow(NamedTuple):
    table: str
    row: str
    label_zh: str
    label_en: str | None
    parent: str | None
    ordinal: int
    vintages: tuple[str, ...]


class _FormColumn(NamedTuple):
    table: str
    column: str
    label_zh: str
    label_en: str
    ordinal: int
    kind: str
    unit: str | None
    vintages: tuple[str, ...]


class _FormCell(NamedTuple):
    vintage: str
    table: str
    row: str
    column: str


class _Indicator(NamedTuple):
    indicator: str
    label_zh: str
    label_en: str | None
    parent: str | None
    ordinal: int
    kind: str
    unit: str | None
    is_coded: bool
    vintages: tuple[str, ...]
    labels: tuple[str, ...]


class _Rule(NamedTuple):
    rule: str
    kind: str
    severity: str
    label_zh: str
    label_en: str
    message_zh: str
    message_en: str
    ordinal: int
    vintages: tuple[str, ...] | None


def form_tables(forms: Forms) -> dict[str, pa.Table]:
    """The forms as tables: form_tables, form_rows, form_columns, form_cells, rules,
    identity_terms, and of the annexes indicators. A label is that of the newest
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
        "form_tables": _table(_FormTable, _form_table_rows(forms)),
        "form_rows": _table(_FormRow, [*_by_table(every, _form_row_rows), *annexes.rows]),
        "form_columns": _table(
            _FormColumn, [*_by_table(every, _form_column_rows), *annexes.columns]
        ),
        "indicators": _table(_Indicator, annexes.indicators),
        "form_cells": _table(
            _FormCell,
            [(vintage, t.table, row, column) for vintage, t in every for row, column in t.cells()],
        ),
        "rules": _table(_Rule, _rule_rows(forms, every)),
        "identity_terms": identity_terms(forms),
    }


def _table(row_type: Any, rows: Iterable[Sequence[Any]]) -> pa.Table:
    return row_mapping(row_type).table(row_type._make(row) for row in rows)


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
    """The annexes as rows of form_rows, form_columns and indicators."""

    rows: list[tuple[Any, ...]]
    columns: list[tuple[Any, ...]]
    indicators: list[tuple[Any, ...]]


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
    )


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
