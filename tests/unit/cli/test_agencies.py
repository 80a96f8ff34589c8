"""`ogi agencies review` and `ogi agencies accept`: what is not reviewed, and one line of diff."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

ROOT = Path(__file__).parents[3]
OGI = Path(sys.executable).with_name("ogi")
KEPT = ROOT / "data" / "reference" / "agencies.csv"
INHERITED = {k: v for k, v in os.environ.items() if k != "COLUMNS" and not k.startswith("OGI_")}

Ogi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir()
    shutil.copy(KEPT, folder / KEPT.name)
    return folder


@pytest.fixture
def ogi(tmp_path: Path, registry: Path) -> Ogi:
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(OGI), "agencies", *arguments, "--registry", str(registry)],
            capture_output=True,
            text=True,
            check=False,
            env={**INHERITED, "OGI_HOME": str(tmp_path)},
        )

    return call


@pytest.fixture
def release(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    with duckdb.connect(str(tmp_path / "published" / "ogi.duckdb")) as con:
        con.execute("create schema marts")
        con.execute(
            """
            create table marts.dim_agency as
            from (values
                ('640323-natural-resources', '盐池县自然资源局', []::varchar[], 'reviewed'),
                ('640323-finance', '盐池县财政局', ['吴忠市盐池县财政局'], 'generated'),
                ('provisional-1', '鼓楼区教育局', [], 'provisional'),
                ('provisional-2', '幸福县财政局', [], 'provisional')
            ) as t (agency_id, agency_name, aliases, status)
            """
        )
        con.execute(
            """
            create table marts.dim_document as
            from (values
                ('a', '640323-finance', 2020::smallint), ('b', '640323-finance', 2022::smallint),
                ('c', 'provisional-1', 2022::smallint), ('d', 'provisional-2', 2022::smallint),
                ('e', '640323-natural-resources', 2022::smallint)
            ) as t (document_sha256, agency_id, report_year)
            """
        )


def lines(registry: Path) -> set[str]:
    return set((registry / "agencies.csv").read_text(encoding="utf-8").splitlines())


@pytest.mark.usefixtures("release")
def test_what_is_not_reviewed_is_listed(ogi: Ogi) -> None:
    done = ogi("review", "--format", "json")
    assert done.returncode == 0, done.stderr
    listed: list[dict[str, Any]] = json.loads(done.stdout)
    assert [row["agency_id"] for row in listed] == [
        "640323-finance",
        "provisional-1",
        "provisional-2",
    ]
    finance, gulou, happy = listed
    assert finance["names"] == ["盐池县财政局", "吴忠市盐池县财政局"]
    assert (finance["documents"], finance["first_year"], finance["last_year"]) == (2, 2020, 2022)
    assert [c["agency_id"] for c in finance["candidates"]] == ["640323-finance"]
    assert {c["agency_id"] for c in gulou["candidates"]} == {
        "320106-education",
        "320302-education",
        "350102-education",
        "410204-education",
    }
    assert (happy["candidates"], bool(happy["reason"])) == ([], True)
    table = ogi("review").stdout
    assert all(word in table for word in ("640323-finance", "鼓楼区教育局", "320106-education"))
    assert "640323-natural-resources" not in table


@pytest.mark.usefixtures("release")
def test_an_accepted_agency_is_one_line_of_diff(ogi: Ogi, registry: Path) -> None:
    before = lines(registry)
    done = ogi("accept", "640323-finance")
    assert done.returncode == 0, done.stderr
    record = (
        "640323-finance,盐池县财政局,吴忠市盐池县财政局,640323,宁夏回族自治区,吴忠市,盐池县,"
        "county,finance,false,,,,"
    )
    assert lines(registry) - before == {record}
    assert before <= lines(registry)
    listed = json.loads(ogi("review", "--format", "json").stdout)
    assert [c["status"] for c in listed[0]["candidates"]] == ["reviewed"]


@pytest.mark.usefixtures("release")
def test_a_name_can_be_given_an_agency(ogi: Ogi, registry: Path) -> None:
    before = lines(registry)
    done = ogi("accept", "provisional-2", "--as", "640323-natural-resources")
    assert (done.returncode, done.stdout) == (
        0,
        "幸福县财政局: a name of 640323-natural-resources\n",
    )
    (old,), (new,) = before - lines(registry), lines(registry) - before
    assert new == old.replace("盐池县自然资源局,", "盐池县自然资源局,幸福县财政局")


def test_a_name_that_no_release_has_is_accepted_too(ogi: Ogi, registry: Path) -> None:
    assert ogi("accept", "贺兰县财政局", "--as", "640122-finance").returncode == 0
    assert any(line.startswith("640122-finance,贺兰县财政局,") for line in lines(registry))


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("provisional-1",), "only what stands beside it can tell"),
        (("provisional-1", "--as", "320106-education"), "would still not be told"),
        (("provisional-2",), "say which it is by id"),
        (("provisional-2", "--as", "nonsense"), "an id is a region's code and a function"),
    ],
)
def test_what_cannot_be_accepted_changes_nothing(
    ogi: Ogi, registry: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = lines(registry)
    done = ogi("accept", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert said in line
    assert lines(registry) == before


def test_without_a_release_there_is_nothing_to_review(ogi: Ogi) -> None:
    done = ogi("review")
    assert done.returncode == 2
    assert "no release here yet" in done.stderr
