"""A ZIP is one document: the report in it, or a refusal that names what is there."""

import io
import random
import zipfile

from pipelines.domain import Outcome, OutcomeKind
from pipelines.runs.process import process_document
from tests.simulate import Format, SimulatedReport, generate, load_agencies, render

AGENCIES = sorted(load_agencies().values(), key=lambda a: a.agency_id)


def a_report(seed: int, year: int = 2022) -> SimulatedReport:
    return generate(random.Random(seed), vintage="2021", agency=AGENCIES[0], year=year)


def rendered(seed: int, format: Format, year: int = 2022) -> bytes:
    return render(a_report(seed, year), format)


def packed(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def outcome_of(entries: dict[str, bytes]) -> Outcome:
    return process_document("a.zip", packed(entries))


def test_the_report_is_found_beside_other_papers() -> None:
    outcome = outcome_of(
        {"letter.txt": "关于报送材料的函\n".encode(), "in/report.docx": rendered(1, "docx")}
    )
    assert outcome.kind is OutcomeKind.REPORT
    assert (outcome.path, outcome.media_type) == ("a.zip", "application/zip")
    assert outcome.read_by == "zip/1+docx/1"
    assert outcome.names.report_year == 2022
    assert len(outcome.facts) > 150


def test_one_report_in_two_formats_is_one_report() -> None:
    outcome = outcome_of({"a.html": rendered(1, "html"), "b.xlsx": rendered(1, "xlsx")})
    assert outcome.kind is OutcomeKind.REPORT
    assert outcome.read_by == "zip/1+html/2"


def test_two_reports_are_refused_by_name() -> None:
    for other in (rendered(1, "docx", 2023), rendered(2, "docx")):
        outcome = outcome_of({"a.docx": rendered(1, "docx"), "b.docx": other})
        assert outcome.kind is OutcomeKind.FAILED
        assert outcome.reason is not None
        assert "two different reports: a.zip > a.docx and a.zip > b.docx" in outcome.reason


def test_an_archive_without_a_report_says_what_is_in_it() -> None:
    outcome = outcome_of({"letter.txt": "关于报送材料的函\n".encode()})
    assert outcome.kind is OutcomeKind.NOT_A_REPORT
    assert outcome.reason is not None
    assert "letter.txt" in outcome.reason
    broken = outcome_of({"letter.txt": "关于报送材料的函\n".encode(), "a.pdf": b"%PDF-1.7 half"})
    assert broken.kind is OutcomeKind.FAILED
    assert broken.reason is not None
    assert "truncated" in broken.reason
