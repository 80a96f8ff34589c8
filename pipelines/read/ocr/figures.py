"""Whether a recognized figure is what the ink shows: a second opinion that knows no language model.

The ink of a figure is as many separate shapes as it has characters, of the heights and at the
distances that digits have, and each digit looks like the others of its name on the page. No
arithmetic is asked: what does not add up is printed so as often as it is misread.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.read.ocr.engine import Picture

Box = tuple[int, int, int, int]

MIN_DIGIT = 10  # pixels: a digit is higher, a dash is not
_FIGURE = re.compile(
    r"(?P<before>[^\W\d_]{0,4})(?P<figure>[+-]?\d(?:[\d.,/+-]*\d)?)"
    r"(?P<after>\(?[^\W\d_]{0,4}\)?)"
)
_MARK = re.compile(r"(?P<before>)(?P<figure>[/+-])(?P<after>)")
_LOW = ".,"
_MAX_LOW = 0.5  # of a digit's height
_COMMA_HANGS, _POINT_HANGS = 0.06, 0.12
_MIN_HEIGHT, _MAX_RISE = 0.75, 0.25  # of the highest digit: how low a digit is, how far it rises
_WIDE_GAP = 0.9  # of the height: between two figures
_MAX_PITCH, _MIN_PITCH = 1.28, 0.72  # of what is usual on the page
_TOUCHING = 0.12  # how far the pitch of digits that touch may be from what is usual
_MAX_TOUCHING = 3  # digits in one shape
_LETTER_WIDTH = (0.55, 1.6)  # of its height
_MIN_SPECK, _MAX_SPECK = 3, 9  # pixels: what could be a decimal point, and no stroke
# A straight bar: how thick it is, in lengths, and how far it leans to the right, in degrees. A 7
# is thicker than 0.35, an upright 1 leans by less than 5, a slash by 17 to 31.
_BAR, _LEANING = 0.25, (10.0, 65.0)
_SURE_BAR, _SURE_LEANING = 0.16, 22.0  # an italic 1 leans by 15
_SURE_BACKWARDS = -15.0  # a 1 with a flag by -8, and is thicker
_PATCH = (20, 18)
_MIN_LIKENESS = 0.6
_CANNOT_TELL = 0.04


class Glyph(NamedTuple):
    """A character of a figure and where its ink stands; not `whole` where it touches another."""

    char: str
    box: Box
    whole: bool = True


def plain(text: str) -> str:
    """The text without spaces, full-width forms as plain ones."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def may_be_figure(text: str) -> bool:
    """Whether a cell with this text could be taken for a figure or a mark for nothing."""
    return _matched(text) is not None


def _matched(text: str) -> re.Match[str] | None:
    return _FIGURE.fullmatch(plain(text)) or _MARK.fullmatch(plain(text))


def glyphs_of(text: str, shapes: Sequence[Box], specks: Iterable[Box]) -> list[Glyph] | None:
    """The characters of the figure with their ink; None where they do not fit each other.

    `shapes` are the boxes of the line's separate strokes, `specks` those of what is too small.
    """
    match = _matched(text)
    if match is None:
        return None
    before, figure, after = match["before"], match["figure"], match["after"]
    shapes = sorted(shapes)
    if before and after:
        return None
    count = len(figure)
    letters: list[Box] = []
    if before:
        letters, shapes = shapes[:-count], shapes[-count:]
    elif after:
        shapes, letters = shapes[:count], shapes[count:]
    if len(shapes) != count or (before and not figure[0].isdigit()):
        return None
    glyphs = [Glyph(c, box) for c, box in zip(figure, shapes, strict=True)]
    if not (_heights_fit(glyphs) and _letters_fit(letters, len(before) + len(after))):
        return None
    left, right = shapes[0][0], shapes[-1][2]
    if any(left <= s[0] and s[2] <= right for s in specks):
        return None
    return glyphs


def touching_digits(text: str, shapes: Sequence[Box], usual: float | None) -> list[Glyph] | None:
    """The digits of a figure in which some touch, each as wide as digits are on the page; None
    where the widths do not tell how many they are."""
    digits = plain(text)
    if usual is None or not digits.isdigit() or not shapes:
        return None
    height = max(s[3] - s[1] for s in shapes)
    glyphs: list[Glyph] = []
    for x0, y0, x1, y1 in sorted(shapes):
        count = max(1, round((x1 - x0) / height / usual))
        if count > _MAX_TOUCHING or len(glyphs) + count > len(digits):
            return None
        edges = [round(x0 + (x1 - x0) * i / count) for i in range(count + 1)]
        for left, right in pairwise(edges):
            glyphs.append(Glyph(digits[len(glyphs)], (left, y0, right, y1), count == 1))
    return glyphs if len(glyphs) == len(digits) and _heights_fit(glyphs) else None


def _heights_fit(glyphs: Sequence[Glyph]) -> bool:
    """Digits are about equally high and stand on one line; points are low, and commas hang."""
    digits = [g.box for g in glyphs if g.char.isdigit()]
    if not digits:
        return all(b[3] - b[1] < 0.6 * (b[2] - b[0]) for char, b, _ in glyphs if char == "-")
    height = max(b[3] - b[1] for b in digits)
    feet = [b[3] for b in digits]
    foot = float(np.median(feet))
    return (
        height >= MIN_DIGIT
        and all(b[3] - b[1] >= _MIN_HEIGHT * height for b in digits)
        and max(feet) - min(feet) <= _MAX_RISE * height
        and all(b.box[0] - a.box[2] <= _WIDE_GAP * height for a, b in pairwise(glyphs))
        and all(_is_low(g, foot, height) for g in glyphs if g.char in _LOW)
        and all(b[3] - b[1] < 0.6 * (b[2] - b[0]) for char, b, _ in glyphs if char == "-")
    )


def _is_low(glyph: Glyph, foot: float, height: int) -> bool:
    """Whether a point stands on the line, or a comma hangs from it."""
    _, top, _, bottom = glyph.box
    if bottom - top > _MAX_LOW * height or top < foot - _MAX_LOW * height:
        return False
    hangs = (bottom - foot) / height
    return hangs > _COMMA_HANGS if glyph.char == "," else hangs <= _POINT_HANGS


def _letters_fit(shapes: Sequence[Box], count: int) -> bool:
    """Whether the ink beside the figure is as wide as so many letters are."""
    if not count or not shapes:
        return not count and not shapes
    left, right = min(s[0] for s in shapes), max(s[2] for s in shapes)
    height = max(s[3] for s in shapes) - min(s[1] for s in shapes)
    least, most = _LETTER_WIDTH
    return least * count * height <= right - left <= most * count * height


def usual_pitch(figures: Iterable[Sequence[Glyph]]) -> float | None:
    """The distance of two digits side by side, in heights, that is usual on the page."""
    pitches = [p for glyphs in figures for p in _pitches(glyphs)]
    return float(np.median(pitches)) if pitches else None


def pitch_fits(glyphs: Sequence[Glyph], usual: float | None) -> bool:
    """Whether no two digits stand so far from each other that a point or a digit between them may
    be lost, nor so near that they may be parts of one."""
    if usual is None:
        return True
    if all(g.whole for g in glyphs):
        least, most = _MIN_PITCH, _MAX_PITCH
    else:  # the space beside the outer ones is not in their shape
        least, most = 0.95 - _TOUCHING, 0.95 + _TOUCHING
    return all(least * usual <= p <= most * usual for p in _pitches(glyphs))


def _pitches(glyphs: Sequence[Glyph]) -> list[float]:
    height = max((g.box[3] - g.box[1] for g in glyphs), default=1)
    return [
        (b.box[0] + b.box[2] - a.box[0] - a.box[2]) / 2 / height
        for a, b in pairwise(glyphs)
        if a.char.isdigit() and b.char.isdigit()
    ]


def slash_in(grey: Picture, box: Box) -> str | None:
    """The slash, or backslash, that the ink is beyond doubt."""
    thick, lean = _bar(grey, box)
    if thick > _SURE_BAR or abs(lean) > _LEANING[1]:
        return None
    if lean >= _SURE_LEANING:
        return "/"
    return "\\" if lean <= _SURE_BACKWARDS else None


def is_misnamed(grey: Picture, glyphs: Sequence[Glyph]) -> bool:
    """Whether a slash is taken for a digit (for a 7, most often), or a digit for a slash."""
    for char, box, _ in glyphs:
        thick, lean = _bar(grey, box)
        leans = thick <= _BAR and _LEANING[0] <= abs(lean) <= _LEANING[1]
        if (char.isdigit() and leans) or (char == "/" and not leans):
            return True
    return False


def _bar(grey: Picture, box: Box) -> tuple[float, float]:
    """How thick the ink is, in lengths, and how far its length leans to the right of upright."""
    x0, y0, x1, y1 = box
    ink = grey[y0:y1, x0:x1].astype(np.float64)
    rows, columns = np.nonzero(ink < (ink.min() + ink.max()) / 2)
    if len(rows) < MIN_DIGIT:
        return 1.0, 0.0
    spread, axes = np.linalg.eigh(np.cov(np.stack([columns, -rows])))
    across, up = axes[:, 1] if axes[1, 1] >= 0 else -axes[:, 1]
    thick = float(np.sqrt(max(spread[0], 0.0) / spread[1])) if spread[1] > 0 else 1.0
    return thick, float(np.degrees(np.arctan2(across, up)))


def odd_glyphs(grey: Picture, figures: Sequence[Sequence[Glyph]]) -> set[int]:
    """The figures (by index) with a digit that looks less like the others of its name on the page
    than like those of another name, or like none."""
    held = [(i, g) for i, glyphs in enumerate(figures) for g in glyphs if g.char.isdigit()]
    if not held:
        return set()
    patches = np.stack([_patch(grey, g.box) for _, g in held])
    names = np.array([int(g.char) for _, g in held])
    sums = {name: patches[names == name].sum(axis=0) for name in set(names.tolist())}
    counts = {name: int((names == name).sum()) for name in sums}
    odd = set()
    for (index, _), patch, name in zip(held, patches, names.tolist(), strict=True):
        own = _likeness(patch, sums[name] - patch) if counts[name] > 1 else None
        others = [_likeness(patch, total) for other, total in sums.items() if other != name]
        nearest = max(others, default=-1.0)
        if own is None:
            if nearest > 1 - _CANNOT_TELL:
                odd.add(index)
        elif own < nearest + _CANNOT_TELL / 2 or (counts[name] > 2 and own < _MIN_LIKENESS):
            odd.add(index)
    return odd


def _likeness(patch: NDArray[np.float64], total: NDArray[np.float64]) -> float:
    size = float(np.linalg.norm(total))
    return float((patch * total).sum() / size) if size else 0.0


def _patch(grey: Picture, box: Box) -> NDArray[np.float64]:
    """The digit at one height in the middle of a patch; mean 0, length 1."""
    import cv2  # noqa: PLC0415 - an extra

    x0, y0, x1, y1 = box
    ink = 255.0 - grey[y0:y1, x0:x1].astype(np.float32)
    ink -= ink.min()
    height, width = _PATCH
    wide = max(1, min(width, round((x1 - x0) * height / (y1 - y0))))
    scaled = cv2.resize(ink, (wide, height), interpolation=cv2.INTER_AREA)
    patch = np.zeros(_PATCH)
    left = (width - wide) // 2
    patch[:, left : left + wide] = scaled
    patch = np.asarray(cv2.GaussianBlur(patch, (3, 3), 0), dtype=np.float64)
    patch -= patch.mean()
    size = float(np.linalg.norm(patch))
    return patch / size if size else patch


def is_speck(area: int) -> bool:
    """Whether so many pixels may be a decimal point that is no stroke."""
    return _MIN_SPECK <= area < _MAX_SPECK
