"""The ways in which documents are read: ours, those of peers, and floors that only parse.

A way takes the contents of some documents and gives an answer for each. All functions are at the
top level, so that a way can be sent to another process.
"""

import io
import logging
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import docx
import lxml.html
import openpyxl
import pandas
import pdfplumber
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from pipelines.read import Reader, convert, document_of, using
from pipelines.read.html.page import read_html
from pipelines.read.media_type import decoded_text
from pipelines.read.ocr.scans import read_scan
from pipelines.read.office.docx import read_docx
from pipelines.read.office.libreoffice import read_office
from pipelines.read.office.spreadsheet import read_xlsx
from pipelines.read.pdf import calls as pdfium
from pipelines.read.pdf.careful import read_pdf
from pipelines.read.pdf.quick import read_pdfium
from pipelines.read.text import read_text
from tests.bench.answers import Answer, Tables

Role = Literal["ours", "peer", "floor"]

# Thousands of lines on fonts would be part of what is timed.
logging.getLogger("pdfminer").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to read; a floor's answers are not judged, since it has none to give."""

    name: str
    role: Role
    read: Callable[[Sequence[bytes]], list[Answer]]


def each(read: Callable[[bytes], Answer], contents: Sequence[bytes]) -> list[Answer]:
    """One by one; what cannot be read is answered with why."""
    answers: list[Answer] = []
    for content in contents:
        try:
            answers.append(read(content))
        except Exception as error:
            answers.append(error)
    return answers


def by_reader(reader: Reader, content: bytes) -> Answer:
    """From bytes to a reading, as the walk does it."""
    return reader(document_of("document", content))


def office_together(contents: Sequence[bytes]) -> list[Answer]:
    """All in one start of LibreOffice, as a batch of documents is."""
    with using(convert([document_of("document", content) for content in contents])):
        return each(partial(by_reader, read_office), contents)


def office_alone(contents: Sequence[bytes]) -> list[Answer]:
    """LibreOffice's own part of it."""
    convert([document_of("document", content) for content in contents])
    return [()] * len(contents)


# -- peers ------------------------------------------------------------------------------------


def pdfplumber_default(content: bytes) -> Tables:
    """Every table of every page as pdfplumber finds them by itself."""
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return [table for page in pdf.pages for table in page.extract_tables()]


def pandas_read_html(content: bytes) -> Tables:
    """Every table as pandas finds them by itself."""
    page = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")
    return [frame.to_numpy().tolist() for frame in pandas.read_html(page)]


def python_docx(content: bytes) -> Tables:
    """The cells of every row, merged ones repeated."""
    tables = docx.Document(io.BytesIO(content)).tables
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]


def openpyxl_sheets(content: bytes, read_only: bool = False) -> Tables:
    """The values of every sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=read_only)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book]


# -- floors -----------------------------------------------------------------------------------


def pdfium_text(content: bytes) -> Tables:
    """pdfium's text of all pages."""
    with pdfium.opened(content) as handle:
        for index in range(pdfium.count_pages(handle)):
            page = pdfium.load_page(handle, index)
            text = pdfium.load_text(page)
            pdfium.page_text(text)
            pdfium.close_text(text)
            pdfium.close_page(page)
    return ()


def lxml_html(content: bytes) -> Tables:
    """lxml's tree of the page."""
    lxml.html.document_fromstring(content)
    return ()


def selectolax_html(content: bytes) -> Tables:
    """selectolax's tree of the page."""
    LexborHTMLParser(content)
    return ()


def zip_and_lxml(member: str, content: bytes) -> Tables:
    """lxml's tree of one part of the package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        etree.fromstring(package.read(member))
    return ()


def decoded(content: bytes) -> Tables:
    """The text, decoded."""
    decoded_text(content)
    return ()


def one_by_one(name: str, role: Role, read: Callable[[bytes], Answer]) -> Way:
    """A way that takes its documents one by one."""
    return Way(name, role, partial(each, read))


def ours(name: str, reader: Reader) -> Way:
    """A reader of ours."""
    return one_by_one(name, "ours", partial(by_reader, reader))


READ_PDFIUM = ours("read_pdfium", read_pdfium)
READ_PDF = ours("read_pdf", read_pdf)
READ_HTML = ours("read_html", read_html)
READ_DOCX = ours("read_docx", read_docx)
READ_XLSX = ours("read_xlsx", read_xlsx)
READ_TEXT = ours("read_text", read_text)
READ_SCAN = ours("read_scan", read_scan)
READ_OFFICE = Way("read_office", "ours", office_together)

PDFPLUMBER = one_by_one("pdfplumber default", "peer", pdfplumber_default)
PANDAS = one_by_one("pandas.read_html", "peer", pandas_read_html)
PYTHON_DOCX = one_by_one("python-docx row.cells", "peer", python_docx)
OPENPYXL = one_by_one("openpyxl", "peer", openpyxl_sheets)
OPENPYXL_READ_ONLY = one_by_one(
    "openpyxl read_only", "peer", partial(openpyxl_sheets, read_only=True)
)

PDFIUM_TEXT = one_by_one("pdfium text", "floor", pdfium_text)
LXML = one_by_one("lxml parse", "floor", lxml_html)
SELECTOLAX = one_by_one("selectolax parse", "floor", selectolax_html)
DOCX_PARSE = one_by_one("zip + lxml parse", "floor", partial(zip_and_lxml, "word/document.xml"))
XLSX_PARSE = one_by_one(
    "zip + lxml parse", "floor", partial(zip_and_lxml, "xl/worksheets/sheet1.xml")
)
DECODED = one_by_one("decode", "floor", decoded)
OFFICE_ALONE = Way("LibreOffice alone", "floor", office_alone)
