"""A table is fitted into any width with all its columns and cells."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Column, Table

from pipelines.serve.table_layout import fit_table

NAMES = ("rule", "the place of it", "件数")
ROWS = (
    ("dispositions_sum_to_total", "收到和处理政府信息公开申请情况 › 总计", "1234567"),
    ("applicants_sum_to_total", "", "-2"),
)


def _table() -> Table:
    rule = Column(NAMES[0], no_wrap=True)
    figures = Column(NAMES[2], justify="right", min_width=7)
    table = Table(rule, NAMES[1], figures, title="Findings")
    for row in ROWS:
        table.add_row(*row)
    return table


def _drawn(width: int, *, skip_empty: bool = False) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width)
    console.print(fit_table(_table(), console, skip_empty=skip_empty))
    return out.getvalue().splitlines()


def _joined(lines: list[str], cell: int) -> str:
    """A column of the drawing without blanks, which folding may take away."""
    rows = (line.replace("┃", "│").split("│") for line in lines if line[0] in "│┃")
    return "".join("".join(row[cell + 1].split()) for row in rows)


def _without_blanks(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("width", [24, 30, 40, 52, 53, 60, 80, 200])
def test_no_cell_is_cut_in_any_width(width: int) -> None:
    lines = _drawn(width)
    assert max(map(cell_len, lines)) <= width
    assert "…" not in "".join(lines)
    if lines[1].startswith("┌"):
        columns = [[name for _ in ROWS for name in NAMES], [c for row in ROWS for c in row]]
    else:
        columns = [[name, *cells] for name, *cells in zip(NAMES, *ROWS, strict=True)]
    for number, cells in enumerate(columns):
        assert _joined(lines, number) == "".join(map(_without_blanks, cells))


def test_columns_fold_before_rows_become_lines() -> None:
    # 25 for the rule, 12 for the place, 7 for the figures, and 10 for rules and blanks.
    across = [width for width in range(30, 100) if not _drawn(width)[1].startswith("┌")]
    assert across == list(range(54, 100))


@pytest.mark.parametrize("width", [40, 60, 200])
def test_figures_and_unwrapped_columns_stay_in_one_piece(width: int) -> None:
    drawing = "\n".join(_drawn(width))
    assert "1234567" in drawing
    assert "-2" in drawing
    if width > 40:
        assert "dispositions_sum_to_total" in drawing


def test_a_table_that_fits_is_as_wide_as_its_cells() -> None:
    natural = sum(max(map(cell_len, column)) for column in zip(NAMES, *ROWS, strict=True))
    assert cell_len(_drawn(200)[1]) == natural + 10


def test_names_without_a_value_can_be_left_out() -> None:
    def shown(lines: list[str]) -> int:
        return _joined(lines, 0).count(_without_blanks(NAMES[1]))

    assert shown(_drawn(40)) == 2
    assert shown(_drawn(40, skip_empty=True)) == 1
