"""The same documents give the same warehouse, however the work was cut, ordered or interrupted."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.archive import MANIFEST_SCHEMA, SIGHTINGS_SCHEMA
from pipelines.domain import Agency, Calendar, Outcome, ReferenceDataError, State
from pipelines.forms import finding, load_forms
from pipelines.publish.copying import copy_marts, write_evidence
from pipelines.reference.regions import Regions
from pipelines.warehouse import lake
from pipelines.warehouse.arrow_tables import RESOLUTION
from pipelines.warehouse.lake import processed, write_shard
from pipelines.warehouse.loader import load
from pipelines.warehouse.sql_models import (
    BUILT_SCHEMAS,
    load_marts,
    load_sql_models,
    quoted,
    run_sql_models,
)

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]


@pytest.fixture
def outcomes(make_report: Make) -> list[Outcome]:
    label = [finding(load_forms(), "unknown_label", table="requests", detail=d) for d in "甲乙"]
    return [
        make_report(
            f"r{n}",
            agency=f"a{n % 4}",
            year=2020 + n % 3,
            vintage="2019" if n % 3 == 0 else "2021",
            cells={
                ("requests", "granted", "total"): n,
                ("requests", "received", "total"): State.BLANK,
            },
            findings=label if n % 2 else (),
        )
        for n in range(14)
    ]


def contents(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    """Marts in the order of their rows, the private tables in any. Which documents are in several
    shards is left out: that depends on how the work was cut."""
    found = {}
    for select in load_sql_models():
        if select.full_name == "raw.repeated_documents":
            continue
        order = "" if select.schema == "marts" else " order by all"
        found[select.full_name] = con.execute(f"from {select.full_name}{order}").fetchall()
    return found


def test_batches_and_their_order_do_not_matter(build: Build, outcomes: list[Outcome]) -> None:
    expected = contents(build(outcomes))
    shuffled = list(outcomes)
    random.Random(3).shuffle(shuffled)
    batches = [shuffled[n : n + 3] for n in range(0, len(shuffled), 3)]
    assert contents(build(outcomes, batches=batches)) == expected


def test_documents_that_stand_in_two_shards_count_once(
    build: Build, outcomes: list[Outcome]
) -> None:
    expected = contents(build(outcomes))
    overlapping = [outcomes[:9], outcomes[5:], outcomes[2:4]]
    assert contents(build(outcomes, batches=overlapping)) == expected


def test_facts_and_claims_stay_in_the_lake(build: Build, outcomes: list[Outcome]) -> None:
    con = build(outcomes)
    views = con.execute(
        "select view_name from duckdb_views() where schema_name = 'raw' order by all"
    ).fetchall()
    assert views == [("claims",), ("facts",)]


def test_a_release_made_again_is_the_same(
    tmp_path: Path, build: Build, outcomes: list[Outcome]
) -> None:
    """Row for row. A cell is found by the Bloom filter of its row group."""
    batches = [outcomes[:9], outcomes[5:]]
    evidence = []
    for name in ("first", "second"):
        con = build(outcomes, batches=batches)
        copy_marts(con, tmp_path / f"{name}.duckdb")
        write_evidence(con, tmp_path / f"{name}.parquet")
        evidence.append(con.execute(f"from '{tmp_path / name}.parquet'").fetchall())
    assert evidence[0] == evidence[1]
    with duckdb.connect() as con:
        for name in ("first", "second"):
            con.execute(f"attach '{tmp_path / name}.duckdb' as {name} (read_only)")
        for name in load_marts():
            rows = [con.execute(f"from {of}.marts.{name}").fetchall() for of in ("first", "second")]
            assert rows[0] == rows[1]
        cells = con.execute(
            "select count(distinct document_sha256), count(*) = count(distinct (document_sha256,"
            f' "table", "row", "column")) from \'{tmp_path / "first"}.parquet\''
        ).fetchall()
        assert cells == [(len(outcomes), True)]
        filters = con.execute(
            "select bool_and(bloom_filter_length > 0)"
            f" from parquet_metadata('{tmp_path / 'first'}.parquet')"
            " where path_in_schema = 'document_sha256'"
        ).fetchall()
        assert filters == [(True,)]


def test_rows_stand_in_the_order_of_the_key(build: Build, outcomes: list[Outcome]) -> None:
    con = build(outcomes)
    for name, mart in load_marts().items():
        if mart.kind == "table":
            key = ", ".join(quoted(column) for column in mart.key)
            rows = con.execute(f"select {key} from marts.{name}").fetchall()
            assert rows == con.execute(f"select {key} from marts.{name} order by {key}").fetchall()


@pytest.mark.parametrize("killed_at", lake.KINDS)
def test_a_killed_batch_is_done_again(
    tmp_path: Path,
    outcomes: list[Outcome],
    killed_at: str,
    monkeypatch: pytest.MonkeyPatch,
    build: Build,
) -> None:
    """Killed before its documents file stands, a shard was never there."""
    folder = tmp_path / "lake"
    write_shard(folder, outcomes[:5], "v1")
    write_whole = lake._write_whole

    def kill(table: Any, target: Path) -> None:
        if target.parent.name == killed_at:
            target.with_suffix(".1.tmp").write_bytes(b"half a file")
            raise KeyboardInterrupt
        write_whole(table, target)

    with monkeypatch.context() as patch:
        patch.setattr(lake, "_write_whole", kill)
        with pytest.raises(KeyboardInterrupt):
            write_shard(folder, outcomes[5:], "v1")
    done = processed(folder, "v1")
    assert done == {o.document_sha256 for o in outcomes[:5]}
    assert _documents_loaded(folder) == done

    rest = [o for o in outcomes if o.document_sha256 not in done]
    for start in range(0, len(rest), 2):  # the resumed run cuts its batches otherwise
        write_shard(folder, rest[start : start + 2], "v1")
    assert _documents_loaded(folder) == {o.document_sha256 for o in outcomes}


def test_a_second_build_leaves_nothing_of_the_first(tmp_path: Path, make_report: Make) -> None:
    con = duckdb.connect()
    for schema in BUILT_SCHEMAS:
        con.execute(f"create schema {schema}; create table {schema}.stale as select 1 as one")
    write_shard(tmp_path / "lake", [make_report()], "v1")
    _load(con, tmp_path / "lake")
    run_sql_models(con, ["staging"])
    assert not con.execute("select * from duckdb_tables() where table_name = 'stale'").fetchall()
    tables = con.execute("select table_name from duckdb_tables() where schema_name = 'lake'")
    assert not tables.fetchall()


def test_another_parser_version_is_another_lake(tmp_path: Path, make_report: Make) -> None:
    write_shard(tmp_path, [make_report("old")], "v0")
    write_shard(tmp_path, [make_report("new")], "v1")
    assert _documents_loaded(tmp_path) == {make_report("new").document_sha256}


@pytest.mark.parametrize("name", ["odd [1] *?", "it's"])
def test_a_folder_may_have_any_name(tmp_path: Path, make_report: Make, name: str) -> None:
    write_shard(tmp_path / name, [make_report()], "v1")
    assert len(_documents_loaded(tmp_path / name)) == 1


def test_an_empty_lake_gives_an_empty_warehouse(build: Build) -> None:
    con = build([], batches=[])
    for name in load_marts():
        filled = name in ("dim_disposition", "dim_item", "dim_indicator", "dim_rule")
        assert bool(con.execute(f"from marts.{name}").fetchall()) is filled


def test_a_resolution_that_makes_no_sense_is_refused(tmp_path: Path, make_report: Make) -> None:
    twice = [{"document_sha256": "f" * 64, "agency_id": None, "report_year": None}] * 2
    with pytest.raises(ReferenceDataError, match=r"f{64} stands twice"):
        _load(duckdb.connect(), tmp_path, twice)
    unknown = [{"document_sha256": "f" * 64, "agency_id": "nobody", "report_year": 2022}]
    with pytest.raises(ReferenceDataError, match="no agency has the id nobody"):
        _load(duckdb.connect(), tmp_path, unknown)


def test_facts_that_a_committed_shard_has_lost_are_missed(
    tmp_path: Path, make_report: Make
) -> None:
    shard = write_shard(tmp_path, [make_report()], "v1")
    (tmp_path / "v1" / "facts" / f"{shard}.parquet").unlink()
    with pytest.raises(FileNotFoundError, match=shard):
        _load(duckdb.connect(), tmp_path)


def _load(
    con: duckdb.DuckDBPyConnection, lake_dir: Path, resolution: list[dict[str, Any]] | None = None
) -> None:
    agencies: list[Agency] = []
    load(
        con,
        lake_dir=lake_dir,
        manifest=MANIFEST_SCHEMA.empty_table(),
        sightings=SIGHTINGS_SCHEMA.empty_table(),
        parser_version="v1",
        forms=load_forms(),
        agencies=agencies,
        regions=Regions((), ()),
        calendar=Calendar(2008, 2022, 2023),
        resolution=RESOLUTION.empty_table().from_pylist(resolution or [], schema=RESOLUTION),
    )


def _documents_loaded(lake_dir: Path) -> set[str]:
    con = duckdb.connect()
    _load(con, lake_dir)
    facts = con.execute("select distinct document_sha256 from raw.facts").fetchall()
    documents = con.execute("select document_sha256 from raw.documents").fetchall()
    assert sorted(facts) == sorted(documents)
    return {sha for (sha,) in documents}
