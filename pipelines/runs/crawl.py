"""A night's crawl in a process of its own, and its report: in plain Python, no Dagster."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from pipelines.crawl import Source, load_sources
from pipelines.crawl.job import CrawlJob, LookJob
from pipelines.crawl.report import CrawlReport, LookReport, SourceReport
from pipelines.domain import OgiError, calendar_of, today_in_china
from pipelines.runs.context import Progress, RunContext
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.whole_file import written_whole

_LAST = "last.json"
_LOG = "crawl.log"
_MEMORY = "memory.sqlite"
_ENDING_S = 30


class NoContact(OgiError):  # noqa: N818 - what the user reads
    """Nobody may be asked who cannot write back."""

    def __init__(self) -> None:
        super().__init__(
            "OGI_CRAWL_CONTACT: not set; give a mail address or a page of yours, so that websites"
            " can write to whoever crawls them"
        )


def chosen_sources(settings: Settings, names: Sequence[str]) -> tuple[Source, ...]:
    """The sources of these ids, all for none.

    Raises:
        OgiError: there is no such source, or a record makes no sense.
    """
    known = {source.id: source for source in load_sources(settings.sources_dir)}
    if unknown := [name for name in names if name not in known]:
        raise OgiError(f"{settings.sources_dir}: no source {unknown[0]}; `ogi sources list`")
    return tuple(known[name] for name in names) if names else tuple(known.values())


def crawl(
    settings: Settings,
    sources: Sequence[Source],
    progress: Progress,
    on_source: Callable[[SourceReport], None] = lambda _: None,
) -> CrawlReport:
    """Crawl these sources into the archive, each told as it is done; the report is kept beside
    what the crawl remembers.

    Raises:
        NoContact: the settings name nobody to write to.
        OgiError: the crawl could not be done.
    """
    job = _job(settings, sources)
    settings.crawl_dir.mkdir(parents=True, exist_ok=True)
    task = {
        "crawl": job.model_dump(mode="json"),
        "archive": settings.archive_address,
        "memory": str(settings.crawl_dir / _MEMORY),
    }
    done = 0
    progress("crawl", done, len(sources))
    for name, value in _told(task, settings.crawl_dir / _LOG):
        if name == "source":
            done += 1
            on_source(SourceReport.model_validate(value))
            progress("crawl", done, len(sources))
        else:
            report = CrawlReport.model_validate(value)
    _keep(report, settings)
    return report


def crawl_sources(
    run: RunContext,
    names: Sequence[str],
    on_source: Callable[[SourceReport], None] = lambda _: None,
) -> CrawlReport | None:
    """Crawl the sources of these ids, all for none. None where no source is named and the settings
    name no contact: a home that only takes in files crawls nothing.

    Raises:
        OgiError: as `chosen_sources` and `crawl`.
    """
    if run.settings.crawl_contact is None and not names:
        return None
    return crawl(run.settings, chosen_sources(run.settings, names), run.progress, on_source)


def check(
    settings: Settings,
    sources: Sequence[Source],
    on_source: Callable[[SourceReport], None] = lambda _: None,
) -> CrawlReport:
    """Read the listings of these sources and fetch no document; nothing is kept.

    Raises:
        OgiError: as `crawl`.
    """
    job = _job(settings, sources, listings_only=True)
    for name, value in _told({"check": job.model_dump(mode="json")}, None):
        if name == "source":
            on_source(SourceReport.model_validate(value))
    return CrawlReport.model_validate(value)


def look(settings: Settings, source: Source) -> LookReport:
    """Look at the website of a source whose family is not known yet.

    Raises:
        OgiError: as `crawl`.
    """
    job = LookJob(
        source=source,
        until_year=calendar_of(today_in_china()).last_closed_year,
        contact=contact_of(settings),
    )
    (value,) = (value for _, value in _told({"look": job.model_dump(mode="json")}, None))
    return LookReport.model_validate(value)


def last_report(settings: Settings) -> CrawlReport | None:
    """What came of the last night; None before the first."""
    file = settings.crawl_dir / _LAST
    if not file.is_file():
        return None
    return CrawlReport.model_validate_json(file.read_text(encoding="utf-8"))


def contact_of(settings: Settings) -> str:
    """Whom websites are told to write to.

    Raises:
        NoContact: nobody.
    """
    if settings.crawl_contact is None:
        raise NoContact
    return settings.crawl_contact


def _job(settings: Settings, sources: Sequence[Source], *, listings_only: bool = False) -> CrawlJob:
    return CrawlJob(
        sources=tuple(sources),
        until_year=calendar_of(today_in_china()).last_closed_year,
        contact=contact_of(settings),
        hosts=settings.crawl_hosts,
        retries=settings.crawl_retries,
        recheck_days=settings.recheck_days,
        listings_only=listings_only,
    )


def _told(task: Mapping[str, Any], log: Path | None) -> Iterator[tuple[str, Any]]:
    """What the crawling process tells, line by line: names and values.

    Raises:
        OgiError: what it could not do, or that it ended without a word.
    """
    with _opened(log) as out, _process(task, out) as process:
        report = False
        assert process.stdout is not None  # noqa: S101 - a pipe
        for line in process.stdout:
            ((name, value),) = json.loads(line).items()
            if name == "error":
                raise OgiError(value)
            report = report or name == "report"
            yield name, value
        if not report:
            where = f"; {log} says more" if log is not None else ""
            raise OgiError(f"the crawling process ended with {process.wait()}{where}")


@contextmanager
def _opened(log: Path | None) -> Iterator[IO[str] | int]:
    if log is None:
        yield subprocess.DEVNULL
        return
    with log.open("w", encoding="utf-8") as file:
        yield file


@contextmanager
def _process(task: Mapping[str, Any], log: IO[str] | int) -> Iterator[subprocess.Popen[str]]:
    """The process, which ends when its stdin is closed, as it is when we die."""
    command = [sys.executable, "-m", "pipelines.runs.crawl_process"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        encoding="utf-8",
        cwd=PROJECT_ROOT,
        process_group=0,  # a terminal sends Ctrl-C to our group: the crawl ends with its stdin
    ) as process:
        assert process.stdin is not None  # noqa: S101 - a pipe
        try:
            # One that died at once is told of by its silence.
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(task) + "\n")
                process.stdin.flush()
            yield process
        finally:
            with suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(_ENDING_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _keep(report: CrawlReport, settings: Settings) -> None:
    text = report.model_dump_json(indent=2)
    folder = settings.crawl_dir / "reports"
    folder.mkdir(exist_ok=True)
    for file in (folder / f"{report.began_at:%Y%m%dT%H%M%S}Z.json", settings.crawl_dir / _LAST):
        with written_whole(file) as partial:
            partial.write_text(text, encoding="utf-8")
