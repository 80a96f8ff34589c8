"""One document as the contract's JSON object `ogi.reading/1`."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pipelines.domain import Claim, Fact, Finding, Outcome

SCHEMA = "ogi.reading/1"


def reading_object(
    outcome: Outcome, agency_id: str | None, audited: Sequence[Finding] = ()
) -> dict[str, Any]:
    """The object that `ogi read` and `ogi check` print.

    `agency_id` is the registry's, None when it does not know the name; `audited` are the findings
    that the audits add to those of reading, recognition and normalization.
    Decimals are strings, so that no reader rounds them.
    """
    names = outcome.names
    return {
        "schema": SCHEMA,
        "document": {
            "path": outcome.path,
            "sha256": outcome.document_sha256,
            "media_type": outcome.media_type,
            "read_by": outcome.read_by,
        },
        "report": {
            "agency_name": names.agency_name,
            "agency_id": agency_id,
            "report_year": names.report_year,
            "title": names.title,
            "published_on": names.published_on.isoformat() if names.published_on else None,
        },
        "tables": {name: {"vintages": list(v)} for name, v in outcome.tables.items()},
        "facts": [_fact(f) for f in outcome.facts],
        "findings": [_finding(f) for f in (*outcome.findings, *audited)],
        "claims": [_claim(c) for c in outcome.claims],
    }


def plain(value: Decimal | None) -> str | None:
    """A decimal without exponent and without zeros that the scale of a column has added."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fact(fact: Fact) -> dict[str, Any]:
    told = {} if fact.confidence is None else {"confidence": round(fact.confidence, 4)}
    return {
        "table": fact.table,
        "row": fact.row,
        "column": fact.column,
        "value": None if fact.value is None else format(fact.value, "f"),
        "unit": fact.unit,
        "value_yuan": plain(fact.value_yuan),
        "state": fact.state.value,
        "raw": fact.raw,
        "vintage": fact.vintage,
        "evidence": fact.place.as_json() if fact.place else None,
        **told,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.claim,
        "value": plain(claim.value),
        "unit": claim.unit,
        "raw": claim.raw,
        "table": claim.table,
        "row": claim.row,
        "column": claim.column,
        "evidence": claim.place.as_json(),
        "comparison": claim.comparison.value if claim.comparison else None,
        "basis": claim.basis,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "reading": finding.reading.value if finding.reading else None,
        "table": finding.table,
        "row": finding.row,
        "column": finding.column,
        "left": plain(finding.left),
        "right": plain(finding.right),
        "difference": plain(finding.difference),
        "likely_cause": finding.likely_cause.value,
        "message_zh": finding.message_zh,
        "message_en": finding.message_en,
    }
