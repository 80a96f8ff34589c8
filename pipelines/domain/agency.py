"""An agency: who reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agency:
    """One record of the registry. `agency_id` is minted once and never changed."""

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
    first_year: int | None
    last_year: int | None
    successor_agency_id: str | None
