"""A resolution, told as a finding of its document."""

from pipelines.domain import Finding
from pipelines.forms import Forms, finding
from pipelines.reference.resolution import How, Resolution


def resolution_finding(resolution: Resolution, forms: Forms) -> Finding | None:
    """That only place and function tell of the agency, or that it is not known, or not even named;
    None where a reviewed record has it. The detail is an id, or the reason with the ids that it may
    be."""
    if resolution.how is How.REGISTRY:
        return None
    if resolution.agency is not None:
        return finding(forms, "agency_by_rule", detail=resolution.agency.agency_id)
    if resolution.says_nobody:
        return finding(forms, "agency_unknown")
    ids = ", ".join(agency.agency_id for agency in resolution.candidates)
    detail = "; ".join(filter(None, (resolution.reason, ids)))
    return finding(forms, "agency_provisional", detail=detail)
