"""What the readers of annexes give: rows with their labels, unit and figures, as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.domain import Cell
from pipelines.recognize.annex.labels import UNIT, AnnexLabels
from pipelines.text import narrow, simplify
from pipelines.text.lexicon import Lexicon
from pipelines.text.tokens import looks_like_figure


@dataclass(frozen=True, slots=True)
class Entry:
    """A column behind that of the indicators: `role` is UNIT, REMARK, the code of a column of
    figures, or "" for one that is no column of the form; `printed` its caption."""

    role: str
    printed: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One row. `labels` from the outermost to its own; `cells` one for each column of figures, a
    None where the copy has none; None altogether where their columns are not sure."""

    labels: tuple[Cell, ...]
    unit: str | None
    cells: tuple[Cell | None, ...] | None
    printed: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows under one header, in the order of the form. `figures` are the columns of figures.
    `ordered`: a row stands under the one before it; `follows`: the first under the last of the
    segment before. `headed`: the header itself was seen."""

    figures: tuple[Entry, ...]
    rows: tuple[AnnexRow, ...]
    ordered: bool
    follows: bool
    headed: bool


def figure_entries(entries: Sequence[Entry], labels: AnnexLabels) -> tuple[Entry, ...]:
    """The columns of figures among them: of the form, or of none."""
    return tuple(e for e in entries if e.role in labels.columns or (e.role == "" and e.printed))


class RowReader:
    """Tells the unit and the figures among the cells behind a label."""

    def __init__(self, labels: AnnexLabels, lexicon: Lexicon) -> None:
        self._labels = labels
        self._lexicon = lexicon
        self._nothing = frozenset(simplify(w) for w in lexicon.not_applicable)

    def is_figure(self, cell: Cell) -> bool:
        return looks_like_figure(cell.text, self._lexicon)

    def is_text(self, cell: Cell) -> bool:
        """Neither a figure nor a unit nor blank."""
        text = narrow(cell.text)
        return bool(text) and not self.is_figure(cell) and not self._labels.is_unit(cell.text)

    def row(
        self,
        labels: Sequence[Cell],
        rest: Sequence[Cell],
        entries: Sequence[Entry],
        *,
        whole: bool,
    ) -> AnnexRow:
        """`whole`: no cell of the row is lost, so that each stands under its entry. Else the
        figures have their columns only where there are as many as columns."""
        wanted = figure_entries(entries, self._labels)
        filled = [c for c in rest if narrow(c.text)]
        placed = self._by_place(rest, entries) if whole else None
        unit = next((simplify(c.text) for c in filled if self._labels.is_unit(c.text)), None)
        figures = [c for c in filled if not self._labels.is_unit(c.text)]
        if placed is None:
            has_unit = any(e.role == UNIT for e in entries) and unit is None
            if has_unit and len(figures) == len(wanted) + 1 and self._is_nothing(figures[0]):
                figures = figures[1:]
            if len(figures) == len(wanted) and all(map(self.is_figure, figures)):
                placed = list(figures)
            elif not figures and len(rest) < len(entries):
                placed = [None] * len(wanted)
        told = unit or (self._labels.unit_in(labels[-1].text) if labels else None)
        cells = None if placed is None else tuple(placed)
        return AnnexRow(tuple(labels), told, cells, tuple(figures))

    def _is_nothing(self, cell: Cell) -> bool:
        return simplify(cell.text) in self._nothing

    def _by_place(self, rest: Sequence[Cell], entries: Sequence[Entry]) -> list[Cell | None] | None:
        """Each figure under its entry, where every other cell is what its entry says."""
        if len(rest) != len(entries):
            return None
        placed: list[Cell | None] = []
        for cell, entry in zip(rest, entries, strict=True):
            if entry.role in self._labels.columns or (entry.role == "" and entry.printed):
                if self._labels.is_unit(cell.text):
                    return None
                placed.append(cell)
            elif entry.role == UNIT:
                text = narrow(cell.text)
                if text and not self._labels.is_unit(text) and not self._is_nothing(cell):
                    return None
            elif entry.role == "" and narrow(cell.text):
                return None
        return placed
