"""Whose report each document of the lake is, and on which year."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.domain import Agency, AgencyStatus, Finding
from pipelines.forms import finding, load_forms
from pipelines.reference import (
    NO_EVIDENCE,
    Evidence,
    Registry,
    provisional_agency,
    resolution_finding,
)
from pipelines.runs.process import parser_version
from pipelines.settings import Settings
from pipelines.warehouse.arrow_tables import DOCUMENTS, FINDINGS, RESOLUTION, finding_table
from pipelines.warehouse.connection import closed_after
from pipelines.warehouse.lake import create_lake_view, shard_files

# Names that are resolved before their findings become rows of Arrow.
_CASES_AT_ONCE = 50_000

_RESOLVED = pa.schema([("number", pa.int64()), ("agency_id", pa.string())])
# Documents of the same name, year, other names and source are one case.
_DOCUMENTS = """
create table documents as
select
    *,
    dense_rank() over (order by agency_name, report_year, other_names, is_report, source) as number
from (
    select
        document_sha256,
        agency_name,
        report_year,
        other_names,
        source,
        outcome = 'report' as is_report
    from lake.documents
    left join sources using (document_sha256)
    qualify row_number() over (partition by document_sha256 order by shard) = 1
)
"""
_CASES = """
select distinct number, agency_name, report_year, other_names, is_report, source
from documents
order by number
"""
_RESOLUTION = """
select document_sha256, agency_id, report_year
from documents
left join resolved using (number)
order by document_sha256
"""
_FINDINGS = """
select found.* replace (documents.document_sha256 as document_sha256)
from found
inner join documents on documents.number::varchar = found.document_sha256
order by all
"""


@dataclass(frozen=True, slots=True)
class ResolvedAgencies:
    """Who reports on which year, of every document in the lake: the agencies, one row a document,
    and what was found on the way."""

    agencies: tuple[Agency, ...]
    resolution: pa.Table
    findings: pa.Table


def resolve_agencies(
    settings: Settings, registry: Registry, from_sources: Mapping[str, Evidence]
) -> ResolvedAgencies:
    """Resolve every document's agency: the registry's agencies with those that the documents make
    necessary, told by rule or provisional. `from_sources` is what the source of a document tells,
    by sha256."""
    sources = list(dict.fromkeys(from_sources.values()))
    made = _MadeAgencies()
    with closed_after(duckdb.connect(config=settings.duckdb)) as con:
        con.register("sources", _source_table(from_sources, sources))
        files = shard_files(settings.lake_dir, parser_version())["documents"]
        create_lake_view(con, "documents", files, DOCUMENTS)
        con.execute(_DOCUMENTS)
        resolved = [_RESOLVED.empty_table()]
        found = [FINDINGS.empty_table()]
        for cases in _batches(con.cursor().execute(_CASES)):
            numbers, ids, findings = [], [], []
            for number, name, year, others, is_report, source in cases:
                evidence = replace(
                    NO_EVIDENCE if source is None else sources[source],
                    year=year,
                    others=tuple(others or ()),
                )
                agency, told = _resolve_case(registry, name, evidence, is_report=is_report)
                if agency is not None and agency.status is not AgencyStatus.REVIEWED:
                    made.add(agency, year)
                numbers.append(number)
                ids.append(agency.agency_id if agency is not None else None)
                if told is not None:
                    # The number of the case, until the findings are joined to its documents.
                    findings.append((str(number), told))
            resolved.append(pa.table([numbers, ids], schema=_RESOLVED))
            found.append(finding_table(findings, parser_version()))
        con.register("resolved", pa.concat_tables(resolved))
        con.register("found", pa.concat_tables(found))
        return ResolvedAgencies(
            made.with_reviewed(registry),
            con.execute(_RESOLUTION).to_arrow_table().cast(RESOLUTION),
            con.execute(_FINDINGS).to_arrow_table().cast(FINDINGS),
        )


def _source_table(from_sources: Mapping[str, Evidence], sources: list[Evidence]) -> pa.Table:
    """The place in `sources` of what each document's source tells."""
    numbers = {evidence: number for number, evidence in enumerate(sources)}
    return pa.table(
        {
            "document_sha256": pa.array(list(from_sources), pa.string()),
            "source": pa.array([numbers[e] for e in from_sources.values()], pa.int32()),
        }
    )


def _batches(rows: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    while batch := rows.fetchmany(_CASES_AT_ONCE):
        yield batch


def _resolve_case(
    registry: Registry, name: str | None, evidence: Evidence, *, is_report: bool
) -> tuple[Agency | None, Finding | None]:
    if not name:
        if not is_report or evidence.source_agency_id is None:
            return None, None
        agency = registry.by_id[evidence.source_agency_id]
        return agency, finding(load_forms(), "agency_from_source", detail=agency.agency_name)
    resolution = registry.resolve(name, evidence)
    found = resolution.agency
    # Of a name that says nobody a stand-in would be one agency for all who use it.
    if found is None and not resolution.says_nobody:
        found = provisional_agency(name)
    return found, resolution_finding(resolution, load_forms())


class _MadeAgencies:
    """Agencies that no reviewed record tells of, under each of their names as of the newest report
    that has it."""

    def __init__(self) -> None:
        self._named: defaultdict[str, dict[str, tuple[int, Agency]]] = defaultdict(dict)

    def add(self, agency: Agency, year: int | None) -> None:
        names = self._named[agency.agency_id]
        known = names.get(agency.agency_name)
        if known is None or known[0] < (year or 0):
            names[agency.agency_name] = (year or 0, agency)

    def with_reviewed(self, registry: Registry) -> tuple[Agency, ...]:
        """The reviewed agencies and the made ones, each once: under its newest name, the others as
        aliases, and without a parent or successor that is neither."""
        known = {a.agency_id for a in registry.agencies} | set(self._named)
        made: list[Agency] = []
        for _, by_name in sorted(self._named.items()):
            newest = max(by_name.values(), key=lambda found: (found[0], found[1].agency_name))[1]
            parent, successor = newest.parent_agency_id, newest.successor_agency_id
            made.append(
                replace(
                    newest,
                    aliases=tuple(sorted(set(by_name) - {newest.agency_name})),
                    parent_agency_id=parent if parent in known else None,
                    successor_agency_id=successor if successor in known else None,
                )
            )
        return (*registry.agencies, *made)
