"""Archives of every kind: a folder, a bucket of S3, and fsspec's own memory."""

from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from pipelines.archive import Archive, open_archive


@pytest.fixture(params=["folder", "s3", "memory"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an archive may lie; nothing is there yet."""
    if request.param == "folder":
        return str(tmp_path / "archive")
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()
        return f"memory://{uuid4()}"
    return f"{request.getfixturevalue('s3')}/{uuid4()}"


@pytest.fixture
def any_archive(address: str) -> Archive:
    return open_archive(address)
