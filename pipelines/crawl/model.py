"""The nouns of the crawl: what came, what is listed in it, and what to ask for next."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.domain.reading import LinkKind


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a website. `address` is where the bytes came from, after redirects; names of
    `headers` are lower case; `sent` is the body of the request; `column` the name of the column by
    which the page was reached, None on a start page."""

    address: str
    content: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: bytes = b""
    column: str | None = None

    @property
    def media_type(self) -> str:
        """As the header says, without parameters, lower case; "" where it says none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for: always a page of a listing. Names of headers are lower case."""

    address: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listing. `listed_on` is the date beside it. `column` is the column it stands
    in, where it is one of annual reports. `is_typed`: its address can only be that of an annual
    report, whatever its title says; `told_year` is the year that such an address or listing gives
    it."""

    title: str
    address: str
    listed_on: dt.date | None = None
    column: str | None = None
    is_typed: bool = False
    told_year: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a listing. `total` is how many entries the website says there are, `pages` how
    many pages; both None where it says nothing. `requests` are the pages that follow."""

    entries: tuple[Entry, ...]
    requests: tuple[Request, ...] = ()
    total: int | None = None
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Something that belongs to a page and lies at its own address."""

    kind: LinkKind
    address: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """The page of a document: what it says of itself, what belongs to it, and the address to
    which it sends its reader on, where it does."""

    title: str
    published_on: dt.date | None
    parts: tuple[Part, ...]
    sent_on_to: str | None = None
