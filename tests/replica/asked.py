"""What a website is asked for, and what it shows."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the target is path and query as written."""

    target: str
    method: str = "GET"
    body: bytes = b""

    def __str__(self) -> str:
        """As it is counted."""
        body = f" {self.body.decode('utf-8', 'replace')}" if self.body else ""
        return f"{self.method} {self.target}{body}"


@dataclass(frozen=True, slots=True)
class Shown:
    """Bytes with their media type."""

    content: bytes
    media_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Spot:
    """What an address is made from."""

    number: int
    date: dt.date
    agency: int
    year: int
