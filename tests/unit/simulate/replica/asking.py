"""A client that follows nothing and forgives nothing."""

import gzip
import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.crawl import Page


@dataclass(frozen=True)
class Got:
    """An answer. `is_cut`: fewer bytes came than were told. Names of headers are lower case."""

    status: int
    headers: dict[str, str]
    content: bytes
    is_cut: bool = False

    def page(self, address: str) -> Page:
        return Page(address, self.content, self.status, self.headers)


def ask(
    address: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    *,
    at_most: int | None = None,
    seconds: float = 10,
) -> Got:
    """Ask once; of a long body only so many bytes are read."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        try:
            content = response.read(at_most)
        except http.client.IncompleteRead as error:
            return Got(response.status, told, error.partial, is_cut=True)
        if told.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Got(response.status, told, content)
    finally:
        connection.close()
