"""What a replica is made from: two of the same settings are the same, byte for byte."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from pydantic import TypeAdapter

Documents = Literal["stubs", "reports"]
Shapes = Literal["mixed", "pages"]

FAMILY_NAMES = (
    "trs_static",
    "hanweb_jpage",
    "plain",
    "gkmlpt",
    "openness_anhui",
    "api_affair",
    "hanweb_annual",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """`sites` sound websites, one family after the other, with `reports` reports each, and behind
    them one more for each name in `faults`. `documents` are real simulated reports, or stubs: cheap
    pages that read like one. `shapes`: all ways to publish, or pages alone. `passing` is the share
    of addresses of sound sites that fail once and then answer; `changed` the share of documents
    that change from night to night; `crawl_delay` the seconds that the robots.txt of every tenth
    site asks for, 0 is none."""

    sites: int = 10
    reports: int = 60
    seed: int = 1
    page_entries: int = 20
    documents: Documents = "stubs"
    shapes: Shapes = "mixed"
    families: tuple[str, ...] = FAMILY_NAMES
    first_year: int = 2008
    last_year: int = 2024
    passing: float = 0.0
    changed: float = 0.01
    faults: tuple[str, ...] = ()
    crawl_delay: int = 1
    latency_seconds: float = 0.0
    delay_seconds: float = 0.0

    def to_json(self) -> str:
        """One line that `from_json` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """The settings that `to_json` wrote.

        Raises:
            ValueError: they are none.
        """
        return TypeAdapter(cls).validate_json(text)
