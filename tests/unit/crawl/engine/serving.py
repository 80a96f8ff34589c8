"""Small web servers on loopback addresses, one a host, that do as they are told and keep count."""

import gzip
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, pairwise
from typing import Any

from pipelines.crawl.source import Source

_ADDRESSES = count(1)


@dataclass(frozen=True)
class Answer:
    """`told` is the length that the header tells, where that is another; `trickle` the seconds
    between two pieces of the body; without a `status` the connection is just closed."""

    body: bytes = b""
    status: int | None = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    told: int | None = None
    is_told: bool = True
    trickle: float = 0


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    at: float
    headers: Mapping[str, str]
    body: bytes


Said = Answer | Callable[[Asked], Answer]


@dataclass(eq=False)
class Site:
    """One host. Each path has its answers in their order, of which the last one stays."""

    host: str
    port: int = 0
    answers: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    def says(self, path: str, *answers: Said) -> None:
        self.answers[path] = list(answers)

    def paths(self) -> list[str]:
        """What was asked for beside robots.txt, in its order."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def of(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def answer(self, asked: Asked) -> Answer:
        with self.lock:
            self.asked.append(asked)
            said = self.answers.get(asked.path)
            if not said:
                return Answer(b"<html><body><h1>404 Not Found</h1></body></html>", 404)
            first = said.pop(0) if len(said) > 1 else said[0]
        return first if isinstance(first, Answer) else first(asked)


def gaps(asked: Sequence[Asked]) -> list[float]:
    """The seconds from each request to the next. One by one they tell of a busy machine as well:
    look at their mean or their median."""
    return [later.at - earlier.at for earlier, later in pairwise(asked)]


def page(text: str = "", head: str = "") -> Answer:
    """A page that can be read."""
    body = f"<html><head>{head}</head><body><p>{text or 'a page'} {'公开' * 40}</p></body></html>"
    return Answer(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def sent_on(to: str, status: int = 302) -> Answer:
    return Answer(b"", status, {"Location": to})


def listing(*paths: str) -> Answer:
    """A listing of reports of 2024, one at each path."""
    lines = "".join(
        f'<li><a href="{path}">临漪市第{n}局2024年政府信息公开工作年度报告</a></li>'
        for n, path in enumerate(paths)
    )
    return page(f"<ul>{lines}</ul>")


def packed(content: bytes, **headers: str) -> Answer:
    return Answer(gzip.compress(content), headers={"Content-Encoding": "gzip", **headers})


def holding(content: Answer, **headers: str) -> Callable[[Asked], Answer]:
    """An answer that need not be given twice: it has these headers of a validator."""

    def say(asked: Asked) -> Answer:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {
            "etag": asked.headers.get("if-none-match"),
            "last-modified": asked.headers.get("if-modified-since"),
        }
        if any(given.get(name.lower()) == value for name, value in told.items()):
            return Answer(b"", 304, told)
        return Answer(content.body, 200, {**content.headers, **told})

    return say


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, time.monotonic(), headers, self.rfile.read(length))
        with self.site.lock:
            self.site.at_once += 1
            self.site.most_at_once = max(self.site.most_at_once, self.site.at_once)
        try:
            self._give(self.site.answer(asked))
        except OSError:
            pass  # the other side went away
        finally:
            with self.site.lock:
                self.site.at_once -= 1

    do_POST = do_GET  # noqa: N815 - as http.server calls it

    def _give(self, answer: Answer) -> None:
        self.close_connection = True
        if answer.status is None:
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.is_told:
            told = len(answer.body) if answer.told is None else answer.told
            self.send_header("Content-Length", str(told))
        self.send_header("Connection", "close")
        self.end_headers()
        if not answer.trickle:
            self.wfile.write(answer.body)
            return
        for at in range(0, len(answer.body), 10):
            self.wfile.write(answer.body[at : at + 10])
            time.sleep(answer.trickle)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the site keeps what it was asked."""


@contextmanager
def served(number: int) -> Iterator[list[Site]]:
    """So many sites, each at an address of its own."""
    servers = []
    sites = []
    for _ in range(number):
        site = Site(f"127.7.{next(_ADDRESSES)}.1")
        handler = type("Handler", (_Handler,), {"site": site})
        server = ThreadingHTTPServer((site.host, 0), handler)
        server.daemon_threads = True
        server.block_on_close = False
        site.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        sites.append(site)
    try:
        yield sites
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def source_of(name: str, start: str, **changes: Any) -> Source:
    record = {
        "id": name.replace("_", "-"),
        "agency_id": "990100-government",
        "family": "plain",
        "start": [start],
        "first_year": 2024,
        "pace": {"delay_seconds": 0},
        "private_hosts": ["127.0.0.0/8"],
    }
    return Source.model_validate(record | changes)
