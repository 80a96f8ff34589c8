"""DOC, WPS and RTF: LibreOffice in batches, and what becomes of the files it stumbles over."""

import http.server
import os
import random
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.domain import Document, Fact, Grid, State, UnreadableDocument, sha256_of
from pipelines.forms import load_forms
from pipelines.normalize import normalize
from pipelines.read.containers import DOC, OLE, RTF, inside
from pipelines.read.limits import Limits
from pipelines.read.office import libreoffice as office
from pipelines.recognize import recognize
from tests.simulate import (
    Habits,
    SimulatedReport,
    generate,
    load_agencies,
    load_words,
    render,
)
from tests.simulate.docx_file import render_docx

needs_office = pytest.mark.skipif(
    shutil.which(office.PROGRAM) is None,
    reason=f"{office.PROGRAM} is not installed (Debian package {office.DEBIAN_PACKAGE})",
)
FORMS = load_forms()


def document_of(content: bytes, media_type: str) -> Document:
    return Document("a", content, sha256_of(content), media_type)


def a_report(seed: int) -> SimulatedReport:
    rng = random.Random(seed)
    habits = Habits.draw(rng, titles=list(load_words().titles), marks=FORMS.lexicon.not_applicable)
    # LibreOffice, which makes the old formats of the page here, believes what the page declares.
    habits = replace(habits, encoding="utf-8", declared_encoding=None)
    agencies = sorted(load_agencies().values(), key=lambda a: a.agency_id)
    vintage = rng.choice(list(FORMS.vintages))
    return generate(rng, vintage=vintage, agency=rng.choice(agencies), year=2022, habits=habits)


def make(pages: list[bytes], target: str, folder: Path) -> list[bytes]:
    """Web pages saved in an old format."""
    for number, page in enumerate(pages):
        (folder / f"{number:03}.html").write_bytes(page)
    files = sorted(map(str, folder.glob("*.html")))
    suffix = target.partition(":")[0]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [
            office.PROGRAM,
            profile,
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            str(folder),
            *files,
        ],
        capture_output=True,
        timeout=300,
        check=True,
    )
    return [file.read_bytes() for file in sorted(folder.glob(f"*.{suffix}"))]


# -- with LibreOffice ---------------------------------------------------------------------------

REPORTS = [a_report(seed) for seed in range(6)]


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    pages = [render(report, "html") for report in REPORTS]
    return make(pages, "doc:MS Word 97", tmp_path_factory.mktemp("doc"))


@pytest.fixture(scope="module")
def rtfs(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    pages = [render(report, "html") for report in REPORTS[:3]]
    return make(pages, "rtf:Rich Text Format", tmp_path_factory.mktemp("rtf"))


def facts_of(document: Document) -> tuple[Fact, ...]:
    return normalize(recognize(office.read_office(document), FORMS), FORMS)[0]


def wrong_cells(report: SimulatedReport, facts: tuple[Fact, ...]) -> list[str]:
    found = {(f.table, f.row, f.column): f for f in facts}
    return [
        f"{key}: {printed} was read as {found.get(key)}"
        for key, printed in report.truth.items()
        if key not in found
        or (found[key].state, found[key].value) != (printed.state, printed.value)
    ]


@needs_office
def test_reports_in_doc_are_read_as_printed(docs: list[bytes]) -> None:
    documents = [document_of(content, inside(content, OLE)) for content in docs]
    assert {d.media_type for d in documents} == {DOC}
    with office.using(office.convert(documents)):
        for report, document in zip(REPORTS, documents, strict=True):
            assert wrong_cells(report, facts_of(document)) == [], report.habits.departures()
            reading = office.read_office(document)
            assert reading.read_by == f"libreoffice/{office.office_version()}+docx/1"
            (first, *_) = (b for b in reading.blocks if isinstance(b, Grid))
            place = first.cells[0].place
            assert (place.row, place.cell) == (1, 1)


@needs_office
def test_reports_in_rtf_are_read_as_printed(rtfs: list[bytes]) -> None:
    documents = [document_of(content, RTF) for content in rtfs]
    with office.using(office.convert(documents)):
        for report, document in zip(REPORTS, documents, strict=False):
            assert wrong_cells(report, facts_of(document)) == [], report.habits.departures()


@needs_office
def test_a_batch_goes_on_behind_what_cannot_be_read(docs: list[bytes]) -> None:
    spoilt = docs[0][:512] + bytes(1024) + docs[0][1536:]
    encrypted = bytearray(docs[0])
    # The flag stands in the head of the text's stream.
    at = encrypted.index(b"\xec\xa5")
    encrypted[at + 11] |= 0x01
    batch = [
        document_of(content, DOC)
        for content in (docs[1], docs[0][:20_000], spoilt, bytes(encrypted), b"\xd0\xcf", docs[2])
    ]
    made = office.convert(batch)
    assert isinstance(made[batch[0].sha256], bytes)
    assert isinstance(made[batch[5].sha256], bytes)
    for document in batch[1:5]:
        error = made[document.sha256]
        assert isinstance(error, UnreadableDocument)
        assert "\n" not in str(error)
    assert "encrypted" in str(made[batch[3].sha256])


@needs_office
def test_nothing_is_fetched_that_a_document_names(tmp_path: Path) -> None:
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    picture = f"http://127.0.0.1:{server.server_port}/x.png"
    page = f'<p>before</p><img src="{picture}" width="9" height="9"><p>after</p>'.encode()
    (doc,) = make([page], "doc:MS Word 97", tmp_path)
    assert asked, "making the document fetches the picture: the listener hears"
    asked.clear()
    assert len(office.read_office(document_of(doc, DOC)).blocks) == 2
    server.shutdown()
    server.server_close()
    assert asked == []


# -- with a stand-in for LibreOffice --------------------------------------------------------------

STAND_IN = """#!/bin/sh
# Files are made of all but those whose text says what happens instead.
if [ "$1" = --version ]; then echo "LibreOffice 7.4.7.2 40(Build:2)"; exit; fi
echo start >> "{folder}/starts"
while [ $# -gt 0 ]; do
  case "$1" in
    --outdir) out="$2"; shift;;
    *.rtf|*.doc)
      if grep -q HANG "$1"; then sleep 1000 & echo $! >> "{folder}/sleepers"; wait; fi
      if grep -q CRASH "$1"; then kill -9 $$; fi
      if ! grep -q REFUSED "$1"; then
        mkdir -p "$out"; name=$(basename "$1"); cp "{folder}/made.docx" "$out/${{name%.*}}.docx"
      fi;;
  esac
  shift
done
"""
Rtf = Callable[[str], Document]


def rtf(text: str) -> Document:
    return document_of(f"{{\\rtf1 {text}}}".encode(), RTF)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A program of LibreOffice's name; what it was asked to do is in its folder."""
    folder = tmp_path / "bin"
    temporary = tmp_path / "temporary"
    for made in (folder, temporary):
        made.mkdir()
    (folder / "made.docx").write_bytes(render_docx(REPORTS[0]))
    program = folder / office.PROGRAM
    program.write_text(STAND_IN.format(folder=folder))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield folder
    assert list(temporary.iterdir()) == [], "profiles and files are taken away"


def starts(folder: Path) -> int:
    return len((folder / "starts").read_text().splitlines())


SHORT = replace(Limits(), office_start_seconds=1.0, office_seconds_each=1.0)


def test_a_batch_is_one_start(stand_in: Path) -> None:
    documents = [rtf(f"text {n}") for n in range(20)]
    with office.using(office.convert(documents)):
        readings = [office.read_office(d) for d in documents]
    assert starts(stand_in) == 1
    assert {r.read_by for r in readings} == {"libreoffice/7.4.7.2+docx/1"}
    office.read_office(documents[0])
    assert starts(stand_in) == 2


def test_a_file_that_gave_nothing_is_tried_once_more_alone(stand_in: Path) -> None:
    documents = [rtf("a"), rtf("REFUSED"), rtf("b")]
    made = office.convert(documents)
    assert [isinstance(made[d.sha256], bytes) for d in documents] == [True, False, True]
    assert "cannot load" in str(made[documents[1].sha256])
    assert starts(stand_in) == 2


@pytest.mark.parametrize("word", ["HANG", "CRASH"])
def test_one_file_that_stops_a_batch_costs_only_itself(stand_in: Path, word: str) -> None:
    documents = [rtf("a"), rtf(word), rtf("b"), rtf("c")]
    made = office.convert(documents, SHORT)
    assert [isinstance(made[d.sha256], bytes) for d in documents] == [True, False, True, True]
    assert "broke down or took longer than 1 s" in str(made[documents[1].sha256])
    assert starts(stand_in) == 3
    sleepers = stand_in / "sleepers"
    for line in sleepers.read_text().split() if sleepers.exists() else ():
        assert not is_running(int(line)), "what LibreOffice started is ended with it"


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_file_that_hangs_alone_is_tried_once(stand_in: Path) -> None:
    with pytest.raises(UnreadableDocument, match="took longer than 1 s"):
        office.read_office(rtf("HANG"), SHORT)
    assert starts(stand_in) == 1


def test_a_truncated_rtf_never_reaches_libreoffice(stand_in: Path) -> None:
    with pytest.raises(UnreadableDocument, match="truncated"):
        office.read_office(document_of(b"{\\rtf1 {\\b text", RTF))
    assert not (stand_in / "starts").exists()


def test_where_libreoffice_is_missing_its_package_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableDocument, match="libreoffice-writer-nogui"):
        office.read_office(rtf("a"))


def test_a_broken_docx_from_libreoffice_is_a_failure(stand_in: Path) -> None:
    (stand_in / "made.docx").write_bytes(b"PK\x03\x04 half a file")
    with pytest.raises(UnreadableDocument, match="cannot load"):
        office.read_office(rtf("a"))


def test_states_are_told_apart() -> None:
    """The truth that the tests above compare with has blanks, marks and figures in it."""
    states = {cell.state for report in REPORTS for cell in report.truth.values()}
    assert {State.REPORTED, State.BLANK} <= states
