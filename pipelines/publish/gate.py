"""Whether a warehouse may be released."""

from dataclasses import dataclass

from pipelines.domain import OgiError
from pipelines.publish.census import Census


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
    """What a release is checked against, beside its own numbers: every document of the archive;
    the checks that failed and the broken keys of its marts, one line each."""

    archived: frozenset[str]
    failed_checks: tuple[str, ...]
    broken_keys: tuple[str, ...]
    thresholds: Thresholds


def reasons_to_block(census: Census, lost: list[str], gate: Gate) -> tuple[str, ...]:
    """One line for each thing that forbids the release; none when it may go out."""
    reasons = [*gate.failed_checks, *(f"broken key: {key}" for key in gate.broken_keys)]
    if lost:
        reasons.append(
            f"{len(lost)} of {len(gate.archived)} archived documents have no outcome, "
            f"{lost[0]} is the first"
        )
    if census.documents >= gate.thresholds.rates_from_documents:
        reasons += _rates(census, gate.thresholds)
    return tuple(reasons)


def _rates(census: Census, thresholds: Thresholds) -> list[str]:
    rates = (
        ("failed documents", census.failed_rate, thresholds.max_failed_rate),
        ("refused tables", census.refused_table_rate, thresholds.max_refused_table_rate),
    )
    return [
        f"rate of {what} {rate:.1%}, at most {most:.1%} allowed"
        for what, rate, most in rates
        if rate > most
    ]
