"""The provenance: one row for each address at which a document was found, and what was seen where
and when."""

from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.archive.shards import read_shards, write_shard
from pipelines.archive.storage import Archive
from pipelines.domain import Provenance, Sighting
from pipelines.domain.arrow import row_mapping

MANIFEST = "manifest"
SIGHTINGS = "sightings"

# Arrow takes only a dict for a map.
_PROVENANCE = row_mapping(
    Provenance,
    convert={"headers": (pa.map_(pa.string(), pa.string()), lambda p: dict(p.headers) or None)},
)
_SIGHTING = row_mapping(Sighting)
MANIFEST_SCHEMA, SIGHTINGS_SCHEMA = _PROVENANCE.schema, _SIGHTING.schema


def record(
    archive: Archive,
    provenance: Sequence[Provenance],
    sightings: Sequence[Sighting],
    *,
    known: set[tuple[str, str]] | None = None,
) -> None:
    """Add rows to the manifest and to the sightings, a shard of each, whole or not at all.

    Rows of the manifest whose (document_sha256, address) is in `known` are left out, and those
    that are added go into it. Who calls often makes it once with `known_pairs`; without it every
    shard is read. Sightings that were recorded by the same call before are not written again.

    Raises:
        ArchiveError: a shard cannot be read; the bucket does not answer.
    """
    if known is None:
        known = known_pairs(archive) if provenance else set()
    new: dict[tuple[str, str], Provenance] = {}
    for row in provenance:
        if (pair := (row.document_sha256, row.address)) not in known:
            new.setdefault(pair, row)
    if new:
        write_shard(archive, MANIFEST, _PROVENANCE.table(new.values()))
        known.update(new)
    if sightings:
        # In one order, so that a call that is made again gives the same shard.
        write_shard(archive, SIGHTINGS, _SIGHTING.table(sorted(sightings, key=repr)))


def manifest(archive: Archive) -> pa.Table:
    """Every row, by archived_at and address; without rows where nothing was archived yet.

    Raises:
        ArchiveError: a shard cannot be read; the bucket does not answer.
    """
    table = read_shards(archive, MANIFEST, MANIFEST_SCHEMA)
    return table.sort_by([("archived_at", "ascending"), ("address", "ascending")])


def sightings(archive: Archive) -> pa.Table:
    """Every sighting, by seen_at and address.

    Raises:
        ArchiveError: a shard cannot be read; the bucket does not answer.
    """
    table = read_shards(archive, SIGHTINGS, SIGHTINGS_SCHEMA)
    return table.sort_by([("seen_at", "ascending"), ("address", "ascending")])


def manifest_columns(archive: Archive, names: Sequence[str]) -> pa.Table:
    """These columns of every row of the manifest, in no order.

    Raises:
        ArchiveError: as `manifest`.
    """
    return read_shards(archive, MANIFEST, pa.schema([MANIFEST_SCHEMA.field(n) for n in names]))


def sighting_columns(archive: Archive, names: Sequence[str]) -> pa.Table:
    """These columns of every sighting, in no order.

    Raises:
        ArchiveError: as `sightings`.
    """
    return read_shards(archive, SIGHTINGS, pa.schema([SIGHTINGS_SCHEMA.field(n) for n in names]))


def known_pairs(archive: Archive, documents: Collection[str] | None = None) -> set[tuple[str, str]]:
    """Each (document_sha256, address) of the manifest, or those of these documents."""
    if documents is not None and not documents:
        return set()
    table = manifest_columns(archive, ("document_sha256", "address"))
    if documents is not None:
        wanted = pa.array(documents, pa.string())
        table = table.filter(pc.is_in(table["document_sha256"], wanted))
    return set(zip(table["document_sha256"].to_pylist(), table["address"].to_pylist(), strict=True))
