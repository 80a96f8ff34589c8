"""Archives of every kind: a folder, a bucket of S3, and fsspec's own memory."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import fsspec
import pytest
from moto.server import ThreadedMotoServer

from pipelines.archive import Archive, open_archive


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a bucket on this machine; the environment leads there."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    here = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    before = {name: os.environ.get(name) for name in here}
    os.environ.update(here)
    boto3.client("s3").create_bucket(Bucket="archive")
    yield "s3://archive"
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})
    server.stop()


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
