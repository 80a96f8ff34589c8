"""A replica as a value: its sites, what each lists, and what lies at which address."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pipelines.domain import Agency
from tests.replica.settings import Settings

Kind = Literal["report", "near", "other"]
Format = Literal["pdf", "docx", "xlsx", "zip", "png"]
Role = Literal["attachment", "viewer", "picture", "alone"]
Way = Literal["direct", "refresh", "script", "redirect"]
Validators = Literal["both", "last_modified", "none"]
ChangeKind = Literal["replaced", "silently_replaced", "moved", "gone", "unlisted", "new"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at an address; the first `times` requests, or all."""

    name: str
    times: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file at its own address. `role` is how the page of its article shows it; `alone` where it
    has no page."""

    target: str
    format: Format
    role: Role


@dataclass(frozen=True, slots=True)
class Article:
    """A line of a listing. `target` is what it links to; `page` where the page lies to which that
    leads by `way`, None where the line links to a file. `year` is what the title names;
    `report_year` the report's. `reason` is why a near miss is none, `twin` another address of the
    same page that is listed too, `left` the address that it was moved from, with the status that
    now stands there.
    """

    number: int
    kind: Kind
    title: str
    agency: int
    report_year: int | None
    year: int | None
    listed_on: dt.date
    target: str
    page: str | None
    way: Way = "direct"
    files: tuple[File, ...] = ()
    reason: str = ""
    title_name: str = "plain"
    twin: str | None = None
    revision: int = 1
    revised_night: int = 1
    is_listed: bool = True
    is_served: bool = True
    left: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One host. `charset` is what its pages declare, `header_charset` what the header does; None
    is nothing. `variant` tells apart sites of one family. `changed_night` is the night in which its
    listing last changed."""

    number: int
    id: str
    host: str
    family: str
    variant: int
    place: str
    agencies: tuple[Agency, ...]
    agency_id: str | None
    government_id: str | None
    column: str
    first_year: int
    last_year: int
    page_entries: int
    encoding: str
    charset: str | None
    header_charset: str | None
    validators: Validators
    disallowed: tuple[str, ...] = ()
    crawl_delay: int | None = None
    articles: tuple[Article, ...] = ()
    changed_night: int = 1
    faults: Mapping[str, Fault] = field(default_factory=dict)
    fault: str | None = None

    @property
    def listed(self) -> tuple[Article, ...]:
        """What the listing shows, the newest first."""
        shown = [article for article in self.articles if article.is_listed]
        return tuple(sorted(shown, key=lambda a: (a.listed_on, a.number), reverse=True))

    def with_articles(self, articles: tuple[Article, ...]) -> "Site":
        return replace(self, articles=articles)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a document in one night, with its address in the night before and now; None
    where there was or is none."""

    kind: ChangeKind
    site: str
    article: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All sites of one night, and what changed since the night before."""

    settings: Settings
    night: int
    sites: tuple[Site, ...]
    changes: tuple[Change, ...] = ()
