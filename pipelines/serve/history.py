"""What happened to one report: when it was found where, replaced, moved, gone and back."""

import datetime as dt
import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console

from pipelines.domain import CHINA
from pipelines.serve.answers import drawn, write_csv
from pipelines.serve.database import QueryError, connect

# Of the offices, and of whoever reads about them; no summer time since 1991.
_MOST_NEAR_NAMES = 3
_SHORT = 12

_NAMED = """
    select agency_id, agency_name
    from dim_agency
    where agency_id = $agency or agency_name = $agency or list_contains(aliases, $agency)
    order by agency_id <> $agency, agency_id
"""
_EVERY_NAME = """
    select distinct name
    from (select unnest(list_concat([agency_name, agency_id], aliases)) as name from dim_agency)
    order by name
"""
_EVENTS = """
    select * exclude (agency_id, report_year)
    from report_history
    where agency_id = $agency_id and report_year = $year
    order by event_no
"""
_COVERED = """
    select status, expected_by, due_on, published_on, days_late, is_moved, is_gone, revision,
        document_sha256
    from coverage
    where agency_id = $agency_id and report_year = $year
"""


@dataclass(frozen=True, slots=True)
class History:
    """The report of an agency on a year. `events` are rows of report_history in their order,
    seen_at in UTC; `covered` is its row of the inventory, None where nothing leads to expect a
    report and there is none."""

    agency_id: str
    agency_name: str
    report_year: int
    covered: Mapping[str, Any] | None
    events: pa.Table

    @property
    def document_sha256(self) -> str | None:
        """The document that speaks for the report now."""
        return self.covered["document_sha256"] if self.covered is not None else None


def history(published_file: Path, agency: str, year: int) -> History:
    """The history of a report in a release; `agency` is an id, a name, or another name.

    Raises:
        QueryError: there is no release; no agency, or several, go by that name.
    """
    with connect(published_file) as con:
        agency_id, name = _agency(con, agency)
        asked = {"agency_id": agency_id, "year": year}
        events = con.execute(_EVENTS, asked).to_arrow_table()
        covered = con.execute(_COVERED, asked).to_arrow_table().to_pylist()
    place = events.column_names.index("seen_at")
    in_utc = pc.assume_timezone(events["seen_at"], "UTC")
    return History(
        agency_id,
        name,
        year,
        covered[0] if covered else None,
        events.set_column(place, "seen_at", in_utc),
    )


def write_history_json(found: History, out: TextIO) -> None:
    """One object: the agency, the document that speaks, its row of the inventory, the events."""
    told = {
        "agency_id": found.agency_id,
        "agency_name": found.agency_name,
        "report_year": found.report_year,
        "document_sha256": found.document_sha256,
        "coverage": found.covered,
        "events": found.events.to_pylist(),
    }
    out.write(json.dumps(told, ensure_ascii=False, indent=2, default=_json_value) + "\n")


def write_history_csv(found: History, out: TextIO) -> None:
    """One line an event."""
    write_csv(found.events, out)


def draw_history(found: History, console: Console) -> None:
    """The state of the report, and its events by the time of China."""
    title = f"{found.agency_name} ({found.agency_id}), report on {found.report_year}"
    console.print(title, style="bold", markup=False)
    console.print(_state(found.covered), soft_wrap=True)
    if not found.events.num_rows:
        return
    rows = [_drawn_event(event) for event in found.events.to_pylist()]
    console.print(drawn(pa.Table.from_pylist(rows), console, len(rows)))


def _agency(con: duckdb.DuckDBPyConnection, agency: str) -> tuple[str, str]:
    named = con.execute(_NAMED, {"agency": agency}).fetchall()
    if named and (len(named) == 1 or named[0][0] == agency):
        return named[0]
    if named:
        several = ", ".join(f"{name} ({agency_id})" for agency_id, name in named)
        raise QueryError(f"{agency}: {len(named)} agencies go by that name: {several}")
    names = [name for (name,) in con.execute(_EVERY_NAME).fetchall()]
    near = difflib.get_close_matches(agency, names, n=_MOST_NEAR_NAMES)
    hint = f"; near it: {', '.join(near)}" if near else ""
    raise QueryError(f"{agency}: the release has no agency of that name or id{hint}")


def _state(covered: Mapping[str, Any] | None) -> str:
    if covered is None:
        return "No report is held, and nothing leads to expect one."
    if covered["document_sha256"] is None:
        return f"No report is held; one was due on {covered['due_on']} ({covered['expected_by']})."
    gone = "; it stands at no web address any more" if covered["is_gone"] else ""
    return (
        f"{covered['status']}, revision {covered['revision']}{gone}.\n"
        f"Document that speaks: {covered['document_sha256']}"
    )


def _drawn_event(event: Mapping[str, Any]) -> dict[str, str]:
    short, before = (
        (event[name] or "")[:_SHORT] for name in ("document_sha256", "previous_document_sha256")
    )
    return {
        "seen (China)": f"{event['seen_at'].astimezone(CHINA):%Y-%m-%d %H:%M}",
        "event": event["event"],
        "address": " → ".join(filter(None, (event["address"], event["moved_to"]))),
        "what changed": "; ".join(_changes(event)),
        "document": f"{before} → {short or 'none'}" if before else short,
        "revision": str(event["revision"]),
    }


def _changes(event: Mapping[str, Any]) -> list[str]:
    told = []
    cells, kept = event["differing_cells"], event["document_sha256"]
    if kept is not None and kept != event["previous_document_sha256"]:
        if cells is not None:
            told.append(f"{cells:,} figure(s) differ" if cells else "other bytes, same figures")
        elif event["previous_document_sha256"] is not None:
            told.append("other bytes, figures not comparable")
    if event["page"] is not None:
        told.append(f"attachment of {event['page']}")
    if event["status"] not in (None, 200):
        told.append(f"status {event['status']}")
    return told


def _json_value(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)
