"""Every sum is computed again, and what is wrong is told with its address and what mends it."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from pipelines.archive import (
    Archive,
    archive_files,
    object_address,
    open_archive,
    put,
    record,
)
from pipelines.archive.storage import ArchiveError
from pipelines.archive.verify import Fault, FaultKind, VerifyReport, verify
from pipelines.domain import Provenance, Sighting

WHEN = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
CONTENT = b"one document of some length"
SHA = hashlib.sha256(CONTENT).hexdigest()
NAME = f"objects/{SHA[:2]}/{SHA}"


@pytest.fixture
def filled(any_archive: Archive) -> Archive:
    put(any_archive, CONTENT)
    row = Provenance(SHA, "http://a.gov.cn/1", "1", len(CONTENT), WHEN, "a", status=200)
    record(any_archive, [row], [Sighting("http://a.gov.cn/1", WHEN, "a", SHA)])
    return any_archive


def only(report: VerifyReport) -> Fault:
    (fault,) = report.faults
    return fault


def test_a_whole_archive_has_no_faults(filled: Archive) -> None:
    done: list[int] = []
    assert verify(filled, on_object=done.append) == VerifyReport(1, len(CONTENT), 1, 1, (), ())
    assert done == [1]


def test_an_empty_archive_has_no_faults(any_archive: Archive) -> None:
    assert verify(any_archive) == VerifyReport(0, 0, 0, 0, (), ())


def test_an_object_that_no_row_names_is_told_and_no_fault(filled: Archive) -> None:
    sha256 = put(filled, b"a listing")
    report = verify(filled)
    assert report.unnamed == (object_address(filled, sha256),)
    assert report.faults == ()
    assert report.objects == 2


@pytest.mark.parametrize(
    "content",
    [b"", CONTENT[:-1], CONTENT + b"x", b"O" + CONTENT[1:], CONTENT[:-1] + b"H"],
    ids=["empty", "shorter", "longer", "first flipped", "last flipped"],
)
def test_wrong_bytes_are_found(filled: Archive, content: bytes) -> None:
    filled.write(NAME, content)
    fault = only(verify(filled))
    assert fault.kind is FaultKind.WRONG_SUM
    assert fault.address == object_address(filled, SHA)
    assert hashlib.sha256(content).hexdigest() in fault.problem
    assert fault.remedy.startswith("take it away, then take in http://a.gov.cn/1 again")


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    archive = open_archive(tmp_path)
    put(archive, CONTENT)
    for bit in range(8 * len(CONTENT)):
        flipped = bytearray(CONTENT)
        flipped[bit // 8] ^= 1 << bit % 8
        archive.write(NAME, bytes(flipped))
        assert only(verify(archive)).kind is FaultKind.WRONG_SUM


def test_a_large_object_is_read_to_its_end(tmp_path: Path) -> None:
    archive = open_archive(tmp_path)
    content = bytes(3 << 20)
    name = f"objects/{(sha := put(archive, content))[:2]}/{sha}"
    assert verify(archive).faults == ()
    archive.write(name, content[:-1] + b"x")
    assert only(verify(archive)).kind is FaultKind.WRONG_SUM


@pytest.mark.parametrize("folder", ["manifest", "sightings"])
def test_a_missing_object_is_found_by_either_row(any_archive: Archive, folder: str) -> None:
    row = Provenance(SHA, "http://a.gov.cn/1", "1", 3, WHEN, "a")
    sighting = Sighting("http://a.gov.cn/1", WHEN, "a", SHA)
    record(any_archive, [row] * (folder == "manifest"), [sighting] * (folder == "sightings"))
    fault = only(verify(any_archive))
    assert (fault.kind, fault.address) == (FaultKind.MISSING, object_address(any_archive, SHA))
    assert fault.remedy.startswith("take in http://a.gov.cn/1 again")


def test_a_tombstone_misses_nothing(any_archive: Archive) -> None:
    record(any_archive, [], [Sighting("http://a.gov.cn/1", WHEN, "a", None, 404)])
    assert verify(any_archive).faults == ()


@pytest.mark.parametrize(
    "name",
    [
        "objects/notes.txt",
        f"objects/{SHA[:2]}/notes",
        f"objects/00/{SHA}",
        f"objects/{SHA}",
        f"objects/{SHA[:2]}/{SHA[:-1]}",
        f"objects/{SHA[:2]}/{SHA.upper()}",
        f"objects/{SHA[:2]}/deeper/{SHA}",
        "manifest/notes.txt",
        "sightings/deeper/notes.txt",
    ],
)
def test_a_file_that_is_no_object_is_found(filled: Archive, name: str) -> None:
    filled.write(name, CONTENT)
    fault = only(verify(filled))
    assert (fault.kind, fault.address) == (FaultKind.STRAY, filled.address_of(name))


def test_a_link_is_no_object(tmp_path: Path) -> None:
    archive = open_archive(tmp_path / "archive")
    outside = tmp_path / "outside"
    outside.mkdir()
    put(archive, CONTENT)
    (tmp_path / "archive" / "objects" / "zz").symlink_to(outside)
    assert only(verify(archive)).kind is FaultKind.STRAY


def test_what_a_killed_process_left_is_no_fault(tmp_path: Path) -> None:
    archive = open_archive(tmp_path)
    put(archive, CONTENT)
    (tmp_path / "objects" / "partial-x").write_bytes(b"half")
    assert verify(archive).faults == ()


def test_an_object_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    archive = open_archive(tmp_path)
    put(archive, b"other")
    target = tmp_path / NAME
    target.parent.mkdir()
    # Nobody may read it, not even root.
    target.symlink_to("/proc/self/mem")
    fault = only(verify(archive))
    assert fault.kind is FaultKind.UNREADABLE
    assert fault.problem.startswith("[Errno ")


@pytest.mark.parametrize("folder", ["manifest", "sightings"])
@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1....PAR1"])
def test_a_broken_shard_is_found_and_the_others_are_read(
    filled: Archive, folder: str, content: bytes
) -> None:
    filled.write(f"{folder}/broken.parquet", content)
    report = verify(filled)
    fault = only(report)
    assert fault.kind is FaultKind.UNREADABLE
    assert fault.address == filled.address_of(f"{folder}/broken.parquet")
    assert "\n" not in fault.problem
    assert (report.rows, report.sightings) == (1, 1)


def test_every_flipped_byte_of_a_shard_is_found(tmp_path: Path) -> None:
    archive = open_archive(tmp_path)
    record(archive, [Provenance(SHA, "http://a.gov.cn/1", "1", 3, WHEN, "a")], [])
    (shard,) = (tmp_path / "manifest").iterdir()
    name, content = f"manifest/{shard.name}", bytearray(shard.read_bytes())
    for place in range(len(content)):
        content[place] ^= 1
        archive.write(name, bytes(content))
        assert only(verify(archive)).kind is FaultKind.UNREADABLE
        content[place] ^= 1


def test_a_shard_of_other_columns_is_found(filled: Archive) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"bytes": ["not a number"]}), sink)
    filled.write("manifest/other.parquet", sink.getvalue().to_pybytes())
    assert only(verify(filled)).kind is FaultKind.UNREADABLE


def test_all_faults_are_told_at_once(filled: Archive) -> None:
    filled.write(NAME, b"wrong")
    filled.write("objects/stray", b"")
    filled.write("manifest/broken.parquet", b"")
    record(filled, [], [Sighting("http://a.gov.cn/2", WHEN, "a", "0" * 64)])
    assert {fault.kind for fault in verify(filled).faults} == set(FaultKind)


def test_where_nobody_answers_nothing_is_said(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    if filled.folder is not None:
        pytest.skip("a folder needs nobody to answer")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError("Access Denied")

    for name in ("open", "ls"):
        with monkeypatch.context() as patched:
            patched.setattr(filled.filesystem, name, denied)
            with pytest.raises(ArchiveError, match="Access Denied"):
                verify(filled)


def test_healed_by_taking_in_again(tmp_path: Path) -> None:
    archive = open_archive(tmp_path / "archive")
    inbox = tmp_path / "1.txt"
    inbox.write_bytes(CONTENT)
    archive_files([inbox], archive)
    archive.write(NAME, CONTENT[::-1])
    assert str(inbox) in only(verify(archive)).remedy
    Path(object_address(archive, SHA)).unlink()
    archive_files([inbox], archive)
    assert verify(archive).faults == ()
