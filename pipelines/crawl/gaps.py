"""Years whose reports should be listed and are not."""

from collections import defaultdict
from collections.abc import Sequence

from pipelines.crawl.choice import Choice
from pipelines.crawl.source import Source
from pipelines.crawl.titles import office_of
from pipelines.crawl.trouble import Trouble, TroubleKind
from pipelines.text.lexicon import Lexicon

_MOST_NAMED = 20
# A year that so many of the others have is missing from the rest.
_MOST_OTHERS = 0.5


def gaps(source: Source, choice: Choice, lexicon: Lexicon, until_year: int) -> tuple[Trouble, ...]:
    """The trouble of the years that no title of an agency names; of a government's offices, the
    years between an office's own, and the last where most of the offices have it."""
    if source.agency_id is not None:
        return _trouble(source, [f"no report of {_listed(choice.missing)}"] * bool(choice.missing))
    offices = defaultdict[str, set[int]](set)
    for report in choice.reports:
        office = office_of(report.entry.title, lexicon)
        if office and report.year is not None:
            offices[office].add(report.year)
    having = sum(until_year in years for years in offices.values())
    is_due = having > _MOST_OTHERS * len(offices)
    told = []
    for office, years in sorted(offices.items()):
        last = until_year if is_due else max(years)
        missing = sorted(set(range(min(years), last + 1)) - years)
        if missing:
            told.append(f"{office}: {_listed(missing)}")
    return _trouble(source, told)


def _trouble(source: Source, told: Sequence[str]) -> tuple[Trouble, ...]:
    if not told:
        return ()
    more = f"; and {len(told) - _MOST_NAMED} more" if len(told) > _MOST_NAMED else ""
    detail = "; ".join(told[:_MOST_NAMED]) + more
    return (Trouble(TroubleKind.MISSING_YEAR, source.start[0], detail),)


def _listed(years: Sequence[int]) -> str:
    return ", ".join(map(str, years))
