"""What became of a report that should exist, and what a document is to its report."""

from enum import StrEnum


class CoverageStatus(StrEnum):
    """`late`: published after the day on which it was due; `revised`: a later document replaced
    an earlier one; `moved`: an address that held it holds something else, another holds it."""

    PRESENT = "present"
    MISSING = "missing"
    LATE = "late"
    REVISED = "revised"
    MOVED = "moved"


class DocumentRole(StrEnum):
    """`replaced`: its own address later held other figures."""

    WINNER = "winner"
    DUPLICATE = "duplicate"
    REPLACED = "replaced"


class ReportEvent(StrEnum):
    """What happened to a report at an address; `moved` where another address holds it, else
    `gone`."""

    FOUND = "found"
    REPLACED = "replaced"
    MOVED = "moved"
    GONE = "gone"
    RETURNED = "returned"
    UNLISTED = "unlisted"
