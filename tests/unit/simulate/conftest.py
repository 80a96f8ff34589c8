"""What the tests of the simulator share: agencies, and a judge made straight from data/forms."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from pipelines.domain import Agency
from pipelines.forms import Forms, load_forms
from tests.simulate import SimulatedReport, load_agencies

Key = tuple[str, str, str]
Broken = set[tuple[str, str | None, str | None]]
Judge = Callable[[SimulatedReport, Mapping[Key, Decimal | None]], Broken]


@pytest.fixture(scope="session")
def forms() -> Forms:
    return load_forms()


@pytest.fixture(scope="session")
def agencies() -> dict[str, Agency]:
    return load_agencies()


@pytest.fixture(scope="session")
def county_office(agencies: dict[str, Agency]) -> Agency:
    return agencies["990121-natural-resources"]


@pytest.fixture(scope="session")
def province(agencies: dict[str, Agency]) -> Agency:
    return agencies["990000-government"]


@pytest.fixture(scope="session")
def judge(forms: Forms) -> Judge:
    """(rule, row, column) of every identity that the given figures break; None is no figure, and
    an identity with one is not judged."""

    def judged(report: SimulatedReport, figures: Mapping[Key, Decimal | None]) -> Broken:
        broken: Broken = set()
        for name in ("requests", "reviews"):
            table = forms.vintages[report.form_choice[name]].rectangular(name)
            for identity in table.identities:
                across = table.columns if identity.for_each == "column" else table.rows
                for entry in across:
                    sides = []
                    for operands in (identity.left, identity.right):
                        keys = [
                            (name, operand, entry.code)
                            if identity.for_each == "column"
                            else (name, entry.code, operand)
                            for operand in operands
                        ]
                        sides.append([figures[key] for key in keys])
                    if any(f is None for side in sides for f in side):
                        continue
                    if sum(f or 0 for f in sides[0]) != sum(f or 0 for f in sides[1]):
                        by_column = identity.for_each == "column"
                        where = (None, entry.code) if by_column else (entry.code, None)
                        broken.add((identity.id, *where))
        return broken

    return judged
