"""Findings as people read them: one line for a rule that breaks in both readings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.domain import Finding, Outcome, Severity, Verdict
from pipelines.forms import Forms
from pipelines.forms.message import label_of

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with the readings in which it holds; `finding.reading` is None."""

    finding: Finding
    readings: tuple[Verdict, ...]

    @property
    def readings_told(self) -> str:
        return ", ".join(r.value.replace("_", " ") for r in self.readings)


@dataclass(frozen=True, slots=True)
class Checked:
    """One document with its findings; a document that is no report has none."""

    outcome: Outcome
    findings: tuple[Judged, ...]


def judged(findings: Sequence[Finding]) -> list[Judged]:
    """Findings that differ only in their reading put together, the most severe first."""
    merged: dict[Finding, list[Verdict]] = {}
    for finding in findings:
        readings = merged.setdefault(replace(finding, reading=None), [])
        if finding.reading is not None and finding.reading not in readings:
            readings.append(finding.reading)
    rows = [Judged(finding, tuple(readings)) for finding, readings in merged.items()]
    return sorted(rows, key=lambda j: _RANK[j.finding.severity])


def where(finding: Finding, forms: Forms, language: str = "zh") -> str:
    """The labels of the place that a finding is about; empty where it is about the report."""
    parts = [label_of(forms, finding.table, None, None, language)]
    if finding.row is not None:
        parts.append(label_of(forms, finding.table, finding.row, None, language))
    if finding.column is not None:
        parts.append(label_of(forms, finding.table, None, finding.column, language))
    return " › ".join(p for p in parts if p)
