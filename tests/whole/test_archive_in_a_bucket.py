"""A whole run whose archive lies in a bucket ends in the same warehouse as one with a folder."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from pipelines.archive import manifest, open_archive
from pipelines.archive.verify import verify

Ogi = Callable[..., subprocess.CompletedProcess[str]]


def test_a_bucket_is_as_good_as_a_folder(
    *,
    ogi: Ogi,
    s3: str,
    some_reports: list[Path],
    tmp_path: Path,
    marts_of: Callable[[Path], dict[str, object]],
) -> None:
    in_bucket = {"OGI_ARCHIVE": f"{s3}/{tmp_path.name}"}
    # One is too large to be read: told where it lies, and never fetched.
    largest = max(report.stat().st_size for report in some_reports)
    limit = {"OGI_MAX_DOCUMENT_BYTES": str(largest - 1)}
    folder, bucket = tmp_path / "folder", tmp_path / "bucket"
    done = ogi(folder, "ingest", *some_reports, **limit)
    assert done.returncode == 0, done.stderr
    done = ogi(bucket, "ingest", *some_reports, **limit, **in_bucket)
    assert done.returncode == 0, done.stderr

    assert marts_of(bucket) == marts_of(folder)
    assert not (bucket / "archive").exists()
    archive = open_archive(in_bucket["OGI_ARCHIVE"])
    assert manifest(archive).num_rows == len(some_reports)
    assert verify(archive).faults == ()
    # Nothing is read twice, nor built.
    again = ogi(bucket, "ingest", *some_reports, **limit, **in_bucket)
    assert (again.returncode, "nothing new" in again.stdout.lower()) == (0, True), again.stdout
    assert f"{in_bucket['OGI_ARCHIVE']}, 4 documents" in ogi(bucket, "status", **in_bucket).stdout
