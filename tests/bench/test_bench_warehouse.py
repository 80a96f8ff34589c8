"""The home that the bench of the warehouse makes."""

from pathlib import Path

import duckdb
import pytest

from pipelines.runs.documents import pending_documents
from pipelines.runs.process import parser_version
from pipelines.settings import Settings
from tests.bench.lake_made import make_home
from tests.bench.warehouse import growth

REPORTS = 1_200


@pytest.mark.full
def test_every_document_is_another_and_was_read(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    make_home(settings, REPORTS)
    assert pending_documents(settings) == []
    lake = settings.lake_dir / parser_version()
    with duckdb.connect() as con:
        counted = con.execute(
            "select count(*), count(distinct document_sha256), count(distinct (agency_name,"
            f" report_year)), min(report_year), max(report_year) from '{lake}/documents/*.parquet'"
        ).fetchone()
        of_facts = con.execute(
            f"select count(distinct document_sha256) from '{lake}/facts/*.parquet'"
        ).fetchone()
    seconds = REPORTS // 50
    assert counted == (REPORTS, REPORTS, REPORTS - seconds, 2009, 2023)
    # One sample in 35 is no report, and has no facts.
    assert of_facts is not None and REPORTS * 0.9 < of_facts[0] <= REPORTS


def test_growth_is_an_exponent() -> None:
    assert growth(2, 20, 10) == pytest.approx(1)
    assert growth(1, 100, 10) == pytest.approx(2)
