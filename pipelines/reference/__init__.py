"""The registry: who the agencies are, and which of them a printed name means."""

from pipelines.reference.registry import Registry, load_registry, provisional_agency

__all__ = ["Registry", "load_registry", "provisional_agency"]
