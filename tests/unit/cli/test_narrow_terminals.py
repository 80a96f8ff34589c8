"""On a narrow terminal every command shows all columns and cuts no figure."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from pipelines.forms import load_forms

OGI = Path(sys.executable).with_name("ogi")
REPORTS = Path(__file__).parents[3] / "data" / "samples" / "reports"
BROKEN = REPORTS / "990102-market-regulation-2023.html"
REQUESTS = load_forms().vintages["2021"].rectangular("requests")
FINDING = ("severity", "rule", "applicants_sum_to_total", "dispositions_sum_to_total")

Draw = Callable[..., str]


@pytest.fixture(params=[40, 60])
def draw(request: pytest.FixtureRequest, histories: Path) -> Draw:
    """draw(arguments...) → what the command prints, without rules and blanks."""
    width: int = request.param
    environment = {n: v for n, v in os.environ.items() if not n.startswith("OGI_")}
    environment |= {"OGI_HOME": str(histories.parents[1]), "COLUMNS": str(width)}

    def call(*arguments: object) -> str:
        done = subprocess.run(
            [str(OGI), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        assert done.stderr == ""
        assert "…" not in done.stdout
        assert max(cell_len(n) for n in done.stdout.splitlines() if n[:1] in set("│┃")) <= width
        return "".join(done.stdout.translate(str.maketrans("", "", "│┃")).split())

    return call


def test_read_shows_every_column_of_the_form(draw: Draw) -> None:
    drawing = draw("read", BROKEN)
    labels = [column.label for column in REQUESTS.columns] + ["5", "33.4911万元", *FINDING]
    assert [label for label in labels if label not in drawing] == []


def test_check_shows_every_part_of_a_finding(draw: Draw) -> None:
    drawing = draw("check", BROKEN)
    assert [part for part in (*FINDING, "difference-2") if part not in drawing] == []


def test_coverage_shows_every_column(draw: Draw) -> None:
    drawing = draw("coverage")
    columns = ("expected", "held", "missing", "coverage", "late", "revised", "moved", "gone")
    assert [name for name in (*columns, "unexpected", "100.0%") if name not in drawing] == []


def test_history_shows_every_column(draw: Draw) -> None:
    drawing = draw("history", "640323-audit", "2022")
    columns = ("seen(China)", "event", "address", "whatchanged", "document", "revision")
    cells = ("2023-01-2102:30", "/1.html→/3.html", "3figure(s)differ", "aaaaaaaaaaaa→bbbbbbbbbbbb")
    assert [part for part in (*columns, *cells) if part not in drawing] == []


def test_sources_list_shows_every_column(draw: Draw) -> None:
    drawing = draw("sources", "list")
    columns = ("source", "family", "whosereports", "from", "verified", "start")
    assert [name for name in columns if name not in drawing] == []
