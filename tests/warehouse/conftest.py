"""Reports made by hand: every cell of the form is 0 unless the test says otherwise, so that all
identities hold, and what a test writes down is all that differs."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines.archive import MANIFEST_SCHEMA, SIGHTINGS_SCHEMA
from pipelines.domain import (
    Agency,
    Calendar,
    Claim,
    Fact,
    Finding,
    Outcome,
    OutcomeKind,
    Place,
    ReportNames,
    Sighting,
    State,
)
from pipelines.domain.calendar import FIRST_REPORT_YEAR
from pipelines.forms import load_forms
from pipelines.reference.regions import Regions
from pipelines.warehouse.arrow_tables import RESOLUTION
from pipelines.warehouse.lake import write_shard
from pipelines.warehouse.loader import load
from pipelines.warehouse.rules import audit_warehouse
from pipelines.warehouse.sql_models import run_sql_models

NO_REGIONS = Regions((), ())
TABLES = ("proactive_disclosure", "requests", "reviews")
Cells = Mapping[tuple[str, str, str], int | str | State]


@pytest.fixture
def make_report() -> Callable[..., Outcome]:
    return _make_report


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., duckdb.DuckDBPyConnection]:
    """build(outcomes, …) -> a connection to the whole warehouse, in memory. `also_at` are further
    addresses of documents: name, address, and when it was archived there. `seen` is what crawls
    saw; the manifest has those documents at those addresses."""

    def built(
        outcomes: Sequence[Outcome],
        *,
        batches: Sequence[Sequence[Outcome]] | None = None,
        archived: Mapping[str, dt.datetime] | None = None,
        addresses: Mapping[str, str] | None = None,
        resolution: Mapping[str, tuple[str | None, int | None]] | None = None,
        agencies: Mapping[str, Mapping[str, Any]] | None = None,
        also_at: Sequence[tuple[str, str, dt.datetime]] = (),
        seen: Sequence[Sighting] = (),
        regions: Regions = NO_REGIONS,
        last_closed_year: int = 2022,
    ) -> duckdb.DuckDBPyConnection:
        folder = tmp_path / f"trial-{len(list(tmp_path.iterdir()))}"
        for batch in batches if batches is not None else [outcomes]:
            write_shard(folder / "lake", batch, "v1")
        return build_from(
            folder / "lake",
            outcomes,
            resolution or {},
            agencies or {},
            manifest=_manifest(outcomes, archived or {}, addresses or {}, also_at, seen),
            sightings=pa.Table.from_pylist([asdict(s) for s in seen], schema=SIGHTINGS_SCHEMA),
            regions=regions,
            last_closed_year=last_closed_year,
        )

    return built


def build_from(
    lake_dir: Path,
    outcomes: Sequence[Outcome],
    resolution: Mapping[str, tuple[str | None, int | None]],
    agencies: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    *,
    manifest: pa.Table,
    sightings: pa.Table,
    regions: Regions = NO_REGIONS,
    last_closed_year: int = 2022,
) -> duckdb.DuckDBPyConnection:
    """`agencies`: what is otherwise in the records of some, and those that have no report."""
    con = duckdb.connect()
    resolved = {o.document_sha256: _resolved(o) for o in outcomes} | dict(resolution)
    load(
        con,
        lake_dir=lake_dir,
        manifest=manifest,
        sightings=sightings,
        parser_version="v1",
        forms=load_forms(),
        agencies=[
            replace(_agency(a), **agencies.get(a, {}))
            for a in sorted({a for a, _ in resolved.values() if a} | set(agencies))
        ],
        regions=regions,
        calendar=Calendar(FIRST_REPORT_YEAR, last_closed_year, last_closed_year + 1),
        resolution=pa.Table.from_pylist(
            [
                {"document_sha256": sha, "agency_id": agency, "report_year": year}
                for sha, (agency, year) in sorted(resolved.items())
            ],
            schema=RESOLUTION,
        ),
    )
    run_sql_models(con, ["staging", "intermediate"])
    audit_warehouse(con)
    run_sql_models(con, ["marts"])
    return con


def _resolved(outcome: Outcome) -> tuple[str | None, int | None]:
    return outcome.names.agency_name, outcome.names.report_year


def _agency(agency_id: str) -> Agency:
    return Agency(
        agency_id=agency_id,
        agency_name=f"name of {agency_id}",
        aliases=(),
        region_code="350128",
        province="福建省",
        city="福州市",
        county=None,
        admin_level="county",
        function=None,
        is_government=False,
        parent_agency_id=None,
        first_year=None,
        last_year=None,
        successor_agency_id=None,
    )


def _make_report(
    name: str = "report",
    *,
    agency: str | None = "a",
    year: int | None = 2022,
    vintage: str = "2021",
    cells: Cells | None = None,
    tables: Sequence[str] = TABLES,
    findings: Sequence[Finding] = (),
    claims: Sequence[Claim] = (),
    read_by: str = "html",
    published_on: dt.date | None = dt.date(2023, 1, 20),
    kind: OutcomeKind = OutcomeKind.REPORT,
) -> Outcome:
    changed = dict(cells or {})
    facts = []
    form = load_forms().vintages[vintage]
    for table in tables:
        for row, column in form.tables[table].cells():
            facts.append(_fact(table, row, column, vintage, changed.pop((table, row, column), 0)))
    assert not changed, f"the form has no {list(changed)}"
    return Outcome(
        document_sha256=hashlib.sha256(name.encode()).hexdigest(),
        path=f"/in/{name}",
        media_type="text/html",
        bytes=len(name),
        kind=kind,
        reason=None if kind is OutcomeKind.REPORT else "no tables",
        read_by=read_by,
        names=ReportNames(agency, year, f"title of {name}", published_on),
        sections=("overview", "requests"),
        tables=dict.fromkeys(tables, (vintage,)),
        facts=tuple(facts),
        findings=tuple(findings),
        claims=tuple(claims),
    )


def _fact(table: str, row: str, column: str, vintage: str, cell: int | str | State) -> Fact:
    state = cell if isinstance(cell, State) else State.REPORTED
    value = None if isinstance(cell, State) else Decimal(cell)
    amount = column in ("fee_amount", "procurement_amount")
    return Fact(
        table=table,
        row=row,
        column=column,
        vintage=vintage,
        state=state,
        value=value,
        unit="万元" if amount and value is not None else None,
        value_yuan=value * 10000 if amount and value is not None else None,
        raw=None if state is State.ABSENT else str(cell),
        place=Place(table=1, row=2, cell=3),
    )


def _manifest(
    outcomes: Sequence[Outcome],
    archived: Mapping[str, dt.datetime],
    addresses: Mapping[str, str],
    also_at: Sequence[tuple[str, str, dt.datetime]],
    seen: Sequence[Sighting],
) -> pa.Table:
    crawled = {s.document_sha256 for s in seen}
    rows: list[dict[str, Any]] = [
        {
            "document_sha256": o.document_sha256,
            "address": addresses.get(o.path.removeprefix("/in/"), o.path),
            "name": o.path.removeprefix("/in/"),
            "bytes": o.bytes,
            "archived_at": archived.get(
                o.path.removeprefix("/in/"), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
            ),
            "source": "ingest",
        }
        for o in {o.document_sha256: o for o in outcomes}.values()
        if o.document_sha256 not in crawled or o.path.removeprefix("/in/") in addresses
    ]
    by_name = {row["name"]: row for row in rows}
    rows += [{**by_name[n], "address": at, "archived_at": when} for n, at, when in also_at]
    lengths = {o.document_sha256: o.bytes for o in outcomes}
    rows += [
        {
            **asdict(s),
            "name": s.address.rpartition("/")[2],
            "bytes": lengths[s.document_sha256],
            "archived_at": s.seen_at,
        }
        for s in seen
        if s.document_sha256 is not None
    ]
    return pa.Table.from_pylist(rows, schema=MANIFEST_SCHEMA)
