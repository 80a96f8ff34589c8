"""Bytes by sha256 with their provenance: written once, never changed."""

from pipelines.archive.files import ArchiveReport, archive_files, count_known
from pipelines.archive.manifest import MANIFEST_SCHEMA, manifest
from pipelines.archive.objects import object_path, read_object
from pipelines.archive.walk import walk

__all__ = [
    "MANIFEST_SCHEMA",
    "ArchiveReport",
    "archive_files",
    "count_known",
    "manifest",
    "object_path",
    "read_object",
    "walk",
]
