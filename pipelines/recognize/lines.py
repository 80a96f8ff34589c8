"""A reading as lines: grid rows as they stand, one-cell lines put together by their labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pipelines.domain import Cell, Paragraph, Reading
from pipelines.forms import Lexicon, narrow
from pipelines.forms.tokens import looks_like_figure
from pipelines.recognize.labels import HEADER_KINDS, Labels, Role, RoleKind

# A label broken over several lines of a copy is looked for in so many.
_MAX_PIECES = 4
_MAX_LABEL = 200
# A line of so many words, so many of them figures, is a table that lost its line ends.
_MIN_WORDS_OF_TABLE = 12
_MIN_SHARE_OF_FIGURES = 0.2


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table, or one paragraph.

    `exact`: slots are the layout's own. `stream`: put together from lines of one cell each, where
    a blank cell leaves no trace. `grid` numbers the grid it stands in, None outside.
    """

    cells: tuple[Cell, ...]
    exact: bool
    stream: bool
    grid: int | None

    @property
    def text(self) -> str:
        return "\n".join(c.text for c in self.cells if c.text)


def lines_of(reading: Reading, labels: Labels, lexicon: Lexicon) -> list[Line]:
    """All lines of the reading, in order."""
    lines: list[Line] = []
    run: list[Cell] = []

    def end_run() -> None:
        lines.extend(_stitched(run, labels, lexicon))
        run.clear()

    for number, block in enumerate(reading.blocks):
        if isinstance(block, Paragraph):
            run.extend(_cells_of(block))
            continue
        for cells in block.rows():
            if block.width == 1:
                run.extend(cells)
            elif cells:
                end_run()
                lines.append(Line(cells, block.exact, False, number))
    end_run()
    return lines


def _cells_of(paragraph: Paragraph) -> Iterator[Cell]:
    """The paragraph as one cell; a whole table on one line as its words."""
    words = paragraph.text.split()
    figures = sum(word.isdigit() for word in words)
    if len(words) >= _MIN_WORDS_OF_TABLE and figures >= len(words) * _MIN_SHARE_OF_FIGURES:
        for word in words:
            yield Cell(word, 0, 0, paragraph.place)
    else:
        yield Cell(paragraph.text, 0, 0, paragraph.place)


@dataclass(frozen=True, slots=True)
class _Piece:
    cell: Cell
    roles: frozenset[Role]
    figure: bool

    def takes_figures(self) -> bool:
        """Whether figures on the lines behind belong to it: to a row's label, or to a figure."""
        return self.figure or any(r.kind in (RoleKind.ITEM, RoleKind.ROW) for r in self.roles)

    def is_header(self) -> bool:
        return any(r.kind in HEADER_KINDS for r in self.roles)


def _pieces(cells: Sequence[Cell], labels: Labels, lexicon: Lexicon) -> Iterator[_Piece]:
    """Each cell with what it can be; the pieces of a broken label joined."""
    i = 0
    while i < len(cells):
        texts = takewhile(
            lambda c: not looks_like_figure(c.text, lexicon), cells[i : i + _MAX_PIECES]
        )
        for count in range(len(list(texts)), 0, -1):
            text = "".join(c.text for c in cells[i : i + count])
            roles = labels.roles(text) if len(narrow(text)) <= _MAX_LABEL else frozenset()
            if roles and (count == 1 or not _all_labels(cells[i : i + count], labels)):
                first = cells[i]
                yield _Piece(Cell(text, 0, 0, first.place), roles, False)
                i += count
                break
        else:
            figure = looks_like_figure(cells[i].text, lexicon)
            yield _Piece(cells[i], frozenset(), figure)
            i += 1


def _all_labels(cells: Sequence[Cell], labels: Labels) -> bool:
    return all(labels.roles(c.text) for c in cells)


def _stitched(cells: Sequence[Cell], labels: Labels, lexicon: Lexicon) -> Iterator[Line]:
    """Lines of a run of one-cell lines: headers together, a row's label with its figures."""
    header: list[_Piece] = []
    row: list[_Piece] = []

    def flush() -> Iterator[Line]:
        for pieces in (header, row):
            if pieces:
                yield _line([p.cell for p in pieces])
                pieces.clear()

    for piece in _pieces(cells, labels, lexicon):
        if piece.figure and (row or _is_review_header(header)):
            if header:
                yield _line([p.cell for p in header])
                header.clear()
            row.append(piece)
        elif piece.is_header() and not _starts_row(piece, header):
            if row:
                yield from flush()
            header.append(piece)
        else:
            yield from flush()
            row.append(piece)
            if not piece.takes_figures():
                yield from flush()
    yield from flush()


def _starts_row(piece: _Piece, header: Sequence[_Piece]) -> bool:
    """Whether a label that is also a column's is a row here: no header is being gathered."""
    return not header and any(r.kind is RoleKind.ROW for r in piece.roles)


def _is_review_header(header: Sequence[_Piece]) -> bool:
    return sum(r.kind is RoleKind.OUTCOME for p in header for r in p.roles) > 1


def _line(cells: Sequence[Cell]) -> Line:
    placed = tuple(Cell(c.text, 0, i, c.place) for i, c in enumerate(cells))
    return Line(placed, exact=False, stream=True, grid=None)
