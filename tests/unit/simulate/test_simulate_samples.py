"""data/samples is what the generator writes, and expected.json tells the truth of it."""

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from pipelines.domain import ReferenceDataError
from pipelines.forms import load_forms
from tests.simulate import load_agencies, load_words, write_samples
from tests.simulate.__main__ import main
from tests.simulate.agencies import AGENCIES_FILE

SAMPLES = Path(__file__).parents[3] / "data" / "samples"
REPORTS = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))["reports"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


def drawn(content: bytes) -> list[tuple[str, int, int]]:
    """Every glyph of a PDF and where it stands, in points."""
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return [
            (char["text"], round(char["x0"]), round(char["top"]))
            for page in pdf.pages
            for char in page.chars
        ]


def test_the_committed_samples_are_those_of_a_fresh_run(fresh: Path) -> None:
    committed = {p.name: p.read_bytes() for p in (SAMPLES / "reports").iterdir()}
    made = {p.name: p.read_bytes() for p in (fresh / "reports").iterdir()}
    assert sorted(committed) == sorted(made)
    differing = [name for name in made if made[name] != committed[name]]
    # Another zlib or font package packs the same PDF in other bytes.
    pdfs = [name for name in differing if name.endswith(".pdf")]
    assert differing == pdfs
    for name in pdfs:
        assert drawn(made[name]) == drawn(committed[name])
    assert (fresh / "expected.json").read_bytes() == (SAMPLES / "expected.json").read_bytes()


def test_another_seed_gives_other_reports(tmp_path: Path, fresh: Path) -> None:
    write_samples(tmp_path, seed=1)
    name = "990000-government-2021.html"
    assert (tmp_path / "reports" / name).read_bytes() != (fresh / "reports" / name).read_bytes()


def test_expected_names_every_document_and_no_other() -> None:
    assert set(REPORTS) == {f"reports/{p.name}" for p in (SAMPLES / "reports").iterdir()}
    assert all(re.fullmatch(r"[ -~]+", name) for name in REPORTS)


def test_the_folder_is_small() -> None:
    assert sum(p.stat().st_size for p in SAMPLES.rglob("*") if p.is_file()) < 3_000_000


def test_the_samples_are_of_every_kind() -> None:
    reports = REPORTS.values()
    assert len(REPORTS) >= 20
    assert {r["format"] for r in reports} == {"html", "pdf", "text"}
    assert {r["encoding"] for r in reports} == {"utf-8", "gb18030", None}
    agencies = [load_agencies()[r["agency_id"]] for r in reports]
    assert {a.admin_level for a in agencies} == {"province", "city", "county", "township"}
    assert {a.is_government for a in agencies} == {True, False}
    vintages = [v for r in reports for v in r["vintages"].get("requests", [])]
    assert {"2019", "2021"} == set(vintages)
    assert any(r["vintages"]["requests"] != r["vintages"]["proactive_disclosure"] for r in reports)
    assert sum(1 for r in reports if r["lost"]) == 2
    pairs = [(r["agency_id"], r["report_year"]) for r in reports]
    twice = {p for p in pairs if pairs.count(p) == 2}
    assert len(twice) == 1


def test_agencies_report_on_consecutive_years() -> None:
    years: dict[str, set[int]] = {}
    for report in REPORTS.values():
        years.setdefault(report["agency_id"], set()).add(report["report_year"])
    assert sum(1 for y in years.values() if len(y) >= 2) >= 5
    assert sum(1 for y in years.values() if len(y) >= 3) >= 3
    assert all(max(y) - min(y) == len(y) - 1 for y in years.values())


def test_what_is_carried_forward_is_brought_forward() -> None:
    by_year = {(r["agency_id"], r["report_year"]): r for r in REPORTS.values()}
    joined = 0
    for (agency, year), report in by_year.items():
        after = by_year.get((agency, year + 1))
        if after is None or report["broken"] or after["broken"]:
            continue
        carried = report["cells"]["requests"]["carried_forward"]
        brought = after["cells"]["requests"]["brought_forward"]
        hidden = ("blank", "not_applicable")
        assert {k: "0" if v in hidden else v for k, v in carried.items()} == {
            k: "0" if v in hidden else v for k, v in brought.items()
        }
        joined += 1
    assert joined >= 8


def judged(
    report: dict[str, Any], *, blanks_are_zero: bool
) -> set[tuple[str, str | None, str | None, str, str]]:
    """(rule, row, column) of the identities that the cells in expected.json break."""
    states = {"blank", "not_applicable", "absent"}
    broken = set()
    for name, rows in report["cells"].items():
        if name == "proactive_disclosure":
            continue
        vintage = (report["vintages"].get(name) or report["vintages"]["requests"])[0]
        table = load_forms().vintages[vintage].rectangular(name)
        for identity in table.identities:
            by_column = identity.for_each == "column"
            for entry in table.columns if by_column else table.rows:
                sides = []
                for operands in (identity.left, identity.right):
                    tokens = [
                        rows[o][entry.code] if by_column else rows[entry.code][o] for o in operands
                    ]
                    if blanks_are_zero:
                        tokens = ["0" if t in ("blank", "not_applicable") else t for t in tokens]
                    sides.append(tokens)
                if states & {t for side in sides for t in side}:
                    continue
                left, right = (sum(Decimal(t) for t in side) for side in sides)
                if left != right:
                    where = (None, entry.code) if by_column else (entry.code, None)
                    broken.add((identity.id, *where, str(left), str(right)))
    return broken


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_expected_lists_every_broken_identity(name: str) -> None:
    report = REPORTS[name]
    for reading, zeros in (("strict", False), ("blank_as_zero", True)):
        told = {
            (b["rule"], b["row"], b["column"], b["left"], b["right"])
            for b in report["broken"]
            if b["reading"] == reading
        }
        assert told == judged(report, blanks_are_zero=zeros)


def test_different_identities_are_broken_and_one_only_where_blanks_are_zero() -> None:
    broken = [r for r in REPORTS.values() if r["broken"]]
    rules = {b["rule"] for r in broken for b in r["broken"]}
    assert rules == {
        "requests_in_equal_requests_out",
        "dispositions_sum_to_total",
        "applicants_sum_to_total",
        "outcomes_sum_to_total",
        "counts_are_whole",
    }
    assert len(broken) >= 5
    only_loose = [r for r in broken if {b["reading"] for b in r["broken"]} == {"blank_as_zero"}]
    assert len(only_loose) == 1


def test_html_samples_hold_what_is_expected_of_them() -> None:
    for name, report in REPORTS.items():
        if report["format"] == "pdf":
            continue
        text = (SAMPLES / name).read_bytes().decode(report["encoding"])
        assert report["title"] in text.replace("<br>", "").replace("\n", "")
        assert report["agency_name"] in text


def test_the_command_writes_the_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fresh: Path
) -> None:
    assert main([str(tmp_path)]) == 0
    assert f"{len(REPORTS)} reports" in capsys.readouterr().out
    assert len(list((tmp_path / "reports").iterdir())) == len(REPORTS)


@pytest.mark.parametrize("arguments", [[], ["--no-such-option"], ["one", "two"]])
def test_the_command_says_how_it_is_used(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_command_says_why_it_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "reports").write_text("in the way")
    assert main([str(tmp_path)]) == 2
    assert "reports" in capsys.readouterr().err


COLUMNS = (
    "agency_id,agency_name,aliases,region_code,province,city,county,admin_level,function,"
    "is_government,parent_agency_id,first_year,last_year,successor_agency_id"
)
REAL = {"640323-natural-resources", "411621-natural-resources"}


def test_agencies_are_sound() -> None:
    with AGENCIES_FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert ",".join(rows[0]) == COLUMNS
    assert len({r["agency_id"] for r in rows}) == len(rows)
    agencies = load_agencies()
    for agency in agencies.values():
        assert agency.is_government == (agency.function is None)
        part = "government" if agency.is_government else (agency.function or "").replace("_", "-")
        assert agency.agency_id == f"{agency.region_code}-{part}"
        assert agency.parent_agency_id is None or agency.parent_agency_id in agencies
    names = [n for a in agencies.values() for n in (a.agency_name, *a.aliases)]
    assert len(names) == len(set(names))


def test_invented_figures_are_given_to_invented_agencies_alone() -> None:
    assert {a.region_code[:2] for a in load_agencies().values() if a.region_code} == {"99"}
    assert REAL.isdisjoint(load_agencies())
    assert {r["agency_id"] for r in REPORTS.values()} <= set(load_agencies())


def test_words_that_are_not_known_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("titles: {}\nnonsense: 1\n")
    with pytest.raises(ReferenceDataError, match=r"words\.yaml"):
        load_words(file)
    with pytest.raises(ReferenceDataError, match="No such file"):
        load_words(tmp_path / "none.yaml")


def test_what_a_pdf_draws_is_told_apart() -> None:
    one, other = (
        (SAMPLES / "reports" / name).read_bytes()
        for name in ("990200-government-2022.pdf", "990221-government-2022.pdf")
    )
    assert drawn(one) == drawn(one) != drawn(other)
    assert len(drawn(one)) > 1000
