"""The release: a DuckDB file of the marts, the evidence, and what is to be known of both."""

from pipelines.publish.files import changes, closed_to_writers, wal_of
from pipelines.publish.fingerprint import fingerprint
from pipelines.publish.release import Release, current_release, publish
from pipelines.publish.versions import RELEASE_FILE, NewerRelease, refuse_newer

__all__ = [
    "RELEASE_FILE",
    "NewerRelease",
    "Release",
    "changes",
    "closed_to_writers",
    "current_release",
    "fingerprint",
    "publish",
    "refuse_newer",
    "wal_of",
]
