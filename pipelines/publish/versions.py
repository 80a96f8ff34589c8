"""Which version of the code made a release, and whether that version is newer than this one."""

import json
import re
from pathlib import Path

from pipelines import __version__
from pipelines.domain import OgiError

RELEASE_FILE = "release.json"

# Raise it with every change to what a release holds: its files, a mart, the meaning of a column.
# Later formats keep the keys `version` and `release_format` of release.json.
RELEASE_FORMAT = 1


class NewerRelease(OgiError):  # noqa: N818 - what the user reads
    """A newer version made the release; the message names both versions."""


def refuse_newer(published_file: Path) -> None:
    """Check that no newer version made the release beside `published_file`. Versions are ordered
    by their numbers, then by the release format. A release without either is older.

    Raises:
        NewerRelease: a newer version made it.
    """
    try:
        raw = json.loads((published_file.parent / RELEASE_FILE).read_text(encoding="utf-8"))
        version, release_format = str(raw["version"]), int(raw["release_format"])
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return
    if _order(version, release_format) > _order(__version__, RELEASE_FORMAT):
        raise NewerRelease(
            f"{published_file}: version {version} (release format {release_format}) made this "
            f"release, and this is the older version {__version__} (release format "
            f"{RELEASE_FORMAT}); update it, or replace the release with OGI_REPLACE_NEWER=1"
        )


def _order(version: str, release_format: int) -> tuple[list[int], int]:
    return [int(number) for number in re.findall(r"\d+", version)], release_format
