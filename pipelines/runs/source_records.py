"""A look at a website → the record of a source."""

import re
from pathlib import Path

import yaml
from pydantic import ValidationError

from pipelines.crawl import Pace, Source, load_sources
from pipelines.crawl.report import LookReport
from pipelines.crawl.source import FIRST_YEAR
from pipelines.domain import OgiError
from pipelines.reference import load_registry
from pipelines.settings import Settings
from pipelines.whole_file import written_whole

_UNSAFE = re.compile(r"[^a-z0-9]+")


def new_source(
    settings: Settings,
    address: str,
    *,
    agency_id: str | None,
    government_id: str | None,
    source_id: str | None,
    columns: tuple[str, ...],
    private_hosts: tuple[str, ...],
    delay_seconds: float,
) -> Source:
    """What is known of a source before its website was looked at.

    Raises:
        OgiError: the registry has no such agency, the id is taken, or something makes no sense.
    """
    named = agency_id or government_id
    if named is None or (agency_id and government_id):
        raise OgiError("say whose reports they are: --agency AGENCY_ID or --government AGENCY_ID")
    if named not in load_registry().by_id:
        raise OgiError(f"{named}: the registry has no such agency (data/reference/agencies.csv)")
    name = _UNSAFE.sub("-", (source_id or named).lower()).strip("-")
    if not name:
        raise OgiError(f"{source_id}: an id is of letters a to z, digits and hyphens")
    if (settings.sources_dir / f"{name}.yaml").exists():
        raise OgiError(f"{name}: there is such a record already; give another name with --id")
    try:
        return Source(
            id=name,
            agency_id=agency_id,
            government_id=government_id,
            family="plain",
            start=(address,),
            columns=columns,
            first_year=FIRST_YEAR,
            pace=Pace(delay_seconds=delay_seconds),
            private_hosts=private_hosts,
        )
    except ValidationError as error:
        raise OgiError(f"{address}: {_told(error)}") from error


def _told(error: ValidationError) -> str:
    return error.errors()[0]["msg"].removeprefix("Value error, ")


def record_of(asked: Source, looked: LookReport, first_year: int | None) -> Source:
    """The record to write: the columns that were found are its start pages, or the page itself.

    Raises:
        OgiError: no report was found there, or the year makes no sense.
    """
    if looked.family is None or not looked.titles:
        why = f": {looked.troubles[0].detail}" if looked.troubles else ""
        raise OgiError(f"{asked.start[0]}: no report found{why}")
    # A title can name a year of before there were such reports.
    year = first_year or max(min(looked.years, default=FIRST_YEAR), FIRST_YEAR)
    found = {"family": looked.family, "start": (looked.address,), "first_year": year}
    try:
        return Source.model_validate(asked.model_dump() | found)
    except ValidationError as error:
        raise OgiError(f"{asked.start[0]}: {_told(error)}") from error


def write_record(settings: Settings, source: Source) -> Path:
    """Write one record; the file is named after its id.

    Raises:
        OgiError: another record has its start page.
    """
    for other in load_sources(settings.sources_dir):
        if taken := set(other.start) & set(source.start):
            raise OgiError(f"{taken.pop()}: is a start page of {other.id} already")
    settings.sources_dir.mkdir(parents=True, exist_ok=True)
    file = settings.sources_dir / f"{source.id}.yaml"
    told = source.model_dump(mode="json", exclude_defaults=True)
    told = {"id": source.id, **told, "verified": False}
    text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, default_flow_style=False)
    with written_whole(file) as partial:
        partial.write_text(text, encoding="utf-8")
    return file
