"""Titles of reports: an agency, a year, a subject and a report word."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.domain import Paragraph, Reading
from pipelines.forms import Lexicon, narrow, simplify

MAX_TITLE = 80
_MAX_AGENCY = 30
# Between subject and report word stand at most a year and a word; behind it, a remark.
_MAX_BETWEEN = 8
_MAX_BEHIND = 20
_FIRST_YEAR = 2000
_LAST_YEAR = 2099
_QUOTES = "《》〈〉\"“”'‘’"
_NUMBERED = re.compile(r"[0-9/]")
EDGES = " :,。.;、()[]-—_|*#" + _QUOTES


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
        if title.agency is None and before is not None and may_be_agency(before.text, lexicon):
            above = narrow(before.text).strip(EDGES)
            year = title.year or year_in(above, lexicon)
            agency = strip_year(above, lexicon).strip(EDGES) or None
            title = Title(f"{agency or ''}{title.text}", agency, year, title.refused)
        titles.append(title)
    return titles


def parse_title(text: str, lexicon: Lexicon) -> Title | None:
    """A title taken apart, or None: it has a subject, then a report word near its end."""
    printed = narrow(text)
    # A trail of links, or a word for what follows, can stand before the title on its line.
    plain = re.split(r"[>|»:]", printed)[-1].strip(EDGES)
    if len(plain) > MAX_TITLE:
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
    agency = strip_year(head, lexicon)
    agency = "".join(c for c in agency if c not in _QUOTES).strip(EDGES)
    # The number of a document, the hour at which a browser printed it, or what a broken line leaves
    # of the year is no one's name.
    if _NUMBERED.search(agency) or set(agency) <= set("".join(lexicon.title.year_words)):
        agency = ""
    refused = any(w in simplify(printed) for w in lexicon.title.not_a_report)
    return Title(plain, agency or None, year_in(plain, lexicon), refused)


def _unfolded(plain: str, lexicon: Lexicon) -> str:
    """With the agency's name and the subject one behind the other, where a title lets them share
    characters."""
    for shared, agency in lexicon.title.overlapping.items():
        plain = plain.replace(shared, agency + lexicon.title.subject[0])
    return plain


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


def year_in(text: str, lexicon: Lexicon) -> int | None:
    digits = {narrow(d): v for d, v in lexicon.year_digits.items()}
    for match in _year_pattern(lexicon).finditer(text):
        token = match.group(1)
        year = int("".join(str(digits.get(c, c)) for c in token))
        if _FIRST_YEAR <= year <= _LAST_YEAR:
            return year
    return None


def strip_year(text: str, lexicon: Lexicon) -> str:
    return _year_pattern(lexicon).sub("", text)


def may_be_agency(text: str, lexicon: Lexicon) -> bool:
    plain = strip_year(simplify(text), lexicon).strip(EDGES)
    return 2 < len(plain) <= _MAX_AGENCY and plain.endswith(lexicon.agency_endings)
