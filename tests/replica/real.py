"""Real simulated reports, for demonstrations: the same agency and year are the same figures."""

import datetime as dt
import io
import random
from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image

from pipelines.domain import Agency
from pipelines.forms import load_forms
from tests.replica.plan import Format
from tests.replica.stubs import zip_of
from tests.simulate.annex import generate_annex
from tests.simulate.generate import generate
from tests.simulate.habits import Habits
from tests.simulate.html_page import render_html
from tests.simulate.prose import title_lines
from tests.simulate.render import render
from tests.simulate.report import SimulatedReport
from tests.simulate.scan import Scan, scan_pdf
from tests.simulate.words import load_words

_ANNEX = "2014"
_BEGIN, _END = '<div class="content" id="zoom">\n', '</div>\n<div class="tools">'
_PICTURE = Scan(dpi=110)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report."""

    seed: int
    agency: Agency
    year: int
    revision: int
    title_name: str
    listed_on: dt.date


def markup(wanted: Wanted) -> str:
    """The article of the report's page."""
    whole = render_html(_report(wanted), Habits()).decode()
    return whole[whole.index(_BEGIN) + len(_BEGIN) : whole.index(_END)]


@lru_cache(maxsize=2048)
def file(wanted: Wanted, format: Format, nth: int) -> bytes:
    """The report as a file; of pictures, its pages in two halves.

    Raises:
        MissingFontError: a PDF is wanted and the font is not installed.
    """
    report = _report(wanted)
    if format == "zip":
        return zip_of({f"{report.report_year}.docx": render(report, "docx")})
    if format == "png":
        return _picture(render(report, "pdf"), nth)
    return render(report, format)


def _picture(pdf: bytes, half: int) -> bytes:
    pages = scan_pdf(pdf, _PICTURE)
    middle = (len(pages) + 1) // 2
    shown = (pages[:middle] if half == 0 else pages[middle:]) or pages[:1]
    picture = Image.new("RGB", (max(p.width for p in shown), sum(p.height for p in shown)))
    top = 0
    for page in shown:
        picture.paste(page, (0, top))
        top += page.height
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _report(wanted: Wanted) -> SimulatedReport:
    report = _figures(wanted.seed, wanted.agency, wanted.year, wanted.revision)
    lines = title_lines(load_words(), wanted.title_name, wanted.agency, wanted.year)
    return replace(report, title_lines=lines, published_on=wanted.listed_on)


@lru_cache(maxsize=4096)
def _figures(seed: int, agency: Agency, year: int, revision: int) -> SimulatedReport:
    """What one year carries forward the next brings forward; a revision has other figures."""
    forms = load_forms()
    rng = random.Random(f"{seed} {agency.agency_id} {year} {revision}")
    if not has_tables(year):
        return generate_annex(rng, form=_ANNEX, agency=agency, year=year)
    previous = _figures(seed, agency, year - 1, 1) if has_tables(year - 1) else None
    vintage = forms.form_for_year(year).vintage
    return generate(rng, vintage=vintage, agency=agency, year=year, previous=previous)


def has_tables(year: int) -> bool:
    """Whether a form of three tables is meant for the year; else it has an annex."""
    return any(form.meant_for(year) for form in load_forms().vintages.values())
