"""Simulated scans: the pages of a PDF drawn, then spoilt as scanners, copiers and stamps do."""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped,unused-ignore]
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Turn = Literal[0, 90, 180, 270]
Seal = Literal["none", "red", "grey"]

_POINTS_PER_INCH = 72
_SEAL_RGB = {"red": (214, 32, 44), "grey": (120, 120, 120)}
_SEAL_INCHES = 1.65  # a state organ's seal is 4.2 cm wide
_STAR_POINTS = 5


@dataclass(frozen=True, slots=True)
class Scan:
    """How pages were scanned. The defaults are a clean scan at 200 dpi.

    `skew` is in degrees, `blur` in pixels at 200 dpi, `noise` the deviation of the grain in levels
    of grey; `ink` the level that black comes out with (0 black); `quality` that of JPEG, None
    where the picture is kept as it is; `fold` a shadow across the page; `fax` one bit a pixel;
    `dropout` the share of ruling lines' and characters' pixels that are lost in patches;
    `turn` degrees, counterclockwise, that the page lies turned.
    """

    dpi: int = 200
    skew: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    ink: int = 0
    quality: int | None = None
    seal: Seal = "none"
    fold: bool = False
    fax: bool = False
    dropout: float = 0.0
    turn: Turn = 0
    seed: int = 0

    @classmethod
    def draw(cls, rng: random.Random) -> "Scan":
        """A scan at random: most faults in every second page or fewer."""

        def sometimes(share: float) -> bool:
            return rng.random() < share

        return cls(
            dpi=rng.choice([100, 150, 200, 300]),
            skew=rng.uniform(-3, 3) if sometimes(0.6) else 0.0,
            blur=rng.choice([0.0, 0.4, 0.8]),
            noise=rng.choice([0.0, 4.0, 8.0, 12.0]),
            ink=rng.choice([0, 0, 40, 90]),
            quality=rng.choice([40, 60, 75, 90]),
            seal=rng.choice(["none", "none", "none", "red", "grey"]),
            fold=sometimes(0.2),
            fax=sometimes(0.1),
            dropout=rng.choice([0.0, 0.0, 0.0, 0.0, 0.003, 0.01]),
            seed=rng.randrange(2**32),
        )


def scan_pdf(pdf: bytes, how: Scan) -> list[Image.Image]:
    """The pages of the PDF as they come out of the scanner, in colour where a red seal is on them;
    the same PDF and `how` give the same pixels."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [
            _spoilt(
                page.render(scale=how.dpi / _POINTS_PER_INCH).to_pil().convert("RGB"),
                replace(how, seed=how.seed + number),
            )
            for number, page in enumerate(document)
        ]
    finally:
        document.close()


def save_scan(pages: Sequence[Image.Image], format: str, how: Scan) -> bytes:
    """A file of the pages: a PDF of pictures, a TIFF, or for one page any format of Pillow."""
    out = io.BytesIO()
    first, *others = [page.copy() for page in pages]  # Pillow leaves its options in what it saved
    more: dict[str, object] = {}
    if format in ("PDF", "TIFF"):
        more = {"save_all": True, "append_images": others, "resolution": float(how.dpi)}
    if how.quality is not None and not how.fax and format in ("PDF", "JPEG"):
        more["quality"] = how.quality
    first.save(out, format, **more)
    return out.getvalue()


def _spoilt(page: Image.Image, how: Scan) -> Image.Image:
    rng = np.random.default_rng(how.seed)
    if how.dropout:
        page = _with_dropouts(page, how.dropout, rng)
    if how.seal != "none":
        page = _sealed(page, how, rng)
    if how.seal != "red":
        page = page.convert("L")
    if how.skew:
        white = 255 if page.mode == "L" else (255, 255, 255)
        page = page.rotate(how.skew, resample=Image.Resampling.BICUBIC, fillcolor=white)
    if how.blur:
        page = page.filter(ImageFilter.GaussianBlur(how.blur * how.dpi / 200))
    light = how.ink + np.asarray(page, dtype=np.float32) * (245 - how.ink) / 255
    if how.fold:
        light *= _fold(light.shape[0], light.shape[1], rng, light.ndim)
    if how.noise:
        grain = rng.normal(0, how.noise, light.shape[:2])
        light += grain if light.ndim == 2 else grain[:, :, None]
    page = Image.fromarray(light.clip(0, 255).astype(np.uint8))
    if how.fax:
        page = page.convert("L").point(lambda level: 255 if level > 150 else 0).convert("1")
    elif how.quality is not None:
        page = _as_jpeg(page, how.quality)
    return page.rotate(how.turn, expand=True) if how.turn else page


def _as_jpeg(page: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert(page.mode)


def _with_dropouts(page: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    """Patches a few pixels wide where no toner stuck."""
    patch = max(2, page.width // 400)
    small = rng.random((page.height // patch + 1, page.width // patch + 1)) < share
    lost = Image.fromarray(small.astype(np.uint8) * 255).resize(
        (small.shape[1] * patch, small.shape[0] * patch), Image.Resampling.NEAREST
    )
    page = page.copy()
    page.paste((255, 255, 255), mask=lost.crop((0, 0, page.width, page.height)))
    return page


def _sealed(page: Image.Image, how: Scan, rng: np.random.Generator) -> Image.Image:
    """A ring with a star in it, stamped anywhere on the page; ink under it stays visible."""
    size = round(_SEAL_INCHES * how.dpi)
    x = int(rng.integers(0, max(1, page.width - size)))
    y = int(rng.integers(0, max(1, page.height - size)))
    stamp = Image.new("RGB", page.size, "white")
    draw = ImageDraw.Draw(stamp)
    colour = _SEAL_RGB[how.seal]
    draw.ellipse((x, y, x + size, y + size), outline=colour, width=max(2, size // 40))
    angles = [np.pi * (i / _STAR_POINTS) - np.pi / 2 for i in range(2 * _STAR_POINTS)]
    radii = [size * (0.16 if i % 2 == 0 else 0.065) for i in range(2 * _STAR_POINTS)]
    centre = np.array([x + size / 2, y + size / 2])
    star = [
        tuple(centre + r * np.array([np.cos(a), np.sin(a)]))
        for a, r in zip(angles, radii, strict=True)
    ]
    draw.polygon(star, fill=colour)
    return ImageChops.multiply(page, stamp)


def _fold(
    height: int, width: int, rng: np.random.Generator, dimensions: int
) -> NDArray[np.float32]:
    """A dark band across the page and light that falls off to one side: factors of lightness."""
    at = rng.uniform(0.2, 0.8) * height
    rows = np.arange(height)
    band = 1 - 0.35 * np.exp(-(((rows - at) / (0.02 * height)) ** 2))
    side = np.linspace(1.0, 0.75, width)
    shade = np.outer(band, side).astype(np.float32)
    return shade if dimensions == 2 else shade[:, :, None]
