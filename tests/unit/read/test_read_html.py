"""HTML: spans as a browser resolves them, text in order, places as paths."""

from pipelines.domain import Grid, Paragraph
from pipelines.read import document_of, read


def blocks_of(html: str, encoding: str = "utf-8") -> list[Grid | Paragraph]:
    return list(read(document_of("page.html", html.encode(encoding))).blocks)


def grid_of(html: str) -> Grid:
    (grid,) = (b for b in blocks_of(html) if isinstance(b, Grid))
    return grid


def test_rowspan_and_colspan_give_slots() -> None:
    grid = grid_of(
        "<table><tr><td rowspan=2>a</td><td colspan='2'>b</td></tr><tr><td>c<td>d</tr></table>"
    )
    placed = {c.text: (c.row, c.column, c.row_span, c.column_span) for c in grid.cells}
    assert placed == {"a": (0, 0, 2, 1), "b": (0, 1, 1, 2), "c": (1, 1, 1, 1), "d": (1, 2, 1, 1)}
    assert grid.exact


def test_a_rowspan_of_zero_reaches_the_end_and_a_huge_one_stops_there() -> None:
    grid = grid_of(
        "<table><tr><td rowspan=0>a</td><td rowspan=99999999>b</td><td>c</td></tr>"
        "<tr><td>d</td></tr><tr><td>e</td></tr></table>"
    )
    assert {c.text: c.row_span for c in grid.cells}["a"] == 3
    assert {c.text: c.row_span for c in grid.cells}["b"] == 3
    assert {c.text: c.column for c in grid.cells}["e"] == 2


def test_places_are_element_paths() -> None:
    grid = grid_of("<p>x</p><table><tbody><tr><td>a</td></tr><tr><td>b</td></tr></tbody></table>")
    assert [c.place.as_json() for c in grid.cells] == [
        {"path": "/html/body/table[1]/tbody[1]/tr[1]/td[1]"},
        {"path": "/html/body/table[1]/tbody[1]/tr[2]/td[1]"},
    ]


def test_breaks_and_blocks_in_a_cell_are_line_feeds_and_nbsp_is_kept() -> None:
    grid = grid_of(
        "<table><tr><td><p>本年新</p><p>制作<br>数量</p></td><td>&nbsp;</td></tr></table>"
    )
    assert [c.text for c in grid.cells] == ["本年新\n制作\n数量", "\xa0"]


def test_a_table_around_tables_is_layout() -> None:
    blocks = blocks_of(
        "<table><tr><td><h1>标题</h1><table><tr><td>规章</td><td>0</td></tr></table></td></tr></table>"
    )
    assert [type(b).__name__ for b in blocks] == ["Paragraph", "Grid"]


def test_a_cell_full_of_paragraphs_is_layout() -> None:
    prose = "".join(f"<p>第{i}段{'字' * 100}</p>" for i in range(6))
    blocks = blocks_of(f"<table><tr><td>{prose}</td></tr></table>")
    assert len(blocks) == 6
    assert all(isinstance(b, Paragraph) for b in blocks)


def test_inline_tags_do_not_break_a_line_and_scripts_are_no_text() -> None:
    blocks = blocks_of(
        "<p>一、<span>总体</span><b>情况</b></p><script>var x=1</script><div>尾</div>"
    )
    assert [b.text for b in blocks if isinstance(b, Paragraph)] == ["一、总体情况", "尾"]


def test_gb18030_with_a_wrong_declaration() -> None:
    html = (
        '<html><head><meta charset="utf-8"><title>年度报告</title></head><body>正文</body></html>'
    )
    reading = read(document_of("page", html.encode("gb18030")))
    assert reading.metadata["title"] == "年度报告"
    assert [b.text for b in reading.blocks if isinstance(b, Paragraph)] == ["正文"]


def test_metadata_names_are_lower_case_and_the_first_counts() -> None:
    html = "<meta name='ArticleTitle' content=' 甲 '><meta name='articletitle' content='乙'><p>x"
    assert read(document_of("page", html.encode())).metadata == {"articletitle": "甲"}
