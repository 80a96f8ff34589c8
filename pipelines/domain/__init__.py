"""The nouns of the trade. Imports nothing of ours."""

from pipelines.domain.agency import Agency, AgencyStatus
from pipelines.domain.calendar import CHINA, Calendar, calendar_of, today_in_china
from pipelines.domain.claims import Claim, Comparison, FoundClaim
from pipelines.domain.document import Document, sha256_of
from pipelines.domain.errors import (
    FormError,
    MissingSoftware,
    NotAReport,
    OgiError,
    ReferenceDataError,
    SettingsError,
    UnreadableDocument,
)
from pipelines.domain.facts import Fact, Finding, Kind, LikelyCause, Severity, State, Verdict
from pipelines.domain.outcome import Outcome, OutcomeKind
from pipelines.domain.reading import Cell, Grid, Link, Paragraph, Place, Reading
from pipelines.domain.report import (
    NameSource,
    PlacedCell,
    Report,
    ReportNames,
    StatutoryTable,
)
from pipelines.domain.sighting import Provenance, Sighting

__all__ = [
    "CHINA",
    "Agency",
    "AgencyStatus",
    "Calendar",
    "Cell",
    "Claim",
    "Comparison",
    "Document",
    "Fact",
    "Finding",
    "FormError",
    "FoundClaim",
    "Grid",
    "Kind",
    "LikelyCause",
    "Link",
    "MissingSoftware",
    "NameSource",
    "NotAReport",
    "OgiError",
    "Outcome",
    "OutcomeKind",
    "Paragraph",
    "Place",
    "PlacedCell",
    "Provenance",
    "Reading",
    "ReferenceDataError",
    "Report",
    "ReportNames",
    "SettingsError",
    "Severity",
    "Sighting",
    "State",
    "StatutoryTable",
    "UnreadableDocument",
    "Verdict",
    "calendar_of",
    "sha256_of",
    "today_in_china",
]
