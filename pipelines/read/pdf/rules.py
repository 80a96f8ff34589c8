"""A page's ruling lines: what is drawn straight across or straight down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.domain import UnreadableDocument
from pipelines.read.pdf import calls as pdfium
from pipelines.read.pdf.page import MAX_OBJECTS, Page

# No rule is thicker, no row or column with text narrower (points).
_THICKEST_RULE = 4.0
# Two corners that differ by less stand on one straight line.
_STRAIGHT = 1.0
_MAX_SEGMENTS = 20_000
_MAX_NESTED_FORMS = 4

# A straight line: where it stands on its own axis, from where to where it goes.
Rule = tuple[float, float, float]


@dataclass(slots=True)
class Rules:
    """The lines of a page: those across (at a height) and those down (at a distance from left)."""

    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)


def rules_of(page: Page, *, outlines: bool = True) -> Rules:
    """The straight lines, whether stroked or drawn as thin filled rectangles, and the sides of
    stroked rectangles; those of forms too. Without `outlines` only what is drawn line by line.

    Raises:
        UnreadableDocument: the page has more objects than any report.
    """
    gatherer = _Gatherer(page, outlines)
    gatherer.gather_page()
    return gatherer.rules


class _Gatherer:
    """Goes through the objects of a page, and of the forms on it."""

    def __init__(self, page: Page, outlines: bool) -> None:
        self.page = page
        self.outlines = outlines
        self.rules = Rules()

    def gather_page(self) -> None:
        count = self._bounded(pdfium.count_objects(self.page.handle))
        self._gather(pdfium.page_objects(self.page.handle, count), (), 0)

    def _bounded(self, count: int) -> int:
        if count > MAX_OBJECTS:
            raise UnreadableDocument(f"page {self.page.number} draws over {MAX_OBJECTS} objects")
        return count

    def _gather(
        self,
        objects: Sequence[pdfium.Handle],
        matrices: tuple[pdfium.Matrix, ...],
        depth: int,
    ) -> None:
        types = pdfium.types_of(objects)
        paths = [o for o, kind in zip(objects, types, strict=True) if kind == pdfium.PATH]
        bounds = pdfium.bounds_of(paths)
        sides = (bounds[side::4] for side in range(4))
        for path, left, bottom, right, top in zip(paths, *sides, strict=True):
            high, wide = top - bottom > _THICKEST_RULE, right - left > _THICKEST_RULE
            if high and wide:
                if self.outlines:
                    self._gather_outlines(path, matrices)
            elif matrices or self.page.quarters:
                corner, other = self._seen([(left, bottom), (right, top)], matrices)
                self._add(corner, other)
            elif wide:
                at = self.page.upper - (bottom + top) / 2
                self.rules.across.append((at, left - self.page.left, right - self.page.left))
            elif high:
                at = (left + right) / 2 - self.page.left
                self.rules.down.append((at, self.page.upper - top, self.page.upper - bottom))
        for form, kind in zip(objects, types, strict=True):
            if kind == pdfium.FORM and depth < _MAX_NESTED_FORMS:
                inner = pdfium.form_objects(form, self._bounded(pdfium.count_form_objects(form)))
                self._gather(inner, (pdfium.matrix_of(form), *matrices), depth + 1)

    def _gather_outlines(self, path: pdfium.Handle, matrices: tuple[pdfium.Matrix, ...]) -> None:
        count = pdfium.count_segments(path)
        if count > _MAX_SEGMENTS:
            raise UnreadableDocument(
                f"page {self.page.number} has a path of over {_MAX_SEGMENTS} lines"
            )
        own = (pdfium.matrix_of(path), *matrices)
        stroked = pdfium.is_stroked(path)
        for outline in pdfium.outlines_of(path, count):
            corners = self._seen(outline, own)
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            if max(xs) - min(xs) <= _THICKEST_RULE or max(ys) - min(ys) <= _THICKEST_RULE:
                self._add((min(xs), min(ys)), (max(xs), max(ys)))
            elif stroked:
                for corner, other in pairwise(corners):
                    self._add(corner, other, thickest=_STRAIGHT)

    def _seen(
        self, points: Sequence[tuple[float, float]], matrices: tuple[pdfium.Matrix, ...]
    ) -> list[tuple[float, float]]:
        """The points on the page as it is seen."""
        seen = []
        for x, y in points:
            for a, b, c, d, e, f in matrices:
                x, y = a * x + c * y + e, b * x + d * y + f  # noqa: PLW2901
            seen.append(self.page.seen(x, y))
        return seen

    def _add(
        self,
        one: tuple[float, float],
        other: tuple[float, float],
        thickest: float = _THICKEST_RULE,
    ) -> None:
        (x0, y0), (x1, y1) = one, other
        wide, high = abs(x1 - x0), abs(y1 - y0)
        if high <= thickest < wide:
            self.rules.across.append(((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif wide <= thickest < high:
            self.rules.down.append(((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
