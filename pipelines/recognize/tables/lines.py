"""A reading as lines: grid rows as they stand, one-cell lines put together by their labels."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pipelines.domain import Cell, Paragraph, Place, Reading
from pipelines.recognize.tables.glued import unglued, unglued_header
from pipelines.recognize.tables.labels import HEADER_KINDS, Labels, Role, RoleKind
from pipelines.recognize.tables.running import without_running_lines
from pipelines.text import narrow
from pipelines.text.lexicon import Lexicon
from pipelines.text.tokens import looks_like_figure

# A label broken over several lines of a copy is looked for in so many.
_MAX_PIECES = 4
_MAX_LABEL = 200
# A line of so many words, such a share of them figures or labels, is a table that lost its line
# ends.
_MIN_WORDS_OF_TABLE = 12
_MIN_SHARE = 0.2
_DIGITS = re.compile(r"\d[\d,]*")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table, or one paragraph.

    `exact`: slots are the layout's own. `stream`: put together from lines of one cell each, where
    a blank cell leaves no trace, or an empty line: `spaced` are the cells behind the row's label
    with a blank one for each empty line. `grid` numbers the grid it stands in, None outside.
    """

    cells: tuple[Cell, ...]
    exact: bool
    stream: bool
    grid: int | None
    spaced: tuple[Cell, ...] = ()

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

    for number, block in enumerate(without_running_lines(reading)):
        if isinstance(block, Paragraph):
            texts = _texts_of(block, labels, lexicon)
            run.extend(Cell(text, 0, 0, block.place) for text in texts)
            continue
        is_list = block.width == 1
        for cells in block.rows():
            if is_list:
                run.extend(cells)
            elif cells:
                end_run()
                parted = cells if block.exact else _parted(cells, labels, lexicon)
                lines.append(Line(parted, block.exact, False, number))
    end_run()
    return lines


def _texts_of(paragraph: Paragraph, labels: Labels, lexicon: Lexicon) -> Iterator[str]:
    """The paragraph as one text; a row on one line as its labels and figures, a whole table on one
    line as its words."""
    words = paragraph.text.split()
    figures = sum(looks_like_figure(word, lexicon) for word in words)
    named = sum(bool(labels.roles(word)) for word in words) if figures else 0
    if row := unglued(paragraph.text, labels, lexicon):
        yield from row
    elif len(words) >= _MIN_WORDS_OF_TABLE and figures + named >= len(words) * _MIN_SHARE:
        for word in words:
            yield from unglued(word, labels, lexicon) or [word]
    elif header := unglued_header(paragraph.text, labels):
        yield from header
    else:
        yield paragraph.text


def _parted(cells: tuple[Cell, ...], labels: Labels, lexicon: Lexicon) -> tuple[Cell, ...]:
    """The cells of a row whose first holds its label and a figure too."""
    first, *others = cells
    texts = unglued(first.text, labels, lexicon)
    if texts is None:
        return cells
    parts = [first._replace(text=t, column=first.column + i) for i, t in enumerate(texts)]
    moved = len(parts) - 1
    return (*parts, *(cell._replace(column=cell.column + moved) for cell in others))


@dataclass(frozen=True, slots=True)
class _Piece:
    cell: Cell
    roles: frozenset[Role]
    figure: bool
    last_line: int | None

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
                first, last = cells[i], cells[i + count - 1]
                yield _Piece(Cell(text, 0, 0, first.place), roles, False, last.place.line)
                i += count
                break
        else:
            figure = _is_figure(cells[i].text, lexicon)
            yield _Piece(cells[i], frozenset(), figure, cells[i].place.line)
            i += 1


def _is_figure(text: str, lexicon: Lexicon) -> bool:
    """Also digits that are no number: figures glued together, which stand where figures stand."""
    return looks_like_figure(text, lexicon) or _DIGITS.fullmatch(narrow(text)) is not None


def _all_labels(cells: Sequence[Cell], labels: Labels) -> bool:
    return all(labels.roles(c.text) for c in cells)


def _stitched(cells: Sequence[Cell], labels: Labels, lexicon: Lexicon) -> Iterator[Line]:
    """Lines of a run of one-cell lines: headers together, a row's label with its figures."""
    header: list[_Piece] = []
    row: list[_Piece] = []
    before: _Piece | None = None

    def flush(behind: _Piece | None) -> Iterator[Line]:
        if header:
            yield _line(header)
            header.clear()
        if row:
            label = before if row[0].figure else None
            yield _line(row, _spaced([*([label] if label else ()), *row], behind))
            row.clear()

    for piece in _pieces(cells, labels, lexicon):
        if piece.figure and (row or _is_review_header(header)):
            if header:
                before = header[-1]
                yield from flush(piece)
            row.append(piece)
        elif piece.is_header() and not _starts_row(piece, header):
            if row:
                yield from flush(piece)
            header.append(piece)
        else:
            yield from flush(piece)
            row.append(piece)
            if not piece.takes_figures():
                yield from flush(None)
    yield from flush(None)


def _starts_row(piece: _Piece, header: Sequence[_Piece]) -> bool:
    """Whether a label that is also a column's is a row here: no header is being gathered."""
    return not header and any(r.kind is RoleKind.ROW for r in piece.roles)


def _is_review_header(header: Sequence[_Piece]) -> bool:
    return sum(r.kind is RoleKind.OUTCOME for p in header for r in p.roles) > 1


def _spaced(pieces: Sequence[_Piece], behind: _Piece | None) -> tuple[Cell, ...]:
    """The cells behind the first piece, with a blank one for each empty line on the way to the
    piece `behind`; none where lines have no numbers, or hold more than one cell."""
    cells: list[Cell] = []
    for piece, follower in zip(pieces, (*pieces[1:], behind), strict=True):
        if piece is not pieces[0]:
            cells.append(piece.cell)
        start, end = piece.last_line, follower.cell.place.line if follower else None
        if start is None or (follower is not None and (end is None or end <= start)):
            return ()
        cells += [Cell("", 0, 0, Place(line=n)) for n in range(start + 1, end or start)]
    return tuple(cell._replace(column=i) for i, cell in enumerate(cells))


def _line(pieces: Sequence[_Piece], spaced: tuple[Cell, ...] = ()) -> Line:
    placed = tuple(
        Cell(c.text, 0, i, c.place, confidence=c.confidence)
        for i, c in enumerate(p.cell for p in pieces)
    )
    return Line(placed, exact=False, stream=True, grid=None, spaced=spaced)
