"""What became of one document on its walk through the stages."""

from dataclasses import dataclass, field
from enum import StrEnum

from pipelines.domain.claims import Claim
from pipelines.domain.facts import Fact, Finding
from pipelines.domain.integers import Int64
from pipelines.domain.report import ReportNames


class OutcomeKind(StrEnum):
    REPORT = "report"
    NOT_A_REPORT = "not_a_report"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One document, processed.

    `reason` is one line, None for a report. `tables` maps each recognized statutory table to
    its vintages. `findings` are those of reading, recognition and normalization; the identities
    are judged by SQL from `facts` and are not among them.
    """

    document_sha256: str
    path: str
    media_type: str
    bytes: Int64
    kind: OutcomeKind
    reason: str | None = None
    read_by: str | None = None
    names: ReportNames = field(default_factory=ReportNames)
    sections: tuple[str, ...] = ()
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    claims: tuple[Claim, ...] = ()
