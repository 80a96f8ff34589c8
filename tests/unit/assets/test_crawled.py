"""The crawl's asset checks, and records made of a look at a website."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pytest

from assets.assets import CrawlConfig, crawled_documents, source_line
from assets.checks import crawl_checks
from pipelines.crawl import load_sources
from pipelines.crawl.report import CrawlReport, LookReport, Outcomes, SourceReport, TroubleTold
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import TroubleKind
from pipelines.domain import OgiError
from pipelines.runs import crawl as crawling
from pipelines.runs.context import RunContext
from pipelines.runs.history import RunRecord
from pipelines.runs.source_records import new_source, record_of, write_record
from pipelines.settings import Settings

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
START = "http://www.linyi.example/nb/"
AGENCY = "990100-government"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", sources=tmp_path / "sources", crawl_contact="me@a.cn")


def told(*kinds: TroubleKind, name: str = "made") -> SourceReport:
    troubles = tuple(TroubleTold(kind=kind, address=START, detail="made") for kind in kinds)
    return SourceReport(
        source=name,
        began_at=NOW,
        ended_at=NOW,
        is_complete=not troubles,
        documents=Outcomes(new=2, gone=1),
        reports=3,
        troubles=troubles,
        troubles_total=len(troubles),
    )


def keep(settings: Settings, *reports: SourceReport) -> CrawlReport:
    report = CrawlReport(night=1, began_at=NOW, ended_at=NOW, is_resumed=False, sources=reports)
    settings.crawl_dir.mkdir(parents=True, exist_ok=True)
    crawling._keep(report, settings)
    return report


def checked(settings: Settings) -> dict[str | None, dg.AssetCheckResult]:
    results: Sequence[dg.AssetCheckResult] = list(crawl_checks(settings=settings))  # type: ignore[call-overload]
    return {result.check_name: result for result in results}


def test_a_quiet_night_passes(settings: Settings) -> None:
    keep(settings, told())
    assert {name: r.passed for name, r in checked(settings).items()} == {
        "every_source_was_read": True,
        "no_year_is_missing": True,
    }


@pytest.mark.parametrize(
    "kind", [TroubleKind.CHALLENGE, TroubleKind.EMPTY_LISTING, TroubleKind.OWN_FAULT]
)
def test_what_could_not_be_read_fails_and_is_named(settings: Settings, kind: TroubleKind) -> None:
    keep(settings, told(), told(kind, name="second"))
    results = checked(settings)
    assert results["no_year_is_missing"].passed
    failed = results["every_source_was_read"]
    assert (failed.passed, failed.severity) == (False, dg.AssetCheckSeverity.ERROR)
    listed = failed.metadata["listed"]
    assert isinstance(listed, dg.TableMetadataValue)
    (row,) = listed.records
    assert (row.data["source"], row.data["kind"]) == ("second", str(kind))


def test_a_missing_year_is_a_warning_of_its_own(settings: Settings) -> None:
    keep(settings, told(TroubleKind.MISSING_YEAR))
    results = checked(settings)
    assert results["every_source_was_read"].passed
    failed = results["no_year_is_missing"]
    assert (failed.passed, failed.severity) == (False, dg.AssetCheckSeverity.WARN)


@pytest.mark.parametrize("how", ["never", "no source", "no contact"])
def test_a_check_that_has_nothing_to_look_at_fails(settings: Settings, how: str) -> None:
    if how == "no source":
        keep(settings)
    if how == "no contact":
        keep(settings, told())
        settings = settings.model_copy(update={"crawl_contact": None})
    for result in checked(settings).values():
        assert (result.passed, result.description) == (False, "nothing was crawled")
        assert result.severity == dg.AssetCheckSeverity.WARN


def test_without_a_contact_no_website_is_asked_unless_one_is_chosen(settings: Settings) -> None:
    nobody = settings.model_copy(update={"crawl_contact": None})
    resources = {"run": RunContext(nobody, lambda *_: None, RunRecord("test"))}
    context = dg.build_asset_context(resources=resources)
    result = crawled_documents(context, CrawlConfig())
    assert isinstance(result, dg.MaterializeResult)
    assert result.metadata is not None
    assert "OGI_CRAWL_CONTACT" in str(result.metadata["not_crawled"])
    write_record(nobody, new(nobody))
    with pytest.raises(crawling.NoContact):
        crawled_documents(
            dg.build_asset_context(resources=resources), CrawlConfig(sources=[AGENCY])
        )


def test_a_source_in_one_line() -> None:
    assert source_line(told()) == "made: 3 reports listed: 2 new, 1 gone"
    assert source_line(told(TroubleKind.CHALLENGE)).endswith("; 1 troubles")


def test_the_last_report_is_kept_and_those_of_before_too(settings: Settings) -> None:
    assert crawling.last_report(settings) is None
    keep(settings, told())
    last = keep(settings, told(TroubleKind.CHALLENGE))
    assert crawling.last_report(settings) == last
    assert len(list((settings.crawl_dir / "reports").iterdir())) == 1


def test_a_process_that_ends_without_a_word_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises((OgiError, BrokenPipeError)):
        crawling.crawl(settings, [], lambda *_: None)


# Records


def new(settings: Settings, **changes: object) -> Source:
    given: dict[str, object] = {
        "agency_id": AGENCY,
        "government_id": None,
        "source_id": None,
        "columns": (),
        "private_hosts": (),
        "delay_seconds": 5.0,
    }
    address = str(changes.pop("address", START))
    return new_source(settings, address, **(given | changes))  # type: ignore[arg-type]


def looked(years: tuple[int, ...] = (2019, 2021), **changes: object) -> LookReport:
    given: dict[str, object] = {
        "address": START + "c/",
        "family": "trs_static",
        "years": years,
        "titles": (("报告", START),),
    }
    return LookReport.model_validate(given | changes)


def test_a_record_has_what_was_found_and_is_not_verified(settings: Settings) -> None:
    file = write_record(settings, record_of(new(settings, columns=("年报",)), looked(), None))
    assert file.name == f"{AGENCY}.yaml"
    assert "verified: false" in file.read_text("utf-8")
    (record,) = load_sources(settings.sources_dir)
    assert (record.family, record.start, record.first_year) == ("trs_static", (START + "c/",), 2019)
    assert (record.columns, record.pace.delay_seconds) == (("年报",), 5)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"agency_id": None}, "say whose reports they are"),
        ({"government_id": AGENCY}, "say whose reports they are"),
        ({"agency_id": "nobody"}, "nobody: the registry has no such agency"),
        ({"address": "http://10.0.0.1/"}, "10.0.0.1 is at 10.0.0.1, which is not public"),
        ({"address": "file:///etc/passwd"}, "neither http nor https"),
        ({"source_id": "政府"}, "an id is of letters"),
        ({"delay_seconds": -1}, "greater than or equal to 0"),
        ({"private_hosts": ("8.0.0.0/8",)}, "no network of private addresses"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(
    settings: Settings, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(OgiError, match=says):
        new(settings, **changes)


@pytest.mark.parametrize("name", [AGENCY, "990100_Government", "990100 government"])
def test_a_record_never_takes_the_place_of_another(settings: Settings, name: str) -> None:
    write_record(settings, record_of(new(settings), looked(), None))
    with pytest.raises(OgiError, match=f"{AGENCY}: there is such a record already"):
        new(settings, source_id=name)


def test_a_start_page_is_one_sources_alone(settings: Settings) -> None:
    write_record(settings, record_of(new(settings), looked(), None))
    other = record_of(new(settings, source_id="other"), looked(), None)
    with pytest.raises(OgiError, match=f"is a start page of {AGENCY} already"):
        write_record(settings, other)
    assert len(load_sources(settings.sources_dir)) == 1


def test_the_first_year_of_a_record_can_be_one(settings: Settings) -> None:
    assert record_of(new(settings), looked((2004, 2010)), None).first_year == 2008
    assert record_of(new(settings), looked(()), None).first_year == 2008
    assert record_of(new(settings), looked(), 2012).first_year == 2012
    with pytest.raises(OgiError, match="greater than or equal to 2008"):
        record_of(new(settings), looked(), 1999)


def test_no_record_is_made_where_no_report_was_found(settings: Settings) -> None:
    trouble = TroubleTold(kind=TroubleKind.CHALLENGE, address=START, detail="a script")
    for report in (looked(titles=()), looked(family=None, troubles=(trouble,))):
        with pytest.raises(OgiError, match="no report found"):
            record_of(new(settings), report, None)
