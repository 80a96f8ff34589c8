"""Whether a warehouse may be released."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipelines.domain import OgiError
from pipelines.warehouse.census import Census, FailedDocument


class ReleaseBlocked(OgiError):  # noqa: N818 - what the command line says, too
    """The warehouse may not be released; the old release stays. `reasons` has one line each."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("release blocked: " + "; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Rates that block a release when they are passed, from `rates_from_documents` documents on:
    with fewer, one bad file would be a fifth of them."""

    rates_from_documents: int
    max_failed_rate: float
    max_refused_table_rate: float


@dataclass(frozen=True, slots=True)
class Gate:
    """What a release is checked against, beside its own numbers: every document of the archive
    (column document_sha256, once or more often); the checks that failed, one line each; and the
    documents whose failure the user has accepted."""

    archived: pa.Table
    failed_checks: tuple[str, ...]
    thresholds: Thresholds
    accepted_failures: frozenset[str] = frozenset()


def reasons_to_block(
    census: Census,
    lost: Sequence[str],
    failed: Sequence[FailedDocument],
    refusals: Sequence[tuple[str, int]],
    gate: Gate,
) -> tuple[str, ...]:
    """One line for each thing that blocks the release; none when it may be published. `lost` are
    the archived documents without an outcome, `failed` all that failed, `refusals` the commonest
    reasons why a document is no report, each with its number of documents."""
    reasons = list(gate.failed_checks)
    if lost:
        reasons.append(
            f"{len(lost)} of {len(gate.archived['document_sha256'].unique())} archived documents"
            " have no outcome, "
            f"{lost[0]} is the first"
        )
    if not census.reports:
        reasons.append(_no_report(census, refusals))
    if census.documents >= gate.thresholds.rates_from_documents:
        reasons += _rates(census, failed, gate)
    return tuple(reasons)


def _no_report(census: Census, refusals: Sequence[tuple[str, int]]) -> str:
    if not census.documents:
        return "no document is a report: the archive holds no document"
    commonest = "; ".join(f"{reason} ({documents:,})" for reason, documents in refusals)
    return (
        f"no document is a report: {census.documents:,} documents were read, {census.failed:,} of "
        f"them failed; the commonest reasons: {commonest}"
    )


def _rates(census: Census, failed: Sequence[FailedDocument], gate: Gate) -> list[str]:
    """Accepted failures are left out of the rate, as if their documents were not there."""
    thresholds = gate.thresholds
    accepted = sum(document.document_sha256 in gate.accepted_failures for document in failed)
    read = census.documents - accepted
    failed_rate = (census.failed - accepted) / read if read else 0.0
    rates = (
        ("failed documents", failed_rate, thresholds.max_failed_rate),
        ("refused tables", census.refused_table_rate, thresholds.max_refused_table_rate),
    )
    return [
        f"rate of {what} {rate:.1%}, at most {most:.1%} allowed"
        for what, rate, most in rates
        if rate > most
    ]
