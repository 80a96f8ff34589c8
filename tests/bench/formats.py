"""What `make bench-read` measures: for each format its documents, its ways and its targets."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench import ways
from tests.bench.ways import Way

# Targets of the issue on reading, in one place.
PDF_TO_PEER, PDF_TO_FLOOR = 20.0, 1.6
HTML_TO_PEER, DOCX_TO_PEER = 10.0, 6.0
SECONDS_A_DOC, SECONDS_A_PAGE_OF_OCR = 0.25, 6.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the time of `to` that of `of` is; without `to`, the seconds of `of`.
    A target is `at_least` or `at_most`; without either, the figure is told for itself."""

    of: str
    to: str | None
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """Documents made by `maker` and the ways to read them, ours first. `together` gives each way
    all documents at once. Time is told by `unit`."""

    name: str
    maker: str
    ways: Sequence[Way]
    ratios: Sequence[Ratio]
    documents: int = 6
    repetitions: int = 5
    together: bool = False
    unit: str = "document"


def _pdf(maker: str, to_peer: float | None, to_floor: float | None) -> Format:
    quick, careful = ways.READ_PDFIUM, ways.READ_PDF
    peer, floor = ways.PDFPLUMBER, ways.PDFIUM_TEXT
    return Format(
        f"pdf-{maker}",
        maker,
        (quick, careful, peer, floor),
        (
            Ratio(peer.name, quick.name, at_least=to_peer),
            Ratio(quick.name, floor.name, at_most=to_floor),
            Ratio(peer.name, careful.name),
            Ratio(peer.name, floor.name),  # no reader can be more times as fast
        ),
        repetitions=3,
    )


def _office(maker: str, seconds: float | None) -> Format:
    ours, alone = ways.READ_OFFICE, ways.OFFICE_ALONE
    ratios = (Ratio(ours.name, None, at_most=seconds), Ratio(ours.name, alone.name))
    return Format(maker, maker, (ours, alone), ratios, documents=20, repetitions=2, together=True)


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        _pdf("libreoffice", PDF_TO_PEER, PDF_TO_FLOOR),
        _pdf("word", PDF_TO_PEER, PDF_TO_FLOOR),
        _pdf("chromium", PDF_TO_PEER, PDF_TO_FLOOR),
        _pdf("reportlab", None, None),
        Format(
            "html",
            "html",
            (ways.READ_HTML, ways.PANDAS, ways.LXML, ways.SELECTOLAX),
            (
                Ratio(ways.PANDAS.name, ways.READ_HTML.name, at_least=HTML_TO_PEER),
                Ratio(ways.READ_HTML.name, ways.LXML.name),
                Ratio(ways.READ_HTML.name, ways.SELECTOLAX.name),
                Ratio(ways.PANDAS.name, ways.SELECTOLAX.name),
            ),
        ),
        Format(
            "docx",
            "docx",
            (ways.READ_DOCX, ways.PYTHON_DOCX, ways.DOCX_PARSE),
            (
                Ratio(ways.PYTHON_DOCX.name, ways.READ_DOCX.name, at_least=DOCX_TO_PEER),
                Ratio(ways.READ_DOCX.name, ways.DOCX_PARSE.name),
            ),
        ),
        Format(
            "xlsx",
            "xlsx",
            (ways.READ_XLSX, ways.OPENPYXL, ways.OPENPYXL_READ_ONLY, ways.XLSX_PARSE),
            (
                Ratio(ways.OPENPYXL.name, ways.READ_XLSX.name),
                Ratio(ways.OPENPYXL_READ_ONLY.name, ways.READ_XLSX.name),
                Ratio(ways.READ_XLSX.name, ways.XLSX_PARSE.name),
            ),
        ),
        Format(
            "text",
            "text",
            (ways.READ_TEXT, ways.DECODED),
            (Ratio(ways.READ_TEXT.name, ways.DECODED.name),),
        ),
        _office("doc", SECONDS_A_DOC),
        _office("rtf", None),
        Format(
            "scan",
            "scan",
            (ways.READ_SCAN,),
            (Ratio(ways.READ_SCAN.name, None, at_most=SECONDS_A_PAGE_OF_OCR),),
            documents=1,
            repetitions=1,
            unit="page",
        ),
    )
}
