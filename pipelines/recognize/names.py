"""Which agency, which year: from the title, else from what the document says of itself."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pipelines.domain import NameSource, Paragraph, Reading, ReportNames
from pipelines.forms import Lexicon, narrow, simplify
from pipelines.recognize.titles import EDGES, MAX_TITLE, Title, may_be_agency

_DATE = re.compile(r"(20\d\d)\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)")
# The agency signs within so many paragraphs of the end.
_SIGNED_WITHIN = 15


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that the document says of who reports on which year, the surest source first."""

    agencies: tuple[tuple[NameSource, str], ...]
    years: tuple[tuple[NameSource, int], ...]


def said_in(
    reading: Reading, titles: Iterable[Title], paragraphs: Sequence[Paragraph], lexicon: Lexicon
) -> Said:
    """What titles, the body and the metadata say."""
    usable = [t for t in titles if not t.refused]
    agencies = [(NameSource.TITLE, t.agency) for t in usable if t.agency]
    agencies += [(NameSource.SIGNATURE, name) for name in _signatures(paragraphs, lexicon)]
    agencies += [(NameSource.PUBLISHER, name) for name in _publishers(reading, lexicon)]
    years = [(NameSource.TITLE, t.year) for t in usable if t.year]
    years += [(NameSource.PERIOD, year) for year in _periods(paragraphs, lexicon)]
    return Said(tuple(agencies), tuple(years))


def names_of(
    said: Said,
    reading: Reading,
    titles: Iterable[Title],
    paragraphs: Sequence[Paragraph],
    lexicon: Lexicon,
) -> ReportNames:
    """The agency and the year of the surest source that names one."""
    usable = [t for t in titles if not t.refused]
    best = max(usable, key=lambda t: (t.agency is not None) + (t.year is not None), default=None)
    agency_source, agency = said.agencies[0] if said.agencies else (None, None)
    year_source, year = said.years[0] if said.years else (None, None)
    return ReportNames(
        agency,
        year,
        best.text if best else None,
        _published_on(reading, paragraphs, lexicon),
        agency_source,
        year_source,
    )


def disagreements(names: ReportNames, said: Said) -> Iterator[tuple[str, str]]:
    """What another source says otherwise: rule and detail. Names of which one ends in the other are
    one (a title has the county, the signature leaves it out); a publisher may be another office."""
    own = simplify(names.agency_name or "")
    for source, agency in said.agencies:
        other = simplify(agency)
        if source is NameSource.PUBLISHER or own.endswith(other) or other.endswith(own):
            continue
        yield "agency_disagrees", f"{source}: {agency}"
        break
    for source, year in said.years:
        if year != names.report_year:
            yield "year_disagrees", f"{source}: {year}"
            break


def _publishers(reading: Reading, lexicon: Lexicon) -> Iterator[str]:
    """The agency that the document's metadata names as its publisher or source."""
    for name in lexicon.publisher_names:
        text = reading.metadata.get(name, "")
        if may_be_agency(text, lexicon):
            yield narrow(text).strip(EDGES)


def _signatures(paragraphs: Sequence[Paragraph], lexicon: Lexicon) -> Iterator[str]:
    """The name of an agency in a paragraph of its own near the end, over a date or on its line."""
    last = paragraphs[-_SIGNED_WITHIN:]
    for paragraph, behind in zip_longest(last, last[1:]):
        text = narrow(paragraph.text)
        date = _written_date(text, lexicon)
        name = text[: date.start()] if date else text
        dated = date is not None or (
            behind is not None and _written_date(narrow(behind.text), lexicon) is not None
        )
        name = name.strip(EDGES)
        if dated and may_be_agency(name, lexicon) and not any(c.isdigit() for c in name):
            yield name


def _written_date(text: str, lexicon: Lexicon) -> re.Match[str] | None:
    """The date with which the text ends."""
    digits = "".join(narrow(d) for d in lexicon.year_digits)
    small = rf"[\d{digits}{lexicon.numerals}]{{1,3}}"
    year, month, day = lexicon.year_mark, lexicon.month_mark, lexicon.day_mark
    return re.search(rf"[\d{digits}]{{4}}\s*{year}\s*{small}\s*{month}\s*{small}\s*{day}$", text)


def _periods(paragraphs: Sequence[Paragraph], lexicon: Lexicon) -> Iterator[int]:
    """The years whose first and last day the prose names as the period of its figures."""
    year, month, day = lexicon.year_mark, lexicon.month_mark, lexicon.day_mark
    period = re.compile(
        rf"(20\d\d){year}0?1{month}0?1{day}\D{{0,6}}(?:(20\d\d){year})?12{month}31{day}"
    )
    for paragraph in paragraphs:
        for first, last in period.findall(narrow(paragraph.text).replace(" ", "")):
            if last in ("", first):
                yield int(first)


def _published_on(
    reading: Reading, paragraphs: Sequence[Paragraph], lexicon: Lexicon
) -> dt.date | None:
    texts = [reading.metadata[n] for n in lexicon.published_on_names if n in reading.metadata]
    for paragraph in paragraphs:
        plain = simplify(paragraph.text)
        word = next((w for w in lexicon.published_on_words if w in plain), None)
        if word is not None and len(plain) <= MAX_TITLE * 2:
            texts.append(plain[plain.index(word) :])
    for text in texts:
        match = _DATE.search(text)
        if match is not None:
            try:
                return dt.date(*(int(part) for part in match.groups()))
            except ValueError:
                continue
    return None
