"""Sources of documents → evidence, and what becomes of names in its light."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.archive import MANIFEST_SCHEMA, SIGHTINGS_SCHEMA
from pipelines.crawl import Source
from pipelines.domain import AgencyStatus, Outcome, OutcomeKind, Provenance, ReportNames, Sighting
from pipelines.reference import NO_EVIDENCE, Evidence, load_registry
from pipelines.runs.agencies import resolve_agencies
from pipelines.runs.process import parser_version
from pipelines.runs.source_evidence import evidence_of_sources
from pipelines.settings import Settings
from pipelines.warehouse.lake import write_shard

REGISTRY = load_registry()
BUREAU = "640323-natural-resources"
ZONE = "610403-yangling-zone-government"
NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def source(name: str, agency: str | None = None, government: str | None = None) -> Source:
    return Source(
        id=name,
        agency_id=agency,
        government_id=government,
        family="plain",
        start=(f"https://{name}.gov.cn/",),
        first_year=2020,
    )


SOURCES = {
    s.id: s
    for s in (
        source("bureau", agency=BUREAU),
        source("mirror", agency=BUREAU),
        source("other", agency="220184-archives"),
        source("county", government="350128-government"),
        source("zone", government=ZONE),
        source("unknown", government="999999-government"),
        source("nobody", agency="999999-audit"),
    )
}


def archived(of: Mapping[str, str]) -> pa.Table:
    rows = [Provenance(d, f"https://x/{d}", d, 1, NOW, s) for d, s in of.items()]
    return pa.Table.from_pylist([asdict(row) for row in rows], schema=MANIFEST_SCHEMA)


def seen(of: Mapping[str, str]) -> pa.Table:
    rows = [Sighting(f"https://x/{d}", NOW, s, d) for d, s in of.items()]
    return pa.Table.from_pylist([asdict(row) for row in rows], schema=SIGHTINGS_SCHEMA)


COUNTY = Evidence(source_region="350128")


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["bureau"], Evidence(source_agency_id=BUREAU)),
        # never the government itself
        (["county"], COUNTY),
        # 610403 is the county around the zone, whose bureaus are others
        (["zone"], Evidence(parent="杨凌农业高新技术产业示范区管理委员会")),
        (["bureau", "mirror"], Evidence(source_agency_id=BUREAU)),
        (["bureau", "county"], Evidence(source_agency_id=BUREAU)),
        (["bureau", "other"], NO_EVIDENCE),
        (["county", "zone"], NO_EVIDENCE),
        (["unknown"], NO_EVIDENCE),
        (["nobody"], NO_EVIDENCE),
        (["county", "file"], COUNTY),
    ],
    ids=str,
)
def test_what_sources_tell(sources: Sequence[str], expected: Evidence) -> None:
    """The first source is in the manifest, all are in the sightings."""
    log = pa.concat_tables([seen({"d": name}) for name in sources])
    found = evidence_of_sources(archived({"d": sources[0]}), log, SOURCES, REGISTRY)
    assert found == {"d": expected}


def test_what_came_by_no_source_has_no_evidence() -> None:
    gone = seen({"d": "file"}).set_column(3, "document_sha256", pa.array([None], pa.string()))
    assert evidence_of_sources(archived({"d": "file"}), gone, SOURCES, REGISTRY) == {}


def test_sources_are_told_of_by_manifest_and_sightings_each_alone() -> None:
    for tables in (
        (archived({"d": "county"}), SIGHTINGS_SCHEMA.empty_table()),
        (MANIFEST_SCHEMA.empty_table(), seen({"d": "county"})),
    ):
        assert evidence_of_sources(*tables, SOURCES, REGISTRY) == {"d": COUNTY}


@pytest.mark.parametrize(
    ("name", "by", "agency_id"),
    [
        ("我局", "bureau", BUREAU),
        ("本机关", "bureau", BUREAU),
        ("自然资源局", "bureau", BUREAU),
        # the title names another: it is that one, and never the source's
        ("盐池县财政局", "bureau", "640323-finance"),
        ("财政局", "bureau", "640323-finance"),
        ("我县", "bureau", None),
        ("我镇", "bureau", None),
        # any department of the county
        ("我局", "county", None),
        ("本单位", "county", None),
        ("我县", "county", None),
        ("我委", "zone", None),
        ("我局", None, None),
        ("审计局", "county", "350128-audit"),
    ],
)
def test_names_in_the_light_of_their_source(
    tmp_path: Path, name: str, by: str | None, agency_id: str | None
) -> None:
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    document = Outcome(
        document_sha256=sha256,
        path="p",
        media_type="text/html",
        bytes=1,
        kind=OutcomeKind.REPORT,
        names=ReportNames(agency_name=name, report_year=2022),
    )
    settings = Settings(home=tmp_path)
    write_shard(settings.lake_dir, [document], parser_version())
    log = seen({sha256: by} if by else {})
    evidence = evidence_of_sources(MANIFEST_SCHEMA.empty_table(), log, SOURCES, REGISTRY)
    found = resolve_agencies(settings, REGISTRY, evidence)
    assert found.resolution["agency_id"].to_pylist() == [agency_id]
    rules = found.findings["rule"].to_pylist()
    if agency_id is None:
        # a stand-in would be one agency for the bureaus of all counties
        assert rules == ["agency_unknown"]
        assert not [a for a in found.agencies if a.status is AgencyStatus.PROVISIONAL]
    elif agency_id != BUREAU:
        assert rules == ["agency_by_rule"]


def test_a_zones_bureau_without_its_place_is_none_of_the_county_around_it(tmp_path: Path) -> None:
    """财政局 in the listing of 杨凌示范区: not that of 杨陵区."""
    sha256 = "d" * 64
    document = Outcome(
        sha256,
        "p",
        "text/html",
        1,
        OutcomeKind.REPORT,
        names=ReportNames(agency_name="财政局", report_year=2022),
    )
    settings = Settings(home=tmp_path)
    write_shard(settings.lake_dir, [document], parser_version())
    evidence = evidence_of_sources(
        MANIFEST_SCHEMA.empty_table(), seen({sha256: "zone"}), SOURCES, REGISTRY
    )
    (agency_id,) = (
        resolve_agencies(settings, REGISTRY, evidence).resolution["agency_id"].to_pylist()
    )
    assert str(agency_id).startswith("provisional-")
