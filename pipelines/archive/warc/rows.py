"""Rows of the manifest and sightings as JSON in metadata records of a WARC, which has no fields for
most of what they tell."""

import json
import re

from pydantic import TypeAdapter, ValidationError

from pipelines.domain import Provenance, Sighting

MEDIA_TYPE = "application/json"
_KINDS: dict[str, TypeAdapter[Provenance] | TypeAdapter[Sighting]] = {
    "ogi.provenance/1": TypeAdapter(Provenance),
    "ogi.sighting/1": TypeAdapter(Sighting),
}
_SUM = re.compile(r"[0-9a-f]{64}")
_MOST_STATUS = 999


def written(row: Provenance | Sighting) -> bytes:
    """The row as JSON, the same for the same row."""
    schema = "ogi.provenance/1" if isinstance(row, Provenance) else "ogi.sighting/1"
    told = TypeAdapter(type(row)).dump_python(row, mode="json")
    return json.dumps({"schema": schema, **told}, ensure_ascii=False).encode()


def parsed(content: bytes) -> Provenance | Sighting | None:
    """The row that `written` made these bytes of; None where they are anything else."""
    try:
        told = json.loads(content)
        row = _KINDS[told.pop("schema")].validate_python(told)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ValidationError):
        return None
    # What the tables have no room for.
    if row.document_sha256 is not None and not _SUM.fullmatch(row.document_sha256):
        return None
    if row.status is not None and not 0 <= row.status <= _MOST_STATUS:
        return None
    return row
