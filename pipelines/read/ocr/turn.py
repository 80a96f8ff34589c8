"""Which way up a page lies."""

from collections.abc import Sequence

import numpy as np

from pipelines.read.ocr.engine import Picture, TextBox, detect_lines, recognize_lines

_SIDE = 960  # pixels: enough to see lines, not to read them
_LONG = 2.5  # a line is so much longer than high; a figure alone is no line
_MIN_LINES = 3
_ASKED = 8  # lines that are recognized both ways up
_READABLE = 0.6
_CLEARLY = 0.1


def quarters_of(grey: Picture) -> int:
    """How many quarter turns counterclockwise (0 to 3) make the page upright; 0 where its lines do
    not tell."""
    import cv2  # noqa: PLC0415 - an extra

    factor = min(1.0, _SIDE / max(grey.shape))
    small = np.asarray(
        cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )
    lines = detect_lines(small)
    lying = [b for b in lines if b.x1 - b.x0 > _LONG * (b.y1 - b.y0)]
    standing = [b for b in lines if b.y1 - b.y0 > _LONG * (b.x1 - b.x0)]
    first = 1 if len(standing) > 2 * len(lying) else 0
    asked = sorted(lying if first == 0 else standing, key=_length, reverse=True)
    if len(asked) < _MIN_LINES:
        return 0
    crops = [_crop(grey, box, factor) for box in asked[:_ASKED]]
    one, other = (_readable([np.rot90(c, first + k) for c in crops]) for k in (0, 2))
    if max(one, other) < _READABLE:
        return 0
    return first + 2 if other > one + _CLEARLY else first


def _length(box: TextBox) -> float:
    return max(box.x1 - box.x0, box.y1 - box.y0)


def _crop(grey: Picture, box: TextBox, factor: float) -> Picture:
    x0, y0, x1, y1 = (v / factor for v in box)
    edge = 4
    return grey[max(0, int(y0) - edge) : int(y1) + edge, max(0, int(x0) - edge) : int(x1) + edge]


def _readable(crops: Sequence[Picture]) -> float:
    """How surely words are read; figures alone read nearly as well on their heads."""
    texts = recognize_lines([np.ascontiguousarray(c) for c in crops])
    sure = [t.confidence if sum(map(str.isalpha, t.text)) > 1 else 0.0 for t in texts]
    return float(np.median(sure))
