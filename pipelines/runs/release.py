"""The release: what it is made from, whether a build would change it, and publishing it."""

from collections.abc import Iterator, Sequence

from pipelines.archive import manifest_columns, open_archive, sighting_columns
from pipelines.domain import Calendar, calendar_of, today_in_china
from pipelines.forms import FORMS_DIR
from pipelines.publish import Release, changes, current_release, fingerprint, publish
from pipelines.reference.regions import REFERENCE_DIR
from pipelines.runs.building import open_building
from pipelines.runs.context import RunContext, record_failure
from pipelines.runs.documents import pending_documents
from pipelines.runs.history import RunOutcome
from pipelines.runs.process import parser_version
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.warehouse.check_results import CheckResult, read_check_results
from pipelines.warehouse.gate import Gate, ReleaseBlocked, Thresholds
from pipelines.warehouse.loader import digest_of_inputs
from pipelines.warehouse.sql_models import SQL_DIR, load_marts

# The columns of a sighting that make a difference to a release.
_SEEN = ("document_sha256", "address", "source", "seen_at")
# What quality.json has of the result of a check: the same of the same documents.
_SHOWN = (
    *("name", "title", "rule", "reading", "passed", "severity"),
    *("evaluated", "failed", "share", "problem"),
)


def up_to_date_release(settings: Settings) -> Release | None:
    """The release that stands, where a build would make the same again: this version made it from
    the same documents, code and data, it is as it was published, and nothing waits to be read."""
    release = current_release(settings.published_file)
    if release is None or not release.is_of_this_version:
        return None
    if changes(settings.published_file, release.files, quick=True):
        return None
    # Pending documents last: where there are new ones the fingerprint differs, and the run that
    # follows looks for them itself.
    if release.fingerprint != current_fingerprint(settings) or pending_documents(settings):
        return None
    return release


def publish_release(run: RunContext) -> Release:
    """Publish the warehouse of this run.

    Raises:
        ReleaseBlocked: checks that failed or did not run, lost documents or rates forbid it.
    """
    run.progress("publish", 0, None)
    settings = run.settings
    with open_building(settings) as con:
        results = read_check_results(con)
        # The inputs and the calendar of the build, which may have begun on another day.
        ((inputs,),) = con.execute("select digest from raw.inputs").fetchall()
        (years,) = con.execute(f"select {', '.join(Calendar._fields)} from raw.calendar").fetchall()
    archive = open_archive(settings.archive_address)
    try:
        release = publish(
            settings.warehouse_file,
            settings.published_file,
            gate=Gate(
                archived=manifest_columns(archive, ("document_sha256",)),
                failed_checks=(*_unproven_keys(results), *(r.reason for r in results if r.blocks)),
                thresholds=thresholds(settings),
                accepted_failures=frozenset(run.record.accepted_failures),
            ),
            run_id=run.record.run_id,
            parser_version=parser_version(),
            fingerprint=fingerprint_of(inputs, Calendar(*years)),
            suites=[{name: getattr(result, name) for name in _SHOWN} for result in results],
            replace_newer=settings.replace_newer,
            config=settings.duckdb,
        )
    except ReleaseBlocked as error:
        record_failure(run.record, error, settings)
        raise
    run.record.end(RunOutcome.PUBLISHED, release.counts)
    return release


def _unproven_keys(results: Sequence[CheckResult]) -> Iterator[str]:
    """A reason for each mart whose key no check of this build has proven or found broken."""
    checked = {result.name for result in results}
    for mart in load_marts():
        if f"{mart}_key" not in checked:
            yield f"the key of {mart} was not checked"


def thresholds(settings: Settings) -> Thresholds:
    """Those of the settings."""
    return Thresholds(
        rates_from_documents=settings.rates_from_documents,
        max_failed_rate=settings.max_failed_rate,
        max_refused_table_rate=settings.max_refused_table_rate,
    )


def current_fingerprint(settings: Settings) -> str:
    """The fingerprint of what a release made now would be made from."""
    archive = open_archive(settings.archive_address)
    inputs = digest_of_inputs(
        manifest_columns(archive, ("document_sha256", "address")), sighting_columns(archive, _SEEN)
    )
    return fingerprint_of(inputs, calendar_of(today_in_china()))


def fingerprint_of(inputs: str, calendar: Calendar) -> str:
    """The fingerprint of the digest of the inputs and the calendar of a build, with this code and
    its data."""
    # Dagster's assets call this code and change no release.
    code = [PROJECT_ROOT / name for name in ("pipelines", "expectations")]
    # When a year closes, its reports that are not there begin to be missing; when one begins, its
    # reports are no longer of the future.
    made_by = f"{parser_version()} {calendar}"
    return fingerprint(inputs, made_by, [*code, SQL_DIR, FORMS_DIR, REFERENCE_DIR])
