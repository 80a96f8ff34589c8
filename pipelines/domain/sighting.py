"""What was found at an address, and when: provenance of bytes, and what became of them there."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.domain.integers import Int16, Int64


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a document came into the archive: one row of the manifest.

    `address` is a URL as its listing gives it, or the absolute path of a file; `answered_from`
    the URL that answered, where redirects led elsewhere. `source` is the id of the source's
    record, or a word for another way in (`file`, `warc`); `listing` the address of the page that
    lists the document; `page` that of the page it belongs to, for an attachment. `status` and
    `headers` (names in lower case) are those of the answer, None and empty for a file.
    """

    document_sha256: str
    address: str
    name: str
    bytes: Int64
    archived_at: dt.datetime
    source: str
    answered_from: str | None = None
    listing: str | None = None
    page: str | None = None
    status: Int16 | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a crawl saw at an address, where that differs from what it saw there before.

    `document_sha256` is None where nothing is there any more (a tombstone); then `status` tells
    how the website said so. `is_listed` is false where the address still answers and no listing
    names it. `title` and `listed_on` are as the listing has them. An attachment has the address of
    its page in `page`.
    """

    address: str
    seen_at: dt.datetime
    source: str
    document_sha256: str | None
    status: Int16 | None = None
    answered_from: str | None = None
    is_listed: bool = True
    listing: str | None = None
    page: str | None = None
    title: str | None = None
    listed_on: dt.date | None = None
