"""The key of every mart is proven at each build, since the tables carry no constraint."""

from dataclasses import dataclass

import duckdb

from pipelines.warehouse.sql_models import load_marts, quoted


@dataclass(frozen=True, slots=True)
class BrokenKey:
    """A mart whose key does not hold: `rows` share theirs with another or have a NULL in it."""

    table: str
    key: tuple[str, ...]
    rows: int


def broken_keys(con: duckdb.DuckDBPyConnection) -> list[BrokenKey]:
    """Every mart in which rows agree in the key, or have NULL where its .yml allows none."""
    broken = []
    for name, mart in load_marts().items():
        key = ", ".join(quoted(column) for column in mart.key)
        never_null = [quoted(c) for c in mart.key if c not in mart.nullable]
        has_null = " or ".join(f"{column} is null" for column in never_null)
        row = con.execute(
            f"""
            select coalesce(sum(rows), 0)::bigint
            from (select {key}, count(*) as rows from marts.{name} group by {key})
            where rows > 1 or {has_null}
            """
        ).fetchone()
        if row and row[0]:
            broken.append(BrokenKey(table=name, key=mart.key, rows=row[0]))
    return broken
