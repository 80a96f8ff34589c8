"""Places of figures: sure, or not given."""

import pytest

from pipelines.domain import Cell, Place
from pipelines.recognize.placement import (
    Certainty,
    FigureRow,
    learn_offsets,
    place,
    place_in_lossy_copy,
)


def row(
    texts: list[str | None],
    *,
    label_slot: int = 0,
    exact: bool = False,
    stream: bool = False,
    header: range | None = None,
) -> FigureRow:
    """Cells from the slot behind the label on; None is a slot without a cell."""
    cells = tuple(
        Cell(t, 0, label_slot + i, Place(line=1))
        for i, t in enumerate(texts, start=1)
        if t is not None
    )
    slots = tuple(range(i, i + 1) for i in header) if header is not None else None
    return FigureRow(cells, label_slot, exact, stream, slots)


def placed(r: FigureRow, columns: int = 3, offsets: tuple[int, ...] | None = None) -> object:
    placement = place(r, columns, offsets)
    return placement.certainty, [c.text if c is not None else None for c in placement.cells]


def test_as_many_figures_as_columns_are_sure_whatever_stands_between() -> None:
    assert placed(row(["", "1", "", "2", "3", ""])) == (Certainty.SURE, ["1", "2", "3"])


def test_more_figures_than_columns_are_ambiguous() -> None:
    assert placed(row(["1", "2", "3", "4"])) == (Certainty.AMBIGUOUS, [None] * 3)


@pytest.mark.parametrize("exact", [True, False])
def test_as_many_cells_as_columns_keep_their_blanks(exact: bool) -> None:
    assert placed(row(["1", "", "3"], exact=exact)) == (Certainty.SURE, ["1", "", "3"])


def test_in_a_copy_blanks_count_where_whole_rows_show_the_fillers() -> None:
    whole = row(["", "4", "5", "6", ""])
    offsets = learn_offsets([whole], 3)
    assert offsets == (2, 3, 4)
    assert placed(row(["", "1", "", "3", ""]), 3, offsets) == (Certainty.SURE, ["1", "", "3"])
    # A figure where only fillers stand: the row is shifted.
    assert placed(row(["1", "", "3", "", ""]), 3, offsets) == (Certainty.AMBIGUOUS, [None] * 3)


def test_whole_rows_that_disagree_teach_nothing() -> None:
    assert learn_offsets([row(["1", "2", "3"]), row(["", "1", "2", "3"])], 3) is None
    assert learn_offsets([row(["1", "2", "3"], exact=True)], 3) is None
    assert learn_offsets([row(["1", "2"])], 3) is None


def test_a_copy_with_more_cells_than_columns_and_no_teacher_is_ambiguous() -> None:
    assert placed(row(["1", "", "3", ""])) == (Certainty.AMBIGUOUS, [None] * 3)


def test_one_lost_among_equal_figures_leaves_the_others_sure() -> None:
    assert placed(row(["0", "0"])) == (Certainty.SHORT, ["0", "0", None])
    assert placed(row(["", "0", "0"]), 3, (2, 3, 4)) == (Certainty.SHORT, ["0", "0", None])


def test_one_lost_among_different_figures_leaves_none_sure() -> None:
    assert placed(row(["4", "0"])) == (Certainty.SHORT, [None] * 3)
    assert placed(row(["0"])) == (Certainty.SHORT, [None] * 3)


def test_a_stream_shows_no_blanks_so_that_a_lost_cell_may_be_one() -> None:
    assert placed(row(["0", "0"], stream=True)) == (Certainty.SHORT, [None] * 3)
    assert placed(row(["1", "2", "3"], stream=True)) == (Certainty.SURE, ["1", "2", "3"])


def test_where_a_copy_lost_cells_its_blanks_prove_nothing() -> None:
    shifted = place_in_lossy_copy(row(["", "0", "0", ""]), 3)
    assert [c.text if c else None for c in shifted.cells] == ["0", "0", None]
    assert shifted.certainty is Certainty.SHORT
    with pytest.raises(ValueError, match="only for rows of copies"):
        place_in_lossy_copy(row(["1", "2", "3"]), 3)


def test_blank_rows_of_a_copy() -> None:
    assert placed(row(["", "", ""])) == (Certainty.SURE, ["", "", ""])
    assert placed(row([""])) == (Certainty.SHORT, [None] * 3)


def test_the_header_tells_the_columns_where_its_slots_are_known() -> None:
    under = row(["", "1", "", "3"], header=range(2, 5))
    assert placed(under) == (Certainty.SURE, ["1", "", "3"])
    beside = row(["7", "1", "", ""], header=range(2, 5))
    assert placed(beside) == (Certainty.AMBIGUOUS, [None] * 3)
    left_of_the_label = row(["1", "", ""], label_slot=2, header=range(1, 4))
    assert placed(left_of_the_label) == (Certainty.SURE, ["1", "", ""]), "by the count of cells"


def test_an_exact_row_with_a_cell_too_few_is_short() -> None:
    assert placed(row(["1", "2"], exact=True, header=range(1, 4))) == (
        Certainty.SHORT,
        [None] * 3,
    )
