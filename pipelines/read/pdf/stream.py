"""The text of a PDF in the order in which it was written, as one stream in which tables are looked
for by the forms: labels and figures, each with the place where it stands.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pipelines.domain import Paragraph, UnreadableDocument
from pipelines.read.pdf.expected import ExpectedRow
from pipelines.read.pdf.grid import lines_outside, prose_blocks
from pipelines.read.pdf.page import Box, Page, boxes_on, is_even
from pipelines.read.pdf.rules import rules_of
from pipelines.read.pdf.seen import are_struck
from pipelines.text import fold

Span = tuple[int, int]
# Page and box of each piece of the stream.
Places = dict[Span, tuple[int, Box]]

# A page number alone on the first or the last line of a page.
_DASHES = r"[ \-\u2013\u2014\uff0d]*"
_NUMBER = rf"{_DASHES}\d{{1,3}}{_DASHES}"
_NUMBER_ABOVE = re.compile(rf"\s*{_NUMBER}(?:[\r\n]+|\Z)")
_NUMBER_BELOW = re.compile(rf"[\r\n]{_NUMBER}\s*\Z")
_FIGURE = r"[+-]?\d[\d,.]*"
_FIGURES = re.compile(rf"(?<!\S){_FIGURE}(?:\s+{_FIGURE})*(?!\S)")
_WORD = re.compile(r"\S+")
# Between two pages: no space, so that no run of figures goes on, and nothing that folding leaves.
_BREAK = "\x00"
_PAGE_END = f" {_BREAK} "
# A row's label may be letter-spaced or broken over lines: so many characters for each of its own.
_SPREAD = 4
# The longest heading, letter-spaced.
_WINDOW = 120


class NotAsExpectedError(UnreadableDocument):
    """The stream does not say what the form says."""


class Row(NamedTuple):
    """A run of figures that says what the form says: its labels (None for one that is left out)
    and the figures. `after` is the end of the run before it, `rests` what stands of a label on the
    next page."""

    after: int
    labels: list[Span | None]
    figures: list[Span]
    rests: dict[Span, Span]


class Stream:
    """The pages' text, one after the other."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        self.starts: list[int] = []
        # What each page has between its page numbers.
        self.bodies: list[Span] = []
        texts: list[str] = []
        length = 0
        for page in pages:
            start, end = _body(page.text)
            texts.append(" " * start + page.text[start:end] + " " * (len(page.text) - end))
            self.starts.append(length)
            self.bodies.append((start, end))
            length += len(page.text) + len(_PAGE_END)
        self.text = _PAGE_END.join(texts)
        # Runs of figures: the end of the one before, and the figures.
        self.figures: list[tuple[int, list[Span]]] = []
        before = 0
        for match in _FIGURES.finditer(self.text):
            start, end = match.span()
            spans = [m.span() for m in _WORD.finditer(self.text, start, end)]
            self.figures.append((before, spans))
            before = end

    def rows(self, expected: Sequence[ExpectedRow], at: int) -> tuple[list[Row], int]:
        """The rows that say what is expected, looked for from the run of figures with that number
        on, and the number of the run behind them; no rows where it does not stand there."""
        for number in range(at, len(self.figures) - len(expected) + 1):
            first = self._first_row(number, expected[0])
            if first is not None:
                rows = self._rows_below(first, number, expected)
                return rows, number + len(rows)
        return [], at

    def _first_row(self, number: int, expected: ExpectedRow) -> Row | None:
        """The run of figures if what stands before it ends as expected."""
        after, figures = self.figures[number]
        if len(figures) != expected.figures:
            return None
        start = max(after, figures[0][0] - _SPREAD * expected.longest)
        said = fold(self.text[start : figures[0][0]])
        ends = [reading for reading in expected.readings if said.endswith(reading)]
        if not ends:
            return None
        lengths = expected.readings[max(ends, key=len)]
        return Row(after, self._cut(start, figures[0][0], lengths), figures, {})

    def _rows_below(self, first: Row, number: int, expected: Sequence[ExpectedRow]) -> list[Row]:
        rows = [first]
        after = first.figures[-1][1]
        for row in expected[1:]:
            number += 1
            figures = self.figures[number][1]
            if len(figures) != row.figures:
                return []
            lengths = row.readings.get(fold(self.text[after : figures[0][0]]))
            if lengths is not None:
                labels = self._cut(after, figures[0][0], lengths)
                rows.append(Row(after, labels, figures, {}))
                after = figures[-1][1]
                continue
            cut = self._cut_row(after, number, row)
            if cut is None:
                return []
            found, after = cut
            rows.append(found)
        return rows

    def _cut_row(self, after: int, number: int, expected: ExpectedRow) -> tuple[Row, int] | None:
        """A row that the page cuts: its figures and the beginnings of its labels stand above the
        page's end, the rests of the labels below. And where these end."""
        figures = self.figures[number][1]
        end = figures[-1][1]
        upto = self.figures[number + 1][1][0][0] if number + 1 < len(self.figures) else end
        page_end = self.text.find(_PAGE_END, end, upto)
        if page_end < 0 or self.text[end:page_end].strip():
            return None
        above, below = fold(self.text[after : figures[0][0]]), fold(self.text[page_end:upto])
        for reading, lengths in expected.readings.items():
            for kept, lost in _shares(reading, lengths, above, below):
                labels = self._cut(after, figures[0][0], kept)
                places = _places(self.text[page_end:upto])
                behind = page_end + places[sum(lost) - 1] + 1
                rests = self._cut(page_end, behind, lost)
                pairs = zip(labels, rests, strict=True)
                cut = {label: rest for label, rest in pairs if label and rest}
                return Row(after, labels, figures, cut), behind
        return None

    def _cut(self, start: int, end: int, lengths: tuple[int, ...]) -> list[Span | None]:
        return [
            (start + span[0], start + span[1]) if span is not None else None
            for span in _cut(self.text[start:end], lengths)
        ]

    def goes_on(self, end: int, with_: tuple[str, ...]) -> bool:
        """Whether what stands behind that place begins so, or nothing stands there."""
        said = fold(self.text[end : end + _WINDOW])
        return not said or said.startswith(with_)

    def words(self, start: int, end: int) -> list[Span]:
        """The words of that piece."""
        words = (match.span() for match in _WORD.finditer(self.text, start, end))
        return [word for word in words if self.text[word[0]] != _BREAK]

    def said(self, span: Span) -> str:
        """The piece as printed."""
        return self.text[span[0] : span[1]].replace("\r\n", "\n")

    def places(self, spans: Sequence[Span]) -> Places:
        """Page and box of each piece, from its first character to its last.

        Raises:
            NotAsExpectedError: one lies on two pages, or the characters of a figure stand apart.
        """
        several = [n for n, (start, end) in enumerate(spans) if end - start > 1]
        ends = [start for start, _ in spans] + [spans[n][1] - 1 for n in several]
        numbers = [bisect_right(self.starts, at) - 1 for at in ends]
        count = len(spans)
        if [numbers[n] for n in several] != numbers[count:]:
            raise NotAsExpectedError("the page cuts a label")
        indices = [at - self.starts[n] for at, n in zip(ends, numbers, strict=True)]
        boxes = boxes_on(self.pages, numbers, indices)
        firsts, lasts = boxes[several], boxes[count:]
        for n, both in zip(several, np.hstack([firsts, lasts]).tolist(), strict=True):
            text = self.text[slice(*spans[n])]
            if text.isascii() and not is_even(text, both):
                raise NotAsExpectedError("the characters of a figure stand apart")
        whole = boxes[:count]
        whole[several, :2] = np.minimum(firsts[:, :2], lasts[:, :2])
        whole[several, 2:] = np.maximum(firsts[:, 2:], lasts[:, 2:])
        pages = [self.pages[n].number for n in numbers[:count]]
        sides = map(tuple, whole.round(2).tolist())
        return dict(zip(spans, zip(pages, sides, strict=True), strict=True))

    def check_seen(self, figures: Sequence[Span], places: Places) -> None:
        """Refuse figures that are not drawn, or put together of pieces with one struck out.

        Raises:
            NotAsExpectedError: there are some.
        """
        by_page: dict[int, list[Span]] = {}
        for span in figures:
            by_page.setdefault(places[span][0], []).append(span)
        for page, base in zip(self.pages, self.starts, strict=True):
            spans = by_page.get(page.number, [])
            if not page.are_drawn([start - base for start, _ in spans]):
                raise NotAsExpectedError("a figure is not to be seen")
            several = [(start - base, end - base - 1) for start, end in spans if end - start > 1]
            if page.are_pieced(several):
                boxes = (places[span][1] for span in spans)
                if are_struck(boxes, rules_of(page, outlines=False).across):
                    raise NotAsExpectedError("a figure is struck out")

    def lines(self, taken: Sequence[Span]) -> list[Paragraph]:
        """What is left of the pages, line by line."""
        lines: list[Paragraph] = []
        for page, base, (first, last) in zip(self.pages, self.starts, self.bodies, strict=True):
            text = page.text
            for start, end in taken:
                from_, to = max(start - base, first), min(end - base, last)
                if from_ < to:
                    text = text[:from_] + " " * (to - from_) + text[to:]
            if text is page.text:
                lines += prose_blocks(page)
            else:
                lines += lines_outside(page.prose(text), page.number)
        return lines


def _body(text: str) -> Span:
    """Where the text between the page numbers begins and ends."""
    above = _NUMBER_ABOVE.match(text)
    start = above.end() if above else 0
    below = _NUMBER_BELOW.search(text, max(start, len(text) - 40))
    return start, below.start() if below else len(text)


def _places(text: str) -> list[int]:
    """Where each character that folding leaves stands."""
    return [i for i, character in enumerate(text) for _ in fold(character)]


def _shares(
    reading: str, lengths: tuple[int, ...], above: str, below: str
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """How long the parts of the last label, and of its group's before it, are above and below the
    cut, where they are put together from beginnings above and the rests that `below` begins with.
    """
    *others, last = lengths
    group, label = reading[:-last], reading[-last:]
    if sum(others[:-1]):
        return  # the label of all results is cut too
    for share in range(min(1, len(group)), len(group) + 1):
        kept = above[share:]
        rest = group[share:] + label[len(kept) :]
        begun = kept and label.startswith(kept) and above.startswith(group[:share])
        if begun and rest and below.startswith(rest):
            nothing = (0,) * (len(others) - 1)
            of_group = ((share,), (len(group) - share,)) if others else ((), ())
            yield (
                (*nothing, *of_group[0], len(kept)),
                (*nothing, *of_group[1], last - len(kept)),
            )


@lru_cache(maxsize=8192)
def _cut(text: str, lengths: tuple[int, ...]) -> tuple[Span | None, ...]:
    """Where the labels of these folded lengths stand at the end of the text; brackets that close
    belong to the label before them, those that open to the one behind."""
    places = _places(text)
    at = len(places) - sum(lengths)
    spans: list[Span | None] = []
    for length in lengths:
        if not length:
            spans.append(None)
            continue
        start, end = places[at], places[at + length - 1] + 1
        while start and unicodedata.category(text[start - 1]) in ("Ps", "Pi"):
            start -= 1
        while end < len(text) and unicodedata.category(text[end]) in ("Pe", "Pf"):
            end += 1
        spans.append((start, end))
        at += length
    return tuple(spans)
