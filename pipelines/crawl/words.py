"""data/reference/crawl.yaml → Words: what the crawl looks for on a page."""

from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import Field

from pipelines.domain import ReferenceDataError
from pipelines.text import fold, narrow
from pipelines.text.yaml_file import Strict, load_yaml

CRAWL_FILE = Path(__file__).parents[2] / "data" / "reference" / "crawl.yaml"


class Twins(Strict):
    """Marks of a second edition in an address: a folder, the first name of a host, the end of a
    file's name, a gate before another address."""

    folders: frozenset[str]
    hosts: frozenset[str]
    endings: tuple[str, ...]
    gates: tuple[str, ...]


class TroubleWords(Strict):
    """What pages say that stand in the place of what was asked for."""

    error_titles: tuple[str, ...] = Field(min_length=1)
    captcha: tuple[str, ...] = Field(min_length=1)
    empty: tuple[str, ...] = Field(min_length=1)

    @cached_property
    def folded_error_titles(self) -> frozenset[str]:
        return frozenset(map(fold, self.error_titles))

    @cached_property
    def folded_captcha(self) -> tuple[str, ...]:
        return tuple(map(fold, self.captcha))

    @cached_property
    def folded_empty(self) -> tuple[str, ...]:
        return tuple(map(fold, self.empty))


class Words(Strict):
    """The whole file."""

    columns: tuple[str, ...] = Field(min_length=1)
    gateways: tuple[str, ...] = ()
    next_page: tuple[str, ...] = Field(min_length=1)
    other_subjects: tuple[str, ...]
    several_years: tuple[str, ...]
    between_years: tuple[str, ...] = Field(min_length=1)
    twins: Twins
    trouble: TroubleWords

    @cached_property
    def folded_columns(self) -> frozenset[str]:
        return frozenset(map(fold, self.columns))

    @cached_property
    def folded_gateways(self) -> frozenset[str]:
        return frozenset(map(fold, self.gateways))

    @cached_property
    def narrow_next_page(self) -> frozenset[str]:
        """Arrows have nothing left when they are folded."""
        return frozenset(narrow(word).lower() for word in self.next_page)

    def __hash__(self) -> int:
        return id(self)


@lru_cache(maxsize=4)
def load_words(file: Path = CRAWL_FILE) -> Words:
    """Read the file.

    Raises:
        ReferenceDataError: it is missing or makes no sense; the message names file and place.
    """
    return load_yaml(file, Words, ReferenceDataError)
