"""What a bench of reading found, as plain values: what is printed, written and drawn."""

import os
import platform
import statistics
from collections.abc import Sequence
from typing import Any, TypedDict

from tests.bench.documents import Sample
from tests.bench.formats import Format, Ratio
from tests.bench.measuring import Measured, ratio

SCHEMA = "ogi.bench.read/1"


class WayResult(TypedDict):
    """Seconds and peak are those of `Measured`; `right` is null for a floor: it is not judged."""

    name: str
    role: str
    seconds: float
    wall_seconds: float
    per_second: float
    peak_bytes: int
    right: int | None
    faults: list[str]
    read_by: dict[str, int]


class RatioResult(TypedDict):
    """`value` times, or seconds where `to` is null. `met` is null where there is no target; none is
    met by a reader of ours that did not give every cell."""

    of: str
    to: str | None
    value: float
    at_least: float | None
    at_most: float | None
    met: bool | None


class FormatResult(TypedDict):
    """One format; `skipped` says why nothing was measured."""

    format: str
    unit: str
    documents: int
    median_bytes: int
    ways: list[WayResult]
    ratios: list[RatioResult]
    skipped: str | None


class Results(TypedDict):
    """The whole run."""

    schema: str
    machine: dict[str, Any]
    formats: list[FormatResult]


def machine() -> dict[str, Any]:
    """What matters of where it ran."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def skipped(format: Format, reason: str) -> FormatResult:
    """A format that was not measured."""
    return FormatResult(
        format=format.name,
        unit=format.unit,
        documents=0,
        median_bytes=0,
        ways=[],
        ratios=[],
        skipped=reason,
    )


def result(format: Format, samples: Sequence[Sample], found: Sequence[Measured]) -> FormatResult:
    """What was measured of a format."""
    by_name = {of.way.name: of for of in found}
    return FormatResult(
        format=format.name,
        unit=format.unit,
        documents=len(samples),
        median_bytes=round(statistics.median(len(s.content) for s in samples)),
        ways=[_way(of) for of in found],
        ratios=[_ratio(told, by_name) for told in format.ratios],
        skipped=None,
    )


def wrong_of_ours(results: Results) -> list[str]:
    """Where our readers did not give all cells: figures that mean nothing."""
    return [
        f"{of['format']}: {way['name']}: {fault}"
        for of in results["formats"]
        for way in of["ways"]
        if way["role"] == "ours"
        for fault in way["faults"]
    ]


def _way(of: Measured) -> WayResult:
    return WayResult(
        name=of.way.name,
        role=of.way.role,
        seconds=of.seconds,
        wall_seconds=of.wall_seconds,
        per_second=1 / of.seconds,
        peak_bytes=of.peak_bytes,
        right=None if of.way.role == "floor" else of.right,
        faults=of.faults,
        read_by=dict(of.read_by),
    )


def _ratio(told: Ratio, by_name: dict[str, Measured]) -> RatioResult:
    one = by_name[told.of]
    value = one.seconds if told.to is None else ratio(one, by_name[told.to])
    wrong = any(
        by_name[n].faults for n in (told.of, told.to) if n and by_name[n].way.role == "ours"
    )
    met = None
    if told.at_least is not None:
        met = value >= told.at_least and not wrong
    if told.at_most is not None:
        met = value <= told.at_most and not wrong
    return RatioResult(
        of=told.of,
        to=told.to,
        value=value,
        at_least=told.at_least,
        at_most=told.at_most,
        met=met,
    )
