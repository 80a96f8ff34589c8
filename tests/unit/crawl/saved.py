"""The saved pages of tests/golden/crawl with what is expected of them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from pipelines.crawl.model import Page
from pipelines.crawl.source import Source
from pipelines.domain import OgiError
from pipelines.text.yaml_file import read_yaml

FOLDER = Path(__file__).parents[2] / "golden" / "crawl"
Line = tuple[str, str, dt.date | None]


@dataclass(frozen=True)
class Saved:
    """One saved page."""

    folder: str
    wanted: dict[str, Any]
    page: Page

    def __str__(self) -> str:
        return f"{self.folder}/{self.wanted['file']}"

    def at(self, written: str) -> str:
        return urljoin(self.page.address, written)

    @property
    def source(self) -> Source:
        return Source(
            id="made",
            agency_id="990100-government",
            family=self.folder,
            start=(self.page.address,),
            first_year=self.wanted.get("first_year", 2008),
        )


def saved_pages() -> Iterator[Saved]:
    for file in sorted(FOLDER.glob("*/expected.yaml")):
        for wanted in read_yaml(file, OgiError).value:
            page = Page(
                wanted["address"],
                (file.parent / wanted["file"]).read_bytes(),
                wanted.get("status", 200),
                wanted.get("headers", {}),
                wanted.get("sent", "").encode(),
                wanted.get("column"),
            )
            yield Saved(file.parent.name, wanted, page)
