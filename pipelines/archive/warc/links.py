"""What the records of WARCs say of one another: redirects, and bytes that stand elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

_MOST_HOPS = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that are in the archive."""

    sha256: str
    bytes: int


class Redirects:
    """From address to address, as they were met."""

    def __init__(self) -> None:
        self._to: dict[str, str] = {}
        self._from: dict[str, list[str]] = {}

    def add(self, uri: str, location: str) -> str | None:
        """One more: where it leads in the end, as far as is known; None where it leads nowhere."""
        try:
            target = urldefrag(urljoin(uri, location)).url
        except ValueError:
            return None
        if uri in self._to or target == uri:
            return None
        self._to[uri] = target
        self._from.setdefault(target, []).append(uri)
        end = target
        for _ in range(_MOST_HOPS):
            if end not in self._to:
                return end
            end = self._to[end]
        return None

    def origins(self, uri: str) -> list[str]:
        """The addresses that lead there and that no other leads to; without any the address
        itself."""
        found: dict[str, None] = {}
        seen = {uri}
        waiting = [uri]
        while waiting:
            here = waiting.pop()
            before = [u for u in self._from.get(here, ()) if u not in seen]
            if not before:
                found[here] = None
            seen.update(before)
            waiting += before
        return sorted(found)


class Elsewhere:
    """Where bytes stand that a record was taken from: by its id, by address and time, by digest."""

    def __init__(self) -> None:
        self._stored: dict[str, Stored] = {}

    def add(self, keys: Iterable[str], stored: Stored) -> None:
        for key in keys:
            self._stored.setdefault(key, stored)

    def find(self, keys: Iterable[str]) -> Stored | None:
        return next((self._stored[key] for key in keys if key in self._stored), None)
