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


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """A release that has a coverage: a bureau of 640323 with three years, one of them missing, one
    late; a government of 510122, which became 510116; and one that nothing is expected of."""
    file = tmp_path / "home" / "published" / "ogi.duckdb"
    file.parent.mkdir(parents=True)
    with duckdb.connect(file) as con:
        con.execute("create schema marts; use marts")
        con.execute(
            "create table dim_agency as from (values"
            " ('640323-audit', '盐池县审计局', ['盐池审计局'], '640323', 'reviewed'),"
            " ('510122-government', '双流县人民政府', [], '510122', 'reviewed'),"
            " ('640300-audit', '吴忠市审计局', ['审计局'], '640300', 'reviewed'),"
            " ('640300-audio', '吴忠市音像局', ['审计局'], '640300', 'generated'))"
            " as t(agency_id, agency_name, aliases, region_code, status)"
        )
        con.execute(
            "create table dim_region as from (values ('510122', ['510116']),"
            " ('510116', ['510116']), ('460000', ['460000'])) as t(region_code, successor_codes)"
        )
        con.execute(
            "create table coverage as select * exclude (status, days_late, revision), status,"
            " days_late, revision, false as is_moved, status = 'late' as is_gone,"
            " date '2023-01-31' as due_on,"
            " null::date as published_on, null::varchar as document_sha256, '省' as province,"
            " '市' as city, '县' as county from (values"
            " ('640323-audit', 2021::smallint, '640323', 'own_years', 'missing', null, null),"
            " ('640323-audit', 2022::smallint, '640323', 'own_years', 'late', 3, 1),"
            " ('640323-audit', 2023::smallint, '640323', 'own_years', 'present', 0, 1),"
            " ('510122-government', 2022::smallint, '510122', null, 'present', 0, 1))"
            " as t(agency_id, report_year, region_code, expected_by, status, days_late, revision)"
        )
    return file


@pytest.fixture
def histories(inventory: Path) -> Path:
    """The inventory with the history of 640323-audit's report on 2022: found, replaced by other
    figures and by other bytes, moved, gone; one attachment."""
    with duckdb.connect(inventory) as con:
        con.execute("use marts")
        con.execute(
            "update coverage set document_sha256 = $sha, revision = 2"
            " where agency_id = '640323-audit' and report_year = 2022",
            {"sha": "c" * 64},
        )
        con.execute(
            "create table report_history as select '640323-audit' as agency_id,"
            " 2022::smallint as report_year, event_no, event,"
            " timestamp '2023-01-20 18:30:00' + interval 1 month * (event_no - 1) as seen_at,"
            " address, moved_to, repeat(sha, 64) as document_sha256,"
            " repeat(before, 64) as previous_document_sha256, cells::bigint as differing_cells,"
            " revision::bigint as revision, status::smallint as status, 's' as source,"
            " 'https://a.gov.cn/list' as listing, page, '报告' as title,"
            " date '2023-01-19' as listed_on from (values"
            " (1, 'found', '/1.html', null, 'a', null, null, 1, 200, null),"
            " (2, 'found', '/2.pdf', null, 'e', null, null, 1, 200, '/1.html'),"
            " (3, 'replaced', '/1.html', null, 'b', 'a', 3, 2, 200, null),"
            " (4, 'replaced', '/1.html', null, 'c', 'b', 0, 2, 200, null),"
            " (5, 'replaced', '/2.pdf', null, 'f', 'e', null, 1, 200, '/1.html'),"
            " (6, 'moved', '/1.html', '/3.html', 'c', 'c', 0, 2, 404, null),"
            " (7, 'gone', '/3.html', null, null, 'c', null, 1, 404, null))"
            " as t(event_no, event, address, moved_to, sha, before, cells, revision, status, page)"
        )
    return inventory


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
