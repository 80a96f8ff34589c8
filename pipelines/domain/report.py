"""What recognition gives: which agency, which year, and the statutory tables cell by cell."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from pipelines.domain.claims import FoundClaim
from pipelines.domain.facts import Finding
from pipelines.domain.integers import Int16
from pipelines.domain.reading import Paragraph, Place


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """One cell of a statutory table, found in the document or known to be lost.

    `raw` is the token as printed, or None where the copy has no cell (`lost`).
    `unsure` marks a row whose figures are there but whose places are not.
    `unit_hint` is the unit that the header names, `confidence` that of the cell read.
    """

    row: str
    column: str
    vintage: str
    raw: str | None
    place: Place | None
    unsure: bool = False
    unit_hint: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class StatutoryTable:
    """A recognized table; `vintages` in the order of their appearance."""

    table: str
    vintages: tuple[str, ...]
    cells: tuple[PlacedCell, ...]


class NameSource(StrEnum):
    """Which part of a document says who reports, or on which year."""

    TITLE = "title"
    SIGNATURE = "signature"
    PERIOD = "period"
    PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True)
class ReportNames:
    """Who reports on which year, as the document itself says, and where it says so. `other_names`
    are the other agencies that it names as its own, its signature's and its publisher's: evidence
    for which of several that bear the name is meant."""

    agency_name: str | None = None
    report_year: Int16 | None = None
    title: str | None = None
    published_on: dt.date | None = None
    agency_source: NameSource | None = None
    year_source: NameSource | None = None
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A recognized report. `sections` are the codes of the six sections that are present."""

    names: ReportNames
    sections: tuple[str, ...]
    tables: tuple[StatutoryTable, ...]
    paragraphs: tuple[Paragraph, ...]
    findings: tuple[Finding, ...]
    claims: tuple[FoundClaim, ...] = ()
