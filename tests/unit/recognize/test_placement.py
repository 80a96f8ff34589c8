"""Places of figures: sure, or not given."""

import pytest

from pipelines.domain import Cell, Place
from pipelines.recognize.tables.placement import Certainty, FigureRow, Peers, Slots, place


def row(
    texts: list[str | None], *, label_end: int = 1, exact: bool = False, stream: bool = False
) -> FigureRow:
    """Cells from the slot behind the label on; None is a slot without a cell."""
    cells = tuple(
        Cell(t, 0, label_end + i, Place(line=1)) for i, t in enumerate(texts) if t is not None
    )
    return FigureRow(cells, label_end, exact, stream)


def slots(first: int, columns: int = 3) -> Slots:
    return tuple(range(i, i + 1) for i in range(first, first + columns))


def placed(
    r: FigureRow, peers: list[FigureRow] | None = None, header: Slots | None = None
) -> tuple[Certainty, list[str | None]]:
    placement = place(r, 3, header, Peers((r, *(peers or [])), 3))
    return placement.certainty, [c.text if c is not None else None for c in placement.cells]


NOTHING: list[str | None] = [None, None, None]


def test_as_many_figures_as_columns_are_sure_whatever_stands_between() -> None:
    assert placed(row(["", "1", "", "2", "3", ""])) == (Certainty.SURE, ["1", "2", "3"])


def test_more_figures_than_columns_are_ambiguous() -> None:
    assert placed(row(["1", "2", "3", "4"])) == (Certainty.AMBIGUOUS, NOTHING)


def test_a_figure_repeated_under_its_spanning_header_is_one() -> None:
    spans = (range(1, 3), range(3, 4), range(4, 5))
    assert placed(row(["7", "7", "8", "9"]), header=spans) == (Certainty.SURE, ["7", "8", "9"])
    assert placed(row(["7", "6", "8", "9"]), header=spans) == (Certainty.AMBIGUOUS, NOTHING)


@pytest.mark.parametrize("exact", [True, False])
def test_as_many_cells_as_columns_keep_their_blanks(exact: bool) -> None:
    assert placed(row(["1", "", ""], exact=exact)) == (Certainty.SURE, ["1", "", ""])


def test_figures_at_both_ends_hold_the_blanks_between_them() -> None:
    assert placed(row(["", "1", "", "3", ""])) == (Certainty.SURE, ["1", "", "3"])


def test_in_an_irregular_copy_blanks_at_the_ends_prove_nothing() -> None:
    padded = row(["", "4", "5", "6"])
    assert placed(row(["", "1", "2"]), [padded]) == (Certainty.SHORT, NOTHING)
    assert placed(row(["1", "2", ""]), [padded]) == (Certainty.SHORT, NOTHING)
    assert placed(row(["1", "2", ""]), [row(["4", "5", "6"])])[0] is Certainty.SURE


def test_one_lost_among_equal_figures_leaves_the_others_sure() -> None:
    six: list[str | None] = ["0"] * 6
    placement = place(row(six), 7, None, Peers((row(six),), 7))
    assert placement.certainty is Certainty.SHORT
    assert [c and c.text for c in placement.cells] == [*six, None]


def test_in_a_narrow_row_it_may_be_a_blank_that_was_left_out() -> None:
    assert placed(row(["0", "0"])) == (Certainty.SHORT, NOTHING)
    assert placed(row(["", "0", "0"]), [row(["", "0", "0", "0"])]) == (Certainty.SHORT, NOTHING)


def test_one_lost_among_different_figures_leaves_none_sure() -> None:
    assert placed(row(["4", "0"])) == (Certainty.SHORT, NOTHING)
    assert placed(row(["0"])) == (Certainty.SHORT, NOTHING)


def test_a_stream_shows_no_blanks_so_that_a_lost_cell_may_be_one() -> None:
    assert placed(row(["0", "0"], stream=True)) == (Certainty.SHORT, NOTHING)
    assert placed(row(["1", "2", "3"], stream=True)) == (Certainty.SURE, ["1", "2", "3"])


def test_blank_rows_of_a_copy() -> None:
    assert placed(row(["", "", ""])) == (Certainty.SURE, ["", "", ""])
    assert placed(row([""])) == (Certainty.SHORT, NOTHING)


def test_the_header_tells_the_columns_where_figures_confirm_it() -> None:
    witness = row(["", "1", "", "3"])
    lone = row(["", "", "2", ""])
    assert placed(lone, [witness], slots(2)) == (Certainty.SURE, ["", "2", ""])
    assert placed(lone, [], slots(2)) == (Certainty.SHORT, NOTHING), "nothing at the ends"


def test_a_figure_beside_the_header_speaks_against_it() -> None:
    witness = row(["", "1", "", "3"])
    stray = row(["7", "1", "", "3"])
    assert placed(row(["", "", "2", ""]), [witness, stray], slots(2))[0] is Certainty.SHORT


def test_rows_of_a_copy_that_end_elsewhere_bear_no_witness() -> None:
    witness = row(["", "1", "", "3", ""])
    assert placed(row(["", "", "2", ""]), [witness], slots(2))[0] is Certainty.SHORT


def test_a_header_left_of_the_label_is_none() -> None:
    shifted = row(["", "1", "", "3", ""], label_end=3)
    assert placed(row(["1", "2", "", "", ""], label_end=3), [shifted], slots(2))[1] == NOTHING


def test_an_exact_grid_with_a_filler_follows_its_whole_rows_not_its_header() -> None:
    whole = row(["4", "5", "6", ""], exact=True)
    assert placed(row(["", "2", "", ""], exact=True), [whole], slots(2)) == (
        Certainty.SURE,
        ["", "2", ""],
    )
    assert placed(row(["", "2", "", ""], exact=True), [], slots(2)) == (
        Certainty.AMBIGUOUS,
        NOTHING,
    )


def test_an_exact_row_with_a_cell_too_few_is_short() -> None:
    assert placed(row(["1", "2"], exact=True), [], slots(1)) == (Certainty.SHORT, NOTHING)
