"""The registry: who the agencies are, and which of them a printed name means."""

from pipelines.reference.accept import Accepted, accept_name
from pipelines.reference.mint import provisional_agency
from pipelines.reference.registry import Registry, load_registry, write_registry
from pipelines.reference.resolution import NO_EVIDENCE, Evidence, How, Resolution
from pipelines.reference.told import resolution_finding

__all__ = [
    "NO_EVIDENCE",
    "Accepted",
    "Evidence",
    "How",
    "Registry",
    "Resolution",
    "accept_name",
    "load_registry",
    "provisional_agency",
    "resolution_finding",
    "write_registry",
]
