"""data/forms/claims.yaml as values: what prose may claim, and how it is said."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from pydantic import Field, model_validator

from pipelines.text.yaml_file import Strict

Code = str
_SLOT = re.compile(r"\{(\w+)\??\}")
# What a phrase may hold beside the words of the file.
MONEY = "money"
FREE_SLOTS = frozenset({"n", "any", "many", "quoted"})


class Leads(Strict):
    """What may stand before a saying."""

    own: tuple[str, ...]
    time: tuple[str, ...]
    cumulative: tuple[str, ...]
    of_which: tuple[str, ...]
    filler: tuple[str, ...]


class Topic(Strict):
    """`words` tell it anywhere, `headings` only in headings."""

    code: Code
    words: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()


class ClaimKind(Strict):
    """A claim, and the figure of a table that it restates: the sum over `rows` and `columns`
    (a row may be a group). `or_columns` are the columns that other vintages have instead; `bases`
    and `other_columns` the ways in which it is also counted, by name. `anchor`: others are told
    behind it. `parts` are the claims that may be listed as its parts, beside such in the report's
    own words; None where it is no total. `wider` is what it is with `wider_by` added. `told_by`
    are words by which a government speaks of it without a figure."""

    code: Code = Field(min_length=1)
    label: str = Field(min_length=1)
    label_en: str = Field(min_length=1)
    units: str
    table: Code | None = None
    rows: tuple[Code, ...] = ()
    columns: tuple[Code, ...] = ()
    or_columns: tuple[Code, ...] = ()
    bases: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    other_columns: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    anchor: bool = False
    parts: tuple[Code, ...] | None = None
    wider: Code | None = None
    wider_by: Code | None = None
    told_by: tuple[str, ...] = ()

    @property
    def is_money(self) -> bool:
        """Whether it is an amount, compared in yuan."""
        return self.units == MONEY

    @model_validator(mode="after")
    def _is_sound(self) -> "ClaimKind":
        if (self.table is None) != (not self.rows) or (not self.rows) != (not self.columns):
            raise ValueError(f"claim {self.code}: table, rows and columns go together")
        if (self.wider is None) != (self.wider_by is None):
            raise ValueError(f"claim {self.code}: wider and wider_by go together")
        return self


class Saying(Strict):
    """Phrases that say the same claims, and where they are believed."""

    claims: tuple[Code, ...] = Field(min_length=1)
    phrases: tuple[str, ...] = Field(min_length=1)
    needs: tuple[Code, ...] = ()
    after: tuple[Code, ...] = ()
    none: bool = False
    only_zero: bool = False
    exact: bool = False
    alone: bool = False
    dependent: bool = False
    part: bool = False
    anyone: bool = False

    @model_validator(mode="after")
    def _is_sound(self) -> "Saying":
        for phrase in self.phrases:
            if ("{n}" in phrase) == self.none:
                raise ValueError(f"{phrase!r} has a figure, or none, against its saying")
        return self


class ClaimForms(Strict):
    """The whole file."""

    enumerator: str
    units: dict[str, tuple[str, ...]]
    leads: Leads
    short_names: dict[str, str]
    foreign: tuple[str, ...]
    elsewhen: tuple[str, ...]
    planned: tuple[str, ...]
    planned_first: tuple[str, ...]
    risen: tuple[str, ...]
    joins: tuple[str, ...]
    and_others: tuple[str, ...]
    no_names: tuple[str, ...]
    topics: tuple[Topic, ...]
    silent_sections: tuple[Code, ...]
    governments: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    claims: tuple[ClaimKind, ...]
    sayings: tuple[Saying, ...]

    def __hash__(self) -> int:
        return id(self)

    @cached_property
    def by_code(self) -> Mapping[Code, ClaimKind]:
        return {claim.code: claim for claim in self.claims}

    @model_validator(mode="after")
    def _is_sound(self) -> "ClaimForms":
        codes = [claim.code for claim in self.claims]
        _once("claim", codes)
        topics = [topic.code for topic in self.topics]
        _once("topic", topics)
        for claim in self.claims:
            _known(f"claim {claim.code}", [claim.units], self.units)
            named = (claim.wider, claim.wider_by, *(claim.parts or ()))
            _known(f"claim {claim.code}", [code for code in named if code], codes)
        for saying in self.sayings:
            what = f"saying {saying.phrases[0]!r}"
            _known(what, (*saying.claims, *saying.after), codes)
            _known(what, saying.needs, topics)
            _slots_known(what, saying.phrases, {*self.words, *FREE_SLOTS})
        for name, entries in self.words.items():
            if not entries:
                raise ValueError(f"words {name}: there are none")
            _slots_known(f"words {name}", entries, set(self.words))
        for start in self.words:
            self._reaches_no_circle(start, ())
        return self

    def _reaches_no_circle(self, name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"words {name}: it stands for itself")
        for entry in self.words[name]:
            for inner in _SLOT.findall(entry):
                self._reaches_no_circle(inner, (*above, name))


def _once(what: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise ValueError(f"the {what} {code} stands twice")
        seen.add(code)


def _known(what: str, named: Iterable[str], known: Iterable[str]) -> None:
    unknown = set(named) - set(known)
    if unknown:
        raise ValueError(f"{what} names the unknown {min(unknown)}")


def _slots_known(what: str, phrases: Iterable[str], known: set[str]) -> None:
    for phrase in phrases:
        _known(what, _SLOT.findall(phrase), known)
        if re.search(r"[{}]", _SLOT.sub("", phrase)):
            raise ValueError(f"{what}: {phrase!r} has a brace that is no slot")
