"""The rules that real reports break: whether they are found again, and called whose slip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.domain import Finding, Kind, LikelyCause, Outcome
from pipelines.forms import Forms
from tests.bench.cases import Case
from tests.bench.verdicts import JudgedCell, Score

OUTCOMES = ("found", "other cause", "missed", "unread", "two years", "no rule", "extra")
"""`other cause`: found, but called the reader's slip, or (where the cells are elements) not called
the filer's. `unread`: not all the cells that the rule needs were read, or not the claim of the
prose. `two years`: one report alone does not show it. `no rule`: none is written yet. `extra`:
found, though the report keeps it."""


class Broken(NamedTuple):
    """What a report breaks: the rule of the shared facts, and where."""

    rule: str
    table: str
    row: str | None = None
    column: str | None = None


def _documents(measure: str) -> tuple[str, str, str]:
    return "proactive_disclosure", "normative_documents", measure


# Read and typed by hand from `violations` of each case, in their order.
LISTED: Mapping[str, tuple[Broken, ...]] = {
    "changchun_newarea_sci_2023": (Broken("text_matches_table", *_documents("issued")),),
    "dayu_civil_2020": (Broken("disclosed_within_total", *_documents("made")),),
    "fuzhou_civil_2020": (Broken("disclosed_within_total", *_documents("newly_disclosed")),),
    "huitong_forestry_2020": (
        Broken("text_matches_table", "proactive_disclosure", "regulations", "disclosed_total"),
    ),
    "pingtan_2023": (
        Broken("text_matches_table", *_documents("in_force")),
        Broken("in_force_rolls_forward", *_documents("in_force")),
    ),
    "pingtanxian_2013": (
        Broken("disclosure_channels_sum_to_total", "indicators", "disclosed_items", "current"),
        Broken("disclosure_channels_sum_to_total", "indicators", "disclosed_items", "cumulative"),
        Broken("replies_match_requests", "indicators", None, "current"),
    ),
    "shanghai_2019_office": (
        Broken("dispositions_sum_to_total", "requests", None, "total"),
        *(
            Broken("applicants_sum_to_total", "requests", row)
            for row in (
                "granted",
                "partly_granted",
                "refused.state_secret",
                "refused.internal_affairs",
                "refused.process_information",
                "refused.administrative_query",
                "unable.not_held",
                "unable.needs_creation",
                "unable.still_unclear",
                "not_processed.petition",
                "not_processed.repeated",
            )
        ),
    ),
}
# Broken as well, by the case's own figures, though its `violations` do not list them.
UNLISTED: Mapping[str, tuple[Broken, ...]] = {
    # Made 8, of which none is disclosed.
    "fuzhou_civil_2020": (Broken("disclosed_within_total", *_documents("made")),),
    # Replies 24, requests 28.
    "pingtanxian_2013": (Broken("replies_match_requests", "indicators", None, "cumulative"),),
}

# Which cells a rule needs: those of the row, of the column, or the one cell.
_OVER_ROW = ("applicants_sum_to_total", "outcomes_sum_to_total", "disclosed_within_total")
_OF_CELL = ("text_matches_table", "counts_are_whole")
_OF_TWO_YEARS = (
    "carried_forward_matches_next_year",
    "in_force_rolls_forward",
    "items_roll_forward",
)


@dataclass(frozen=True, slots=True)
class Read:
    """A case as read: the walk, the audit, and its cells judged."""

    outcome: Outcome
    audited: Sequence[Finding]
    cells: Sequence[JudgedCell]


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """One broken rule of a document, and what became of it."""

    broken: Broken
    outcome: str
    cause: LikelyCause | None = None

    def __str__(self) -> str:
        where = ".".join(filter(None, self.broken[1:]))
        cause = f" ({self.cause})" if self.cause else ""
        return f"{self.broken.rule} {where}: {self.outcome}{cause}"


def judged_rules(
    case: Case,
    read: Read,
    forms: Forms,
    *,
    elements: bool = False,
) -> list[JudgedRule]:
    """Every rule that the case breaks, and every other that is said to be broken. `elements`: the
    document holds its cells apart, so that no reader can have taken one for another."""
    found = {
        Broken(f.rule, f.table or "", f.row, f.column): f
        for f in (*read.outcome.findings, *read.audited)
        if f.kind is Kind.FILING
    }
    judged = []
    for broken in (*LISTED.get(case.name, ()), *UNLISTED.get(case.name, ())):
        hit = _hit(broken, found)
        if hit is not None:
            cause = found.pop(hit).likely_cause
            is_right = cause is LikelyCause.FILING or (
                not elements and cause is not LikelyCause.READING
            )
            judged.append(JudgedRule(broken, "found" if is_right else "other cause", cause))
        elif broken.rule in _OF_TWO_YEARS:
            judged.append(JudgedRule(broken, "two years"))
        elif broken.rule not in forms.rules:
            judged.append(JudgedRule(broken, "no rule"))
        else:
            judged.append(JudgedRule(broken, "missed" if _is_read(broken, read) else "unread"))
    judged += [JudgedRule(b, "extra", f.likely_cause) for b, f in found.items()]
    return judged


def scored_rules(rules: Sequence[JudgedRule]) -> Score:
    return Score(rule.outcome for rule in rules)


def _hit(broken: Broken, found: Mapping[Broken, Finding]) -> Broken | None:
    """The finding about the same place; a rule over a column may name the row of its total."""
    same = (
        other
        for other in found
        if other.rule == broken.rule
        and other.table == broken.table
        and broken.row in (other.row, None)
        and broken.column in (other.column, None)
    )
    return next(same, None)


def _is_read(broken: Broken, read: Read) -> bool:
    """Whether all was read that the rule is about: the cells of the row or the column, or the one
    cell, and what the prose says of it."""
    if broken.rule == "text_matches_table":
        claimed = {(c.table, c.row, c.column) for c in read.outcome.claims}
        if broken[1:] not in claimed:
            return False
    return all(c.verdict == "right" for c in read.cells if _is_needed(broken, c))


def _is_needed(broken: Broken, cell: JudgedCell) -> bool:
    same_row = cell.row == broken.row
    same_column = cell.column in (broken.column, None)
    if cell.table != broken.table:
        return False
    if broken.rule in _OVER_ROW:
        return same_row
    return same_column and (same_row or broken.rule not in _OF_CELL)
