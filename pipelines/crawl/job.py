"""What a night is told to do: a value that goes to the crawling process as JSON."""

from pydantic import Field

from pipelines.crawl.safety import Limits
from pipelines.crawl.source import Source
from pipelines.text.yaml_file import Strict


class CrawlJob(Strict):
    """The sources of one night and how they are to be treated.

    `until_year` is the last report year whose reports must be out; `contact` an address, of mail or
    a page, that stands in the name the crawler gives itself; `hosts` how many sources are walked at
    once; `recheck_days` after how many days, about, a document whose listing did not change is
    asked for again. With `listings_only` no document is fetched.
    """

    sources: tuple[Source, ...]
    until_year: int
    contact: str = Field(min_length=1, pattern=r"^[\x21-\x7e]+$")
    hosts: int = Field(default=32, ge=1, le=1000)
    recheck_days: float = Field(default=30, ge=0, allow_inf_nan=False)
    retries: int = Field(default=3, ge=0, le=10)
    throttle: bool = True
    listings_only: bool = False
    limits: Limits = Limits()


class LookJob(Strict):
    """One address of a website to look at, for a record of it. `source` has what is known of the
    source already; its `start` is the address, its family is told by what answers."""

    source: Source
    until_year: int
    contact: str = Field(min_length=1, pattern=r"^[\x21-\x7e]+$")
    limits: Limits = Limits()
