"""Exit statuses and streams of the commands, and what each of them imports."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.cli.release import query
from pipelines.settings import Settings

ROOT = Path(__file__).parents[3]
OGI = Path(sys.executable).with_name("ogi")
REPORTS = ROOT / "data" / "samples" / "reports"
BROKEN = REPORTS / "990102-market-regulation-2023.html"
SOUND = REPORTS / "990200-health-2022.html"
COMMANDS = (
    "run",
    "ingest",
    "crawl",
    "read",
    "check",
    "query",
    "evidence",
    "coverage",
    "history",
    "failed",
    "settings",
    "status",
)
# pytest-xdist sets COLUMNS; tables of a width of nobody's choosing are not what is tested here.
INHERITED = {k: v for k, v in os.environ.items() if k != "COLUMNS" and not k.startswith("OGI_")}
HEAVY = ("dagster", "great_expectations")

Ogi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ogi(tmp_path: Path) -> Ogi:
    def call(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(OGI), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**INHERITED, "OGI_HOME": str(tmp_path), **environment},
        )

    return call


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_version_and_help(ogi: Ogi) -> None:
    assert ogi("--version").stdout.startswith("ogi ")
    text = ogi("--help").stdout
    assert all(command in text for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(ogi: Ogi, command: str) -> None:
    done = ogi(command, "--help")
    assert done.returncode == 0
    assert f"ogi {command}" in done.stdout


def test_an_unknown_command_ends_2(ogi: Ogi) -> None:
    assert ogi("nosuch").returncode == 2


def test_read_prints_one_object(ogi: Ogi) -> None:
    done = ogi("read", BROKEN, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert list(told) == [
        "schema",
        "document",
        "report",
        "tables",
        "facts",
        "findings",
        "claims",
    ]
    assert told["document"]["path"] == str(BROKEN)
    assert told["report"]["agency_id"] == "990102-market-regulation"
    assert {f["rule"] for f in told["findings"]} >= {"dispositions_sum_to_total"}


def test_read_draws_the_three_tables(ogi: Ogi) -> None:
    done = ogi("read", SOUND)
    assert done.returncode == 0
    assert all(t in done.stdout for t in ("[proactive_disclosure", "[requests", "[reviews"))


def test_an_agency_that_nobody_knows_has_no_id(ogi: Ogi, tmp_path: Path) -> None:
    renamed = tmp_path / "renamed.html"
    name = json.loads(ogi("read", SOUND, "--format", "json").stdout)["report"]["agency_name"]
    text = SOUND.read_text(encoding="utf-8").replace(name, "无名市无名局")
    renamed.write_text(text, encoding="utf-8")
    report = json.loads(ogi("read", renamed, "--format", "json").stdout)["report"]
    assert (report["agency_name"], report["agency_id"]) == ("无名市无名局", None)


def test_check_names_rule_both_sides_and_difference(ogi: Ogi) -> None:
    done = ogi("check", BROKEN)
    assert done.returncode == 1
    (line,) = [at for at in done.stdout.splitlines() if "dispositions_sum_to_total" in at]
    cells = [cell.strip() for cell in line.split("│")]
    assert cells[4:8] == ["7", "5", "2", "strict, blank as zero"]


def test_a_narrow_terminal_keeps_the_names_of_rules_whole(ogi: Ogi) -> None:
    assert "dispositions_sum_to_total" in ogi("check", BROKEN, COLUMNS="80").stdout


def test_check_ends_0_without_errors(ogi: Ogi) -> None:
    assert ogi("check", SOUND).returncode == 0


def test_read_and_check_find_a_year_in_the_future(ogi: Ogi, tmp_path: Path) -> None:
    text = (REPORTS / "990121101-government-2022.txt").read_text(encoding="utf-8")
    file = tmp_path / "report.txt"
    file.write_text(text.replace("2022年", "2098年"), encoding="utf-8")
    for command in ("read", "check"):
        told = json.loads(ogi(command, file, "--format", "json").stdout)
        assert "year_in_the_future" in {found["rule"] for found in told["findings"]}


def test_check_prints_one_object_a_line_in_the_order_of_its_files(ogi: Ogi) -> None:
    files = sorted(REPORTS.glob("99010*.html"))
    assert len(files) > 4, "enough for the executor"
    done = ogi("check", *files, "--format", "json")
    assert done.returncode == 1
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [t["document"]["path"] for t in told] == [str(f) for f in files]
    alone = json.loads(ogi("check", BROKEN, "--format", "json").stdout)
    assert alone in told


def test_two_copies_are_one_document_and_both_are_told(ogi: Ogi, tmp_path: Path) -> None:
    copies = [tmp_path / "a.html", tmp_path / "b.html", *sorted(REPORTS.glob("*.txt"))[:4]]
    for copy in copies[:2]:
        copy.write_bytes(BROKEN.read_bytes())
    told = [json.loads(x) for x in ogi("check", *copies, "--format", "json").stdout.splitlines()]
    assert len(told) == len(copies)
    assert told[0]["findings"] == told[1]["findings"]
    assert [f["left"] for f in told[0]["findings"] if f["rule"] == "dispositions_sum_to_total"] == [
        "7",
        "7",
    ]


def test_check_judges_the_others_when_one_cannot_be_read(ogi: Ogi, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    done = ogi("check", empty, tmp_path / "nosuch.html", SOUND, "--format", "json")
    assert done.returncode == 2
    assert [json.loads(x)["document"]["path"] for x in done.stdout.splitlines()] == [str(SOUND)]
    assert sorted(done.stderr.splitlines()) == sorted(
        [at for at in done.stderr.splitlines() if "empty.pdf" in at or "nosuch.html: no such" in at]
    )
    assert len(done.stderr.splitlines()) == 2


def test_check_writes_one_page(ogi: Ogi) -> None:
    done = ogi("check", BROKEN, SOUND, "--format", "html")
    assert done.returncode == 1
    assert done.stdout.startswith("<!doctype html>")
    assert done.stdout.count("<h2>") == 2


def test_a_folder_is_no_document(ogi: Ogi, tmp_path: Path) -> None:
    assert "is a folder" in one_line(ogi("read", tmp_path))


def test_a_missing_file_is_named(ogi: Ogi, tmp_path: Path) -> None:
    assert (
        one_line(ogi("read", tmp_path / "no such.pdf")) == f"{tmp_path}/no such.pdf: no such file"
    )


def test_a_file_over_the_limit_is_refused(ogi: Ogi) -> None:
    line = one_line(ogi("read", SOUND, OGI_MAX_DOCUMENT_BYTES="1000"))
    assert str(SOUND) in line
    assert "1,000" in line


@pytest.mark.parametrize("command", ["read", "check"])
def test_a_document_that_takes_too_long_is_refused(ogi: Ogi, command: str) -> None:
    line = one_line(ogi(command, SOUND, OGI_MAX_DOCUMENT_SECONDS="0.0001"))
    assert line.startswith(f"{SOUND}: took longer than the limit of 0.0001 seconds")
    assert "OGI_MAX_DOCUMENT_SECONDS" in line


def test_check_holds_the_limits_in_its_workers_too(ogi: Ogi) -> None:
    files = sorted(REPORTS.glob("*.html"))[:6]
    done = ogi("check", *files, OGI_MAX_DOCUMENT_SECONDS="0.0001")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [str(f) for f in files]
    assert done.stderr.count("OGI_MAX_DOCUMENT_SECONDS") == len(files)


def test_read_writes_one_page(ogi: Ogi) -> None:
    done = ogi("read", BROKEN, "--format", "html")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("<!doctype html>")
    facts = json.loads(ogi("read", BROKEN, "--format", "json").stdout)["facts"]
    assert done.stdout.count(" data-fact=") == done.stdout.count(" data-cell=") == len(facts)
    assert "dispositions_sum_to_total" in done.stdout


def test_a_setting_without_meaning_is_named(ogi: Ogi) -> None:
    assert "OGI_WORKERS" in one_line(ogi("read", SOUND, OGI_WORKERS="many"))


def test_status_before_the_first_run(ogi: Ogi, tmp_path: Path) -> None:
    done = ogi("status")
    assert done.returncode == 0
    assert str(tmp_path) in done.stdout.replace("\n", "")


def test_status_shows_whether_schedule_and_sensor_are_on(ogi: Ogi) -> None:
    on = ogi("status").stdout
    assert "nightly schedule   on: 02:00 Asia/Shanghai, only while `make dev` runs" in on
    assert "inbox sensor       on: every 30 s, only while `make dev` runs" in on
    off = ogi("status", OGI_NIGHTLY_SCHEDULE="off", OGI_INBOX_SENSOR="0").stdout
    assert "nightly schedule   off\n" in off
    assert "inbox sensor       off\n" in off


def test_status_reports_a_release_that_it_cannot_read(ogi: Ogi, release: Path) -> None:
    done = ogi("status", OGI_HOME=str(release.parents[1]))
    assert done.returncode == 0
    assert f"{release}, unfinished or of another version of this project" in done.stdout


@pytest.mark.parametrize("how", ["csv", "json", "table"])
def test_query_prints(ogi: Ogi, release: Path, how: str) -> None:
    sql = "select agency_name, received from marts.agency_years order by agency_id"
    done = ogi("query", sql, "--format", how, OGI_HOME=str(release.parents[1]))
    assert (done.returncode, done.stderr) == (0, "")
    if how == "csv":
        rows = [["agency_name", "received"], ["海风市教育局", "7"], ["云岭县", ""]]
        assert list(csv.reader(io.StringIO(done.stdout))) == rows
    elif how == "json":
        assert json.loads(done.stdout)[1] == {"agency_name": "云岭县", "received": None}
    else:
        assert all(text in done.stdout for text in ("agency_name", "海风市教育局", "NULL"))


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_query_writes_what_the_name_ends_in(
    ogi: Ogi, release: Path, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"out.{ending}"
    home = {"OGI_HOME": str(release.parents[1])}
    done = ogi("query", "from agency_years", "--output", file, **home)
    assert (done.returncode, done.stdout) == (0, "")
    if ending == "parquet":
        assert pq.read_table(file).num_rows == 2
    else:
        assert "海风市教育局" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
@pytest.mark.parametrize(
    "name",
    [
        *("file:a", "s3:a", "a?b=1", "a%20b", "[1]*", "年 报"),
        pytest.param(os.fsdecode(b"\xc4\xea"), id="not-utf8"),
    ],
)
def test_query_writes_to_a_file_of_any_name(
    release: Path, monkeypatch: pytest.MonkeyPatch, name: str, ending: str
) -> None:
    folder = release.parents[1] / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(
        "pipelines.cli.release.settings_of_process", lambda: Settings(home=release.parents[1])
    )
    query("from agency_years", file=Path(f"{name}.{ending}"))
    assert [file.name for file in folder.iterdir()] == [f"{name}.{ending}"]


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_query_output_in_a_missing_folder_is_one_line(
    ogi: Ogi, release: Path, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / "missing" / f"out.{ending}"
    home = {"OGI_HOME": str(release.parents[1])}
    done = ogi("query", "from agency_years", "--output", file, **home)
    assert one_line(done) == f"{file}: No such file or directory"


def test_parquet_goes_through_a_pipe(release: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(OGI), "query", "from agency_years", "--format", "parquet"],
        capture_output=True,
        check=True,
        env={**INHERITED, "OGI_HOME": str(release.parents[1])},
    )
    file = tmp_path / "out.parquet"
    file.write_bytes(done.stdout)
    assert pq.read_table(file).num_rows == 2


def test_query_refuses_in_one_line(ogi: Ogi, release: Path) -> None:
    home = {"OGI_HOME": str(release.parents[1])}
    assert "DROP" in one_line(ogi("query", "drop table agency_years", **home))
    assert "nosuch" in one_line(ogi("query", "select nosuch\nfrom agency_years", **home))
    assert "nosuch" in one_line(
        ogi("query", "select 1", "--output", release.parent / "nosuch" / "a.csv", **home)
    )


def test_evidence_leads_to_the_page(ogi: Ogi, release: Path) -> None:
    home = {"OGI_HOME": str(release.parents[1])}
    done = ogi("evidence", "ab" * 32, "requests", "received", "total", **home)
    assert json.loads(done.stdout)["evidence"] == {"page": 2, "box": [1.0, 2.0, 3.0, 4.0]}
    assert "no cell" in one_line(ogi("evidence", "ab" * 32, "a", "b", "c", **home))


def test_coverage_is_drawn_or_written(ogi: Ogi, inventory: Path) -> None:
    home = {"OGI_HOME": str(inventory.parents[1])}
    drawn = ogi("coverage", "--region", "640323", **home)
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert "100.0%" in drawn.stdout
    assert "Missing: 1" in drawn.stdout
    told = json.loads(ogi("coverage", "--year", "2022", "--format", "json", **home).stdout)
    assert [year["report_year"] for year in told["by_year"]] == [2022]
    rows = list(csv.DictReader(io.StringIO(ogi("coverage", "--format", "csv", **home).stdout)))
    assert [r["status"] for r in rows] == ["present", "missing", "late", "present"]


def test_coverage_refuses_in_one_line(ogi: Ogi, inventory: Path) -> None:
    home = {"OGI_HOME": str(inventory.parents[1])}
    assert "12x" in one_line(ogi("coverage", "--region", "12x", **home))
    assert "650000" in one_line(ogi("coverage", "--region", "650000", **home))
    assert "`ogi run` makes one" in one_line(ogi("coverage"))


def test_query_without_a_release_says_what_makes_one(ogi: Ogi) -> None:
    assert "ogi run" in one_line(ogi("query", "select 1"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["read", SOUND, "--format", "html"],
        ["check", SOUND],
        ["query", "from agency_years"],
        ["status"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_light_commands_import_neither_dagster_nor_gx(
    release: Path, arguments: list[object]
) -> None:
    program = (
        "import sys\nfrom pipelines.cli import main\n"
        f"sys.argv = {['ogi', *map(str, arguments)]!r}\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**INHERITED, "OGI_HOME": str(release.parents[1])},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "not_needed"),
    [
        (["--help"], ("duckdb", "pandas", "pyarrow", "pydantic")),
        (["query", "from names"], ("pandas",)),
    ],
)
def test_nothing_is_imported_that_is_not_needed(
    release: Path, arguments: list[str], not_needed: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(OGI), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**INHERITED, "OGI_HOME": str(release.parents[1])},
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not imported & set(not_needed)
