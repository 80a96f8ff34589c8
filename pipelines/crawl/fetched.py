"""What the walk of a source asks for, and what it is given."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from pipelines.crawl.model import Page, Request


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer without trouble, its bytes in the archive under `sha256`. `redirects` are the
    addresses that led to the page, in their order, without its own."""

    page: Page
    sha256: str
    answered_at: dt.datetime
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went over the network for a source so far; bytes are those of bodies."""

    requests: int = 0
    not_modified: int = 0
    bytes: int = 0


class Fetcher(Protocol):
    """Asks the website of one source, one request at a time."""

    async def fetch(self, request: Request, max_bytes: int) -> Fetched:
        """The answer.

        Raises:
            Troubled: there is none that could be what was asked for.
        """

    def traffic(self) -> Traffic:
        """What was asked for by now."""
