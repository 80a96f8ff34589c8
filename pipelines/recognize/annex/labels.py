"""Which indicator, caption or unit of an annex a printed text can be."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipelines.forms import Forms
from pipelines.recognize.tables.labels import edit_distance
from pipelines.text import fold, narrow, simplify, unnumbered

INDICATOR = "indicator"
UNIT = "unit"
NUMBER = "number"
REMARK = "remark"

_PARENTHESES = re.compile(r"\([^()]*\)")
_INNER = re.compile(r"\(([^()]*)\)$")
_YEAR = re.compile(r"(20\d\d)")
_CIRCLED = re.compile(r"\d(?=\D)")
# Labels of so few characters say what they mean only under their parent.
_MAX_SHORT = 3
# A label is matched loosely from so many characters on, one slip in so many.
_MIN_LOOSE = 6
_PER_SLIP = 6


@dataclass(frozen=True, slots=True)
class Caption:
    """What a column holds: INDICATOR, UNIT, NUMBER, REMARK or the code of a column of figures, and
    the year that its caption names."""

    role: str
    year: int | None = None


class AnnexLabels:
    """All labels of all annexes, by folded text."""

    def __init__(self, forms: Forms) -> None:
        self._numerals = forms.lexicon.numerals
        words = forms.lexicon.annex
        self._of_which = tuple(simplify(w) for w in words.of_which)
        self._negations = frozenset(words.negations)
        self.units = frozenset(simplify(u) for u in words.units)
        self._keys: dict[str, set[str]] = {}
        self._parents: dict[str, set[str]] = {}
        self._captions: dict[str, str] = {}
        self.headings: set[str] = set()
        self.uncoded: set[str] = set()
        self.columns: list[str] = []
        for form in forms.annexes.values():
            for column in form.annex.columns:
                self.columns += [column.code] if column.code not in self.columns else []
                self._captions |= {fold(label): column.code for label in column.labels}
            for row in form.annex.rows:
                self._parents.setdefault(row.code, set()).update({row.parent} - {None})  # type: ignore[arg-type]
                self.headings |= {row.code} if row.heading else set()
                self.uncoded |= set() if row.coded else {row.code}
                for label in row.labels:
                    for key in (fold(label), self._without_parentheses(label)):
                        self._keys.setdefault(key, set()).add(row.code)
        self._telling = [key for key in self._keys if len(key) > _MAX_SHORT]
        for role, texts in (
            (INDICATOR, words.indicator_captions),
            (UNIT, words.unit_captions),
            (NUMBER, words.number_captions),
            (REMARK, words.remark_captions),
        ):
            self._captions |= {fold(text): role for text in texts}

    def proper(self, text: str) -> str:
        """The label without its number and without the word that makes it a part; spaces taken
        away, characters as printed."""
        plain = narrow(text).lstrip("*#·-—•")
        while True:
            bare = plain
            for word in self._of_which:
                if simplify(bare).startswith(word):
                    bare = bare[len(word) :].lstrip(":,、.;")
            bare = _tail(unnumbered(bare, self._numerals), bare)
            if bare == plain or not bare:
                return plain
            plain = bare

    def candidates(self, text: str) -> frozenset[str]:
        """The codes of the rows and headings whose label the text is, however it is numbered."""
        proper = self.proper(text)
        for form in (proper, _CIRCLED.sub("", proper, count=1) if proper[:1].isdigit() else ""):
            for key in (fold(form), self._without_parentheses(form)):
                if key and key in self._keys:
                    return frozenset(self._keys[key])
        return frozenset()

    def named_in(self, texts: Iterable[str]) -> int:
        """How many labels of indicators stand in a document of these texts, wherever: with fewer
        than an annex has rows it has none."""
        plain = "".join(map(fold, texts))
        return sum(label in plain for label in self._telling)

    def is_short(self, text: str) -> bool:
        return len(self._without_parentheses(self.proper(text))) <= _MAX_SHORT

    def loosely(self, text: str) -> str | None:
        """The one code whose labels are the nearest to a text that is none: within a slip or two,
        figures and negations the same, and no other code as near."""
        key = self._without_parentheses(self.proper(text))
        if len(key) < _MIN_LOOSE:
            return None
        best: dict[int, set[str]] = {}
        for label, codes in self._keys.items():
            bound = max(1, len(label) // _PER_SLIP)
            if len(label) < _MIN_LOOSE or self._hard(label) != self._hard(key):
                continue
            if (distance := edit_distance(key, label, bound)) <= bound:
                best.setdefault(distance, set()).update(codes)
        nearest = best[min(best)] if best else set()
        return next(iter(nearest)) if len(nearest) == 1 else None

    def _hard(self, key: str) -> str:
        """What no slip of the pen changes."""
        return "".join(c for c in key if c.isdigit() or c in self._negations)

    def caption(self, text: str) -> Caption | None:
        """What column the text is the caption of."""
        key = self._without_parentheses(text) or fold(text)
        year = _YEAR.search(key)
        bare = key.replace(year[1], "") if year else key
        role = self._captions.get(bare)
        return None if role is None else Caption(role, int(year[1]) if year else None)

    def is_unit(self, text: str) -> bool:
        return simplify(text) in self.units

    def unit_in(self, label: str) -> str | None:
        """The unit that a label names in brackets at its end."""
        inner = _INNER.search(simplify(label))
        told = inner[1].rpartition(":")[2] if inner else ""
        return told if told in self.units else None

    def levels(self, code: str | None) -> list[set[str]]:
        """The code, its parents, theirs, and so on."""
        levels = [{code}] if code is not None else []
        while levels and (above := set().union(*(self._parents.get(c, ()) for c in levels[-1]))):
            levels.append(above)
        return levels

    def parents_of(self, code: str) -> set[str]:
        return self._parents.get(code, set())

    def _without_parentheses(self, text: str) -> str:
        return fold(_PARENTHESES.sub("", simplify(text)))


def _tail(part: str, whole: str) -> str:
    """The end of `whole` that `part` is, also where `part` was simplified."""
    return whole[len(whole) - len(part) :] if len(part) <= len(whole) else whole


@lru_cache(maxsize=4)
def annex_labels_of(forms: Forms) -> AnnexLabels:
    """The labels of these forms, indexed once."""
    return AnnexLabels(forms)


class Trail:
    """Goes down an annex row by row and tells which indicator a label is, by the rows before it."""

    def __init__(self, labels: AnnexLabels, *, ordered: bool = True) -> None:
        self._labels = labels
        self._ordered = ordered
        self._last: str | None = None
        self._seen: set[str] = set()

    def resolve(self, text: str) -> tuple[str | None, bool]:
        """The code, or None; and whether the label was matched loosely. A label that stands under
        several parents, and a short one, is told by its parent alone."""
        codes = self._labels.candidates(text)
        loose = False
        if not codes:
            near = self._labels.loosely(text)
            fits = near is not None and near not in self._seen and self._is_next(near)
            codes, loose = (frozenset({near}), True) if near and fits else (codes, False)
        code = next(iter(codes)) if len(codes) == 1 and not self._labels.is_short(text) else None
        if code is None:
            code = self._under_parent(codes)
        self._last = code
        if code is not None:
            self._seen.add(code)
        return code, loose and code is not None

    def begin_again(self) -> None:
        """A header stands here: the same rows may follow again."""
        self._seen.clear()

    def lose(self) -> None:
        """Something stood here that is not understood: what follows has no parent."""
        self._last = None

    def _under_parent(self, codes: frozenset[str]) -> str | None:
        if not self._ordered:
            return None
        family = set().union(*self._labels.levels(self._last))
        fitting = [c for c in codes if self._labels.parents_of(c) & family]
        return fitting[0] if len(fitting) == 1 and fitting[0] not in self._seen else None

    def _is_next(self, code: str) -> bool:
        """Whether the neighbours agree: it stands under the row before it, or beside it."""
        parents = self._labels.parents_of(code)
        family = set().union(*self._labels.levels(self._last))
        return self._ordered and (not parents or bool(parents & family))
