"""Paragraphs as passages, sentences and clauses, each with where it is printed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipelines.domain import Paragraph, Place
from pipelines.forms import Forms
from pipelines.recognize.claims.phrases import FIGURE
from pipelines.recognize.claims.quantities import Quantity, quantities_in
from pipelines.text import fold
from pipelines.text.fold import placed

Texts = Sequence[tuple[str, tuple[int, ...]]]

_MAX_HEADING = 40
# A line of prose that a copy broke has so many characters at least.
_MIN_BROKEN = 12
_ENDS = "。;；:：!?！？…"
_SENTENCE_ENDS = re.compile(r"[。!?！？]|(?<![\d" + FIGURE + r"])\.(?!\d)")
_PAGE_NUMBER = re.compile(r"[-—–_]+\d{1,3}[-—–_]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """What stands between two commas: its text with a character for each figure."""

    text: str
    figures: tuple[Quantity, ...]
    raw: str
    place: Place


@dataclass(frozen=True, slots=True)
class Passage:
    """Paragraphs that a copy broke apart, put together: the sentences, each with its clauses.
    A heading is a passage of one sentence."""

    text: str
    heading: bool
    sentences: tuple[tuple[Clause, ...], ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """Paragraphs as one text with, for each character, its paragraph and its place there.
    `unstarred` are the texts of the paragraphs as the places count them."""

    paragraphs: tuple[Paragraph, ...]
    unstarred: tuple[str, ...]
    characters: str
    origins: tuple[tuple[int, int], ...]

    def printed(self, begin: int, end: int) -> str:
        """What stands from one character to before another, as printed."""
        (first, start), (last, stop) = self.origins[begin], self.origins[end - 1]
        parts = []
        for number in range(first, last + 1):
            whole = self.unstarred[number]
            parts.append(
                whole[start if number == first else 0 : stop + 1 if number == last else None]
            )
        return " ".join("".join(parts).split())


def passages_of(paragraphs: Sequence[Paragraph], forms: Forms) -> Iterator[Passage]:
    """All passages of a report, in order. Page numbers are no paragraphs."""
    group: list[int] = []
    texts = [placed(_unstarred(p.text)) for p in paragraphs]
    kept = [i for i, (text, _) in enumerate(texts) if text and not _PAGE_NUMBER.fullmatch(text)]
    for number in kept:
        if group and not _goes_on(paragraphs, texts, group[-1], number, forms):
            yield _passage(paragraphs, texts, group, forms)
            group = []
        group.append(number)
    if group:
        yield _passage(paragraphs, texts, group, forms)


def _unstarred(text: str) -> str:
    """Without the marks of bold type that a copy as Markdown leaves."""
    return text.replace("**", "")


def _goes_on(
    paragraphs: Sequence[Paragraph], texts: Texts, before: int, after: int, forms: Forms
) -> bool:
    """Whether the second paragraph is the rest of the first."""
    first, second = texts[before][0], texts[after][0]
    if paragraphs[before].place == paragraphs[after].place:
        return True
    if _is_heading(first, forms) or _is_heading(second, forms) or _numbered(forms).match(second):
        return False
    return len(first) >= _MIN_BROKEN and first[-1] not in _ENDS


def _is_heading(text: str, forms: Forms) -> bool:
    if len(text) > _MAX_HEADING or re.search(r"[。;]", text):
        return False
    if any(quantities_in(text, forms)):
        return False
    if _numbered(forms).match(text):
        return True
    return fold(text) in _section_labels(forms)


@lru_cache(maxsize=4)
def _section_labels(forms: Forms) -> frozenset[str]:
    return frozenset(fold(label) for s in forms.lexicon.sections for label in s.labels)


@lru_cache(maxsize=4)
def _numbered(forms: Forms) -> re.Pattern[str]:
    numerals = forms.lexicon.numerals
    return re.compile(
        rf"\([{numerals}\d]{{1,3}}\)|[{numerals}]{{1,3}}[、.]|\d{{1,2}}(?:、|\.(?!\d))"
    )


@lru_cache(maxsize=4)
def _delimiters(forms: Forms) -> re.Pattern[str]:
    """A word that joins parts what is counted only behind a figure; elsewhere it may stand inside a
    name."""
    joins = "|".join(rf"(?<={FIGURE}){re.escape(word)}" for word in forms.claims.joins)
    return re.compile(rf"[,，;()]|:(?!{FIGURE})|{joins}")


def _passage(
    paragraphs: Sequence[Paragraph], texts: Texts, group: Sequence[int], forms: Forms
) -> Passage:
    text = _Text(
        tuple(paragraphs[i] for i in group),
        tuple(_unstarred(paragraphs[i].text) for i in group),
        "".join(texts[i][0] for i in group),
        tuple((number, at) for number, i in enumerate(group) for at in texts[i][1]),
    )
    heading = len(group) == 1 and _is_heading(text.characters, forms)
    return Passage(text.characters, heading, tuple(_sentences(text, forms)))


def _sentences(text: _Text, forms: Forms) -> Iterator[tuple[Clause, ...]]:
    figures = [_sure(q, text) for q in quantities_in(text.characters, forms)]
    marked, places = _marked(text.characters, figures)
    by_start = {q.start: q for q in figures}

    def clause(begin: int, end: int) -> Clause:
        held = tuple(by_start[p] for p in places[begin:end] if p in by_start)
        number, _ = text.origins[held[0].start if held else places[begin]]
        raw = text.printed(places[begin], places[end])
        return Clause(marked[begin:end], held, raw, text.paragraphs[number].place)

    start = 0
    for end in [*(m.start() for m in _SENTENCE_ENDS.finditer(marked)), len(marked)]:
        clauses = []
        at = start
        stops = [m.span() for m in _delimiters(forms).finditer(marked, start, end)]
        for stop in [*stops, (end, end)]:
            if stop[0] > at:
                clauses.append(clause(at, stop[0]))
            at = stop[1]
        if clauses:
            yield tuple(clauses)
        start = end + 1


def _marked(text: str, figures: Sequence[Quantity]) -> tuple[str, list[int]]:
    """The text with one character for each figure, and where each of its characters stood; one
    more place for its end."""
    characters: list[str] = []
    places: list[int] = []
    at = 0
    for figure in figures:
        characters.extend(text[at : figure.start])
        places.extend(range(at, figure.start))
        characters.append(FIGURE)
        places.append(figure.start)
        at = figure.end
    characters.extend(text[at:])
    places.extend(range(at, len(text)))
    return "".join(characters), [*places, len(text)]


def _sure(figure: Quantity, text: _Text) -> Quantity:
    """Without its number where white space stands between its digits: two figures, or one that a
    copy tore apart."""
    number = range(figure.start, figure.end - len(figure.unit))
    origins = [text.origins[i] for i in number]
    torn = any(one[0] == two[0] and two[1] - one[1] > 1 for one, two in pairwise(origins))
    return Quantity(None, figure.unit, figure.start, figure.end) if torn else figure
