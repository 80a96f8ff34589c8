"""One report in any of the formats that agencies publish in."""

from collections.abc import Callable
from typing import Literal

from tests.simulate.docx_file import render_docx
from tests.simulate.habits import Habits
from tests.simulate.html_page import render_html
from tests.simulate.pdf_pages import render_pdf
from tests.simulate.report import SimulatedReport
from tests.simulate.text_copy import render_text
from tests.simulate.xlsx_file import render_xlsx

Format = Literal["html", "pdf", "text", "docx", "xlsx"]

_RENDERERS: dict[str, Callable[[SimulatedReport, Habits | None], bytes]] = {
    "html": render_html,
    "pdf": render_pdf,
    "text": render_text,
    "docx": render_docx,
    "xlsx": render_xlsx,
}


def render(report: SimulatedReport, format: Format, habits: Habits | None = None) -> bytes:
    """The bytes of a document that holds `report`. The same report, format and habits give the
    same bytes. `habits` are the report's own unless others are given; those of figures, labels
    and title were settled when it was generated.

    Raises:
        ValueError: a lost cell in a PDF or a sheet.
        MissingFontError: a PDF is wanted and the font is not installed.
    """
    return _RENDERERS[format](report, habits)
