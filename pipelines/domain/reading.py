"""What a reader gives: paragraphs and grids in document order, each with its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in its document: a page and box (points, origin top left),
    an element path, a table/row/cell (from 1), or a line (from 1)."""

    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    path: str | None = None
    table: int | None = None
    row: int | None = None
    cell: int | None = None
    line: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's `evidence` object: only what is known."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value is not None
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as laid out: its text as printed, the slot of its upper left corner
    (row and column from 0) and how many slots it spans."""

    text: str
    row: int
    column: int
    place: Place
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as laid out. `exact` means that the layout itself tells where a cell stands
    (HTML, PDF rules); in a text copy it does not, since copies lose and pad cells."""

    cells: tuple[Cell, ...]
    exact: bool

    @property
    def height(self) -> int:
        return max((c.row + c.row_span for c in self.cells), default=0)

    @property
    def width(self) -> int:
        return max((c.column + c.column_span for c in self.cells), default=0)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Row by row, the cells that begin in it, from left to right; empty rows too."""
        by_row: list[list[Cell]] = [[] for _ in range(self.height)]
        for cell in self.cells:
            by_row[cell.row].append(cell)
        for row in by_row:
            yield tuple(sorted(row, key=lambda c: c.column))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of prose, or a heading."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as read. `metadata` is what the document says of itself beside its text
    (HTML meta names and <title>, PDF properties), names folded to lower case."""

    blocks: tuple[Paragraph | Grid, ...]
    read_by: str
    metadata: dict[str, str] = field(default_factory=dict)
