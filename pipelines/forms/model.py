"""Forms as values: what data/forms/*.yaml may hold, and what must be true of it."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from pipelines.domain import Kind, Severity, State
from pipelines.forms.claims import ClaimForms
from pipelines.forms.identities import Equation, Identity, equations_of
from pipelines.text.labels import Code, Labelled, check_unique_codes, check_unique_labels
from pipelines.text.lexicon import Lexicon
from pipelines.text.yaml_file import Strict


class Row(Labelled):
    """A row of a table; `group` is the code of the heading cell that spans it."""

    group: Code | None = None


class Column(Labelled):
    """A column of a table."""


class Measure(Labelled):
    """A column of one block of the disclosure table. `unit` is the unit the form prescribes."""

    kind: Literal["count", "change", "amount"]
    unit: str | None = None


class Item(Labelled):
    """A row of one block of the disclosure table."""


class RectangularTable(Strict):
    """A table in which every row has the same columns: requests, reviews."""

    table: Literal["requests", "reviews"]
    label: str
    label_en: str
    section: Code
    columns: tuple[Column, ...] = Field(min_length=1)
    groups: tuple[Labelled, ...] = ()
    rows: tuple[Row, ...] = Field(min_length=1)
    header_captions: tuple[str, ...] = ()
    row_captions: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()

    @model_validator(mode="after")
    def _is_sound(self) -> "RectangularTable":
        check_unique_codes("columns", self.columns)
        check_unique_codes("rows", self.rows)
        check_unique_codes("groups", self.groups)
        check_unique_labels("columns", self.columns)
        groups = {g.code for g in self.groups}
        for row in self.rows:
            if row.group is not None and row.group not in groups:
                raise ValueError(f"row {row.code} names the unknown group {row.group}")
        for group in [None, *groups]:
            check_unique_labels(f"group {group}", [r for r in self.rows if r.group == group])
        for identity in self.identities:
            known = {x.code for x in (self.rows if identity.for_each == "column" else self.columns)}
            _operands_are_known(identity, known)
        return self

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Its identities in every column and row."""
        rows, columns = [row.code for row in self.rows], [column.code for column in self.columns]
        return tuple(equations_of(self.identities, rows, columns))

    def cells(self) -> Iterator[tuple[Code, Code]]:
        """Every (row, column) of the form, in its order."""
        for row in self.rows:
            for column in self.columns:
                yield row.code, column.code


class Block(Strict):
    """One block of the disclosure table: its items share its measures."""

    code: Code
    label: str
    variants: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = Field(min_length=1)
    items: tuple[Item, ...] = Field(min_length=1)

    @property
    def labels(self) -> tuple[str, ...]:
        return (self.label, *self.variants)


class BlockTable(Strict):
    """A table made of blocks, each with its own columns: proactive_disclosure."""

    table: Literal["proactive_disclosure"]
    label: str
    label_en: str
    section: Code
    header_captions: tuple[str, ...] = ()
    row_captions: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_sound(self) -> "BlockTable":
        items = [item for block in self.blocks for item in block.items]
        check_unique_codes("items", items)
        check_unique_labels("items", items)
        for block in self.blocks:
            check_unique_codes(f"measures of {block.code}", block.measures)
            check_unique_labels(f"measures of {block.code}", block.measures)
        return self

    def cells(self) -> Iterator[tuple[Code, Code]]:
        """Every (item, measure) of the form, in its order."""
        for block in self.blocks:
            for item in block.items:
                for measure in block.measures:
                    yield item.code, measure.code

    def measure(self, item: Code, measure: Code) -> Measure:
        """The measure of that code in the block of that item."""
        for block in self.blocks:
            if any(i.code == item for i in block.items):
                for m in block.measures:
                    if m.code == measure:
                        return m
        raise KeyError((item, measure))


Table = RectangularTable | BlockTable


class Indicator(Labelled):
    """A row of an annex: under `parent`, a row or heading. Without `coded` the contract has no code
    for it and it goes under its label. `unit` is the one that the form prescribes."""

    parent: Code | None = None
    kind: Literal["count", "amount"] = "count"
    unit: str | None = None
    coded: bool = True
    heading: bool = False


class Annex(Strict):
    """A list of indicators, one or two figures each: the form of 2014 and before. In each identity
    the right side is one total, the left what it is printed of."""

    table: Literal["indicators"]
    label: str
    label_en: str
    columns: tuple[Column, ...] = Field(min_length=1)
    rows: tuple[Indicator, ...] = Field(min_length=1)
    identities: tuple[Identity, ...] = ()

    @model_validator(mode="after")
    def _is_sound(self) -> "Annex":
        check_unique_codes("columns", self.columns)
        check_unique_labels("columns", self.columns)
        check_unique_codes("rows", self.rows)
        codes = {r.code for r in self.rows}
        for row in self.rows:
            if row.parent is not None and row.parent not in codes - {row.code}:
                raise ValueError(f"row {row.code} names the unknown parent {row.parent}")
        for parent in [None, *codes]:
            check_unique_labels(f"under {parent}", [r for r in self.rows if r.parent == parent])
        headings = {r.code for r in self.rows if r.heading}
        for identity in self.identities:
            _operands_are_known(identity, codes - headings)
            if len(identity.right) != 1 or identity.for_each != "column":
                raise ValueError(f"identity {identity.id} wants one total, for each column")
        return self


class FormHead(Strict):
    """data/forms/<vintage>/form.yaml"""

    vintage: str
    label: str
    label_en: str
    first_year: int
    last_year: int | None
    tables: tuple[str, ...] = Field(min_length=1)
    # An annex: the vintage that its facts bear, and what the reports of its years call their parts.
    facts_as: str | None = None
    headings: tuple[str, ...] = ()

    def meant_for(self, year: int) -> bool:
        """Whether the form was issued for that report year."""
        return self.first_year <= year <= (self.last_year or year)


class AnnexForm(Strict):
    """A form that is one annex: its head and its list."""

    head: FormHead
    annex: Annex

    @property
    def vintage(self) -> str:
        """The vintage that its facts bear."""
        return self.head.facts_as or self.head.vintage


class Form(Strict):
    """One vintage: its head and its tables."""

    head: FormHead
    tables: dict[str, Table]

    @property
    def vintage(self) -> str:
        return self.head.vintage

    @property
    def proactive_disclosure(self) -> BlockTable:
        table = self.tables["proactive_disclosure"]
        if not isinstance(table, BlockTable):
            raise TypeError(f"{table.table} is no table of blocks")
        return table

    def rectangular(self, name: str) -> RectangularTable:
        table = self.tables[name]
        if not isinstance(table, RectangularTable):
            raise TypeError(f"{name} is a table of blocks")
        return table

    def meant_for(self, year: int) -> bool:
        """Whether the form was issued for that report year."""
        return self.head.meant_for(year)


class Detail(Strict):
    """One of the reasons that a rule may give, in both languages."""

    zh: str
    en: str


class PlantedCell(Strict):
    """A cell of a planted document: the printed figure, or the state of a cell without one."""

    table: str
    row: Code
    column: Code
    value: Decimal | None = None
    state: State = State.REPORTED


class PlantedDocument(Strict):
    """A report that breaks a rule. All cells of its form but `cells` have the figure 0."""

    vintage: str
    report_year: int | None = None
    cells: tuple[PlantedCell, ...] = ()


class Rule(Strict):
    """One line of dim_rule: what a finding of that name means and how it is told. `details` are the
    reasons that it gives by name; other details are told as they are.

    Of a rule of sql/audits, `planted` are documents of one agency and year that break it, and
    `tables` and `vintages` (none: all) say where it has something to evaluate: wherever a document
    prints such a table with a figure in every cell. An identity has both from its forms.
    """

    id: str
    kind: Kind
    severity: Severity
    label_zh: str
    label_en: str
    message_zh: str
    message_en: str
    details: dict[str, Detail] = Field(default_factory=dict)
    tables: tuple[str, ...] = ()
    vintages: tuple[str, ...] = ()
    planted: tuple[PlantedDocument, ...] = ()


class RuleList(Strict):
    """data/forms/rules.yaml."""

    rules: tuple[Rule, ...]


class Forms(Strict):
    """All vintages, in their order, with the rules and the lexicon. `vintages` are the forms of
    three tables (2019 on), `annexes` those of one list of indicators (2014 and before)."""

    vintages: dict[str, Form]
    annexes: dict[str, AnnexForm] = Field(default_factory=dict)
    rules: dict[str, Rule]
    lexicon: Lexicon
    claims: ClaimForms

    def __hash__(self) -> int:
        return id(self)

    @cached_property
    def table_names(self) -> tuple[str, ...]:
        """The statutory tables in the order of the newest form."""
        newest = list(self.vintages.values())[-1]
        return newest.head.tables

    def form_for_year(self, year: int | None) -> Form:
        """The vintage meant for that report year; the newest where the year is unknown."""
        forms = list(self.vintages.values())
        meant = [f for f in forms if year is not None and f.meant_for(year)]
        return (meant or forms)[-1]

    def wants_annex(self, year: int) -> bool:
        """Whether an annex was meant for that report year, and no form of three tables."""
        return not any(form.meant_for(year) for form in self.vintages.values()) and any(
            form.head.meant_for(year) for form in self.annexes.values()
        )

    @cached_property
    def indicators(self) -> dict[Code, Indicator]:
        """Every indicator that has figures, by code, as the first form that has it says: the
        national annex comes first."""
        found: dict[Code, Indicator] = {}
        for form in self.annexes.values():
            for row in form.annex.rows:
                if not row.heading:
                    found.setdefault(row.code, row)
        return found


def _operands_are_known(identity: Identity, known: set[str]) -> None:
    for operand in (*identity.left, *identity.right):
        if operand not in known:
            raise ValueError(f"identity {identity.id} names the unknown {operand}")
    doubled = {o for o in identity.left if o in identity.right}
    if doubled:
        raise ValueError(f"identity {identity.id} has {sorted(doubled)} on both sides")
