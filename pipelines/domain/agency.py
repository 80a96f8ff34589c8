"""An agency: who reports."""

from dataclasses import dataclass
from enum import StrEnum

from pipelines.domain.integers import Int16


class AgencyStatus(StrEnum):
    """`reviewed`: a record of the registry, looked at by a person; `generated`: only place and
    function of a name tell of it; `provisional`: a stand-in for a name that is not known."""

    REVIEWED = "reviewed"
    GENERATED = "generated"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class Agency:
    """Who reports. `agency_id` is minted once and never changed."""

    agency_id: str
    agency_name: str
    aliases: tuple[str, ...]
    region_code: str | None
    province: str | None
    city: str | None
    county: str | None
    admin_level: str | None
    function: str | None
    is_government: bool
    parent_agency_id: str | None
    first_year: Int16 | None
    last_year: Int16 | None
    successor_agency_id: str | None
    status: AgencyStatus = AgencyStatus.REVIEWED
