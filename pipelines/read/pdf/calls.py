"""pdfium's functions with plain integer handles and addresses.

pypdfium2.raw checks and wraps the type of every argument: three times the price of the call itself,
and a page has thousands of characters and rules. Here a handle is an integer, and what a function
writes goes to an address, so that one `map` fills one array for all of them.
"""

import ctypes
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

VERSION = str(pypdfium2.version.PDFIUM_INFO.build)

# What FPDFPageObj_GetType answers.
PATH = pdfium.FPDF_PAGEOBJ_PATH
FORM = pdfium.FPDF_PAGEOBJ_FORM

_ERRORS = {
    pdfium.FPDF_ERR_PASSWORD: "the PDF is encrypted: it opens only with a password",
    pdfium.FPDF_ERR_SECURITY: "the PDF is encrypted in a way that pdfium does not know",
    pdfium.FPDF_ERR_FORMAT: "the PDF is damaged",
}

_UNDRAWN = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
# A shade from which on nothing is seen on paper.
_WHITE = 240

Handle = int
Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]

_P, _I = ctypes.c_void_p, ctypes.c_int


class Glyph(NamedTuple):
    """A character: the corners of its ink, where it begins on its base line, which way the line
    runs (with its scale), the size of its font before that scale."""

    corner: Point
    opposite: Point
    origin: Point
    direction: Point
    font_size: float


def _plain(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(function, _P).value
    if address is None:
        raise ImportError(f"pdfium lacks {function}")
    return ctypes.CFUNCTYPE(result, *arguments)(address)


_load_document = _plain(pdfium.FPDF_LoadMemDocument64, _P, _P, ctypes.c_size_t, _P)
_close_document = _plain(pdfium.FPDF_CloseDocument, None, _P)
_last_error = _plain(pdfium.FPDF_GetLastError, ctypes.c_ulong)
_get_meta_text = _plain(pdfium.FPDF_GetMetaText, ctypes.c_ulong, _P, _P, _P, ctypes.c_ulong)
count_pages = _plain(pdfium.FPDF_GetPageCount, _I, _P)
load_page = _plain(pdfium.FPDF_LoadPage, _P, _P, _I)
close_page = _plain(pdfium.FPDF_ClosePage, None, _P)
load_text = _plain(pdfium.FPDFText_LoadPage, _P, _P)
close_text = _plain(pdfium.FPDFText_ClosePage, None, _P)
count_chars = _plain(pdfium.FPDFText_CountChars, _I, _P)
page_rotation = _plain(pdfium.FPDFPage_GetRotation, _I, _P)
count_objects = _plain(pdfium.FPDFPage_CountObjects, _I, _P)
count_form_objects = _plain(pdfium.FPDFFormObj_CountObjects, _I, _P)
count_segments = _plain(pdfium.FPDFPath_CountSegments, _I, _P)

_get_text = _plain(pdfium.FPDFText_GetText, _I, _P, _I, _I, _P)
_get_unicode = _plain(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _P, _I)
_get_loose_box = _plain(pdfium.FPDFText_GetLooseCharBox, _I, _P, _I, _P)
_get_tight_box = _plain(pdfium.FPDFText_GetCharBox, _I, _P, _I, _P, _P, _P, _P)
_get_origin = _plain(pdfium.FPDFText_GetCharOrigin, _I, _P, _I, _P, _P)
_get_text_matrix = _plain(pdfium.FPDFText_GetMatrix, _I, _P, _I, _P)
_get_font_size = _plain(pdfium.FPDFText_GetFontSize, ctypes.c_double, _P, _I)
_get_text_object = _plain(pdfium.FPDFText_GetTextObject, _P, _P, _I)
_get_render_mode = _plain(pdfium.FPDFTextObj_GetTextRenderMode, _I, _P)
_get_fill_color = _plain(pdfium.FPDFPageObj_GetFillColor, _I, _P, _P, _P, _P, _P)
_get_page_box = _plain(pdfium.FPDF_GetPageBoundingBox, _I, _P, _P)
_get_object = _plain(pdfium.FPDFPage_GetObject, _P, _P, _I)
_get_form_object = _plain(pdfium.FPDFFormObj_GetObject, _P, _P, ctypes.c_ulong)
_get_type = _plain(pdfium.FPDFPageObj_GetType, _I, _P)
_get_bounds = _plain(pdfium.FPDFPageObj_GetBounds, _I, _P, _P, _P, _P, _P)
_get_matrix = _plain(pdfium.FPDFPageObj_GetMatrix, _I, _P, _P)
_get_draw_mode = _plain(pdfium.FPDFPath_GetDrawMode, _I, _P, _P, _P)
_get_segment = _plain(pdfium.FPDFPath_GetPathSegment, _P, _P, _I)
_get_segment_type = _plain(pdfium.FPDFPathSegment_GetType, _I, _P)
_get_segment_close = _plain(pdfium.FPDFPathSegment_GetClose, _I, _P)
_get_segment_point = _plain(pdfium.FPDFPathSegment_GetPoint, _I, _P, _P, _P)


class NotOpenedError(Exception):
    """pdfium cannot open the document; its text is why, in one line."""


@contextmanager
def opened(content: bytes) -> Iterator[Handle]:
    """The document of these bytes, closed at the end.

    Raises:
        NotOpenedError: it is damaged or encrypted.
    """
    # The bytes must stay where they are as long as the document is open.
    handle = _load_document(content, len(content), None)
    if not handle:
        code = _last_error()
        raise NotOpenedError(_ERRORS.get(code, f"pdfium cannot open the PDF (error {code})"))
    try:
        yield handle
    finally:
        _close_document(handle)


def meta_text(document: Handle, name: str) -> str:
    """A property of the document, empty where it is not given."""
    size = _get_meta_text(document, name.encode(), None, 0)
    if size <= 2:  # no more than the zero at its end
        return ""
    buffer = ctypes.create_string_buffer(size)
    _get_meta_text(document, name.encode(), buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def page_text(text_page: Handle) -> str:
    """One Python character for each of pdfium's, in content order; those that it makes up itself
    (spaces and line ends between the pieces of text) too."""
    count = count_chars(text_page)
    if count <= 0:
        return ""
    # Twice the room: a character may need two units.
    units = (ctypes.c_uint16 * (2 * count + 2))()
    written = _get_text(text_page, 0, count, ctypes.addressof(units))
    text = bytes(memoryview(units).cast("B")[: 2 * max(written - 1, 0)]).decode(
        "utf-16-le", "replace"
    )
    if len(text) == count:
        return text
    codes = map(_get_unicode, repeat(text_page), range(count))
    return "".join(chr(c) if _is_character(c) else "\ufffd" for c in codes)


def _is_character(code: int) -> bool:
    return 0 < code < 0xD800 or 0xDFFF < code < 0x110000


def loose_boxes(text_pages: Sequence[Handle], indices: Sequence[int]) -> NDArray[np.float64]:
    """Left, top, right, bottom of each of these characters of these pages: the advance wide, the
    font's size high, or less where the font does not tell. Nothing wide where text lies sideways.
    """
    boxes = np.zeros((len(indices), 4), np.float32)
    start = boxes.ctypes.data
    places = range(start, start + 16 * len(indices), 16)
    _all(map(_get_loose_box, text_pages, indices, places))
    return boxes.astype(np.float64)


def glyph(text_page: Handle, index: int) -> Glyph:
    """All that pdfium knows of the place of one character."""
    ink = (ctypes.c_double * 4)()
    at = ctypes.addressof(ink)
    _get_tight_box(text_page, index, at, at + 8, at + 16, at + 24)
    left, right, bottom, top = ink[:]
    origin = (ctypes.c_double * 2)()
    at = ctypes.addressof(origin)
    _get_origin(text_page, index, at, at + 8)
    matrix = (ctypes.c_float * 6)()
    _get_text_matrix(text_page, index, ctypes.addressof(matrix))
    return Glyph(
        corner=(left, bottom),
        opposite=(right, top),
        origin=(origin[0], origin[1]),
        direction=(matrix[0], matrix[1]),
        font_size=_get_font_size(text_page, index),
    )


def text_objects(text_page: Handle, indices: Sequence[int]) -> list[Handle]:
    """What each of these characters is drawn by."""
    return list(map(_get_text_object, repeat(text_page), indices))


def are_drawn(text_objects: Sequence[Handle]) -> bool:
    """Whether the texts are to be seen: none invisible, none as white as the paper."""
    modes = np.fromiter(map(_get_render_mode, text_objects), np.int64)
    if np.isin(
        modes, (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
    ).any():
        return False
    # Red, green, blue and opacity; black where the color is a pattern.
    colors = np.tile(np.array([0, 0, 0, 255], np.uint32), (len(text_objects), 1))
    start = colors.ctypes.data
    shades = (range(start + at, start + colors.nbytes, 16) for at in range(0, 16, 4))
    _all(map(_get_fill_color, text_objects, *shades))
    unseen = (colors[:, :3].min(axis=1) >= _WHITE) | (colors[:, 3] == 0)
    return not (unseen & (modes == pdfium.FPDF_TEXTRENDERMODE_FILL)).any()


def page_box(page: Handle) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what is seen of the page, unrotated."""
    box = (ctypes.c_float * 4)()
    _get_page_box(page, ctypes.addressof(box))
    left, top, right, bottom = box[:]
    return left, top, right, bottom


def page_objects(page: Handle, count: int) -> list[Handle]:
    """The first `count` objects drawn on the page."""
    return list(map(_get_object, repeat(page), range(count)))


def form_objects(form: Handle, count: int) -> list[Handle]:
    """The first `count` objects drawn by a form."""
    return list(map(_get_form_object, repeat(form), range(count)))


def types_of(objects: Sequence[Handle]) -> list[int]:
    """What each object is: PATH, FORM or something else."""
    return list(map(_get_type, objects))


def bounds_of(objects: Sequence[Handle]) -> list[float]:
    """Left, bottom, right, top of the objects, one after the other."""
    bounds = (ctypes.c_float * (4 * len(objects)))()
    start = ctypes.addressof(bounds)
    end = start + 16 * len(objects)
    sides = (range(side, end, 16) for side in range(start, start + 16, 4))
    _all(map(_get_bounds, objects, *sides))
    return bounds[:]


def matrix_of(an_object: Handle) -> Matrix:
    """From the object's own coordinates to those around it."""
    matrix = (ctypes.c_float * 6)()
    _get_matrix(an_object, ctypes.addressof(matrix))
    a, b, c, d, e, f = matrix[:]
    return a, b, c, d, e, f


def is_stroked(path: Handle) -> bool:
    """Whether the outline of the path is drawn, and not only its inside."""
    fill, stroke = _I(), _I()
    _get_draw_mode(path, ctypes.addressof(fill), ctypes.addressof(stroke))
    return bool(stroke.value)


def outlines_of(path: Handle, count: int) -> list[list[Point]]:
    """The corners of each outline of the path in its own coordinates; none where one is curved."""
    outlines: list[list[Point]] = []
    point = (ctypes.c_float * 2)()
    x = ctypes.addressof(point)
    for index in range(count):
        segment = _get_segment(path, index)
        kind = _get_segment_type(segment)
        if kind not in (pdfium.FPDF_SEGMENT_MOVETO, pdfium.FPDF_SEGMENT_LINETO):
            return []
        _get_segment_point(segment, x, x + 4)
        if kind == pdfium.FPDF_SEGMENT_MOVETO or not outlines:
            outlines.append([])
        outlines[-1].append((point[0], point[1]))
        if _get_segment_close(segment):
            outlines[-1].append(outlines[-1][0])
    return outlines


def _all(calls: "map[int]") -> None:
    """Make the calls; where one fails, its place in the array stays zero."""
    deque(calls, maxlen=0)
