"""The rules of sql/: each broken one is named with its file."""

from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse.sql_models import (
    SqlModelError,
    load_examples,
    load_marts,
    load_sql_models,
    run_sql_models,
    upstream_of,
)

YML = """
comment_zh: 一
comment_en: one
kind: {kind}
key: [a]
columns:
  a: {{type: {type}, zh: 甲, en: a, unit: 件, source: s}}
"""


def write(folder: Path, **files: str) -> Path:
    """write(sql, staging__a="select …") writes sql/staging/a.sql with a grain."""
    for name, text in files.items():
        schema, _, stem = name.partition("__")
        path = folder / schema / f"{stem}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if text.startswith("--") else f"-- grain: a\n{text}\n")
    return folder


def write_mart(folder: Path, sql: str, *, type_: str = "INTEGER", kind: str = "table") -> Path:
    write(folder, marts__m=sql)
    (folder / "marts" / "m.yml").write_text(YML.format(kind=kind, type=type_))
    return folder


def test_selects_come_after_what_they_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        marts__a="select * from intermediate.z",
        intermediate__z="with b as (select 1 as a) select b.a from b, staging.y",
        staging__y="select 'marts.a' as a from raw.facts -- not marts.a",
        examples__e="select a from marts.a",
    )
    selects = load_sql_models(tmp_path)
    assert [s.full_name for s in selects] == ["staging.y", "intermediate.z", "marts.a"]
    assert selects[1].upstream == ("staging.y",)
    assert [s.name for s in load_examples(tmp_path)] == ["e"]
    assert upstream_of(["marts.a"], "raw", sql_dir=tmp_path) == {"facts"}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"staging__a": "-- no grain\nselect 1"}, r"staging/a.sql: the first line is not"),
        ({"staging__a": "create table x as select 1"}, r"staging/a.sql: Only SELECT"),
        ({"staging__a": "select 1; select 2"}, r"staging/a.sql: holds 2 statements"),
        ({"staging__a": "select from where"}, r"staging/a.sql: .*syntax error"),
        ({"staging__a": "select * from staging.b"}, r"staging/a.sql: nothing makes staging.b"),
        (
            {"staging__a": "select * from staging.b", "staging__b": "select * from staging.a"},
            r"circle: .*staging.a → staging.b",
        ),
    ],
)
def test_what_breaks_the_rules_is_named(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    with pytest.raises(SqlModelError, match=message):
        load_sql_models(write(tmp_path, **files))


def test_tables_are_made_and_made_again(tmp_path: Path) -> None:
    write(tmp_path, staging__a="select 1 as a;", intermediate__b="select a + 1 as a from staging.a")
    con = duckdb.connect()
    for _ in range(2):
        run_sql_models(con, ["staging", "intermediate"], sql_dir=tmp_path)
    assert con.execute("from intermediate.b").fetchall() == [(2,)]


def test_a_view_is_made_of_a_select_that_says_so(tmp_path: Path) -> None:
    folder = write(tmp_path / "sql", staging__x="select 1 as a")
    (folder / "staging" / "x.sql").write_text("-- grain: a (view)\nselect 1 as a\n")
    with duckdb.connect() as con:
        run_sql_models(con, ["staging"], sql_dir=folder)
        assert con.execute("from staging.x").fetchall() == [(1,)]
        views = con.execute("select view_name from duckdb_views() where schema_name = 'staging'")
        assert views.fetchall() == [("x",)]


def test_only_what_is_needed_is_made(tmp_path: Path) -> None:
    write(tmp_path, staging__a="select 1 as a", staging__b="select a from staging.a",
          staging__c="select a from staging.b")  # fmt: skip
    con = duckdb.connect()
    run_sql_models(con, ["staging"], needed_for=["staging.b"], sql_dir=tmp_path)
    assert con.execute("select table_name from duckdb_tables() order by 1").fetchall() == [
        ("a",),
        ("b",),
    ]


@pytest.mark.parametrize("kind", ["table", "view"])
def test_a_mart_has_its_types_and_comments(tmp_path: Path, kind: str) -> None:
    write_mart(tmp_path, "select 1 as a", kind=kind)
    con = duckdb.connect()
    run_sql_models(con, ["marts"], sql_dir=tmp_path)
    assert con.execute(
        "select comment from duckdb_columns() where table_name = 'm'"
    ).fetchall() == [("甲 / a; 件; s",)]
    assert con.execute(
        f"select comment from duckdb_{kind}s() where {kind}_name = 'm'"
    ).fetchall() == [("一 / one",)]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select 1.5::decimal(4, 1) as a", r"marts.m.a: the select makes DECIMAL\(4,1\), its .yml"),
        ("select 1 as a, 2 as b", r"marts.m.b: the select makes INTEGER, its .yml says nothing"),
        ("select 2 as b", r"marts.m.a: the select makes nothing, its .yml says INTEGER"),
    ],
)
def test_a_mart_that_differs_from_its_yml_is_refused(
    tmp_path: Path, sql: str, message: str
) -> None:
    write_mart(tmp_path, sql)
    with pytest.raises(SqlModelError, match=message):
        run_sql_models(duckdb.connect(), ["marts"], sql_dir=tmp_path)


def test_a_mart_without_a_yml_and_a_yml_without_a_mart(tmp_path: Path) -> None:
    write(tmp_path / "one", marts__m="select 1 as a")
    with pytest.raises(SqlModelError, match=r"marts/m: a mart is one .sql and one .yml"):
        load_marts(tmp_path / "one")
    write_mart(tmp_path / "two", "select 1 as a")
    (tmp_path / "two" / "marts" / "m.sql").unlink()
    with pytest.raises(SqlModelError, match=r"marts/m: a mart is one .sql and one .yml"):
        load_marts(tmp_path / "two")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("en: a,", ""), r"m.yml: line 7: columns.a.en: Field required"),
        (("kind: table", "kind: heap"), r"m.yml: line 4: kind: "),
        (("key: [a]", "key: [a]\nmood: blue"), r"m.yml: line 6: mood: Extra inputs"),
        (("key: [a]", "key: [b]\nkey: [a]"), r"m.yml: line 6: key: the key appears twice"),
        (("en: a,", "en: b, en: a,"), r"m.yml: line 7: en: the key appears twice"),
        (("key: [a]", "key: ["), r"m.yml: line 7: "),
    ],
)
def test_a_yml_that_breaks_the_rules_is_named(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    write_mart(tmp_path, "select 1 as a")
    file = tmp_path / "marts" / "m.yml"
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(SqlModelError, match=message):
        load_marts(tmp_path)
