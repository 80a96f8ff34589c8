"""What stands before a saying: whose figures, of which year, a part of what."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.forms import Forms
from pipelines.text import simplify
from pipelines.text.lexicon import Lexicon
from pipelines.text.years import year_of

# An agency is also called by the end of its name, where that is long enough to be no common word.
_MIN_OWN_NAME = 3


@dataclass(frozen=True, slots=True)
class Lead:
    """What was taken from before a clause, and the clause without it."""

    rest: str
    own: bool = False
    time: bool = False
    own_year: bool = False
    other_year: bool = False
    cumulative: bool = False
    of_which: bool = False
    enumerated: bool = False
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Leads:
    """The leads of one report: it knows its agency's name and its year."""

    own_names: tuple[str, ...]
    words: re.Pattern[str]
    year: int | None
    lexicon: Lexicon
    month: re.Pattern[str]

    def lead_of(self, clause: str) -> Lead:
        """The clause without what stands before its saying."""
        seen: set[str] = set()
        at = 0
        while True:
            name = next((n for n in self.own_names if clause.startswith(n, at)), None)
            if name is not None:
                seen.add("own")
                at += len(name)
            elif match := self.words.match(clause, at):
                seen.add(self._kind_of(match))
                at = match.end()
            else:
                break
        return Lead(clause[at:], **dict.fromkeys(seen - {"filler"}, True))

    def _kind_of(self, match: re.Match[str]) -> str:
        if match.lastgroup != "year":
            return match.lastgroup or "filler"
        year = year_of(match[0][:4], self.lexicon)
        return "own_year" if year == self.year else "other_year"

    def names_other_year(self, clause: str) -> bool:
        """Whether it names a year that is not the report's."""
        return any(year != str(self.year) for year in re.findall(r"(?:19|20)\d\d", clause))

    def names_month(self, clause: str) -> bool:
        """Whether it names a month or a day: what follows need not be of all the year."""
        return self.month.search(clause) is not None


def leads_of(agency: str | None, year: int | None, forms: Forms) -> Leads:
    """The leads of a report of that agency on that year; None where it is not known."""
    month = re.compile(rf"[\d{forms.lexicon.numerals}]{forms.lexicon.month_mark}")
    names = tuple(_own_names(simplify(agency or ""), forms))
    return Leads(names, _words(forms), year, forms.lexicon, month)


def _own_names(name: str, forms: Forms) -> list[str]:
    """The ends of the agency's name and of its short forms, the longest first."""
    names = {name}
    for long, short in forms.claims.short_names.items():
        names |= {n.replace(long, short) for n in names}
    ends = {n[i:] for n in names for i in range(len(n) - _MIN_OWN_NAME + 1)}
    return sorted(ends, key=lambda end: (-len(end), end))


@lru_cache(maxsize=4)
def _words(forms: Forms) -> re.Pattern[str]:
    lexicon, leads = forms.lexicon, forms.claims.leads
    groups = {
        "of_which": leads.of_which,
        "own": leads.own,
        "time": leads.time,
        "cumulative": leads.cumulative,
        "filler": leads.filler,
    }
    patterns = [
        f"(?P<{name}>{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"
        for name, words in groups.items()
    ]
    years = "".join(simplify(c) for c in lexicon.year_digits)
    marks = "|".join(sorted(lexicon.title.year_words, key=len, reverse=True))
    patterns.append(rf"(?P<year>(?:(?:19|20)\d\d|[{years}]{{4}})(?:{marks}))")
    numerals = lexicon.numerals
    patterns.append(rf"(?P<enumerated>[{numerals}]{{1,3}}{forms.claims.enumerator})")
    patterns.append(rf"(?P<numbered>[{numerals}]{{1,3}}[、.]|\d{{1,2}}(?:、|\.(?!\d)))")
    return re.compile("|".join(patterns))
