"""All hosts of a replica on one port of the loopback network, and a control address beside them."""

import asyncio
import json
import socket
from collections.abc import Callable, Sequence
from typing import Any

from tests.replica.answers import Answer
from tests.replica.host import Host
from tests.replica.nights import plan_of
from tests.replica.protocol import Connection, Handler, Received
from tests.replica.settings import Settings

CONTROL_HOST = "127.0.0.1"
_TRIES = 50
_BACKLOG = 256


class Replica:
    """The hosts of a plan, listening."""

    def __init__(self, settings: Settings, port: int = 0) -> None:
        self._settings = settings
        self._plan = plan_of(settings, 1)
        addresses = [CONTROL_HOST, *(site.host for site in self._plan.sites)]
        self._sockets = _listen(addresses, port)
        self.port: int = self._sockets[0].getsockname()[1]
        self._hosts = {s.host: Host(settings, s, self.port) for s in self._plan.sites}
        self._stopped = asyncio.Event()

    async def start(self) -> None:
        """Listen."""
        control = Handler(self._control)
        handlers = [control, *(host.handler for host in self._hosts.values())]
        loop = asyncio.get_running_loop()
        for listening, handler in zip(self._sockets, handlers, strict=True):
            await loop.create_server(_factory(handler), sock=listening, backlog=_BACKLOG)

    async def serve(self, seconds: float) -> None:
        """Until it is told to stop, or so many seconds."""
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
        except TimeoutError:
            return

    def stop(self) -> None:
        self._stopped.set()

    def _control(self, received: Received) -> tuple[Answer, Callable[[], None]]:
        return _json(*self._controlled(received)), lambda: None

    def _controlled(self, received: Received) -> tuple[int, Any]:
        match (received.asked.method, received.asked.target):
            case ("GET", "/counts"):
                return 200, {host: h.counts.as_json() for host, h in self._hosts.items()}
            case ("POST", "/reset"):
                for host in self._hosts.values():
                    host.reset()
                return 200, {"night": self._plan.night}
            case ("POST", "/night"):
                return self._night(received.asked.body)
            case ("POST", "/stop"):
                asyncio.get_running_loop().call_later(0.05, self.stop)
                return 200, {"stopped": True}
        return 404, {"error": f"{received.asked} is nothing that can be asked"}

    def _night(self, body: bytes) -> tuple[int, Any]:
        try:
            night = int(json.loads(body)["night"])
            self._plan = plan_of(self._settings, night)
        except (ValueError, KeyError, TypeError) as error:
            return 400, {"error": str(error)}
        for site in self._plan.sites:
            self._hosts[site.host].play(site)
        return 200, {"night": self._plan.night, "changes": len(self._plan.changes)}


def _json(status: int, value: Any) -> Answer:
    headers = (("Content-Type", "application/json"),)
    return Answer(status, headers, json.dumps(value, ensure_ascii=False).encode())


def _factory(handler: Handler) -> Callable[[], asyncio.Protocol]:
    return lambda: Connection(handler)


def _listen(addresses: Sequence[str], port: int) -> list[socket.socket]:
    """A socket for each address, all on one port: the given one, or any that is free on all.

    Raises:
        OSError: there is no such port.
    """
    for _ in range(_TRIES):
        sockets: list[socket.socket] = []
        wanted = port
        try:
            for address in addresses:
                sockets.append(_bound(address, wanted))
                wanted = sockets[0].getsockname()[1]
        except OSError:
            for bound in sockets:
                bound.close()
            if port:
                raise
            continue
        return sockets
    raise OSError(f"no port is free on all of {len(addresses)} addresses")


def _bound(address: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound
