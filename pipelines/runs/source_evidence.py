"""What the sources of a document tell of whose report it may be."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import pyarrow as pa

from pipelines.crawl import Source
from pipelines.reference import NO_EVIDENCE, Evidence, Registry


def evidence_of_sources(
    archived: pa.Table, seen: pa.Table, sources: Mapping[str, Source], registry: Registry
) -> dict[str, Evidence]:
    """By sha256, for every document that came by a source that is known.

    `archived` and `seen` are the manifest and the sightings; `sources` are by id.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for sha256, source in _pairs(archived, seen):
        if source in sources:
            found[sha256].add(source)
    known: dict[frozenset[str], Evidence] = {}
    told: dict[str, Evidence] = {}
    for sha256, ids in found.items():
        key = frozenset(ids)
        if key not in known:
            known[key] = _evidence([sources[name] for name in sorted(ids)], registry)
        told[sha256] = known[key]
    return told


def _pairs(*tables: pa.Table) -> Iterator[tuple[str, str]]:
    for table in tables:
        columns = (table[name].to_pylist() for name in ("document_sha256", "source"))
        yield from zip(*columns, strict=True)


def _evidence(sources: Collection[Source], registry: Registry) -> Evidence:
    """An agency's own source before a government's, which lists many agencies. Where several of
    one kind disagree, or the registry does not know whose it is, nothing is told."""
    agencies = {s.agency_id for s in sources if s.agency_id is not None}
    if agencies:
        (agency, *more) = agencies
        is_sure = not more and agency in registry.by_id
        return Evidence(source_agency_id=agency) if is_sure else NO_EVIDENCE
    governments = {s.government_id for s in sources if s.government_id is not None}
    return _of_government(governments.pop(), registry) if len(governments) == 1 else NO_EVIDENCE


def _of_government(government_id: str, registry: Registry) -> Evidence:
    """Where its agencies are. Never the government itself: `our office` in its listing is any of
    them. A zone has the code of the county around it, so that only its name tells of it."""
    government = registry.by_id.get(government_id)
    place = registry.place_of(government) if government is not None else None
    if government is None or place is None:
        return NO_EVIDENCE
    if place.lineage is None:
        return Evidence(parent=government.agency_name)
    return Evidence(source_region=government.region_code)
