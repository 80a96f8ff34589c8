"""Totals of the prose and the parts that it lists behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.domain import FoundClaim
from pipelines.forms.claims import ClaimForms, ClaimKind
from pipelines.recognize.claims.doubts import is_elsewhen, is_foreign
from pipelines.recognize.claims.leads import Lead
from pipelines.recognize.claims.phrases import FIGURE
from pipelines.recognize.claims.prose import Clause

_MAX_PART = 40


@dataclass(slots=True)
class Total:
    """A total whose parts may follow: `place` is its own among the claims. In a list that begins
    with 'of which' (`listing`), or in sentences that are counted out (`enumerating`)."""

    number: int
    kind: ClaimKind
    unit: str
    place: int
    parts: int = 0
    own_words: int = 0
    whole: bool = True
    listing: bool = False
    enumerating: bool = False

    def sentence_begins(self, lead: Lead) -> bool:
        """Whether it still stands open in a sentence that so begins."""
        self.listing = False
        self.enumerating = lead.enumerated
        return lead.enumerated or lead.of_which

    def hears(self, lead: Lead) -> None:
        """'Of which' begins its list; again, or inside a counted sentence, it parts a part."""
        if lead.of_which:
            nested = self.enumerating or self.parts > 0
            self.whole &= not nested
            self.listing = not nested

    def takes(self, found: FoundClaim) -> FoundClaim | None:
        """The claim as one of its parts; None where it is none, which ends its list."""
        if found.unit != self.unit or found.figure is None:
            return None
        if self.enumerating and found.claim == self.kind.code:
            return self._part(found)
        if self.listing and self.own_words == 0 and found.claim in (self.kind.parts or ()):
            self.parts += 1
            return replace(found, part_of=self.number)
        self.listing = False
        return None

    def takes_words(self, clause: Clause, lead: Lead, claims: ClaimForms) -> FoundClaim | None:
        """A part that the report names in words of its own; None where it is none."""
        text = lead.rest.removesuffix(FIGURE)
        if not self.listing or len(clause.figures) != 1 or text in ("", lead.rest):
            return None
        (figure,) = clause.figures
        odd = any(word in text for word in claims.risen) or any(c.isdigit() for c in text)
        if odd or is_foreign(text, claims) or is_elsewhen(text, claims) or len(text) > _MAX_PART:
            return None
        if figure.number is None or figure.unit != self.unit:
            return None
        self.own_words += 1
        return self._part(FoundClaim("", figure.number, figure.unit, clause.raw, clause.place))

    def _part(self, found: FoundClaim) -> FoundClaim:
        self.parts += 1
        code = f"{self.kind.code}.part.{self.parts}"
        return replace(found, claim=code, part_of=self.number)


def judged(found: Sequence[FoundClaim], totals: Sequence[Total]) -> list[FoundClaim]:
    """The claims, where each total says whether all its parts were understood."""
    claims = list(found)
    for total in totals:
        whole = total.whole and total.parts > 0
        claims[total.place] = replace(claims[total.place], whole=whole)
    return claims
