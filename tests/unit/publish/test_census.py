"""How many tables a warehouse should hold: an annex is the one table of its report."""

import duckdb

from pipelines.warehouse.census import take_census


def test_a_report_with_an_annex_has_one_table() -> None:
    with duckdb.connect() as con:
        con.execute("create schema raw; create schema marts")
        con.execute("create table raw.form_tables as select 't' || i as t from range(3) r(i)")
        con.execute("create table raw.facts (a int)")
        con.execute(
            "create table raw.documents (outcome varchar,"
            ' tables struct("table" varchar, vintage varchar)[])'
        )
        con.execute("create table marts.dim_document (outcome varchar)")
        con.execute(
            "create table marts.fct_findings (document_sha256 varchar, rule varchar,"
            ' "table" varchar, "row" varchar, "column" varchar, reading varchar)'
        )
        tables = {
            "two of three": ["requests", "requests", "reviews"],
            "an annex": ["indicators"],
            "both": ["indicators", "requests"],
            "none": [],
        }
        for names in tables.values():
            found = [{"table": name, "vintage": "2014"} for name in names]
            con.execute("insert into raw.documents values ('report', ?)", [found])
            con.execute("insert into marts.dim_document values ('report')")
        census = take_census(con)
    assert (census.tables_expected, census.tables_found) == (3 + 1 + 3 + 3, 2 + 1 + 1 + 0)
