"""Answers as text say exactly what the rows hold."""

import datetime as dt
import io
import json
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from rich.console import Console

from pipelines.serve.answers import drawn, write_csv, write_json


@pytest.fixture
def answer() -> pa.Table:
    return duckdb.execute(
        "select * from (values"
        " (1, 12.5::decimal(28, 8), '海风,市', date '2024-01-31', ['a', 'b'], 'nan'::double),"
        " (null, 3::decimal(28, 8), null, null, null, 0.5)"
        ") as t (n, amount, name, day, list, ratio)"
    ).to_arrow_table()


def test_csv(answer: pa.Table) -> None:
    out = io.StringIO()
    write_csv(answer, out)
    assert out.getvalue().splitlines() == [
        "n,amount,name,day,list,ratio",
        '1,12.5,"海风,市",2024-01-31,"[""a"", ""b""]",nan',
        ",3,,,,0.5",
    ]


def test_json(answer: pa.Table) -> None:
    out = io.StringIO()
    write_json(answer, out)
    assert json.loads(out.getvalue()) == [
        {
            "n": 1,
            "amount": 12.5,
            "name": "海风,市",
            "day": "2024-01-31",
            "list": ["a", "b"],
            "ratio": None,
        },
        {"n": None, "amount": 3, "name": None, "day": None, "list": None, "ratio": 0.5},
    ]


def test_json_of_no_rows_is_an_empty_list(answer: pa.Table) -> None:
    out = io.StringIO()
    write_json(answer.slice(0, 0), out)
    assert json.loads(out.getvalue()) == []


def test_json_keeps_a_decimal_that_no_double_holds() -> None:
    out = io.StringIO()
    write_json(pa.table({"a": [Decimal("12345678901234567.12345678")]}), out)
    assert json.loads(out.getvalue()) == [{"a": "12345678901234567.12345678"}]


def test_columns_of_one_name_do_not_swallow_one_another() -> None:
    twice = duckdb.execute("select 1 as a, 2 as a").to_arrow_table()
    out = io.StringIO()
    write_csv(twice, out)
    assert out.getvalue().splitlines()[1] == "1,2"


def test_times_are_iso() -> None:
    out = io.StringIO()
    write_json(pa.table({"t": [dt.datetime(2024, 1, 2, 3, 4, tzinfo=dt.UTC)]}), out)
    assert json.loads(out.getvalue()) == [{"t": "2024-01-02T03:04:00+00:00"}]


@pytest.mark.parametrize(("width", "across"), [(120, True), (30, False)])
def test_a_table_that_is_too_wide_is_drawn_upright(
    answer: pa.Table, width: int, across: bool
) -> None:
    out = io.StringIO()
    console = Console(file=out, width=width)
    console.print(drawn(answer, console, 10))
    drawing = out.getvalue()
    assert all(text in drawing for text in ("amount", "12.5", "海风,市", "NULL"))
    assert ("amount" in drawing.splitlines()[1]) is across


def test_only_the_first_rows_are_drawn(answer: pa.Table) -> None:
    out = io.StringIO()
    console = Console(file=out, width=120)
    console.print(drawn(answer, console, 1))
    assert "NULL" not in out.getvalue()
