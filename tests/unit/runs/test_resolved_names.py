"""Names of the lake → agencies of the warehouse: reviewed, told by rule, provisional."""

import hashlib
from dataclasses import replace
from pathlib import Path

from pipelines.domain import AgencyStatus, Outcome, OutcomeKind, ReportNames
from pipelines.reference import Evidence, load_registry
from pipelines.runs.agencies import ResolvedAgencies, resolve_agencies
from pipelines.runs.process import parser_version
from pipelines.settings import Settings
from pipelines.warehouse.lake import write_shard


def document(name: str | None, year: int | None) -> Outcome:
    key = f"{name} {year}"
    return Outcome(
        document_sha256=hashlib.sha256(key.encode()).hexdigest(),
        path=f"/in/{key}",
        media_type="text/html",
        bytes=1,
        kind=OutcomeKind.REPORT,
        names=ReportNames(agency_name=name, report_year=year),
    )


def resolved(tmp_path: Path, *documents: Outcome) -> ResolvedAgencies:
    settings = Settings(home=tmp_path)
    write_shard(settings.lake_dir, documents, parser_version())
    return resolve_agencies(settings, load_registry(), {})


def test_who_is_not_named_is_whose_source_it_is(tmp_path: Path) -> None:
    nameless, named = document(None, 2022), document("盐池县财政局", 2022)
    other = replace(document(None, 2021), kind=OutcomeKind.NOT_A_REPORT, reason="a notice")
    settings = Settings(home=tmp_path)
    write_shard(settings.lake_dir, [nameless, named, other], parser_version())
    source = Evidence(source_agency_id="640323-natural-resources")
    told = {d.document_sha256: source for d in (nameless, named, other)}
    found = resolve_agencies(settings, load_registry(), told)
    pairs = zip(
        *(found.resolution[c].to_pylist() for c in ("document_sha256", "agency_id")), strict=True
    )
    assert dict(pairs) == {
        nameless.document_sha256: "640323-natural-resources",
        # A name of its own counts for more than where it was listed.
        named.document_sha256: "640323-finance",
        other.document_sha256: None,
    }
    rules = zip(*(found.findings[c].to_pylist() for c in ("document_sha256", "rule")), strict=True)
    assert dict(rules)[nameless.document_sha256] == "agency_from_source"
    assert other.document_sha256 not in found.findings["document_sha256"].to_pylist()


def test_documents_of_one_name_and_year_have_one_agency_and_a_finding_each(
    tmp_path: Path,
) -> None:
    one = document("不存在县不存在局", 2022)
    other = replace(one, document_sha256="f" * 64)
    settings = Settings(home=tmp_path)
    for shard in ([one], [other], [one, other]):
        write_shard(settings.lake_dir, shard, parser_version())
    found = resolve_agencies(settings, load_registry(), {})
    both = sorted([one.document_sha256, other.document_sha256])
    assert found.resolution["document_sha256"].to_pylist() == both
    (agency,) = found.resolution["agency_id"].unique().to_pylist()
    assert agency.startswith("provisional-")
    assert found.findings["document_sha256"].to_pylist() == both


def ids(found: ResolvedAgencies) -> list[str | None]:
    agencies: list[str | None] = found.resolution["agency_id"].to_pylist()
    return sorted(agencies, key=str)


def test_each_document_has_an_agency_and_a_finding_where_it_is_not_reviewed(
    tmp_path: Path,
) -> None:
    names = ("盐池县自然资源局", "盐池县财政局", "鼓楼区教育局", None)
    found = resolved(tmp_path, *(document(name, 2022) for name in names))
    (provisional,) = (a for a in found.agencies if a.status is AgencyStatus.PROVISIONAL)
    assert ids(found) == [
        "640323-finance",
        "640323-natural-resources",
        None,
        provisional.agency_id,
    ]
    told = dict(
        zip(*(found.findings[c].to_pylist() for c in ("document_sha256", "rule")), strict=True)
    )
    assert told == {
        document("盐池县财政局", 2022).document_sha256: "agency_by_rule",
        document("鼓楼区教育局", 2022).document_sha256: "agency_provisional",
    }


def test_a_name_that_several_places_bear_is_told_by_the_others_in_its_document(
    tmp_path: Path,
) -> None:
    alone = document("鼓楼区教育局", 2022)
    names = replace(alone.names, other_names=("南京市鼓楼区人民政府办公室",))
    assert ids(resolved(tmp_path, replace(alone, names=names))) == ["320106-education"]


def test_an_agency_goes_by_its_newest_name(tmp_path: Path) -> None:
    old, new, bare = "盐池县国土资源和规划局", "贺兰县教育体育局", "贺兰县教育局"
    found = resolved(
        tmp_path,
        document(old, 2016),
        document(new, 2022),
        document(bare, 2016),
        document(bare, 2014),
    )
    made = {a.agency_id: a for a in found.agencies if a.status is AgencyStatus.GENERATED}
    assert set(made) == {"640122-education"}
    assert (made["640122-education"].agency_name, made["640122-education"].aliases) == (
        new,
        (bare,),
    )
    assert "640323-natural-resources" in ids(found)


def test_parents_and_successors_are_agencies_of_the_warehouse(tmp_path: Path) -> None:
    alone = resolved(tmp_path / "alone", document("盐池县工商局", 2016))
    (bureau,) = (a for a in alone.agencies if a.status is AgencyStatus.GENERATED)
    assert (bureau.parent_agency_id, bureau.successor_agency_id) == (None, None)
    whole = resolved(
        tmp_path / "whole",
        document("盐池县工商局", 2016),
        document("盐池县市场监督管理局", 2020),
        document("盐池县人民政府", 2020),
    )
    made = {a.agency_id: a for a in whole.agencies if a.status is AgencyStatus.GENERATED}
    assert made["640323-industry-commerce"].successor_agency_id == "640323-market-regulation"
    assert made["640323-industry-commerce"].parent_agency_id == "640323-government"


def test_a_document_in_two_shards_is_one(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    both, one = document("盐池县财政局", 2022), document("盐池县自然资源局", 2022)
    write_shard(settings.lake_dir, [both, one], parser_version())
    write_shard(settings.lake_dir, [both], parser_version())
    found = resolve_agencies(settings, load_registry(), {})
    assert found.resolution.num_rows == 2
    assert found.findings.num_rows == 1
