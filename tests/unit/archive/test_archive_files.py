"""Files and folders go into the archive once, whole, and with where they were found."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.archive import (
    MANIFEST_SCHEMA,
    Archive,
    ArchiveReport,
    archive_files,
    manifest,
    object_address,
    open_archive,
    read_object,
    sightings,
)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def archive(folder: Path) -> Archive:
    return open_archive(folder)


def addresses(archive: Archive) -> list[str]:
    return [str(address) for address in manifest(archive)["address"].to_pylist()]


def object_file(archive: Archive, sha256: str) -> Path:
    return Path(object_address(archive, sha256))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_bytes_and_provenance_are_kept(inbox: Path, archive: Archive) -> None:
    (inbox / "b").mkdir()
    (inbox / "b" / "2.html").write_bytes(b"two")
    (inbox / "1.txt").write_bytes(b"one")

    report = archive_files([inbox], archive)

    assert report == ArchiveReport(new=2, known=0, unreadable=())
    assert read_object(archive, sha(b"one")) == b"one"
    rows = manifest(archive).to_pylist()
    assert [(r["name"], r["bytes"], r["source"]) for r in rows] == [
        ("1.txt", 3, "file"),
        ("2.html", 3, "file"),
    ]
    assert [r["document_sha256"] for r in rows] == [sha(b"one"), sha(b"two")]
    assert addresses(archive) == [str(inbox / "1.txt"), str(inbox / "b" / "2.html")]


def test_a_file_that_is_what_it_was_before_is_seen_again(inbox: Path, archive: Archive) -> None:
    file = inbox / "1.txt"
    for content in (b"one", b"two", b"one"):
        file.write_bytes(content)
        archive_files([inbox], archive)
    archive_files([inbox], archive)
    assert manifest(archive)["document_sha256"].to_pylist() == [sha(b"one"), sha(b"two")]
    (again,) = sightings(archive).to_pylist()
    assert (again["address"], again["document_sha256"]) == (str(file), sha(b"one"))


def test_a_second_call_finds_nothing_new_and_writes_nothing(
    inbox: Path, archive: Archive, folder: Path
) -> None:
    (inbox / "1.txt").write_bytes(b"one")
    archive_files([inbox], archive)
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.name != "lock"}

    assert archive_files([inbox], archive) == ArchiveReport(new=0, known=1, unreadable=())
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.name != "lock"} == before


def test_the_same_bytes_under_two_names_are_one_document_with_two_addresses(
    inbox: Path, archive: Archive
) -> None:
    (inbox / "1.txt").write_bytes(b"same")
    (inbox / "2.txt").write_bytes(b"same")

    assert archive_files([inbox], archive) == ArchiveReport(new=1, known=1, unreadable=())
    assert set(manifest(archive)["document_sha256"].to_pylist()) == {sha(b"same")}
    assert len(addresses(archive)) == 2


def test_a_new_name_of_a_known_document_is_added_later(inbox: Path, archive: Archive) -> None:
    (inbox / "1.txt").write_bytes(b"same")
    archive_files([inbox], archive)
    (inbox / "2.txt").write_bytes(b"same")

    assert archive_files([inbox], archive) == ArchiveReport(new=0, known=2, unreadable=())
    assert addresses(archive) == [str(inbox / "1.txt"), str(inbox / "2.txt")]


def test_changed_bytes_under_one_name_are_a_second_document(inbox: Path, archive: Archive) -> None:
    (inbox / "1.txt").write_bytes(b"old")
    archive_files([inbox], archive)
    (inbox / "1.txt").write_bytes(b"new")

    assert archive_files([inbox], archive).new == 1
    assert read_object(archive, sha(b"old")) == b"old"
    assert read_object(archive, sha(b"new")) == b"new"


def test_hidden_files_are_passed_over_unless_named(
    inbox: Path, archive: Archive, folder: Path
) -> None:
    (inbox / ".hidden").write_bytes(b"hidden")
    (inbox / ".folder").mkdir()
    (inbox / ".folder" / "1.txt").write_bytes(b"below")

    assert archive_files([inbox], archive).new == 0
    assert archive_files([inbox / ".hidden"], archive).new == 1


def test_links_that_lead_in_a_circle_end(inbox: Path, archive: Archive) -> None:
    (inbox / "a").mkdir()
    (inbox / "a" / "1.txt").write_bytes(b"one")
    (inbox / "a" / "up").symlink_to(inbox)
    (inbox / "a" / "self").symlink_to(inbox / "a" / "self")
    (inbox / "link.txt").symlink_to(inbox / "a" / "1.txt")

    report = archive_files([inbox], archive)

    assert report.new == 1
    assert addresses(archive) == [str(inbox / "a" / "1.txt"), str(inbox / "link.txt")]
    assert [path for path, _ in report.unreadable] == [str(inbox / "a" / "self")]


def test_a_file_named_twice_is_taken_once(inbox: Path, archive: Archive) -> None:
    (inbox / "1.txt").write_bytes(b"one")
    report = archive_files([inbox / "1.txt", inbox, inbox / "1.txt"], archive)
    assert report == ArchiveReport(new=1, known=0, unreadable=())


def test_the_archive_does_not_eat_itself(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_bytes(b"one")
    archive = open_archive(tmp_path / "archive")
    archive_files([tmp_path], archive)
    assert archive_files([tmp_path], archive) == ArchiveReport(0, 1, ())


def test_what_cannot_be_read_is_named_with_its_reason(
    inbox: Path, archive: Archive, folder: Path
) -> None:
    (inbox / "1.txt").write_bytes(b"one")
    os.mkfifo(inbox / "pipe")
    (inbox / "dangling").symlink_to(inbox / "nowhere")
    broken = Path("/proc/self/mem")  # a regular file whose first byte cannot be read

    report = archive_files([inbox, inbox / "missing", broken], archive)

    assert report.new == 1
    assert dict(report.unreadable) == {
        str(inbox / "dangling"): "No such file or directory",
        str(inbox / "missing"): "No such file or directory",
        str(inbox / "pipe"): "not a regular file",
        str(broken): "Input/output error",
    }
    assert not list((folder / "objects").glob("partial-*"))


def test_a_name_that_is_no_utf8_is_written_with_its_bytes(inbox: Path, archive: Archive) -> None:
    gbk = "报告.txt".encode("gbk")
    (inbox / os.fsdecode(gbk)).write_bytes(b"one")

    assert archive_files([inbox], archive).new == 1
    assert manifest(archive)["name"].to_pylist() == ["\\xb1\\xa8\\xb8\\xe6.txt"]


def test_objects_cannot_be_written_to(inbox: Path, archive: Archive) -> None:
    (inbox / "1.txt").write_bytes(b"one")
    archive_files([inbox], archive)
    assert object_file(archive, sha(b"one")).stat().st_mode & 0o222 == 0


def test_an_object_that_lost_its_end_is_made_anew(inbox: Path, archive: Archive) -> None:
    (inbox / "1.txt").write_bytes(b"one")
    archive_files([inbox], archive)
    target = object_file(archive, sha(b"one"))
    target.unlink()
    target.write_bytes(b"o")

    archive_files([inbox], archive)
    assert read_object(archive, sha(b"one")) == b"one"


def test_an_empty_archive_has_a_manifest_without_rows(archive: Archive) -> None:
    assert manifest(archive).schema == MANIFEST_SCHEMA
    assert manifest(archive).num_rows == 0
    with pytest.raises(FileNotFoundError):
        read_object(archive, sha(b"one"))


KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines.archive import archive_files, open_archive

def stop(done: int) -> None:
    if done == 3:
        os.kill(os.getpid(), signal.SIGKILL)

archive_files([Path(sys.argv[1])], open_archive(sys.argv[2]), on_file=stop)
"""


def test_a_killed_call_is_completed_by_the_next(
    inbox: Path, archive: Archive, folder: Path
) -> None:
    for i in range(6):
        (inbox / f"{i}.txt").write_bytes(str(i).encode())
    killed = subprocess.run([sys.executable, "-c", KILLED, inbox, folder], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert object_file(archive, sha(b"0")).exists()
    assert manifest(archive).num_rows == 0
    left = folder / "objects" / "partial-left"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))

    assert archive_files([inbox], archive) == ArchiveReport(new=6, known=0, unreadable=())

    assert addresses(archive) == [str(inbox / f"{i}.txt") for i in range(6)]
    objects = [p for p in (folder / "objects").rglob("*") if p.is_file()]
    assert sorted(p.name for p in objects) == sorted(sha(str(i).encode()) for i in range(6))


def test_what_another_process_is_at_is_left_alone(
    inbox: Path, archive: Archive, folder: Path
) -> None:
    (inbox / "1.txt").write_bytes(b"one")
    (folder / "objects").mkdir(parents=True)
    partial = folder / "objects" / "partial-of-a-crawl"
    partial.write_bytes(b"half")
    archive_files([inbox], archive)
    assert partial.read_bytes() == b"half"


BOUNDED = """
import resource, sys
from pathlib import Path
from pipelines.archive import archive_files, open_archive

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
report = archive_files([Path(sys.argv[1])], open_archive(sys.argv[2]))
assert report.new == 1, report
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_file_of_200_mb_is_taken_in_little_memory(
    inbox: Path, archive: Archive, folder: Path
) -> None:
    with (inbox / "large.pdf").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, inbox, folder],
        check=True,
        capture_output=True,
        text=True,
    )
    unit = 1024 if sys.platform != "darwin" else 1  # ru_maxrss
    assert int(done.stdout) * unit < 50 * 1024 * 1024
    assert manifest(archive)["bytes"].to_pylist() == [200 * 1024 * 1024]


def test_two_calls_at_once_double_nothing(inbox: Path, archive: Archive, folder: Path) -> None:
    for i in range(50):
        (inbox / f"{i}.txt").write_bytes(str(i).encode())
    code = (
        "import sys; from pathlib import Path;"
        "from pipelines.archive import archive_files, open_archive;"
        "archive_files([Path(sys.argv[1])], open_archive(sys.argv[2]))"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, inbox, folder]) for _ in range(2)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    assert manifest(archive).num_rows == 50


def test_a_manifest_shard_is_plain_parquet(inbox: Path, archive: Archive, folder: Path) -> None:
    (inbox / "1.txt").write_bytes(b"one")
    archive_files([inbox], archive, source="crawl")
    (shard,) = (folder / "manifest").glob("*")
    assert pq.read_schema(shard).names == MANIFEST_SCHEMA.names
    assert pq.read_table(shard)["source"].to_pylist() == ["crawl"]
