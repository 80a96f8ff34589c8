"""What the text stream of a report must say, by the forms: before every run of figures the labels
that the form prints there, in its order, and nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from pipelines.forms import Block, BlockTable, Equation, Form, Forms, RectangularTable, Row
from pipelines.text import fold, unnumbered

# The folded labels that stand before a run of figures, joined → how long each of them is.
Readings = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """One run of figures: what stands before it, and how many they are."""

    readings: Readings
    figures: int

    @property
    def longest(self) -> int:
        return max(map(len, self.readings))


@dataclass(frozen=True, slots=True)
class ExpectedTable:
    """The runs of figures of one table. `headers` are the folded labels of the figures' columns
    where they stand before the first row in an order of their own; `captions` stand there too."""

    table: str
    rows: tuple[ExpectedRow, ...]
    equations: tuple[Equation, ...] = ()
    codes: tuple[str, ...] = ()
    groups: tuple[str | None, ...] = ()
    columns: tuple[str, ...] = ()
    headers: tuple[frozenset[str], ...] = ()
    captions: frozenset[str] = frozenset()


@lru_cache(maxsize=4)
def expected_endings(forms: Forms) -> tuple[str, ...]:
    """What stands behind a table: a heading, folded, with its number and without."""
    headings = [fold(label) for section in forms.lexicon.sections for label in section.labels]
    numbered = [numeral + h for numeral in forms.lexicon.numerals for h in headings]
    return (*headings, *numbered)


@lru_cache(maxsize=4)
def expected_tables(forms: Forms) -> dict[str, tuple[ExpectedTable, ...]]:
    """For each table, in the order of a report, what it may say: one for each vintage."""
    makers = {"proactive_disclosure": _disclosure, "requests": _requests, "reviews": _reviews}
    return {
        name: tuple(
            table for form in forms.vintages.values() if (table := make(form, forms)) is not None
        )
        for name, make in makers.items()
    }


def _readings(parts: Sequence[Iterable[str]]) -> Readings:
    """Every way to write these labels one after the other."""
    choices = [dict.fromkeys(map(fold, labels)) for labels in parts]
    return {"".join(labels): tuple(map(len, labels)) for labels in product(*choices)}


def _disclosure(form: Form, forms: Forms) -> ExpectedTable | None:
    table = form.tables.get("proactive_disclosure")
    if not isinstance(table, BlockTable):
        return None
    rows = [row for block in table.blocks for row in _block_rows(block, table)]
    return ExpectedTable(table.table, tuple(rows))


def _block_rows(block: Block, table: BlockTable) -> Iterator[ExpectedRow]:
    header = [block.labels, table.header_captions, *(m.labels for m in block.measures)]
    for number, item in enumerate(block.items):
        before = header if number == 0 else []
        yield ExpectedRow(_readings([*before, item.labels]), len(block.measures))


def _numbered(row: Row, numerals: str) -> list[str]:
    """The labels of a row, each with the number of the first and with none."""
    bare = fold(unnumbered(row.label, numerals))
    number = fold(row.label).removesuffix(bare)
    plain = [fold(unnumbered(label, numerals)) for label in row.labels]
    return [*(number + label for label in plain), *plain, *row.labels]


def _requests(form: Form, forms: Forms) -> ExpectedTable | None:
    table = form.tables.get("requests")
    if not isinstance(table, RectangularTable):
        return None
    numerals = forms.lexicon.numerals
    groups = {group.code: group.labels for group in table.groups}
    rows: list[ExpectedRow] = []
    before: str | None = None
    for row in table.rows:
        labels = groups.get(row.group or "", ())
        # A group's label stands before its first row, and perhaps again where a page begins.
        group = labels if row.group != before else ("", *labels)
        caption = ("", *table.row_captions) if row.group is None else ("",)
        readings = _readings([caption, group or ("",), _numbered(row, numerals)])
        rows.append(ExpectedRow(readings, len(table.columns)))
        before = row.group
    return ExpectedTable(
        table.table,
        tuple(rows),
        table.equations,
        tuple(row.code for row in table.rows),
        tuple(row.group for row in table.rows),
        tuple(column.code for column in table.columns),
        tuple(frozenset(map(fold, column.labels)) for column in table.columns),
        frozenset(map(fold, table.header_captions)),
    )


def _reviews(form: Form, forms: Forms) -> ExpectedTable | None:
    table = form.tables.get("reviews")
    if not isinstance(table, RectangularTable):
        return None
    first, *others = [row.labels for row in table.rows]
    readings: Readings = {}
    # An outcome is written in one way, however many channels it stands under.
    for outcomes in product(*(column.labels for column in table.columns)):
        each = [(outcome,) for outcome in outcomes]
        # The first channel's outcomes stand beside the names of the other channels.
        readings |= _readings([first, table.header_captions, *each, *others, *each * len(others)])
    figures = len(table.rows) * len(table.columns)
    return ExpectedTable(
        table.table,
        (ExpectedRow(readings, figures),),
        table.equations,
        tuple(row.code for row in table.rows),
        tuple(row.group for row in table.rows),
        tuple(column.code for column in table.columns),
    )
