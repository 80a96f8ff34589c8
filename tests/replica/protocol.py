"""HTTP/1.1 on bytes: written for speed, as the crawl must not wait for its tests."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tests.replica.answers import Answer, Steps, head_of
from tests.replica.asked import Asked

_MOST_HEAD = 64_000
_MOST_BODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came. Names of headers are lower case."""

    asked: Asked
    headers: dict[str, str]


class Handler:
    """What a connection needs of its host."""

    def __init__(
        self,
        respond: Callable[[Received], tuple[Answer, Callable[[], None]]],
        *,
        latency: float = 0.0,
        connected: Callable[[], None] = lambda: None,
        sent: Callable[[int], None] = lambda size: None,
        hung_up: Callable[[], None] = lambda: None,
    ) -> None:
        self.respond = respond
        self.latency = latency
        self.connected = connected
        self.sent = sent
        self.hung_up = hung_up


class Connection(asyncio.Protocol):
    """One client. Requests are answered one after the other, in their order."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._waiting = bytearray()
        self._is_busy = False
        self._is_paused = False
        self._closes = False
        self._steps: Steps | None = None
        self._end: Callable[[], None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._handler.connected()

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        if not self._is_busy:
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._end is not None:
            self._handler.hung_up()
            self._finish()

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        if self._steps is not None:
            self._step()

    def _next(self) -> None:
        """Take the next request, once all of it is there."""
        end = self._waiting.find(b"\r\n\r\n")
        if end < 0:
            if len(self._waiting) > _MOST_HEAD:
                self._close()
            return
        received, length = _received(bytes(self._waiting[:end]))
        if received is None or length > _MOST_BODY:
            self._close()
            return
        whole = end + 4 + length
        if len(self._waiting) < whole:
            return
        body = bytes(self._waiting[end + 4 : whole])
        del self._waiting[:whole]
        if body:
            asked = Asked(received.asked.target, received.asked.method, body)
            received = Received(asked, received.headers)
        self._is_busy = True
        answer, self._end = self._handler.respond(received)
        if self._handler.latency:
            asyncio.get_running_loop().call_later(
                self._handler.latency, self._send, answer, received
            )
        else:
            self._send(answer, received)

    def _send(self, answer: Answer, received: Received) -> None:
        if self._transport is None:
            return
        closes = answer.is_cut or received.headers.get("connection", "").lower() == "close"
        closes = closes or (answer.length == -1 and not _is_chunked(answer))
        self._closes = closes
        is_bodiless = received.asked.method == "HEAD"
        head = head_of(answer, closes=closes) if answer.status else b""
        self._write(head if is_bodiless else head + answer.content)
        if answer.steps is not None and not is_bodiless:
            self._steps = answer.steps()
            self._step()
        else:
            self._done()

    def _step(self) -> None:
        """Send on until the client is too slow, or the answer wants to wait."""
        while self._transport is not None and self._steps is not None and not self._is_paused:
            step = next(self._steps, None)
            if step is None:
                self._done()
            elif isinstance(step, float):
                asyncio.get_running_loop().call_later(step, self._step)
                return
            else:
                self._write(step)

    def _write(self, content: bytes) -> None:
        if self._transport is not None and content:
            self._handler.sent(len(content))
            self._transport.write(content)

    def _done(self) -> None:
        self._steps = None
        # Requests that arrive in the same moment are under way at once.
        asyncio.get_running_loop().call_soon(self._finish)

    def _finish(self) -> None:
        self._steps = None
        end, self._end = self._end, None
        if end is not None:
            end()
        self._is_busy = False
        if self._transport is None:
            return
        if self._closes:
            self._close()
        elif self._waiting:
            self._next()

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _received(head: bytes) -> tuple[Received | None, int]:
    """The request, None for what is none, and how long its body is."""
    lines = head.decode("latin-1").split("\r\n")
    first = lines[0].split(" ")
    if len(first) != 3:
        return None, 0
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = headers.get("content-length", "0")
    target = first[1]
    if target.startswith("http://"):
        target = "/" + target.split("/", 3)[3] if target.count("/") > 2 else "/"
    received = Received(Asked(target, first[0]), headers)
    return received, int(length) if length.isdecimal() else 0


def _is_chunked(answer: Answer) -> bool:
    return any(name == "Transfer-Encoding" for name, _ in answer.headers)
