"""One document as one HTML page: its tables, findings and own grids; nothing loads or runs."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipelines.domain import Cell, Fact, Grid, Outcome, Place, Reading
from pipelines.forms import Forms
from pipelines.forms.message import label_of
from pipelines.serve.judged import Judged, where
from pipelines.serve.laid_out import blocks, cell_code, group_label, label_in_form
from pipelines.serve.rendering import render


def reading_page(
    outcome: Outcome, findings: Sequence[Judged], forms: Forms, reading: Reading | None = None
) -> str:
    """The page of a report.

    `reading` is what `outcome` was recognized in; None where it is not available: then the page
    says so in place of the document's own grids.
    """
    return render(
        "reading.html.j2",
        outcome=outcome,
        states=Counter(fact.state for fact in outcome.facts),
        tables=list(_tables(outcome, forms)),
        findings=list(_with_places(findings, outcome.facts, forms)),
        flagged={(j.finding.table, j.finding.row, j.finding.column) for j in findings},
        grids=None if reading is None else _grids(reading, outcome.facts),
    )


def _tables(outcome: Outcome, forms: Forms) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys([*outcome.tables, *(fact.table for fact in outcome.facts)]):
        facts = [fact for fact in outcome.facts if fact.table == name]
        yield {
            "name": name,
            "label": label_of(forms, name, None, None, "zh"),
            "label_en": label_of(forms, name, None, None, "en"),
            "vintages": outcome.tables.get(name, ()),
            "blocks": [_block(block, forms) for block in blocks(facts)],
        }


def _block(facts: Sequence[Fact], forms: Forms) -> dict[str, Any]:
    rows = [list(cells) for _, cells in groupby(facts, key=lambda fact: fact.row)]
    return {
        "columns": [
            {"code": fact.column, "label": label_in_form(facts[0], fact.column, forms, rows=False)}
            for fact in rows[0]
        ],
        "rows": [
            {
                "code": row[0].row,
                "label": label_in_form(row[0], row[0].row, forms, rows=True),
                "group": group_label(row[0], forms),
                "facts": row,
            }
            for row in rows
        ],
    }


def _with_places(
    findings: Sequence[Judged], facts: Sequence[Fact], forms: Forms
) -> Iterator[tuple[Judged, str, str | None]]:
    """Each finding with the label of its place and the id of its cell or row on the page."""
    ids = {code for f in facts for code in (cell_code(f), f"{f.table}.{f.row}")}
    for item in findings:
        finding = item.finding
        code = ".".join(filter(None, (finding.table, finding.row, finding.column)))
        yield item, where(finding, forms), code if code in ids else None


GridRow = list[tuple[Cell | None, Sequence[Fact]]]


def _grids(reading: Reading, facts: Sequence[Fact]) -> list[tuple[int | None, list[GridRow]]]:
    """The page and the rows of each grid that has cells."""
    grids = [block for block in reading.blocks if isinstance(block, Grid) and block.cells]
    by_cell = _facts_by_cell([cell for grid in grids for cell in grid.cells], facts)
    return [(grid.cells[0].place.page, list(_grid_rows(grid, by_cell))) for grid in grids]


def _facts_by_cell(cells: Sequence[Cell], facts: Sequence[Fact]) -> Mapping[int, list[Fact]]:
    """The facts of each cell, by the cell's id: those at its place. Where several cells share one
    place (the cells of a line), the raw tokens assign them in their order."""
    at: defaultdict[Place, deque[Cell]] = defaultdict(deque)
    for cell in cells:
        at[cell.place].append(cell)
    alone = {place for place, sharing in at.items() if len(sharing) == 1}
    by_cell: defaultdict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.place is None or fact.raw is None:
            continue
        here = at.get(fact.place, deque())
        if fact.place in alone:
            by_cell[id(here[0])].append(fact)
        else:
            while here:
                cell = here.popleft()
                if cell.text.strip() == fact.raw.strip():
                    by_cell[id(cell)].append(fact)
                    break
    return by_cell


def _grid_rows(grid: Grid, by_cell: Mapping[int, list[Fact]]) -> Iterator[GridRow]:
    """The cells of each row with their facts; a slot that no cell covers is (None, ())."""
    taken: set[tuple[int, int]] = set()
    for number, cells in enumerate(grid.rows()):
        row: GridRow = []
        column = 0
        for cell in cells:
            free = sum((number, at) not in taken for at in range(column, cell.column))
            row += [(None, ())] * free
            row.append((cell, by_cell.get(id(cell), ())))
            column = max(column, cell.column + cell.column_span)
            if cell.row_span > 1:
                taken.update(
                    (below, at)
                    for below in range(number + 1, number + cell.row_span)
                    for at in range(cell.column, cell.column + cell.column_span)
                )
        yield row
