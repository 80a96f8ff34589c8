"""data/reference/regions*.csv → Regions: the administrative divisions of China, year by year."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from pipelines.domain import ReferenceDataError
from pipelines.domain.integers import Int16
from pipelines.text import fold

REFERENCE_DIR = Path(__file__).parents[2] / "data" / "reference"

REGION_COLUMNS = (
    "region_code",
    "region_name",
    "short_name",
    "level",
    "kind",
    "parent_code",
    "first_year",
    "last_year",
    "is_first_year_exact",
    "is_last_year_exact",
)
TOWNSHIP_COLUMNS = ("region_code", "region_name", "first_year", "last_year")
CHANGE_COLUMNS = (
    "year",
    "from_code",
    "from_name",
    "to_code",
    "to_name",
    "kind",
    "share",
    "certainty",
)
LISTED_CHANGE_COLUMNS = ("year", "from_code", "to_code")
LEVELS = ("province", "city", "county", "township")
KINDS = ("division", "grouping", "zone")
CHANGES = ("renamed", "recoded", "upgraded", "merged", "split", "carved", "created")
SHARES = ("whole", "main", "part", "")
CERTAINTIES = ("stated", "derived", "known", "unchecked", "doubtful")


@dataclass(frozen=True, slots=True)
class Region:
    """A division as it stood at the ends of the years `first_year` to `last_year`: another name or
    code is another record. `last_year` is None where it stands in the last table known.

    `kind`: a `division` has a government; a `grouping` (the 市辖区 of Beijing) only holds others
    together and no name means it; a `zone` has a statistical code without being a division.
    A year that is not exact is that of the first or last list which has it.
    """

    region_code: str
    region_name: str
    short_name: str | None
    level: str
    kind: str
    parent_code: str | None
    first_year: Int16
    last_year: Int16 | None
    is_first_year_exact: bool
    is_last_year_exact: bool

    def stands_at_the_end_of(self, year: int) -> bool:
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    def stands_in(self, year: int) -> bool:
        """At its end, or until some day of it."""
        return self.stands_at_the_end_of(year) or self.last_year == year - 1


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a division in the course of `year`.

    `share`: `whole`, or of a division that was divided the `main` part (which kept its name) and
    `part`s. A `carved` division was made from parts of ones that stand on; a `created` one has no
    `from_code`. `certainty`: `stated` by the source and by the tables of codes; `derived` from
    names and codes alone; `known` to whoever added it; `unchecked`, stated but without a table to
    compare; `doubtful` to the source itself.
    """

    year: int
    from_code: str | None
    to_code: str
    kind: str
    share: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Place:
    """The names above and at a division in one year. Groupings are passed over."""

    province: str | None
    city: str | None
    county: str | None
    township: str | None


class Regions:
    """All divisions. Every lookup is by year, since codes and names are used again."""

    def __init__(self, regions: Iterable[Region], changes: Iterable[Change]) -> None:
        self._by_code: defaultdict[str, list[Region]] = defaultdict(list)
        for region in regions:
            self._by_code[region.region_code].append(region)
        self.changes = tuple(changes)
        self._changes_from: defaultdict[tuple[str | None, int], list[Change]] = defaultdict(list)
        for change in self.changes:
            if change.kind != "carved":
                self._changes_from[change.from_code, change.year].append(change)

    def __iter__(self) -> Iterator[Region]:
        for known in self._by_code.values():
            yield from known

    def at(self, code: str, year: int) -> Region | None:
        """The division of that code at the end of that year, or else the one that stood until some
        day of it: so that a report on 2015 finds 双流县, which became a district in December."""
        known = self._by_code.get(code, ())
        for region in known:
            if region.stands_at_the_end_of(year):
                return region
        return next((r for r in known if r.last_year == year - 1), None)

    def with_code(self, code: str) -> tuple[Region, ...]:
        """Every record that ever had the code, oldest first."""
        return tuple(sorted(self._by_code.get(code, ()), key=lambda r: r.first_year))

    def children(self, code: str, year: int) -> tuple[Region, ...]:
        """What stood directly below that code at the end of that year, by code."""
        return tuple(r for r in self._by_parent.get(code, ()) if r.stands_at_the_end_of(year))

    def ancestors(self, region: Region, year: int) -> tuple[Region, ...]:
        """From the province down to the parent, as they were in that year; groupings too."""
        above: list[Region] = []
        code = region.parent_code
        while code is not None and (parent := self.at(code, year)) is not None:
            above.append(parent)
            code = parent.parent_code
        return tuple(reversed(above))

    def place(self, code: str, year: int) -> Place | None:
        """The names of province, city, county and township in that year; None without a region."""
        if (region := self.at(code, year)) is None:
            return None
        chain = (*self.ancestors(region, year), region)
        names = {r.level: r.region_name for r in chain if r.kind != "grouping"}
        return Place(*(names.get(level) for level in LEVELS))

    def named(self, name: str, year: int | None = None) -> tuple[Region, ...]:
        """Every division that the name can mean, by code: its full name, or above townships also
        its short form. With a year, only those that stood at some time in it. Never groupings."""
        known = self._by_name.get(fold(name), ())
        return tuple(r for r in known if year is None or r.stands_in(year))

    def became(self, code: str, year: int) -> tuple[Region, ...]:
        """The division, or divisions, of today that the code of that year lives on in: itself
        where it stands; the main part first. Empty where it is not told, or no such code stood."""
        start = self.at(code, year)
        return tuple(dict.fromkeys(self._follow(start))) if start is not None else ()

    def heir(self, code: str, year: int) -> Region | None:
        """The one division of today that goes on with it, whole or as the main part; None where it
        was divided without one, and where it is not told."""
        region = self.at(code, year)
        while region is not None and region.last_year is not None:
            region = next(
                (r for c, r in self.ended_by(region) if c.share in ("whole", "main")),
                None,
            )
        return region

    def _follow(self, region: Region) -> Iterator[Region]:
        if region.last_year is None:
            yield region
        for _, successor in self.ended_by(region):
            yield from self._follow(successor)

    def ended_by(self, region: Region) -> Iterator[tuple[Change, Region]]:
        """Each change that ended the region with what it led to, the main part first."""
        if region.last_year is None:
            return
        year = region.last_year + 1
        ended_by = self._changes_from.get((region.region_code, year), ())
        for change in sorted(ended_by, key=lambda c: c.share == "part"):
            successor = self.at(change.to_code, year)
            # Only what stands at the year's end: anything else would lead back to where we were.
            if successor is not None and successor.stands_at_the_end_of(year):
                yield change, successor

    @cached_property
    def _by_parent(self) -> dict[str, list[Region]]:
        below: defaultdict[str, list[Region]] = defaultdict(list)
        for region in sorted(self, key=lambda r: r.region_code):
            if region.parent_code is not None:
                below[region.parent_code].append(region)
        return dict(below)

    @cached_property
    def _by_name(self) -> dict[str, list[Region]]:
        named: defaultdict[str, list[Region]] = defaultdict(list)
        for region in sorted(self, key=lambda r: (r.region_code, r.first_year)):
            if region.kind != "grouping":
                for name in filter(None, {region.region_name, region.short_name}):
                    named[fold(name)].append(region)
        return dict(named)


@lru_cache(maxsize=4)
def load_regions(folder: Path = REFERENCE_DIR) -> Regions:
    """Read regions.csv, regions_townships/*.csv and what became of them.

    Raises:
        ReferenceDataError: a file is missing or a record makes no sense; the message names the
            file and the line.
    """
    regions = _regions(folder / "regions.csv")
    standing: defaultdict[str, list[Region]] = defaultdict(list)
    for region in regions:
        standing[region.region_code].append(region)
    _parents_stand(regions, standing, folder / "regions.csv")
    townships = _townships(folder / "regions_townships", standing)
    changes = _changes(folder / "regions_changes.csv")
    listed = _listed_changes(folder / "regions_listed_changes.csv")
    return Regions((*regions, *townships), (*changes, *listed))


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """Each row of the file with its place."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines)
            if tuple(next(rows, ())) != columns:
                raise ReferenceDataError(f"{file}: its columns must be {', '.join(columns)}")
            for row in rows:
                place = f"{file}:{rows.line_num}"
                if len(row) != len(columns):
                    raise ReferenceDataError(f"{place}: {len(row)} fields, not {len(columns)}")
                yield place, row
    except OSError as error:
        raise ReferenceDataError(f"{file}: {error.strerror}") from error


def _year(text: str, place: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise ReferenceDataError(f"{place}: {text!r} is no year")
    return int(text)


def _one_of(text: str, known: tuple[str, ...], place: str) -> str:
    if text not in known:
        raise ReferenceDataError(f"{place}: {text!r} is none of {', '.join(known)}")
    return text


def _code(text: str, digits: int, place: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) == digits):
        raise ReferenceDataError(f"{place}: {text!r} is no code of {digits} digits")
    return text


def _span(first: str, last: str, place: str) -> tuple[int, int | None]:
    begin, end = _year(first, place), _year(last, place) if last else None
    if end is not None and end < begin:
        raise ReferenceDataError(f"{place}: ends in {end}, before it begins in {begin}")
    return begin, end


def _regions(file: Path) -> tuple[Region, ...]:
    regions: list[Region] = []
    until: dict[str, int | None] = {}
    for place, row in _rows(file, REGION_COLUMNS):
        code, name, short, level, kind, parent, first, last, first_exact, last_exact = row
        _code(code, 6, place)
        if not name:
            raise ReferenceDataError(f"{place}: {code} has no name")
        begin, end = _span(first, last, place)
        before = until.get(code, begin - 1)
        if before is None or before >= begin:
            raise ReferenceDataError(f"{place}: {code} stands twice in {begin}")
        until[code] = end
        regions.append(
            Region(
                code,
                name,
                short or None,
                _one_of(level, LEVELS[:3], place),
                _one_of(kind, KINDS, place),
                _code(parent, 6, place) if parent else None,
                begin,
                end,
                _one_of(first_exact, ("true", "false"), place) == "true",
                _one_of(last_exact, ("true", "false"), place) == "true",
            )
        )
    return tuple(regions)


def _parents_stand(
    regions: tuple[Region, ...], standing: dict[str, list[Region]], file: Path
) -> None:
    latest = max((r.last_year or r.first_year for r in regions), default=0)
    for region in regions:
        parents = standing.get(region.parent_code or "", ())
        for year in range(region.first_year, (region.last_year or latest) + 1):
            if region.level != "province" and not any(
                p.stands_at_the_end_of(year) for p in parents
            ):
                raise ReferenceDataError(
                    f"{file}: {region.region_code} {region.region_name} has no parent in {year}"
                )


def _townships(folder: Path, standing: dict[str, list[Region]]) -> Iterator[Region]:
    """A township's parent is told by its code: the county, or the city where there is none."""
    if not (files := sorted(folder.glob("*.csv"))):
        raise ReferenceDataError(f"{folder}: no list of townships in it")
    for place, row in (found for file in files for found in _rows(file, TOWNSHIP_COLUMNS)):
        code, name, first, last = row
        county, city = _code(code, 9, place)[:6], f"{code[:4]}00"
        parent = county if county in standing else city
        if parent not in standing:
            raise ReferenceDataError(f"{place}: no region has the code {county} or {city}")
        begin, end = _span(first, last, place)
        kind = "zone" if code[6] >= "4" else "division"  # 0 街道, 1 镇, 2 and 3 乡; from 4 on alike
        yield Region(code, name, None, "township", kind, parent, begin, end, False, False)


def _changes(file: Path) -> Iterator[Change]:
    for place, (year, old, _, new, _, kind, share, certainty) in _rows(file, CHANGE_COLUMNS):
        yield Change(
            _year(year, place),
            _code(old, 6, place) if old else None,
            _code(new, 6, place),
            _one_of(kind, CHANGES, place),
            _one_of(share, SHARES, place),
            _one_of(certainty, CERTAINTIES, place),
        )


def _listed_changes(file: Path) -> Iterator[Change]:
    for place, (year, old, new) in _rows(file, LISTED_CHANGE_COLUMNS):
        digits = 6 if len(old) == 6 else 9  # zones have six
        kind = "renamed" if old == new else "recoded"
        codes = _code(old, digits, place), _code(new, digits, place)
        yield Change(_year(year, place), *codes, kind, "whole", "derived")
