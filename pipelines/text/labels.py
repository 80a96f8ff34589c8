"""Entries with printed labels: two labels are the same when their folded texts are."""

from collections.abc import Iterable

from pydantic import Field

from pipelines.text.fold import fold
from pipelines.text.yaml_file import Strict

Code = str


class Labelled(Strict):
    """Something with a statutory label, its English name, and the ways it is also written."""

    code: Code = Field(min_length=1)
    label: str = Field(min_length=1)
    label_en: str = ""
    variants: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        return (self.label, *self.variants)


def check_unique_codes(what: str, entries: Iterable[Labelled]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.code in seen:
            raise ValueError(f"{what}: the code {entry.code} stands twice")
        seen.add(entry.code)


def check_unique_labels(what: str, entries: Iterable[Labelled]) -> None:
    owner: dict[str, str] = {}
    for entry in entries:
        for label in entry.labels:
            key = fold(label)
            if not key:
                raise ValueError(f"{what}: the label {label!r} of {entry.code} folds to nothing")
            if key in owner and owner[key] != entry.code:
                raise ValueError(
                    f"{what}: the label {label!r} stands for both {owner[key]} and {entry.code}"
                )
            if key in owner and label != entry.label:
                raise ValueError(f"{what}: the variant {label!r} of {entry.code} adds nothing")
            owner[key] = entry.code
