"""The bench of reading at its smallest: its results have their shape, and a wrong answer is seen.

Nothing here looks at how long anything took.
"""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from operator import mul
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.domain import Grid, Place, Reading
from tests.bench import measuring
from tests.bench.answers import Answer, Tables, fault
from tests.bench.documents import reports, samples
from tests.bench.formats import FORMATS
from tests.bench.measuring import Measured, peak_of, ratio
from tests.bench.read import bench, main
from tests.bench.results import Results, result, wrong_of_ours
from tests.bench.showing import print_results
from tests.bench.ways import PANDAS, READ_HTML, Way, each

ROOT = Path(__file__).parents[2]
QUIET = Console(quiet=True)


def shown(results: Results) -> str:
    console = Console(width=140, file=io.StringIO(), record=True)
    print_results(results, console)
    return console.export_text()


def test_the_command_writes_what_it_measured(tmp_path: Path) -> None:
    names = "html,docx,pdf-reportlab"
    command = [sys.executable, "-m", "tests.bench.read", "--documents=1", "--repetitions=1"]
    done = subprocess.run(
        [*command, f"--formats={names}", f"--output={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((tmp_path / "read.json").read_text(encoding="utf-8"))
    assert results["schema"] == "ogi.bench.read/1"
    assert {of["format"] for of in results["formats"]} == set(names.split(","))
    for of in results["formats"]:
        assert (of["documents"], of["skipped"]) == (1, None)
        assert {way["role"] for way in of["ways"]} == {"ours", "peer", "floor"}
        for way in of["ways"]:
            assert way["right"] == (None if way["role"] == "floor" else 1), way
            assert way["seconds"] > 0, way
            assert way["peak_bytes"] >= 0, way
            assert bool(way["read_by"]) == (way["role"] == "ours"), way
            assert way["name"] in done.stdout
        targets = [told for told in of["ratios"] if told["at_least"] or told["at_most"]]
        assert all(isinstance(told["met"], bool) for told in targets)
    assert (tmp_path / "read.svg").read_bytes().startswith(b"<?xml")


# -- answers ----------------------------------------------------------------------------------


def one_more(contents: Sequence[bytes]) -> list[Answer]:
    """The answers of our reader with one figure changed."""
    return [_with(answer, "8") for answer in READ_HTML.read(contents)]


def _with(answer: Answer, digit: str) -> Answer:
    assert isinstance(answer, Reading)
    *blocks, last = (b for b in answer.blocks if isinstance(b, Grid))
    cell = last.cells[-1]
    spoilt = replace(last, cells=(*last.cells[:-1], cell._replace(text=cell.text + digit)))
    return replace(answer, blocks=(*blocks, spoilt))


def test_a_wrong_figure_of_ours_is_caught() -> None:
    broken = Way(READ_HTML.name, "ours", one_more)
    ways = (broken, *FORMATS["html"].ways[1:])
    format = replace(FORMATS["html"], ways=ways, documents=1, repetitions=1)
    results = bench([format], QUIET, memory=False)
    (of,) = results["formats"]
    assert (of["ways"][0]["right"], of["ways"][1]["right"]) == (0, 1)
    (wrong,) = wrong_of_ours(results)
    assert "html: read_html: reviews." in wrong
    assert "0/1" in shown(results)


def test_the_command_fails_where_ours_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = Way(READ_HTML.name, "ours", one_more)
    html = FORMATS["html"]
    monkeypatch.setitem(FORMATS, "html", replace(html, ways=(broken, *html.ways[1:])))
    monkeypatch.setattr(measuring, "peak_of", lambda *_, **__: 0)
    small = ["--documents=1", "--repetitions=1", "--formats=html", f"--output={tmp_path}"]
    assert main(small) == 1
    monkeypatch.setitem(FORMATS, "html", html)
    assert main(small) == 0


def rows(tables: Tables) -> list[list[list[object]]]:
    return [[list(row) for row in table] for table in tables]


@pytest.fixture
def of_pandas() -> list[list[list[object]]]:
    (answer,) = PANDAS.read([samples("html", 1)[0].content])
    assert not isinstance(answer, Reading | Exception)
    return rows(answer)


def test_a_peer_is_judged_by_the_rows_of_the_requests_table(
    of_pandas: list[list[list[object]]],
) -> None:
    (report,) = reports(1)
    assert fault(of_pandas, report) is None
    requests = max(of_pandas, key=len)
    figures = requests[-1][-7:]
    requests[-1][-7:] = [figures[1], figures[0], *figures[2:-1], "99"]
    assert "requests.carried_forward" in (fault(of_pandas, report) or "")


def test_a_lost_row_and_rows_in_another_order_are_wrong(
    of_pandas: list[list[list[object]]],
) -> None:
    (report,) = reports(1)
    requests = max(of_pandas, key=len)
    requests.reverse()
    assert fault(of_pandas, report)
    requests.reverse()
    assert fault(of_pandas, report) is None
    del requests[-2:]
    assert fault(of_pandas, report)


def test_a_refusal_is_no_answer() -> None:
    (report,) = reports(1)
    assert fault(ValueError("no\ntables"), report) == "ValueError: no tables"
    (answer,) = READ_HTML.read([b""])
    assert isinstance(answer, Exception)


def test_an_invented_cell_and_a_lost_place_are_wrong() -> None:
    (sample,) = samples("html", 1)
    (answer,) = READ_HTML.read([sample.content])
    assert isinstance(answer, Reading)
    assert fault(answer, sample.report) is None
    truth = dict(sample.report.truth)
    key = ("requests", "received", "total")
    fewer = {k: v for k, v in truth.items() if k != key}
    assert fault(answer, replace(sample.report, truth=fewer)) == f"{'.'.join(key)}: invented"
    grids = [b for b in answer.blocks if isinstance(b, Grid)]
    nowhere = (replace(b, cells=tuple(c._replace(place=Place()) for c in b.cells)) for b in grids)
    assert "place is lost" in (fault(replace(answer, blocks=tuple(nowhere)), sample.report) or "")


# -- measuring --------------------------------------------------------------------------------


def of_seconds(*documents: list[float]) -> Measured:
    return Measured(READ_HTML, list(documents), list(documents))


def test_ratios_are_medians_of_medians() -> None:
    one = of_seconds([1.0, 2.0, 90.0], [4.0, 4.0, 4.0], [3.0, 3.0, 3.0])
    other = of_seconds([2.0, 2.0, 2.0], [1.0, 1.0, 1.0], [1.0, 70.0, 1.0])
    assert ratio(one, other) == 3.0
    assert one.seconds == 3.0


@pytest.mark.parametrize(
    ("peer_seconds", "faults", "met"), [(9.0, [], False), (11.0, [], True), (11.0, ["x"], False)]
)
def test_a_target_is_met_by_right_answers_alone(
    peer_seconds: float, faults: list[str], met: bool
) -> None:
    format = FORMATS["html"]
    found = [Measured(way, [[1.0]], [[1.0]]) for way in format.ways]
    found[0].faults = faults
    found[1].cpu = [[peer_seconds]]
    of = result(format, samples("html", 1), found)
    (told,) = (r for r in of["ratios"] if r["at_least"])
    assert (told["value"], told["met"]) == (peer_seconds, met)


def test_memory_is_what_a_way_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    nothing = Way("nothing", "floor", partial(each, len))  # type: ignore[arg-type]
    greedy = Way("greedy", "floor", partial(mul, 10_000_000))
    few, many = (peak_of(way, [b"a"]) for way in (nothing, greedy))
    assert few < 30_000_000
    assert 75_000_000 < many - few < 120_000_000  # a pointer has 8 bytes


def test_what_is_not_installed_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    results = bench([FORMATS["doc"], FORMATS["pdf-chromium"]], QUIET)
    reasons = [of["skipped"] for of in results["formats"]]
    assert reasons == ["soffice is not installed", "chromium is not installed"]
    assert "soffice is not installed" in shown(results)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(SystemExit, match="pdf-typewriter"):
        main(["--formats=pdf-typewriter"])
