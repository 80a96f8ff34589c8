"""All the ways in which printed cells can stand in their columns: counted out by hand."""

from pipelines.domain import Cell, Place
from pipelines.recognize.tables.options import MAX_OPTIONS, aligned, options, runs_together
from pipelines.recognize.tables.placement import FigureRow


def row(*texts: str, exact: bool = False, stream: bool = False) -> FigureRow:
    cells = tuple(Cell(text, 0, 1 + i, Place(line=1)) for i, text in enumerate(texts))
    return FigureRow(cells, 1, exact, stream)


def texts(ways: tuple[tuple[Cell | None, ...], ...]) -> set[tuple[str | None, ...]]:
    return {tuple(cell.text if cell is not None else None for cell in way) for way in ways}


def test_the_figures_of_a_copy_keep_their_order_and_nothing_else() -> None:
    expected = {("5", "3", None), ("5", None, "3"), (None, "5", "3")}
    assert texts(options(row("5", "3"), 3)) == expected
    assert texts(options(row("", "5", "", "", "3"), 3)) == expected, "blanks of a copy say nothing"


def test_in_an_exact_grid_blanks_are_cells_and_some_of_them_too_many() -> None:
    ways = options(row("", "5", "", "3", exact=True), 3)
    assert texts(ways) == {("5", "", "3"), ("", "5", "3")}


def test_an_exact_row_with_cells_too_few_has_lost_them_anywhere() -> None:
    ways = options(row("5", "", exact=True), 3)
    assert texts(ways) == {("5", "", None), ("5", None, ""), (None, "5", "")}


def test_one_figure_too_many_is_none_of_the_row_whichever_it_is() -> None:
    assert texts(options(row("1", "2", "9"), 2)) == {("1", "2"), ("1", "9"), ("2", "9")}
    assert options(row("1", "2", "3", "4", "5"), 2) == (), "three too many are no slip"


def test_a_row_that_is_whole_by_a_foreign_figure_has_lost_one_of_its_own() -> None:
    assert texts(options(row("1", "9", stream=True), 2, foreign=True)) == {
        ("1", None),
        (None, "1"),
        ("9", None),
        (None, "9"),
    }


def test_digits_run_together_are_taken_apart_in_every_way_that_fills_the_row() -> None:
    assert texts(options(row("1024"), 3)) == {
        ("1024", None, None),
        (None, "1024", None),
        (None, None, "1024"),
        ("10", "2", "4"),
        ("1", "0", "24"),
    }, "no number begins with a zero"


def test_zeros_run_together_can_be_nothing_else() -> None:
    assert texts(options(row("000"), 3)) == {("0", "0", "0")}
    assert texts(options(row("0", "00"), 3)) == {("0", "0", "0")}


def test_in_a_copy_that_runs_figures_together_digits_enough_are_the_row() -> None:
    assert texts(options(row("1024"), 3, run_together=True)) == {
        ("10", "2", "4"),
        ("1", "0", "24"),
    }
    assert len(options(row("10"), 3, run_together=True)) == 3, "too few for the row: one number"
    assert runs_together(row("010"))
    assert not runs_together(row("100"))
    assert not runs_together(row("010", "0"))


def test_a_number_beside_others_stays_one() -> None:
    assert texts(options(row("10", "2"), 2)) == {("10", "2")}


def test_no_figure_has_no_way_and_too_many_ways_are_none() -> None:
    assert options(row("", ""), 2) == ()
    assert options(row(*"12345678"), 18) == (), f"18 over 8 is more than {MAX_OPTIONS}"


def test_a_padded_row_read_from_either_side() -> None:
    padded = row("", "5", "", "3")
    assert texts(aligned(padded, 3, right=True)) == {("5", "", "3")}
    assert aligned(padded, 3, right=False) == (), "a figure stands beside the columns"
    assert aligned(row("5", "3"), 3, right=True) == (), "cells are missing"
    assert aligned(row("5", "", "3", stream=True), 3, right=True) == ()
