"""What a host was asked for, and how."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counts:
    """Of one host. `smallest_gap` is the least number of seconds from the beginning of one request
    to that of the next; `most_at_once` the most requests under way at the same time."""

    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    user_agents: Counter[str] = field(default_factory=Counter)
    disallowed: Counter[str] = field(default_factory=Counter)
    conditional: int = 0
    not_modified: int = 0
    bytes_sent: int = 0
    connections: int = 0
    hung_up: int = 0
    at_once: int = 0
    most_at_once: int = 0
    smallest_gap: float | None = None
    last_begun: float | None = None

    def begin(self, asked: str, now: float) -> None:
        """A request came."""
        self.requests[asked] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.last_begun is not None:
            gap = now - self.last_begun
            self.smallest_gap = gap if self.smallest_gap is None else min(self.smallest_gap, gap)
        self.last_begun = now

    def end(self) -> None:
        """A request was answered, or its client hung up."""
        self.at_once -= 1

    def as_json(self) -> dict[str, Any]:
        return {
            "requests": dict(self.requests),
            "statuses": {str(status): n for status, n in self.statuses.items()},
            "faults": dict(self.faults),
            "user_agents": dict(self.user_agents),
            "disallowed": dict(self.disallowed),
            "conditional": self.conditional,
            "not_modified": self.not_modified,
            "bytes_sent": self.bytes_sent,
            "connections": self.connections,
            "hung_up": self.hung_up,
            "most_at_once": self.most_at_once,
            "smallest_gap": self.smallest_gap,
        }
