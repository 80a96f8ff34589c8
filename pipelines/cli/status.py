"""`ogi status`: where things are, and how the last run ended."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.runs import census_line, exceptional_rows
from pipelines.cli.terminal import console_of, print_pairs, settings_of_process
from pipelines.domain import OgiError

if TYPE_CHECKING:
    from pipelines.runs.history import RunRecord
    from pipelines.settings import Settings

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def status(
    check: Annotated[
        str | None,
        typer.Option(
            metavar="AGE",
            help="End 2 unless the last run ended well and at most so long ago, such as 90m, 26h"
            " or 3d; print one line. For monitoring.",
        ),
    ] = None,
) -> None:
    """Show where things are, how the last run ended, what the last release holds, what waits, and
    what runs by itself."""
    if check is not None:
        _check(_age(check))
        return
    from assets.instance import INBOX, INBOX_EVERY_S, NIGHTLY, NIGHTLY_AT, NIGHTLY_ZONE
    from pipelines.archive import manifest_columns, open_archive
    from pipelines.publish import changes, current_release
    from pipelines.runs.documents import pending_documents
    from pipelines.runs.history import runs
    from pipelines.runs.process import parser_version

    settings = settings_of_process()
    archive = open_archive(settings.archive_address)
    archived = len(manifest_columns(archive, ("document_sha256",))["document_sha256"].unique())
    waiting = len(pending_documents(settings))
    inbox = sum(1 for file in settings.inbox_dir.rglob("*") if file.is_file())
    release = current_release(settings.published_file)
    rows = [
        ("home", str(settings.home.absolute())),
        ("archive", f"{archive.address}, {archived:,} documents"),
        ("waiting to be read", f"{waiting:,} of them, by parser {parser_version()}"),
        ("inbox", f"{settings.inbox_dir.absolute()}, {inbox:,} files"),
        *_run_rows(runs(settings)),
        ("nightly schedule", _automation(settings, NIGHTLY, f"{NIGHTLY_AT:%H:%M} {NIGHTLY_ZONE}")),
        ("inbox sensor", _automation(settings, INBOX, f"every {INBOX_EVERY_S} s")),
    ]
    if release is None and settings.published_file.is_file():
        file = settings.published_file.absolute()
        rows.append(("release", f"{file}, unfinished or of another version of this project"))
    elif release is None:
        rows.append(("release", "none yet; `ogi run` makes one"))
    else:
        rows += [
            ("release", f"{settings.published_file.absolute()}, of {release.created_at}"),
            ("made by", f"version {release.version}, release format {release.release_format}"),
            ("documents", census_line(release.counts)),
            ("facts", f"{release.counts.facts:,}"),
            ("findings", f"{sum(release.counts.findings.values()):,}"),
            *(
                ("changed", f"{change}; the next `ogi run` or `ogi ingest` publishes it again")
                for change in changes(settings.published_file, release.files)
            ),
        ]
    print_pairs(rows, console_of())


def _automation(settings: "Settings", name: str, times: str) -> str:
    from assets.instance import automation_state

    state = automation_state(settings, name)
    switched = ", as switched in Dagster's pages" if state.is_switched else ""
    if not state.is_on:
        return f"off{switched}"
    return f"on{switched}: {times}, only while `make dev` runs"


def _age(text: str) -> dt.timedelta:
    """`26h` as a span of time.

    Raises:
        OgiError: it is none.
    """
    found = re.fullmatch(r"([0-9]{1,5})([mhd])", text)
    if found is None:
        raise OgiError(f"--check {text}: no age; write 90m, 26h or 3d")
    return dt.timedelta(**{_UNITS[found[2]]: int(found[1])})


def _check(longest: dt.timedelta) -> None:
    """Print the last run in one line.

    Raises:
        OgiError: it, or its age, needs attention.
    """
    from pipelines.runs.history import attention_needed, runs

    records = runs(settings_of_process())
    if (reason := attention_needed(records, longest, dt.datetime.now(dt.UTC))) is not None:
        raise OgiError(reason)
    typer.echo(_line([record for record in records if record.outcome is not None][-1]))


def _run_rows(records: "Sequence[RunRecord]") -> list[tuple[str, str]]:
    """The running run, the last that ended, and the last that ended well."""
    if not records:
        return [("last run", "none yet")]
    rows = []
    ended = [record for record in records if record.outcome is not None]
    if records[-1].outcome is None:
        rows.append(("running", _line(records[-1])))
    if ended:
        rows += _ended_rows(ended[-1])
    good = [record for record in ended if record.outcome and record.outcome.is_good]
    if good and good[-1] is not ended[-1]:
        rows.append(("last good run", _line(good[-1])))
    return rows


def _ended_rows(record: "RunRecord") -> list[tuple[str, str]]:
    rows = [("last run", _line(record))]
    rows += [(str(record.outcome), reason) for reason in record.reasons]
    if record.ended_at is None:
        return [*rows, (str(record.outcome), "its process was killed")]
    read = (
        f"{record.read_reports:,} reports, {record.read_not_a_report:,} no reports, "
        f"{record.read_failed:,} failed"
    )
    return [
        *rows,
        ("its files", f"{record.new:,} new, {record.known:,} known"),
        ("read by it", read),
        *exceptional_rows(record),
    ]


def _line(record: "RunRecord") -> str:
    from pipelines.runs.history import at_second

    begun = f"{record.command}, begun {at_second(record.started_at)}"
    if record.outcome is None:
        return begun
    took = "" if record.seconds is None else f" after {record.seconds:,.1f} s"
    return f"{begun}: {record.outcome}{took}"
