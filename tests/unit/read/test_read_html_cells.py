"""Cells: what is displayed is read, what is not is not, what is doubtful stays visible."""

import pytest

from pipelines.domain import Grid, Paragraph
from pipelines.read import document_of, read


def blocks_of(html: str) -> list[Grid | Paragraph]:
    return list(read(document_of("page.html", html.encode())).blocks)


def cell_of(inner: str) -> str:
    (grid,) = blocks_of(f"<table><tr><td>{inner}</td></tr></table>")
    assert isinstance(grid, Grid)
    (cell,) = grid.cells
    return cell.text


def rows_of(html: str) -> list[list[str]]:
    (grid,) = [b for b in blocks_of(html) if isinstance(b, Grid)]
    return [[c.text for c in row] for row in grid.rows()]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        # Word's and WPS's markup
        ("<p class=MsoNormal><span><span lang=EN-US>1</span>2<o:p></o:p></span></p>", "12"),
        ("<p>12<o:p>&nbsp;</o:p></p>", "12\xa0"),
        ("<st1:chmetcnv UnitName='元' SourceValue='12'>12元</st1:chmetcnv>", "12元"),
        ("<!--[if gte mso 9]>9<![endif]-->12<![if !vml]><![endif]>", "12"),
        ("<v:shape><v:path>7</v:path></v:shape>12<w:View>8</w:View>", "12"),
        ("<xml><w:Zoom>7</w:Zoom></xml>12", "12"),
        ("<span style='mso-spacerun:yes'>&nbsp; </span>12", "\xa0 12"),
        # lines
        ("行政<br>许可", "行政\n许可"),
        ("<p>行政</p>\n<p>许可</p>", "行政\n许可"),
        ("行政\n   许可", "行政 许可"),
        ("<div><div></div>12<div></div></div>", "12"),
        # not displayed
        ("12<span style='display:none'>3</span>", "12"),
        ("12<span style='DISPLAY : NONE'>3</span>", "12"),
        ("<p style='visibility:hidden'>3</p>12", "12"),
        ("<span style='mso-hide:all'>3</span>12", "12"),
        ("<span hidden>3</span>12", "12"),
        ("<div style='overflow:hidden;border:none'>12</div>", "12"),
        ("<input type=hidden value=3>12", "12"),
        ("<script>3</script><style>4</style><template>5</template><noscript>6</noscript>12", "12"),
        ("政<ruby>务<rt>wu</rt></ruby>", "政务"),
        # struck out
        ("<del>3</del>12", "12"),
        ("<s>3</s><strike>4</strike>12", "12"),
        ("<span style='text-decoration: line-through'>3</span>12", "12"),
        ("<del>12</del>", "1\u03362\u0336"),
        # off the line
        ("12<sup>①</sup>", "12"),
        ("12<sup>[1]</sup>", "12"),
        ("规章<sup>1</sup>", "规章"),
        ("12<sup>3</sup>", "12\n3"),
        ("<sub>3</sub> 12", "3\n12"),
        ("12<span style='vertical-align:super'>3</span>", "12\n3"),
        ("<sup>12</sup>", "12"),
        # fields and pictures
        ("<input value=' 12 '>", "12"),
        ("<input type=checkbox value=3>12", "12"),
        ("<textarea>12</textarea>", "12"),
        ("<select><option>3<option selected>12</select>", "12"),
        ("<img src=3.gif>", "\ufffc"),
        ("1<img src=3.gif>", "1\ufffc"),
        ("<img src=space.gif width=1 height=1>12", "12"),
        ("<svg><text>3</text></svg>", "\ufffc"),
        # tables around a text
        ("<table><tr><td>12</td></tr></table>", "12"),
        ("<div><table><tbody><tr><td><p>12</p></td></tr></tbody></table></div>", "12"),
        # characters
        ("１２，３４５", "１２，３４５"),
        ("&#49;&#50;", "12"),
        ("1\u200b2&shy;3", "1\u200b2\xad3"),
        ("\u3000", "\u3000"),
        ("", ""),
    ],
)
def test_cell(inner: str, text: str) -> None:
    assert cell_of(inner) == text


def test_what_the_pages_own_style_sheet_hides_is_not_read() -> None:
    sheet = """<style><!--
        @media print { .a { display:none } }
        .b, p.c { display: none } #d{visibility:hidden} .e{display:none} .e.on{display:block}
        .f .g {display:none}
    --></style>"""
    inner = "<i class=a>1</i><i class='x b'>2</i><p class=c>3</p><i id=d>4</i><i class=e>5</i>"
    assert cell_of(f"{sheet}{inner}<i class=g>6</i>") == "156"


def test_hidden_rows_and_cells_take_no_place() -> None:
    html = """<table>
        <tr><td>a<td style="display:none">9<td>b
        <tr style="display:none"><td>9<td>9
        <tr hidden><td>9<td>9
        <tr><td>c<td style="visibility:hidden">9<td>d
        <tbody style="display:none"><tr><td>9<td>9</tbody></table>"""
    assert rows_of(html) == [["a", "b"], ["c", "", "d"]]


def test_what_contains_a_table_may_be_hidden() -> None:
    table = "<table><tr><td>a<td>b</table>"
    assert blocks_of(f"<div style='display:none'>{table}</div><p>x") == blocks_of("<p>x")


def test_the_body_is_never_hidden() -> None:
    html = "<html hidden><body style='display:none'><p>正文</p>"
    assert [b.text for b in blocks_of(html) if isinstance(b, Paragraph)] == ["正文"]


def test_struck_prose_is_left_out() -> None:
    (paragraph,) = blocks_of("<p>收到<del>9</del>12件</p>")
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "收到12件"


def test_rows_without_tags_of_their_own_are_mended() -> None:
    assert rows_of("<table><td>a<td>b<tr><td>c</tr><td>d</table>") == [["a", "b"], ["c"], ["d"]]
    assert rows_of("<table><tr><td>a<p>b<tr><td>c<td>d</table>") == [["a\nb"], ["c", "d"]]


def test_text_between_the_cells_comes_before_the_table() -> None:
    first, second = blocks_of("<table><tr>12<td>a</td>3</tr></table>")
    assert isinstance(first, Paragraph)
    assert first.text == "123"
    assert isinstance(second, Grid)


def test_head_and_foot_stand_where_they_are_displayed() -> None:
    html = "<table><tfoot><tr><td>z</tfoot><tbody><tr><td>b</tbody><thead><tr><th>a</thead></table>"
    assert rows_of(html) == [["a"], ["b"], ["z"]]


def test_a_span_ends_with_its_group_of_rows() -> None:
    html = "<table><thead><tr><th rowspan=9>a<th>b</thead><tbody><tr><td>c<td>d</tbody></table>"
    (grid,) = blocks_of(html)
    assert isinstance(grid, Grid)
    assert [(c.text, c.row, c.column, c.row_span) for c in grid.cells] == [
        ("a", 0, 0, 1),
        ("b", 0, 1, 1),
        ("c", 1, 0, 1),
        ("d", 1, 1, 1),
    ]


def test_spans_that_overlap_are_laid_out_as_a_browser_does() -> None:
    html = "<table><tr><td>a<td rowspan=2>b<td>c<tr><td colspan=2>d<td>e<tr><td>f<td>g<td>h</table>"
    (grid,) = blocks_of(html)
    assert isinstance(grid, Grid)
    assert {c.text: (c.row, c.column) for c in grid.cells} == {
        "a": (0, 0), "b": (0, 1), "c": (0, 2), "d": (1, 0), "e": (1, 2),
        "f": (2, 0), "g": (2, 1), "h": (2, 2),
    }  # fmt: skip


def test_a_caption_is_a_paragraph_above_its_grid() -> None:
    first, second = blocks_of("<table><caption>附表</caption><tr><td>a</table>")
    assert isinstance(first, Paragraph)
    assert first.text == "附表"
    assert isinstance(second, Grid)


def test_a_table_in_a_cell_of_a_data_table_comes_behind_it() -> None:
    html = """<table><tr><td>规章<td>1<td>2</td></tr>
        <tr><td>许可<td>3<td>4<table><tr><td>x<td>y</table></table>"""
    first, second = blocks_of(html)
    assert isinstance(first, Grid)
    assert isinstance(second, Grid)
    assert [c.text for c in first.cells] == ["规章", "1", "2", "许可", "3", "4\n\ufffc"]
    assert [c.text for c in second.cells] == ["x", "y"]
    path = "/html/body/table[1]/tbody[1]/tr[2]/td[3]//table[1]/tbody[1]/tr[1]/td[2]"
    assert second.cells[1].place.path == path


def test_rows_of_a_table_around_a_part_of_the_page_stay_grids() -> None:
    prose = "".join(f"<p>{'字' * 120}</p>" for _ in range(5))
    html = f"""<table><tr><th>索引号<td>1<th>分类<td>2</tr>
        <tr><td colspan=4>{prose}</tr><tr><td rowspan=5>a<td>b<td>c</tr></table>"""
    blocks = blocks_of(html)
    assert [type(b).__name__ for b in blocks] == ["Grid", *["Paragraph"] * 5, "Grid"]
    assert isinstance(blocks[-1], Grid)
    placed = [(c.row, c.row_span, c.column) for c in blocks[-1].cells]
    assert placed == [(0, 1, 0), (0, 1, 1), (0, 1, 2)]


def test_preformatted_lines_stay_lines() -> None:
    blocks = blocks_of("<p>a</p><pre>规章 1 2 3\n许可 4 5\n</pre>")
    assert [b.text for b in blocks if isinstance(b, Paragraph)] == ["a", "规章 1 2 3", "许可 4 5"]
