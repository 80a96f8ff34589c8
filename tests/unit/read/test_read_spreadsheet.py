"""Workbooks: cells as shown, merged cells as spans, what stands together as one grid."""

import io
import random
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.domain import Document, Grid, Paragraph, Reading, UnreadableDocument, sha256_of
from pipelines.read.containers import OLE, XLS, XLSX, inside
from pipelines.read.limits import Limits
from pipelines.read.office.libreoffice import PROGRAM, office
from pipelines.read.office.spreadsheet import read_xls, read_xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOX = Border(*(Side(style="thin") for _ in range(4)))


def document_of(content: bytes, media_type: str = XLSX) -> Document:
    return Document("a.xlsx", content, sha256_of(content), media_type)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def new_sheet() -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    return book, sheet


def grids(reading: Reading) -> list[Grid]:
    return [b for b in reading.blocks if isinstance(b, Grid)]


def rows_of(grid: Grid) -> list[list[str]]:
    return [[c.text for c in row] for row in grid.rows()]


def by_hand(sheet: str, **parts: str) -> bytes:
    """A workbook whose sheet is written by hand."""
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    named = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
        **{f"xl/{name}.xml": xml for name, xml in parts.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in named.items():
            archive.writestr(name, xml)
    return buffer.getvalue()


def sheet_xml(rows: str, behind: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{behind}</worksheet>'


def test_numbers_are_as_they_are_shown() -> None:
    book, sheet = new_sheet()
    for column, (value, code) in enumerate(
        [(12.0, "General"), (1113, "#,##0"), (0.5, "0.00"), (0.125, "0%"), (3, '0"件"')], 1
    ):
        cell = sheet.cell(1, column, value)
        cell.number_format = code
    (grid,) = grids(read_xlsx(document_of(saved(book))))
    assert rows_of(grid) == [["12", "1,113", "0.50", "13%", "3件"]]


def test_merged_cells_are_spans_and_places_are_the_sheets() -> None:
    book, sheet = new_sheet()
    sheet["B3"], sheet["C3"], sheet["B4"], sheet["C4"], sheet["D4"] = "a", "b", None, "c", "d"
    sheet.merge_cells("B3:B4")
    sheet.merge_cells("C3:D3")
    (grid,) = grids(read_xlsx(document_of(saved(book))))
    assert {c.text: (c.row, c.column, c.row_span, c.column_span) for c in grid.cells} == {
        "a": (0, 0, 2, 1),
        "b": (0, 1, 1, 2),
        "c": (1, 1, 1, 1),
        "d": (1, 2, 1, 1),
    }
    assert grid.exact
    assert grid.cells[0].place.as_json() == {"table": 1, "row": 3, "cell": 2}


def test_blank_cells_of_a_table_are_cells_with_borders_and_without() -> None:
    for border in (None, BOX):
        book, sheet = new_sheet()
        for row, texts in enumerate([("a", "b", "c"), ("规章", None, "0"), ("x", None, None)], 1):
            for column, text in enumerate(texts, 1):
                cell = sheet.cell(row, column, text)
                if border:
                    cell.border = border
        (grid,) = grids(read_xlsx(document_of(saved(book))))
        assert rows_of(grid) == [["a", "b", "c"], ["规章", "", "0"], ["x", "", ""]]


def test_without_borders_each_table_is_as_wide_as_its_widest_row() -> None:
    book, sheet = new_sheet()
    texts = [
        ("标题",),
        ("a", "b"),
        ("x", None),
        ("y",),
        ("二、",),
        ("c", "d", "e"),
        ("z", None, "1"),
    ]
    for row, cells in enumerate(texts, 1):
        for column, text in enumerate(cells, 1):
            sheet.cell(row, column, text)
    for row in (1, 5):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=9)
    (grid,) = grids(read_xlsx(document_of(saved(book))))
    assert [len(row) for row in rows_of(grid)] == [1, 2, 2, 2, 1, 3, 3]


def test_a_blank_merged_cell_without_borders_is_one_cell() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="D1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c><c r="D2"><v>4</v></c></row>'
    )
    merges = '<mergeCells><mergeCell ref="B2:C2"/><mergeCell ref="B3:C9"/></mergeCells>'
    (grid,) = grids(read_xlsx(document_of(by_hand(sheet_xml(rows, merges)))))
    assert rows_of(grid) == [["1", "", "", "2"], ["3", "", "4"]]


def test_a_last_row_left_blank_is_a_row_where_it_has_borders() -> None:
    book, sheet = new_sheet()
    for column, text in enumerate("abc", 1):
        sheet.cell(1, column, text).border = BOX
        for row in range(2, 9):
            sheet.cell(row, column).border = BOX
    (grid,) = grids(read_xlsx(document_of(saved(book))))
    assert rows_of(grid) == [["a", "b", "c"], ["", "", ""]]


def test_empty_rows_part_grids_and_a_cell_alone_is_a_paragraph() -> None:
    book, sheet = new_sheet()
    sheet["A1"] = "甲局2023年年度报告"
    sheet["A3"], sheet["B3"] = "规章", 0
    sheet["A5"], sheet["B5"] = "规范性文件", 1
    second = book.create_sheet("隐")
    second.sheet_state = "hidden"
    second["A1"], second["B1"] = "x", "y"
    second.row_dimensions[1].hidden = True
    blocks = read_xlsx(document_of(saved(book))).blocks
    assert [type(b).__name__ for b in blocks] == ["Paragraph", "Grid", "Grid", "Grid"]
    assert isinstance(blocks[3], Grid)
    assert blocks[3].cells[0].place.as_json() == {"table": 2, "row": 1, "cell": 1}


def test_a_formula_without_its_value_is_no_figure_and_with_it_is_one() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>SUM(A1:A1)</f></c>'
        '<c r="C1"><f>A1+1</f><v>2</v></c><c r="D1" t="str"><f>""</f><v></v></c>'
        '<c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F1" t="b"><v>1</v></c></row>'
    )
    (grid,) = grids(read_xlsx(document_of(by_hand(sheet_xml(rows)))))
    assert rows_of(grid) == [["1", "=SUM(A1:A1)", "2", "", "#DIV/0!", "TRUE"]]


def test_texts_in_pieces_without_how_they_are_pronounced() -> None:
    rows = (
        '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>目</t><rPh><t>mu</t></rPh></is></c>'
        '<c t="s"><v>9</v></c></row>'
    )
    item = "<si><r><t>项</t></r><r><t>目</t></r><rPh><t>xiang</t></rPh></si>"
    texts = f'<sst xmlns="{MAIN}">{item}</sst>'
    (grid,) = grids(read_xlsx(document_of(by_hand(sheet_xml(rows), sharedStrings=texts))))
    assert rows_of(grid) == [["项目", "目", "#9"]]


def test_ranges_that_overlap_or_make_no_sense_do_not_shift_cells() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'
    merges = (
        '<mergeCells><mergeCell ref="A1:A1"/><mergeCell ref="B1:XFD1048576"/>'
        '<mergeCell ref="C1:D9"/><mergeCell ref="nonsense"/><mergeCell ref="Z99:A1"/></mergeCells>'
    )
    (grid,) = grids(read_xlsx(document_of(by_hand(sheet_xml(rows, merges)))))
    assert [(c.text, c.column) for c in grid.cells][:2] == [("1", 0), ("2", 1)]


# -- bad files ----------------------------------------------------------------------------------


def test_formatted_rows_with_nothing_in_them_take_no_memory() -> None:
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 150_001))
    sheet = sheet_xml('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>' + empty)
    styles = (
        f'<styleSheet xmlns="{MAIN}"><borders><border/><border><left style="thin"/></border>'
        '</borders><cellXfs><xf/><xf borderId="1"/></cellXfs></styleSheet>'
    )
    content = by_hand(sheet, styles=styles).replace(b"sharedStrings", b"styles.......")
    del sheet, empty
    document = document_of(content)
    tracemalloc.start()
    reading = read_xlsx(document)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows_of(grids(reading)[0])[0] == ["1", "2"]
    assert peak < 5_000_000


def test_a_sheet_that_is_too_large_is_refused() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="B{n}"><v>2</v></c></row>'
        for n in range(1, 500)
    )
    document = document_of(by_hand(sheet_xml(rows)))
    with pytest.raises(UnreadableDocument, match="cells"):
        read_xlsx(document, replace(Limits(), max_cells=500))
    with pytest.raises(UnreadableDocument, match="larger"):
        read_xlsx(document, replace(Limits(), max_streamed_bytes=5000))
    one = '<row r="{0}"><c r="A{0}"><v>1</v></c><c r="{1}{0}"><v>1</v></c></row>'
    far = one.format(1, "XFD")
    read_xlsx(document_of(by_hand(sheet_xml(far))), replace(Limits(), max_cells=20_000))
    wide = far + "".join(one.format(n, "B") for n in range(2, 300))
    with pytest.raises(UnreadableDocument, match="cells"):
        read_xlsx(document_of(by_hand(sheet_xml(wide))), replace(Limits(), max_cells=20_000))


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        ('<!DOCTYPE x [<!ENTITY a "1">]>' + sheet_xml("<row/>"), "document type"),
        (sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')[:-9], "damaged"),
        (sheet_xml('<row r="99999999"><c><v>1</v></c></row>'), "row beyond"),
        (sheet_xml('<row r="1"><c r="ZZZ1"><v>1</v></c></row>'), "column beyond"),
        ('<?xml version="1.0" encoding="jTF-8"?>' + sheet_xml("<row/>"), "damaged"),
        (sheet_xml(""), "no text"),
    ],
)
def test_bad_sheets_are_refused_with_their_reason(sheet: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        read_xlsx(document_of(by_hand(sheet)))


def test_spoilt_files_are_refused_or_read() -> None:
    book, sheet = new_sheet()
    sheet["A1"], sheet["B1"] = "规章", 3
    content = saved(book)
    rng = random.Random(1)
    for _ in range(150):
        at = rng.randrange(len(content))
        spoilt = content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]
        try:
            assert read_xlsx(document_of(spoilt)).blocks
        except UnreadableDocument as error:
            assert "\n" not in str(error)


# -- XLS ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def xls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """A workbook of the old format, which LibreOffice makes."""
    try:
        program = office()
    except UnreadableDocument:
        pytest.skip(f"{PROGRAM} is not installed: no XLS can be made (libreoffice-calc-nogui)")
    folder: Path = tmp_path_factory.mktemp("xls")
    book, sheet = new_sheet()
    sheet["A1"], sheet["B1"] = "甲", "乙"
    sheet.merge_cells("B1:C1")
    for column, (value, code) in enumerate([(12.0, "General"), (1113, "#,##0"), (0.5, "0.00")], 1):
        cell = sheet.cell(2, column, value)
        cell.number_format = code
    for column in range(1, 4):
        sheet.cell(3, column).border = BOX
    sheet["A4"], sheet["B4"], sheet["C4"] = "=A2+1", True, "文"
    (folder / "a.xlsx").write_bytes(saved(book))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = ["--headless", "--convert-to", "xls:MS Excel 97", "--outdir", str(folder)]
    subprocess.run(
        [program, profile, *options, str(folder / "a.xlsx")],
        capture_output=True,
        timeout=120,
        check=False,
    )
    if not (folder / "a.xls").is_file():
        pytest.skip("LibreOffice makes no XLS: libreoffice-calc-nogui is not installed")
    yield (folder / "a.xls").read_bytes()


def test_xls_reads_as_xlsx_does(xls: bytes) -> None:
    assert inside(xls, OLE) == XLS
    reading = read_xls(document_of(xls, XLS))
    assert reading.read_by.startswith("xlrd/")
    (grid,) = grids(reading)
    assert rows_of(grid) == [
        ["甲", "乙"],
        ["12", "1,113", "0.50"],
        ["", "", ""],
        ["13", "TRUE", "文"],
    ]
    assert [c.column_span for c in grid.cells][:2] == [1, 2]
    assert grid.cells[2].place.as_json() == {"table": 1, "row": 2, "cell": 1}


def test_a_spoilt_or_large_xls_is_refused(xls: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="larger"):
        read_xls(document_of(xls, XLS), replace(Limits(), max_workbook_bytes=100))
    rng = random.Random(2)
    for end in range(0, len(xls), 257):
        try:
            read_xls(document_of(xls[:end], XLS))
        except UnreadableDocument as error:
            assert "\n" not in str(error)
    for _ in range(100):
        at = rng.randrange(len(xls))
        spoilt = xls[:at] + bytes([rng.randrange(256)]) + xls[at + 1 :]
        try:
            read_xls(document_of(spoilt, XLS))
        except UnreadableDocument as error:
            assert "\n" not in str(error)


def test_a_stream_that_goes_in_circles_is_refused(xls: bytes) -> None:
    entry = xls.index("Workbook\0".encode("utf-16-le"))
    endless = xls[: entry + 120] + (0x7FFFFFFF).to_bytes(4, "little") + xls[entry + 124 :]
    with pytest.raises(UnreadableDocument, match="longer than the file"):
        read_xls(document_of(endless, XLS))


def test_paragraphs_of_a_cell_are_its_lines() -> None:
    book, sheet = new_sheet()
    sheet["A1"] = "一、总体情况\n  正文"
    blocks = read_xlsx(document_of(saved(book))).blocks
    assert [b.text for b in blocks if isinstance(b, Paragraph)] == ["一、总体情况", "正文"]
