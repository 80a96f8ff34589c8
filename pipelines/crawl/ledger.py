"""What a night found and did not keep yet: documents go to the archive first, to memory then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipelines.crawl.memory import Known, Memory
from pipelines.domain import Provenance, Sighting

# Rows: a shard of fewer is a small file, and more are lost from sight when the crawl is killed.
_ENOUGH = 1000


class Vault(Protocol):
    """What the crawl needs of an archive."""

    def put(self, content: bytes) -> str:
        """Keep bytes; their SHA-256."""

    def get(self, sha256: str) -> bytes:
        """The bytes; FileNotFoundError where they are not there."""

    def record(self, provenance: Sequence[Provenance], sightings: Sequence[Sighting]) -> None:
        """Keep where documents came from and what was seen; what is known already is left out."""


@dataclass(eq=False)
class Ledger:
    """Rows on their way. A row that memory knows is in the archive, however the crawl ends; one
    that is lost on the way is found again when the night goes on."""

    vault: Vault
    memory: Memory
    _provenance: list[Provenance] = field(default_factory=list)
    _sightings: list[Sighting] = field(default_factory=list)
    _documents: list[Known] = field(default_factory=list)
    _reports: dict[str, Any] = field(default_factory=dict)

    def take(
        self,
        known: Known,
        provenance: Provenance | None = None,
        sighting: Sighting | None = None,
    ) -> None:
        """A document as it was seen now."""
        self._documents.append(known)
        if provenance is not None:
            self._provenance.append(provenance)
        if sighting is not None:
            self._sightings.append(sighting)
        if len(self._documents) >= _ENOUGH:
            self.flush()

    def finish(self, source: str, report: Any) -> None:
        """A source is done."""
        self._reports[source] = report

    def flush(self) -> None:
        """Keep all rows."""
        if self._provenance or self._sightings:
            self.vault.record(self._provenance, self._sightings)
        if self._documents or self._reports:
            self.memory.settle(self._documents, self._reports)
        for rows in (self._provenance, self._sightings, self._documents):
            rows.clear()
        self._reports.clear()
