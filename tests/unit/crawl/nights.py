"""A website, a fetcher and an archive of dicts, and nights over them, without a network."""

import asyncio
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelines.crawl.fetched import Fetched, Traffic
from pipelines.crawl.ledger import Ledger
from pipelines.crawl.memory import Known, Memory, opened
from pipelines.crawl.model import Page, Request
from pipelines.crawl.report import SourceReport
from pipelines.crawl.safety import Limits
from pipelines.crawl.source import Source
from pipelines.crawl.terms import Terms
from pipelines.crawl.trouble import Trouble, Troubled, TroubleKind
from pipelines.crawl.walk import walk
from pipelines.crawl.words import load_words
from pipelines.domain import Provenance, Sighting
from pipelines.forms import load_forms

BASE = "http://www.linyi.example"
START = f"{BASE}/nb/"
# Nights are counted from here.
FIRST = dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC)


def source(**changes: Any) -> Source:
    record = {
        "id": "made",
        "agency_id": "990100-government",
        "family": "plain",
        "start": [START],
        "first_year": 2020,
    }
    return Source.model_validate(record | changes)


@dataclass(frozen=True)
class There:
    """What stands at an address, and the address that it answers from where that is another."""

    content: bytes
    answers_from: str | None = None
    media_type: str = "text/html"


@dataclass(eq=False)
class Website:
    """Addresses and what they answer; all others are 404."""

    answers: dict[str, There | Trouble] = field(default_factory=dict)

    def put(self, address: str, content: bytes | str, **more: Any) -> None:
        told = content.encode() if isinstance(content, str) else content
        self.answers[address] = There(told, **more)

    def report(self, name: str, text: str = "", parts: Sequence[str] = ()) -> None:
        """The page of a report, with links to its parts."""
        links = "".join(f'<p><a href="{part}">附件 {part}</a></p>' for part in parts)
        self.put(at(name), f"<html><body><h1>报告</h1><p>{text or name}</p>{links}</body></html>")

    def file(self, name: str, text: str = "") -> None:
        self.put(at(name), f"%PDF-1.4 {text or name} startxref", media_type="application/pdf")

    def listing(self, *lines: tuple[str, int], start: str = START, day: str = "2024-01-15") -> None:
        """A listing of these names and years, with what links to a next page."""
        items = "".join(
            f'<li><a href="{name}">临漪市人民政府{year}年政府信息公开工作年度报告</a>{day}</li>'
            for name, year in lines
        )
        self.put(start, f"<html><body><ul>{items}</ul></body></html>")

    def trouble(
        self, address: str, kind: TroubleKind = TroubleKind.HTTP_ERROR, status: int = 500
    ) -> None:
        self.answers[address] = Trouble(kind, address, f"status {status}", status)

    def moves(self, name: str, to: str) -> None:
        """What stands at an address answers from another one."""
        there = self.answers[at(name)]
        assert isinstance(there, There)
        self.answers[at(name)] = replace(there, answers_from=to)

    def gone(self, name: str) -> None:
        self.trouble(at(name), status=404)


def at(name: str) -> str:
    return name if "://" in name else f"{START}{name}"


def sha256(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


@dataclass(eq=False)
class DictVault:
    """An archive; `after_record` is called when rows were kept."""

    objects: dict[str, bytes] = field(default_factory=dict)
    provenance: list[Provenance] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    after_record: Callable[[], None] = lambda: None

    def put(self, content: bytes) -> str:
        self.objects[sha256(content)] = content
        return sha256(content)

    def get(self, sha256: str) -> bytes:
        try:
            return self.objects[sha256]
        except KeyError:
            raise FileNotFoundError(sha256) from None

    def record(self, provenance: Sequence[Provenance], sightings: Sequence[Sighting]) -> None:
        known = {(row.document_sha256, row.address) for row in self.provenance}
        for row in provenance:
            if (row.document_sha256, row.address) not in known:
                known.add((row.document_sha256, row.address))
                self.provenance.append(row)
        # As the warehouse does: the same row is one.
        self.sightings += [s for s in dict.fromkeys(sightings) if s not in self.sightings]
        self.after_record()

    def last(self, name: str) -> Sighting:
        """What the last sighting says of an address."""
        seen = [s for s in self.sightings if s.address == at(name)]
        return max(seen, key=lambda s: s.seen_at)

    def history(self, name: str) -> list[tuple[str | None, bool]]:
        """Sums and whether it was listed, the oldest first."""
        seen = sorted((s for s in self.sightings if s.address == at(name)), key=lambda s: s.seen_at)
        return [(s.document_sha256, s.is_listed) for s in seen]


@dataclass(eq=False)
class DictFetcher:
    """Asks the website; keeps what it was asked. Within a night, an answer is remembered."""

    website: Website
    vault: DictVault
    now: dt.datetime
    answered: dict[str, Fetched]
    asked: list[str] = field(default_factory=list)
    before_each: Callable[[str], None] = lambda _: None

    async def fetch(self, request: Request, max_bytes: int) -> Fetched:
        address = request.address
        self.before_each(address)
        if address in self.answered:
            return self.answered[address]
        self.asked.append(address)
        there = self.website.answers.get(
            address, Trouble(TroubleKind.HTTP_ERROR, address, "status 404", 404)
        )
        if isinstance(there, Trouble):
            raise Troubled(there)
        page = Page(
            there.answers_from or address,
            there.content,
            headers={"content-type": there.media_type},
            column=request.column,
        )
        redirects = (address,) if there.answers_from else ()
        when = self.now + dt.timedelta(seconds=len(self.answered) + 1)
        fetched = Fetched(page, self.vault.put(there.content), when, redirects)
        self.answered[address] = fetched
        return fetched

    def traffic(self) -> Traffic:
        return Traffic(len(self.asked))


class Killed(BaseException):
    """As by a signal."""


@dataclass(eq=False)
class Crawl:
    """Nights over a website, each with a memory opened anew."""

    file: Path
    website: Website = field(default_factory=Website)
    vault: DictVault = field(default_factory=DictVault)
    sources: tuple[Source, ...] = (source(),)
    limits: Limits = field(default_factory=Limits)
    until_year: int = 2021
    recheck_days: float = 30
    asked: list[str] = field(default_factory=list)
    before_each: Callable[[str], None] = lambda _: None
    answered: dict[str, Fetched] = field(default_factory=dict)

    def night(self, day: float) -> SourceReport:
        """The report of the only source."""
        (report,) = self.nights(day)
        return report

    def nights(self, day: float) -> list[SourceReport]:
        """A whole night, or what was left of it."""
        now = FIRST + dt.timedelta(days=day)
        self.asked.clear()
        with self.opened() as memory:
            if not memory.begin(now):
                self.answered.clear()
            ledger = Ledger(self.vault, memory)
            reports = [self._walk(source, ledger, now) for source in self.sources]
            ledger.flush()
            memory.end(now + dt.timedelta(hours=2))
        return reports

    def broken_off(self, day: float, *, at_request: int, flush: bool) -> None:
        """A night that is killed at a request; what it had is flushed or lost."""
        now = FIRST + dt.timedelta(days=day)
        count = 0

        def kill(_: str) -> None:
            nonlocal count
            count += 1
            if count > at_request:
                raise Killed

        with self.opened() as memory:
            if not memory.begin(now):
                self.answered.clear()
            ledger = Ledger(self.vault, memory)
            self.before_each = kill
            try:
                for source in self.sources:
                    self._walk(source, ledger, now)
            except Killed:
                if flush:
                    ledger.flush()
            finally:
                self.before_each = lambda _: None

    def _walk(self, source: Source, ledger: Ledger, now: dt.datetime) -> SourceReport:
        terms = Terms(
            load_words(), load_forms().lexicon, self.limits, self.until_year, self.recheck_days, now
        )
        fetcher = DictFetcher(
            self.website, self.vault, now, self.answered, self.asked, self.before_each
        )
        return asyncio.run(walk(source, fetcher, terms, ledger))

    @contextmanager
    def opened(self) -> Iterator[Memory]:
        with opened(self.file) as memory:
            yield memory

    def known(self, name: str, source: str = "made") -> Known:
        with self.opened() as memory:
            return memory.documents_of(source)[at(name)]

    def documents_asked(self) -> list[str]:
        """Names of what was asked for beside the listing."""
        return [a.removeprefix(START) for a in self.asked if a != START]


def outcomes(report: SourceReport) -> dict[str, int]:
    """Counts of the documents, without zeros."""
    return {name: count for name, count in report.documents if count}


def kinds(report: SourceReport) -> list[str]:
    return [str(trouble.kind) for trouble in report.troubles]
