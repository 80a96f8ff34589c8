"""Facts as printed, and findings beside them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pipelines.domain.reading import Place


class State(StrEnum):
    """What a cell holds. Only `reported` has a value."""

    REPORTED = "reported"
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    UNREADABLE = "unreadable"
    ABSENT = "absent"


class Kind(StrEnum):
    """reading: we could not read surely; filing: a rule of the form is broken;
    document: title, year, agency, sections."""

    READING = "reading"
    FILING = "filing"
    DOCUMENT = "document"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Verdict(StrEnum):
    """How a rule was judged: only reported operands, or blanks read as zero.
    (The contract's column `reading`.)"""

    STRICT = "strict"
    BLANK_AS_ZERO = "blank_as_zero"


class LikelyCause(StrEnum):
    FILING = "filing"
    READING = "reading"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of a statutory table. `value` is the printed number, never repaired;
    `value_yuan` the exact amount in yuan, None where it is a count or the unit is unknown;
    `confidence` (0 to 1) how sure a reader of pictures is, None where the document holds text."""

    table: str
    row: str
    column: str
    vintage: str
    state: State
    value: Decimal | None
    unit: str | None
    value_yuan: Decimal | None
    raw: str | None
    place: Place | None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd, told beside the figure; None where it is about more than that."""

    rule: str
    kind: Kind
    severity: Severity
    message_zh: str
    message_en: str
    table: str | None = None
    row: str | None = None
    column: str | None = None
    reading: Verdict | None = None
    left: Decimal | None = None
    right: Decimal | None = None
    difference: Decimal | None = None
    likely_cause: LikelyCause = LikelyCause.UNKNOWN
