"""The documents that benches read: reports of careful authors, as each program makes them.

A number and a format give the same reports at every run.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pypdfium2

from pipelines.domain import UnreadableDocument
from pipelines.forms import load_forms
from pipelines.read.ocr.engine import require_ocr
from tests.bench import printing
from tests.simulate import (
    Habits,
    MissingFontError,
    SimulatedReport,
    generate,
    load_agencies,
    render,
)
from tests.simulate.docx_file import WordHabits, render_docx
from tests.simulate.report import REQUESTS
from tests.simulate.scan import Scan, save_scan, scan_pdf

Maker = Callable[[Sequence[SimulatedReport]], list[bytes]]

# Real reports have 2 800 to 3 600 characters on four or five pages; simulated prose is shorter.
_PROSE = 3
# A web page of 65 KB as Word's markup leaves it, of 110 and of 155 with the links of its website.
_LINKS_BYTES = 45_000
_LINK = '<li><a href="/xxgk/{n:06}/index.html" target="_blank" title="{n:06}">{n:06}</a></li>\n'
_SCAN = Scan(dpi=200, skew=0.4, blur=0.4, noise=4.0, quality=75)


@dataclass(frozen=True, slots=True)
class Sample:
    """A document and the report that it holds. Time is told by `parts` (the pages of a scan)."""

    content: bytes
    report: SimulatedReport
    parts: int = 1


@lru_cache(maxsize=4)
def reports(count: int) -> tuple[SimulatedReport, ...]:
    """Reports of careful authors, the vintages in turn."""
    agencies = sorted(load_agencies().values(), key=lambda a: a.agency_id)
    # Forms of before 2019 have other tables.
    vintages = [v for v, form in load_forms().vintages.items() if REQUESTS in form.tables]
    newest = vintages[-1]
    made = []
    for number in range(count):
        rng = random.Random(number)
        vintage = vintages[number % len(vintages)]
        year = rng.randint(2021, 2024) if vintage == newest else 2020
        agency = rng.choice(agencies)
        report = generate(rng, vintage=vintage, agency=agency, year=year, habits=Habits())
        prose = {section: texts * _PROSE for section, texts in report.paragraphs.items()}
        made.append(replace(report, paragraphs=prose))
    return tuple(made)


def samples(maker: str, count: int) -> list[Sample]:
    """`count` documents as the maker of that name makes them.

    Raises:
        NotInstalledError: a program, font or extra that they need is not installed.
    """
    try:
        contents = MAKERS[maker](reports(count))
    except (MissingFontError, UnreadableDocument) as error:
        raise printing.NotInstalledError(str(error)) from error
    parts = [_pages(c) for c in contents] if maker == "scan" else [1] * count
    return [Sample(*of) for of in zip(contents, reports(count), parts, strict=True)]


def _pages(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def _html(of: Sequence[SimulatedReport]) -> list[bytes]:
    return [render(report, "html") for report in of]


def _web_pages(of: Sequence[SimulatedReport]) -> list[bytes]:
    pages = []
    for number, report in enumerate(of):
        page = render(report, "html", Habits(markup="word"))
        links = number % 3 * _LINKS_BYTES // len(_LINK.format(n=0))
        menu = "".join(_LINK.format(n=n) for n in range(links))
        pages.append(page.replace(b"<body>", f"<body><ul>{menu}</ul>".encode(), 1))
    return pages


def _docx(of: Sequence[SimulatedReport]) -> list[bytes]:
    return [render_docx(report, word=WordHabits(split_runs=True)) for report in of]


def _pdf(of: Sequence[SimulatedReport]) -> list[bytes]:
    return [render(report, "pdf") for report in of]


def _scans(of: Sequence[SimulatedReport]) -> list[bytes]:
    require_ocr()
    return [save_scan(scan_pdf(pdf, _SCAN), "PDF", _SCAN) for pdf in _pdf(of)]


def _from_html(of: Sequence[SimulatedReport], target: str) -> list[bytes]:
    return printing.converted(_html(of), printing.FROM_HTML, target)


MAKERS: dict[str, Maker] = {
    "reportlab": _pdf,
    "libreoffice": lambda of: _from_html(of, printing.TO_PDF),
    "word": lambda of: printing.converted(_docx(of), printing.FROM_DOCX, printing.TO_PDF),
    "chromium": lambda of: printing.browsed(_html(of)),
    "html": _web_pages,
    "docx": _docx,
    "xlsx": lambda of: [render(report, "xlsx") for report in of],
    "text": lambda of: [render(report, "text") for report in of],
    # A .doc made from DOCX loses its tables when it is read back.
    "doc": lambda of: _from_html(of, printing.TO_DOC),
    "rtf": lambda of: _from_html(of, printing.TO_RTF),
    "scan": _scans,
}
