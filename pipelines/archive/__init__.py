"""Bytes by sha256 with their provenance, in a folder or a bucket: written once, never changed."""

from pipelines.archive.files import ArchiveReport, archive_files
from pipelines.archive.manifest import (
    MANIFEST_SCHEMA,
    SIGHTINGS_SCHEMA,
    known_pairs,
    manifest,
    manifest_columns,
    record,
    sighting_columns,
    sightings,
)
from pipelines.archive.objects import object_address, put, read_object
from pipelines.archive.storage import Archive, ArchiveError, at_hand, open_archive, size_at
from pipelines.archive.walk import walk

__all__ = [
    "MANIFEST_SCHEMA",
    "SIGHTINGS_SCHEMA",
    "Archive",
    "ArchiveError",
    "ArchiveReport",
    "archive_files",
    "at_hand",
    "known_pairs",
    "manifest",
    "manifest_columns",
    "object_address",
    "open_archive",
    "put",
    "read_object",
    "record",
    "sighting_columns",
    "sightings",
    "size_at",
    "walk",
]
