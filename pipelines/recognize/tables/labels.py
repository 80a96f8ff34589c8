"""Which statutory labels a printed text can be."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pipelines.forms import BlockTable, Forms
from pipelines.text import fold, narrow, unnumbered

_PARENTHESES = re.compile(r"\([^()]*\)")
# A label cut off by the page is known by so many characters.
_MIN_PREFIX = 4
_LONGEST_START = 40


class RoleKind(StrEnum):
    BLOCK = "block"
    ITEM = "item"
    MEASURE = "measure"
    ROW = "row"
    GROUP = "group"
    APPLICANT = "applicant"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    CAPTION = "caption"
    ROW_CAPTION = "row_caption"
    SECTION = "section"


# What stands in a table's header.
HEADER_KINDS = frozenset(
    {RoleKind.MEASURE, RoleKind.APPLICANT, RoleKind.CHANNEL, RoleKind.OUTCOME, RoleKind.CAPTION}
)


@dataclass(frozen=True, slots=True)
class Role:
    """One thing that a label can name; `group` of a row of the requests table."""

    kind: RoleKind
    code: str
    table: str | None = None
    group: str | None = None


class Labels:
    """All labels of all vintages, by folded text."""

    def __init__(self, forms: Forms) -> None:
        self._numerals = forms.lexicon.numerals
        self._roles: dict[str, set[Role]] = {}
        self._bare: dict[str, set[Role]] = {}
        for form in forms.vintages.values():
            for table in form.tables.values():
                for caption in table.header_captions:
                    self._add(caption, Role(RoleKind.CAPTION, fold(caption), table.table))
                for caption in table.row_captions:
                    self._add(caption, Role(RoleKind.ROW_CAPTION, fold(caption), table.table))
                if isinstance(table, BlockTable):
                    self._add_blocks(table)
                    continue
                requests = table.table == "requests"
                row_kind = RoleKind.ROW if requests else RoleKind.CHANNEL
                column_kind = RoleKind.APPLICANT if requests else RoleKind.OUTCOME
                for row in table.rows:
                    self._add_all(row.labels, Role(row_kind, row.code, table.table, row.group))
                for column in table.columns:
                    self._add_all(column.labels, Role(column_kind, column.code, table.table))
                for group in table.groups:
                    self._add_all(group.labels, Role(RoleKind.GROUP, group.code, table.table))
        for section in forms.lexicon.sections:
            self._add_all(section.labels, Role(RoleKind.SECTION, section.code))
        self._header_starts = tuple(
            label for label, roles in self._roles.items() if {r.kind for r in roles} & HEADER_KINDS
        )

    def _add_blocks(self, table: BlockTable) -> None:
        for block in table.blocks:
            for label in block.labels:
                self._roles.setdefault(fold(label), set()).add(
                    Role(RoleKind.BLOCK, block.code, table.table)
                )
            for item in block.items:
                self._add_all(item.labels, Role(RoleKind.ITEM, item.code, table.table))
            for measure in block.measures:
                self._add_all(measure.labels, Role(RoleKind.MEASURE, measure.code, table.table))

    def _add_all(self, labels: tuple[str, ...], role: Role) -> None:
        for label in labels:
            self._add(label, role)

    def _add(self, label: str, role: Role) -> None:
        for key in (fold(label), fold(unnumbered(label, self._numerals))):
            self._roles.setdefault(key, set()).add(role)
        self._bare.setdefault(self._without_parentheses(label), set()).add(role)

    def _without_parentheses(self, text: str) -> str:
        """Instructions for filling in stand in parentheses behind a label, or are left out."""
        return fold(_PARENTHESES.sub("", unnumbered(text, self._numerals)))

    def roles(self, text: str) -> frozenset[Role]:
        """What the text can name; nothing where it is no label."""
        for key in (fold(text), fold(unnumbered(text, self._numerals))):
            if key in self._roles:
                return frozenset(self._roles[key])
        bare = self._without_parentheses(text)
        if bare and bare != fold(narrow(text)):
            return frozenset(self._roles.get(bare, set()) | self._bare.get(bare, set()))
        return frozenset(self._bare.get(bare, set()))

    def begins_header(self, text: str) -> bool:
        """Whether the text begins as a column's label does."""
        return fold(text[:_LONGEST_START]).startswith(self._header_starts)

    def near(self, text: str, kind: RoleKind) -> frozenset[Role]:
        """The labels of that kind nearest to a text that is none: cut off, or a few characters
        off. Several where they are as near."""
        key = fold(unnumbered(text, self._numerals))
        if len(key) < _MIN_PREFIX:
            return frozenset()
        best: dict[int, set[Role]] = {}
        for label, roles in self._roles.items():
            wanted = {r for r in roles if r.kind is kind}
            # A figure is no slip of the pen: it is another cell's.
            if not wanted or _digits(label) != _digits(key):
                continue
            bound = max(1, len(label) // 5)
            distance = 0 if label.startswith(key) else edit_distance(key, label, bound)
            if distance <= bound:
                best.setdefault(distance, set()).update(wanted)
        return frozenset(best[min(best)]) if best else frozenset()


@lru_cache(maxsize=4)
def labels_of(forms: Forms) -> Labels:
    """The labels of these forms, indexed once."""
    return Labels(forms)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def edit_distance(a: str, b: str, bound: int) -> int:
    """The Levenshtein distance, or bound + 1 where it is larger."""
    if abs(len(a) - len(b)) > bound:
        return bound + 1
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
        if min(row) > bound:
            return bound + 1
        before = row
    return min(before[-1], bound + 1)
