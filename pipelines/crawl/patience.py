"""When a source is left alone until tomorrow."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipelines.crawl.trouble import Trouble, TroubleKind

# A closed door: whoever goes on only knocks at it.
_CLOSED = frozenset({TroubleKind.CHALLENGE, TroubleKind.CAPTCHA, TroubleKind.UNREACHABLE})
_MOST_IN_A_ROW = 3


@dataclass(eq=False)
class Patience:
    """Counts closed doors in a row, host by host: that of another's host says nothing of the
    source's own `hosts`, and ends no more than what is asked for there."""

    hosts: Collection[str | None]
    is_lost: bool = False
    _in_a_row: Counter[str | None] = field(default_factory=Counter)

    def hear(self, address: str, trouble: Trouble | None) -> None:
        """How a request for this address ended; None is an answer."""
        host = urlsplit(address).hostname
        kind = trouble.kind if trouble is not None else None
        self._in_a_row[host] = self._in_a_row[host] + 1 if kind in _CLOSED else 0
        if kind is TroubleKind.OUT_OF_HOURS:
            self._in_a_row[host] = _MOST_IN_A_ROW
        # The night's own limit: no other request would fare better.
        self.is_lost |= kind is TroubleKind.SITE_LIMIT
        self.is_lost |= host in self.hosts and self.is_closed(address)

    def is_closed(self, address: str) -> bool:
        """Whether nobody opened at this address's host, time and again."""
        return self._in_a_row[urlsplit(address).hostname] >= _MOST_IN_A_ROW
