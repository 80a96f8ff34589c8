"""sql/examples are what people copy: each runs and answers."""

import datetime as dt
from collections.abc import Callable

import duckdb
import pytest

from pipelines.domain import Outcome
from pipelines.warehouse.sql_models import load_examples, quoted

Build = Callable[..., duckdb.DuckDBPyConnection]
Make = Callable[..., Outcome]

PAGE = "https://a.gov.cn/report.html"


@pytest.fixture
def warehouse(build: Build, make_report: Make) -> duckdb.DuckDBPyConnection:
    def total(row: str, figure: int) -> dict[tuple[str, str, str], int]:
        return {("requests", row, "total"): figure}

    return build(
        [
            make_report(
                f"{agency}{year}",
                agency=agency,
                year=year,
                vintage="2019" if year < 2021 else "2021",
                cells=total("granted", 6)
                | total("refused.state_secret", 2)
                | total("total_processed", 8)
                | total("carried_forward", 1)
                | {("requests", "received", "natural_person"): 8},
            )
            for agency in ("a", "b")
            for year in (2020, 2021)
        ]
        + [make_report("before", year=2021, cells=total("granted", 7))],
        addresses=dict.fromkeys(("before", "a2021"), PAGE),
        archived={"before": dt.datetime(2023, 1, 1, tzinfo=dt.UTC)},
    )


def test_there_are_examples() -> None:
    assert len(load_examples()) >= 4


@pytest.mark.parametrize("name", [example.name for example in load_examples()])
def test_an_example_runs_and_answers(warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    (example,) = (e for e in load_examples() if e.name == name)
    assert all(table.startswith("marts.") for table in example.upstream)
    warehouse.execute(f"create table answer as {example.sql}")
    assert warehouse.execute("select count(*) > 0 from answer").fetchone() == (True,)
    grain = ", ".join(quoted(column) for column in example.grain)
    assert not warehouse.execute(
        f"select {grain} from answer group by {grain} having count(*) > 1"
    ).fetchall()


def test_the_grant_rate_is_that_of_the_figures(warehouse: duckdb.DuckDBPyConnection) -> None:
    (example,) = (e for e in load_examples() if e.name == "grant_rate_by_province")
    assert warehouse.execute(example.sql).fetchall() == [
        ("福建省", 2020, 2, 2, 0.75, 0.75),
        ("福建省", 2021, 2, 2, 0.75, 0.75),
    ]


def test_replaced_reports_are_those_whose_figures_differ(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    (example,) = (e for e in load_examples() if e.name == "replaced_reports")
    rows = warehouse.execute(
        f"select agency_id, report_year, address, revision, differing_cells from ({example.sql})"
    ).fetchall()
    assert rows == [("a", 2021, PAGE, 2, 5)]
