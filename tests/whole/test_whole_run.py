"""From files to a release, on the samples: what was printed is what comes out."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.domain import sha256_of

Ogi = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]
Told = dict[str, Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def first_run(ogi: Ogi, home: Path, samples: Path) -> subprocess.CompletedProcess[str]:
    return ogi(home, "run", "--input", samples)


@pytest.fixture(scope="module")
def done(first_run: subprocess.CompletedProcess[str], home: Path) -> Path:
    assert first_run.returncode == 0, first_run.stderr
    return home


@pytest.fixture(scope="module")
def expected(samples: Path) -> dict[str, Told]:
    """The truth by sha256, from the generator's own knowledge."""
    told = json.loads((samples.parent / "expected.json").read_text(encoding="utf-8"))["reports"]
    return {
        sha256_of((samples.parent / name).read_bytes()): report for name, report in told.items()
    }


def test_the_run_tells_what_it_did(
    first_run: subprocess.CompletedProcess[str], done: Path, expected: dict[str, Told]
) -> None:
    text = first_run.stdout
    assert first_run.stderr == ""
    number = len(expected)
    for said in (
        f"{number} new, 0 known",
        f"{number} documents: {number} reports, 0 no reports, 0 failed",
        str(done / "published" / "ogi.duckdb"),
        "published",
        "requests_in_equal_requests_out",
    ):
        assert said in text


def test_the_next_commands_work(
    first_run: subprocess.CompletedProcess[str], done: Path, samples: Path
) -> None:
    commands = [line.strip() for line in first_run.stdout.split("Try next:")[1].splitlines()]
    commands = [command for command in commands if command]
    assert len(commands) == 3
    for command in commands:
        ended = subprocess.run(
            ["bash", "-c", command],
            cwd=samples.parents[2],
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        is_check = " check " in command
        assert ended.returncode == (1 if is_check else 0), f"{command}: {ended.stderr}"
        assert ended.stdout


def test_every_cell_is_as_printed(done: Path, expected: dict[str, Told]) -> None:
    found: dict[tuple[str, str, str, str], str] = {}
    evidence = done / "published" / "evidence.parquet"
    for sha256, table, row, column, state, value in duckdb.execute(
        'select document_sha256, "table", "row", "column", state, value from read_parquet(?)',
        [str(evidence)],
    ).fetchall():
        found[sha256, table, row, column] = state if value is None else _plain(format(value, "f"))
    wanted = {
        (sha256, table, row, column): _plain(printed)
        for sha256, report in expected.items()
        for table, cells in report["cells"].items()
        for row, columns in cells.items()
        for column, printed in columns.items()
    }
    lost = {
        (sha256, *cell)
        for sha256, report in expected.items()
        for cell in map(tuple, report["lost"])
    }
    wrong = {
        cell: (printed, found.get(cell))
        for cell, printed in wanted.items()
        if cell not in lost and found.get(cell) != printed
    }
    # A row that lost a figure: the cells whose place is not sure have no value, none a wrong one.
    short_rows = {cell[:3] for cell in lost}
    unsure = {
        cell
        for cell, (_, got) in wrong.items()
        if cell[:3] in short_rows and got in ("absent", "unreadable")
    }
    assert {cell: pair for cell, pair in wrong.items() if cell not in unsure} == {}
    # Of seven zeros one was lost: which, nobody can tell; but no more figures than were printed.
    for row in short_rows:
        printed, got = (
            sum(_is_figure(text) for cell, text in cells.items() if cell[:3] == row)
            for cells in (wanted, found)
        )
        assert got <= printed
    assert {cell for cell in found if cell not in wanted and _is_figure(found[cell])} == set()


def _plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_figure(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def test_agencies_years_and_winners(done: Path, rows: Rows, expected: dict[str, Told]) -> None:
    of_document = {
        sha256: (agency_id, year)
        for sha256, agency_id, year in rows(
            done, "select document_sha256, agency_id, report_year from dim_document"
        )
    }
    assert of_document == {
        sha256: (report["agency_id"], report["report_year"]) for sha256, report in expected.items()
    }
    keys = Counter(of_document.values())
    assert max(keys.values()) > 1, "the samples have an agency-year with two documents"
    panel = rows(done, "select agency_id, report_year from agency_years")
    assert Counter(panel) == Counter(dict.fromkeys(keys, 1))
    winners = rows(done, "select agency_id, report_year from dim_document where is_winner")
    assert Counter(winners) == Counter(dict.fromkeys(keys, 1))


def test_totals_of_the_panel(done: Path, rows: Rows, expected: dict[str, Told]) -> None:
    panel = {
        (agency, year): total
        for agency, year, total in rows(
            done, "select agency_id, report_year, requests_received from agency_years"
        )
    }
    printed = [
        (report["agency_id"], report["report_year"], report["totals"]["requests/received/total"])
        for report in expected.values()
    ]
    wrong = [
        (agency, year, total, panel[agency, year])
        for agency, year, total in printed
        if total is not None and panel[agency, year] != int(total)
    ]
    assert wrong == []


def test_every_broken_rule_is_found_and_no_other(
    done: Path, rows: Rows, expected: dict[str, Told]
) -> None:
    found = Counter(
        rows(
            done,
            'select document_sha256, rule, "table", "row", "column", reading,'
            ' if(reading is null, null, cast("left" as double)),'
            ' if(reading is null, null, cast("right" as double))'
            " from fct_findings where kind = 'filing'",
        )
    )
    wanted = Counter(
        (
            sha256,
            broken["rule"],
            broken["table"],
            broken["row"],
            broken["column"],
            broken["reading"],
            _number(broken["left"]),
            _number(broken["right"]),
        )
        for sha256, report in expected.items()
        for broken in report["broken"]
    )
    assert found == wanted


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def test_a_row_that_lost_a_figure_is_told(
    done: Path, rows: Rows, expected: dict[str, Told]
) -> None:
    told = set(
        rows(
            done,
            'select document_sha256, "table", "row" from fct_findings'
            " where kind = 'reading' and severity = 'error'",
        )
    )
    lost = {
        (sha256, table, row)
        for sha256, report in expected.items()
        for table, row, _ in report["lost"]
    }
    assert lost
    assert lost <= told


def test_a_second_run_finds_nothing_new(
    done: Path, ogi: Ogi, samples: Path, expected: dict[str, Told]
) -> None:
    before = (done / "published" / "ogi.duckdb").stat()
    ended = ogi(done, "run", "--input", samples)
    assert ended.returncode == 0
    assert f"Nothing new: {len(expected)}" in ended.stdout
    after = (done / "published" / "ogi.duckdb").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_second_run_imports_neither_dagster_nor_gx(done: Path, samples: Path) -> None:
    program = (
        "import sys\nfrom pipelines.cli import main\n"
        f"sys.argv = ['ogi', 'run', '--input', {str(samples)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print([m for m in ('dagster', 'great_expectations') if m in sys.modules])"
    )
    ended = subprocess.run(
        [samples.parents[2] / ".venv" / "bin" / "python", "-c", program],
        env={"OGI_HOME": str(done), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Nothing new" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "[]"


def test_status_tells_the_release(done: Path, ogi: Ogi, expected: dict[str, Told]) -> None:
    text = ogi(done, "status").stdout
    assert f"{len(expected)} documents: {len(expected)} reports" in text
    assert str(done / "published" / "ogi.duckdb") in text
    assert "0 of them" in text


def test_evidence_leads_from_a_mart_to_the_document(done: Path, ogi: Ogi, rows: Rows) -> None:
    ((sha256, total, address),) = rows(
        done,
        "select document_sha256, total, first_address from fct_requests"
        " join dim_document using (document_sha256)"
        " where disposition = 'received' and total > 0 limit 1",
    )
    told = json.loads(ogi(done, "evidence", sha256, "requests", "received", "total").stdout)
    assert (told["value"], told["source_url"]) == (str(total), address)
    assert told["evidence"]


def test_everything_is_commented_in_both_languages(done: Path, rows: Rows) -> None:
    bare = rows(
        done,
        "select table_name, column_name from duckdb_columns()"
        " where database_name = 'ogi' and schema_name = 'marts'"
        " and (comment is null or comment not like '%/%')",
    )
    assert bare == []
