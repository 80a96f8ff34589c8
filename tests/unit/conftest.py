"""Shared by the rooms' tests: a release small enough to write by hand."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

SHA = "ab" * 32


@pytest.fixture
def make_release() -> Callable[..., Path]:
    """make_release(folder, agency_names) -> the DuckDB file, which replaces an older one."""
    return _make_release


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return _make_release(tmp_path / "published")


def _make_release(folder: Path, agency_names: tuple[str, ...] = ("海风市教育局", "云岭县")) -> Path:
    """ogi.duckdb and evidence.parquet in `folder`, replacing what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / "fresh.duckdb"
    with duckdb.connect(fresh) as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.agency_years (agency_id varchar, report_year smallint,"
            " agency_name varchar, received bigint, received_growth double, is_consistent boolean,"
            " fee_yuan decimal(28, 8))"
        )
        for number, name in enumerate(agency_names):
            con.execute(
                "insert into marts.agency_years values (?, 2023, ?, ?, 0.5, true, 12.5)",
                [f"a{number}", name, None if number else 7],
            )
        con.execute("create view marts.names as select agency_name from marts.agency_years")
        con.execute(
            "create table marts.dim_document (document_sha256 varchar, first_address varchar)"
        )
        con.execute("insert into marts.dim_document values (?, '/in/report.html')", [SHA])
    fresh.replace(folder / "ogi.duckdb")
    duckdb.execute(
        f"copy (select '{SHA}' as document_sha256, 'requests' as \"table\", 'received' as \"row\","
        " 'total' as \"column\", '2021' as vintage, 'reported' as state,"
        " 7::decimal(28, 8) as value, null::varchar as unit, '7' as raw, 2 as page,"
        " [1.0, 2.0, 3.0, 4.0]::double[] as box, null::varchar as path, null::integer as table_no,"
        " null::integer as row_no, null::integer as cell_no, null::integer as line)"
        " to $file (format parquet)",
        {"file": str(folder / "evidence.parquet")},
    )
    return folder / "ogi.duckdb"
