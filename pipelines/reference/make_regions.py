"""Kept packages of codes → data/reference/regions.csv and its companions.

    python -m pipelines.reference.make_regions FOLDER_OF_PACKAGES

The folder holds the archives that regions.yaml names, as their registries give them. The table of
2008 is taken, the changes of regions_changes.csv are made year by year, and each year that has a
kept table must come out as it, to the last name; what the lists of townships tell is added.
"""

import argparse
import csv
import io
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.domain import OgiError, ReferenceDataError
from pipelines.reference.region_packages import Table, read_list, read_table
from pipelines.reference.regions import (
    CHANGE_COLUMNS,
    LISTED_CHANGE_COLUMNS,
    REFERENCE_DIR,
    REGION_COLUMNS,
    TOWNSHIP_COLUMNS,
)
from pipelines.text.yaml_file import read_yaml
from pipelines.whole_file import written_whole


@dataclass(frozen=True)
class Span:
    """A name under a code at the ends of the years `first` to `last`; None: it stands."""

    code: str
    name: str
    first: int
    last: int | None

    def holds(self, year: int) -> bool:
        return self.first <= year and (self.last is None or year <= self.last)


# --- divisions, by their changes ---


def mended(table: Table, year: int, spec: Mapping[str, Any]) -> Table:
    """The table without groupings, and with what is right in place of its known slips."""
    passed_over = {*spec["groupings"]["names"].values(), *spec["groupings"]["other_names"]}
    right = {code: name for code, name in table.items() if name not in passed_over}
    for slip in spec["slips"]:
        if year not in slip["years"]:
            continue
        code = slip["code"]
        if right.get(code) != slip["printed"]:
            raise ReferenceDataError(f"regions.yaml: {code} is no slip of the table of {year}")
        if slip["right"] is None:
            del right[code]
        else:
            right[code] = slip["right"]
    return right


def divisions(
    base: Table, first_year: int, last_year: int, changes: Iterable[Mapping[str, str]]
) -> list[Span]:
    """Make every change, in its year, beginning with the table of `first_year`.

    Raises:
        ReferenceDataError: a change ends what does not stand, or leads to another name than told.
    """
    by_year: defaultdict[int, list[Mapping[str, str]]] = defaultdict(list)
    for change in changes:
        by_year[int(change["year"])].append(change)
    if outside := [y for y in by_year if not first_year < y <= last_year]:
        raise ReferenceDataError(f"regions_changes.csv: {outside} is outside the years told")
    now = {code: (name, first_year) for code, name in base.items()}
    spans: list[Span] = []

    def check(code: str, name: str, year: int) -> None:
        if now.get(code, ("", 0))[0] != name:
            raise ReferenceDataError(f"regions_changes.csv: no {code} {name} stands in {year}")

    for year, made in sorted(by_year.items()):
        ended = {c["from_code"] for c in made if c["kind"] not in ("carved", "created")}
        for change in made:
            if change["from_code"]:
                check(change["from_code"], change["from_name"], year - 1)
        for code in sorted(ended):
            name, since = now.pop(code)
            spans.append(Span(code, name, since, year - 1))
        for change in made:
            now.setdefault(change["to_code"], (change["to_name"], year))
            check(change["to_code"], change["to_name"], year)
    spans.extend(Span(code, name, since, None) for code, (name, since) in now.items())
    return sorted(spans, key=lambda s: (s.code, s.first))


def compare(spans: Iterable[Span], table: Table, year: int) -> None:
    """Raises ReferenceDataError where the divisions of that year are not those of the table."""
    made = {s.code: s.name for s in spans if s.holds(year)}
    if odd := sorted(made.items() ^ table.items()):
        raise ReferenceDataError(f"{year}: made and kept tables differ in {len(odd)}: {odd[:6]}")


# --- zones and townships, by the lists they stand in ---


def listed(tables: Mapping[int, Table], endings: Iterable[tuple[str, str]]) -> list[Span]:
    """The spans of years in which a name stands in consecutive lists; open where it is in the
    last. Names that differ only in how an ending is written are one, in its latest form."""
    pairs, years = tuple(endings), sorted(tables)
    spans: list[Span] = []
    for code in sorted({code for table in tables.values() for code in table}):
        runs: list[tuple[str, int, int]] = []
        for year in years:
            if (name := tables[year].get(code)) is None:
                continue
            if runs and runs[-1][2] == year - 1 and plain(runs[-1][0], pairs) == plain(name, pairs):
                runs[-1] = (name, runs[-1][1], year)
            else:
                runs.append((name, year, year))
        spans.extend(Span(code, n, a, None if b == years[-1] else b) for n, a, b in runs)
    return spans


def plain(name: str, endings: Iterable[tuple[str, str]]) -> str:
    """The name with its ending in the latest form."""
    for old, new in endings:
        if name.endswith(old) and len(name) > len(old) + 1:
            return name.removesuffix(old) + new
    return name


def within(townships: Iterable[Span], holders: Iterable[Span]) -> list[Span]:
    """Townships cut to the years of the county or city that their codes name. The lists are of
    June to October: one that has what ended by December, or not yet what was founded, is late."""
    by_code: defaultdict[str, list[Span]] = defaultdict(list)
    for holder in holders:
        by_code[holder.code].append(holder)
    all_spans = list(townships)
    first_listed: dict[str, int] = {}
    for span in all_spans:
        county = span.code[:6]
        first_listed[county] = min(span.first, first_listed.get(county, span.first))
    cut: list[Span] = []
    for span in all_spans:
        above = by_code.get(span.code[:6]) or by_code.get(f"{span.code[:4]}00", [])
        begins = min((h.first for h in above), default=None)
        if begins is None:
            continue
        ends = None if any(h.last is None for h in above) else max(h.last or 0 for h in above)
        late = span.first == first_listed[span.code[:6]] == begins + 1
        first = begins if late else max(span.first, begins)
        last = min((y for y in (span.last, ends) if y is not None), default=None)
        if last is None or first <= last:
            cut.append(Span(span.code, span.name, first, last))
    return cut


def successions(
    spans: Iterable[Span], stems: Mapping[str, str], leads_to: Mapping[tuple[str, int], set[str]]
) -> list[tuple[int, str, str]]:
    """(year, code, new code) where a name's stem goes on under one other code, in the same county
    or in one that followed it that year, or under the same code in another form. Only where
    neither the old nor the new has a second candidate: what is not sure is not told."""
    begun: defaultdict[tuple[str, int, str], list[Span]] = defaultdict(list)
    gone: list[Span] = []
    for span in spans:
        begun[span.code[:-3], span.first, stems[span.name]].append(span)
        if span.last is not None:
            gone.append(span)
    pairs: list[tuple[Span, Span]] = []
    for old in gone:
        year, above = (old.last or 0) + 1, old.code[:-3]
        places = {above, *leads_to.get((above, year), ())}
        found = [new for p in sorted(places) for new in begun[p, year, stems[old.name]]]
        if len(found) == 1:
            pairs.append((old, found[0]))
    times: defaultdict[Span, int] = defaultdict(int)
    for _, new in pairs:
        times[new] += 1
    return sorted((new.first, old.code, new.code) for old, new in pairs if times[new] == 1)


def renamings(zones: Iterable[Span]) -> list[tuple[int, str, str]]:
    """(year, code, code) where a zone's code goes on under another name in the next list. Not for
    townships: there a merged one often takes the code of one of those it is made of."""
    spans = list(zones)
    begun = {(s.code, s.first) for s in spans}
    return [
        (s.last + 1, s.code, s.code)
        for s in spans
        if s.last is not None and (s.code, s.last + 1) in begun
    ]


# --- names ---


def short_form(name: str, spec: Mapping[str, Any], endings: Iterable[str]) -> str:
    """The name without its ending, and of an autonomous one without its nationalities; the
    empty string where less than two characters would be left."""
    if name in spec["given"]:
        return str(spec["given"][name])
    people = sorted(spec["nationalities"], key=len, reverse=True)
    mark = str(spec["nationality_ending"])
    for ending in spec["autonomous"]:
        if name.endswith(ending):
            return _without_people(name.removesuffix(ending), people, mark)
    for ending in endings:
        if name.endswith(ending):
            left = name.removesuffix(ending)
            return left if len(left) > 1 else ""
    return ""


def _without_people(name: str, people: list[str], mark: str) -> str:
    """The place in a name of place and peoples; a name of one people alone is the place."""
    left = name
    while True:
        tail = next(
            (
                p
                for q in people
                for p in (q + mark, q)
                if left.endswith(p) and len(left) > len(p) + 1
            ),
            None,
        )
        if tail is None:
            return left.removesuffix(mark) if len(left) > len(mark) + 1 else left
        left = left.removesuffix(tail)


# --- the files ---


def region_rows(
    divided: list[Span], zones: list[Span], spec: Mapping[str, Any]
) -> Iterator[tuple[str, ...]]:
    """The rows of regions.csv: divisions, the groupings they need, and zones."""
    first_year, last_year = int(spec["first_year"]), int(spec["last_year"])
    cities = {s.code for s in divided if s.code.endswith("00")}
    needed: defaultdict[str, list[Span]] = defaultdict(list)
    for span in divided:
        above = f"{span.code[:4]}00"
        if not span.code.endswith("00") and above not in cities:
            needed[above].append(span)
    groupings: list[Span] = []
    for code, below in needed.items():
        names = spec["groupings"]
        name = names["regions"].get(code) or names["names"][code[2:]]
        first = min(s.first for s in below)
        last = None if any(s.last is None for s in below) else max(s.last or 0 for s in below)
        groupings.append(Span(code, name, first, last))
    kinds = ((divided, "division"), (groupings, "grouping"), (zones, "zone"))
    for span, kind in sorted(
        ((s, k) for spans, k in kinds for s in spans), key=lambda sk: (sk[0].code, sk[0].first)
    ):
        level = "county"
        if span.code.endswith("00"):
            level = "province" if span.code.endswith("0000") else "city"
        above = {"county": f"{span.code[:4]}00", "city": f"{span.code[:2]}0000"}.get(level, "")
        forms = spec["short_forms"]
        short = short_form(span.name, forms, forms["endings"]) if kind == "division" else ""
        last = span.last if span.last is None or span.last < last_year else None
        exact = kind != "zone"
        told = "zone" if span.code in spec["offices"] else kind
        yield (
            *(span.code, span.name, short, level, told, above, str(span.first)),
            "" if last is None else str(last),
            str(exact and span.first > first_year).lower(),
            str(exact and last is not None).lower(),
        )


def make(folder: Path, out: Path) -> dict[str, int]:
    """Write the files from the packages in `folder`. Returns the number of rows of each.

    Raises:
        ReferenceDataError: a package is missing, or its table and the changes do not agree.
    """
    spec = read_yaml(out / "regions.yaml", ReferenceDataError).value
    with (out / "regions_changes.csv").open(encoding="utf-8", newline="") as lines:
        changes = list(csv.DictReader(lines))
    if not changes or tuple(changes[0]) != CHANGE_COLUMNS:
        raise ReferenceDataError(f"regions_changes.csv: columns are not {CHANGE_COLUMNS}")
    base = spec["base"]
    table = mended(read_table(folder, base), base["year"], spec)
    divided = divisions(table, spec["first_year"], spec["last_year"], changes)
    for source in spec["tables"]:
        year = source["year"]
        compare(divided, mended(read_table(folder, source), year, spec), year)

    lists = {source["year"]: source["archive"] for source in spec["lists"]}
    areas = {y: read_list(folder, archive, "areas", 6) for y, archive in lists.items()}
    zones = listed(zones_of(areas, divided, spec["zones"]), ())
    streets = {y: read_list(folder, archive, "streets", 9) for y, archive in lists.items()}
    endings = [(old, new) for old, new in spec["township_endings"]]
    townships = within(listed(streets, endings), [*divided, *zones])
    leads_to: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for change in changes:
        leads_to[change["from_code"], int(change["year"])].add(change["to_code"])
    forms = spec["short_forms"]
    latest = {s.name: plain(s.name, endings) for s in townships}
    stems = {n: short_form(p, forms, forms["township_endings"]) or p for n, p in latest.items()}
    moved = [
        *successions(zones, {z.name: z.name for z in zones}, {}),
        *renamings(zones),
        *successions(townships, stems, leads_to),
    ]
    files: dict[str, tuple[tuple[str, ...], Iterable[tuple[str, ...]]]] = {
        "regions.csv": (REGION_COLUMNS, region_rows(divided, zones, spec)),
        "regions_listed_changes.csv": (
            LISTED_CHANGE_COLUMNS,
            ((str(year), old, new) for year, old, new in sorted(moved)),
        ),
    }
    by_digit: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for span in townships:  # a file for each part of the country, so that none is too big to read
        last = "" if span.last is None else str(span.last)
        by_digit[span.code[0]].append((span.code, span.name, str(span.first), last))
    for digit, rows in by_digit.items():
        files[f"regions_townships/{digit}.csv"] = (TOWNSHIP_COLUMNS, rows)
    (out / "regions_townships").mkdir(exist_ok=True)
    return {name: _write(out / name, *content) for name, content in files.items()}


def zones_of(
    areas: Mapping[int, Table], divided: Iterable[Span], spec: Mapping[str, Any]
) -> dict[int, Table]:
    """What of each list are zones; a code of theirs may be that of a division before or since."""
    own = {(s.code, s.name) for s in divided}
    return {
        year: {
            code: name
            for code, name in table.items()
            if (code[4] == spec["fifth_digit"] or code in spec["codes"]) and (code, name) not in own
        }
        for year, table in areas.items()
    }


def _write(file: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> int:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - counted
        writer.writerow(row)
    with written_whole(file) as partial:
        partial.write_text(text.getvalue(), encoding="utf-8")
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the files are written, 2 when they could not be."""
    program = "python -m pipelines.reference.make_regions"
    parser = argparse.ArgumentParser(program, description="Write the files of regions.")
    parser.add_argument("folder", type=Path, metavar="FOLDER_OF_PACKAGES")
    folder: Path = parser.parse_args(arguments).folder
    try:
        written = make(folder, REFERENCE_DIR)
    except (OgiError, OSError) as error:
        print(f"pipelines.reference.make_regions: {error}", file=sys.stderr)
        return 2
    for name, count in written.items():
        print(f"{name}: {count} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
