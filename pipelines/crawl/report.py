"""What came of a night, source by source: values that go through JSON unchanged."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from pipelines.crawl.choice import Ignored
from pipelines.crawl.titles import Reason
from pipelines.crawl.trouble import Trouble, TroubleKind
from pipelines.text.yaml_file import Strict

# So many are told one by one; all of them are counted.
MOST_TOLD = 200

Count = Annotated[int, Field(ge=0)]


class TroubleTold(Strict):
    """A `Trouble`."""

    kind: TroubleKind
    address: str
    detail: str
    status: int = 200

    @classmethod
    def of(cls, trouble: Trouble) -> "TroubleTold":
        return cls(
            kind=trouble.kind, address=trouble.address, detail=trouble.detail, status=trouble.status
        )


class IgnoredTold(Strict):
    """An entry near a report that is none, with the reason and the word that gave it."""

    title: str
    address: str
    reason: Reason
    detail: str = ""

    @classmethod
    def of(cls, ignored: Ignored) -> "IgnoredTold":
        return cls(
            title=ignored.entry.title,
            address=ignored.entry.address,
            reason=ignored.reason,
            detail=ignored.detail,
        )


class Outcomes(Strict):
    """How many documents, attachments among them, ended how in this night. `known` were listed as
    before and not asked for; `unchanged` were asked for; the others are news."""

    new: Count = 0
    replaced: Count = 0
    returned: Count = 0
    unchanged: Count = 0
    known: Count = 0
    gone: Count = 0
    moved: Count = 0
    unlisted: Count = 0
    troubled: Count = 0

    @property
    def news(self) -> int:
        """Documents whose state is another than the night before."""
        return self.new + self.replaced + self.returned + self.gone + self.moved + self.unlisted


class SourceReport(Strict):
    """What came of one source. `is_complete`: every page of its listings was read; `entries`, all
    that they list; `reports`, those that are annual reports. `requests` and `bytes` are what went
    over the network, `not_modified` the answers without a body. `troubles` and `ignored` hold the
    first of `troubles_total` and `ignored_total`."""

    source: str
    began_at: dt.datetime
    ended_at: dt.datetime
    is_complete: bool
    listing_pages: Count = 0
    entries: Count = 0
    reports: Count = 0
    others: Count = 0
    documents: Outcomes = Outcomes()
    requests: Count = 0
    not_modified: Count = 0
    bytes: Count = 0
    missing_years: tuple[int, ...] = ()
    ignored: tuple[IgnoredTold, ...] = ()
    ignored_total: Count = 0
    troubles: tuple[TroubleTold, ...] = ()
    troubles_total: Count = 0


class CrawlReport(Strict):
    """What came of a night. `is_resumed`: it went on where a night before had been broken off."""

    night: Count
    began_at: dt.datetime
    ended_at: dt.datetime
    is_resumed: bool
    sources: tuple[SourceReport, ...]

    def total(self, name: str) -> int:
        """The sum of a count of `SourceReport` or `Outcomes` over all sources."""
        return sum(
            getattr(report.documents if name in Outcomes.model_fields else report, name)
            for report in self.sources
        )

    @property
    def in_trouble(self) -> tuple[SourceReport, ...]:
        """The sources of which something could not be looked at, or is missing."""
        return tuple(report for report in self.sources if report.troubles_total)

    @property
    def troubles(self) -> dict[TroubleKind, int]:
        """How many troubles of each kind are told, the most frequent first."""
        kinds: Iterable[TroubleKind] = (t.kind for r in self.sources for t in r.troubles)
        return dict(Counter(kinds).most_common())


class LookReport(Strict):
    """What a look at a website found: its family, the columns of reports that it offers, and what
    would be listed."""

    address: str
    family: str | None
    columns: tuple[tuple[str, str], ...] = ()
    listing: SourceReport | None = None
    years: tuple[int, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()
    troubles: tuple[TroubleTold, ...] = ()
