"""The graph as `dagster dev` loads it: whole, in order, with its schedule and its sensor."""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets import sensors
from assets.definitions import defs
from assets.instance import dagster_home
from assets.jobs import crawl_and_refresh, refresh
from expectations import all_checks
from pipelines.settings import Settings
from pipelines.warehouse.sql_models import MODEL_SCHEMAS, load_marts

CHAIN = [
    "archived_documents",
    "lake_shards",
    "warehouse_raw",
    "staging/requests",
    "marts/fct_requests",
    "published_release",
]


def key(name: str) -> dg.AssetKey:
    return dg.AssetKey(name.split("/"))


def test_the_definitions_are_sound() -> None:
    dg.Definitions.validate_loadable(defs)


def test_each_asset_waits_for_the_one_before() -> None:
    graph = defs.resolve_asset_graph()
    for before, after in pairwise(CHAIN):
        assert key(before) in graph.get(key(after)).parent_keys, after
    assert graph.get(key("published_release")).parent_keys == {
        key(f"marts/{name}") for name in load_marts()
    }


def test_only_the_nightly_job_asks_websites() -> None:
    graph = defs.resolve_asset_graph()
    assert key("crawled_documents") in graph.get(key("lake_shards")).parent_keys
    ops = {
        job.name: set(defs.resolve_job_def(job.name).graph.node_dict)
        for job in (refresh, crawl_and_refresh)
    }
    assert ops["crawl_and_refresh"] - ops["refresh"] == {"crawled_documents", "crawl_checks"}
    assert not ops["refresh"] - ops["crawl_and_refresh"]


def test_every_asset_has_a_group_kinds_and_a_description() -> None:
    graph = defs.resolve_asset_graph()
    for asset in graph.get_all_asset_keys():
        node = graph.get(asset)
        groups = {"archive", "lake", "warehouse", *MODEL_SCHEMAS, "release"}
        assert node.group_name in groups
        assert node.kinds
        assert node.description


def test_every_check_is_one_that_what_comes_after_waits_for() -> None:
    checks = {spec.name: spec for checks in defs.asset_checks or [] for spec in checks.check_specs}
    of_the_crawl = {"every_source_was_read", "no_year_is_missing"}
    assert set(checks) == {check.name for check in all_checks()} | of_the_crawl
    assert {name for name, spec in checks.items() if not spec.blocking} == of_the_crawl
    assert checks["fct_requests_key"].asset_key == key("marts/fct_requests")
    assert checks["applicants_sum_to_total_strict"].asset_key == key("audits/findings")


def test_the_nightly_schedule_runs_at_two_in_china() -> None:
    schedule = defs.resolve_schedule_def("nightly")
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "Asia/Shanghai"
    assert schedule.job_name == crawl_and_refresh.name
    with dg.build_schedule_context() as context:
        tick = schedule.evaluate_tick(context)
    assert len(tick.run_requests or []) == 1


@pytest.mark.parametrize(("setting", "is_on"), [("true", True), ("off", False), (None, True)])
def test_schedule_and_sensor_start_as_the_settings_say(setting: str | None, is_on: bool) -> None:
    code = (
        "from assets.definitions import defs\n"
        "print(defs.resolve_schedule_def('nightly').default_status.name)\n"
        "print(defs.resolve_sensor_def('inbox').default_status.name)\n"
        "release = defs.resolve_assets_def('published_release')\n"
        "print(next(iter(release.specs)).freshness_policy is not None)"
    )
    given = ("OGI_NIGHTLY_SCHEDULE", "OGI_INBOX_SENSOR")
    environment = {name: value for name, value in os.environ.items() if name not in given}
    if setting is not None:
        environment |= dict.fromkeys(given, setting)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == (
        ["RUNNING", "RUNNING", "True"] if is_on else ["STOPPED", "STOPPED", "False"]
    )


def test_loading_the_definitions_does_not_load_great_expectations() -> None:
    code = "import sys, assets.definitions; sys.exit('great_expectations' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_release_is_fresh_when_published_in_the_hours_after_the_schedule() -> None:
    (spec,) = defs.resolve_assets_def("published_release").specs
    assert spec.freshness_policy == dg.FreshnessPolicy.cron(
        "0 8 * * *", dt.timedelta(hours=6), "Asia/Shanghai"
    )


def test_dagsters_home_lies_in_ours_and_sends_nothing(tmp_path: Path) -> None:
    folder = dagster_home(Settings(home=tmp_path))
    assert folder == tmp_path / "dagster"
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        assert not instance.telemetry_enabled
    done = subprocess.run(
        [sys.executable, "-m", "assets.instance"],
        env={**os.environ, "OGI_HOME": str(tmp_path / "other")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()) == tmp_path / "other" / "dagster"
    assert (tmp_path / "other" / "dagster" / "dagster.yaml").is_file()


# --- the inbox ---------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def look(settings: Settings, cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    context = dg.build_sensor_context(cursor=cursor, resources={"settings": settings})
    result: Any = sensors.inbox_sensor(is_on=True)(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def put(settings: Settings, name: str, text: str) -> Path:
    settings.inbox_dir.mkdir(exist_ok=True)
    file = settings.inbox_dir / name
    file.write_text(text, encoding="utf-8")
    return file


def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a minute had gone by since the last file was written."""
    now = time.time
    monkeypatch.setattr("assets.sensors.time.time", lambda: now() + 60)


def asked_for(result: dg.SensorResult | dg.SkipReason) -> list[list[str]]:
    assert isinstance(result, dg.SensorResult)
    return [
        request.run_config["ops"]["archived_documents"]["config"]["paths"]
        for request in result.run_requests or []
    ]


def test_new_files_are_asked_for_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = put(settings, "1.html", "one"), put(settings, "2.html", "two")
    put(settings, ".hidden", "no")
    settled(monkeypatch)

    first = look(settings)
    assert asked_for(first) == [[str(one), str(two)]]
    assert isinstance(first, dg.SensorResult)
    assert isinstance(look(settings, first.cursor), dg.SkipReason)

    three = put(settings, "3.html", "three")
    one.write_text("one, changed", encoding="utf-8")
    second = look(settings, first.cursor)
    assert asked_for(second) == [[str(one), str(three)]]
    assert isinstance(second, dg.SensorResult)
    keys = {request.run_key for result in (first, second) for request in result.run_requests or []}
    assert len(keys) == 2


def test_a_file_whose_name_is_not_utf8_is_asked_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(settings, os.fsdecode(b"\xc4\xea\xb1\xa8.html"), "one")
    settled(monkeypatch)
    assert asked_for(look(settings)) == [[str(file)]]


def test_a_file_that_is_still_being_written_waits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings, "1.html", "half")
    waiting = look(settings)
    assert isinstance(waiting, dg.SkipReason)
    assert "1 still being written" in (waiting.skip_message or "")
    settled(monkeypatch)
    assert len(asked_for(look(settings))) == 1


def test_a_file_being_rewritten_keeps_the_others_known(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = put(settings, "old.html", "old")
    with monkeypatch.context() as later:
        settled(later)
        first = look(settings)
    assert isinstance(first, dg.SensorResult)
    put(settings, "new.html", "half")
    assert isinstance(look(settings, first.cursor), dg.SkipReason)
    settled(monkeypatch)
    second = look(settings, first.cursor)
    assert asked_for(second) == [[str(settings.inbox_dir / "new.html")]]
    assert isinstance(second, dg.SensorResult)
    assert str(old) in json.loads(second.cursor or "{}")


def test_an_empty_inbox_and_none_say_why_nothing_runs(settings: Settings) -> None:
    none = look(settings)
    assert isinstance(none, dg.SkipReason)
    assert "no inbox folder" in (none.skip_message or "")
    settings.inbox_dir.mkdir()
    empty = look(settings)
    assert isinstance(empty, dg.SkipReason)
    assert "nothing new" in (empty.skip_message or "")


def test_what_the_sensor_asks_for_fits_the_job(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings, "1.html", "one")
    settled(monkeypatch)
    result = look(settings)
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or []
    dg.validate_run_config(defs.resolve_job_def(refresh.name), request.run_config)
