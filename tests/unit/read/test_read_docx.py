"""DOCX: what is displayed, in the order and the slots of the page; bad files refused."""

import io
import tracemalloc
import zipfile
from dataclasses import replace

import pytest

from pipelines.domain import Document, Grid, Paragraph, Reading, UnreadableDocument, sha256_of
from pipelines.read.containers import DOCX
from pipelines.read.limits import Limits
from pipelines.read.office.docx import read_docx

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MORE = (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:x"'
)
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def packed(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def main_part(body: str, namespace: str = WORD) -> str:
    return f'<w:document xmlns:w="{namespace}"{MORE}><w:body>{body}</w:body></w:document>'


def document_of(content: bytes) -> Document:
    return Document("a.docx", content, sha256_of(content), DOCX)


def read_body(body: str, namespace: str = WORD, **parts: str) -> Reading:
    named = {name.replace("__", "/").replace("_xml", ".xml"): xml for name, xml in parts.items()}
    content = packed({"word/document.xml": main_part(body, namespace), **named})
    return read_docx(document_of(content))


def texts(body: str) -> list[str]:
    return [b.text for b in read_body(body).blocks if isinstance(b, Paragraph)]


def grid_of(body: str, namespace: str = WORD) -> Grid:
    (grid,) = (b for b in read_body(body, namespace).blocks if isinstance(b, Grid))
    return grid


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(r(text))}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def span(columns: int) -> str:
    return f'<w:gridSpan w:val="{columns}"/>'


BEGINS = '<w:vMerge w:val="restart"/>'
GOES_ON = "<w:vMerge/>"


def slots(grid: Grid) -> dict[str, tuple[int, int, int, int]]:
    return {c.text: (c.row, c.column, c.row_span, c.column_span) for c in grid.cells}


# -- tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("namespace", [WORD, STRICT])
def test_spans_and_merged_cells_give_slots(namespace: str) -> None:
    grid = grid_of(
        table(
            tc("a", BEGINS) + tc("b", span(2)),
            tc("", GOES_ON) + tc("c") + tc("d"),
            tc("", '<w:vMerge w:val="continue"/>') + tc("e", span(2)),
        ),
        namespace,
    )
    assert slots(grid) == {
        "a": (0, 0, 3, 1),
        "b": (0, 1, 1, 2),
        "c": (1, 1, 1, 1),
        "d": (1, 2, 1, 1),
        "e": (2, 1, 1, 2),
    }
    assert grid.exact


def test_merged_headers_in_the_middle_keep_the_columns() -> None:
    grid = grid_of(
        table(
            tc("自然人", BEGINS) + tc("法人", span(2)) + tc("总计", BEGINS),
            tc("", GOES_ON) + tc("商业") + tc("科研") + tc("", GOES_ON),
            tc("1") + tc("2") + tc("3") + tc("6"),
        )
    )
    assert slots(grid)["总计"] == (0, 3, 2, 1)
    assert [c.text for c in list(grid.rows())[2]] == ["1", "2", "3", "6"]


def test_a_merge_begins_anew_below_another_and_text_under_one_is_not_displayed() -> None:
    grid = grid_of(
        table(tc("a", BEGINS), tc("unseen", GOES_ON), tc("b", BEGINS), tc("", GOES_ON), tc("c"))
    )
    assert slots(grid) == {"a": (0, 0, 2, 1), "b": (2, 0, 2, 1), "c": (4, 0, 1, 1)}


def test_a_merge_with_nothing_above_or_of_another_width_is_a_cell_of_its_own() -> None:
    grid = grid_of(table(tc("a", GOES_ON) + tc("x"), tc("b", GOES_ON + span(2))))
    assert slots(grid) == {"a": (0, 0, 1, 1), "x": (0, 1, 1, 1), "b": (1, 0, 1, 2)}


def test_cells_merged_sideways_in_the_old_way() -> None:
    begin, end = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    grid = grid_of(table(tc("a", begin) + tc("", end) + tc("b"), tc("1") + tc("2") + tc("3")))
    assert slots(grid)["a"] == (0, 0, 1, 2)
    assert slots(grid)["b"] == (0, 2, 1, 1)


def test_a_row_that_begins_to_the_right() -> None:
    late = f"<w:trPr><w:gridBefore w:val='2'/></w:trPr>{tc('x')}"
    assert slots(grid_of(table(tc("a") + tc("b") + tc("c"), late)))["x"] == (1, 2, 1, 1)


def test_places_are_table_row_and_cell_counted_from_one() -> None:
    reading = read_body(
        p(r("x")) + table(tc("a")) + table(tc("b", BEGINS) + tc("c"), tc("", GOES_ON) + tc("d"))
    )
    places = {
        c.text: c.place.as_json() for b in reading.blocks if isinstance(b, Grid) for c in b.cells
    }
    assert places == {
        "a": {"table": 1, "row": 1, "cell": 1},
        "b": {"table": 2, "row": 1, "cell": 1},
        "c": {"table": 2, "row": 1, "cell": 2},
        "d": {"table": 2, "row": 2, "cell": 2},
    }
    assert reading.blocks[0].place.as_json() == {"line": 1}  # type: ignore[union-attr]


def test_blank_cells_are_cells_and_no_break_spaces_are_kept() -> None:
    grid = grid_of(table(tc("规章") + tc("") + tc("\xa0") + tc(" 3 ")))
    assert [c.text for c in grid.cells] == ["规章", "", "\xa0", "3"]


def test_a_table_around_tables_is_layout() -> None:
    inner = table(tc("规章") + tc("0"))
    reading = read_body(table(f"<w:tc>{p(r('标题'))}{inner}{p(r('后'))}</w:tc>"))
    assert [type(b).__name__ for b in reading.blocks] == ["Paragraph", "Grid", "Paragraph"]
    assert isinstance(reading.blocks[1], Grid)
    assert reading.blocks[1].cells[1].place.as_json() == {"table": 2, "row": 1, "cell": 2}


def test_a_cell_full_of_paragraphs_is_layout() -> None:
    prose = "".join(p(r(f"第{i}段{'字' * 100}")) for i in range(6))
    reading = read_body(table(f"<w:tc>{prose}</w:tc>"))
    assert len(reading.blocks) == 6
    assert all(isinstance(b, Paragraph) for b in reading.blocks)


def test_content_controls_around_tables_rows_cells_and_text() -> None:
    def control(xml: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{xml}</w:sdtContent></w:sdt>"

    row = f"<w:tr>{control(tc('a'))}<w:tc>{control(p(control(r('b'))))}</w:tc></w:tr>"
    grid = grid_of(control(f"<w:tbl>{control(row)}<w:tr>{tc('c')}{tc('d')}</w:tr></w:tbl>"))
    assert slots(grid) == {
        "a": (0, 0, 1, 1),
        "b": (0, 1, 1, 1),
        "c": (1, 0, 1, 1),
        "d": (1, 1, 1, 1),
    }


def test_deleted_rows_and_cells_are_gone_and_inserted_ones_are_there() -> None:
    deleted = f"<w:trPr><w:del w:id='1'/></w:trPr>{tc('x')}"
    gone = tc("y", '<w:cellDel w:id="1"/>')
    inserted = f"<w:trPr><w:ins w:id='1'/></w:trPr>{tc('b')}{gone}"
    assert [c.text for c in grid_of(table(tc("a"), deleted, inserted)).cells] == ["a", "b"]


# -- text -------------------------------------------------------------------------------------


def test_tracked_changes_show_what_is_to_stay() -> None:
    body = p(
        r("收到"),
        "<w:del w:id='1'><w:r><w:delText>9</w:delText></w:r></w:del>",
        f"<w:ins w:id='2'>{r('8')}</w:ins>",
        f"<w:moveFrom w:id='3'>{r('7')}</w:moveFrom><w:moveTo w:id='4'>{r('件')}</w:moveTo>",
    )
    assert texts(body) == ["收到8件"]


def test_hidden_text_is_no_text() -> None:
    styles = (
        f'<w:styles xmlns:w="{WORD}">'
        '<w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="H2"><w:basedOn w:val="H"/></w:style>'
        '<w:style w:styleId="S"><w:basedOn w:val="H"/>'
        '<w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
        "</w:styles>"
    )
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONSHIPS}/styles" Target="styles.xml"/>'
        "</Relationships>"
    )
    body = p(
        r("1"),
        r("2", "<w:vanish/>"),
        r("3", '<w:vanish w:val="false"/>'),
        r("4", '<w:rStyle w:val="H2"/>'),
        r("5", '<w:rStyle w:val="S"/>'),
    ) + p('<w:pPr><w:pStyle w:val="H"/></w:pPr>', r("6"), r("7", '<w:vanish w:val="0"/>'))
    content = packed(
        {
            "word/document.xml": main_part(body),
            "word/styles.xml": styles,
            "word/_rels/document.xml.rels": links,
        }
    )
    reading = read_docx(document_of(content))
    assert [b.text for b in reading.blocks if isinstance(b, Paragraph)] == ["135", "7"]


def test_breaks_tabs_and_hyphens() -> None:
    assert texts(p(r("一"), "<w:r><w:br/><w:t>二</w:t><w:tab/><w:t>三</w:t></w:r>")) == [
        "一",
        "二 三",
    ]
    assert texts(p(r("3"), "<w:r><w:noBreakHyphen/><w:softHyphen/></w:r>", r("1"))) == ["3-1"]
    grid = grid_of(table(f"<w:tc>{p(r('本年新'))}{p(r('制作'), '<w:r><w:cr/></w:r>')}</w:tc>"))
    assert grid.cells[0].text == "本年新\n制作"


def test_split_runs_and_links_are_one_text() -> None:
    link = f"<w:hyperlink>{r('2')}</w:hyperlink>"
    assert texts(p(r("1"), '<w:proofErr w:type="spellStart"/>', link)) == ["12"]


def test_codes_of_fields_are_no_text_but_their_results_are() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        "<w:r><w:instrText> =SUM(ABOVE) </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{r("12")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert texts(p(field, f"<w:fldSimple w:instr='PAGE'>{r('3')}</w:fldSimple>")) == ["123"]


def test_pinyin_over_characters_is_left_out() -> None:
    ruby = (
        f"<w:r><w:ruby><w:rt>{r('xiang')}</w:rt><w:rubyBase>{r('项')}</w:rubyBase></w:ruby></w:r>"
    )
    assert texts(p(ruby, r("目"))) == ["项目"]


def test_symbols() -> None:
    def symbol(font: str, code: str) -> str:
        return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'

    assert texts(p(symbol("Symbol", "F02B"), symbol("Symbol", "F033"))) == ["+3"]
    assert texts(p(symbol("Wingdings", "F0FC"), r("a"))) == ["\ufffda"]
    assert texts(p(symbol("SimSun", "2014"))) == ["—"]


def test_marks_set_small_or_struck_out_do_not_join_a_figure() -> None:
    assert texts(p(r("12"), r("1", '<w:vertAlign w:val="superscript"/>'))) == ["12 1"]
    assert texts(p(r("12", "<w:strike/>"), r("13"))) == ["12 13"]
    assert texts(p(r("12", '<w:strike w:val="0"/>'), r("3"))) == ["123"]


def test_a_formula_with_structure_is_no_figure() -> None:
    plain = "<m:oMath><m:r><m:t>12</m:t></m:r></m:oMath>"
    ten, two = ("<m:r><m:t>" + digits + "</m:t></m:r>" for digits in ("10", "2"))
    power = f"<m:oMath><m:sSup><m:e>{ten}</m:e><m:sup>{two}</m:sup></m:sSup></m:oMath>"
    assert texts(p(plain)) == ["12"]
    assert texts(p(power)) == ["102\ufffd"]


def test_a_text_box_in_two_versions_is_read_once_with_its_table() -> None:
    box = f"<w:txbxContent>{p(r('框'))}{table(tc('规章') + tc('0'))}</w:txbxContent>"
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><x:a>{box}</x:a></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><v:shape>{box}</v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent>"
    )
    reading = read_body(p(r("前"), f"<w:r>{both}</w:r>") + p(r("后")))
    kinds = [b.text if isinstance(b, Paragraph) else "grid" for b in reading.blocks]
    assert kinds == ["前", "框", "grid", "后"]


def test_the_old_version_of_a_text_box_is_read_where_the_new_one_is_a_picture() -> None:
    box = f"<w:pict><v:shape><w:txbxContent>{p(r('框'))}</w:txbxContent></v:shape></w:pict>"
    both = (
        "<mc:AlternateContent><mc:Choice Requires='x'><x:new/></mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    assert texts(p(f"<w:r>{both}</w:r>")) == ["框"]


def test_properties_are_metadata_but_the_title_there_is_not_the_reports() -> None:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"><dc:title> 甲局2019年年度报告 </dc:title>'
        "<dc:creator>乙</dc:creator><dcterms:modified>2024-01-02T03:04:05Z</dcterms:modified>"
        "</cp:coreProperties>"
    )
    assert read_body(p(r("x")), docProps__core_xml=core).metadata == {
        "core:title": "甲局2019年年度报告",
        "core:creator": "乙",
        "core:modified": "2024-01-02T03:04:05Z",
    }


def test_the_main_part_is_the_one_that_the_package_names() -> None:
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONSHIPS}/officeDocument"'
        ' Target="/word/document2.xml"/>'
        "</Relationships>"
    )
    content = packed({"_rels/.rels": links, "word/document2.xml": main_part(p(r("x")))})
    assert len(read_docx(document_of(content)).blocks) == 1


def test_macros_are_not_looked_at() -> None:
    content = packed(
        {"word/document.xml": main_part(p(r("x"))), "word/vbaProject.bin": b"\xff" * 100}
    )
    assert len(read_docx(document_of(content)).blocks) == 1


# -- bad files ----------------------------------------------------------------------------------

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "0123456789">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb_is_refused_at_once(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{BOMB}{main_part(p(r("&i;")))}'
    with pytest.raises(UnreadableDocument, match="document type"):
        read_docx(document_of(packed({"word/document.xml": xml.encode(encoding)})))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    content = packed({"word/document.xml": b"\0" * 40_000_000})
    tracemalloc.start()
    with pytest.raises(UnreadableDocument, match="bombs"):
        read_docx(document_of(content))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_part_that_says_it_is_small_is_not_unpacked_further() -> None:
    content = bytearray(packed({"word/document.xml": main_part(p(r("x" * 5000)))}))
    size = len(main_part(p(r("x" * 5000)))).to_bytes(4, "little")
    lied = bytes(content).replace(size, (200).to_bytes(4, "little"))
    with pytest.raises(UnreadableDocument, match="damaged"):
        read_docx(document_of(lied))


def test_too_much_markup_and_too_many_cells_are_refused() -> None:
    content = packed({"word/document.xml": main_part(p(r("x")) * 500 + table(tc("1") * 20))})
    with pytest.raises(UnreadableDocument, match="tags"):
        read_docx(document_of(content), replace(Limits(), max_markup=1000))
    with pytest.raises(UnreadableDocument, match="cells"):
        read_docx(document_of(content), replace(Limits(), max_cells=10))
    with pytest.raises(UnreadableDocument, match="larger"):
        read_docx(document_of(content), replace(Limits(), max_part_bytes=1000))


@pytest.mark.parametrize("depth", [100, 5000])
def test_nesting_never_breaks_the_reader(depth: int) -> None:
    nested = "<w:tbl><w:tr><w:tc>" * depth + p(r("x")) + "</w:tc></w:tr></w:tbl>" * depth
    try:
        assert read_body(nested).blocks
    except UnreadableDocument as error:
        assert "\n" not in str(error)


def test_a_span_without_bounds_is_bounded() -> None:
    assert grid_of(table(tc("a", span(10**9)))).width <= 1000


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"word/document.xml": "<w:document"}, "damaged"),
        ({"word/document.xml": f'<w:document xmlns:w="{WORD}"/>'}, "no body"),
        ({"word/document.xml": main_part("<w:p/>")}, "no text"),
        ({"word/other.xml": "<a/>"}, "no part word/document.xml"),
    ],
)
def test_what_is_no_document_is_refused_with_its_reason(
    parts: dict[str, str | bytes], reason: str
) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        read_docx(document_of(packed(parts)))


def test_truncated_and_spoilt_files_are_refused_or_read() -> None:
    content = packed({"word/document.xml": main_part(p(r("政府信息公开")) * 50)})
    for end in range(0, len(content), 37):
        with pytest.raises(UnreadableDocument):
            read_docx(document_of(content[:end]))
    for at in range(0, len(content), 7):
        spoilt = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        try:
            assert read_docx(document_of(spoilt)).blocks
        except UnreadableDocument as error:
            assert "\n" not in str(error)
