"""Any figure leads back to where it is printed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.serve import QueryError, evidence

SHA = "ab" * 32


def test_a_figure_leads_to_its_page_and_box(release: Path) -> None:
    assert evidence(release, SHA, "requests", "received", "total") == {
        "document_sha256": SHA,
        "source_url": "/in/report.html",
        "table": "requests",
        "row": "received",
        "column": "total",
        "vintage": "2021",
        "state": "reported",
        "value": "7",
        "unit": None,
        "raw": "7",
        "evidence": {"page": 2, "box": [1.0, 2.0, 3.0, 4.0]},
    }


def test_a_release_folder_may_have_a_name_that_is_a_pattern(
    make_release: Callable[..., Path], tmp_path: Path
) -> None:
    release = make_release(tmp_path / "release [1]")
    matched = tmp_path / "release 1" / "evidence.parquet"
    matched.parent.mkdir()
    matched.write_bytes(b"of another release")
    assert evidence(release, SHA, "requests", "received", "total")["value"] == "7"


def test_an_unknown_cell_is_named(release: Path) -> None:
    with pytest.raises(QueryError, match="no cell requests nosuch total"):
        evidence(release, SHA, "requests", "nosuch", "total")


def test_a_release_without_evidence_is_told(release: Path) -> None:
    (release.parent / "evidence.parquet").unlink()
    with pytest.raises(QueryError, match=r"evidence\.parquet"):
        evidence(release, SHA, "requests", "received", "total")
