"""The second opinion on a figure: the ink must be what the text says."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("cv2")

from pipelines.read.ocr.figures import (
    Box,
    Glyph,
    glyphs_of,
    is_misnamed,
    may_be_figure,
    odd_glyphs,
    pitch_fits,
    slash_in,
    touching_digits,
    usual_pitch,
)

# Digits 20 high and 12 wide, 14 from one to the next, as Times at 200 dpi.
FOOT, HEIGHT, WIDTH, STEP = 100, 20, 12, 14


def digit(at: int, *, low: int = 0) -> Box:
    return (at, FOOT - HEIGHT + low, at + WIDTH, FOOT + low)


def digits(count: int, start: int = 0) -> list[Box]:
    return [digit(start + STEP * i) for i in range(count)]


def point(at: int) -> Box:
    return (at, FOOT - 3, at + 3, FOOT)


def comma(at: int) -> Box:
    return (at, FOOT - 3, at + 3, FOOT + 4)


def test_a_figure_has_as_many_shapes_as_characters() -> None:
    assert glyphs_of("123", digits(3), []) is not None
    assert glyphs_of("12", digits(3), []) is None
    assert glyphs_of("1234", digits(3), []) is None


def test_points_and_commas_are_told_apart_by_where_they_stand() -> None:
    ink = [digit(0), point(14), *digits(3, 20)]
    assert glyphs_of("1.234", ink, []) is not None
    assert glyphs_of("1,234", ink, []) is None
    ink = [digit(0), comma(14), *digits(3, 20)]
    assert glyphs_of("1,234", ink, []) is not None
    assert glyphs_of("1.234", ink, []) is None
    assert glyphs_of("11234", ink, []) is None


def test_a_speck_among_the_digits_may_be_a_point() -> None:
    speck = (13, FOOT - 2, 15, FOOT)
    assert glyphs_of("12", digits(2), [speck]) is None
    assert glyphs_of("12", digits(2), [(90, FOOT - 2, 92, FOOT)]) is not None


def test_a_low_stroke_is_no_digit() -> None:
    assert glyphs_of("11", [digit(0), (14, FOOT - 9, 18, FOOT)], []) is None
    assert glyphs_of("1", [(0, FOOT - 5, 12, FOOT)], []) is None
    assert glyphs_of("11", [digit(0), digit(14, low=9)], []) is None


def test_two_figures_in_one_cell_are_not_one() -> None:
    assert glyphs_of("12", [digit(0), digit(48)], []) is None


def test_the_ink_of_a_unit_is_as_wide_as_its_letters() -> None:
    letters = [(60 + 24 * i, FOOT - 22, 80 + 24 * i, FOOT + 1) for i in range(2)]
    assert glyphs_of("685万元", [*digits(3), *letters], []) is not None
    # A digit more in the ink than in the text stands where a letter should.
    assert glyphs_of("85万元", [*digits(3), *letters], []) is None


def test_a_lost_point_leaves_a_gap() -> None:
    usual = usual_pitch([[Glyph("1", digit(0)), Glyph("2", digit(STEP))]])
    assert usual == pytest.approx(0.7)
    assert pitch_fits([Glyph("1", digit(0)), Glyph("2", digit(STEP))], usual)
    assert not pitch_fits([Glyph("1", digit(0)), Glyph("2", digit(STEP + 6))], usual)


def test_touching_digits_are_counted_by_their_width() -> None:
    two = (0, FOOT - HEIGHT, STEP + WIDTH, FOOT)
    split = touching_digits("23", [two], 0.7)
    assert split is not None
    assert pitch_fits(split, 0.7)
    assert touching_digits("234", [two], 0.7) is None
    assert touching_digits("2", [two], 0.7) is None
    with_point = (0, FOOT - HEIGHT, STEP + WIDTH + 6, FOOT)
    wider = touching_digits("23", [with_point], 0.7)
    assert wider is None or not pitch_fits(wider, 0.7)


def test_a_digit_that_looks_like_another_is_odd() -> None:
    page = np.full((40, 400), 255, np.uint8)
    places = [(10 + 30 * i, 10, 22 + 30 * i, 30) for i in range(12)]
    for i, (x0, y0, x1, y1) in enumerate(places):
        page[y0:y1, x0:x1] = 0
        if i % 2:  # a ring, the others are blocks with a slit
            page[y0 + 4 : y1 - 4, x0 + 3 : x1 - 3] = 255
        else:
            page[y0 + 8 : y0 + 12, x0:x1] = 255
    figures = [[Glyph("05"[i % 2], box)] for i, box in enumerate(places)]
    assert odd_glyphs(page, figures) == set()
    figures[3] = [Glyph("0", places[3])]
    assert odd_glyphs(page, figures) == {3}


def bar(leaning: int) -> NDArray[np.uint8]:
    """A bar 24 high whose head is so much to the right of its foot."""
    page = np.full((40, 60), 255, np.uint8)
    for row in range(24):
        left = 20 + round(leaning * (23 - row) / 23)
        page[8 + row, left : left + 3] = 0
    return page


def test_a_leaning_bar_is_a_slash_and_no_digit() -> None:
    page = bar(13)
    box = (20, 8, 36, 32)
    assert slash_in(page, box) == "/"
    mirrored = np.ascontiguousarray(page[::-1])
    assert slash_in(mirrored, box) == "\\"
    assert is_misnamed(mirrored, [Glyph("1", box)])
    assert is_misnamed(page, [Glyph("7", box)])
    assert not is_misnamed(page, [Glyph("/", box)])


def test_an_upright_bar_and_a_seven_are_no_slash() -> None:
    upright, box = bar(0), (20, 8, 23, 32)
    assert slash_in(upright, box) is None
    assert not is_misnamed(upright, [Glyph("1", box)])
    assert is_misnamed(upright, [Glyph("/", box)])
    seven, box = bar(10), (18, 8, 33, 32)
    seven[8:11, 18:33] = 0
    assert slash_in(seven, box) is None
    assert not is_misnamed(seven, [Glyph("7", box)])


@pytest.mark.parametrize(
    "text", ["0", "1,234", "12.50万元", "3.5(万元)", "增加3", "-4", "3/1", "/", "３"]
)
def test_what_may_be_a_figure(text: str) -> None:
    assert may_be_figure(text)


@pytest.mark.parametrize("text", ["2.重复申请", "(一)予以公开", "本年增/减", "自然人", ""])
def test_what_is_no_figure(text: str) -> None:
    assert not may_be_figure(text)
