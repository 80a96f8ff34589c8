"""Figures told in prose: clause by clause, and only what is understood beyond doubt.

A clause is a claim where it is one saying of claims.yaml from end to end, behind leads (the year,
the agency's own name, words like 'in all'). What is not understood casts doubt on what follows it:
figures of others, of another year or of a plan silence it, and any figure that is not understood
silences what only its context would explain.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from pipelines.domain import FoundClaim, Paragraph, ReportNames
from pipelines.forms import Forms
from pipelines.forms.claims import ClaimKind, Saying
from pipelines.recognize.claims.doubts import Doubts, Reach, is_elsewhen, is_foreign, is_planned
from pipelines.recognize.claims.leads import Lead, leads_of
from pipelines.recognize.claims.phrases import FIGURE, Said, sayings_of
from pipelines.recognize.claims.prose import Clause, Passage, passages_of
from pipelines.recognize.claims.totals import Total, judged
from pipelines.text import fold
from pipelines.text.numerals import parse_number
from pipelines.text.years import periods_in

# A line without any of these is no prose: a row of a table that lost its cells, a caption.
_PROSE = re.compile(r"[。，;]|(?<!\d),")
# A sentence of so few characters that only names what comes next.
_MAX_INNER_HEADING = 30
_REQUESTS = "requests"

# The clauses of the next sentence, none behind the last.
Following = Sequence[Clause]


def claims_in(
    paragraphs: Sequence[Paragraph], names: ReportNames, forms: Forms
) -> list[FoundClaim]:
    """Every figure that the prose tells, in its order; the same one as often as it is told."""
    scan = _Scan(forms, names)
    for passage in passages_of(paragraphs, forms):
        scan.passage(passage)
    return judged(scan.found, scan.totals)


class _Scan:
    """Walks the passages of one report from top to bottom."""

    def __init__(self, forms: Forms, names: ReportNames) -> None:
        self.found: list[FoundClaim] = []
        self.totals: list[Total] = []
        self._forms = forms
        self._claims = forms.claims
        self._leads = leads_of(names.agency_name, names.report_year, forms)
        government = (names.agency_name or "").endswith(forms.claims.governments)
        self._mentioned = [k for k in forms.claims.claims if k.told_by and government]
        self._topic: str | None = forms.claims.topics[0].code
        self._silent_section = False
        self._doubts = Doubts()
        self._anchor: str | None = None
        self._total: Total | None = None
        self._whole_year = False

    def passage(self, passage: Passage) -> None:
        """Take what the passage claims; a heading says what comes next."""
        if passage.heading:
            self._heading(passage.text)
        elif not self._silent_section and _PROSE.search(passage.text):
            self._doubts.passage_ends()
            self._total = None
            for sentence, following in zip_longest(passage.sentences, passage.sentences[1:]):
                self._sentence(sentence, following or ())

    def _heading(self, text: str) -> None:
        label = fold(re.sub(r"^[^、.)]{1,4}[、.)]", "", text))
        for section in self._forms.lexicon.sections:
            if label in {fold(x) for x in section.labels}:
                self._silent_section = section.code in self._claims.silent_sections
        self._doubts.section_ends()
        self._total = None
        self._topic = self._topic_of(text, heading=True)

    def _topic_of(self, text: str, *, heading: bool = False) -> str | None:
        """The topic whose word stands last in the text; of two that end together, the longer."""
        best = (-1, 0, "")
        for topic in self._claims.topics:
            for word in (*topic.words, *(topic.headings if heading else ())):
                at = text.rfind(word)
                if at >= 0:
                    best = max(best, (at + len(word), len(word), topic.code))
        return best[2] or None

    def _sentence(self, clauses: Sequence[Clause], following: Following) -> None:
        self._doubts.sentence_ends()
        text = "".join(c.text for c in clauses)
        self._whole_year = any(periods_in(",".join(c.text for c in clauses), self._forms.lexicon))
        counts = any(_counts(c) for c in clauses)
        if not counts and self._is_inner_heading(clauses, text):
            self._doubts.section_ends()
            self._topic = self._topic_of(text, heading=True)
            return
        first = self._leads.lead_of(clauses[0].text)
        if not first.of_which:
            self._anchor = None
        if self._total is not None and not self._total.sentence_begins(first):
            self._total = None
        parts = self._total.parts if self._total is not None else 0
        self._told(text, clauses)
        for clause in clauses:
            self._clause(clause, counts, following)
        total = self._total
        if total is not None and total.enumerating and total.parts == parts:
            total.whole = False

    def _is_inner_heading(self, clauses: Sequence[Clause], text: str) -> bool:
        """Whether a sentence is a heading that the text goes on behind."""
        numbered = len(clauses) > 1 and self._is_numeral(clauses[0].text)
        return (
            (numbered or self._leads.lead_of(text).numbered)
            and len(text) <= _MAX_INNER_HEADING
            and not any(self._matching(c, self._leads.lead_of(c.text)) for c in clauses)
        )

    def _is_numeral(self, text: str) -> bool:
        return all(c in self._forms.lexicon.numerals or c.isdigit() for c in text)

    def _told(self, text: str, clauses: Sequence[Clause]) -> None:
        """What a government's report speaks of, without a figure."""
        if is_planned(text, self._claims):
            return
        for kind in self._mentioned:
            told = [c for c in clauses if self._only_mentions(c, kind)]
            if told:
                self.found.append(FoundClaim(kind.code, None, None, told[0].raw, told[0].place))

    def _only_mentions(self, clause: Clause, kind: ClaimKind) -> bool:
        """Whether the clause speaks of it and neither counts nor denies, which is another thing to
        say even where it is not believed."""
        if clause.figures or not any(word in clause.text for word in kind.told_by):
            return False
        sayings = self._matching(clause, self._leads.lead_of(clause.text))
        return not any(kind.code in said.saying.claims for said in sayings)

    def _clause(self, clause: Clause, counts: bool, following: Following) -> None:
        lead = self._leads.lead_of(clause.text)
        self._doubts.hears(lead)
        if self._total is not None:
            self._total.hears(lead)
        if not lead.rest or self._is_numeral(lead.rest):
            return
        if not (self._claim(clause, lead, following) or self._part(clause, lead)):
            self._doubt(clause, lead, counts)
        self._topic = self._topic_of(clause.text) or self._topic

    def _claim(self, clause: Clause, lead: Lead, following: Following) -> bool:
        """Whether the clause is a claim; if so it is taken."""
        believed = {
            said.saying.claims: said.saying
            for said in reversed(self._matching(clause, lead))
            if self._is_believed(said, lead, following)
        }
        if len(believed) != 1:
            return False
        (saying,) = believed.values()
        self._take(saying, clause)
        return True

    def _part(self, clause: Clause, lead: Lead) -> bool:
        """Whether the clause is a part of the open total; if so it is taken."""
        if self._total is None or self._doubts.silent():
            return False
        part = self._total.takes_words(clause, lead, self._claims)
        if part is not None:
            self.found.append(part)
        return part is not None

    def _matching(self, clause: Clause, lead: Lead) -> list[Said]:
        """The sayings that the clause is, whether they are believed here or not."""
        figures = len(clause.figures)
        if not lead.rest or figures > 1 or lead.rest.count(FIGURE) != figures:
            return []
        return [
            said
            for said in sayings_of(self._forms)
            if said.saying.none == (figures == 0)
            and said.says(lead.rest)
            and self._has_its_unit(said.saying, clause)
        ]

    def _has_its_unit(self, saying: Saying, clause: Clause) -> bool:
        if not clause.figures:
            return True
        (figure,) = clause.figures
        if figure.number is None:
            return False
        number = parse_number(figure.number, self._forms.lexicon)
        if saying.only_zero and number != 0:
            return False
        kinds = [self._claims.by_code[code] for code in saying.claims]
        if number is None or (number % 1 and not all(kind.is_money for kind in kinds)):
            return False
        return all(figure.unit in self._claims.units[kind.units] for kind in kinds)

    def _is_believed(self, said: Said, lead: Lead, following: Following) -> bool:
        saying, total = said.saying, self._total
        if not self._doubts.trusts(saying, lead):
            return False
        if is_foreign(lead.rest, self._claims) and not saying.anyone:
            return False
        if said.is_free and self._speaks_of_another_time(lead.rest):
            return False
        if saying.part:
            return total is not None and total.listing
        if total is not None and total.enumerating and total.kind.code in saying.claims:
            return True
        return self._is_in_place(said, lead, following)

    def _is_in_place(self, said: Said, lead: Lead, following: Following) -> bool:
        """Whether a saying stands where it can be understood: under its topic, behind its claim,
        with nothing before it in its sentence that could narrow it."""
        saying = said.saying
        if saying.needs and self._topic not in saying.needs:
            return False
        if saying.after and self._anchor not in saying.after:
            return False
        if not saying.alone:
            return True
        return not lead.enumerated and (self._doubts.alone or self._has_parts(said, following))

    def _has_parts(self, said: Said, following: Following) -> bool:
        """Whether the next sentence begins to count out the same."""
        if not following:
            return False
        leads = [self._leads.lead_of(clause.text) for clause in following]
        return leads[0].enumerated and any(said.says(lead.rest) for lead in leads if lead.rest)

    def _take(self, saying: Saying, clause: Clause) -> None:
        figure = clause.figures[0] if clause.figures else None
        for code in saying.claims:
            kind = self._claims.by_code[code]
            found = FoundClaim(
                claim=code,
                figure=figure.number if figure else None,
                unit=figure.unit if figure else None,
                raw=clause.raw,
                place=clause.place,
                denied=saying.none,
                exact=saying.exact,
            )
            part = self._total.takes(found) if self._total is not None else None
            self.found.append(part or self._opened(found, kind))
            if kind.anchor:
                self._anchor = code
        if not (saying.needs or saying.after or saying.dependent):
            self._doubts.vague = Reach.NONE

    def _opened(self, found: FoundClaim, kind: ClaimKind) -> FoundClaim:
        """The claim, as a total where its kind is one."""
        if kind.parts is None or found.figure is None:
            return found
        self._total = Total(len(self.totals) + 1, kind, found.unit or "", len(self.found))
        self.totals.append(self._total)
        return replace(found, total=self._total.number)

    def _speaks_of_another_time(self, text: str) -> bool:
        return is_elsewhen(text, self._claims) or is_planned(text, self._claims)

    def _doubt(self, clause: Clause, lead: Lead, counts: bool) -> None:
        """What a clause that is not understood makes of those behind it."""
        doubts, text = self._doubts, clause.text
        doubts.others |= counts and is_foreign(lead.rest, self._claims)
        doubts.planned |= is_planned(lead.rest, self._claims)
        doubts.elsewhen |= self._leads.names_other_year(text) or is_elsewhen(text, self._claims)
        doubts.elsewhen |= self._leads.names_month(text) and not self._whole_year
        doubts.alone = False
        total = self._total
        if total is not None and (_counts(clause) or self._is_open_list(text)):
            total.whole = False
        if _counts(clause):
            self._ends_total(text)
            self._anchor = None
            about_requests = self._topic_of(text) == _REQUESTS
            reach = Reach.PASSAGE if about_requests else Reach.SENTENCE
            doubts.vague = max(doubts.vague, reach)

    def _ends_total(self, text: str) -> None:
        """A figure of something else behind a total: what follows may be parts of that. One that
        tells how the total has changed is not."""
        total = self._total
        if total is None or total.listing or total.enumerating:
            return
        if not any(word in text for word in self._claims.risen):
            self._total = None

    def _is_open_list(self, text: str) -> bool:
        return any(word in text for word in self._claims.and_others)


def _counts(clause: Clause) -> bool:
    """Whether it counts something; one written out is as often no count (once, each)."""
    return any(
        q.number is None or q.number[0].isdigit() or len(q.number) > 1 for q in clause.figures
    )
