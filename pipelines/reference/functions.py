"""data/reference/functions.yaml → Functions: what organs do, and how they are called."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipelines.domain import ReferenceDataError
from pipelines.text import simplify
from pipelines.text.yaml_file import Strict, load_yaml

REFERENCE_DIR = Path(__file__).parents[2] / "data" / "reference"
GOVERNMENT_OFFICE = "government_office"


class Successor(Strict):
    """The function that took another over, and the first year of that."""

    code: str
    year: int


class Function(Strict):
    """One function as data/reference/functions.yaml writes it."""

    code: str
    label_zh: str
    label_en: str
    stems: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    former: dict[str, int] = Field(default_factory=dict)
    central: tuple[str, ...] = ()
    under: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    successor: Successor | None = None
    by_region: bool = True

    def names_of_places(self) -> Iterator[tuple[str, int | None]]:
        """Every name that stands behind a place's, with the last year in which it was used."""
        for stem in self.stems:
            yield from ((stem + ending, None) for ending in self.endings)
        yield from ((name, None) for name in self.names)
        for stem, year in self.former.items():
            yield from ((stem + ending, year) for ending in self.endings)


class _Governments(Strict):
    division: tuple[str, ...]
    township: tuple[str, ...]
    zone: tuple[str, ...]
    street: dict[str, tuple[str, ...]]
    office: tuple[str, ...]


class _File(Strict):
    provincial_endings: tuple[str, ...]
    governments: _Governments
    branch_endings: tuple[str, ...]
    branch_of_county: dict[str, str]
    short_kinds: dict[str, str]
    say_nothing_alone: tuple[str, ...]
    kinds_of_places: tuple[str, ...]
    own_words: tuple[str, ...]
    own_kinds: tuple[str, ...]
    any_kind: tuple[str, ...]
    state_prefixes: tuple[str, ...]
    functions: tuple[Function, ...]


Scope = Literal["any", "province", "county"]


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands behind a place's name: the function, and which places it can stand behind."""

    function: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Functions:
    """All functions, with the names that lead to them; names are as `simplify` leaves them.

    `tails`: behind the name of a place. `central`: the organ of the state, whole. `under`: behind
    that of a state's organ and a place. `last_years`: of a name that is no longer used.
    """

    by_code: dict[str, Function]
    tails: dict[str, Tail]
    central: dict[str, str]
    under: dict[str, dict[str, str]]
    last_years: dict[str, int]
    written: _File


@lru_cache(maxsize=4)
def load_functions(folder: Path = REFERENCE_DIR) -> Functions:
    """Read functions.yaml.

    Raises:
        ReferenceDataError: the file is missing or makes no sense: an unknown key, a code or a name
            that stands for two, a successor that does not exist.
    """
    file = folder / "functions.yaml"
    written = load_yaml(file, _File, ReferenceDataError)
    by_code = {f.code: f for f in written.functions}
    if len(by_code) < len(written.functions):
        raise ReferenceDataError(f"{file}: a code stands twice")
    names = _Names(file)
    tails: dict[str, Tail] = {}
    central: dict[str, str] = {}
    under: dict[str, dict[str, str]] = {}
    last_years: dict[str, int] = {}
    for function in written.functions:
        if function.successor is not None and function.successor.code not in by_code:
            raise ReferenceDataError(f"{file}: {function.code}: no {function.successor.code}")
        for name, year in _tails_of(function, written):
            plain = names.of(name, function.code)
            scope: Scope = "province" if name.endswith(written.provincial_endings) else "any"
            tails[plain] = Tail(function.code, scope)
            if year is not None:
                last_years[plain] = year
        for name in function.central:
            central[names.of(name, function.code)] = function.code
        for prefix, endings in function.under.items():
            of_prefix = under.setdefault(simplify(prefix), {})
            of_prefix.update({simplify(ending): function.code for ending in endings})
    for name, tail in list(tails.items()):
        for ending, branch in written.branch_of_county.items():
            if name.endswith(ending):
                of_branch = name.removesuffix(ending) + branch
                tails.setdefault(of_branch, Tail(tail.function, "county"))
    return Functions(by_code, tails, central, under, last_years, written)


@dataclass
class _Names:
    """Which function a name was given to, so that no name is given to two."""

    file: Path

    def __post_init__(self) -> None:
        self._given: dict[str, str] = {}

    def of(self, name: str, code: str) -> str:
        plain = simplify(name)
        if self._given.setdefault(plain, code) != code:
            raise ReferenceDataError(
                f"{self.file}: {name} stands for {self._given[plain]} and {code}"
            )
        return plain


def _tails_of(function: Function, written: _File) -> Iterator[tuple[str, int | None]]:
    yield from function.names_of_places()
    if function.code == GOVERNMENT_OFFICE:
        yield from ((name, None) for name in written.governments.office)
