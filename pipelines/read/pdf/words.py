"""What the labels of the forms tell of a PDF: which pages hold tables, which rows a page cuts."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipelines.domain import Grid, UnreadableDocument
from pipelines.forms import BlockTable, Forms
from pipelines.read.pdf.seen import is_figure
from pipelines.text import fold, unnumbered

# Shorter words stand in prose too.
_MIN_LENGTH = 5
_TWO_FIGURES = r"(?<!\S)\d[\d,.]*\s+\d[\d,.]*(?!\S)"


@dataclass(frozen=True, slots=True)
class Words:
    """`keywords`: pieces of labels that hardly stand outside a table. `rows`: what a row with a
    short label, or one without, looks like. `labels`: all labels, folded."""

    keywords: tuple[str, ...]
    rows: re.Pattern[str]
    labels: frozenset[str]

    def stand_in(self, text: str) -> bool:
        """Whether the text, however its lines are broken, has a keyword."""
        plain = "".join(unicodedata.normalize("NFKC", text).split())
        return any(word in plain for word in self.keywords)

    def is_tail(self, text: str) -> bool:
        """Whether the text is no label, but the end of one."""
        tail = fold(text)
        return tail not in self.labels and any(label.endswith(tail) for label in self.labels)

    def pages(self, texts: Sequence[str]) -> range:
        """The pages (from 0) from the first to the last that may belong to a table: one in the
        middle may have no keyword, one at an end no more than a row, and the next to it no more
        than the rest of one."""
        hits = [i for i, text in enumerate(texts) if self.stand_in(text)]
        if not hits:
            return range(0)
        first, last = hits[0], hits[-1]
        while first > 0 and self.rows.search(texts[first - 1]):
            first -= 1
        while last + 1 < len(texts) and self.rows.search(texts[last + 1]):
            last += 1
        return range(max(first - 1, 0), min(last + 2, len(texts)))


@lru_cache(maxsize=4)
def words_of(forms: Forms) -> Words:
    """The words of these forms."""
    pieces = {piece for label in _labels(forms) for piece in re.findall(r"[^\W\d_]+", label)}
    long = {p for p in pieces if len(p) >= _MIN_LENGTH}
    # A word that holds another is found with it.
    keywords = sorted(w for w in long if not any(o != w and o in w for o in long))
    items = sorted({re.escape(label) for label in _items(forms)}, key=len, reverse=True)
    rows = re.compile(rf"{_TWO_FIGURES}|(?:{'|'.join(items)})\s+[\d/+-]")
    return Words(tuple(keywords), rows, frozenset(_folded(forms)))


def _folded(forms: Forms) -> Iterator[str]:
    numerals = forms.lexicon.numerals
    for label in (*_labels(forms), *_items(forms)):
        yield fold(label)
        yield fold(unnumbered(label, numerals))


def _labels(forms: Forms) -> Iterator[str]:
    for form in forms.vintages.values():
        for table in form.tables.values():
            yield from table.header_captions
            yield from table.row_captions
            if isinstance(table, BlockTable):
                for block in table.blocks:
                    yield from block.labels
                    for measure in block.measures:
                        yield from measure.labels
            else:
                for entry in (*table.rows, *table.groups, *table.columns):
                    yield from entry.labels


def _items(forms: Forms) -> Iterator[str]:
    for form in forms.vintages.values():
        for block in form.proactive_disclosure.blocks:
            for item in block.items:
                yield from item.labels


def check_cuts(grids: Sequence[Grid], words: Words) -> None:
    """Refuse a row of figures that goes on on the next page: each is perhaps cut in two.

    Raises:
        UnreadableDocument: there is one.
    """
    for above, below in pairwise(grids):
        page = below.cells[0].place.page
        last, first = list(above.rows())[-1], next(below.rows())
        if page == above.cells[0].place.page or not any(is_figure(cell.text) for cell in last):
            continue
        labels = [cell.text for cell in first if any(map(str.isalpha, cell.text))]
        goes_on = not labels or words.is_tail(labels[-1])
        if goes_on and any(is_figure(cell.text) for cell in first):
            raise UnreadableDocument(f"page {page} begins with the rest of a row that has figures")
