"""Regions → lineages: which records are one place under several names and codes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipelines.reference.regions import Region, Regions

Key = tuple[str, int]  # region_code, first_year


@dataclass(frozen=True, slots=True)
class Lineage:
    """A place through the years: its records, oldest first, each of which goes on with the one
    before (renamed, recoded, 县改区, or merged under its name). `code` is that of the oldest
    record, with a suffix where an older place had it; no later change moves it."""

    code: str
    records: tuple[Region, ...]

    def at(self, year: int) -> Region | None:
        """The record of that year's end, else the one that stood until some day of it."""
        standing = [r for r in self.records if r.stands_in(year)]
        return standing[-1] if standing else None


def key_of(region: Region) -> Key:
    """What a record is found by."""
    return region.region_code, region.first_year


@lru_cache(maxsize=4)
def lineages_of(regions: Regions) -> Mapping[Key, Lineage]:
    """The lineage of every record."""
    before = _predecessors(regions)
    ordered = sorted(regions, key=lambda r: (r.first_year, r.region_code))
    chains: dict[Key, list[Region]] = {}
    for region in ordered:
        origin = before.get(key_of(region))
        chain = chains[key_of(origin)] if origin is not None else []
        chain.append(region)
        chains[key_of(region)] = chain
    taken: defaultdict[str, int] = defaultdict(int)
    lineages: dict[Key, Lineage] = {}
    for region in ordered:
        chain = chains[key_of(region)]
        if chain[0] is region:
            code = region.region_code
            taken[code] += 1
            suffix = f"-{taken[code]}" if taken[code] > 1 else ""
            lineage = Lineage(code + suffix, tuple(chain))
            lineages.update((key_of(record), lineage) for record in chain)
    return lineages


def _predecessors(regions: Regions) -> dict[Key, Region]:
    """The one record that a record goes on with, where there is one."""
    told: defaultdict[Key, list[tuple[str, Region]]] = defaultdict(list)
    for region in regions:
        for change, successor in regions.ended_by(region):
            begins = successor.first_year == change.year
            if begins and change.share in ("whole", "main"):
                told[key_of(successor)].append((change.kind, region))
    standing = {key_of(r): r for r in regions}
    found: dict[Key, Region] = {}
    gone_on: set[Key] = set()
    for key, candidates in sorted(told.items()):
        one = _one_of(candidates, standing[key])
        if one is not None and key_of(one) not in gone_on:
            gone_on.add(key_of(one))
            found[key] = one
    return found


def _one_of(candidates: list[tuple[str, Region]], successor: Region) -> Region | None:
    """The only one, or of those that were merged the one that bore the name; alone, the one that
    had the code."""
    if len(candidates) == 1:
        kind, region = candidates[0]
        if kind != "merged" or region.region_code == successor.region_code:
            return region
    named = [r for _, r in candidates if _stem(r) == _stem(successor)]
    return named[0] if len(named) == 1 else None


def _stem(region: Region) -> str:
    return region.short_name or region.region_name
