"""`ogi sources` and `ogi crawl`: exit statuses, one line on stderr, what is written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.crawl.engine.serving import Answer, Site, page, served

OGI = Path(sys.executable).with_name("ogi")
INHERITED = {k: v for k, v in os.environ.items() if k != "COLUMNS" and not k.startswith("OGI_")}
AGENCY = "990100-government"

Ogi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ogi(tmp_path: Path) -> Ogi:
    def call(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        here = {
            "OGI_HOME": str(tmp_path / "home"),
            "OGI_SOURCES": str(tmp_path / "sources"),
            "OGI_CRAWL_CONTACT": "me@linyi.example",
            "OGI_CRAWL_RETRIES": "0",
        }
        return subprocess.run(
            [str(OGI), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**INHERITED, **here, **environment},
        )

    return call


@pytest.fixture
def site() -> Iterator[Site]:
    """A website with every report of an agency."""
    with served(1) as (site,):
        years = range(2022, 2026)
        lines = [
            f'<a href="/{year}.html">临漪市人民政府{year}年政府信息公开工作年度报告</a><br>'
            for year in years
        ]
        site.says("/nb/", page("".join(lines)))
        for year in years:
            site.says(f"/{year}.html", page(str(year)))
        yield site


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    return line


def test_a_website_is_added_listed_checked_and_crawled(
    ogi: Ogi, site: Site, tmp_path: Path
) -> None:
    add = ("sources", "add", site.at("/nb/"), "--agency", AGENCY, "--private", "127.0.0.0/8")
    tried = ogi(*add, "--delay", "0", "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "Nothing written" in tried.stdout
    assert not (tmp_path / "sources").exists()

    added = ogi(*add, "--delay", "0")
    assert added.returncode == 0, added.stderr
    assert f"Written: {tmp_path}/sources/{AGENCY}.yaml" in added.stdout
    assert one_line(ogi(*add)).startswith(f"{AGENCY}: there is such a record already")
    assert "is a start page of" in one_line(ogi(*add, "--id", "other", "--delay", "0"))

    (listed,) = json.loads(ogi("sources", "list", "--format", "json").stdout)
    assert (listed["id"], listed["first_year"], listed["verified"]) == (AGENCY, 2022, False)

    checked = ogi("sources", "check")
    assert checked.returncode == 0, checked.stderr
    assert not [path for path in site.paths() if path != "/nb/"]
    assert not (tmp_path / "home").exists()

    crawled = ogi("crawl", "--archive-only", "--format", "json")
    assert crawled.returncode == 0, crawled.stderr
    told = json.loads(crawled.stdout)
    assert told["sources"][0]["documents"]["new"] == 4
    assert json.loads(ogi("crawl", "--last", "--format", "json").stdout) == told
    assert "4 new" in ogi("crawl", "--last").stdout

    site.says("/nb/", Answer(b"", 503))
    troubled = ogi("sources", "check", AGENCY)
    assert one_line(troubled) == "1 of 1 sources in trouble"
    assert "http_error" in troubled.stdout


def test_a_website_without_reports_is_not_added(ogi: Ogi, site: Site, tmp_path: Path) -> None:
    site.says("/news/", page('<a href="/1.html">新闻</a>'))
    add = ("--agency", AGENCY, "--private", "127.0.0.0/8", "--delay", "0")
    done = ogi("sources", "add", site.at("/news/"), *add)
    assert one_line(done).startswith(f"{site.at('/news/')}: no report found: ")
    assert not (tmp_path / "sources").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("crawl", "nobody"), "no source nobody; `ogi sources list`"),
        (("crawl", "--last"), "there was no crawl yet"),
        (("crawl",), "no source has a record"),
        (("sources", "check", "nobody"), "no source nobody"),
        (("sources", "add", "http://www.linyi.example/"), "say whose reports they are"),
        (("sources", "add", "http://www.linyi.example/", "--agency", "x"), "no such agency"),
        (("sources", "add", "ftp://www.linyi.example/", "--agency", AGENCY), "neither http"),
        (("sources", "add", "http://127.0.0.1/", "--agency", AGENCY), "not public"),
    ],
)
def test_what_a_user_can_mend_is_one_line(ogi: Ogi, arguments: tuple[str, ...], says: str) -> None:
    assert says in one_line(ogi(*arguments))


def test_nobody_is_asked_without_a_contact(ogi: Ogi, site: Site, tmp_path: Path) -> None:
    add = ("sources", "add", site.at("/nb/"), "--agency", AGENCY, "--private", "127.0.0.0/8")
    assert one_line(ogi(*add, OGI_CRAWL_CONTACT="")).startswith("OGI_CRAWL_CONTACT: not set")
    assert one_line(ogi("crawl", OGI_CRAWL_CONTACT="")).startswith("OGI_CRAWL_CONTACT: not set")
    assert not (tmp_path / "warehouse").exists()
    assert site.asked == []


def test_a_folder_that_cannot_be_written_is_one_line(ogi: Ogi, site: Site, tmp_path: Path) -> None:
    (tmp_path / "sources").write_text("a file")
    add = ("sources", "add", site.at("/nb/"), "--agency", AGENCY, "--private", "127.0.0.0/8")
    assert one_line(ogi(*add, "--delay", "0")).startswith(f"{tmp_path}/sources")


def test_a_record_that_makes_no_sense_is_one_line(ogi: Ogi, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "bad.yaml").write_text("id: bad\nfamily: nothing\n")
    for command in ("list", "check"):
        assert "bad.yaml" in one_line(ogi("sources", command))
