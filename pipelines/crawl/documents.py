"""The documents of a source: what is asked for, what it was before, and what it is now."""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlsplit

from pipelines.crawl.choice import Chosen
from pipelines.crawl.families import FAMILIES
from pipelines.crawl.fetched import Fetched, Fetcher
from pipelines.crawl.ledger import Ledger
from pipelines.crawl.memory import Known
from pipelines.crawl.model import Entry, Part, PartKind, Request
from pipelines.crawl.patience import Patience
from pipelines.crawl.source import Source
from pipelines.crawl.terms import Terms
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind, is_html
from pipelines.domain import Provenance, Sighting

# The website's own word that nothing is there any more.
_GONE = frozenset({404, 410})
# A page says so with status 200, where no listing names the address any more.
_GONE_BY_PAGE = frozenset({TroubleKind.ERROR_PAGE, TroubleKind.STUB_PAGE})
# Pages that show a frame that shows a frame are menus.
_FRAMES_DEEP = 1
_MOST_PARTS = 60
_DAY_S = 24 * 3600
_FIRST_PAGE = re.compile(r"/?(?:index\.\w+)?", re.IGNORECASE)


class Outcome(StrEnum):
    """What came of one address in one night: see `report.Outcomes`."""

    NEW = "new"
    REPLACED = "replaced"
    RETURNED = "returned"
    UNCHANGED = "unchanged"
    KNOWN = "known"
    GONE = "gone"
    MOVED = "moved"
    UNLISTED = "unlisted"
    TROUBLED = "troubled"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address to be looked at: the entry that lists it, the listing, and for an attachment its
    page."""

    entry: Entry
    listing: str | None
    page: str | None = None

    @property
    def address(self) -> str:
        return self.entry.address


@dataclass(eq=False)
class Documents:
    """One source's documents in one night."""

    source: Source
    fetcher: Fetcher
    terms: Terms
    ledger: Ledger
    patience: Patience
    known: Mapping[str, Known]
    counts: Counter[Outcome] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    async def take(self, reports: Iterable[Chosen], listings: Mapping[str, str]) -> None:
        """Look at every report that is listed, each address once, and at what belongs to it;
        `listings` gives the page on which an address is listed."""
        for report in reports:
            if self.patience.is_lost:
                return
            entry = report.entry
            await self._look(Wanted(entry, listings.get(entry.address)), 0)

    async def miss(self, standing: Iterable[Known]) -> None:
        """Look at documents that were listed and are not any more; later on only now and then."""
        for known in standing:
            if self.patience.is_lost:
                return
            if known.address not in self.seen and (known.is_listed or self._is_due(known)):
                await self._look_at_unlisted(known)

    async def _look(self, wanted: Wanted, depth: int) -> None:
        if wanted.address in self.seen:
            return
        self.seen.add(wanted.address)
        before = self.known.get(wanted.address)
        if before is not None and self._is_settled(before, wanted):
            await self._pass_over(before)
            return
        fetched = await self._fetch(wanted, before)
        if fetched is None:
            return
        self._keep(wanted, fetched, before)
        if is_html(fetched.page):
            await self._look_at_parts(wanted, fetched, depth)

    def _is_settled(self, before: Known, wanted: Wanted) -> bool:
        """Whether nothing speaks for asking again: it stood there, its line in the listing is the
        same, and it was asked for not long ago, or in this very night."""
        if before.night == self.ledger.memory.night and before.outcome != Outcome.TROUBLED:
            return True
        if not before.is_standing or not before.is_listed:
            return False
        if (before.title, before.listed_on) != (wanted.entry.title, wanted.entry.listed_on):
            return False
        return not self._is_due(before)

    def _is_due(self, before: Known) -> bool:
        """Not all on one day: the address decides who comes sooner and who later."""
        share = hashlib.sha256(before.address.encode()).digest()[0] / 255
        days = self.terms.recheck_days * (0.75 + 0.5 * share)
        return (self.terms.now - before.checked_at).total_seconds() >= days * _DAY_S

    async def _pass_over(self, before: Known) -> None:
        """As it was, and its attachments with it."""
        tonight = before.night == self.ledger.memory.night
        self.counts[Outcome(before.outcome) if tonight else Outcome.KNOWN] += 1
        for part in self._parts_of(before.address):
            if part.address not in self.seen:
                self.seen.add(part.address)
                await self._pass_over(part)

    async def _fetch(self, wanted: Wanted, before: Known | None) -> Fetched | None:
        try:
            fetched = await self.fetcher.fetch(
                Request(wanted.address), self.terms.limits.document_bytes
            )
        except Troubled as error:
            self.patience.hear(error.trouble)
            self.troubles.append(error.trouble)
            if error.trouble.status in _GONE and before is not None and before.is_standing:
                self._keep_gone(before, error.trouble.status)
            else:
                self.counts[Outcome.TROUBLED] += 1
                # Of what belongs to it nothing is known tonight.
                self.seen.update(k.address for k in self._parts_of(wanted.address))
            return None
        self.patience.hear(None)
        return fetched

    def _parts_of(self, page: str) -> list[Known]:
        return [known for known in self.known.values() if known.page == page]

    def _keep(self, wanted: Wanted, fetched: Fetched, before: Known | None) -> None:
        outcome = _outcome(fetched, before)
        self.counts[outcome] += 1
        now = self._known(wanted, fetched, outcome)
        sighting = None
        if outcome is not Outcome.UNCHANGED or (before is not None and not before.is_listed):
            sighting = _sighting(now, fetched.answered_at, wanted.listing)
        self.ledger.take(now, self._provenance(wanted, fetched), sighting)

    def _known(self, wanted: Wanted, fetched: Fetched, outcome: Outcome) -> Known:
        return Known(
            source=self.source.id,
            address=wanted.address,
            sha256=fetched.sha256,
            status=fetched.page.status,
            checked_at=fetched.answered_at,
            night=self.ledger.memory.night,
            outcome=outcome.value,
            page=wanted.page,
            answered_from=_answered_from(wanted.address, fetched),
            is_listed=True,
            title=wanted.entry.title,
            listed_on=wanted.entry.listed_on,
        )

    def _provenance(self, wanted: Wanted, fetched: Fetched) -> Provenance:
        return Provenance(
            document_sha256=fetched.sha256,
            address=wanted.address,
            name=urlsplit(fetched.page.address).path.rpartition("/")[2],
            bytes=len(fetched.page.content),
            archived_at=fetched.answered_at,
            source=self.source.id,
            answered_from=_answered_from(wanted.address, fetched),
            listing=wanted.listing,
            page=wanted.page,
            status=fetched.page.status,
            headers=fetched.page.headers,
        )

    async def _look_at_parts(self, wanted: Wanted, fetched: Fetched, depth: int) -> None:
        family = FAMILIES[self.source.family]
        parts = family.document(fetched.page, self.source, self.terms.lexicon).parts
        if len(parts) > _MOST_PARTS:
            detail = f"{len(parts)} files belong to it, {_MOST_PARTS} are taken"
            self.troubles.append(Trouble(TroubleKind.SITE_LIMIT, wanted.address, detail))
        for part in parts[:_MOST_PARTS]:
            if self.patience.is_lost:
                return
            if part.kind is PartKind.FRAME and depth >= _FRAMES_DEEP:
                continue
            await self._look(_of_part(part, wanted), depth + 1)

    async def _look_at_unlisted(self, before: Known) -> None:
        """It may be gone, have moved, or still stand where no listing names it."""
        self.seen.add(before.address)
        if before.night == self.ledger.memory.night:
            self.counts[Outcome(before.outcome)] += 1
            return
        request = Request(before.address)
        try:
            fetched = await self.fetcher.fetch(request, self.terms.limits.document_bytes)
        except Troubled as error:
            self.patience.hear(error.trouble)
            trouble = error.trouble
            if trouble.status in _GONE or trouble.kind in _GONE_BY_PAGE:
                self._keep_gone(before, trouble.status)
            else:
                self.troubles.append(trouble)
                self.counts[Outcome.TROUBLED] += 1
            return
        self.patience.hear(None)
        if _leads_home(fetched):
            self._keep_gone(before, fetched.page.status, fetched.page.address)
            return
        moved_to = _answered_from(before.address, fetched)
        is_moved = moved_to is not None and moved_to != before.answered_from
        outcome = Outcome.MOVED if is_moved else Outcome.UNLISTED
        entry = Entry(before.title or "", before.address, before.listed_on)
        wanted = Wanted(entry, None, before.page)
        now = replace(self._known(wanted, fetched, outcome), is_listed=False)
        if not is_moved and not before.is_listed and before.sha256 == now.sha256:
            self.counts[Outcome.UNCHANGED] += 1
            self.ledger.take(replace(now, outcome=Outcome.UNCHANGED.value))
            return
        self.counts[outcome] += 1
        sighting = _sighting(now, fetched.answered_at, None)
        self.ledger.take(now, self._provenance(wanted, fetched), sighting)

    def _keep_gone(self, before: Known, status: int, sent_to: str | None = None) -> None:
        """A tombstone."""
        self.counts[Outcome.GONE] += 1
        now = replace(
            before,
            sha256=None,
            status=status,
            checked_at=self.terms.now,
            night=self.ledger.memory.night,
            outcome=Outcome.GONE.value,
            answered_from=sent_to,
            is_listed=False,
        )
        self.ledger.take(now, None, _sighting(now, dt.datetime.now(dt.UTC), None))


def _outcome(fetched: Fetched, before: Known | None) -> Outcome:
    if before is None:
        return Outcome.NEW
    if not before.is_standing:
        return Outcome.RETURNED
    return Outcome.UNCHANGED if before.sha256 == fetched.sha256 else Outcome.REPLACED


def _sighting(now: Known, seen_at: dt.datetime, listing: str | None) -> Sighting:
    return Sighting(
        address=now.address,
        seen_at=seen_at,
        source=now.source,
        document_sha256=now.sha256,
        status=now.status,
        answered_from=now.answered_from,
        is_listed=now.is_listed,
        listing=listing,
        page=now.page,
        title=now.title,
        listed_on=now.listed_on,
    )


def _answered_from(address: str, fetched: Fetched) -> str | None:
    return fetched.page.address if fetched.page.address != address else None


def _leads_home(fetched: Fetched) -> bool:
    """Whether a website sends whoever asks for what it no longer has to its first page."""
    path = urlsplit(fetched.page.address).path
    return bool(fetched.redirects) and _FIRST_PAGE.fullmatch(path) is not None


def _of_part(part: Part, wanted: Wanted) -> Wanted:
    entry = Entry(part.label or wanted.entry.title, part.address, wanted.entry.listed_on)
    return Wanted(entry, wanted.listing, wanted.page or wanted.address)
