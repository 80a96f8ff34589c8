"""A replica in a process of its own, and what can be asked of it."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.replica.nights import plan_of
from tests.replica.plan import Plan
from tests.replica.records import source_records, write_sources
from tests.replica.server import CONTROL_HOST
from tests.replica.settings import Settings

_SECONDS = 1800.0
_ASKING_SECONDS = 60.0
_ENDING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Running:
    """A replica that listens. The plan is asked for by night, as it is a function of settings."""

    settings: Settings
    port: int
    process_id: int

    def plan(self, night: int = 1) -> Plan:
        return plan_of(self.settings, night)

    def counts(self) -> dict[str, dict[str, Any]]:
        """Host → what it was asked for."""
        counts: dict[str, dict[str, Any]] = self._ask("GET", "/counts")
        return counts

    def reset(self) -> None:
        """Count anew."""
        self._ask("POST", "/reset")

    def night(self, night: int) -> Plan:
        """From now on it plays this night."""
        self._ask("POST", "/night", {"night": night})
        return self.plan(night)

    def sources(self, night: int = 1) -> list[dict[str, Any]]:
        """The sources' records."""
        return source_records(self.plan(night), self.port)

    def write_sources(self, folder: Path) -> list[Path]:
        """The sources' records as files."""
        return write_sources(self.plan(), self.port, folder)

    def stop(self) -> None:
        self._ask("POST", "/stop")

    def _ask(self, method: str, target: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection(CONTROL_HOST, self.port, timeout=_ASKING_SECONDS)
        try:
            connection.request(method, target, json.dumps(body) if body else None)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise ValueError(answer["error"])
        return answer


@contextmanager
def running(settings: Settings, *, seconds: float = _SECONDS) -> Iterator[Running]:
    """A replica, for so long as the block runs and at most so many seconds. It ends by itself when
    this process does.

    Raises:
        OSError: it does not come up; the message says why.
    """
    command = [sys.executable, "-m", "tests.replica", "--settings", settings.to_json()]
    command += ["--seconds", str(seconds), "--until-stdin-closes"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise OSError(f"the replica ended with {process.wait(_ENDING_SECONDS)}")
            yield Running(settings, int(json.loads(line)["port"]), process.pid)
        finally:
            process.stdin.close()
            try:
                process.wait(_ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
