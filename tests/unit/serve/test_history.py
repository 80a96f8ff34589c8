"""`ogi history`: whose report, what happened to it, and what is told where there is none."""

import csv
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.serve import QueryError
from pipelines.serve.history import (
    History,
    draw_history,
    history,
    write_history_csv,
    write_history_json,
)

EVENTS = ["found", "found", "replaced", "replaced", "replaced", "moved", "gone"]


def drawn(found: History, width: int = 200) -> str:
    out = io.StringIO()
    draw_history(found, Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize("agency", ["640323-audit", "盐池县审计局", "盐池审计局"])
def test_an_agency_by_its_id_its_name_or_another_name(histories: Path, agency: str) -> None:
    found = history(histories, agency, 2022)
    assert (found.agency_id, found.agency_name) == ("640323-audit", "盐池县审计局")
    assert found.document_sha256 == "c" * 64
    assert found.events["event"].to_pylist() == EVENTS


def test_a_name_that_several_bear_lists_them(histories: Path) -> None:
    with pytest.raises(QueryError) as refused:
        history(histories, "审计局", 2022)
    for told in ("2 agencies", "640300-audit", "640300-audio", "吴忠市音像局"):
        assert told in str(refused.value)


def test_an_unknown_name_is_told_what_is_near_it(histories: Path) -> None:
    with pytest.raises(QueryError, match="盐池县审计厅") as refused:
        history(histories, "盐池县审计厅", 2022)
    assert "盐池县审计局" in str(refused.value)
    with pytest.raises(QueryError, match=r"of that name or id$"):
        history(histories, "nobody at all", 2022)


def test_as_json_in_utc(histories: Path) -> None:
    out = io.StringIO()
    write_history_json(history(histories, "640323-audit", 2022), out)
    told = json.loads(out.getvalue())
    assert list(told) == [
        "agency_id",
        "agency_name",
        "report_year",
        "document_sha256",
        "coverage",
        "events",
    ]
    assert told["coverage"]["status"] == "late"
    assert told["coverage"]["due_on"] == "2023-01-31"
    replaced = told["events"][2]
    assert (replaced["event"], replaced["differing_cells"], replaced["revision"]) == (
        "replaced",
        3,
        2,
    )
    assert replaced["seen_at"] == "2023-03-20T18:30:00+00:00"
    assert replaced["previous_document_sha256"] == "a" * 64


def test_as_csv(histories: Path) -> None:
    out = io.StringIO()
    write_history_csv(history(histories, "640323-audit", 2022), out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [row["event"] for row in rows] == EVENTS
    assert rows[0]["seen_at"] == "2023-01-20T18:30:00+00:00"
    assert rows[6]["document_sha256"] == ""


def test_as_a_table_in_the_time_of_china(histories: Path) -> None:
    text = drawn(history(histories, "盐池县审计局", 2022))
    state, table = text.split("\n┏")
    assert "盐池县审计局 (640323-audit), report on 2022" in state
    assert "late, revision 2; it stands at no web address any more." in state
    assert "c" * 64 in state
    lines = [line for line in table.splitlines() if "2023-" in line]
    assert [line.split("│")[2].strip() for line in lines] == EVENTS
    assert "2023-01-21 02:30" in lines[0]
    assert "3 figure(s) differ" in lines[2]
    assert f"{'a' * 12} → {'b' * 12}" in lines[2]
    assert "other bytes, same figures" in lines[3]
    assert "figures not comparable; attachment of /1.html" in lines[4]
    assert "/1.html → /3.html" in lines[5]
    assert "figure" not in lines[5], "the same document"
    assert "status 404" in lines[6]
    assert f"{'c' * 12} → none" in lines[6]
    # narrow terminals get one event under another, and nothing is cut
    assert f"{'a' * 12} → {'b' * 12}" in drawn(history(histories, "盐池县审计局", 2022), 60)


def test_a_year_without_a_report_tells_what_is_expected(histories: Path) -> None:
    missing = drawn(history(histories, "640323-audit", 2021))
    assert "No report is held; one was due on 2023-01-31 (own_years)." in missing
    never = history(histories, "640323-audit", 1999)
    assert (never.document_sha256, never.covered) == (None, None)
    assert "nothing leads to expect one" in drawn(never)
    out = io.StringIO()
    write_history_json(never, out)
    told = json.loads(out.getvalue())
    assert (told["coverage"], told["events"]) == (None, [])


def test_without_a_release(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="no release here yet"):
        history(tmp_path / "ogi.duckdb", "640323-audit", 2022)
