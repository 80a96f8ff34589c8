"""The form's sums choose among placements: one left is taken, several are left open, none takes
nothing. A small form: two sorts of requests in, two out, and three applicants."""

import pytest

from pipelines.domain import Cell, Place
from pipelines.forms import Identity, equations_of, load_forms
from pipelines.recognize.tables.choice import PrintedRow, chosen
from pipelines.recognize.tables.placement import Certainty, FigureRow, Peers, Placement, place

COLUMNS = ("a", "b", "c", "d", "total")
IDENTITIES = (
    Identity(id="in_is_out", for_each="column", left=("in", "before"), right=("done", "after")),
    Identity(id="kinds", for_each="column", left=("given", "refused"), right=("done",)),
    Identity(id="applicants", for_each="row", left=("a", "b", "c", "d"), right=("total",)),
)
ROWS = tuple(dict.fromkeys(row for i in IDENTITIES[:2] for row in (*i.left, *i.right)))
EQUATIONS = tuple(equations_of(IDENTITIES, ROWS, COLUMNS))
Printed = list[str | None]


def table(**rows: str) -> dict[str, tuple[Placement, Printed]]:
    """The rows of a copy, cells parted by spaces, `_` for a blank one; chosen, by name."""
    printed = []
    for code, text in rows.items():
        texts = ["" if t == "_" else t for t in text.split()]
        cells = tuple(Cell(t, 0, 1 + i, Place(line=1)) for i, t in enumerate(texts))
        figures = FigureRow(cells, 1, exact=False, stream=False)
        uneven = FigureRow((), 1, exact=False, stream=False)
        placement = place(figures, len(COLUMNS), None, Peers((figures, uneven), len(COLUMNS)))
        printed.append(PrintedRow(figures, tuple((code, c) for c in COLUMNS), placement))
    found = chosen(printed, EQUATIONS, load_forms().lexicon)
    return {
        code: (placement, [c and c.text for c in placement.cells])
        for code, placement in zip(rows, found, strict=True)
    }


WHOLE = {
    "in": "5 2 0 1 8",
    "before": "1 0 0 0 1",
    "given": "4 1 0 0 5",
    "refused": "1 1 0 1 3",
    "done": "5 2 0 1 8",
    "after": "1 0 0 0 1",
}


def test_whole_rows_stay_as_they_are_even_where_they_break_the_sums() -> None:
    found = table(**{**WHOLE, "in": "9 9 9 9 9"})
    assert found["in"][1] == ["9"] * 5
    assert {placement.certainty for placement, _ in found.values()} == {Certainty.SURE}


def test_the_one_way_that_keeps_every_sum_is_taken_and_the_lost_cell_stays_lost() -> None:
    placement, cells = table(**{**WHOLE, "refused": "1 1 1 3"})["refused"]
    assert placement.certainty is Certainty.CHOSEN
    assert cells == ["1", "1", None, "1", "3"], "its third column is lost: no sum fills it"
    assert not placement.unsure


def test_a_lost_figure_does_not_keep_the_others_from_their_columns() -> None:
    _, cells = table(**{**WHOLE, "given": "4 0 0 5"})["given"]
    assert cells == ["4", None, "0", "0", "5"], "the 1 that is wanting stood in the second"


def test_what_several_ways_allow_is_left_open() -> None:
    placement, cells = table(**{**WHOLE, "after": "1 0 0 1"})["after"]
    assert cells == ["1", None, None, None, "1"], "any of three zeros may be the lost one"
    assert placement.unsure == {1, 2, 3}


def test_where_no_way_keeps_the_sums_nothing_is_taken() -> None:
    # The filer's slip: done should be 5 2 0 1.
    placement, cells = table(**{**WHOLE, "done": "6 2 0 1 9", "refused": "1 1 1 3"})["refused"]
    assert placement.certainty is Certainty.SHORT
    assert cells == [None] * 5


def test_two_rows_that_lost_cells_are_searched_together() -> None:
    found = table(**{**WHOLE, "given": "4 1 0 5", "refused": "1 1 1 3"})
    assert found["refused"][1] == ["1", "1", None, "1", "3"]
    assert found["given"][1] == ["4", "1", None, None, "5"], "one of two zeros is lost"


def test_digits_run_together_are_told_apart_by_the_sums() -> None:
    placement, cells = table(**{**WHOLE, "refused": "11013"})["refused"]
    assert (placement.certainty, cells) == (Certainty.CHOSEN, ["1", "1", "0", "1", "3"])


def test_a_foreign_number_is_told_by_the_sums() -> None:
    _, cells = table(**{**WHOLE, "refused": "1 1 0 17 1 3"})["refused"]
    assert cells == ["1", "1", "0", "1", "3"]


@pytest.mark.parametrize("unreadable", ["若干", "1.5", "-3"])
def test_with_a_figure_that_is_no_count_nothing_is_chosen(unreadable: str) -> None:
    found = table(**{**WHOLE, "in": f"5 2 0 {unreadable} 8", "refused": "1 1 1 3"})
    assert found["refused"][0].certainty is Certainty.SHORT


def test_a_table_without_a_whole_row_shows_no_column_for_sure() -> None:
    # The same figures a column further right would keep every sum as well.
    found = table(**{"in": "5 5", "before": "1 1", "given": "6 6", "done": "6 6"})
    for placement, cells in found.values():
        assert cells[0] is None
        assert cells[-1] is None or placement.certainty is Certainty.CHOSEN


def test_rows_padded_unevenly_are_read_from_the_side_that_keeps_the_sums() -> None:
    found = table(
        **{
            "in": "_ _ 5 _ _ 1 6",
            "before": "_ 1 _ _ _ 1",
            "given": "_ 5 _ _ _ _",
            "refused": "1 _ _ 1 _",
            "done": "_ 6 _ _ 1 7",
            "after": "_ _ _ _ _",
        }
    )
    assert found["in"][1] == ["5", "", "", "1", "6"]
    assert found["given"][1] == ["5", "", "", "", ""], "blanks of the copy are blanks of the row"
    assert found["refused"][1] == ["1", "", "", "1", ""]


def test_a_row_that_cannot_be_read_from_that_side_keeps_all_from_it() -> None:
    found = table(**{**WHOLE, "in": "5 2 0 1 8 _", "refused": "_ 1 1 1 3"})
    assert found["refused"][1] == ["1", "1", None, "1", "3"], "not blank, 1, 1, 1, 3"


def test_no_side_is_chosen_where_both_keep_the_sums_or_a_sure_row_stands_elsewhere() -> None:
    both = table(**dict.fromkeys(WHOLE, "_ 0 / _ 0 _"))
    assert both["in"][1] == [None] * 5, "blank 0 / blank 0, or 0 / blank 0 blank"
    beside = table(**{"in": "0 _ _ _ 0 _", "refused": "_ _ 0 / 0 /"})
    assert beside["in"][1] == ["0", "", "", "", "0"]
    assert beside["refused"][1] == [None] * 5, "the first row does not end where its columns end"


def test_no_side_is_chosen_where_some_row_is_whole() -> None:
    # Its author leaves no blanks: the one at the left was put in, and a figure was lost.
    found = table(**{"in": "1 0 0 0 1", "done": "1 0 0 0 1", "after": "_ _ 0 / 0 0"})
    assert found["after"][1] == [None] * 5


def test_blanks_are_filled_in_from_the_side_that_all_rows_allow() -> None:
    # The 5 stands in the first column by the sums; its blanks are those of the padded copy.
    padded = {"in": "_ 5 _ _ _ 5", "done": "_ 5 _ _ _ 5", "given": "_ 5 _ _ _ _"}
    assert table(**padded)["given"][1] == ["5", "", "", "", ""]
    trailing = {**padded, "in": "5 _ _ _ 5 _"}
    assert table(**trailing)["given"][1] == ["5", None, None, None, None], "in ends elsewhere"
    whole = {**padded, "in": "5 0 0 0 5"}
    assert table(**whole)["given"][1] == ["5", None, None, None, None], "its author has no blanks"


def test_a_side_places_no_figure_that_the_sums_leave_open() -> None:
    found = table(**{"in": "_ 0 _ / _ _", "done": "_ _ 0 / 0 0"})
    assert found["in"][1] == [None] * 5


def test_a_whole_row_may_break_its_own_sum() -> None:
    found = table(**{**WHOLE, "in": "5 2 0 1 9", "refused": "1 1 1 3"})
    assert found["refused"][1] == ["1", "1", None, "1", "3"]


def test_a_row_printed_twice_leaves_all_open() -> None:
    rows = {
        "in": "4 2 0 1 7",
        "before": "1 0 0 0 1",
        "given": "4 1 0 0 5",
        "refused": "1 1 1 3",
        "done": "5 2 0 1 8",
        "after": "0 0 0 0 0",
    }
    assert table(**rows)["refused"][0].certainty is Certainty.CHOSEN
    printed = [
        PrintedRow(
            figures := FigureRow(
                tuple(Cell(t, 0, i, Place(line=1)) for i, t in enumerate(text.split())),
                0,
                False,
                True,
            ),
            tuple((code, c) for c in COLUMNS),
            place(figures, len(COLUMNS), None, Peers((figures,), len(COLUMNS))),
        )
        for code, text in [*rows.items(), ("after", rows["after"])]
    ]
    found = chosen(printed, EQUATIONS, load_forms().lexicon)
    assert Certainty.CHOSEN not in {placement.certainty for placement in found}


def test_a_search_that_would_be_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {**WHOLE, "given": "4 1 0 5", "refused": "1 1 1 3"}
    assert table(**rows)["refused"][0].certainty is Certainty.CHOSEN
    monkeypatch.setattr("pipelines.recognize.tables.constraint._MAX_TRIALS", 10)
    assert table(**rows)["refused"][0].certainty is Certainty.SHORT


def test_of_a_row_of_three_channels_only_the_channel_that_lost_a_cell_is_open() -> None:
    # A made report that was once read shifted by a cell.
    texts = ["153", "24", "44", "28", "249", "60", "12", "20", "9", "101", "20", "3", "3", "26"]
    figures = FigureRow(
        tuple(Cell(t, 0, i, Place(line=1)) for i, t in enumerate(texts)),
        0,
        exact=False,
        stream=True,
    )
    reviews = load_forms().vintages["2021"].rectangular("reviews")
    cells = tuple(reviews.cells())
    row = PrintedRow(
        figures, cells, place(figures, len(cells), None, Peers((figures,), len(cells)))
    )
    (found,) = chosen([row], reviews.equations, load_forms().lexicon)
    printed = [c and c.text for c in found.cells]
    assert printed == [*texts[:10], *[None] * 5], "26 may be the total, or the total was lost"
    assert found.unsure == {10, 11, 12, 13, 14}
