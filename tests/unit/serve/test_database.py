"""Read-only means read-only; what is refused is told in one line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.serve import QueryError, connect, query


def refusal(release: Path, sql: str) -> str:
    with pytest.raises(QueryError) as caught:
        query(release, sql)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_rows_come_back_with_and_without_the_schema(release: Path) -> None:
    for name in ("marts.agency_years", "agency_years", "ogi.marts.agency_years"):
        answer = query(release, f"select agency_name, received from {name} order by agency_id")
        assert answer.to_pydict() == {
            "agency_name": ["海风市教育局", "云岭县"],
            "received": [7, None],
        }


@pytest.mark.parametrize(
    "sql",
    [
        "with a as (select 1 as b) select b from a",
        "from agency_years",
        "values (1)",
        "show tables",
        "describe agency_years",
        "summarize agency_years",
        "from names",
        "pivot agency_years on report_year using count(*)",
        "select 1;",
    ],
)
def test_whatever_only_asks_is_answered(release: Path, sql: str) -> None:
    assert query(release, sql).num_rows > 0


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("insert into agency_years (agency_id) values ('x')", "INSERT"),
        ("update agency_years set agency_id = 'x'", "UPDATE"),
        ("delete from agency_years", "DELETE"),
        ("drop table agency_years", "DROP"),
        ("create table t as select 1", "CREATE"),
        ("create temp table t as select 1", "CREATE"),
        ("copy agency_years to 'x.csv'", "COPY"),
        ("explain analyze copy (select 1) to 'x.csv'", "EXPLAIN"),
        ("attach 'x.duckdb'", "ATTACH"),
        ("set threads = 1", "SET"),
        ("use memory", "SET"),
        ("load httpfs", "LOAD"),
        ("checkpoint", "CALL"),
        ("begin", "TRANSACTION"),
    ],
)
def test_whatever_else_is_refused_by_name(release: Path, sql: str, named: str) -> None:
    assert named in refusal(release, sql)


@pytest.mark.parametrize("sql", ["select 1; select 2", "select 1; drop table agency_years"])
def test_several_statements_are_refused(release: Path, sql: str) -> None:
    assert "one statement" in refusal(release, sql)


@pytest.mark.parametrize("sql", ["", "  ", "-- nothing"])
def test_no_statement_is_told(release: Path, sql: str) -> None:
    assert "no statement" in refusal(release, sql)


@pytest.mark.parametrize(
    "source", ["read_csv('{}')", "read_text('{}')", "read_parquet('{}')", "glob('{}')", "'{}'"]
)
def test_files_outside_are_not_read(release: Path, tmp_path: Path, source: str) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("secret\n1\n")
    assert "secret" not in refusal(release, f"select * from {source.format(outside)}")


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("select nosuch from agency_years", "nosuch"),
        ("select * from nosuch", "nosuch"),
        ("selec 1", "selec"),
        ("select cast('x' as integer)", "'x'"),
    ],
)
def test_wrong_sql_is_told_by_what_is_wrong(release: Path, sql: str, named: str) -> None:
    assert named in refusal(release, sql)


def test_the_file_is_not_changed_by_questions(release: Path) -> None:
    before = release.read_bytes()
    query(release, "from agency_years")
    assert release.read_bytes() == before
    assert {file.name for file in release.parent.iterdir()} == {"ogi.duckdb", "evidence.parquet"}


def test_no_release_is_told(tmp_path: Path) -> None:
    assert "ogi run" in refusal(tmp_path / "ogi.duckdb", "select 1")


def test_a_file_that_is_no_release_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ogi.duckdb"
    file.write_text("not a database")
    assert str(file) in refusal(file, "select 1")


def test_a_path_with_a_quote_is_no_sql(make_release: Callable[..., Path], tmp_path: Path) -> None:
    release = make_release(tmp_path / "o'; drop")
    assert query(release, "from agency_years").num_rows == 2


def test_a_new_release_is_seen_and_the_old_stays_open(
    make_release: Callable[..., Path], tmp_path: Path
) -> None:
    old = connect(make_release(tmp_path, ("old",)))
    new = connect(make_release(tmp_path, ("new",)))
    ask = "select agency_name from agency_years"
    assert [con.execute(ask).fetchall() for con in (old, new)] == [[("old",)], [("new",)]]
    old.close()
    new.close()


def test_release_with_a_foreign_wal_is_refused(release: Path) -> None:
    wal = release.with_name("ogi.duckdb.wal")
    wal.write_bytes(b"")
    assert str(wal) in refusal(release, "from agency_years")
    wal.unlink()
    assert query(release, "from agency_years").num_rows == 2
