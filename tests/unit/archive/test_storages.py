"""A folder and a bucket keep the same things in the same way."""

import datetime as dt
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.archive import (
    MANIFEST_SCHEMA,
    SIGHTINGS_SCHEMA,
    Archive,
    ArchiveError,
    ArchiveReport,
    archive_files,
    at_hand,
    known_pairs,
    manifest,
    object_address,
    open_archive,
    put,
    read_object,
    record,
    sightings,
    size_at,
)
from pipelines.domain import Provenance, Sighting

# One entry for each thread of this process.
TASKS = Path("/proc/self/task")
WHEN = dt.datetime(2024, 5, 1, 2, 3, 4, 567890, dt.UTC)
SHA = hashlib.sha256(b"one").hexdigest()
FOUND = Provenance(
    document_sha256=SHA,
    address="http://www.example.gov.cn/2023/年报.html",
    name="年报.html",
    bytes=3,
    archived_at=WHEN,
    source="example",
    answered_from="http://www.example.gov.cn/2023/1.html",
    listing="http://www.example.gov.cn/list/",
    page="http://www.example.gov.cn/page/",
    status=200,
    headers={"etag": '"x"', "content-type": "text/html"},
)
SEEN = Sighting(
    address=FOUND.address,
    seen_at=WHEN,
    source="example",
    document_sha256=SHA,
    status=200,
    title="2023年报告",
    listed_on=dt.date(2024, 1, 31),
)


def paths_of(archive: Archive) -> list[str]:
    if archive.folder is not None:
        folder = archive.folder
        return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    fs, root = fsspec.url_to_fs(archive.address, use_listings_cache=False)
    return sorted(str(path).removeprefix(f"{root}/") for path in fs.find(root))


def test_bytes_come_back_and_are_kept_once(any_archive: Archive) -> None:
    assert put(any_archive, b"one") == SHA
    assert put(any_archive, b"one") == SHA
    assert read_object(any_archive, SHA) == b"one"
    assert paths_of(any_archive) == [f"objects/{SHA[:2]}/{SHA}"]


def test_an_object_that_lost_its_end_is_put_anew(any_archive: Archive) -> None:
    any_archive.write(f"objects/{SHA[:2]}/{SHA}", b"on")
    put(any_archive, b"one")
    assert read_object(any_archive, SHA) == b"one"


def test_a_whole_object_is_left_alone(any_archive: Archive) -> None:
    # Other bytes of the same length show whether it was written again.
    any_archive.write(f"objects/{SHA[:2]}/{SHA}", b"two")
    put(any_archive, b"one")
    assert read_object(any_archive, SHA) == b"two"


def test_what_was_never_put_is_not_there(any_archive: Archive) -> None:
    with pytest.raises(FileNotFoundError):
        read_object(any_archive, SHA)
    put(any_archive, b"two")
    with pytest.raises(FileNotFoundError):
        read_object(any_archive, SHA)


def test_rows_come_back_as_they_were_recorded(any_archive: Archive) -> None:
    gone = replace(SEEN, document_sha256=None, status=404, title=None, listed_on=None)
    later = replace(gone, seen_at=WHEN + dt.timedelta(days=1), is_listed=False, page="p")
    record(any_archive, [FOUND], [later, SEEN])

    (row,) = manifest(any_archive).to_pylist()
    assert {**row, "headers": dict(row["headers"])} == asdict(FOUND)
    assert sightings(any_archive).to_pylist() == [asdict(SEEN), asdict(later)]
    assert manifest(any_archive).schema == MANIFEST_SCHEMA
    assert sightings(any_archive).schema == SIGHTINGS_SCHEMA


def test_rows_are_in_the_order_of_time_and_address(any_archive: Archive) -> None:
    late = WHEN + dt.timedelta(microseconds=1)
    for when, address in [(late, "a"), (WHEN, "b"), (late, "0"), (WHEN, "c")]:
        record(
            any_archive,
            [replace(FOUND, archived_at=when, address=address)],
            [replace(SEEN, seen_at=when, address=address)],
        )
    assert manifest(any_archive)["address"].to_pylist() == ["b", "c", "0", "a"]
    assert sightings(any_archive)["address"].to_pylist() == ["b", "c", "0", "a"]


def test_an_empty_archive_has_no_rows(any_archive: Archive) -> None:
    assert manifest(any_archive).schema == MANIFEST_SCHEMA
    assert sightings(any_archive).schema == SIGHTINGS_SCHEMA
    assert manifest(any_archive).num_rows == sightings(any_archive).num_rows == 0
    assert known_pairs(any_archive) == set()
    record(any_archive, [], [])
    assert paths_of(any_archive) == []


def test_the_same_rows_are_written_once(any_archive: Archive) -> None:
    other = replace(FOUND, address="other")
    record(any_archive, [FOUND, FOUND], [SEEN])
    before = paths_of(any_archive)
    record(any_archive, [FOUND], [SEEN])
    assert paths_of(any_archive) == before
    record(any_archive, [FOUND, other], [SEEN, replace(SEEN, status=304)])
    assert manifest(any_archive)["address"].to_pylist() == [FOUND.address, "other"]
    # Another call than before, so its sightings are told again.
    assert sightings(any_archive).num_rows == 3


def test_the_same_sightings_in_another_order_are_written_once(any_archive: Archive) -> None:
    seen = [replace(SEEN, address=str(number)) for number in range(3)]
    record(any_archive, [], seen)
    record(any_archive, [], seen[::-1])
    assert sightings(any_archive).num_rows == 3


def test_known_pairs_that_are_handed_on_are_believed_and_added_to(any_archive: Archive) -> None:
    # No shard is read: not even one that cannot be.
    any_archive.write("manifest/broken.parquet", b"")
    known = {(SHA, "elsewhere")}
    record(any_archive, [replace(FOUND, address="elsewhere"), FOUND], [], known=known)
    record(any_archive, [FOUND], [], known=known)
    assert known == {(SHA, "elsewhere"), (SHA, FOUND.address)}
    assert len([path for path in paths_of(any_archive) if path.startswith("manifest/")]) == 2


@pytest.mark.skipif(not TASKS.is_dir(), reason="threads are counted in /proc")
def test_reading_shards_starts_no_thread(tmp_path: Path) -> None:
    """A thread of Arrow that releases the shard's bytes while the interpreter ends aborts it."""
    archive = open_archive(tmp_path / "archive")
    record(archive, [FOUND], [SEEN])
    code = (
        "import sys; from pathlib import Path;"
        "from pipelines.archive import manifest, open_archive, sightings;"
        "from pipelines.archive.verify import verify;"
        "archive = open_archive(sys.argv[1]);"
        "count = lambda: len(list(Path(sys.argv[2]).iterdir()));"
        "before = count();"
        "rows = len(manifest(archive)), len(sightings(archive)), verify(archive).rows;"
        "print(*rows, count() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, archive.address, TASKS],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1", "1", "1", "0"]


def test_shards_of_before_have_nulls_in_new_columns(any_archive: Archive) -> None:
    old = pa.schema(list(MANIFEST_SCHEMA)[:6])
    row = {name: getattr(FOUND, name) for name in old.names}
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([{**row, "address": "old"}], schema=old), sink)
    any_archive.write("manifest/old.parquet", sink.getvalue().to_pybytes())
    record(any_archive, [FOUND], [])
    first, second = manifest(any_archive).to_pylist()
    assert [row["address"] for row in (first, second)] == [FOUND.address, "old"]
    assert second["document_sha256"] == SHA
    assert {second[name] for name in MANIFEST_SCHEMA.names[6:]} == {None}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all"])
def test_a_broken_shard_is_named(any_archive: Archive, content: bytes) -> None:
    record(any_archive, [FOUND], [SEEN])
    any_archive.write("manifest/broken.parquet", content)
    broken = any_archive.address_of("manifest/broken.parquet")
    with pytest.raises(ArchiveError, match=broken) as caught:
        manifest(any_archive)
    assert "\n" not in str(caught.value)
    with pytest.raises(ArchiveError, match=broken):
        record(any_archive, [FOUND], [])
    assert sightings(any_archive).num_rows == 1


def test_files_are_taken_in_as_into_a_folder(any_archive: Archive, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "1.txt").write_bytes(b"one")
    (inbox / "2.txt").write_bytes(b"two")
    assert archive_files([inbox], any_archive) == ArchiveReport(2, 0, ())
    assert archive_files([inbox], any_archive) == ArchiveReport(0, 2, ())
    assert read_object(any_archive, SHA) == b"one"
    rows = manifest(any_archive).to_pylist()
    assert [row["name"] for row in rows] == ["1.txt", "2.txt"]
    assert {row[name] for row in rows for name in MANIFEST_SCHEMA.names[6:]} == {None}


def test_a_document_that_lies_elsewhere_is_brought_here(s3: str) -> None:
    archive = open_archive(f"{s3}/brought")
    urls = [object_address(archive, put(archive, c)) for c in (b"one", b"three", b"one")]
    assert [size_at(url) for url in urls] == [3, 5, 3]
    with at_hand(urls) as files:
        assert [file.read_bytes() for file in files] == [b"one", b"three", b"one"]
    assert not any(file.exists() for file in files)
    with pytest.raises(FileNotFoundError), at_hand([*urls, urls[0] + "0"]):
        pass
    with pytest.raises(FileNotFoundError):
        size_at(urls[0] + "0")


def test_a_folder_may_be_written_as_a_url(tmp_path: Path) -> None:
    assert open_archive(f"file://{tmp_path}/a") == open_archive(tmp_path / "a")


def test_a_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_archive("a").address == str(tmp_path / "a")
    assert object_address(open_archive("a"), SHA) == f"{tmp_path}/a/objects/{SHA[:2]}/{SHA}"


def refused(address: str) -> str:
    with pytest.raises(ArchiveError) as caught:
        open_archive(address)
    message = str(caught.value)
    assert message.startswith(f"{address}: ")
    assert "\n" not in message
    return message


def test_a_bucket_that_is_not_there_is_told(s3: str) -> None:
    assert "make it first" in refused("s3://nobodys-bucket/prefix")


def test_an_unknown_protocol_is_told() -> None:
    assert "nonsense" in refused("nonsense://x")


@pytest.mark.parametrize("character", "*?[")
def test_an_address_that_fsspec_reads_as_a_pattern_is_refused(character: str) -> None:
    assert f"contains {character}" in refused(f"memory://archive/a{character}1]")


def test_a_folder_of_any_name_is_an_archive(tmp_path: Path) -> None:
    archive = open_archive(tmp_path / "a [1]*?%20#&'\"")
    sha256 = put(archive, b"one")
    assert read_object(archive, sha256) == b"one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a [1]*?%20#&'\""]


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec, "url_to_fs", missing)
    assert "uv pip install 'ogi-warehouse[s3]'" in refused("s3://bucket/prefix")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No endpoint answers; not the one of another test that is still open."""
    import s3fs

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3fs.S3FileSystem.clear_instance_cache()
    yield
    s3fs.S3FileSystem.clear_instance_cache()


def test_an_endpoint_that_does_not_answer_is_told(nobody: None) -> None:
    assert "127.0.0.1:9" in refused("s3://bucket/prefix")


WHOLE: list[Callable[[Archive], object]] = [
    lambda archive: put(archive, b"one"),
    lambda archive: read_object(archive, SHA),
    manifest,
    sightings,
    lambda archive: record(archive, [FOUND], [], known=set()),
    lambda archive: list(archive.chunks("x")),
]


@pytest.mark.parametrize("work", WHOLE)
def test_a_bucket_that_stops_answering_is_told(
    work: Callable[[Archive], object], s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    boto3.client("s3").create_bucket(Bucket="forbidden")
    archive = open_archive("s3://forbidden/prefix")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError("Access Denied")

    for name in ("info", "cat_file", "cat", "put_file", "ls", "open"):
        monkeypatch.setattr(archive.filesystem, name, denied)
    with pytest.raises(ArchiveError, match="s3://forbidden/prefix: cannot be reached: Access"):
        work(archive)
