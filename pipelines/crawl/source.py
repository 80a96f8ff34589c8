"""A source: where the reports of an agency, or of a government's offices, are listed."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from pipelines.crawl.safety import private_network, refused_address
from pipelines.text.yaml_file import Strict

YEAR_SLOT = "{year}"
FIRST_YEAR = 2008
_Hour = Annotated[int, Field(ge=0, le=24)]


class Pace(Strict):
    """`delay_seconds` between two requests to a host. `hours` are the first hour in which it is
    asked and the hour at which that ends, in China's time; [20, 7] is a night; None is always."""

    delay_seconds: float = Field(default=3, ge=0, le=600, allow_inf_nan=False)
    hours: tuple[_Hour, _Hour] | None = None

    def is_open(self, hour: int) -> bool:
        """Whether the site may be asked in this hour of the day (0 to 23) in China."""
        if self.hours is None:
            return True
        first, end = self.hours
        return first <= hour < end if first < end else hour >= first or hour < end


class Source(Strict):
    """Just one of `agency_id` (all reports are of that agency) and `government_id` (reports of its
    departments or townships) is given. A start page with `{year}` stands for one page a year.
    `api` and `channels` are for family api_affair, where its page does not tell them.
    `private_hosts` are hosts, addresses or networks that may be private: for tests."""

    id: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
    agency_id: str | None = Field(default=None, min_length=1)
    government_id: str | None = Field(default=None, min_length=1)
    family: str = Field(min_length=1)
    start: tuple[str, ...] = Field(min_length=1)
    columns: tuple[str, ...] = ()
    first_year: int = Field(ge=FIRST_YEAR, le=2100)
    ignored_titles: tuple[str, ...] = ()
    pace: Pace = Pace()
    api: str | None = None
    channels: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    verified: bool = False

    @field_validator("private_hosts")
    @classmethod
    def _networks_are_private(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if "/" in host and private_network(host) is None:
                raise ValueError(f"{host} is no network of private addresses")
        return hosts

    @model_validator(mode="after")
    def _is_sound(self) -> "Source":
        if (self.agency_id is None) == (self.government_id is None):
            raise ValueError("give agency_id or government_id, and not both")
        if (self.api is not None or self.channels) and self.family != "api_affair":
            raise ValueError("api and channels are for family api_affair alone")
        if not all(title.strip() for title in (*self.ignored_titles, *self.columns)):
            raise ValueError("an empty title would match everything")
        for address in (*self.start, *filter(None, [self.api])):
            plain = address.replace(YEAR_SLOT, str(self.first_year))
            if (reason := refused_address(plain, self.private_hosts)) is not None:
                raise ValueError(f"{address}: {reason}")
        return self

    def year_pages(self, until_year: int) -> dict[str, int]:
        """The start pages that stand for one year, with it."""
        return {
            address.replace(YEAR_SLOT, str(year)): year
            for address in self.start
            if YEAR_SLOT in address
            for year in range(self.first_year, until_year + 1)
        }

    def start_addresses(self, until_year: int) -> tuple[str, ...]:
        """The start pages, one for each year from `first_year` to `until_year` where they have
        the slot."""
        years = range(self.first_year, until_year + 1)
        return tuple(
            filled
            for address in self.start
            for filled in (
                [address.replace(YEAR_SLOT, str(year)) for year in years]
                if YEAR_SLOT in address
                else [address]
            )
        )
