"""The agencies of a release that nobody has reviewed yet, with those that they may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table

from pipelines.domain import Agency
from pipelines.reference import Evidence, Registry
from pipelines.serve.database import query
from pipelines.serve.table_layout import fit_table
from pipelines.text import fold

_UNREVIEWED = """
    select
        agency_id,
        any_value(agency_name) as agency_name,
        any_value(aliases) as aliases,
        any_value(status) as status,
        count(document_sha256) as documents,
        min(report_year) as first_year,
        max(report_year) as last_year
    from dim_agency
    left join dim_document using (agency_id)
    where status <> 'reviewed'
    group by agency_id
    order by documents desc, agency_id
"""


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """An agency that a rule told, or a stand-in. `candidates`: whom the registry as it is now takes
    the name for; one, where it is not in doubt any more or told by rule."""

    agency_id: str
    names: tuple[str, ...]  # as printed, the newest first
    status: str
    documents: int
    first_year: int | None
    last_year: int | None
    candidates: tuple[Agency, ...]
    reason: str

    def as_json(self) -> dict[str, Any]:
        """One object; candidates by id and name."""
        return {
            "agency_id": self.agency_id,
            "names": list(self.names),
            "status": self.status,
            "documents": self.documents,
            "first_year": self.first_year,
            "last_year": self.last_year,
            "candidates": [
                {"agency_id": a.agency_id, "agency_name": a.agency_name, "status": a.status.value}
                for a in self.candidates
            ],
            "reason": self.reason,
        }


def unreviewed(published_file: Path, registry: Registry) -> Iterator[Unreviewed]:
    """All of them, those with the most documents first.

    Raises:
        QueryError: there is no release.
    """
    for row in query(published_file, _UNREVIEWED).to_pylist():
        name = row["agency_name"]
        told = registry.resolve(name, Evidence(year=row["last_year"]))
        yield Unreviewed(
            row["agency_id"],
            (name, *(row["aliases"] or ())),
            row["status"],
            row["documents"],
            row["first_year"],
            row["last_year"],
            told.candidates if told.agency is None else (told.agency,),
            told.reason,
        )


def names_of(published_file: Path, name_or_id: str) -> tuple[tuple[str, ...], int | None]:
    """The printed names of an unreviewed agency of the release, and the year of its newest report;
    what is neither an id nor a name there is a name that no report has had yet."""
    if published_file.is_file():
        for row in query(published_file, _UNREVIEWED).to_pylist():
            names = (row["agency_name"], *(row["aliases"] or ()))
            if name_or_id == row["agency_id"]:
                return tuple({fold(n): n for n in reversed(names)}.values())[::-1], row["last_year"]
            if name_or_id in names:
                return (name_or_id,), row["last_year"]
    return (name_or_id,), None


def unreviewed_table(rows: list[Unreviewed], console: Console) -> RenderableType:
    """Them as a table."""
    table = Table(title="Agencies to review", title_justify="left")
    for column in ("agency_id", "name", "status", "documents", "years", "may be"):
        table.add_column(column, justify="right" if column == "documents" else "left")
    for row in rows:
        years = "–".join(str(y) for y in dict.fromkeys((row.first_year, row.last_year)) if y)
        ids = [a.agency_id for a in row.candidates]
        table.add_row(
            row.agency_id,
            ", ".join(row.names),
            row.status,
            f"{row.documents:,}",
            years,
            ", ".join(ids) if ids else row.reason,
        )
    return fit_table(table, console)
