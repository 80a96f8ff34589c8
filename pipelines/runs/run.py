"""A whole run in this process: from websites and files to the release."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.crawl.report import CrawlReport
from pipelines.publish import current_release, refuse_newer
from pipelines.runs.building import build_models, load_raw
from pipelines.runs.context import Progress, RunContext, begin_run
from pipelines.runs.crawl import crawl_sources
from pipelines.runs.documents import ReadReport, archive_inputs, read_documents
from pipelines.runs.history import RunOutcome, RunRecord
from pipelines.runs.release import publish_release, up_to_date_release
from pipelines.settings import Settings
from pipelines.warehouse.census import Census, read_census
from pipelines.warehouse.gate import ReleaseBlocked

_MOST_FAILURES_LISTED = 200

Evaluate = Callable[[RunContext], object]
"""Evaluates all checks over the marts of a run and keeps the results in its warehouse."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, and what there is now.

    `record` is its line of the history. `new` and `known` count the files given; `failed` are the
    documents that this run could not read, with the reason (at most 200 of `failed_total`),
    `unreadable` the files that could not be opened. `counts` is the whole warehouse; in its
    findings a broken identity is one, by however many readings it is broken. `blocked` has one line
    for each reason why the release was blocked; then the old one stays. `duration` is in seconds.
    """

    record: RunRecord
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
    evaluate: Evaluate,
    *,
    sources: Sequence[str] | None = None,
    on_progress: Progress | None = None,
    record: RunRecord | None = None,
    is_interrupted: Callable[[], bool] = lambda: False,
) -> RunReport:
    """Take `paths` (none: the inbox folder, where it exists) all the way to the release; with
    `sources` (ids; none in it: every one) after crawling them. A release that is up to date is not
    built again. `record` is written to the history of the home; `is_interrupted` is that of
    `begin_run`.

    Raises:
        OgiError: the run could not be done. A release that is blocked is no error: `blocked`.
    """
    began = time.monotonic()
    record = record or RunRecord("ogi run")
    with begin_run(settings, on_progress or _no_progress, record, is_interrupted) as context:
        # Before anything is begun; publish() checks it again.
        if not settings.replace_newer:
            refuse_newer(settings.published_file)
        crawled = None if sources is None else crawl_sources(context, sources)
        archived = archive_inputs(context, paths)
        read = ReadReport({}, ())
        blocked: tuple[str, ...] = ()
        release = up_to_date_release(settings)
        nothing_new = release is not None
        if release is not None:
            record.end(RunOutcome.UNCHANGED, release.counts)
        if release is None:
            read = read_documents(context)
            load_raw(context)
            build_models(context)
            evaluate(context)
            try:
                release = publish_release(context)
            except ReleaseBlocked as error:
                blocked = error.reasons
        return RunReport(
            record=record,
            nothing_new=nothing_new,
            new=archived.new,
            known=archived.known,
            unreadable=archived.unreadable[:_MOST_FAILURES_LISTED],
            failed=read.failed[:_MOST_FAILURES_LISTED],
            failed_total=len(read.failed),
            counts=release.counts
            if release
            else read_census(settings.warehouse_file, settings.duckdb),
            blocked=blocked,
            published_file=settings.published_file
            if current_release(settings.published_file)
            else None,
            duration=time.monotonic() - began,
            crawl=crawled,
        )


def _no_progress(step: str, done: int, total: int | None) -> None:
    """Progress that nobody asked for."""
