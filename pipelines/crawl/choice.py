"""Which entries of a source's listings are its reports, and what became of all others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.crawl.addresses import same_page
from pipelines.crawl.model import Entry
from pipelines.crawl.source import Source
from pipelines.crawl.titles import Reason, Verdict, is_column, verdict_of
from pipelines.crawl.trouble import Trouble, TroubleKind
from pipelines.crawl.words import Words
from pipelines.text.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Chosen:
    """A report's entry. `year` is what its title says, None where it says none: the document
    itself tells it later. `twins` are other addresses of the same page."""

    entry: Entry
    year: int | None
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """An entry near a report that is none, with the reason and the word that gave it."""

    entry: Entry
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """`missing` are the years for which reports should be listed and no title names them; `others`
    counts the entries that have nothing to do with reports."""

    reports: tuple[Chosen, ...]
    ignored: tuple[Ignored, ...]
    missing: tuple[int, ...]
    others: int


@dataclass(frozen=True, slots=True)
class NoReports:
    """A listing without a report where there should be some: never an empty choice."""

    trouble: Trouble
    ignored: tuple[Ignored, ...]
    others: int


def choose(
    entries: Sequence[Entry], source: Source, words: Words, lexicon: Lexicon, until_year: int
) -> Choice | NoReports:
    """Judge all entries of all pages of a source's listings. `until_year` is the last year whose
    report must be out by now. A page that is listed twice, or in several editions, is one."""
    reports: list[Chosen] = []
    ignored: list[Ignored] = []
    others = 0
    for group in _by_page(entries, words):
        judged = [(entry, verdict_of(entry, source, words, lexicon)) for entry in group]
        taken = [(entry, v) for entry, v in judged if v is not None and v.reason is None]
        if taken:
            reports.append(_chosen(taken, words))
        elif near := _nearest(judged):
            ignored.append(near)
        else:
            others += 1
    expected = range(source.first_year, until_year + 1)
    if not reports and expected:
        detail = f"no report among {len(entries)} entries, {len(ignored)} of them near ones"
        trouble = Trouble(TroubleKind.EMPTY_LISTING, source.start[0], detail)
        return NoReports(trouble, tuple(ignored), others)
    told = {report.year for report in reports}
    missing = tuple(year for year in expected if year not in told)
    return Choice(tuple(reports), tuple(ignored), missing, others)


def columns_in(entries: Iterable[Entry], source: Source, words: Words) -> tuple[Entry, ...]:
    """The entries that lead to a column of reports, each address once: listings to follow."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if is_column(entry, source, words):
            found.setdefault(entry.address, entry)
    return tuple(found.values())


def _by_page(entries: Sequence[Entry], words: Words) -> list[list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(same_page(entry.address, words.twins), []).append(entry)
    return list(groups.values())


def _chosen(taken: Sequence[tuple[Entry, Verdict]], words: Words) -> Chosen:
    """The plainest edition of the page, with the year that any of its titles names."""
    entry, _ = min(taken, key=lambda pair: _marks(pair[0].address, words))
    years = {verdict.year for _, verdict in taken} - {None}
    others = dict.fromkeys(e.address for e, _ in taken if e.address != entry.address)
    return Chosen(entry, years.pop() if len(years) == 1 else None, tuple(others))


def _marks(address: str, words: Words) -> tuple[bool, bool]:
    """Whether an address is a second edition, and whether it is open to be read on the way."""
    plain = address.partition("://")[2]
    return same_page(address, words.twins) != plain, address.startswith("http:")


def _nearest(judged: Sequence[tuple[Entry, Verdict | None]]) -> Ignored | None:
    for entry, verdict in judged:
        if verdict is not None and verdict.reason is not None:
            return Ignored(entry, verdict.reason, verdict.detail)
    return None
