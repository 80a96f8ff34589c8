"""data/reference/sources/*.yaml → Sources: one record a file, named after its id."""

from collections.abc import Collection
from pathlib import Path

from pipelines.crawl.families import FAMILIES
from pipelines.crawl.source import Source
from pipelines.domain import ReferenceDataError
from pipelines.text.yaml_file import load_yaml

SOURCES_DIR = Path(__file__).parents[2] / "data" / "reference" / "sources"


def load_sources(
    folder: Path = SOURCES_DIR, agency_ids: Collection[str] | None = None
) -> tuple[Source, ...]:
    """Every source, by id; `agency_ids` are those that the registry knows, None asks for none.

    Raises:
        ReferenceDataError: a record makes no sense; the message names its file and the place.
    """
    sources: list[Source] = []
    pages: dict[str, Path] = {}
    for file in sorted(folder.glob("*.yaml")):
        source = load_source(file)
        named = source.agency_id or source.government_id
        if agency_ids is not None and named not in agency_ids:
            raise ReferenceDataError(f"{file}: the registry has no agency {named}")
        for address in source.start:
            if address in pages:
                raise ReferenceDataError(f"{file}: {address} is also one of {pages[address]}")
            pages[address] = file
        sources.append(source)
    return tuple(sources)


def load_source(file: Path) -> Source:
    """One record.

    Raises:
        ReferenceDataError: as `load_sources`.
    """
    source = load_yaml(file, Source, ReferenceDataError)
    if source.id != file.stem:
        raise ReferenceDataError(f"{file}: id: {source.id} stands in a file of another name")
    if source.family not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise ReferenceDataError(f"{file}: family: {source.family} is none of {known}")
    return source
