"""The selects of sql/: one a file, run in the order that their references imply. Shared by stages.

The first line of a file is its grain, `-- grain: a, b`: the columns in which no two rows agree. A
`(view)` behind it makes a view of the select: where its rows are in files, or are another table's.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Literal

import duckdb
from pydantic import Field

from pipelines.domain import OgiError
from pipelines.text.yaml_file import Strict, load_yaml

SQL_DIR = Path(__file__).parents[2] / "sql"
MODEL_SCHEMAS = ("staging", "intermediate", "audits", "marts")
BUILT_SCHEMAS = ("raw", *MODEL_SCHEMAS)
# What load() makes itself, from files and from Arrow: no select of ours stands behind it.
_LOADED_SCHEMAS = ("lake", "raw")
# The failures of all selects of sql/audits, and how often each rule was evaluated. Neither has a
# file: a list of the selects would have to be edited.
VIOLATIONS = "audits.violations"
EVALUATIONS = "audits.evaluations"

_GRAIN = re.compile(r"-- grain: (\w+(?:, \w+)*)( \(view\))?")


class SqlModelError(OgiError):
    """A file below sql/ breaks the rules of selects; the message names the file."""


@dataclass(frozen=True, slots=True)
class SqlModel:
    """One file of sql/. `upstream` are the tables that it reads, as `schema.name`; of a mart its
    .yml tells whether it is a view."""

    schema: str
    name: str
    sql: str
    grain: tuple[str, ...]
    upstream: tuple[str, ...]
    is_view: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


class Column(Strict):
    """What a column means and what it may hold; NULL is never checked against it."""

    en: str = Field(min_length=1)
    accepted_values: tuple[str, ...] = ()
    minimum: int | None = None

    def failing(self, name: str) -> str:
        """The SQL condition of a row whose column of that name holds anything else; empty where it
        may hold anything."""
        if self.accepted_values:
            return f"{quoted(name)} not in ({', '.join(map(literal, self.accepted_values))})"
        return "" if self.minimum is None else f"{quoted(name)} < {self.minimum}"


class ModelColumns(Strict):
    """sql/staging/<name>.yml and sql/intermediate/<name>.yml: the columns that are checked."""

    columns: dict[str, Column]


class MartColumn(Column):
    """A column of a mart: its type and what it means."""

    type: str
    zh: str = Field(min_length=1)
    unit: str | None = None
    source: str | None = None

    @property
    def comment(self) -> str:
        return _comment(self.zh, self.en, self.unit, self.source)


class Mart(Strict):
    """sql/marts/<name>.yml. `nullable` are the columns of the key that may be NULL."""

    comment_zh: str = Field(min_length=1)
    comment_en: str = Field(min_length=1)
    kind: Literal["table", "view"]
    key: tuple[str, ...] = Field(min_length=1)
    nullable: tuple[str, ...] = ()
    columns: dict[str, MartColumn]

    @property
    def comment(self) -> str:
        return _comment(self.comment_zh, self.comment_en)


def _comment(zh: str, en: str, *more: str | None) -> str:
    return "; ".join([f"{zh} / {en}", *(part for part in more if part)])


@lru_cache(maxsize=8)
def load_sql_models(sql_dir: Path = SQL_DIR) -> tuple[SqlModel, ...]:
    """All selects of the built schemas, each after those it reads; among equals by name.

    Raises:
        SqlModelError: a file has no grain, is not one SELECT, reads a table that no file makes,
            or reads itself in a circle.
    """
    selects = {
        select.full_name: select
        for schema in BUILT_SCHEMAS
        for select in _read_folder(sql_dir / schema)
    }
    if rules := [
        s for s in selects.values() if s.schema == "audits" and VIOLATIONS not in s.upstream
    ]:
        selects |= {rule.full_name: _failures_of(rule) for rule in rules}
        selects[VIOLATIONS] = _violations_of(rules)
        selects[EVALUATIONS] = _evaluations_of(rules)
    for select in selects.values():
        for name in select.upstream:
            if name not in selects and not name.startswith(_LOADED_SCHEMAS):
                raise SqlModelError(f"{_file(sql_dir, select)}: nothing makes {name}")
    return tuple(selects[name] for name in _in_order(selects))


@lru_cache(maxsize=8)
def load_examples(sql_dir: Path = SQL_DIR) -> tuple[SqlModel, ...]:
    """The queries of sql/examples, which people run and no build does."""
    return tuple(_read_folder(sql_dir / "examples"))


@lru_cache(maxsize=8)
def load_marts(sql_dir: Path = SQL_DIR) -> dict[str, Mart]:
    """sql/marts/*.yml by name.

    Raises:
        SqlModelError: a mart has no .yml or a .yml no mart, or it breaks the rules; the message
            names the file and the place.
    """
    selects = {select.name for select in load_sql_models(sql_dir) if select.schema == "marts"}
    files = {file.stem: file for file in sorted((sql_dir / "marts").glob("*.yml"))}
    for name in sorted(selects ^ set(files)):
        raise SqlModelError(f"{sql_dir / 'marts' / name}: a mart is one .sql and one .yml")
    return {name: load_yaml(file, Mart, SqlModelError) for name, file in files.items()}


@lru_cache(maxsize=8)
def load_model_columns(sql_dir: Path = SQL_DIR) -> dict[str, dict[str, Column]]:
    """The checked columns of staging and intermediate, by full name of their table.

    Raises:
        SqlModelError: a .yml stands beside no select, or breaks the rules.
    """
    known = {model.full_name for model in load_sql_models(sql_dir)}
    found = {}
    for file in sorted((*sql_dir.glob("staging/*.yml"), *sql_dir.glob("intermediate/*.yml"))):
        name = f"{file.parent.name}.{file.stem}"
        if name not in known:
            raise SqlModelError(f"{file}: no select stands beside it")
        found[name] = load_yaml(file, ModelColumns, SqlModelError).columns
    return found


def run_sql_models(
    con: duckdb.DuckDBPyConnection,
    schemas: Collection[str],
    *,
    names: Collection[str] | None = None,
    needed_for: Sequence[str] | None = None,
    sql_dir: Path = SQL_DIR,
) -> None:
    """Create or replace the tables and views of `schemas` from their selects.

    With `names` (full names) only those are made, with `needed_for` those and what they read.
    Marts have the types of their .yml, their rows in the order of their grain, and every comment.

    Raises:
        SqlModelError: a mart's select and its .yml differ in columns or types.
    """
    chosen = [select for select in load_sql_models(sql_dir) if select.schema in schemas]
    if names is not None:
        chosen = [select for select in chosen if select.full_name in names]
    if needed_for is not None:
        closure = _closure(needed_for, sql_dir)
        chosen = [select for select in chosen if select.full_name in closure]
    for schema in dict.fromkeys(select.schema for select in chosen):
        con.execute(f"create schema if not exists {schema}")
    for select in chosen:
        if select.schema == "marts":
            _create_mart(con, select, load_marts(sql_dir)[select.name])
        else:
            kind = "view" if select.is_view else "table"
            con.execute(f"create or replace {kind} {select.full_name} as {select.sql}")


def upstream_of(names: Sequence[str], schema: str, *, sql_dir: Path = SQL_DIR) -> set[str]:
    """The tables of `schema` (names without it) that `names` read, near or far."""
    prefix = f"{schema}."
    return {n.removeprefix(prefix) for n in _closure(names, sql_dir) if n.startswith(prefix)}


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _closure(names: Sequence[str], sql_dir: Path) -> set[str]:
    selects = {select.full_name: select for select in load_sql_models(sql_dir)}
    seen: set[str] = set()
    open_names = list(names)
    while open_names:
        name = open_names.pop()
        if name not in seen:
            seen.add(name)
            open_names.extend(selects[name].upstream if name in selects else ())
    return seen


def _in_order(selects: dict[str, SqlModel]) -> Iterator[str]:
    sorter = TopologicalSorter(
        {name: sorted(set(selects[name].upstream) & set(selects)) for name in sorted(selects)}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        raise SqlModelError(
            f"selects read one another in a circle: {' → '.join(error.args[1])}"
        ) from None
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield from ready
        sorter.done(*ready)


def _failures_of(rule: SqlModel) -> SqlModel:
    """A select of sql/audits gives one row an evaluation; its table keeps those that failed."""
    return replace(rule, sql=f"select * exclude (failed) from (\n{rule.sql}\n) where failed")


def _evaluations_of(rules: Sequence[SqlModel]) -> SqlModel:
    schema, name = EVALUATIONS.split(".")
    counts = [
        f"select rule, reading, count(*) as evaluated from (\n{rule.sql}\n) group by all"
        for rule in rules
    ]
    return SqlModel(
        schema=schema,
        name=name,
        sql="\nunion all by name\n".join(counts),
        grain=("rule", "reading"),
        upstream=tuple(sorted({table for rule in rules for table in rule.upstream})),
    )


def _violations_of(rules: Sequence[SqlModel]) -> SqlModel:
    names = tuple(rule.full_name for rule in rules)
    schema, name = VIOLATIONS.split(".")
    return SqlModel(
        schema=schema,
        name=name,
        sql="\nunion all by name\n".join(f"from {rule}" for rule in names),
        grain=("document_sha256", "rule", "table", "row", "column", "reading"),
        upstream=names,
    )


def _read_folder(folder: Path) -> Iterator[SqlModel]:
    with duckdb.connect() as parser:
        for file in sorted(folder.glob("*.sql")):
            yield _read_select(file, parser)


def _read_select(file: Path, parser: duckdb.DuckDBPyConnection) -> SqlModel:
    sql = file.read_text(encoding="utf-8")
    grain = _GRAIN.fullmatch(sql.partition("\n")[0])
    if grain is None:
        raise SqlModelError(
            f"{file}: the first line is not `-- grain: a, b`, or `-- grain: a, b (view)`"
        )
    return SqlModel(
        schema=file.parent.name,
        name=file.stem,
        sql=sql.rstrip().removesuffix(";"),
        grain=tuple(grain.group(1).split(", ")),
        upstream=_tables_read(sql, file, parser),
        is_view=grain.group(2) is not None,
    )


def _tables_read(sql: str, file: Path, parser: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """As DuckDB's own parser sees them: names in strings and comments do not count."""
    row = parser.execute("select json_serialize_sql(?)", [sql]).fetchone()
    assert row is not None  # noqa: S101 - a select of one value has one row
    tree: dict[str, Any] = json.loads(row[0])
    if tree["error"]:
        raise SqlModelError(f"{file}: {tree.get('error_message', 'cannot be parsed')}")
    if len(tree["statements"]) != 1:
        raise SqlModelError(f"{file}: holds {len(tree['statements'])} statements, not one")
    return tuple(sorted(set(_base_tables(tree))))


def _base_tables(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and node["schema_name"]:
            yield f"{node['schema_name']}.{node['table_name']}"
        for value in node.values():
            yield from _base_tables(value)
    elif isinstance(node, list):
        for value in node:
            yield from _base_tables(value)


def _file(sql_dir: Path, select: SqlModel) -> Path:
    return sql_dir / select.schema / f"{select.name}.sql"


def _create_mart(con: duckdb.DuckDBPyConnection, select: SqlModel, mart: Mart) -> None:
    _types_agree(con, select, mart)
    columns = ", ".join(f"{quoted(name)} {column.type}" for name, column in mart.columns.items())
    if mart.kind == "view":
        con.execute(f"create or replace view {select.full_name} as {select.sql}")
    else:
        grain = ", ".join(quoted(name) for name in select.grain)
        con.execute(f"create or replace table {select.full_name} ({columns})")
        con.execute(
            f"insert into {select.full_name} by name"
            f" select * from (\n{select.sql}\n) order by {grain}"
        )
    con.execute(f"comment on {mart.kind} {select.full_name} is {literal(mart.comment)}")
    for name, column in mart.columns.items():
        con.execute(
            f"comment on column {select.full_name}.{quoted(name)} is {literal(column.comment)}"
        )


def _types_agree(con: duckdb.DuckDBPyConnection, select: SqlModel, mart: Mart) -> None:
    """INSERT … BY NAME would fill a forgotten column with NULL and round into a narrower type."""
    rows = con.execute(f"describe {select.sql}").fetchall()
    made = {name: type_ for name, type_, *_ in rows}
    told = {name: column.type for name, column in mart.columns.items()}
    for name in [*told, *made]:
        if made.get(name) != told.get(name):
            raise SqlModelError(
                f"{select.full_name}.{name}: the select makes {made.get(name, 'nothing')},"
                f" its .yml says {told.get(name, 'nothing')}"
            )


def literal(text: str) -> str:
    """A text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
