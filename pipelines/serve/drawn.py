"""Documents and findings drawn for a terminal."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from pipelines.domain import Fact, Outcome, State
from pipelines.forms import Forms
from pipelines.forms.message import label_of
from pipelines.serve.judged import Judged, where
from pipelines.serve.laid_out import blocks, group_label, label_in_form, shown
from pipelines.serve.reading_json import plain
from pipelines.serve.table_layout import fit_table

_STATE_STYLE = {
    State.REPORTED: "",
    State.BLANK: "dim",
    State.NOT_APPLICABLE: "cyan",
    State.UNREADABLE: "bold red",
    State.ABSENT: "red",
}
SEVERITY_STYLE = {"error": "bold red", "warning": "yellow", "hint": "dim"}
# Below this width the eight columns of findings would break every word.
_WIDE = 140
_NARROWEST_LABEL = 4


def statutory_tables(outcome: Outcome, forms: Forms, console: Console) -> Iterator[RenderableType]:
    """The tables of a report as its form has them; a cell without a figure shows its state."""
    for name in outcome.tables:
        facts = [f for f in outcome.facts if f.table == name]
        title = label_of(forms, name, None, None, "zh")
        vintages = ", ".join(outcome.tables[name])
        yield Text(f"{title}  [{name}, {vintages}]", style="bold")
        for block in blocks(facts):
            yield fit_table(_block(block, forms), console, skip_empty=True)


def legend() -> Text:
    """What the colours of `statutory_tables` mean."""
    text = Text("Cells without a figure:")
    for state, style in _STATE_STYLE.items():
        if state is not State.REPORTED:
            text.append(f"  {state.value}", style=style)
    return text


def findings_table(findings: Sequence[Judged], forms: Forms, console: Console) -> RenderableType:
    """Every finding with its rule, place, both sides, readings and message."""
    if console.width >= _WIDE:
        return fit_table(_wide(findings, forms), console)
    table = Table(
        Column("severity", no_wrap=True), Column("rule", no_wrap=True), "what", show_lines=True
    )
    for item in findings:
        sides = zip(("left", "right", "difference"), _sides(item), strict=True)
        told = [
            where(item.finding, forms),
            " · ".join(f"{name} {figure}" for name, figure in sides if figure),
            item.readings_told,
            item.finding.message_en,
        ]
        table.add_row(_severity(item), item.finding.rule, "\n".join(t for t in told if t))
    return fit_table(table, console)


def _wide(findings: Sequence[Judged], forms: Forms) -> Table:
    table = Table()
    for name in ("severity", "rule"):
        table.add_column(name, no_wrap=True)
    table.add_column("where", overflow="fold")
    for name in ("left", "right", "difference"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("reading", no_wrap=True)
    table.add_column("message", overflow="fold")
    for item in findings:
        finding = item.finding
        table.add_row(
            _severity(item),
            finding.rule,
            where(finding, forms),
            *_sides(item),
            item.readings_told,
            finding.message_en,
        )
    return table


def _severity(item: Judged) -> Text:
    severity = item.finding.severity.value
    return Text(severity, style=SEVERITY_STYLE[severity])


def _sides(item: Judged) -> list[str]:
    finding = item.finding
    return [plain(v) or "" for v in (finding.left, finding.right, finding.difference)]


def _block(facts: Sequence[Fact], forms: Forms) -> Table:
    table = Table()
    table.add_column("")
    columns = list(dict.fromkeys(f.column for f in facts))
    for column in columns:
        # The label folds, a figure does not.
        widest = max(cell_len(_cell(f).plain) for f in facts if f.column == column)
        label = label_in_form(facts[0], column, forms, rows=False)
        table.add_column(label, justify="right", min_width=max(widest, _NARROWEST_LABEL))
    group = None
    for row, cells in groupby(facts, key=lambda f: f.row):
        in_row = {f.column: f for f in cells}
        first = next(iter(in_row.values()))
        heading = group_label(first, forms)
        if heading is not None and heading != group:
            table.add_row(Text(heading, style="italic"))
        group = heading
        label = label_in_form(first, row, forms, rows=True)
        table.add_row(("  " if heading else "") + label, *(_cell(in_row[c]) for c in columns))
    return table


def _cell(fact: Fact) -> Text:
    return Text(shown(fact) or fact.state.value, style=_STATE_STYLE[fact.state])
