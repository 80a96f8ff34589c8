"""Names of agencies made from the kept tables, with what each of them means.

Reads regions*.csv and functions.yaml by itself: nothing of the resolver's is used here.
"""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opencc

from pipelines.domain import OgiError
from pipelines.reference import Evidence
from pipelines.text.yaml_file import read_yaml

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
CASES = Path(__file__).parents[3] / "shared" / "cases"
YEARS = range(2012, 2025)
_MUNICIPALITIES = ("11", "12", "31", "50")
_SILENT = ("城区", "郊区", "矿区", "东区", "西区")
_to_traditional = opencc.OpenCC("s2t")

Meant = tuple[str, str | None]  # region code in that year, function (None: government)


@dataclass(frozen=True, slots=True)
class Case:
    """A name with what stands beside it. `expected` is None where to name an agency is to guess;
    `place` is the same for one place through all its names and codes."""

    habit: str
    name: str
    evidence: Evidence
    expected: Meant | None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    name: str
    short: str
    level: str
    kind: str
    parent: str
    first: int
    last: int

    def stands(self, year: int) -> bool:
        return self.first <= year <= self.last

    def touches(self, year: int) -> bool:
        """Stands at the end of the year, or stood until some day of it."""
        return self.first <= year <= self.last + 1


@dataclass(frozen=True, slots=True)
class Organ:
    """A function with its names: those of today, short ones, and old ones with their last year."""

    code: str
    today: tuple[str, ...]
    short: tuple[str, ...]
    former: tuple[tuple[str, int], ...]
    has_bureau_of_province: bool


class Maker:
    """Makes names at random; the same seed, the same names."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._rows = [*_regions(), *_townships()]
        self._by_code: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self._rows:
            self._by_code[row.code].append(row)
        self._bearers: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self._rows:
            if row.kind != "grouping":
                for name in {row.name, row.short} - {""}:
                    self._bearers[name].append(row)
        self._organs = _organs()
        self._next = _next_codes()
        self.name_in_registry = ""

    # -- cases

    def cases(self, number: int) -> list[Case]:
        """At least `number`, as many of each habit."""
        habits = [
            self._whole,
            self._city_and_county,
            self._county_alone,
            self._city_organ,
            self._province_organ,
            self._short,
            self._short_above,
            self._abbreviated,
            self._former,
            self._bracketed,
            self._branch,
            self._spaced,
            self._traditional,
            self._government,
            self._bare_government,
            self._government_office,
            self._township,
            self._township_alone,
            self._street,
            self._tax,
            self._zone,
            self._later_name,
            self._earlier_name,
            self._alike_with_publisher,
            self._alike_alone,
            self._alike_and_divided,
            self._of_the_source,
            self._without_source,
            self._made_up_place,
            self._made_up_function,
            self._joined_function,
        ]
        made: list[Case] = []
        while len(made) < number:
            made += [case for habit in habits if (case := habit(self._rng.choice(YEARS)))]
        return made

    def _whole(self, year: int) -> Case:
        row, organ = self._county(year), self._organ()
        above = self._names_above(row, year)
        return self._case(
            "province + city + county", "".join(above) + row.name, organ, row, year, led=True
        )

    def _city_and_county(self, year: int) -> Case:
        row, organ = self._county(year), self._organ()
        above = self._names_above(row, year)
        return self._case("city + county", above[-1] + row.name, organ, row, year, led=True)

    def _county_alone(self, year: int) -> Case:
        row, organ = self._county(year), self._organ()
        return self._case("county alone", row.name, organ, row, year)

    def _city_organ(self, year: int) -> Case:
        row, organ = self._of_level("city", year), self._organ()
        return self._case("city's organ", row.name, organ, row, year)

    def _province_organ(self, year: int) -> Case:
        row = self._of_level("province", year)
        organ = self._organ()
        while row.code.startswith(("71", "81", "82")) or not organ.has_bureau_of_province:
            row, organ = self._of_level("province", year), self._organ()
        tail = organ.today[0]
        if not row.code.startswith(_MUNICIPALITIES):
            tail = f"{tail.removesuffix('局').removesuffix('委员会')}厅"
        name = self._rng.choice([row.name, row.short]) + tail
        return Case("province's organ", name, Evidence(year), (row.code, organ.code), row.code)

    def _short(self, year: int) -> Case | None:
        row, organ = self._county(year), self._organ()
        if not row.short:
            return None
        return self._case("short county", row.short, organ, row, year)

    def _short_above(self, year: int) -> Case | None:
        row, organ = self._county(year), self._organ()
        above = self._rows_above(row, year)
        if not row.short:
            return None
        place = (above[-1].short or above[-1].name) + row.name
        if len(self._meant_by_pair(place, year)) > 1:
            return None
        return self._case("short city + county", place, organ, row, year, led=True)

    def _abbreviated(self, year: int) -> Case:
        row, organ = self._county(year), self._organ()
        while not organ.short:
            organ = self._organ()
        tail = self._rng.choice(organ.short)
        return self._case("abbreviated function", row.name, organ, row, year, tail=tail)

    def _former(self, year: int) -> Case:
        organ = self._organ()
        while not organ.former:
            organ = self._organ()
        tail, last = self._rng.choice(organ.former)
        year = min(year, max(last, 2009))
        row = self._county(year)
        place = self._names_above(row, year)[-1] + row.name
        return self._case("former name", place, organ, row, year, tail=tail, led=True)

    def _bracketed(self, year: int) -> Case:
        row, organ = self._county(year), self._organ()
        above = self._names_above(row, year)[-1]
        second = self._rng.choice(self._organ().today)
        left, right = self._rng.choice([("(", ")"), ("（", "）"), ("[", "]")])
        tail = f"{self._tail(organ)}{left}{row.name}{second}{right}"
        return self._case(
            "second name in brackets", above + row.name, organ, row, year, tail=tail, led=True
        )

    def _branch(self, year: int) -> Case | None:
        row, organ = self._county(year), self._organ()
        above = self._rows_above(row, year)
        if not row.short or above[-1].level != "city":
            return None
        tail = next(t for t in organ.today if t.endswith("局"))
        sub = self._rng.choice([row.short, row.name])
        name = f"{above[-1].name}{tail}{sub}分局"
        below = [r for r in self._standing("county", year) if r.parent == above[-1].code]
        alike = [r for r in below if sub in (r.name, r.short)]
        expected = (row.code, organ.code) if len(alike) == 1 else None
        return Case("branch of the city's", name, Evidence(year), expected, self._place(row))

    def _spaced(self, year: int) -> Case:
        case = self._city_and_county(year)
        at = self._rng.randrange(1, len(case.name))
        gap = self._rng.choice([" ", "　", "\xa0", "\n"])
        name = case.name[:at] + gap + case.name[at:]
        return Case("white space", name, case.evidence, case.expected, case.place)

    def _traditional(self, year: int) -> Case:
        case = self._city_and_county(year)
        name = _to_traditional.convert(case.name)
        return Case("traditional characters", name, case.evidence, case.expected, case.place)

    def _government(self, year: int) -> Case:
        row = self._rng.choice([self._county(year), self._of_level("city", year)])
        above = "".join(self._names_above(row, year))
        name = f"{above}{row.name}{self._rng.choice(['人民政府', '政府'])}"
        return Case("government", name, Evidence(year), (row.code, None), self._place(row))

    def _bare_government(self, year: int) -> Case:
        row = self._county(year)
        expected = (row.code, None) if self._is_alone(row.name, year) else None
        return Case("place alone", row.name, Evidence(year), expected, self._place(row))

    def _government_office(self, year: int) -> Case:
        row = self._county(year)
        above = self._names_above(row, year)[-1]
        tail = self._rng.choice(["人民政府办公室", "政府办公室", "人民政府办"])
        meant = (row.code, "government_office")
        place = self._place(row)
        return Case("government's office", above + row.name + tail, Evidence(year), meant, place)

    def _township(self, year: int) -> Case:
        year = max(year, 2016)
        row, county = self._town(year)
        tail = "办事处" if row.name.endswith("街道") else "人民政府"
        name = f"{county.name}{row.name}{tail}"
        alike = [
            r
            for r in self._bearers[row.name]
            if r.level == "township"
            and _touches_loosely(r, year)
            and any(c.name == county.name for c in self._by_code[r.parent])
        ]
        expected = (row.code, None) if len({self._place(r) for r in alike}) == 1 else None
        return Case("county + township", name, Evidence(year), expected, self._place(row))

    def _township_alone(self, year: int) -> Case:
        year = max(year, 2016)
        row, _ = self._town(year)
        alike = {self._place(r) for r in self._bearers[row.name] if _touches_loosely(r, year)}
        tail = "办事处" if row.name.endswith("街道") else "人民政府"
        expected = (row.code, None) if len(alike) == 1 else None
        name = row.name + tail
        return Case("township alone", name, Evidence(year), expected, self._place(row))

    def _street(self, year: int) -> Case:
        year = max(year, 2016)
        row, county = self._town(year)
        while not row.name.endswith("街道") or len(row.name) < 4:
            row, county = self._town(year)
        city = self._names_above(county, year)[-1]
        name = f"{city}{county.name}{row.name.removesuffix('街道')}街道办"
        return Case("street", name, Evidence(year), (row.code, None), self._place(row))

    def _tax(self, year: int) -> Case:
        row = self._county(year)
        city = self._names_above(row, year)[-1]
        name = f"国家税务总局{city}{row.name}税务局"
        return Case("vertical", name, Evidence(year), (row.code, "tax"), self._place(row))

    def _zone(self, year: int) -> Case:
        zones = [r for r in self._rows if r.kind == "zone" and r.level == "county"]
        row = self._rng.choice([z for z in zones if z.stands(2020) and len(z.name) > 5])
        organ = self._organ()
        is_government = self._rng.random() < 0.5
        tail = self._rng.choice(["管委会", "管理委员会"]) if is_government else self._tail(organ)
        if row.name.endswith("管委会"):
            return self._county_alone(year)
        meant = (row.code, None if is_government else organ.code)
        alike = {
            r.code
            for r in self._bearers[row.name]
            if _touches_loosely(r, 2020) and (is_government or r.level != "township")
        }
        expected = meant if len(alike) == 1 else None
        return Case("zone", row.name + tail, Evidence(2020), expected, self._place(row))

    def _later_name(self, year: int) -> Case | None:
        """A region under the name that it got only after the report's year."""
        old, new, at = self._renamed()
        year = at - self._rng.randrange(1, 4)
        city = self._names_above(new, at)
        if not old.stands(year) or not self._is_alone(new.name, at, also=year, but=(old, new)):
            return None
        organ = self._organ()
        name = city[-1] + new.name + self._tail(organ)
        meant = (old.code, organ.code)
        return Case("name of a later year", name, Evidence(year), meant, self._place(old))

    def _earlier_name(self, year: int) -> Case | None:
        """A region under the name that it had before."""
        old, new, at = self._renamed()
        year = at + self._rng.randrange(1, 4)
        if not new.stands(year) or not self._is_alone(old.name, at - 1, also=year, but=(old, new)):
            return None
        organ = self._organ()
        name = self._names_above(old, at - 1)[-1] + old.name + self._tail(organ)
        meant = (new.code, organ.code)
        return Case("name of an earlier year", name, Evidence(year), meant, self._place(new))

    def _alike_with_publisher(self, year: int) -> Case | None:
        row, organ = self._alike(year), self._organ()
        city = self._rows_above(row, year)[-1]
        if len([r for r in self._alikes(row.name, year) if r.code[:4] == row.code[:4]]) > 1:
            return None
        name = row.name + self._tail(organ)
        publisher = f"{city.name}{row.name}人民政府"
        beside = self._rng.choice(
            [
                Evidence(year, publisher=publisher),
                Evidence(year, parent=f"{city.name}人民政府"),
                Evidence(year, source_region=row.code),
                Evidence(year, others=(publisher,)),
            ]
        )
        meant = (row.code, organ.code)
        return Case("same name, with evidence", name, beside, meant, self._place(row))

    def _alike_alone(self, year: int) -> Case:
        row = self._alike(year)
        name = row.name + self._tail(self._organ())
        return Case("same name, alone", name, Evidence(year), None)

    def _alike_and_divided(self, year: int) -> Case:
        """The evidence names two of those that are called alike."""
        row = self._alike(year)
        two = self._rng.sample(self._alikes(row.name, year), 2)
        first, second = (self._names_above(r, year)[-1] + r.name + "人民政府" for r in two)
        name = row.name + self._tail(self._organ())
        return Case("same name, divided", name, Evidence(year, first, parent=second), None)

    def _of_the_source(self, year: int) -> Case:
        row, organ = self._county(year), self._organ()
        while row.name[-1] not in "县区旗":
            row = self._county(year)
        kind = self._rng.choice(["", row.name[-1]])
        beside = Evidence(year, source_region=row.code)
        meant = (row.code, organ.code)
        name = kind + self._tail(organ)
        return Case("place of the source", name, beside, meant, self._place(row))

    def _without_source(self, year: int) -> Case:
        kind = self._rng.choice(["", "县", "市", "区"])
        name = self._rng.choice(["我局", "本局", "我镇", kind + self._tail(self._organ())])
        return Case("no place, no source", name, Evidence(year), None)

    def _made_up_place(self, year: int) -> Case:
        characters = "澜霂屿漪濂汀蒲埠瀚柳"
        name = "".join(self._rng.sample(characters, 2)) + self._rng.choice("县区市镇")
        return Case("made-up place", name + self._tail(self._organ()), Evidence(year), None)

    def _made_up_function(self, year: int) -> Case:
        row = self._county(year)
        tail = self._rng.choice(["星际事务局", "幸福局", "第二小学", "人民医院", "花园管理所"])
        return Case("unknown function", row.name + tail, Evidence(year), None)

    def _joined_function(self, year: int) -> Case:
        """Two organs in one name, joined as nobody joins them."""
        row = self._county(year)
        name = f"{row.name}公安和气象局"
        return Case("functions joined at will", name, Evidence(year), None)

    # -- many names for speed, and a registry

    def many(self, number: int) -> Iterator[str]:
        """So many different names, in no order that helps."""
        counties = self._standing("county", 2022)
        tails = [t for organ in self._organs for t in (*organ.today, *organ.short)]
        names: dict[str, None] = {}
        while len(names) < number:
            row = self._rng.choice(counties)
            above = self._rng.choice(["", *self._names_above(row, 2022)])
            names[above + row.name + self._rng.choice(tails)] = None
        yield from names

    def registry(self, number: int) -> Iterator[list[str]]:
        """The rows of a registry of so many agencies, with its header."""
        with (REFERENCE / "agencies.csv").open(encoding="utf-8", newline="") as lines:
            yield next(csv.reader(lines))
        made = 0
        for organ in self._organs:
            for row in self._standing("county", 2022):
                if made == number:
                    return
                above = self._rows_above(row, 2022)
                key = f"{row.code}-{organ.code.replace('_', '-')}"
                city = above[-1].name if above[-1].level == "city" else ""
                name = f"{city}{row.name}{organ.today[0]}"
                self.name_in_registry = name
                where = [row.code, above[0].name, city, row.name, "county", organ.code]
                yield [key, name, row.name + organ.today[0], *where, "false", "", "", "", ""]
                made += 1

    # -- what is drawn from

    def _case(
        self,
        habit: str,
        place: str,
        organ: Organ,
        row: Row,
        year: int,
        *,
        tail: str | None = None,
        led: bool = False,
    ) -> Case:
        name = place + (tail or self._tail(organ))
        is_sure = self._meant_by_pair(place, year) <= {row.code} if led else False
        expected = (row.code, organ.code) if is_sure or self._is_sure(place, year) else None
        return Case(habit, name, Evidence(year), expected, self._place(row))

    def _is_sure(self, place: str, year: int) -> bool:
        """Whether one region alone is called so, full or short, in that year."""
        if place in _SILENT:
            return False
        bearers = {
            r.code for r in self._bearers[place] if r.level != "township" and r.touches(year)
        }
        return len(bearers) == 1

    def _meant_by_pair(self, place: str, year: int) -> set[str]:
        """The counties that a name of two places can mean."""
        found: set[str] = set()
        for cut in range(2, len(place)):
            for row in self._bearers.get(place[cut:], ()):
                if row.level == "township" or not row.touches(year):
                    continue
                above = self._rows_above(row, year)
                names = {n for r in above for n in (r.name, r.short)}
                if place[:cut] in names:
                    found.add(row.code)
        return found

    def _is_alone(
        self, name: str, year: int, *, also: int | None = None, but: tuple[Row, ...] = ()
    ) -> bool:
        if name in _SILENT:
            return False
        years = (year, year if also is None else also)
        others = [r for r in self._bearers[name] if any(r.touches(y) for y in years)]
        codes = {r.code for r in others} - {r.code for r in but}
        return not codes if but else len(codes) == 1

    def _alikes(self, name: str, year: int) -> list[Row]:
        return [
            r
            for r in self._bearers[name]
            if r.name == name and r.level != "township" and r.stands(year)
        ]

    def _alike(self, year: int) -> Row:
        while True:
            row = self._county(year)
            if len(self._alikes(row.name, year)) > 1:
                return row

    def _county(self, year: int) -> Row:
        while True:
            row = self._rng.choice(self._standing("county", year))
            # Founded in that very year: its first name and its last may both be meant.
            if row.first < year:
                return row

    def _of_level(self, level: str, year: int) -> Row:
        return self._rng.choice(self._standing(level, year))

    def _standing(self, level: str, year: int) -> list[Row]:
        return [
            r for r in self._rows if r.level == level and r.kind == "division" and r.stands(year)
        ]

    def _town(self, year: int) -> tuple[Row, Row]:
        while True:
            row = self._rng.choice(self._rows)
            if row.level != "township" or row.kind != "division" or not row.stands(year):
                continue
            if row.first == year or not row.name.endswith(("镇", "乡", "街道")):
                continue
            counties = [c for c in self._by_code[row.parent] if c.stands(year)]
            if counties and counties[0].level == "county" and counties[0].first < year:
                return row, counties[0]

    def _renamed(self) -> tuple[Row, Row, int]:
        """A county before and after its name changed, and the year of that."""
        while True:
            key = self._rng.choice(list(self._next))
            at, old_code = key
            if at not in range(2012, 2025):
                continue
            old = [r for r in self._by_code[old_code] if r.last == at - 1 and r.level == "county"]
            new = [r for r in self._by_code[self._next[key]] if r.first == at]
            if old and new and old[0].name != new[0].name:
                return old[0], new[0], at

    def _organ(self) -> Organ:
        return self._rng.choice(self._organs)

    def _tail(self, organ: Organ) -> str:
        return self._rng.choice(organ.today)

    def _rows_above(self, row: Row, year: int) -> list[Row]:
        above: list[Row] = []
        code = row.parent
        while code:
            parent = next((r for r in self._by_code[code] if r.stands(year)), None)
            parent = parent or next(r for r in self._by_code[code] if r.touches(year))
            if parent.kind != "grouping":
                above.append(parent)
            code = parent.parent
        return above[::-1]

    def _names_above(self, row: Row, year: int) -> list[str]:
        return [r.name for r in self._rows_above(row, year)]

    def _place(self, row: Row) -> str:
        """The code and name that a place has at last, followed through the told changes."""
        while row.last < 2100:
            code = self._next.get((row.last + 1, row.code))
            after = [r for r in self._by_code.get(code or "", ()) if r.first == row.last + 1]
            if not after:
                break
            row = after[0]
        return f"{row.code} {row.name}"


def of_cases() -> list[Case]:
    """The agencies of ../shared/cases, with what each of them is, typed by hand; none where the
    folder is not there."""
    found = []
    for file in sorted(CASES.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        evidence = Evidence(year=content["year"])
        found.append(Case("as named", content["agency"], evidence, _OF_CASES[content["agency"]]))
    return found + [Case("as titled", *case) for case in _TITLED] if found else []


def _touches_loosely(row: Row, year: int) -> bool:
    """Townships: the lists are cut in the middle of a year, so that one year more is left."""
    if row.level != "township":
        return row.touches(year)
    return (row.first if row.first > 2016 else 0) - 1 <= year <= row.last + 1


def _regions() -> Iterator[Row]:
    with (REFERENCE / "regions.csv").open(encoding="utf-8", newline="") as lines:
        for r in csv.DictReader(lines):
            yield Row(
                r["region_code"],
                r["region_name"],
                r["short_name"],
                r["level"],
                r["kind"],
                r["parent_code"],
                int(r["first_year"]),
                int(r["last_year"] or 2100),
            )


def _townships() -> Iterator[Row]:
    for file in sorted((REFERENCE / "regions_townships").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for r in csv.DictReader(lines):
                code = r["region_code"]
                kind = "zone" if code[6] >= "4" else "division"
                last = int(r["last_year"] or 2100)
                name, first = r["region_name"], int(r["first_year"])
                yield Row(code, name, "", "township", kind, code[:6], first, last)


def _next_codes() -> dict[tuple[int, str], str]:
    """(year, code) → the code that goes on with it: one place to one place."""
    after: dict[tuple[int, str], str] = {}
    with (REFERENCE / "regions_changes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            is_named_on = row["from_name"][:-1] == row["to_name"][:-1]
            if (
                (row["kind"] in ("renamed", "recoded", "upgraded") and row["share"] == "whole")
                or row["share"] == "main"
                or (row["kind"] == "merged" and is_named_on)
                or (row["kind"] == "merged" and row["from_code"] == row["to_code"])
            ):
                after[int(row["year"]), row["from_code"]] = row["to_code"]
    with (REFERENCE / "regions_listed_changes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            after[int(row["year"]), row["from_code"]] = row["to_code"]
    return after


def _organs() -> list[Organ]:
    """The functions that any county has an organ for."""
    read: dict[str, Any] = read_yaml(REFERENCE / "functions.yaml", OgiError).value
    organs = []
    for f in read["functions"]:
        endings = [e for e in f.get("endings", ()) if e not in read["provincial_endings"]]
        if not f.get("by_region", True) or "局" not in endings or not f.get("stems"):
            continue
        today = tuple(stem + e for stem in f["stems"] for e in endings if e in ("局", "委员会"))
        former = tuple((s + e, y) for s, y in f.get("former", {}).items() for e in endings[:1])
        short = tuple(n for n in f.get("names", ()) if not n.endswith("厅"))
        has_bureau = "厅" in f.get("endings", ())
        organs.append(Organ(f["code"], today, short, former, has_bureau))
    return organs


_OF_CASES: dict[str, Meant | None] = {
    "阿巴嘎旗自然资源局": ("152522", "natural_resources"),
    "重庆市北碚区民政局": ("500109", "civil_affairs"),
    "重庆市璧山区科技局": ("500120", "science_technology"),
    "河北省沧州市气象局": ("130900", "meteorology"),
    "长春新区科学技术局": ("220100", "science_technology"),
    "大余县民政局": ("360723", "civil_affairs"),
    "得荣县卫生健康局": ("513338", "health"),
    "广州市荔湾区发展和改革局": ("440103", "development_reform"),
    "抚远市自然资源局": ("230883", "natural_resources"),
    "抚州市民政局": ("361000", "civil_affairs"),
    "公主岭市档案局": ("220184", "archives"),
    "杭锦后旗教育局": ("150826", "education"),
    "汉中市汉台区农业农村局": ("610702", "agriculture"),
    "淮安市洪泽区人民政府": ("320813", None),
    "会同县林业局": ("431225", "forestry"),
    "进贤县七里乡人民政府": ("360124206", None),
    "西安市莲湖区残疾人联合会": ("610104", "disabled_persons"),
    "广州市荔湾区中南街道办事处": ("440103022", None),
    "蠡县审计局": ("130635", "audit"),
    "深圳市福田区住房和建设局": ("440304", "housing_construction"),
    "利辛县气象局": ("341623", "meteorology"),
    "深圳市市场监督管理局龙华监管局": ("440309", "market_regulation"),
    "平潭综合实验区": ("350128", None),
    "平潭县人民政府": ("350128", None),
    "上海市人民政府办公厅": ("310000", "government_office"),
    "宿迁市": ("321300", None),
    "武汉市生态环境局": ("420100", "ecology_environment"),
    "雄县某乡": None,
    "杨凌示范区教育局": ("610403", "education"),
    "西安市雁塔区统计局": ("610113", "statistics"),
    "竹山县大庙乡人民政府": ("420323202", None),
}
_TITLED: list[tuple[str, Evidence, Meant | None]] = [
    ("武漢市生態環境局", Evidence(2020), ("420100", "ecology_environment")),
    ("莲湖区残疾人联合会", Evidence(2020), ("610104", "disabled_persons")),
    ("雁塔区统计局", Evidence(2019), ("610113", "statistics")),
    ("七里乡", Evidence(2020), None),
    ("七里乡", Evidence(2020, publisher="进贤县人民政府"), ("360124206", None)),
    ("大庙乡", Evidence(2024), None),
    ("大庙乡", Evidence(2024, source_region="420323"), ("420323202", None)),
    ("示范区教育局", Evidence(2019), None),
    (
        "示范区教育局",
        Evidence(2019, source_agency_id="610403-yangling-zone-government"),
        ("610403", "education"),
    ),
]
