"""Documents of word processors and spreadsheets: DOCX and XLSX as they are, XLS through xlrd, the
old formats through LibreOffice."""

from pipelines.read.office.docx import read_docx
from pipelines.read.office.libreoffice import (
    OFFICE_SIGNATURES,
    Converted,
    convert,
    read_office,
    using,
)
from pipelines.read.office.spreadsheet import read_xls, read_xlsx

__all__ = [
    "OFFICE_SIGNATURES",
    "Converted",
    "convert",
    "read_docx",
    "read_office",
    "read_xls",
    "read_xlsx",
    "using",
]
