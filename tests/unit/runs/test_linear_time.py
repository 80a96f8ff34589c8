"""Reading takes time in proportion to a document's length.

Nothing here depends on the speed of the machine. Loops in Python are counted: four times the length
may not take many more than four times the steps, where a quadratic loop takes sixteen times as
many. What runs inside one call of a library is not counted: there the input is so long that a
quadratic search runs for many minutes, and the limit of one document ends it; a linear one takes a
second or two.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from pipelines.domain import FoundClaim, Outcome, Place
from pipelines.forms import load_forms
from pipelines.normalize import claims_of
from pipelines.recognize.claims.quantities import quantities_in
from pipelines.runs.process import process_document
from pipelines.runs.workers import Limits, within

LIMITS = Limits(seconds=60, megabytes=4096)
# A linear loop has a ratio of 4 at most, a quadratic one comes near 16.
MOST = 6
SHORT = 150
REPORT = Path(__file__).parents[3] / "data/samples/reports/990121101-government-2022.txt"
INDICATORS = (
    "主动公开政府信息数\n条\n12\n制发规范性文件总数\n件\n2\n"
    "政府公报公开政府信息数\n条\n1\n政府网站公开政府信息数\n条\n1\n"
)
TITLE = "某某县民政局政府信息公开工作年度报告\n"


def _steps(work: Callable[[], object]) -> int:
    """How many lines of Python the work runs through, each loop counted as often as it runs."""
    steps = 0

    def count(_: FrameType, event: str, __: Any) -> Any:
        nonlocal steps
        steps += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def _read(text: str) -> Outcome:
    return process_document("a.txt", text.encode())


def _is_linear(work: Callable[[int], object]) -> bool:
    work(SHORT)  # what is compiled once is not counted
    short, long = (_steps(partial(work, length)) for length in (SHORT, 4 * SHORT))
    return long < MOST * short


TEXTS: dict[str, Callable[[int], str]] = {
    "blank rows": lambda n: ("|" * 20 + "\n") * n,
    "rows": lambda n: "|一|二|1|\n" * n,
    "captions of an annex": lambda n: (
        "2013年" + TITLE + "统计指标\n单位\n" + "统计数\n" * 4 * n + INDICATORS * n
    ),
    "subjects between bars": lambda n: "政府信息公开>" * n,
    "years in a title": lambda n: "2023年" * n + TITLE,
    "years above a title": lambda n: "2023年" * n + "\n政府信息公开工作年度报告\n",
    "short rows": lambda n: (
        REPORT.read_text(encoding="utf-8") + "|（一）予以公开|1|2|3|4|5|6|\n" * n
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_steps_for_a_text_grow_with_its_length(name: str) -> None:
    assert _is_linear(lambda length: _read(TEXTS[name](length)))


def test_steps_for_totals_in_prose_grow_with_their_number() -> None:
    def compare(count: int) -> object:
        totals = [
            FoundClaim(
                "requests_received", "12", "件", "共12件", Place(line=n), total=n, whole=True
            )
            for n in range(1, count)
        ]
        return claims_of(totals, load_forms())

    assert _is_linear(compare)


LONG: dict[str, tuple[str, Callable[[], str]]] = {
    "rule of a table that ends otherwise": ("a.txt", lambda: "|" + "-" * 400_000 + "x\n"),
    "combining marks": ("a.txt", lambda: "a" + "\u0301\u0316" * 500_000),
    "brackets above a title": (
        "a.txt",
        lambda: "(" * 20_000 + ")x\n政府信息公开工作年度报告\n",
    ),
    "notes in a cell": ("a.html", lambda: "<table><tr><td>" + "5<sup>1</sup>" * 100_000),
    "selector without a name": (
        "a.html",
        lambda: "<style>.x{display:none}" + "a" * 490_000 + "{display:block}</style><p>x",
    ),
    "decorations in a style": (
        "a.html",
        lambda: f"<p style='{'text-decoration:' * 200_000}'>x",
    ),
    "spaces in a redirect": (
        "a.html",
        lambda: f"<meta http-equiv=refresh content='{' ' * 20_000}a\"b'><p>x",
    ),
}


def _read_long(name: str) -> str:
    path, content = LONG[name]
    return process_document(path, content().encode()).reason or ""


def _quantities(text: str) -> str:
    return str(list(quantities_in(text, load_forms())))


def _too_long(_: str, reason: str) -> str:
    return reason


@pytest.mark.parametrize("name", LONG)
def test_time_for_a_long_document_stays_within_its_limit(name: str) -> None:
    (reason,) = within(LIMITS, _read_long, [name], _too_long)
    assert reason.startswith("no statutory table")


@pytest.mark.parametrize("character", ["1", "一"])
def test_time_for_a_long_number_without_a_unit_stays_within_the_limit(character: str) -> None:
    assert within(LIMITS, _quantities, [character * 400_000], _too_long) == ["[]"]
