"""Lines → rows of statutory tables: found by their labels, wherever they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from pipelines.domain import Cell
from pipelines.forms import Forms
from pipelines.recognize.tables.labels import HEADER_KINDS, Labels, Role, RoleKind
from pipelines.recognize.tables.lines import Line
from pipelines.recognize.tables.placement import FigureRow
from pipelines.text import narrow
from pipelines.text.tokens import looks_like_figure

DISCLOSURE = "proactive_disclosure"
REQUESTS = "requests"
REVIEWS = "reviews"

_ROW_KINDS = {RoleKind.ITEM, RoleKind.GROUP, RoleKind.ROW_CAPTION}

# A line with so much text that is no label is prose; less can be a page's header or footer.
_MIN_PROSE = 40

# Labels in a header over several lines: the form's widest has 18, which a copy may repeat.
_MAX_HEADER = 200

# A cell with more text than any label is prose.
_MAX_LABEL = 200


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """The column labels above a row, as printed, with their cells. Rows share it: two headers are
    the same only where they are one object."""

    cells: tuple[Cell, ...]
    exact: bool
    grid: int | None


@dataclass(frozen=True, slots=True)
class RowFound:
    """One row of a table: its code, the cells behind its label, the header above it.

    `loosely` is the label as printed, where it was matched though it is not the form's.
    """

    table: str
    code: str
    figures: FigureRow
    label: Cell | None
    header: Header | None
    grid: int | None = None
    block: str | None = None
    loosely: str | None = None


@dataclass
class Found:
    """What the scan of a document found."""

    rows: list[RowFound] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    # The tables whose headers, or headings of blocks, were seen.
    headed: set[str] = field(default_factory=set)


def scan(lines: Iterable[Line], labels: Labels, forms: Forms) -> Found:
    """All rows of statutory tables in these lines, in order."""
    scanner = _Scanner(labels, forms)
    for line in lines:
        scanner.take(line)
    return scanner.found


class _Scanner:
    """Goes down the lines and remembers what stands above: table, block, group, header."""

    def __init__(self, labels: Labels, forms: Forms) -> None:
        self.labels = labels
        self.forms = forms
        self.found = Found()
        self.headers: dict[str, Header | None] = {}
        # The table whose header is being gathered, line by line.
        self.gathering: str | None = None
        # The codes of the rows of requests found so far, and that of the last.
        self.requests: set[str] = set()
        self.last_request: str | None = None
        self._leave()

    def _leave(self) -> None:
        self.table: str | None = None
        self.block: str | None = None
        self.group: str | None = None
        self.headers.pop(DISCLOSURE, None)

    def take(self, line: Line) -> None:
        cells = [c for c in line.cells if narrow(c.text)]
        roles = [self._roles(c) for c in cells]
        if not cells:
            self._take_blank_reviews(line)
            return
        if len(cells) == 1 and self._ends_table(cells[0], roles[0]):
            self._leave()
        elif self._is_header(cells, roles):
            self._take_header(line, cells, roles)
        elif any(r.kind is RoleKind.BLOCK for r in roles[0]):
            self._take_block(next(r for r in roles[0] if r.kind is RoleKind.BLOCK))
        elif not self._take_row(line):
            self._take_review_figures(line, cells)

    def _ends_table(self, cell: Cell, roles: frozenset[Role]) -> bool:
        """A heading of a section, or prose: what follows stands under no header of before."""
        prose = not roles and len(narrow(cell.text)) > _MIN_PROSE
        return prose or any(r.kind is RoleKind.SECTION for r in roles)

    def _roles(self, cell: Cell) -> frozenset[Role]:
        return self.labels.roles(cell.text) if len(cell.text) <= _MAX_LABEL else frozenset()

    # -- headers ---------------------------------------------------------------------------

    def _is_header(self, cells: Sequence[Cell], roles: Sequence[frozenset[Role]]) -> bool:
        """Labels of columns and no figure; or the word that only headers have."""
        if any(looks_like_figure(c.text, self.forms.lexicon) for c in cells):
            return False
        kinds = [{r.kind for r in rs} for rs in roles]
        if any(RoleKind.CAPTION in k for k in kinds):
            return True
        if any(k & _ROW_KINDS for k in kinds):
            return False
        columns = [k for k in kinds if k & HEADER_KINDS]
        # A row's label can be a column's too: the total.
        if all(RoleKind.ROW in k for k in columns):
            return False
        if len(columns) >= 2 or len(columns) == len(cells) > 1:
            return True
        return any(RoleKind.MEASURE in k for k in (kinds if len(kinds) > 1 else kinds[:1]))

    def _take_header(
        self, line: Line, cells: Sequence[Cell], roles: Sequence[frozenset[Role]]
    ) -> None:
        kinds = {r.kind for rs in roles for r in rs}
        captions = {r.table for rs in roles for r in rs if r.kind is RoleKind.CAPTION}
        if RoleKind.MEASURE in kinds or DISCLOSURE in captions:
            self._begin(DISCLOSURE)
            self.found.headed.add(DISCLOSURE)
            # What leads the labels of columns is the caption, in whatever words.
            leads = len(cells) > 1 and not roles[0]
            named = [
                c
                for i, (c, rs) in enumerate(zip(cells, roles, strict=True))
                if not any(r.kind is RoleKind.CAPTION for r in rs) and not (leads and i == 0)
            ]
            self.headers[DISCLOSURE] = Header(tuple(named), line.exact, line.grid)
            return
        outcomes = sum(any(r.kind is RoleKind.OUTCOME for r in rs) for rs in roles)
        applicants = sum(any(r.kind is RoleKind.APPLICANT for r in rs) for rs in roles)
        channels = any(r.kind is RoleKind.CHANNEL for rs in roles for r in rs)
        of_reviews = outcomes > applicants or channels or REVIEWS in captions
        table = REVIEWS if of_reviews else REQUESTS
        self._begin(table)
        self.found.headed.add(table)
        wanted = {RoleKind.OUTCOME, RoleKind.CHANNEL} if table == REVIEWS else {RoleKind.APPLICANT}
        named = [c for c, rs in zip(cells, roles, strict=True) if any(r.kind in wanted for r in rs)]
        before = self.headers.get(table)
        goes_on = before is not None and before.grid == line.grid and self.gathering == table
        whole = before is not None and len(before.cells) > _MAX_HEADER
        kept = before.cells if before is not None and goes_on and not whole else ()
        self.headers[table] = Header((*kept, *named), line.exact, line.grid)
        self.gathering = table

    def _begin(self, table: str) -> None:
        if self.table != table:
            self.group = None
            self.block = self.block if table == DISCLOSURE else None
        self.table = table

    def _take_block(self, role: Role) -> None:
        self._begin(DISCLOSURE)
        self.found.headed.add(DISCLOSURE)
        self.block = role.code
        self.headers[DISCLOSURE] = None

    # -- rows ------------------------------------------------------------------------------

    def _take_row(self, line: Line) -> bool:
        """Whether the line is a row with a known label, or one that the table should know."""
        leaf, code, kind = self._leaf(line)
        if leaf is None:
            return self._take_unknown(line)
        self._add(line, leaf, code, kind, None)
        return True

    def _leaf(self, line: Line) -> tuple[Cell | None, str, RoleKind]:
        """The last label among the leading cells; groups on the way are remembered."""
        leaf: Cell | None = None
        code, kind = "", RoleKind.ROW
        texts = [c for c in line.cells if narrow(c.text)]
        for i, cell in enumerate(texts):
            roles = self._roles(cell)
            row = self._row_role(roles)
            group = next((r for r in roles if r.kind is RoleKind.GROUP), None)
            follower = texts[i + 1] if i + 1 < len(texts) else None
            alone_in_stream = line.stream and follower is None and len(line.spaced) < 2
            if group is not None and (row is None or alone_in_stream or self._names_row(follower)):
                self.group = group.code
            elif row is not None:
                leaf, code, kind = cell, row.code, row.kind
            elif not any(r.kind is RoleKind.ROW_CAPTION for r in roles):
                break
        return leaf, code, kind

    def _row_role(self, roles: frozenset[Role]) -> Role | None:
        items = [r for r in roles if r.kind is RoleKind.ITEM]
        if items:
            return items[0]
        rows = [r for r in roles if r.kind is RoleKind.ROW]
        within = [r for r in rows if r.group is None or r.group == self.group]
        if len(rows) == 1 and (within or len(roles) == 1):
            return rows[0]
        return within[0] if len(within) == 1 else None

    def _names_row(self, cell: Cell | None) -> bool:
        return cell is not None and any(r.kind is RoleKind.ROW for r in self._roles(cell))

    def _add(self, line: Line, label: Cell, code: str, kind: RoleKind, loosely: str | None) -> None:
        table = DISCLOSURE if kind is RoleKind.ITEM else REQUESTS
        self._begin(table)
        behind = tuple(c for c in line.cells if c.column > label.column)
        figures = FigureRow(behind, _end_of(label), line.exact, line.stream, line.spaced)
        block = self.block if table == DISCLOSURE else None
        header = self.headers.get(table)
        self._append(RowFound(table, code, figures, label, header, line.grid, block, loosely))

    def _append(self, row: RowFound) -> None:
        self.found.rows.append(row)
        self.gathering = None
        if row.table == REQUESTS:
            self.requests.add(row.code)
            self.last_request = row.code

    def _take_unknown(self, line: Line) -> bool:
        """A row in a table whose label no form knows: the rest of the row that the page cut, the
        nearest label, or told."""
        if self.table not in (DISCLOSURE, REQUESTS) or line.stream:
            return False
        texts = [c for c in line.cells if narrow(c.text)]
        leading = list(takewhile(self._is_text, texts))
        if any(len(c.text) > _MAX_LABEL for c in leading) or len(line.cells) == len(leading):
            return False
        label = leading[-1] if leading else None
        if self._take_cut_row(line, label):
            return True
        if label is not None and (role := self._nearest(label)) is not None:
            self._add(line, label, role.code, role.kind, label.text)
            return True
        if len(leading) < len(texts):
            self.found.unknown.append((self.table, label.text if label else ""))
            return True
        return False

    def _is_text(self, cell: Cell) -> bool:
        return not looks_like_figure(cell.text, self.forms.lexicon)

    def _take_cut_row(self, line: Line, label: Cell | None) -> bool:
        """Where the page cuts a row, its figures can stand behind the cut: with the rest of the
        label, or with none."""
        before = self.found.rows[-1] if self.found.rows else None
        if (
            before is None
            or before.label is None
            or before.table != self.table
            or before.grid == line.grid
            or not line.exact
            or before.figures.figures
        ):
            return False
        if label is not None:
            whole = self.labels.roles(before.label.text + label.text)
            if before.code not in {r.code for r in whole}:
                return False
        stub = label if label is not None else before.label
        behind = tuple(c for c in line.cells if c.column > stub.column)
        figures = FigureRow(behind, _end_of(stub), line.exact, line.stream)
        self.found.rows[-1] = replace(
            before, figures=figures, header=self.headers.get(before.table)
        )
        return True

    def _nearest(self, label: Cell) -> Role | None:
        kind = RoleKind.ITEM if self.table == DISCLOSURE else RoleKind.ROW
        near = [r for r in self.labels.near(label.text, kind) if self._fits_here(r)]
        return near[0] if len({r.code for r in near}) == 1 else None

    def _fits_here(self, role: Role) -> bool:
        """Whether the neighbours agree: a row stands behind the one before it in the form."""
        if role.kind is not RoleKind.ROW:
            return True
        if role.code in self.requests:
            return False
        before = self.last_request
        orders = [
            [row.code for row in form.rectangular(REQUESTS).rows]
            for form in self.forms.vintages.values()
        ]
        return any(
            role.code in order
            and (before is None or before in order)
            and (before is None or order.index(before) < order.index(role.code))
            for order in orders
        )

    # -- reviews ---------------------------------------------------------------------------

    def _take_review_figures(self, line: Line, cells: Sequence[Cell]) -> None:
        """The one row of the reviews table has no label: it follows its header."""
        if self.table != REVIEWS or self.headers.get(REVIEWS) is None:
            return
        if (
            all(looks_like_figure(c.text, self.forms.lexicon) for c in cells)
            and len(line.cells) > 1
        ):
            self._add_reviews(line)

    def _take_blank_reviews(self, line: Line) -> None:
        """A row of blank cells right under the header, in the same grid."""
        header = self.headers.get(REVIEWS)
        under = header is not None and header.grid == line.grid and self.gathering == REVIEWS
        if self.table == REVIEWS and under and len(line.cells) > 1:
            self._add_reviews(line)

    def _add_reviews(self, line: Line) -> None:
        figures = FigureRow(line.cells, 0, line.exact, line.stream, line.spaced)
        header = self.headers.get(REVIEWS)
        self._append(RowFound(REVIEWS, REVIEWS, figures, None, header, line.grid))


def _end_of(label: Cell) -> int:
    return label.column + label.column_span
