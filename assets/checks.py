"""The asset checks: those of expectations/, and what is wrong with the crawl."""

from collections.abc import Iterable, Iterator

import dagster as dg

from assets.assets import Run, crawled_documents, model_key
from expectations import Check, all_checks
from expectations.evaluation import evaluate, printed
from pipelines.crawl import TroubleKind
from pipelines.crawl.report import SourceReport
from pipelines.runs.crawl import last_report
from pipelines.settings import Settings

_MOST_FAILURES_LISTED = 200
# A report that is not there is the agency's doing until someone finds that it is ours.
_OF_THE_AGENCY = frozenset({TroubleKind.MISSING_YEAR})


def _asset_of(check: Check) -> dg.AssetKey:
    return model_key(check.relation if check.mart else "audits.findings")


_CHECKS = {check.name: check for check in all_checks()}


@dg.multi_asset_check(
    name="warehouse_checks",
    # Blocking, so that the release waits for them.
    specs=[
        dg.AssetCheckSpec(name, asset=_asset_of(c), description=c.title, blocking=True)
        for name, c in _CHECKS.items()
    ],
    can_subset=True,
    description="Rules, keys and accepted values of the warehouse, by Great Expectations.",
)
def warehouse_checks(
    context: dg.AssetCheckExecutionContext, run: Run
) -> Iterator[dg.AssetCheckResult]:
    selected = {key.name for key in context.selected_asset_check_keys}
    for evaluation in evaluate(run, selected):
        metadata: dict[str, dg.MetadataValue] = {
            "evaluated": dg.MetadataValue.int(evaluation.evaluated),
            "failed": dg.MetadataValue.int(evaluation.failed),
            "seconds": dg.MetadataValue.float(evaluation.seconds),
        }
        if evaluation.failures:
            metadata["failures"] = dg.MetadataValue.table(
                [
                    dg.TableRecord({n: printed(v) for n, v in row.items()})
                    for row in evaluation.failures
                ]
            )
        yield dg.AssetCheckResult(
            asset_key=_asset_of(evaluation.check),
            check_name=evaluation.check.name,
            passed=evaluation.passed,
            # An error would stop the release before it can report every reason: it reads the
            # results in the warehouse and blocks itself.
            severity=dg.AssetCheckSeverity.WARN,
            description=evaluation.problem,
            metadata=metadata,
        )


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            "every_source_was_read",
            asset=crawled_documents,
            description="No challenge, error page, dead link or empty listing took the place of"
            " what was asked for.",
        ),
        dg.AssetCheckSpec(
            "no_year_is_missing",
            asset=crawled_documents,
            description="Every year that should be listed is.",
        ),
    ],
    name="crawl_checks",
)
def crawl_checks(settings: dg.ResourceParam[Settings]) -> Iterator[dg.AssetCheckResult]:
    report = last_report(settings) if settings.crawl_contact else None
    if report is not None and not report.sources:
        # A crawl of no source has shown nothing to be in order.
        report = None
    for name, is_agency, severity in (
        ("every_source_was_read", False, dg.AssetCheckSeverity.ERROR),
        ("no_year_is_missing", True, dg.AssetCheckSeverity.WARN),
    ):
        rows = list(_troubles(report.sources if report else (), is_agency))
        yield dg.AssetCheckResult(
            asset_key=crawled_documents.key,
            check_name=name,
            passed=report is not None and not rows,
            severity=severity if report is not None else dg.AssetCheckSeverity.WARN,
            description=None if report is not None else "nothing was crawled",
            metadata={
                "troubles": dg.MetadataValue.int(len(rows)),
                "listed": dg.MetadataValue.table(rows[:_MOST_FAILURES_LISTED])
                if rows
                else dg.MetadataValue.null(),
            },
        )


def _troubles(reports: Iterable[SourceReport], is_agency: bool) -> Iterator[dg.TableRecord]:
    for report in reports:
        for trouble in report.troubles:
            if (trouble.kind in _OF_THE_AGENCY) is is_agency:
                yield dg.TableRecord(
                    {
                        "source": report.source,
                        "kind": str(trouble.kind),
                        "address": trouble.address,
                        "detail": trouble.detail,
                    }
                )
