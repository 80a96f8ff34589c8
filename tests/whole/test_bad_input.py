"""Bad documents: one clear line, and everything else goes through."""

import random
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from reportlab.pdfgen.canvas import Canvas

from pipelines.domain import sha256_of

Ogi = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[tuple[Any, ...]]]

PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><title>{title}</title></head>'
    "<body>{body}</body></html>"
)
LISTING = "".join(
    f'<li><a href="/{year}.html">海风市教育局{year}年政府信息公开工作年度报告</a></li>'
    for year in range(2015, 2024)
)
ARTICLE = "<h1>全市茶叶产量统计</h1>" + "<p>本季度春茶上市，产量稳中有升。</p>" * 20
LIMIT = 300_000


def _empty(file: Path, _: Path) -> None:
    file.write_bytes(b"")


def _pdf_without_a_report(file: Path, _: Path) -> None:
    canvas = Canvas(str(file))
    canvas.drawString(72, 720, "Tea harvest, second quarter: 12 tonnes")
    canvas.save()


def _listing(file: Path, _: Path) -> None:
    file.write_text(PAGE.format(title="政府信息公开年报", body=f"<ul>{LISTING}</ul>"), "utf-8")


def _truncated_pdf(file: Path, samples: Path) -> None:
    content = (samples / "990200-government-2022.pdf").read_bytes()
    file.write_bytes(content[: len(content) // 2])


def _no_report(file: Path, _: Path) -> None:
    file.write_text(PAGE.format(title="茶叶", body=ARTICLE), "utf-8")


def _binary(file: Path, _: Path) -> None:
    file.write_bytes(b"\x7fELF\x02\x01\x01\x00" + random.Random(7).randbytes(50_000))


def _over_the_limit(file: Path, _: Path) -> None:
    file.write_bytes(b"<html>" + b" " * LIMIT)


BAD = {
    "empty.html": (_empty, "failed"),
    "no-report-in-it.pdf": (_pdf_without_a_report, "not_a_report"),
    "listing.html": (_listing, "not_a_report"),
    "truncated.pdf": (_truncated_pdf, "failed"),
    "tea.html": (_no_report, "not_a_report"),
    "binary.txt": (_binary, "failed"),
    "large.html": (_over_the_limit, "failed"),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for name, (make, _) in BAD.items():
        make(folder / name, samples)
    return folder


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("how", ["table", "json"])
def test_read_tells_file_and_reason_in_one_line(
    ogi: Ogi, bad: Path, tmp_path: Path, name: str, how: str
) -> None:
    ended = ogi(tmp_path, "read", bad / name, "--format", how, OGI_MAX_DOCUMENT_BYTES=str(LIMIT))
    assert ended.returncode == 2
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    path, _, reason = line.partition(": ")
    assert path == str(bad / name)
    assert len(reason.split()) >= 2
    assert list(tmp_path.iterdir()) == [], "reading stores nothing"


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, ogi: Ogi, bad: Path, some_reports: list[Path]
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    home = tmp_path_factory.mktemp("home")
    limit = str(LIMIT)
    return home, ogi(home, "ingest", bad, *some_reports, OGI_MAX_DOCUMENT_BYTES=limit)


def test_a_run_takes_the_others_through(
    home: tuple[Path, subprocess.CompletedProcess[str]],
    rows: Rows,
    bad: Path,
    some_reports: list[Path],
) -> None:
    folder, ended = home
    assert ended.returncode == 0, ended.stderr
    outcomes: dict[str, str] = dict(rows(folder, "select first_address, outcome from dim_document"))
    wanted = {str(bad / name): outcome for name, (_, outcome) in BAD.items()}
    assert outcomes == wanted | {str(file): "report" for file in some_reports}
    assert rows(folder, "from dim_document where outcome <> 'report' and reason is null") == []
    assert rows(folder, "from dim_document where outcome = 'report' and reason is not null") == []


def test_a_run_names_every_failure(
    home: tuple[Path, subprocess.CompletedProcess[str]], bad: Path
) -> None:
    text = home[1].stdout
    assert "4 reports, 3 no reports, 4 failed" in text
    for name, (_, outcome) in BAD.items():
        if outcome == "failed":
            (line,) = [at for at in text.splitlines() if str(bad / name) in at]
            assert len(line.split(": ", 1)[1].split()) >= 2


def test_nothing_is_lost(
    home: tuple[Path, subprocess.CompletedProcess[str]], bad: Path, some_reports: list[Path]
) -> None:
    for file in [*bad.iterdir(), *some_reports]:
        content = file.read_bytes()
        sha256 = sha256_of(content)
        kept = home[0] / "archive" / "objects" / sha256[:2] / sha256
        assert kept.read_bytes() == content


def test_bad_documents_alone_block_the_release(ogi: Ogi, bad: Path, tmp_path: Path) -> None:
    ended = ogi(tmp_path, "ingest", bad / "empty.html", bad / "tea.html")
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "no document is a report: 2 documents were read, 1 of them failed" in line
    assert "the file is empty (1)" in line
    assert "2 documents: 0 reports" in ended.stdout
    assert not (tmp_path / "published").exists()


@pytest.mark.parametrize(
    "arguments", [["ingest"], ["run", "--input"]], ids=lambda arguments: arguments[0]
)
def test_empty_folder_ends_2_and_creates_nothing(
    ogi: Ogi, tmp_path: Path, arguments: list[str]
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / ".hidden").write_bytes(b"text")
    ended = ogi(tmp_path / "home", *arguments, folder)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"{folder}: no file here: it is empty; hidden files are not read\n"
    assert not (tmp_path / "home").exists()


def test_empty_inbox_of_an_empty_archive_ends_2(ogi: Ogi, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    ended = ogi(tmp_path, "run")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("nothing to publish")
    assert f"the inbox {inbox} no file" in ended.stderr
    assert list(tmp_path.iterdir()) == [inbox]


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "--input", "no-such-folder"], ["ingest", "no-such.pdf"]]
)
def test_nothing_to_take_ends_2(ogi: Ogi, tmp_path: Path, arguments: list[str]) -> None:
    ended = ogi(tmp_path, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert "inbox" in line or arguments[-1] in line


def test_a_blocked_release_ends_2_and_the_old_one_stays(
    ogi: Ogi, rows: Rows, tmp_path: Path, samples: Path, some_reports: list[Path]
) -> None:
    home = tmp_path / "home"
    assert ogi(home, "ingest", some_reports[0]).returncode == 0
    file = tmp_path / "empty.html"
    _empty(file, samples)
    strict = {"OGI_RATES_FROM_DOCUMENTS": "1", "OGI_MAX_FAILED_RATE": "0.1"}
    ended = ogi(home, "ingest", file, **strict)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert "blocked" in line
    assert "50.0%" in line
    assert "blocked; the one before it stays" in ended.stdout
    assert " query " not in ended.stdout, "a query would answer from the release before it"
    assert rows(home, "select outcome from dim_document") == [("report",)]
    again = ogi(home, "ingest", file, **strict)
    assert again.returncode == 2, "what is blocked stays blocked until something changes"
    assert ogi(home, "ingest", file).returncode == 0
    assert len(rows(home, "from dim_document")) == 2


@pytest.mark.full
def test_a_file_of_200_mb(ogi: Ogi, rows: Rows, tmp_path: Path, some_reports: list[Path]) -> None:
    large = tmp_path / "large.html"
    with large.open("wb") as file:
        file.write(b"<html>")
        file.truncate(200_000_000)
    home = tmp_path / "home"
    ended = ogi(home, "read", large)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert "200,000,000" in ended.stderr
    assert ogi(home, "ingest", large, some_reports[0]).returncode == 0
    assert dict(rows(home, "select outcome, count(*) from dim_document group by all")) == {
        "failed": 1,
        "report": 1,
    }
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert most < 900_000_000, "a document over the limit is never read into memory"


def test_the_evidence_has_no_row_of_a_bad_document(
    home: tuple[Path, subprocess.CompletedProcess[str]], some_reports: list[Path]
) -> None:
    evidence = home[0] / "published" / "evidence.parquet"
    told = duckdb.execute(
        "select distinct document_sha256 from read_parquet(?)", [str(evidence)]
    ).fetchall()
    assert {sha256 for (sha256,) in told} == {sha256_of(f.read_bytes()) for f in some_reports}
