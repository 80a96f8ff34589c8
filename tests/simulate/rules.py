"""Which rules a report breaks as printed, and ways to make it break one."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from pipelines.domain import State, Verdict
from pipelines.forms import BlockTable, Forms, RectangularTable, load_forms
from tests.simulate.printing import Figure, print_figure
from tests.simulate.report import CellKey, PrintedCell, SimulatedReport
from tests.simulate.words import load_words

WHOLE = "counts_are_whole"
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, order=True)
class Instance:
    """One sum that a form asks for: for one column, or for one row, of one table."""

    rule: str
    table: str
    row: str | None
    column: str | None
    left: tuple[CellKey, ...]
    right: tuple[CellKey, ...]

    @property
    def operands(self) -> tuple[CellKey, ...]:
        return self.left + self.right


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that the printed figures break; `row` or `column` is None where it sums over them.
    `verdict` is None, and so are the sides, for a rule that is no sum."""

    rule: str
    table: str
    row: str | None
    column: str | None
    verdict: Verdict | None
    left: Decimal | None = None
    right: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What `break_rule` did: the rule, where it now fails, and the one cell that was changed."""

    rule: str
    table: str
    row: str | None
    column: str | None
    cell: CellKey
    before: str
    after: str


def instances(report: SimulatedReport, forms: Forms | None = None) -> Iterator[Instance]:
    """Every sum that the report's forms ask for."""
    forms = forms or load_forms()
    for table, vintage in report.form_choice.items():
        form = forms.vintages[vintage].tables.get(table)
        if isinstance(form, RectangularTable):
            yield from _instances(form)


def _instances(form: RectangularTable) -> Iterator[Instance]:
    for identity in form.identities:
        if identity.for_each == "column":
            for column in form.columns:
                left, right = (
                    tuple((form.table, row, column.code) for row in side)
                    for side in (identity.left, identity.right)
                )
                yield Instance(identity.id, form.table, None, column.code, left, right)
        else:
            for row in form.rows:
                left, right = (
                    tuple((form.table, row.code, column) for column in side)
                    for side in (identity.left, identity.right)
                )
                yield Instance(identity.id, form.table, row.code, None, left, right)


def broken_rules(report: SimulatedReport, forms: Forms | None = None) -> tuple[BrokenRule, ...]:
    """Every rule of the forms that the printed figures break, judged strictly (only sums whose
    operands are all reported) and with blanks and marks read as zero."""
    forms = forms or load_forms()
    broken = []
    for instance in instances(report, forms):
        for verdict in Verdict:
            sides = _sides(report.truth, instance, verdict)
            if sides is not None and sides[0] != sides[1]:
                where = (instance.table, instance.row, instance.column)
                broken.append(BrokenRule(instance.rule, *where, verdict, *sides))
    for (table, row, column), cell in report.truth.items():
        kind = _kind(forms, cell.vintage, (table, row, column))
        if cell.value is not None and not _lawful(kind, cell.value):
            broken.append(BrokenRule(WHOLE, table, row, column, None))
    return tuple(broken)


def _sides(
    truth: Mapping[CellKey, PrintedCell], instance: Instance, verdict: Verdict
) -> tuple[Decimal, Decimal] | None:
    """Both sums, or None where the instance cannot be judged so."""
    states = {truth[key].state for key in instance.operands}
    read_as_number = {State.REPORTED}
    if verdict is Verdict.BLANK_AS_ZERO:
        read_as_number |= {State.BLANK, State.NOT_APPLICABLE}
    if states - read_as_number:
        return None
    left, right = (
        sum((truth[key].value or _ZERO for key in side), _ZERO)
        for side in (instance.left, instance.right)
    )
    return left, right


def _kind(forms: Forms, vintage: str, key: CellKey) -> str:
    table = forms.vintages[vintage].tables[key[0]]
    return table.measure(key[1], key[2]).kind if isinstance(table, BlockTable) else "count"


def _lawful(kind: str, value: Decimal) -> bool:
    """Counts are whole and not negative, amounts not negative; a change may be anything."""
    if kind == "change":
        return True
    return value >= 0 and (kind == "amount" or value == value.to_integral_value())


def break_rule(
    report: SimulatedReport,
    rule_id: str,
    rng: random.Random,
    *,
    blank_as_zero_only: bool = False,
    forms: Forms | None = None,
) -> tuple[SimulatedReport, Change]:
    """The report with one printed figure changed so that `rule_id` fails in one place.

    A cell of the requests table stands in a sum over its column and in one over its row, so
    other sums fail with it: those that hold the changed cell and no others. With
    `blank_as_zero_only` a cell is
    taken all of whose sums have a blank operand, so that no strict judgement is made.

    Raises:
        ValueError: the report has no place where the rule can be broken so.
    """
    forms = forms or load_forms()
    if rule_id == WHOLE:
        return _break_wholeness(report, rng, forms)
    strict = {i: _sides(report.truth, i, Verdict.STRICT) for i in instances(report, forms)}
    places = []
    for instance, sides in strict.items():
        loose = _sides(report.truth, instance, Verdict.BLANK_AS_ZERO)
        if instance.rule != rule_id or loose is None or loose[0] != loose[1]:
            continue
        for key in instance.operands:
            judged = [s is not None for i, s in strict.items() if key in i.operands]
            fits = not any(judged) if blank_as_zero_only else sides is not None
            if fits and report.truth[key].state is State.REPORTED:
                places.append((instance, key))
    if not places:
        raise ValueError(f"{report.agency_id} {report.report_year}: no place to break {rule_id}")
    busy = [p for p in places if (report.truth[p[1]].value or 0) > 0]
    instance, key = rng.choice(busy or places)
    value = report.truth[key].value or _ZERO
    changed = value + rng.choice([1, 2, 3, 10])
    after, change = _with_figure(report, key, changed, forms)
    where = (instance.table, instance.row, instance.column)
    return after, Change(rule_id, *where, key, *change)


def _break_wholeness(
    report: SimulatedReport, rng: random.Random, forms: Forms
) -> tuple[SimulatedReport, Change]:
    """A count of the disclosure table, which stands in no sum, becomes a fraction."""
    places = [
        key
        for key, cell in report.truth.items()
        if isinstance(forms.vintages[cell.vintage].tables[key[0]], BlockTable)
        and _kind(forms, cell.vintage, key) == "count"
        and cell.state is State.REPORTED
    ]
    if not places:
        raise ValueError(f"{report.agency_id} {report.report_year}: no place to break {WHOLE}")
    key = rng.choice([k for k in places if report.truth[k].value] or places)
    value = (report.truth[key].value or _ZERO) + Decimal("0.5")
    after, change = _with_figure(report, key, value, forms)
    return after, Change(WHOLE, *key, key, *change)


def _with_figure(
    report: SimulatedReport, key: CellKey, value: Decimal, forms: Forms
) -> tuple[SimulatedReport, tuple[str, str]]:
    cell = report.truth[key]
    printed = print_figure(
        Figure(value, "count", cell.vintage),
        report.habits,
        forms.lexicon,
        load_words().count_suffix,
    )
    tokens = (cell.token or "", printed.token or "")
    return replace(report, truth={**report.truth, key: printed}), tokens


def lose_cell(report: SimulatedReport, cell: CellKey) -> SimulatedReport:
    """The report as a copy that has lost `cell`: its row is one figure short.

    Only text copies and web pages can be written so; a PDF has its rules.
    """
    lost = replace(report.truth[cell], token=None, state=State.ABSENT, value=None, unit=None)
    return replace(report, truth={**report.truth, cell: lost})
