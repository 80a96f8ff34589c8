"""The main job in this process, for the command line; without Dagster where nothing is new."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive import count_known, open_archive
from pipelines.crawl.report import CrawlReport
from pipelines.publish import changes, current_release, refuse_newer
from pipelines.runs.context import Progress
from pipelines.runs.crawl import last_report
from pipelines.runs.steps import current_fingerprint, pending
from pipelines.settings import Settings
from pipelines.warehouse.census import Census, read_census


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, and what there is now.

    `new` and `known` count the files given; `failed` are the documents that this run could not
    read, with the reason (at most 200 of `failed_total`), `unreadable` the paths of which nothing
    could be taken. `counts` is the whole warehouse; in its findings a broken identity is one, by
    however many readings it is broken. `blocked` has one line for each reason why the release was
    held back; then the old one stays. `duration` is in seconds.
    """

    nothing_new: bool
    new: int
    known: int
    unreadable: tuple[tuple[str, str], ...]
    failed: tuple[tuple[str, str], ...]
    failed_total: int
    counts: Census
    blocked: tuple[str, ...]
    published_file: Path | None
    duration: float
    crawl: CrawlReport | None = None


def run(
    paths: Sequence[Path],
    settings: Settings,
    *,
    sources: Sequence[str] | None = None,
    on_progress: Progress | None = None,
) -> RunReport:
    """Take `paths` (none: the inbox folder, where it exists) all the way to the release; with
    `sources` (ids; none in it: every one) after crawling them.

    Raises:
        OgiError: the run could not be done. A release that is held back is no error: `blocked`.
    """
    began = time.monotonic()
    # Before anything is begun; publish() checks it again.
    if not settings.replace_newer:
        refuse_newer(settings.published_file)
    given = list(paths) or [p for p in [settings.inbox_dir] if p.is_dir()]
    if sources is None and (report := _nothing_new(given, settings, began)) is not None:
        return report
    # A second to import, which a run that finds nothing new does not pay.
    from assets.in_process import run_job  # noqa: PLC0415

    ended = run_job(given, settings, on_progress or _nobody_listens, sources)
    archived, read = ended.metadata["archived_documents"], ended.metadata["lake_shards"]
    return RunReport(
        nothing_new=False,
        new=archived["new"],
        known=archived["known"],
        unreadable=_pairs(archived["unreadable"]),
        failed=_pairs(read["failures"]),
        failed_total=read.get("failed", 0),
        counts=read_census(settings.warehouse_file, settings.duckdb),
        blocked=ended.blocked,
        published_file=settings.published_file
        if current_release(settings.published_file)
        else None,
        duration=time.monotonic() - began,
        crawl=last_report(settings) if sources is not None else None,
    )


def _nothing_new(given: Sequence[Path], settings: Settings, began: float) -> RunReport | None:
    """The report of a run that has nothing to do; None where there is something.

    Nothing is to be done when every file is in the archive under its address, every document was
    read by this very parser, and the release was made by this version from the same documents, code
    and data and is as it was published.
    """
    release = current_release(settings.published_file)
    if release is None or not release.is_of_this_version:
        return None
    if changes(settings.published_file, release.files, quick=True) or pending(settings):
        return None
    known = count_known(given, open_archive(settings.archive_address))
    if known is None or release.fingerprint != current_fingerprint(settings):
        return None
    return RunReport(
        nothing_new=True,
        new=0,
        known=known,
        unreadable=(),
        failed=(),
        failed_total=0,
        counts=release.counts,
        blocked=(),
        published_file=settings.published_file,
        duration=time.monotonic() - began,
    )


def _pairs(listed: Sequence[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((entry["path"], entry["reason"]) for entry in listed)


def _nobody_listens(step: str, done: int, total: int | None) -> None:
    """Progress that nobody asked for."""
