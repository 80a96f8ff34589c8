"""Planted violations: of each rule of sql/audits a document that breaks it, so that a rule that
stopped working is noticed."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.domain import Calendar, Fact, Outcome, OutcomeKind, ReportNames, State, Verdict
from pipelines.forms import Cell, Forms, PlantedDocument, RectangularTable
from pipelines.warehouse.arrow_tables import RESOLUTION
from pipelines.warehouse.rules import audited_rules, create_audits
from pipelines.warehouse.sql_models import SQL_DIR, VIOLATIONS

_YEAR = 2022
_CALENDAR = Calendar(first_year=_YEAR, last_closed_year=_YEAR, newest_year=_YEAR)


def missed_violations(
    forms: Forms, *, sql_dir: Path = SQL_DIR
) -> frozenset[tuple[str, str | None]]:
    """The rules, each with its blank policy, that find nothing in the documents planted for them.
    An identity has both policies, another rule none."""
    documents = {
        rule: [_outcome(rule, number, document, forms) for number, document in enumerate(planted)]
        for rule in audited_rules(sql_dir=sql_dir)
        if (planted := forms.rules[rule].planted)
    }
    expected: set[tuple[str, str | None]] = {(rule, None) for rule in documents}
    for rule, outcome in _of_identities(forms).items():
        documents[rule] = [outcome]
        expected |= {(rule, policy.value) for policy in Verdict}
    owners = {o.document_sha256: rule for rule, planted in documents.items() for o in planted}
    outcomes = [outcome for planted in documents.values() for outcome in planted]
    resolution = pa.Table.from_pylist(
        [
            {
                "document_sha256": outcome.document_sha256,
                "agency_id": owners[outcome.document_sha256],
                "report_year": outcome.names.report_year,
            }
            for outcome in outcomes
        ],
        schema=RESOLUTION,
    )
    with duckdb.connect(config={"threads": 1}) as con:
        create_audits(
            con,
            outcomes,
            forms,
            _CALENDAR,
            needed_for=[VIOLATIONS],
            resolution=resolution,
            sql_dir=sql_dir,
        )
        found = con.execute(f"select document_sha256, rule, reading from {VIOLATIONS}").fetchall()
    return frozenset(expected) - {(r, policy) for sha256, r, policy in found if owners[sha256] == r}


def _of_identities(forms: Forms) -> dict[str, Outcome]:
    """A document for each identity, by the oldest form that has it: in one place one part is 1,
    and everything else is 0."""
    found: dict[str, Outcome] = {}
    for annex_form in forms.annexes.values():
        annex = annex_form.annex
        columns = [column.code for column in annex.columns]
        for identity in annex.identities:
            if identity.id not in found:
                cells = [(r, c) for r in (*identity.left, *identity.right) for c in columns]
                broken = (identity.left[0], columns[0])
                found[identity.id] = _broken(
                    identity.id, annex_form.vintage, annex.table, cells, broken
                )
    for vintage, form in forms.vintages.items():
        for table in form.tables.values():
            for equation in table.equations if isinstance(table, RectangularTable) else ():
                if equation.rule not in found:
                    found[equation.rule] = _broken(
                        equation.rule, vintage, table.table, table.cells(), equation.left[0]
                    )
    return found


def _broken(rule: str, vintage: str, table: str, cells: Iterable[Cell], broken: Cell) -> Outcome:
    facts = [_fact((table, *cell), vintage, Decimal(int(cell == broken))) for cell in cells]
    return _report(rule, _YEAR, facts)


def _outcome(rule: str, number: int, planted: PlantedDocument, forms: Forms) -> Outcome:
    changed = {(cell.table, cell.row, cell.column): cell for cell in planted.cells}
    facts = []
    for table in forms.vintages[planted.vintage].tables.values():
        for row, column in table.cells():
            place = (table.table, row, column)
            cell = changed.get(place)
            value = Decimal(0) if cell is None else cell.value
            state = State.REPORTED if cell is None else cell.state
            facts.append(_fact(place, planted.vintage, value, state))
    return _report(f"{rule} {number}", planted.report_year or _YEAR, facts)


def _report(name: str, year: int, facts: Iterable[Fact]) -> Outcome:
    return Outcome(
        document_sha256=hashlib.sha256(name.encode()).hexdigest(),
        path=name,
        media_type="text/html",
        bytes=0,
        kind=OutcomeKind.REPORT,
        names=ReportNames(agency_name=None, report_year=year, title=None, published_on=None),
        facts=tuple(facts),
    )


def _fact(
    cell: tuple[str, str, str], vintage: str, value: Decimal | None, state: State = State.REPORTED
) -> Fact:
    table, row, column = cell
    return Fact(
        table=table,
        row=row,
        column=column,
        vintage=vintage,
        state=state,
        value=value,
        unit=None,
        value_yuan=None,
        raw=str(value or ""),
        place=None,
    )
