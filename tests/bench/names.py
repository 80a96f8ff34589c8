"""Names of agencies: right, flagged or silently wrong; how fast; how fast a registry loads.

    python -m tests.bench.names

The names are made from the kept tables of regions and functions, read here without the resolver's
code. What is ambiguous is known to the maker alone: how many places bear a name in a year.
"""

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.reference import Evidence, load_registry
from tests.bench.names_made import Case, Maker, of_cases

ROOT = Path(__file__).parents[2]
NAMES = 6_000
SPEED_NAMES = 1_000_000
AGENCIES = 125_000
# How a case can end, in the order of the table.
ENDS = ("right", "flagged", "wrong")


def end_of(case: Case) -> tuple[str, str]:
    """How the resolver does on one name, and what it said."""
    said = load_registry().resolve(case.name, case.evidence)
    if said.agency is None:
        is_right = case.expected is None
        return ("right" if is_right else "flagged"), said.reason
    found = (said.region_code, said.agency.function)
    return ("right" if found == case.expected else "wrong"), f"{said.agency.agency_id} {found}"


def judged(cases: Sequence[Case]) -> tuple[dict[str, Counter[str]], list[str]]:
    """Ends by habit, and a line for each that did not end right."""
    ends: dict[str, Counter[str]] = {}
    lines: list[str] = []
    for case in cases:
        end, said = end_of(case)
        ends.setdefault(case.habit, Counter())[end] += 1
        if end != "right":
            year = case.evidence.year
            lines.append(f"{end}: {case.habit}: {case.name} {year}: {case.expected}, got {said}")
    return ends, lines


def ids_are_stable(cases: Sequence[Case]) -> list[str]:
    """Places with two ids for one function, and ids of two places: both must be none."""
    registry = load_registry()
    places: dict[str, set[tuple[str, str | None]]] = {}
    for case in cases:
        agency = registry.resolve(case.name, case.evidence).agency
        if agency is not None and case.expected is not None:
            places.setdefault(agency.agency_id, set()).add((case.place, agency.function))
    ids: dict[tuple[str, str | None], set[str]] = {}
    for agency_id, of_id in places.items():
        for place in of_id:
            ids.setdefault(place, set()).add(agency_id)
    shared = [f"{i} is that of {sorted(map(str, p))}" for i, p in places.items() if len(p) > 1]
    return shared + [f"{p} has {sorted(i)}" for p, i in ids.items() if len(i) > 1]


def table(ends: dict[str, Counter[str]]) -> Iterator[str]:
    """One line a habit, and the sum."""
    yield f"{'habit':<44}{'names':>8}" + "".join(f"{end:>9}" for end in ENDS)
    total: Counter[str] = Counter()
    for habit, counted in ends.items():
        total.update(counted)
        yield _line(habit, counted)
    yield _line("all", total)


def _line(habit: str, counted: Counter[str]) -> str:
    return f"{habit:<44}{counted.total():>8}" + "".join(f"{counted[end]:>9}" for end in ENDS)


def speed(maker: Maker) -> tuple[int, float]:
    """Different names, and the CPU seconds that resolving them takes on one core."""
    names = list(maker.many(SPEED_NAMES))
    registry = load_registry()
    evidence = Evidence(year=2022)
    begun = time.process_time()
    for name in names:
        registry.resolve(name, evidence)
    return len(names), time.process_time() - begun


_LOADS = """
import sys, time
from pathlib import Path
import pipelines.reference as reference
begun = time.process_time()
registry = reference.load_registry(Path(sys.argv[1]))
loaded = time.process_time()
registry.resolve(sys.argv[2])
print(len(registry.agencies), loaded - begun, time.process_time() - loaded)
"""


def loading(maker: Maker) -> tuple[int, float, float]:
    """Agencies, CPU seconds to load them in a fresh process, and those of the first name."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "agencies.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerows(maker.registry(AGENCIES))
        first = maker.name_in_registry
        told = subprocess.run(
            [sys.executable, "-c", _LOADS, folder, first],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
    return int(told[0]), float(told[1]), float(told[2])


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables; ends 1 when a name is silently wrong or a target is missed."""
    options = argparse.ArgumentParser(prog="bench-names")
    options.add_argument("--names", type=int, default=NAMES)
    options.add_argument("--seed", type=int, default=5)
    options.add_argument("--show", type=int, default=20, help="so many that did not end right")
    options.add_argument("--quick", action="store_true", help="without the speeds")
    chosen = options.parse_args(argv)
    maker = Maker(random.Random(chosen.seed))
    cases = maker.cases(chosen.names)
    missed: list[str] = []
    for title, given in (("made names", cases), ("names of ../shared/cases", of_cases())):
        ends, lines = judged(given)
        print(f"\n{title}\n")
        print("\n".join(table(ends)))
        print("\n".join(lines[: chosen.show]))
        wrong = sum(counted["wrong"] for counted in ends.values())
        if wrong:
            missed.append(f"{wrong} {title} are silently wrong")
    told = [c for c in cases if c.expected is not None]
    right = sum(end_of(c)[0] == "right" for c in told)
    print(f"\n{right / len(told):.2%} of {len(told):,} unambiguous names right")
    if right < 0.95 * len(told):
        missed.append("fewer than 95 % of the unambiguous names are right")
    missed += ids_are_stable(cases)
    if not chosen.quick:
        missed += _speeds(maker)
    print("\n" + ("\n".join(missed) if missed else "all targets met"))
    return 1 if missed else 0


def _speeds(maker: Maker) -> list[str]:
    names, seconds = speed(maker)
    print(f"{names:,} different names resolved in {seconds:.1f} s on one core (target 60)")
    agencies, loaded, first = loading(maker)
    print(f"{agencies:,} agencies loaded in {loaded:.2f} s (target 2), first name {first:.2f} s")
    limits = (("resolving", seconds, 60.0), ("loading", loaded, 2.0))
    return [f"{what} takes {took:.1f} s" for what, took, limit in limits if took > limit]


if __name__ == "__main__":
    sys.exit(main())
