"""Which agency, which year: from the title, else from what the document says of itself."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.domain import Paragraph, Reading, ReportNames
from pipelines.forms import Lexicon, narrow, simplify

_MAX_TITLE = 80
_MAX_AGENCY = 30
# Between subject and report word stand at most a year and a word; behind it, a remark.
_MAX_BETWEEN = 8
_MAX_BEHIND = 20
_FIRST_YEAR = 2000
_LAST_YEAR = 2099
_QUOTES = "《》〈〉\"“”'‘’"
_EDGES = " :,。.;、()[]-—_|*#" + _QUOTES
_DATE = re.compile(r"(20\d\d)\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Title:
    """A title of a report, taken apart."""

    text: str
    agency: str | None
    year: int | None
    refused: bool


def titles_in(reading: Reading, paragraphs: Sequence[Paragraph], lexicon: Lexicon) -> list[Title]:
    """Every title of a report, the document's metadata first, then its paragraphs in order."""
    texts = [reading.metadata[n] for n in ("articletitle", "title") if n in reading.metadata]
    titles = [t for text in texts if (t := parse_title(text, lexicon)) is not None]
    for before, paragraph in zip([None, *paragraphs], paragraphs, strict=False):
        title = parse_title(paragraph.text, lexicon)
        if title is None:
            continue
        if title.agency is None and before is not None and _may_be_agency(before.text, lexicon):
            above = narrow(before.text).strip(_EDGES)
            year = title.year or _year_in(above, lexicon)
            agency = _strip_year(above, lexicon).strip(_EDGES) or None
            title = Title(f"{agency or ''}{title.text}", agency, year, title.refused)
        titles.append(title)
    return titles


def parse_title(text: str, lexicon: Lexicon) -> Title | None:
    """A title taken apart, or None: it has a subject, then a report word near its end."""
    printed = narrow(text)
    # A trail of links, or a word for what follows, can stand before the title on its line.
    plain = re.split(r"[>|»:]", printed)[-1].strip(_EDGES)
    if len(plain) > _MAX_TITLE:
        return None
    simplified = simplify(plain)
    whole = _unfolded(simplified, lexicon)
    subject = _first_of(whole, lexicon.title.subject)
    if subject is None:
        return None
    start, end = subject
    word = _first_of(whole[end:], lexicon.title.report)
    if word is None or word[0] > _MAX_BETWEEN or len(whole) - end - word[1] > _MAX_BEHIND:
        return None
    if any(mark in simplified for mark in ("。", ";", "?", "!", *lexicon.title.prose)):
        return None
    # The agency's name is kept in the characters in which it is printed.
    head = plain[:start] if len(plain) == len(whole) else whole[:start]
    for word_of_notice in lexicon.title.notice:
        head = head.partition(word_of_notice)[0] or head.partition(word_of_notice)[2]
    agency = _strip_year(head, lexicon)
    agency = "".join(c for c in agency if c not in _QUOTES).strip(_EDGES)
    refused = any(w in simplify(printed) for w in lexicon.title.not_a_report)
    return Title(plain, agency or None, _year_in(plain, lexicon), refused)


def _unfolded(plain: str, lexicon: Lexicon) -> str:
    """With the agency's name and the subject one behind the other, where a title lets them share
    characters."""
    for shared, agency in lexicon.title.overlapping.items():
        plain = plain.replace(shared, agency + lexicon.title.subject[0])
    return plain


def names_of(
    reading: Reading, titles: Iterable[Title], paragraphs: Sequence[Paragraph], lexicon: Lexicon
) -> ReportNames:
    """The first title that names an agency, the first that names a year."""
    usable = [t for t in titles if not t.refused]
    agency = next((t.agency for t in usable if t.agency), None) or publisher_of(reading, lexicon)
    year = next((t.year for t in usable if t.year), None)
    best = max(usable, key=lambda t: (t.agency is not None) + (t.year is not None), default=None)
    published = _published_on(reading, paragraphs, lexicon)
    return ReportNames(agency, year, best.text if best else None, published)


def publisher_of(reading: Reading, lexicon: Lexicon) -> str | None:
    """The agency that the document's metadata names as its publisher or source."""
    named = [reading.metadata[n] for n in lexicon.publisher_names if n in reading.metadata]
    return next((narrow(n).strip(_EDGES) for n in named if _may_be_agency(n, lexicon)), None)


def _first_of(text: str, words: Iterable[str]) -> tuple[int, int] | None:
    """Where the first of the words stands; of two that begin alike, the longer."""
    places = [(text.find(w), -len(w)) for w in words if w in text]
    if not places:
        return None
    start, length = min(places)
    return start, start - length


def _year_pattern(lexicon: Lexicon) -> re.Pattern[str]:
    digits = "".join(narrow(d) for d in lexicon.year_digits)
    words = "|".join(lexicon.title.year_words)
    return re.compile(rf"((?:19|20)\d\d|[{digits}]{{4}})(?:{words})?")


def _year_in(text: str, lexicon: Lexicon) -> int | None:
    digits = {narrow(d): v for d, v in lexicon.year_digits.items()}
    for match in _year_pattern(lexicon).finditer(text):
        token = match.group(1)
        year = int("".join(str(digits.get(c, c)) for c in token))
        if _FIRST_YEAR <= year <= _LAST_YEAR:
            return year
    return None


def _strip_year(text: str, lexicon: Lexicon) -> str:
    return _year_pattern(lexicon).sub("", text)


def _may_be_agency(text: str, lexicon: Lexicon) -> bool:
    plain = _strip_year(simplify(text), lexicon).strip(_EDGES)
    return 2 < len(plain) <= _MAX_AGENCY and plain.endswith(lexicon.agency_endings)


def _published_on(
    reading: Reading, paragraphs: Sequence[Paragraph], lexicon: Lexicon
) -> dt.date | None:
    texts = [reading.metadata[n] for n in lexicon.published_on_names if n in reading.metadata]
    for paragraph in paragraphs:
        plain = simplify(paragraph.text)
        word = next((w for w in lexicon.published_on_words if w in plain), None)
        if word is not None and len(plain) <= _MAX_TITLE * 2:
            texts.append(plain[plain.index(word) :])
    for text in texts:
        match = _DATE.search(text)
        if match is not None:
            try:
                return dt.date(*(int(part) for part in match.groups()))
            except ValueError:
                continue
    return None
