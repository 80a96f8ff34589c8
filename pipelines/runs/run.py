"""A whole run in this process: from websites and files to the release."""

from collections.abc import Callable, Sequence
from contextlib import suppress
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

    `record` is its line of the history; `failed` are the documents that it could not read, with the
    reason (at most 200 of the `read_failed` of the record), `unreadable` the files that could not
    be opened. `counts` is the whole warehouse; in its findings a broken identity is one, by however
    many readings it is broken.
    """

    record: RunRecord
    unreadable: tuple[tuple[str, str], ...]
    failed: tuple[tuple[str, str], ...]
    counts: Census
    published_file: Path | None
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
        OgiError: the run could not be done. A release that is blocked is no error: the record
            has the reasons.
    """
    record = record or RunRecord("ogi run")
    with begin_run(settings, on_progress or _no_progress, record, is_interrupted) as context:
        # Before anything is begun; publish() checks it again.
        if not settings.replace_newer:
            refuse_newer(settings.published_file)
        crawled = None if sources is None else crawl_sources(context, sources)
        archived = archive_inputs(context, paths)
        read = ReadReport({}, ())
        release = up_to_date_release(settings)
        if release is not None:
            record.end(RunOutcome.UNCHANGED, release.counts)
        else:
            read = read_documents(context)
            load_raw(context)
            build_models(context)
            evaluate(context)
            with suppress(ReleaseBlocked):  # the record has the reasons
                release = publish_release(context)
        return RunReport(
            record=record,
            unreadable=archived.unreadable[:_MOST_FAILURES_LISTED],
            failed=read.failed[:_MOST_FAILURES_LISTED],
            counts=release.counts
            if release
            else read_census(settings.warehouse_file, settings.duckdb),
            published_file=settings.published_file
            if current_release(settings.published_file)
            else None,
            crawl=crawled,
        )


def _no_progress(step: str, done: int, total: int | None) -> None:
    """Progress that nobody asked for."""
