"""What a name is resolved with, and what comes out: values."""

from dataclasses import dataclass
from enum import StrEnum

from pipelines.domain import Agency


class How(StrEnum):
    """`registry`: a reviewed record; `rule`: an agency that only place and function tell of;
    `none`: not known, or not sure."""

    REGISTRY = "registry"
    RULE = "rule"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands beside a name. `year` is that of the report; `publisher`, `parent` and `others`
    are names as found; `source_agency_id` and `source_region` (a code) are those of the record of
    the source that the document came from, the only evidence for a name like `our bureau`."""

    year: int | None = None
    publisher: str | None = None
    parent: str | None = None
    others: tuple[str, ...] = ()
    source_agency_id: str | None = None
    source_region: str | None = None


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Resolution:
    """The one agency that a name means, or None with those that it may mean. `region_code` and
    `region_name` are the place's in the year of the evidence; `reason` is one line, empty where
    nothing is to be said. `says_nobody`: any agency calls itself so, and no agency may be made of
    the name."""

    agency: Agency | None
    how: How
    candidates: tuple[Agency, ...] = ()
    reason: str = ""
    region_code: str | None = None
    region_name: str | None = None
    says_nobody: bool = False
