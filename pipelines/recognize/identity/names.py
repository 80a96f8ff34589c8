"""Which agency, which year: from the title, else from what the document says of itself."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pipelines.domain import NameSource, Paragraph, Reading, ReportNames
from pipelines.domain.calendar import FIRST_MONTH_OF_WRITING
from pipelines.recognize.identity.agencies import (
    agree,
    are_alike,
    is_bare,
    is_office_of_government,
    is_whole,
    may_be_agency,
)
from pipelines.recognize.identity.publishers import publishers_in
from pipelines.recognize.identity.title_parts import EDGES, MAX_TITLE, Title
from pipelines.text import narrow, simplify
from pipelines.text.fold import compatible, placed
from pipelines.text.lexicon import Lexicon
from pipelines.text.years import (
    date_at_end,
    date_in,
    leading_date,
    led_by_year,
    periods_in,
)

# The agency signs within so many paragraphs of the end.
_SIGNED_WITHIN = 15
# Few reports on a year are written in the second year after it.
_MAX_YEARS_AFTER = 1
# The prose speaks of a year where it begins so many clauses with it.
_MIN_LED = 2
_BRACKETED = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that the document says of who reports on which year, the surest source first.
    `dated`: where a date is told, its year and its month (0 where unknown). `led`: how often the
    prose begins a clause with that year. `publishers`: all that are named, also those that publish
    for others."""

    agencies: tuple[tuple[NameSource, str], ...]
    years: tuple[tuple[NameSource, int], ...]
    dated: tuple[tuple[str, int, int], ...]
    led: tuple[tuple[int, int], ...]
    publishers: tuple[str, ...]
    lexicon: Lexicon


def said_in(
    reading: Reading, titles: Iterable[Title], paragraphs: Sequence[Paragraph], lexicon: Lexicon
) -> Said:
    """What titles, the body and the metadata say."""
    usable = [t for t in titles if not t.refused]
    signatures = list(_signatures(paragraphs, lexicon))
    agencies = [(NameSource.TITLE, t.agency) for t in usable if t.agency]
    agencies += [(NameSource.SIGNATURE, name) for name, _, _ in signatures]
    publishers = tuple(publishers_in(reading, paragraphs, lexicon))
    agencies += [
        (NameSource.PUBLISHER, name)
        for name in publishers
        if not is_office_of_government(name, lexicon)
    ]
    years = [(NameSource.TITLE, t.year) for t in usable if t.year]
    texts = [simplify(p.text) for p in paragraphs]
    years += [(NameSource.PERIOD, y) for text in texts for y in periods_in(text, lexicon)]
    dated = [(str(NameSource.SIGNATURE), year, month) for _, year, month in signatures]
    published = _published_on(reading, paragraphs, lexicon)
    if published is not None:
        dated.append(("published", published.year, published.month))
    led = Counter(y for text in texts for y in led_by_year(text, lexicon))
    return Said(
        tuple(agencies), tuple(years), tuple(dated), tuple(led.items()), publishers, lexicon
    )


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
    agency_source, agency = _agency(said)
    year_source, year = said.years[0] if said.years else (None, None)
    names = (name for _, name in said.agencies)
    return ReportNames(
        agency,
        year,
        best.text if best else None,
        _published_on(reading, paragraphs, lexicon),
        agency_source,
        year_source,
        tuple(n for n in dict.fromkeys((*names, *said.publishers)) if n != agency),
    )


def _agency(said: Said) -> tuple[NameSource | None, str | None]:
    """The first name; for one that leaves its place out, the first that has it, if any. A name
    that begins with the word for a place (the county's bureau) is not enough alone."""
    if not said.agencies:
        return None, None
    source, first = said.agencies[0]
    if is_whole(first, said.lexicon) and not is_bare(first, said.lexicon):
        return source, first
    short = simplify(first)
    for other_source, name in said.agencies[1:]:
        if name != first and simplify(name).endswith(short) and is_whole(name, said.lexicon):
            return other_source, name
    return (source, first) if is_whole(first, said.lexicon) else (None, None)


def disagreements(names: ReportNames, said: Said) -> Iterator[tuple[str, str]]:
    """What another source says otherwise: rule and detail. A publisher may
    be another that publishes for it, but hardly one of its own kind."""
    own = names.agency_name
    for source, agency in said.agencies:
        if own is None or agree(own, agency, said.lexicon):
            continue
        if source is NameSource.PUBLISHER and not are_alike(own, agency, said.lexicon):
            continue
        yield "agency_disagrees", f"{source}: {agency}"
        break
    yield from _other_years(names.report_year, said)


def _other_years(own: int | None, said: Said) -> Iterator[tuple[str, str]]:
    """The first thing that speaks against the year: another year told for it, a date at which no
    report on it was written, prose that only speaks of another."""
    if own is None:
        return
    for source, year in said.years:
        if year != own:
            yield "year_disagrees", f"{source}: {year}"
            return
    for where, year, month in said.dated:
        early = (year, month or 12) < (own, FIRST_MONTH_OF_WRITING)
        late = year > own + _MAX_YEARS_AFTER and where == NameSource.SIGNATURE
        if early or late:
            yield "year_disagrees", f"{where}: {year}-{month:02}" if month else f"{where}: {year}"
            return
    led = dict(said.led)
    other = max(led, key=lambda year: led[year], default=own)
    if own not in led and led.get(other, 0) >= _MIN_LED:
        yield "year_disagrees", f"text: {other}"


def _signatures(
    paragraphs: Sequence[Paragraph], lexicon: Lexicon
) -> Iterator[tuple[str, int, int]]:
    """The name of an agency in a paragraph of its own near the end, over a date, under it or on
    its line; with the year and the month (0 where unknown) of that date."""
    last = [narrow(p.text) for p in paragraphs[-_SIGNED_WITHIN:]]
    above: tuple[int, int, int] | None = None
    for text, behind in zip_longest(last, last[1:], fillvalue=""):
        date = date_at_end(text, lexicon)
        name = text[: date[0]] if date else text
        name = _BRACKETED.sub("", name.strip(" :,。.;、-—_|*#")).strip(EDGES)
        dated = date or date_at_end(behind, lexicon) or above
        if dated is not None and may_be_agency(name, lexicon):
            yield name, dated[1], dated[2]
        above = date if date is not None and date[0] == 0 else None


def _published_on(
    reading: Reading, paragraphs: Sequence[Paragraph], lexicon: Lexicon
) -> dt.date | None:
    told = [reading.metadata[n] for n in lexicon.published_on_names if n in reading.metadata]
    dates = [date_in(compatible(text)) for text in told]
    label = re.compile(rf"(?:{'|'.join(lexicon.published_on_words)})[:\]】]{{0,2}}")
    for text in (p.text for p in paragraphs if len(p.text) <= MAX_TITLE * 2):
        simple, places = placed(text)
        # The text as printed: a time of day stands apart from the date.
        behind = (places[m.end()] for m in label.finditer(simple) if m.end() < len(places))
        dates += [leading_date(compatible(text[place:])) for place in behind]
    return next(filter(None, dates), None)
