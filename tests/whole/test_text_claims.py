"""Figures of the prose, from a file to the release, as a user has them."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ogi = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]
# It says in its prose, more than once, that it received 97 requests.
SAMPLE = "990000-human-resources-2022.html"
RECEIVED = re.compile("(?<=申请|新收)97件")


@pytest.fixture
def contradicting(samples: Path, tmp_path: Path) -> Path:
    page = (samples / SAMPLE).read_text(encoding="gb18030")
    assert RECEIVED.search(page), "the sample has changed: choose another"
    file = tmp_path / "contradicting.html"
    file.write_text(RECEIVED.sub("98件", page), encoding="gb18030")
    return file


def test_read_prints_claims(ogi: Ogi, tmp_path: Path, samples: Path) -> None:
    done = ogi(tmp_path, "read", samples / SAMPLE, "--format", "json")
    claims = {c["claim"]: c for c in json.loads(done.stdout)["claims"]}
    assert claims["received"] == {
        "claim": "received",
        "value": "97",
        "unit": "件",
        "raw": "2022年新收政府信息公开申请97件",
        "table": "requests",
        "row": "received",
        "column": "total",
        "evidence": claims["received"]["evidence"],
        "comparison": "equal",
        "basis": None,
    }
    assert re.fullmatch(r"/html/body/.*/p\[\d+\]", claims["received"]["evidence"]["path"])
    assert claims["information_handling_fee"]["value"] == "0"


def test_a_claim_that_differs_is_published_beside_its_finding(
    ogi: Ogi, rows: Rows, tmp_path: Path, contradicting: Path
) -> None:
    home = tmp_path / "home"
    done = ogi(home, "ingest", contradicting)
    assert done.returncode == 0, done.stderr
    told = rows(
        home,
        'select value, table_value, "table", "row", "column", comparison'
        " from fct_text_claims where claim = 'received'",
    )
    assert told == [(98, 97, "requests", "received", "total", "differs")]
    ((total,),) = rows(home, "select count(*) from fct_text_claims")
    assert total > 4
    ((severity, left, right),) = rows(
        home,
        'select severity, "left", "right" from fct_findings where rule = \'text_matches_table\'',
    )
    assert (severity, left, right) == ("warning", 98, 97)
