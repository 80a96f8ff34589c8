"""One source in one night: its listings, which of their entries are reports, the documents."""

import datetime as dt
from collections.abc import Mapping, Sequence
from operator import attrgetter
from urllib.parse import urlsplit

from pipelines.crawl.choice import Choice, NoReports, choose
from pipelines.crawl.documents import Documents, Outcome
from pipelines.crawl.fetched import Fetcher, Traffic
from pipelines.crawl.gaps import gaps
from pipelines.crawl.ledger import Ledger
from pipelines.crawl.listings import Listed, list_all
from pipelines.crawl.patience import Patience
from pipelines.crawl.report import MOST_TOLD, IgnoredTold, Outcomes, SourceReport, TroubleTold
from pipelines.crawl.source import Source
from pipelines.crawl.terms import Terms
from pipelines.crawl.trouble import Trouble


async def walk(source: Source, fetcher: Fetcher, terms: Terms, ledger: Ledger) -> SourceReport:
    """Everything that a source has to tell tonight. Trouble is in the report, never raised; what
    was found goes to the ledger as it comes."""
    began_at = dt.datetime.now(dt.UTC)
    patience = _patience(source)
    known = ledger.memory.documents_of(source.id)
    documents = Documents(source, fetcher, terms, ledger, patience, known)
    held = documents.held(source.year_pages(terms.until_year))
    listed = await list_all(source, fetcher, terms, patience, held)
    choice = choice_of(listed, source, terms)
    if isinstance(choice, Choice):
        await documents.take(choice.reports, listings_of(listed))
        if listed.is_complete:
            await documents.miss(sorted(known.values(), key=attrgetter("address")))
    report = told(
        source,
        listed,
        choice,
        terms,
        traffic=fetcher.traffic(),
        began_at=began_at,
        documents=documents,
    )
    ledger.finish(source.id, report.model_dump(mode="json"))
    return report


async def look(
    source: Source, fetcher: Fetcher, terms: Terms
) -> tuple[SourceReport, Listed, Choice | NoReports]:
    """What a source would list, without fetching a document."""
    began_at = dt.datetime.now(dt.UTC)
    listed = await list_all(source, fetcher, terms, _patience(source))
    choice = choice_of(listed, source, terms)
    report = told(source, listed, choice, terms, traffic=fetcher.traffic(), began_at=began_at)
    return report, listed, choice


def choice_of(listed: Listed, source: Source, terms: Terms) -> Choice | NoReports:
    """Which entries of the listings are reports."""
    entries = [entry for entry, _ in listed.entries]
    return choose(entries, source, terms.words, terms.lexicon, terms.until_year)


def listings_of(listed: Listed) -> Mapping[str, str]:
    """The page on which each address is listed, the first where there are several."""
    return {entry.address: page for entry, page in reversed(listed.entries)}


def told(
    source: Source,
    listed: Listed,
    choice: Choice | NoReports,
    terms: Terms,
    *,
    traffic: Traffic,
    began_at: dt.datetime,
    documents: Documents | None = None,
) -> SourceReport:
    """The report of a source. A listing that could not be read tells nothing of missing years."""
    troubles = list(listed.troubles)
    reports: Sequence[object] = ()
    missing: tuple[int, ...] = ()
    if isinstance(choice, NoReports):
        troubles += [choice.trouble] * listed.is_complete
    else:
        reports = choice.reports
        if listed.is_complete:
            troubles += gaps(source, choice, terms.lexicon, terms.until_year)
            missing = choice.missing if source.agency_id is not None else ()
    troubles += documents.troubles if documents is not None else []
    return SourceReport(
        source=source.id,
        began_at=began_at,
        ended_at=dt.datetime.now(dt.UTC),
        is_complete=listed.is_complete,
        listing_pages=listed.pages,
        entries=len({entry.address for entry, _ in listed.entries}),
        reports=len(reports),
        others=choice.others,
        documents=_outcomes(documents),
        requests=traffic.requests,
        not_modified=traffic.not_modified,
        bytes=traffic.bytes,
        missing_years=missing,
        ignored=tuple(IgnoredTold.of(entry) for entry in choice.ignored[:MOST_TOLD]),
        ignored_total=len(choice.ignored),
        troubles=tuple(map(TroubleTold.of, troubles[:MOST_TOLD])),
        troubles_total=len(troubles),
    )


def failed(source: Source, trouble: Trouble, traffic: Traffic) -> SourceReport:
    """The report of a source that a fault of ours ended."""
    now = dt.datetime.now(dt.UTC)
    return SourceReport(
        source=source.id,
        began_at=now,
        ended_at=now,
        is_complete=False,
        requests=traffic.requests,
        bytes=traffic.bytes,
        troubles=(TroubleTold.of(trouble),),
        troubles_total=1,
    )


def _outcomes(documents: Documents | None) -> Outcomes:
    counts = documents.counts if documents is not None else {}
    return Outcomes(**{outcome.value: counts.get(outcome, 0) for outcome in Outcome})


def _patience(source: Source) -> Patience:
    starts = source.start_addresses(source.first_year)
    return Patience({urlsplit(address).hostname for address in starts})
