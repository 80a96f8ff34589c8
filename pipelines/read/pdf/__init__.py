"""PDFs with a text layer: `read_pdfium`, which is quick and proves what it reads or refuses, and
`read_pdf`, which is careful."""

from pipelines.read.pdf.careful import read_pdf
from pipelines.read.pdf.quick import read_pdfium

__all__ = ["read_pdf", "read_pdfium"]
