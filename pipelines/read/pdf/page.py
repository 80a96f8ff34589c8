"""One page of a PDF as pdfium has it: its text in runs, with their places.

Places are those of the page as it is seen: points, origin top left, rotation undone.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.domain import UnreadableDocument
from pipelines.read.pdf import calls as pdfium

# No text in a table is higher.
_HIGHEST_TEXT = 60.0
# A page of a report has some thousand; what has more than this is no report, or a trap.
MAX_CHARACTERS = 200_000
MAX_OBJECTS = 50_000

# What has no letter, a figure, is its first group.
_WORD = re.compile(r"((?:\d|[^\w\s])+)(?!\S)|\S+")
_LINE = re.compile(r"\S(?:[^\r\n]*\S)?")
_CHARACTER = re.compile(r"\S")
# Word processors set Chinese a little apart from digits and letters.
_TYPOGRAPHIC_SPACE = re.compile(
    r"(?<=[^\x00-\xff]) (?=[0-9A-Za-z])|(?<=[0-9A-Za-z]) (?=[^\x00-\xff])"
)
# How much narrower and wider than the rule a run may be.
_NARROWEST, _WIDEST = 0.65, 1.7
# The part of a character's height that stands above its base line.
_ABOVE_BASE = 0.85
# How pdfium writes a hyphen that ends a line.
_ENDS_LINE = ("\x02", "\ufffe")
_HYPHENS = str.maketrans(dict.fromkeys(_ENDS_LINE, "-"))

# From user space (origin bottom left) to the space, still with y upwards, in which a page that
# is shown turned by so many quarters stands upright.
_UPRIGHT: dict[int, Callable[[float, float], tuple[float, float]]] = {
    0: lambda x, y: (x, y),
    1: lambda x, y: (y, -x),
    2: lambda x, y: (-x, -y),
    3: lambda x, y: (-y, x),
}


# Left, top, right, bottom of something on the page as it is seen.
Box = tuple[float, float, float, float]


class Run(NamedTuple):
    """Characters without a gap, from left to right on one line.

    `at` is the index of the first in the page's text, `middle` how far down the page they stand,
    `first` and `last` how far from its left the middles of the outer two.
    """

    text: str
    at: int
    x0: float
    top: float
    x1: float
    bottom: float
    middle: float
    first: float
    last: float


@dataclass(slots=True)
class Page:
    """A loaded page, counted from 1. It must be closed."""

    number: int
    handle: pdfium.Handle
    text_handle: pdfium.Handle
    text: str
    quarters: int
    # What is seen of it, in the upright space: its left and its upper edge.
    left: float
    upper: float

    @classmethod
    def load(cls, document: pdfium.Handle, index: int) -> "Page":
        """The page with that index (from 0).

        Raises:
            UnreadableDocument: pdfium cannot load it, or it has more text than any report.
        """
        number = index + 1
        handle = pdfium.load_page(document, index)
        if not handle:
            raise UnreadableDocument(f"page {number} of the PDF is damaged")
        # Text takes ten times as long to gather as objects.
        many = pdfium.count_objects(handle) > MAX_OBJECTS
        text_handle = None if many else pdfium.load_text(handle)
        if not text_handle:
            pdfium.close_page(handle)
            why = f"draws over {MAX_OBJECTS} objects" if many else "has damaged text"
            raise UnreadableDocument(f"page {number} of the PDF {why}")
        page = cls(number, handle, text_handle, "", 0, 0.0, 0.0)
        if pdfium.count_chars(text_handle) > MAX_CHARACTERS:
            page.close()
            raise UnreadableDocument(f"page {number} has over {MAX_CHARACTERS} characters")
        text = pdfium.page_text(text_handle)
        page.text = text.translate(_HYPHENS) if any(map(text.__contains__, _ENDS_LINE)) else text
        page.quarters = pdfium.page_rotation(handle)
        page._see(pdfium.page_box(handle))
        return page

    def close(self) -> None:
        """Give its memory back."""
        pdfium.close_text(self.text_handle)
        pdfium.close_page(self.handle)

    def _see(self, box: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = box
        corners = [_UPRIGHT[self.quarters](x, y) for x in (left, right) for y in (top, bottom)]
        self.left = min(x for x, _ in corners)
        self.upper = max(y for _, y in corners)

    def seen(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page's own coordinates is seen."""
        x, y = _UPRIGHT[self.quarters](x, y)
        return x - self.left, self.upper - y

    def runs(self) -> list[Run]:
        """The words in content order. Every character of a figure is looked at; of other words the
        ends: where they are as far apart as its characters are wide, the rest stands between them.
        Any other word is given character by character."""
        indices: list[int] = []
        spans: list[tuple[int, int, int, int]] = []
        for match in _WORD.finditer(self.text):
            start, end = match.span()
            at = 4 * len(indices)
            if end - start == 1:
                indices.append(start)
            elif match.lastindex:
                indices += range(start, end)
            else:
                indices += (start, end - 1)
            spans.append((start, end, at, 4 * len(indices)))
        boxes = self._boxes(indices).ravel().tolist()
        runs: list[Run] = []
        for start, end, at, upto in spans:
            word = self.text[start:end]
            if end - start > 1 and not is_even(word, boxes[at:upto]):
                runs += self._characters(start, end)
            else:
                runs.append(_run(word, start, boxes[at : at + 4], boxes[upto - 4 : upto]))
        return runs

    def prose(self, text: str | None = None) -> list[Run]:
        """The lines in content order, or what `text` leaves of them, the rest blanked out; only
        their ends are looked at. A line that is no run from left to right is given word by word."""
        text = self.text if text is None else text
        return self._pieces(text, [match.span() for match in _LINE.finditer(text)], _WORD)

    def _pieces(
        self, text: str, spans: Sequence[tuple[int, int]], smaller: re.Pattern[str]
    ) -> list[Run]:
        ends = [index for start, end in spans for index in (start, end - 1)]
        boxes = self._boxes(ends).ravel().tolist()
        runs: list[Run] = []
        for at, (start, end) in zip(range(0, len(boxes), 8), spans, strict=True):
            piece = text[start:end]
            if end - start > 1 and not is_even(piece, boxes[at : at + 8]):
                within = [match.span() for match in smaller.finditer(text, start, end)]
                runs += self._pieces(text, within, _CHARACTER)
            else:
                piece = _TYPOGRAPHIC_SPACE.sub("", piece)
                runs.append(_run(piece, start, boxes[at : at + 4], boxes[at + 4 : at + 8]))
        return runs

    def characters(self, run: Run) -> list[Run]:
        """The run character by character."""
        return self._characters(run.at, run.at + len(run.text))

    def are_drawn(self, indices: Sequence[int]) -> bool:
        """Whether these characters are to be seen."""
        objects = set(pdfium.text_objects(self.text_handle, indices))
        return not objects or pdfium.are_drawn(list(objects))

    def are_pieced(self, ends: Sequence[tuple[int, int]]) -> bool:
        """Whether a first and a last character, both given, are drawn apart."""
        objects = pdfium.text_objects(self.text_handle, [index for pair in ends for index in pair])
        return objects[::2] != objects[1::2]

    def _characters(self, start: int, end: int) -> list[Run]:
        boxes = self._boxes(range(start, end)).tolist()
        return [
            _run(self.text[index], index, box, box)
            for index, box in zip(range(start, end), boxes, strict=True)
        ]

    def _boxes(self, indices: Sequence[int]) -> NDArray[np.float64]:
        return boxes_on([self], [0] * len(indices), indices)

    def exact_box(self, index: int) -> tuple[float, float, float, float]:
        """As wide as its ink, as high as the font's size; not wide at all if it lies sideways."""
        glyph = pdfium.glyph(self.text_handle, index)
        upright = _UPRIGHT[self.quarters]
        along, across = upright(*glyph.direction)
        corners = [upright(*corner) for corner in (glyph.corner, glyph.opposite)]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        _, base = upright(*glyph.origin)
        size = glyph.font_size * math.hypot(along, across)
        sideways = along <= abs(across)
        top, bottom = base + _ABOVE_BASE * size, base - (1 - _ABOVE_BASE) * size
        return left, top, left if sideways else right, bottom


def boxes_on(
    pages: Sequence[Page], numbers: Sequence[int], indices: Sequence[int]
) -> NDArray[np.float64]:
    """Left, top, right, bottom of characters as they are seen, a row each: of the page with that
    number among `pages` the character with that index."""
    boxes = pdfium.loose_boxes([pages[number].text_handle for number in numbers], indices)
    # Higher than any text in a table: pdfium forgets the scale of vertical writing.
    odd = boxes[:, 1] - boxes[:, 3] > _HIGHEST_TEXT
    if any(page.quarters for page in pages):
        odd |= np.array([pages[number].quarters != 0 for number in numbers], bool)
    for row in np.flatnonzero(odd).tolist():
        boxes[row] = pages[numbers[row]].exact_box(indices[row])
    corners = np.array([(page.left, page.upper) for page in pages])[list(numbers)]
    boxes[:, ::2] -= corners[:, :1]
    boxes[:, 1::2] = corners[:, 1:] - boxes[:, 1::2]
    return boxes


def _run(text: str, at: int, first: Sequence[float], last: Sequence[float]) -> Run:
    left, top, right, bottom = first
    middle = (top + bottom) / 2
    far_left, _, far_right, _ = last
    at_first, at_last = (left + right) / 2, (far_left + far_right) / 2
    return Run(text, at, left, top, far_right, bottom, middle, at_first, at_last)


def is_even(text: str, boxes: Sequence[float]) -> bool:
    """Whether the characters go on from left to right on one line, and are together as wide as so
    many of their kind: none elsewhere, none over another."""
    left, top, right, bottom = boxes[:4]
    far_left, far_top, far_right, far_bottom = boxes[-4:]
    # Some fonts do not tell how high they are: then a box is no higher than its ink.
    size = max(bottom - top, far_bottom - far_top, right - left, far_right - far_left)
    # Chinese characters take three bytes and are as wide as high, ASCII takes one and is half that.
    expected = size * (len(text) + len(text.encode())) / 4
    apart = min(abs(top - far_top), abs(bottom - far_bottom))
    lefts = boxes[0::4]
    return (
        lefts == sorted(lefts)
        and apart <= size / 2
        and _NARROWEST * expected <= far_right - left <= _WIDEST * expected
    )


def lines_of(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """The runs in lines from top to bottom, each from left to right."""
    line: list[Run] = []
    for run in sorted(runs, key=lambda r: (r.top + r.bottom, r.x0)):
        if line and run.middle - line[0].middle > min(_height(run), _height(line[0])) / 2:
            yield sorted(line, key=lambda r: r.x0)
            line = []
        line.append(run)
    if line:
        yield sorted(line, key=lambda r: r.x0)


def _height(run: Run) -> float:
    return run.bottom - run.top
