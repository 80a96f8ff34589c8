"""A report made to order, with the truth of every cell."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipelines.domain import Agency, State
from pipelines.forms import Block, Forms
from tests.simulate.habits import Habits

CellKey = tuple[str, str, str]  # table, row (item, disposition, channel), column (measure, …)
FormChoice = Mapping[str, str]  # table or block of 表二 → vintage

DISCLOSURE = "proactive_disclosure"
REQUESTS = "requests"
REVIEWS = "reviews"


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """One cell as printed, and what it means. `token` is None where the copy lost the cell."""

    token: str | None
    state: State
    value: Decimal | None
    unit: str | None
    vintage: str


@dataclass(frozen=True, slots=True)
class PrintedAnnex:
    """The statistics annex of a report before 2019, as laid out: the headings of its parts, the
    line above the annex, and its rows, the header first. A cell is its text, and the statutory cell
    that it is a figure of; `codes` names the indicator of each row, None for headers and headings.
    `cut` is the row above which a copied page break falls."""

    headings: tuple[str, ...]
    caption: str
    rows: tuple[tuple[tuple[str, CellKey | None], ...], ...]
    codes: tuple[str | None, ...]
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class SimulatedReport:
    """A report and all that is known of it.

    `figures` is what the agency meant (amounts in the unit of `generate`: fees in ten thousand
    yuan, procurement in yuan), `truth` what stands on the page. `labels` are the labels as
    written, by (scope, code); `paragraphs` the prose by section code; `before_tables` the
    sentence above each table; `claims` the figures that the prose restates. `annex` is there where
    the report has a statistics annex and none of the three tables.
    """

    agency: Agency
    report_year: int
    title_lines: tuple[str, ...]
    published_on: dt.date
    form_choice: FormChoice
    habits: Habits
    figures: Mapping[CellKey, Decimal]
    truth: Mapping[CellKey, PrintedCell]
    labels: Mapping[tuple[str, str], str]
    paragraphs: Mapping[str, tuple[str, ...]]
    before_tables: Mapping[str, str]
    claims: Mapping[str, int]
    annex: PrintedAnnex | None = None

    @property
    def agency_id(self) -> str:
        return self.agency.agency_id

    @property
    def agency_name(self) -> str:
        return self.agency.agency_name

    @property
    def title(self) -> str:
        """The title in one line."""
        return "".join(self.title_lines)

    @property
    def cells(self) -> dict[CellKey, str]:
        """Every cell that is printed → its token; lost cells are left out."""
        return {key: cell.token for key, cell in self.truth.items() if cell.token is not None}

    @property
    def vintages(self) -> dict[str, tuple[str, ...]]:
        """Table → its vintages, in the order of their appearance."""
        found: dict[str, list[str]] = {}
        for (table, _, _), cell in self.truth.items():
            vintages = found.setdefault(table, [])
            if cell.vintage not in vintages:
                vintages.append(cell.vintage)
        return {table: tuple(vintages) for table, vintages in found.items()}


def form_choice(forms: Forms, vintage: str | Mapping[str, str]) -> dict[str, str]:
    """One vintage for all tables, or a vintage for each table and, where wished, block."""
    if isinstance(vintage, str):
        return dict.fromkeys(forms.vintages[vintage].tables, vintage)
    missing = set(forms.table_names) - set(vintage)
    if missing:
        raise ValueError(f"no vintage is named for {sorted(missing)}")
    return dict(vintage)


def chosen_blocks(forms: Forms, choice: FormChoice) -> list[tuple[str, Block]]:
    """The blocks of the disclosure table that the choice gives, each with its vintage."""
    by_vintage = {
        vintage: {block.code: block for block in form.proactive_disclosure.blocks}
        for vintage, form in forms.vintages.items()
    }
    codes = dict.fromkeys(code for blocks in by_vintage.values() for code in blocks)
    chosen = []
    for code in codes:
        vintage = choice.get(code, choice[DISCLOSURE])
        if code in by_vintage[vintage]:
            chosen.append((vintage, by_vintage[vintage][code]))
    return chosen
