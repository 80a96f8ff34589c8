"""Pictures of every kind come out as the same page in grey; what is too large is refused unseen."""

import io
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

pytest.importorskip("cv2")

from pipelines.domain import Document, UnreadableDocument
from pipelines.read.ocr.pages import OcrLimits, PagePicture, picture_pages, scan_pages


def a_page() -> Image.Image:
    """White, with a black mark in the upper left corner."""
    page = np.full((1200, 1300), 255, np.uint8)
    page[50:150, 50:250] = 0
    return Image.fromarray(page)


def saved(page: Image.Image, format: str, **more: object) -> bytes:
    out = io.BytesIO()
    page.save(out, format, **more)
    return out.getvalue()


def pages_of(content: bytes, limits: OcrLimits | None = None) -> list[PagePicture]:
    document = Document("picture", content, "", "image/any")
    return list(picture_pages(document, limits or OcrLimits()))


def sixteen_bits(page: Image.Image) -> Image.Image:
    levels: NDArray[np.uint16] = np.asarray(page).astype(np.uint16) * 257
    return Image.fromarray(levels)


def transparent(page: Image.Image) -> Image.Image:
    black = Image.new("RGBA", page.size, (0, 0, 0, 0))
    black.putalpha(page.point(lambda level: 255 - level))
    return black


KINDS: dict[str, Callable[[], bytes]] = {
    "png": lambda: saved(a_page(), "PNG"),
    "one bit": lambda: saved(a_page().convert("1"), "PNG"),
    "palette": lambda: saved(a_page().convert("P"), "PNG"),
    "sixteen bits": lambda: saved(sixteen_bits(a_page()), "PNG"),
    "sixteen bits, tiff": lambda: saved(sixteen_bits(a_page()), "TIFF"),
    "transparent": lambda: saved(transparent(a_page()), "PNG"),
    "jpeg": lambda: saved(a_page(), "JPEG"),
    "cmyk jpeg": lambda: saved(a_page().convert("CMYK"), "JPEG"),
    "gif": lambda: saved(a_page(), "GIF"),
    "bmp": lambda: saved(a_page(), "BMP"),
    "webp": lambda: saved(a_page(), "WEBP"),
    "fax": lambda: saved(a_page().convert("1"), "TIFF", compression="group4"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_is_the_same_page(kind: str) -> None:
    (page,) = pages_of(KINDS[kind]())
    assert page.grey.shape == (1200, 1300)
    assert page.scale == 1.0
    assert page.tint is None
    difference = np.abs(page.grey.astype(int) - np.asarray(a_page()).astype(int))
    assert np.count_nonzero(difference > 60) < 100


def test_it_is_turned_as_its_exif_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    (page,) = pages_of(saved(a_page(), "JPEG", exif=exif))
    assert page.grey.shape == (1300, 1200)
    assert page.grey[60:240, 1060:1140].max() < 60


def test_an_animation_is_its_first_frame_and_a_tiff_all_its_pages() -> None:
    blank = Image.new("L", a_page().size, 255)
    assert len(pages_of(saved(a_page(), "GIF", save_all=True, append_images=[blank]))) == 1
    assert len(pages_of(saved(a_page(), "TIFF", save_all=True, append_images=[blank]))) == 2


def test_large_pictures_are_reduced_and_small_ones_enlarged() -> None:
    large = a_page().resize((3900, 3600))
    for format in ("PNG", "JPEG"):
        (page,) = pages_of(saved(large, format))
        assert 1100 <= min(page.grey.shape) <= 1900
        assert page.scale == pytest.approx(page.grey.shape[1] / 3900, rel=0.01)
    (page,) = pages_of(saved(a_page().resize((650, 600)), "PNG"))
    assert page.grey.shape == (1200, 1300)
    assert page.scale == 2.0


def test_what_is_in_colour_is_told() -> None:
    page = a_page().convert("RGB")
    page.paste((214, 32, 44), (600, 600, 700, 700))
    (seen,) = pages_of(saved(page, "PNG"))
    assert seen.tint is not None
    assert seen.tint[610:690, 610:690].min() == 255
    assert np.count_nonzero(seen.tint) == 100 * 100


def claimed_png(width: int, height: int) -> bytes:
    """A header of that size, and no pixels."""
    small = saved(Image.new("1", (8, 8)), "PNG")
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + small[24:29]
    return small[:16] + header + zlib.crc32(b"IHDR" + header).to_bytes(4, "big") + small[33:]


@pytest.mark.parametrize(
    ("width", "height", "why"),
    [
        (10_000, 10_000, "at most 80000000 pixels"),
        (60_000, 60_000, "too many pixels"),
        (100, 5_000, "too small"),
        (300, 5_000, "too narrow"),
    ],
)
def test_a_size_that_is_no_page_is_refused_by_its_header(width: int, height: int, why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        pages_of(claimed_png(width, height))


def pdf_of(page_size: tuple[int, int], picture: tuple[int, int]) -> bytes:
    """A page that draws a picture, whose size is claimed, over itself."""
    width, height = page_size
    drawn = f"q {width} 0 0 {height} 0 0 cm /P Do Q".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R"
        "/Resources<</XObject<</P 5 0 R>>>>>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1"
        b"/ColorSpace/DeviceGray/Length 1>>stream\n0\nendstream" % picture,
    ]
    out = b"%PDF-1.4\n"
    starts = []
    for number, held in enumerate(objects, start=1):
        starts.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, held)
    at = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % at


def test_pages_of_a_pdf_are_bounded_whatever_their_size() -> None:
    for size in ((595, 842), (14_000, 14_000)):
        (page,) = scan_pages(Document("a.pdf", pdf_of(size, (8, 8)), "", ""), OcrLimits())
        assert max(page.grey.shape) <= 2340
        assert page.scale == pytest.approx(page.grey.shape[1] / size[0], rel=0.01)
    with pytest.raises(UnreadableDocument, match="too narrow"):
        list(scan_pages(Document("a.pdf", pdf_of((14_000, 200), (8, 8)), "", "")))


def test_a_picture_in_a_pdf_is_judged_before_it_is_decoded() -> None:
    content = pdf_of((595, 842), (30_000, 30_000))
    with pytest.raises(UnreadableDocument, match="30000 by 30000"):
        list(scan_pages(Document("bomb.pdf", content, "", "")))
