"""`ogi archive`: exit statuses and what is printed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.archive import archive_files, manifest, object_address, open_archive

OGI = Path(sys.executable).with_name("ogi")
INHERITED = {k: v for k, v in os.environ.items() if k != "COLUMNS" and not k.startswith("OGI_")}

Ogi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ogi(tmp_path: Path) -> Ogi:
    def call(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(OGI), "archive", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**INHERITED, "OGI_HOME": str(tmp_path), **environment},
        )

    return call


@pytest.fixture
def document(tmp_path: Path) -> str:
    """The one object of the home's archive."""
    file = tmp_path / "1.txt"
    file.write_bytes(b"one")
    archive = open_archive(tmp_path / "archive")
    archive_files([file], archive)
    return object_address(archive, manifest(archive)["document_sha256"][0].as_py())


def test_a_whole_archive_is_verified(ogi: Ogi, document: str, tmp_path: Path) -> None:
    done = ogi("verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(tmp_path / "archive") in done.stdout
    told = json.loads(ogi("verify", "--format", "json").stdout)
    assert told == {
        "archive": str(tmp_path / "archive"),
        "objects": 1,
        "bytes": 3,
        "rows": 1,
        "sightings": 0,
        "unnamed": [],
        "faults": [],
    }


def test_a_broken_object_is_told_in_a_line_with_what_mends_it(
    ogi: Ogi, document: str, tmp_path: Path
) -> None:
    Path(document).chmod(0o644)
    Path(document).write_bytes(b"eno")
    done = ogi("verify")
    assert done.returncode == 2
    (line,) = [line for line in done.stdout.splitlines() if line.startswith(document)]
    assert f"take it away, then take in {tmp_path / '1.txt'} again" in line
    done = ogi("verify", "--format", "json")
    assert done.returncode == 2
    (fault,) = json.loads(done.stdout)["faults"]
    assert (fault["kind"], fault["address"]) == ("wrong_sum", document)


def test_out_and_in_again(ogi: Ogi, document: str, tmp_path: Path) -> None:
    file = tmp_path / "all.warc.gz"
    done = ogi("export", file)
    assert (done.returncode, done.stderr) == (0, "")
    elsewhere = {"OGI_ARCHIVE": str(tmp_path / "other")}
    done = ogi("import", file, "--format", "json", **elsewhere)
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert (told["archive"], told["new"], told["broken"]) == (str(tmp_path / "other"), 1, [])
    first, second = open_archive(tmp_path / "archive"), open_archive(tmp_path / "other")
    assert manifest(first).equals(manifest(second))

    assert ogi("export", file).stderr == (
        f"{file}: is there already; take it away, or name another file\n"
    )
    assert ogi("export", file).returncode == 2
    assert ogi("export", tmp_path / "none.warc", "--source", "x").returncode == 0
    assert ogi("import", tmp_path / "none.warc").returncode == 0
    assert ogi("export", tmp_path / "new.warc", "--since", "2999-01-01").returncode == 0
    assert ogi("export", tmp_path / "bad.warc", "--since", "soon").returncode == 2


def test_a_broken_warc_ends_2_and_names_the_place(ogi: Ogi, document: str, tmp_path: Path) -> None:
    whole, cut = tmp_path / "all.warc", tmp_path / "cut.warc"
    ogi("export", whole)
    cut.write_bytes(whole.read_bytes()[:-9])
    done = ogi("import", cut, whole, OGI_ARCHIVE=str(tmp_path / "other"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"{cut}, at byte ")
    assert manifest(open_archive(tmp_path / "other")).num_rows == 1


def test_a_bucket_that_is_not_there_is_one_line(ogi: Ogi, s3: str) -> None:
    where = {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}
    done = ogi("verify", OGI_ARCHIVE="s3://nobodys-bucket/x", **where)
    assert done.returncode == 2
    assert done.stderr == "s3://nobodys-bucket/x: there is no such bucket; make it first\n"
