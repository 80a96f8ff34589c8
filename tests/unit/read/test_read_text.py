"""Text copies: which lines are rows, and where each cell stands."""

from pipelines.domain import Grid, Paragraph
from pipelines.read import document_of, read


def blocks_of(text: str) -> list[Grid | Paragraph]:
    return list(read(document_of("copy.txt", text.encode())).blocks)


def test_tabs_make_a_grid_with_lines_for_places() -> None:
    title, grid, end = blocks_of("标题\n\n规章\t0\t\t7\n许可\t1\n\n尾")
    assert isinstance(title, Paragraph)
    assert isinstance(end, Paragraph)
    assert isinstance(grid, Grid)
    assert [[c.text for c in row] for row in grid.rows()] == [["规章", "0", "", "7"], ["许可", "1"]]
    assert [c.place.as_json() for c in grid.cells if c.text == "7"] == [{"line": 3}]
    assert not grid.exact
    assert end.place.as_json() == {"line": 6}


def test_pipes_with_rules_between_rows() -> None:
    (grid,) = blocks_of("| 规章 | 0 |\n| --- | :-: |\n| 许可 |  |\n")
    assert isinstance(grid, Grid)
    assert [[c.text for c in row] for row in grid.rows()] == [["规章", "0"], ["许可", ""]]


def test_a_blank_line_does_not_end_a_table_and_prose_does() -> None:
    first, prose, second = blocks_of("a\t1\n\nb\t2\n一句话\nc\t3\n")
    assert isinstance(first, Grid)
    assert first.height == 2
    assert isinstance(prose, Paragraph)
    assert isinstance(second, Grid)


def test_a_bar_in_prose_is_no_table() -> None:
    (paragraph,) = blocks_of("首页 | 公开")
    assert isinstance(paragraph, Paragraph)
