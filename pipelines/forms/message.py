"""A finding made from its rule: kind, severity and the two messages stand in rules.yaml."""

from collections.abc import Sequence
from decimal import Decimal

from pipelines.domain import Finding, Kind, LikelyCause
from pipelines.forms.model import BlockTable, Forms, Table
from pipelines.text.labels import Labelled


def finding(
    forms: Forms,
    rule_id: str,
    *,
    table: str | None = None,
    row: str | None = None,
    column: str | None = None,
    left: Decimal | None = None,
    right: Decimal | None = None,
    detail: str = "",
) -> Finding:
    """The finding that `rule_id` makes of what was seen. `detail` is what was printed, or the name
    of one of the rule's reasons.

    Raises:
        KeyError: no rule has that name.
    """
    rule = forms.rules[rule_id]
    difference = left - right if left is not None and right is not None else None

    def message(template: str, language: str) -> str:
        return template.format(
            table=label_of(forms, table, None, None, language),
            row=label_of(forms, table, row, None, language),
            column=label_of(forms, table, None, column, language),
            left=left,
            right=right,
            difference=difference,
            detail=getattr(rule.details[detail], language) if detail in rule.details else detail,
        )

    return Finding(
        rule=rule.id,
        kind=rule.kind,
        severity=rule.severity,
        message_zh=message(rule.message_zh, "zh"),
        message_en=message(rule.message_en, "en"),
        table=table,
        row=row,
        column=column,
        left=left,
        right=right,
        difference=difference,
        likely_cause={Kind.READING: LikelyCause.READING, Kind.FILING: LikelyCause.FILING}.get(
            rule.kind, LikelyCause.UNKNOWN
        ),
    )


def label_of(
    forms: Forms, table: str | None, row: str | None, column: str | None, language: str
) -> str:
    """The label of a table, or of one of its rows or columns, in the newest form that has it;
    the code where none has."""
    if table is None:
        return ""
    for annex in (form.annex for form in forms.annexes.values() if form.annex.table == table):
        if row is None and column is None:
            return annex.label if language == "zh" else annex.label_en
        labelled: Sequence[Labelled] = annex.rows if row is not None else annex.columns
        for listed in labelled:
            if listed.code == (row or column):
                return listed.label if language == "zh" else listed.label_en
    for form in reversed(list(forms.vintages.values())):
        found = form.tables.get(table)
        if found is None:
            continue
        if row is None and column is None:
            return found.label if language == "zh" else found.label_en
        entries = {e.code: e for e in _entries(found, rows=row is not None)}
        entry = entries.get(row if row is not None else column or "")
        if entry is not None:
            return entry.label if language == "zh" else entry.label_en
    return row or column or ""


def _entries(table: Table, *, rows: bool) -> Sequence[Labelled]:
    if isinstance(table, BlockTable):
        return [e for b in table.blocks for e in (b.items if rows else b.measures)]
    return table.rows if rows else table.columns
