"""Shards: what is written comes back, whole or not at all."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.domain import (
    Claim,
    Comparison,
    Fact,
    Outcome,
    OutcomeKind,
    Place,
    ReportNames,
    State,
)
from pipelines.warehouse.arrow_tables import CLAIMS, DOCUMENTS, FACTS, FINDINGS
from pipelines.warehouse.lake import (
    changed_cells,
    create_lake_view,
    lakes,
    processed,
    remove_lake,
    shard_files,
    write_shard,
)


def outcome(name: str) -> Outcome:
    place = Place(page=3, box=(1.0, 2.0, 3.0, 4.5))
    fact = Fact(
        "requests", "granted", "total", "2021", State.REPORTED, Decimal("1113"), None, None,
        "1,113", place,
    )  # fmt: skip
    claim = Claim(
        "granted", Decimal(7), "件", "予以公开7件", place, comparison=Comparison.EQUAL
    )  # fmt: skip
    return Outcome(
        document_sha256=name * 64,
        path=f"/in/{name}.pdf",
        media_type="application/pdf",
        bytes=7,
        kind=OutcomeKind.REPORT,
        read_by="pdf",
        names=ReportNames("某局", 2022, "某局2022年度报告", dt.date(2023, 1, 5)),
        sections=("overview",),
        tables={"requests": ("2021", "2019")},
        facts=(fact,),
        claims=(claim,),
    )


def failed(name: str) -> Outcome:
    return Outcome(name * 64, "/in/x", "application/octet-stream", 0, OutcomeKind.FAILED, "empty")


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    shard = write_shard(tmp_path, [outcome("a"), failed("b")], "v1")
    root = tmp_path / "v1"
    (row, empty) = pq.read_table(root / "documents" / f"{shard}.parquet").to_pylist()
    assert row["published_on"] == dt.date(2023, 1, 5)
    assert row["report_year"] == 2022
    assert row["tables"] == [
        {"table": "requests", "vintage": "2021"},
        {"table": "requests", "vintage": "2019"},
    ]
    assert (empty["outcome"], empty["reason"], empty["tables"]) == ("failed", "empty", [])
    (fact,) = pq.read_table(root / "facts" / f"{shard}.parquet").to_pylist()
    assert (fact["value"], fact["raw"], fact["page"]) == (Decimal("1113"), "1,113", 3)
    assert fact["box"] == [1.0, 2.0, 3.0, 4.5]
    (claim,) = pq.read_table(root / "claims" / f"{shard}.parquet").to_pylist()
    assert (claim["claim"], claim["value"], claim["comparison"]) == ("granted", Decimal(7), "equal")
    assert claim["place"] == '{"page": 3, "box": [1.0, 2.0, 3.0, 4.5]}'
    schemas = {"documents": DOCUMENTS, "facts": FACTS, "findings": FINDINGS, "claims": CLAIMS}
    for kind, schema in schemas.items():
        assert pq.read_schema(root / kind / f"{shard}.parquet").equals(schema)


def test_a_batch_written_again_is_the_same_shard_in_any_order(tmp_path: Path) -> None:
    batch = [outcome("a"), failed("b")]
    first = write_shard(tmp_path, batch, "v1")
    assert write_shard(tmp_path, batch[::-1], "v1") == first
    assert write_shard(tmp_path, [outcome("a")], "v1") != first
    assert len(list((tmp_path / "v1" / "facts").iterdir())) == 2


def test_processed(tmp_path: Path) -> None:
    assert processed(tmp_path, "v1") == set()
    write_shard(tmp_path, [outcome("a"), failed("b")], "v1")
    write_shard(tmp_path, [outcome("c")], "v2")
    assert processed(tmp_path, "v1") == {"a" * 64, "b" * 64}
    assert processed(tmp_path, "v2") == {"c" * 64}


def test_no_half_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(OSError, match="no space"):
        write_shard(tmp_path, [outcome("a")], "v1")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_shard_of_nothing_or_of_doubles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no documents"):
        write_shard(tmp_path, [], "v1")
    with pytest.raises(ValueError, match="twice"):
        write_shard(tmp_path, [outcome("a"), outcome("a")], "v1")


def test_names_that_are_no_utf8_are_kept_readable(tmp_path: Path) -> None:
    """A file's name is bytes, which Python gives with lone surrogates."""
    odd = Outcome("d" * 64, "/in/\udcb1.pdf", "x", 1, OutcomeKind.FAILED, "bad \ud800")
    shard = write_shard(tmp_path, [odd], "v1")
    (row,) = pq.read_table(tmp_path / "v1" / "documents" / f"{shard}.parquet").to_pylist()
    assert (row["path"], row["reason"]) == ("/in/\\udcb1.pdf", "bad \\ud800")


def test_changed_cells_are_those_of_another_state_or_value(tmp_path: Path) -> None:
    same, other = outcome("a"), outcome("b")
    (fact,) = other.facts
    blank = replace(fact, column="other", state=State.BLANK, value=None, raw="")
    write_shard(tmp_path, [same, other, outcome("c")], "v1")
    # A lake of before may lack the files of a kind that is new.
    for file in (tmp_path / "v1" / "reviews").iterdir():
        file.unlink()
    # Of b one cell has another value, one is new; the evidence of a is another; d is new.
    moved = replace(fact, place=None, raw="1113")
    write_shard(tmp_path, [replace(same, facts=(moved,))], "v2")
    changed = replace(other, facts=(replace(fact, value=Decimal(1)), blank))
    write_shard(tmp_path, [changed, outcome("d")], "v2")

    assert changed_cells(tmp_path, "v1", "v2", ["a" * 64, "b" * 64]) == 2
    assert changed_cells(tmp_path, "v1", "v2", ["a" * 64]) == 0


def test_lake_that_is_not_whole_or_of_another_layout_is_not_compared(tmp_path: Path) -> None:
    for version in ("v1", "v2"):
        shard = write_shard(tmp_path, [outcome("a")], version)
    facts = tmp_path / "v1" / "facts" / f"{shard}.parquet"
    pq.write_table(pq.read_table(facts).rename_columns({"state": "status"}), facts)
    assert changed_cells(tmp_path, "v1", "v2", ["a" * 64]) is None
    facts.unlink()
    assert changed_cells(tmp_path, "v1", "v2", ["a" * 64]) is None


def test_folder_that_looks_like_a_partition_gives_no_column(tmp_path: Path) -> None:
    lake = tmp_path / "year=2022"
    write_shard(lake, [outcome("a")], "v1")
    with duckdb.connect() as con:
        create_lake_view(con, "documents", shard_files(lake, "v1")["documents"], DOCUMENTS)
        columns = [name for name, *_ in con.execute("describe lake.documents").fetchall()]
    assert columns == [*DOCUMENTS.names, "shard"]


def test_lake_is_removed_whole(tmp_path: Path) -> None:
    assert lakes(tmp_path / "nosuch") == []
    for version in ("v1", "v2"):
        write_shard(tmp_path, [outcome("a")], version)
    (tmp_path / "notes").mkdir()
    assert lakes(tmp_path) == ["v1", "v2"]
    size = sum(file.stat().st_size for file in (tmp_path / "v1").rglob("*.parquet"))
    assert remove_lake(tmp_path, "v1") == size
    assert lakes(tmp_path) == ["v2"]
    assert processed(tmp_path, "v2") == {"a" * 64}


def test_counts_have_one_row_a_row_of_the_form(tmp_path: Path) -> None:
    def cell(row: str, column: str, value: str | None, state: State = State.REPORTED) -> Fact:
        number = None if value is None else Decimal(value)
        return Fact("requests", row, column, "2021", state, number, None, None, value, None)

    facts = (
        cell("received", "natural_person", "12"),
        cell("received", "total", "12.5"),
        cell("granted", "total", None, State.BLANK),
    )
    shard = write_shard(tmp_path, [replace(outcome("a"), facts=facts), failed("b")], "v1")
    rows = pq.read_table(tmp_path / "v1" / "requests" / f"{shard}.parquet").to_pylist()
    columns = ("natural_person", "natural_person_state", "total", "total_state")
    assert [(r["disposition"], r["vintage"], *(r[c] for c in columns)) for r in rows] == [
        ("received", "2021", 12, "reported", None, "unreadable"),
        ("granted", "2021", None, "absent", None, "blank"),
    ]
    assert {r["document_sha256"] for r in rows} == {"a" * 64}
    assert pq.read_table(tmp_path / "v1" / "reviews" / f"{shard}.parquet").num_rows == 0
