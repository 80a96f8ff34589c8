"""What casts doubt on the figures that follow it in prose, and how far each doubt reaches."""

from dataclasses import dataclass
from enum import IntEnum

from pipelines.forms.claims import ClaimForms, Saying
from pipelines.recognize.claims.leads import Lead


class Reach(IntEnum):
    """How far a doubt reaches."""

    NONE = 0
    SENTENCE = 1
    PASSAGE = 2


@dataclass(slots=True)
class Doubts:
    """What was said since the last heading, passage or sentence that is not to be trusted.

    `others`: figures of others, until the agency names itself or a heading comes. `planned`: a
    plan, until the passage ends. `elsewhen`: another time, until the sentence ends or names the
    report's year. `vague`: a figure that was not understood, of which what follows may tell more.
    `alone`: nothing in the sentence was not understood. `timed`: the sentence names its time.
    """

    others: bool = False
    planned: bool = False
    elsewhen: bool = False
    vague: Reach = Reach.NONE
    alone: bool = True
    timed: bool = False

    def sentence_ends(self) -> None:
        self.elsewhen = self.timed = False
        self.alone = True
        if self.vague is Reach.SENTENCE:
            self.vague = Reach.NONE

    def passage_ends(self) -> None:
        self.sentence_ends()
        self.planned = False
        self.vague = Reach.NONE

    def section_ends(self) -> None:
        self.passage_ends()
        self.others = False

    def hears(self, lead: Lead) -> None:
        """What stands before a clause takes doubts away, or brings one."""
        self.others &= not lead.own
        self.elsewhen = (self.elsewhen and not lead.own_year) or lead.other_year
        self.timed |= lead.time or lead.own_year

    def trusts(self, saying: Saying, lead: Lead) -> bool:
        """Whether a saying behind that lead is to be believed, as far as doubts go."""
        if self.planned or self.elsewhen or (lead.cumulative and not self.timed):
            return False
        if saying.anyone:
            return True
        depends = bool(saying.needs or saying.after or saying.dependent)
        return not self.others and not (depends and self.vague and not lead.own)

    def silent(self) -> bool:
        return self.others or self.planned or self.elsewhen


def is_foreign(text: str, claims: ClaimForms) -> bool:
    """Whether it speaks of others."""
    return any(word in text for word in claims.foreign)


def is_elsewhen(text: str, claims: ClaimForms) -> bool:
    """Whether it speaks of another time or of a running total."""
    return any(word in text for word in claims.elsewhen)


def is_planned(text: str, claims: ClaimForms) -> bool:
    """Whether it speaks of a plan."""
    return any(word in text for word in claims.planned) or text.startswith(claims.planned_first)
