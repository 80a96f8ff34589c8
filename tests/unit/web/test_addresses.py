"""Addresses as pages write them."""

import pytest

from pipelines.web.addresses import parameters_of
from pipelines.web.links import is_file


def test_parameters() -> None:
    assert parameters_of("/a?b=1&c=%E8%A1%A8") == [("b", "1"), ("c", "表")]
    assert parameters_of("/a") == []
    assert parameters_of("http://[bad?a=1") == []
    assert parameters_of("/a?" + "&".join(f"p{n}=1" for n in range(60))) == []


@pytest.mark.parametrize(
    "address",
    [
        "a.pdf", "/a.DOC#top", "http://a.example/b.wps?x=1", "/a.tif", "/down?f=%E8%A1%A8.xls",
        "/a.pdf;jsessionid=1", "/module/download/x?id=1",
    ],
)  # fmt: skip
def test_files(address: str) -> None:
    assert is_file(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "/a.html",
        "/pdf/",
        "http://a.pdf/",
        "/s?url=http://a.example/b.pdf",
        "http://[a.pdf",
    ],
)
def test_what_is_no_file(address: str) -> None:
    assert not is_file(address)
