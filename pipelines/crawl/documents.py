"""The documents of a source: what is asked for, what it was before, and what it is now."""

import datetime as dt
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlsplit

from pipelines.crawl.choice import Chosen
from pipelines.crawl.families import FAMILIES
from pipelines.crawl.fetched import Fetched, Fetcher
from pipelines.crawl.ledger import Ledger
from pipelines.crawl.memory import Known
from pipelines.crawl.model import Entry, Part, Request
from pipelines.crawl.patience import Patience
from pipelines.crawl.source import Source
from pipelines.crawl.terms import Terms
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind, is_html
from pipelines.domain import Provenance, Sighting
from pipelines.domain.reading import LinkKind

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
    is_frame: bool = False

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
    # Nothing is known of them tonight, so that nothing is missed of them either.
    spared: set[str] = field(default_factory=set)
    # By the address of their page: a page is looked at with all that belongs to it.
    _parts: defaultdict[str, list[Known]] = field(init=False)

    def __post_init__(self) -> None:
        self._parts = defaultdict(list)
        for known in self.known.values():
            if known.page is not None:
                self._parts[known.page].append(known)

    def held(self, year_pages: Mapping[str, int]) -> list[Entry]:
        """Those of the start pages of a year that are its report, and need not be asked for."""
        found = []
        for address, year in year_pages.items():
            before = self.known.get(address)
            if before is None:
                continue
            entry = Entry(before.title or "", address, before.listed_on, None, True, year)
            if self._is_settled(before, Wanted(entry, address)):
                found.append(entry)
        return found

    async def take(self, reports: Iterable[Chosen], listings: Mapping[str, str]) -> None:
        """Look at every report that is listed, each address once, and at what belongs to it;
        `listings` gives the page on which an address is listed."""
        for report in reports:
            if self.patience.is_lost:
                return
            entry = report.entry
            # Another edition of the page is listed with it.
            self.spared.update(report.twins)
            await self._look(Wanted(entry, listings.get(entry.address)), 0)

    async def miss(self, known: Iterable[Known]) -> None:
        """Look at documents that were listed and are not any more; later on only now and then."""
        for before in known:
            if self.patience.is_lost:
                return
            if before.address in self.seen or before.address in self.spared:
                continue
            if self._is_tonights(before):
                self.counts[Outcome(before.outcome)] += 1
            elif before.is_standing and (before.is_listed or self._is_due(before)):
                await self._look_at_unlisted(before)

    async def _look(self, wanted: Wanted, depth: int) -> bool:
        """Whether nothing is left to be looked at there."""
        if wanted.address in self.seen:
            return True
        self.seen.add(wanted.address)
        before = self.known.get(wanted.address)
        if before is not None and self._is_settled(before, wanted):
            self._pass_over(before)
            return before.is_standing
        fetched = await self._fetch(wanted, before)
        if fetched is None:
            return False
        is_whole = False
        try:
            is_whole = not is_html(fetched.page) or await self._look_at_parts(
                wanted, fetched, depth
            )
        finally:
            # Behind what belongs to it: a crawl that was killed on the way comes back to it.
            self._keep(wanted, fetched, before, is_whole)
        return is_whole

    def _is_tonights(self, before: Known) -> bool:
        return before.night == self.ledger.memory.night

    def _is_settled(self, before: Known, wanted: Wanted) -> bool:
        """Whether nothing speaks for asking again: it stood there with all that belongs to it, its
        line in the listing is the same, and it was asked for not long ago, or in this very night.
        What belongs to a page is asked for whenever the page is."""
        if self._is_tonights(before):
            return before.is_whole
        if not (before.is_standing and before.is_listed and before.is_whole) or wanted.page:
            return False
        if (before.title, before.listed_on) != (wanted.entry.title, wanted.entry.listed_on):
            return False
        return not self._is_due(before)

    def _is_due(self, before: Known) -> bool:
        """Not all on one day: the address decides who comes sooner and who later."""
        share = hashlib.sha256(before.address.encode()).digest()[0] / 255
        days = self.terms.recheck_days * (0.75 + 0.5 * share)
        return (self.terms.now - before.checked_at).total_seconds() >= days * _DAY_S

    def _pass_over(self, before: Known) -> None:
        """As it was, and its attachments with it."""
        is_tonights = self._is_tonights(before)
        self.counts[Outcome(before.outcome) if is_tonights else Outcome.KNOWN] += 1
        if not before.is_standing:
            # It is listed, and was found to be gone before this night was broken off.
            self.troubles.append(_listed_and_gone(before))
        for part in self._parts[before.address]:
            # What a page that was asked for tonight has no more is no part of it.
            is_part = part.is_standing and part.is_listed
            is_part &= not is_tonights or self._is_tonights(part)
            if is_part and part.address not in self.seen:
                self.seen.add(part.address)
                self._pass_over(part)

    async def _fetch(self, wanted: Wanted, before: Known | None) -> Fetched | None:
        try:
            fetched = await self._ask(wanted.address)
        except Troubled as error:
            trouble = error.trouble
            self.troubles.append(trouble)
            if trouble.status in _GONE and before is not None and before.is_standing:
                self._keep_gone(before, trouble.status)
                return None
            self.counts[Outcome.TROUBLED] += 1
            around = {wanted.address}
            if wanted.is_frame and wanted.page is not None:
                around.add(wanted.page)
            self.spared.update(k.address for page in around for k in self._parts[page])
            return None
        if not _leads_home(wanted.address, fetched):
            return fetched
        if before is not None and before.is_standing:
            gone = self._keep_gone(before, fetched.page.status, fetched.page.address)
            self.troubles.append(_listed_and_gone(gone))
        else:
            self.counts[Outcome.TROUBLED] += 1
            self.troubles.append(_sent_home(wanted.address, fetched.page.status))
        return None

    async def _ask(self, address: str) -> Fetched:
        """Raises Troubled."""
        if self.patience.is_closed(address):
            detail = "its host was asked in vain too often tonight"
            raise Troubled(Trouble(TroubleKind.UNREACHABLE, address, detail))
        try:
            fetched = await self.fetcher.fetch(Request(address), self.terms.limits.document_bytes)
        except Troubled as error:
            self.patience.hear(address, error.trouble)
            raise
        self.patience.hear(address, None)
        return fetched

    def _keep(self, wanted: Wanted, fetched: Fetched, before: Known | None, is_whole: bool) -> None:
        outcome = self._outcome(fetched, before)
        self.counts[outcome] += 1
        now = replace(self._known(wanted, fetched, outcome), is_whole=is_whole)
        sighting = None
        if outcome is not Outcome.UNCHANGED or (before is not None and not before.is_listed):
            sighting = _sighting(now, fetched.answered_at, wanted.listing)
        self.ledger.take(now, self._provenance(wanted, fetched), sighting)

    def _outcome(self, fetched: Fetched, before: Known | None) -> Outcome:
        if before is None:
            return Outcome.NEW
        if not before.is_standing:
            return Outcome.RETURNED
        if before.sha256 != fetched.sha256:
            return Outcome.REPLACED
        if self._is_tonights(before):
            return Outcome(before.outcome)
        return Outcome.MOVED if _is_moved(before, fetched) else Outcome.UNCHANGED

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

    async def _look_at_parts(self, wanted: Wanted, fetched: Fetched, depth: int) -> bool:
        """Whether all of them were looked at."""
        family = FAMILIES[self.source.family]
        try:
            parts = family.document(fetched.page, self.source, self.terms.lexicon).parts
        except Troubled as error:
            self.troubles.append(error.trouble)
            return False
        if len(parts) > _MOST_PARTS:
            detail = f"{len(parts)} files belong to it, {_MOST_PARTS} are taken"
            self.troubles.append(Trouble(TroubleKind.SITE_LIMIT, wanted.address, detail))
        is_whole = True
        for part in parts[:_MOST_PARTS]:
            if self.patience.is_lost:
                return False
            if part.kind is LinkKind.FRAME and depth >= _FRAMES_DEEP:
                continue
            is_whole &= await self._look(_of_part(part, wanted), depth + 1)
        return is_whole

    async def _look_at_unlisted(self, before: Known) -> None:
        """It may be gone, have moved, or still stand where no listing names it."""
        self.seen.add(before.address)
        try:
            fetched = await self._ask(before.address)
        except Troubled as error:
            trouble = error.trouble
            if trouble.status in _GONE or trouble.kind in _GONE_BY_PAGE:
                self._keep_gone(before, trouble.status)
            else:
                self.troubles.append(trouble)
                self.counts[Outcome.TROUBLED] += 1
            return
        if _leads_home(before.address, fetched):
            self._keep_gone(before, fetched.page.status, fetched.page.address)
            return
        is_moved = _is_moved(before, fetched)
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

    def _keep_gone(self, before: Known, status: int, sent_to: str | None = None) -> Known:
        """A tombstone. It tells the night and not the minute, so that a night that goes on after
        it was broken off writes the same."""
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
            is_whole=True,
        )
        self.ledger.take(now, None, _sighting(now, self.ledger.memory.began_at, None))
        return now


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


def _is_moved(before: Known, fetched: Fetched) -> bool:
    """Whether it answers from another address than before; from http to https, or to the slash at
    its end, nothing has moved."""
    was, now = before.answered_from or before.address, fetched.page.address
    return was.partition(":")[2].rstrip("/") != now.partition(":")[2].rstrip("/")


def _leads_home(address: str, fetched: Fetched) -> bool:
    """Whether a website sends whoever asks for what it no longer has to its first page."""
    return bool(fetched.redirects) and (
        _is_first_page(fetched.page.address) and not _is_first_page(address)
    )


def _is_first_page(address: str) -> bool:
    parts = urlsplit(address)
    return _FIRST_PAGE.fullmatch(parts.path) is not None and not parts.query


def _listed_and_gone(gone: Known) -> Trouble:
    """As it was told when it was found."""
    status = gone.status or 0
    if gone.answered_from is not None:
        return _sent_home(gone.address, status)
    return Trouble(TroubleKind.HTTP_ERROR, gone.address, f"status {status}", status)


def _sent_home(address: str, status: int) -> Trouble:
    return Trouble(TroubleKind.ERROR_PAGE, address, "it sends on to the first page", status)


def _of_part(part: Part, wanted: Wanted) -> Wanted:
    entry = Entry(part.label or wanted.entry.title, part.address, wanted.entry.listed_on)
    is_frame = part.kind is LinkKind.FRAME
    return Wanted(entry, wanted.listing, wanted.page or wanted.address, is_frame)
