"""Pictures of pages: from a picture file or from a PDF, one at a time, in grey and bounded."""

import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped,unused-ignore]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped,unused-ignore]
from PIL import Image, ImageChops, ImageOps

from pipelines.domain import Document, UnreadableDocument
from pipelines.read.ocr.engine import Picture

# A page of a report is 1654 pixels wide at 200 dpi.
_PAGE_SIDE = 1654
_POINTS_PER_INCH = 72
_DPI = 200
# The end-of-file mark stands within so many bytes of the end.
_EOF_WITHIN = 4096
# Pillow knows formats that start other programs.
_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP")
_WITH_PAGES = ("TIFF",)  # in the others further frames are an animation or a preview
_MIN_CHROMA = 70  # levels between the strongest and the weakest colour of what is no grey
_NESTED_FORMS = 4


@dataclass(frozen=True, slots=True)
class OcrLimits:
    """Judged from headers, before a pixel is decoded."""

    max_pages: int = 60
    max_pixels: int = 80_000_000  # A3 at 600 dpi
    min_side: int = 200
    max_aspect: float = 8.0
    side_from: int = 1100  # a shorter side below this is enlarged, above `side_to` reduced
    side_to: int = 1900


LIMITS = OcrLimits()


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page in grey, and where it is in colour (255; None: nowhere). `scale`: pixels here for one
    unit of places (picture pixel or point)."""

    number: int
    grey: Picture
    tint: Picture | None
    scale: float


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height of a picture file, from its header; 0 where it cannot be read."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            return image.size
    except Exception:  # PIL raises whatever its decoders meet
        return 0, 0


def picture_pages(document: Document, limits: OcrLimits = LIMITS) -> Iterator[PagePicture]:
    """The pages of a picture file; a TIFF may have several.

    Raises:
        UnreadableDocument: it is damaged, too large or has too many pages.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(document.content), formats=_FORMATS) as image:
                paged = image.format in _WITH_PAGES
                count = int(getattr(image, "n_frames", 1)) if paged else 1
                _check_count(count, limits)
                for index in range(count):
                    image.seek(index)
                    _check_size(*image.size, index + 1, limits)
                    longest = max(image.size)
                    fitted = _fitted(_upright(image, limits), limits)
                    grey, tint = _planes(fitted)
                    yield PagePicture(index + 1, grey, tint, max(fitted.size) / longest)
    except UnreadableDocument:
        raise
    except Image.DecompressionBombError as error:
        raise UnreadableDocument("the picture has too many pixels") from error
    except MemoryError:
        raise
    except Exception as error:  # PIL raises whatever its decoders meet
        cause = " ".join(str(error).split())
        raise UnreadableDocument(f"the picture cannot be read: {cause}") from error


def scan_pages(document: Document, limits: OcrLimits = LIMITS) -> Iterator[PagePicture]:
    """The pages of a PDF, drawn.

    Raises:
        UnreadableDocument: it is truncated, damaged or encrypted, too large or has too many pages.
    """
    if b"%%EOF" not in document.content[-_EOF_WITHIN:]:  # pdfium would draw what is left of it
        raise UnreadableDocument("the PDF is truncated: it has no end-of-file mark")
    try:
        pdf = pdfium.PdfDocument(document.content)
    except pdfium.PdfiumError as error:
        raise UnreadableDocument(f"the PDF cannot be read: {error}") from error
    try:
        _check_count(len(pdf), limits)
        for index in range(len(pdf)):
            yield _drawn(pdf, index, limits)
    except pdfium.PdfiumError as error:
        raise UnreadableDocument(f"the PDF cannot be drawn: {error}") from error
    finally:
        pdf.close()


def _drawn(pdf: pdfium.PdfDocument, index: int, limits: OcrLimits) -> PagePicture:
    page = pdf[index]
    try:
        width, height = page.get_size()
        # A page's size may be anything; what matters is how it looks when a sheet wide.
        scale = min(_DPI / _POINTS_PER_INCH, limits.side_to / max(1.0, min(width, height)))
        _check_size(math.ceil(width * scale), math.ceil(height * scale), index + 1, limits)
        _check_pictures(page, index + 1, limits)
        bitmap = page.render(scale=scale)
        try:
            grey, tint = _planes(bitmap.to_pil())
        finally:
            bitmap.close()
    finally:
        page.close()
    return PagePicture(index + 1, grey, tint, scale)


def _check_pictures(page: pdfium.PdfPage, number: int, limits: OcrLimits) -> None:
    for held in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=_NESTED_FORMS):
        width, height = held.get_px_size()
        if width * height > limits.max_pixels:
            raise UnreadableDocument(
                f"page {number} holds a picture of {width} by {height} pixels; "
                f"at most {limits.max_pixels} pixels are read"
            )


def _check_count(count: int, limits: OcrLimits) -> None:
    if not 1 <= count <= limits.max_pages:
        raise UnreadableDocument(f"{count} pages; from 1 to {limits.max_pages} are read as a scan")


def _check_size(width: int, height: int, page: int, limits: OcrLimits) -> None:
    size = f"page {page} is {width} by {height} pixels"
    if width * height > limits.max_pixels:
        raise UnreadableDocument(f"{size}; at most {limits.max_pixels} pixels are read")
    if min(width, height) < limits.min_side:
        raise UnreadableDocument(f"{size}: too small for a page")
    if max(width, height) > limits.max_aspect * min(width, height):
        raise UnreadableDocument(f"{size}: too narrow for a page")


def _upright(image: Image.Image, limits: OcrLimits) -> Image.Image:
    """As it is looked at: turned as its EXIF says, on white where it is transparent; "RGB", or "L"
    where it has no colour."""
    if image.mode in ("I", "F"):
        raise UnreadableDocument(f"pictures of mode {image.mode} are not read")
    if image.format == "JPEG":  # it can be decoded at a fraction of its size
        image.draft(None, (limits.side_to, limits.side_to))
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    turned = ImageOps.exif_transpose(image)
    if turned.has_transparency_data:
        turned = turned.convert("RGBA")
        white = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(white, turned)
    return turned.convert("L" if turned.mode in ("1", "L", "LA") else "RGB")


def _fitted(image: Image.Image, limits: OcrLimits) -> Image.Image:
    """Enlarged or reduced to about 200 dpi."""
    side = min(image.size)
    if limits.side_from <= side <= limits.side_to:
        return image
    scale = min(2.0, _PAGE_SIDE / side)
    resample = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    return image.resize((round(image.width * scale), round(image.height * scale)), resample)


def _planes(image: Image.Image) -> tuple[Picture, Picture | None]:
    """The picture in grey, and where it is in colour."""
    grey = np.array(image.convert("L"), dtype=np.uint8)
    if image.mode == "L":
        return grey, None
    red, green, blue = image.convert("RGB").split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    weakest = ImageChops.darker(ImageChops.darker(red, green), blue)
    chroma = np.asarray(ImageChops.subtract(strongest, weakest))
    tint: Picture = np.where(chroma >= _MIN_CHROMA, 255, 0).astype(np.uint8)
    return grey, tint if tint.any() else None
