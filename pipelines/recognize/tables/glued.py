"""Labels and figures that a copy has put into one line or one cell, taken apart again."""

import re
from collections.abc import Collection
from functools import lru_cache

from pipelines.recognize.tables.labels import HEADER_KINDS, Labels, RoleKind
from pipelines.text import simplify
from pipelines.text.lexicon import Lexicon
from pipelines.text.tokens import looks_like_figure

_LABELS_OF_FIGURES = {RoleKind.ITEM, RoleKind.ROW}
_LABELS_BEFORE = {RoleKind.GROUP, RoleKind.ROW_CAPTION}
# Longer lines are prose, or whole tables.
_MAX_TEXT = 240
# The longest label of a column, with the instruction that stands in parentheses behind it.
_MAX_HEADER = 45
_GLUED_FIGURE = re.compile(r"(?P<label>.*[^\d\s.,/+-])(?P<figure>\d[\d.,]*)", re.DOTALL)


def unglued(text: str, labels: Labels, lexicon: Lexicon) -> list[str] | None:
    """The labels of a row and its figures, in order, where the text is nothing else; None where it
    is not so beyond doubt. Figures glued to one another stay so, but for a change behind the figure
    of an item: no number has a sign within."""
    words = text.split() if len(text) <= _MAX_TEXT else []
    figures: list[str] = []
    while words and looks_like_figure(words[-1], lexicon):
        figures.insert(0, words.pop())
    label = " ".join(words)
    if found := _row_labels(label, labels):
        return [*found, *figures] if figures else None
    glued = _GLUED_FIGURE.fullmatch(label)
    if glued and (found := _row_labels(glued["label"], labels)):
        return [*found, glued["figure"], *figures]
    glued = _glued_change((*lexicon.increase, *lexicon.decrease)).fullmatch(simplify(label))
    found = _row_labels(glued["label"], labels) if glued else None
    if glued and found and _is(found[-1], {RoleKind.ITEM}, labels):
        return [*found, glued["prior"], glued["change"], *figures]
    return None


@lru_cache(maxsize=4)
def _glued_change(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted({simplify(w) for w in words}, key=lambda w: (-len(w), w))
    signs = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?P<label>.*[^\d.,/+-])(?P<prior>\d[\d,]*)(?P<change>(?:{signs})\d[\d,]*)")


def unglued_header(text: str, labels: Labels) -> list[str] | None:
    """The column labels that the text is put together of; None where it is anything else, or a
    single one."""
    text = simplify(text)
    if not labels.begins_header(text) or len(text) > _MAX_TEXT:
        return None
    # From each place the labels from there to the end, as few as can be.
    best: list[list[str] | None] = [*[None] * len(text), []]
    for start in range(len(text) - 2, -1, -1):
        ends = range(start + 2, min(len(text), start + _MAX_HEADER) + 1)
        chains = [
            [text[start:end], *rest]
            for end in ends
            if (rest := best[end]) is not None and _is(text[start:end], HEADER_KINDS, labels)
        ]
        best[start] = min(chains, key=len, default=None)
    found = best[0]
    return found if found is not None and len(found) > 1 else None


def _row_labels(text: str, labels: Labels) -> list[str] | None:
    """The label of a row, or the one of its group and its own."""
    if not text:
        return None
    if _is(text, _LABELS_OF_FIGURES, labels):
        return [text]
    for end in range(2, len(text) - 1):
        before, row = text[:end], text[end:]
        if _is(before, _LABELS_BEFORE, labels) and _is(row, _LABELS_OF_FIGURES, labels):
            return [before, row]
    return None


def _is(text: str, kinds: Collection[RoleKind], labels: Labels) -> bool:
    return any(role.kind in kinds for role in labels.roles(text))
