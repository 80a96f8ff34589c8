"""What a reader gives: paragraphs and grids in document order, each with its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


# Tuples, since a document has hundreds of both and they are made in a fraction of the time.
class Place(NamedTuple):
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
        values = self._asdict()
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value is not None
        }


class Cell(NamedTuple):
    """One cell as laid out: its text as printed, the slot of its upper left corner
    (row and column from 0) and how many slots it spans. `confidence` (0 to 1) is how sure a reader
    of pictures is of the text; None where the document itself holds it."""

    text: str
    row: int
    column: int
    place: Place
    row_span: int = 1
    column_span: int = 1
    confidence: float | None = None


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


class LinkKind(StrEnum):
    """`attachment`: a file that the page links to; `viewer`: one that it shows; `frame`: another
    page shown in it; `picture`: one that may be a table of it; `refresh`: where the page sends its
    reader on."""

    ATTACHMENT = "attachment"
    VIEWER = "viewer"
    FRAME = "frame"
    PICTURE = "picture"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Link:
    """What a document points to, not what it holds. `address` as printed, resolved only where the
    page itself names its base; `inside` tells whether it stands in the article."""

    kind: LinkKind
    address: str
    text: str
    place: Place
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as read. `metadata` is what the document says of itself beside its text
    (HTML meta names and <title>, PDF properties), names folded to lower case. `links` are what it
    points to, not what it holds."""

    blocks: tuple[Paragraph | Grid, ...]
    read_by: str
    metadata: dict[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
