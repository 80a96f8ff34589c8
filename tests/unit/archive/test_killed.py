"""Whoever is killed while archiving leaves nothing half there, and the next completes it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.archive import Archive, archive_files, manifest, open_archive
from pipelines.archive.verify import verify
from pipelines.archive.warc.export import export_warc
from pipelines.archive.warc.import_ import import_warcs

AFTER_THREE = """
import os, signal, sys
from pathlib import Path
from pipelines.archive import archive_files, open_archive

def stop(done: int) -> None:
    if done == 3:
        os.kill(os.getpid(), signal.SIGKILL)

archive_files([Path(sys.argv[1])], open_archive(sys.argv[2]), on_file=stop)
"""
PUT_AND_RECORD = """
import datetime as dt, sys
from pipelines.archive import open_archive, put, record
from pipelines.domain import Provenance, Sighting

archive = open_archive(sys.argv[1])
known = set()
for i in range(100_000):
    now = dt.datetime.now(dt.UTC)
    sha256 = put(archive, b"%d" % i * 20_000)
    row = Provenance(sha256, f"http://a.gov.cn/{i}", "x", 20_000 * len(str(i)), now, "a")
    record(archive, [row], [Sighting(row.address, now, "a", sha256)], known=known)
    print("one is whole", flush=True)
"""
IMPORT = """
import os, signal, sys
from pathlib import Path
from pipelines.archive import open_archive
from pipelines.archive.warc.import_ import import_warcs

def stop(done: int) -> None:
    if done == 9:
        os.kill(os.getpid(), signal.SIGKILL)

import_warcs([Path(sys.argv[1])], open_archive(sys.argv[2]), max_bytes=1 << 20, on_record=stop)
"""


@pytest.fixture(params=["folder", "s3"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """An archive that another process can open."""
    if request.param == "folder":
        return open_archive(tmp_path / "archive")
    return open_archive(f"{request.getfixturevalue('s3')}/{tmp_path.name}")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for i in range(6):
        (folder / f"{i}.txt").write_bytes(b"%d" % i)
    return folder


def killed(code: str, *arguments: object) -> None:
    done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], check=False)
    assert done.returncode == -signal.SIGKILL


def test_taking_in_files(shared: Archive, inbox: Path) -> None:
    killed(AFTER_THREE, inbox, shared.address)
    report = verify(shared)
    assert (report.objects, report.rows, report.faults) == (3, 0, ())

    assert archive_files([inbox], shared).new == 6
    report = verify(shared)
    assert (report.objects, report.rows, report.unnamed, report.faults) == (6, 6, (), ())


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5])
def test_putting_and_recording(shared: Archive, seconds: float) -> None:
    command = [sys.executable, "-c", PUT_AND_RECORD, shared.address]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.kill()
    report = verify(shared)
    assert report.faults == ()
    # Bytes come before their row, the row before what was seen.
    assert report.objects >= report.rows >= report.sightings >= report.objects - 2
    assert report.objects > 0


def test_importing(shared: Archive, inbox: Path, tmp_path: Path) -> None:
    whole = open_archive(tmp_path / "whole")
    archive_files([inbox], whole)
    file = tmp_path / "all.warc.gz"
    export_warc(whole, file)

    killed(IMPORT, file, shared.address)
    assert verify(shared).faults == ()
    assert manifest(shared).num_rows == 0

    assert import_warcs([file], shared, max_bytes=1 << 20).rows == 6
    assert manifest(shared).equals(manifest(whole))
    assert verify(shared).faults == ()


def test_an_export_leaves_no_half_file(inbox: Path, tmp_path: Path) -> None:
    whole = open_archive(tmp_path / "whole")
    archive_files([inbox], whole)
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from pipelines.archive import open_archive;"
        "from pipelines.archive.warc.export import export_warc;"
        "stop = lambda done, total: done == 3 and os.kill(os.getpid(), signal.SIGKILL);"
        "export_warc(open_archive(sys.argv[1]), Path(sys.argv[2]), on_row=stop)"
    )
    killed(code, whole.address, tmp_path / "all.warc.gz")
    assert not (tmp_path / "all.warc.gz").exists()
    assert export_warc(whole, tmp_path / "all.warc.gz").rows == 6
