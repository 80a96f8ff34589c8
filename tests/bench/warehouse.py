"""How long lake → release takes, and in how much memory, by the number of reports.

    python -m tests.bench.warehouse [SIZE...] [--output FILE]

Each size is built in a process of its own, from a home that is made for it (see `lake_made`), step
by step as a run does. Afterwards `ogi run`, which then finds nothing new, and queries of the
release. It ends 1 where a target is missed.
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median

from expectations import all_checks
from expectations.runner import run_checks
from pipelines.archive import manifest_columns, open_archive
from pipelines.publish import current_release, publish
from pipelines.runs.building import build_models, load_raw
from pipelines.runs.context import RunContext
from pipelines.runs.history import RunRecord
from pipelines.runs.process import parser_version
from pipelines.runs.release import current_fingerprint, thresholds
from pipelines.serve import query
from pipelines.settings import Settings
from pipelines.warehouse.connection import reading
from pipelines.warehouse.gate import Gate
from pipelines.warehouse.sql_models import load_marts, load_sql_models
from tests.bench.lake_made import make_home
from tests.bench.results import machine

SCHEMA = "ogi.bench.warehouse/1"
OUTPUT = Path("build/bench/warehouse.json")
SIZES = (10_000, 100_000)
_OGI = Path(sys.executable).with_name("ogi")
_REPEATED = 5
# So many failing rows of a check are listed.
_LISTED = 200
_KILO = 1024
_GIBI = 1024**3
# Runs a command. A process counts as its own peak that of the one that it was forked from: here a
# small one.
_MEASURED = """
import os, sys
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
# Not part of a run: what Great Expectations is compared with.
_BARE = "the same checks as bare SQL"

_NUMBERS = ("BIGINT", "DOUBLE", "DECIMAL(28,8)")
_PANEL = [n for n, c in load_marts()["agency_years"].columns.items() if c.type in _NUMBERS][:20]
QUERIES = {
    "panel of 20 variables": "select agency_id, report_year,"
    f" {', '.join(_PANEL)} from agency_years",
    "province by year": "select province, report_year, count(*) as reports,"
    " sum(requests_received) as received, sum(requests_granted) as granted"
    " from agency_years group by all order by all",
}


@dataclass(slots=True)
class Step:
    """`peak_bytes` is the most memory that the process held during the step."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(slots=True)
class Built:
    """One size. `nothing_new` is a second run; `queries` are medians in seconds."""

    reports: int
    steps: dict[str, Step] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    nothing_new: Step | None = None
    queries: dict[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """From lake to release."""
        return sum(step.seconds for name, step in self.steps.items() if name != _BARE)

    @property
    def peak_bytes(self) -> int:
        return max(step.peak_bytes for step in self.steps.values())

    @property
    def checks_ratio(self) -> float:
        return self.steps["checks"].seconds / self.steps[_BARE].seconds


@dataclass(frozen=True, slots=True)
class Target:
    """What must not be passed, from `reports` on; None where every size is meant."""

    name: str
    at_most: float
    unit: str
    value: Callable[[Built], float]
    reports: int | None = None


TARGETS = (
    Target("lake to release", 45, "s", lambda b: b.seconds, 100_000),
    Target("lake to release", 600, "s", lambda b: b.seconds, 1_000_000),
    Target("peak memory", 8, "GiB", lambda b: b.peak_bytes / _GIBI),
    Target("Great Expectations to bare SQL", 3, "", lambda b: b.checks_ratio),
    Target("run with nothing new", 20, "s", lambda b: _second_run(b).seconds),
    Target("its peak memory", 1, "GiB", lambda b: _second_run(b).peak_bytes / _GIBI),
    Target("panel of 20 variables", 0.2, "s", lambda b: b.queries["panel of 20 variables"]),
    Target("province by year", 0.1, "s", lambda b: b.queries["province by year"]),
)


def _second_run(built: Built) -> Step:
    assert built.nothing_new is not None
    return built.nothing_new


def build(settings: Settings) -> dict[str, Step]:
    """Every step of a run from the lake to the release, timed."""
    steps: dict[str, Step] = {}
    run = RunContext(settings, lambda *_: None, RunRecord("bench"))
    with _timed(steps, "resolve, load"):
        load_raw(run)
    for schemas in (("staging", "intermediate"), ("audits",), ("marts",)):
        names = [m.full_name for m in load_sql_models() if m.schema in schemas]
        with _timed(steps, ", ".join(schemas)):
            build_models(run, names)
    checks = all_checks()
    with _timed(steps, "checks"):
        evaluated = run_checks(settings.warehouse_file, checks, settings.duckdb)
    with _timed(steps, _BARE), reading(settings.warehouse_file, settings.duckdb) as con:
        for check in checks:
            con.execute(check.evaluated).fetchall()
            con.execute(check.failing_rows.replace("{batch}", f"(from {check.relation})"))
            con.fetchmany(_LISTED)
    with _timed(steps, "publish"):
        publish(
            settings.warehouse_file,
            settings.published_file,
            gate=Gate(
                archived=manifest_columns(
                    open_archive(settings.archive_address), ("document_sha256",)
                ),
                failed_checks=(),
                thresholds=thresholds(settings),
            ),
            run_id="bench",
            parser_version=parser_version(),
            fingerprint=current_fingerprint(settings),
            suites=[{"name": e.check.name, "passed": e.passed} for e in evaluated],
            config=settings.duckdb,
        )
    return steps


@contextmanager
def _timed(steps: dict[str, Step], name: str) -> Iterator[None]:
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    seconds, cpu_seconds = time.perf_counter(), time.process_time()
    yield
    peak = next(
        int(line.split()[1]) * _KILO
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    steps[name] = Step(time.perf_counter() - seconds, time.process_time() - cpu_seconds, peak)
    print(f"  {name:<30}{_line(steps[name])}", file=sys.stderr, flush=True)


def bench(reports: int, home: Path) -> Built:
    """Make a home of so many reports, build its release, run again, query."""
    settings = Settings(home=home)
    print(f"{reports:,} reports: making them", file=sys.stderr, flush=True)
    make_home(settings, reports)
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.warehouse", "--build", str(home)],
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    built = Built(reports, {name: Step(**step) for name, step in json.loads(told).items()})
    for folder in (settings.lake_dir, settings.warehouse_file.parent, settings.published_dir):
        files = [file for file in folder.rglob("*") if file.is_file()]
        built.bytes[folder.name] = sum(file.stat().st_size for file in files)
        if folder == settings.published_dir:
            built.bytes |= {file.name: file.stat().st_size for file in files}
    built.nothing_new = _run_again(settings)
    for name, sql in QUERIES.items():
        built.queries[name] = median(_seconds_of(settings, sql) for _ in range(_REPEATED))
    return built


def _run_again(settings: Settings) -> Step:
    """`ogi run`, which must leave the release as it is."""
    settings.inbox_dir.mkdir()
    before = current_release(settings.published_file)
    seconds = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(_OGI), "run"],
        env={**os.environ, "OGI_HOME": str(settings.home)},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout.split()
    seconds = time.perf_counter() - seconds
    if told[0] != b"0" or current_release(settings.published_file) != before:
        raise RuntimeError("the second run was not one that finds nothing new")
    return Step(seconds, float(told[1]), int(told[2]) * _KILO)


def _seconds_of(settings: Settings, sql: str) -> float:
    seconds = time.perf_counter()
    query(settings.published_file, sql)
    return time.perf_counter() - seconds


# -- what is shown


def growth(small: float, large: float, times: float) -> float:
    """The exponent: 1 where twice the reports take twice as long."""
    return math.log(large / small) / math.log(times)


def report(sizes: Sequence[Built]) -> Iterator[str]:
    """What was measured, a line each."""
    for built in sizes:
        peak = built.peak_bytes / _GIBI
        yield f"{built.reports:,} reports: {built.seconds:.1f} s, {peak:.2f} GiB"
        yield from (f"  {name:<30}{_line(step)}" for name, step in built.steps.items())
        yield f"  {'ogi run, nothing new':<30}{_line(_second_run(built))}"
        yield from (f"  {name:<30}{seconds:9.3f} s" for name, seconds in built.queries.items())
        yield from (f"  {name:<30}{size / 1e6:9.1f} MB" for name, size in built.bytes.items())
        for target, value in _measured(built):
            verdict = "met" if value <= target.at_most else "MISSED"
            yield f"  {target.name:<34}{value:8.2f} of {target.at_most} {target.unit}: {verdict}"
    for small, large in pairwise(sizes):
        times = large.reports / small.reports
        yield f"growth from {small.reports:,} to {large.reports:,} (exponent)"
        yield f"  {'lake to release':<30}{growth(small.seconds, large.seconds, times):9.2f}"
        for name, step in large.steps.items():
            exponent = growth(small.steps[name].seconds, step.seconds, times)
            yield f"  {name:<30}{exponent:9.2f}"


def _measured(built: Built) -> list[tuple[Target, float]]:
    return [(t, t.value(built)) for t in TARGETS if t.reports in (None, built.reports)]


def _line(step: Step) -> str:
    peak = step.peak_bytes / _GIBI
    return f"{step.seconds:9.1f} s {step.cpu_seconds:9.1f} CPU s {peak:7.2f} GiB"


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every target is met."""
    parser = argparse.ArgumentParser(description="Lake to release, by the number of reports.")
    parser.add_argument("sizes", nargs="*", type=float, default=SIZES, help="such as 1e4 1e5 1e6")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the figures as JSON")
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.build is not None:
        steps = build(Settings(home=chosen.build))
        json.dump({name: asdict(step) for name, step in steps.items()}, sys.stdout)
        return 0
    sizes = []
    folder = Path(tempfile.mkdtemp(prefix="ogi-bench-"))
    try:
        for size in sorted(int(size) for size in chosen.sizes):
            sizes.append(bench(size, folder / str(size)))
            shutil.rmtree(folder / str(size))
    finally:
        shutil.rmtree(folder)
    print("\n".join(report(sizes)))
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    figures = {"schema": SCHEMA, "machine": machine(), "sizes": [asdict(b) for b in sizes]}
    chosen.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return any(value > target.at_most for built in sizes for target, value in _measured(built))


if __name__ == "__main__":
    sys.exit(main())
