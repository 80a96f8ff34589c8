"""What the title of an entry says: an annual report, something near one, or nothing of the kind."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from pipelines.crawl.model import Entry
from pipelines.crawl.pages import column_names
from pipelines.crawl.source import Source
from pipelines.crawl.words import Words
from pipelines.text import fold, simplify
from pipelines.text.lexicon import Lexicon
from pipelines.text.years import Times, times_in

# Between the two words of a lexicon's entry: anything.
_BETWEEN = "…"
# Other reports are told by a subject of their own unless the title also has one longer than these.
_WEAK_SUBJECT = 4


class Reason(StrEnum):
    """Why an entry is no report: `not_a_report`, a word of something else (an explanation, a
    guide, a notice); `other_subject`, an annual report about something else; `column`, only a
    column's name; `several_years`, an index of reports; `by_source`, the source's record says so;
    `no_subject`, a report of a year that does not say about what; `no_report_word`, about the
    subject in a year, but not called a report."""

    NOT_A_REPORT = "not_a_report"
    OTHER_SUBJECT = "other_subject"
    COLUMN = "column"
    SEVERAL_YEARS = "several_years"
    BY_SOURCE = "by_source"
    NO_SUBJECT = "no_subject"
    NO_REPORT_WORD = "no_report_word"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A report where `reason` is None. `year` is the one year that the title names; `detail` the
    word that gave the reason."""

    reason: Reason | None
    detail: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """A title and what is found in it."""

    folded: str
    subject: bool
    strong_subject: bool
    report: bool
    year: int | None
    is_bare_year: bool
    is_period: bool


def verdict_of(entry: Entry, source: Source, words: Words, lexicon: Lexicon) -> Verdict | None:
    """What an entry is by its title, its column and the kind of its address; None where it has
    nothing to do with reports."""
    said = _said(entry.title, words, lexicon)
    reason = _against(entry, said, source, words, lexicon)
    if reason is not None:
        return reason
    if _speaks_for_report(entry, said):
        return Verdict(None, "", said.year if said.year is not None else entry.told_year)
    if said.year is None:
        return None
    if said.report:
        return Verdict(Reason.NO_SUBJECT, "", said.year)
    if said.subject or entry.column is not None:
        return Verdict(Reason.NO_REPORT_WORD, "", said.year)
    return None


def office_of(title: str, lexicon: Lexicon) -> str:
    """Whose report a title tells of, folded: what is left of it without the year and the words
    for such reports; "" where it does not say."""
    plain = simplify(title)
    folded = fold(_without_times(plain, times_in(plain, lexicon)))
    at = [folded.find(word) for word in map(fold, lexicon.title.subject) if word in folded]
    return folded[: min(at)] if at else ""


def is_column(entry: Entry, source: Source, words: Words) -> bool:
    """Whether the entry's title is just the name of a column of reports."""
    return fold(entry.title) in column_names(source.columns, words)


def _speaks_for_report(entry: Entry, said: _Said) -> bool:
    if said.subject and said.report:
        return True
    if entry.is_typed:
        return True
    if entry.column is None or said.year is None:
        return False
    return said.subject or said.report or said.is_bare_year


def _against(
    entry: Entry, said: _Said, source: Source, words: Words, lexicon: Lexicon
) -> Verdict | None:
    """The reason that speaks against an entry; an entry that has nothing to do with reports has
    none."""
    for title in source.ignored_titles:
        if fold(title) and fold(title) in said.folded:
            return Verdict(Reason.BY_SOURCE, title, said.year)
    if not entry.is_typed and is_column(entry, source, words):
        return Verdict(Reason.COLUMN, entry.title, said.year)
    concerns = said.subject or entry.is_typed or (entry.column is not None and said.report)
    return _something_else(entry, said, words, lexicon) if concerns else None


def _something_else(entry: Entry, said: _Said, words: Words, lexicon: Lexicon) -> Verdict | None:
    """What else an entry is that speaks of reports."""
    for word in lexicon.title.not_a_report:
        if _pattern(word).search(said.folded):
            return Verdict(Reason.NOT_A_REPORT, word, said.year)
    if said.is_period or any(fold(word) in said.folded for word in words.several_years):
        return Verdict(Reason.SEVERAL_YEARS, entry.title, None)
    for word in words.other_subjects:
        if fold(word) in said.folded and not said.strong_subject:
            return Verdict(Reason.OTHER_SUBJECT, word, said.year)
    return None


def _said(title: str, words: Words, lexicon: Lexicon) -> _Said:
    folded = fold(title)
    subjects = [s for s in map(fold, lexicon.title.subject) if s in folded]
    plain = simplify(title)
    times = times_in(plain, lexicon)
    return _Said(
        folded,
        bool(subjects),
        any(len(s) > _WEAK_SUBJECT for s in subjects),
        any(fold(word) in folded for word in lexicon.title.report),
        times.year,
        bool(times.years) and not fold(_without_times(plain, times)),
        _is_period(plain, times, words),
    )


def _without_times(text: str, times: Times) -> str:
    places = times.places
    return "".join(c for place, c in enumerate(text) if place not in places)


def _is_period(text: str, times: Times, words: Words) -> bool:
    """Whether two years are the ends of a period."""
    between = {simplify(word) for word in words.between_years}
    gaps = (text[end:start] for (_, end), (start, _) in pairwise(times.spans))
    return len(times.years) > 1 and any(gap in between for gap in gaps)


@lru_cache(maxsize=512)
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(fold(part)) for part in word.split(_BETWEEN)))
