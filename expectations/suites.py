"""Suites as values. What is true of a report stands in sql/audits and its intermediate relations,
what is a key in sql/marts/*.yml; here it is only said which of them must hold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pipelines.domain import Kind, OutcomeKind, Severity, State, Verdict
from pipelines.domain.coverage import CoverageStatus, DocumentRole, ReportEvent
from pipelines.forms import Forms, load_forms
from pipelines.warehouse.rules import require_rules
from pipelines.warehouse.sql_models import Mart, load_marts, quoted


class Layer(StrEnum):
    """The part of the warehouse that a suite looks at; its asset shows the result."""

    AUDITS = "audits"
    MARTS = "marts"


@dataclass(frozen=True, slots=True)
class Expectation:
    """The name of an expectation of Great Expectations, and its arguments."""

    type: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Suite:
    """Expectations over the rows of one query.

    `failures` gives every row that breaks one of them, complete, with agency_id and report_year.
    A `blocking` suite forbids the release. `must_judge`: where there are reports, a query
    without rows means that the suite could not look.
    """

    name: str
    layer: Layer
    title: str
    query: str
    expectations: tuple[Expectation, ...]
    failures: str
    blocking: bool = False
    must_judge: bool = False
    mart: str | None = None


# A column or row of totals without figures is a hint of its own (totals_left_blank).
_MAY_BE_JUDGED = {
    Verdict.STRICT: "all_reported",
    Verdict.BLANK_AS_ZERO: "coalesce(total_row, total_column) is null",
}
_WITH_AGENCY_YEAR = "left join raw.resolution using (document_sha256)"

_NOT_NEGATIVE = {
    "agency_years": ("findings_error", "findings_warning", "findings_hint"),
    "dim_document": ("bytes",),
    "coverage": ("days_late",),
    "dim_report": ("revision", "findings_error", "findings_warning", "findings_hint"),
    "report_documents": ("differing_cells",),
    "fct_findings": ("occurrences",),
}
_ONE_OF: dict[tuple[str, str], type[StrEnum]] = {
    ("coverage", "status"): CoverageStatus,
    ("dim_document", "outcome"): OutcomeKind,
    ("fct_findings", "kind"): Kind,
    ("fct_findings", "severity"): Severity,
    ("dim_rule", "kind"): Kind,
    ("dim_rule", "severity"): Severity,
    ("report_documents", "role"): DocumentRole,
    ("report_history", "event"): ReportEvent,
}


def all_suites(
    forms: Forms | None = None,
    marts: dict[str, Mart] | None = None,
    *,
    coverage_floor: float = 0,
) -> tuple[Suite, ...]:
    """Every suite: the identities of the forms, the counts, that readers agree, of each mart its
    key and its domains, and that enough of the expected reports are there (`coverage_floor`: the
    least share of them).

    Raises:
        FormError: rules.yaml lacks a rule of sql/audits.
    """
    known = load_marts() if marts is None else marts
    known_forms = load_forms() if forms is None else forms
    require_rules(known_forms)
    return (
        *_identities(known_forms),
        _counts(),
        _readers(),
        *(_key(name, mart) for name, mart in known.items()),
        *(suite for name, mart in known.items() if (suite := _domains(name, mart)) is not None),
        _coverage(coverage_floor),
    )


def suites_of(layer: Layer, *, coverage_floor: float = 0) -> tuple[Suite, ...]:
    """The suites of one layer."""
    every = all_suites(coverage_floor=coverage_floor)
    return tuple(suite for suite in every if suite.layer is layer)


def _identities(forms: Forms) -> Iterator[Suite]:
    tables = [table for form in forms.vintages.values() for table in form.tables.values()]
    # Most releases hold no annex.
    must_judge = {i.id for table in tables for i in getattr(table, "identities", ())}
    annexes = {i.id for form in forms.annexes.values() for i in form.annex.identities}
    for rule in [rule for rule in forms.rules if rule in must_judge | annexes]:
        for verdict in Verdict:
            yield _identity(
                rule, forms.rules[rule].label_en, verdict, must_judge=rule in must_judge
            )


def _identity(rule: str, label: str, verdict: Verdict, *, must_judge: bool) -> Suite:
    return Suite(
        name=f"{rule}_{verdict}",
        layer=Layer.AUDITS,
        title=f"{label} ({verdict})",
        query='select document_sha256, "row", "column",'
        ' coalesce("left", 0) as left_side, coalesce("right", 0) as right_side'
        f" from intermediate.identity_sums where rule = '{rule}' and {_MAY_BE_JUDGED[verdict]}",
        expectations=(
            Expectation(
                "ExpectColumnPairValuesToBeEqual",
                {"column_A": "left_side", "column_B": "right_side"},
            ),
        ),
        failures='select agency_id, report_year, document_sha256, "table", "row", "column",'
        f' "left", "right", difference from audits.identities {_WITH_AGENCY_YEAR}'
        f" where rule = '{rule}' and reading = '{verdict}' order by all",
        must_judge=must_judge,
    )


def _counts() -> Suite:
    cell = '(document_sha256, "table", "row", "column")'
    return Suite(
        name="counts_are_whole",
        layer=Layer.AUDITS,
        title="Counts are whole and not negative, amounts not negative",
        query="select facts.document_sha256, broken.rule is null as holds from raw.facts"
        f" left join audits.counts_are_whole as broken using {cell} where value is not null",
        expectations=(_one_of("holds", [True]),),
        failures='select agency_id, report_year, document_sha256, "table", "row", "column", detail'
        f" from audits.counts_are_whole {_WITH_AGENCY_YEAR} order by all",
        must_judge=True,
    )


def _readers() -> Suite:
    return Suite(
        name="readers_agree",
        layer=Layer.AUDITS,
        title="Readers of one document agree",
        query="select document_sha256, count_if(rule = 'readers_differ') = 0 as agree"
        " from raw.documents left join raw.findings using (document_sha256)"
        " where outcome = 'report' group by all",
        expectations=(_one_of("agree", [True]),),
        failures="select distinct agency_id, report_year, document_sha256"
        f" from raw.findings {_WITH_AGENCY_YEAR} where rule = 'readers_differ' order by all",
        blocking=True,
        must_judge=True,
    )


def _coverage(floor: float) -> Suite:
    held = f"status <> '{CoverageStatus.MISSING}'"
    return Suite(
        name="coverage_floor",
        layer=Layer.MARTS,
        title=f"At least {floor:.1%} of the expected reports are there (OGI_COVERAGE_FLOOR)",
        query=f"select {held} as held from marts.coverage where expected_by is not null",
        expectations=(_one_of("held", [True], mostly=floor),),
        # What is missing is no failure until it is too much.
        failures="select agency_id, report_year, expected_by, due_on from marts.coverage"
        f" where expected_by is not null qualify not ({held})"
        f" and count_if({held}) over () / count(*) over () < {floor} order by all",
        blocking=True,
        mart="coverage",
    )


def _key(name: str, mart: Mart) -> Suite:
    never_null = [column for column in mart.key if column not in mart.nullable]
    # Where NULL is allowed in a key it is a value like any other; to SQL it would be none.
    columns = ", ".join(
        f"coalesce({quoted(c)}::varchar, '') as {quoted(c)}" if c in mart.nullable else quoted(c)
        for c in mart.key
    )
    unique = (
        Expectation("ExpectCompoundColumnsToBeUnique", {"column_list": list(mart.key)})
        if len(mart.key) > 1
        else Expectation("ExpectColumnValuesToBeUnique", {"column": mart.key[0]})
    )
    key = ", ".join(quoted(column) for column in mart.key)
    null_in_key = " or ".join(f"{quoted(column)} is null" for column in never_null)
    return Suite(
        name=f"{name}_key",
        layer=Layer.MARTS,
        title=f"{name}: {', '.join(mart.key)} is its key",
        query=f"select {columns} from marts.{name}",
        expectations=(
            unique,
            *(
                Expectation("ExpectColumnValuesToNotBeNull", {"column": column})
                for column in never_null
            ),
        ),
        failures=f"select {_agency_year(mart)}{key} from marts.{name}"
        f" qualify count(*) over (partition by {key}) > 1 or {null_in_key} order by all",
        blocking=True,
        must_judge=name == "dim_document",
        mart=name,
    )


def _domains(name: str, mart: Mart) -> Suite | None:
    expectations = []
    broken = []
    for column, values in _closed_columns(name, mart):
        expectations.append(_one_of(column, values))
        listed = ", ".join(f"'{value}'" for value in values)
        broken.append((column, f"{quoted(column)} not in ({listed})"))
    for column in _NOT_NEGATIVE.get(name, ()):
        expectations.append(
            Expectation("ExpectColumnValuesToBeBetween", {"column": column, "min_value": 0})
        )
        broken.append((column, f"{quoted(column)} < 0"))
    if not expectations:
        return None
    key = ", ".join(quoted(column) for column in mart.key)
    return Suite(
        name=f"{name}_domains",
        layer=Layer.MARTS,
        title=f"{name}: {', '.join(column for column, _ in broken)} hold what they may",
        query=f"select {', '.join(quoted(column) for column, _ in broken)} from marts.{name}",
        expectations=tuple(expectations),
        failures=" union all ".join(
            f"select {_agency_year(mart)}{key}, '{column}' as what,"
            f" {quoted(column)}::varchar as is_value from marts.{name} where {condition}"
            for column, condition in broken
        )
        + " order by all",
        mart=name,
    )


def _closed_columns(name: str, mart: Mart) -> Iterator[tuple[str, list[str]]]:
    for column in mart.columns:
        if (values := _ONE_OF.get((name, column))) is not None:
            yield column, _values(values)
        elif column == "state" or column.endswith("_state"):
            yield column, _values(State)


def _agency_year(mart: Mart) -> str:
    """The two columns that every list of failures has, where the key does not bring them."""
    missing = [c for c in ("agency_id", "report_year") if c not in mart.key]
    return "".join(f"{c}, " if c in mart.columns else f"null as {c}, " for c in missing)


def _one_of(column: str, values: list[Any], **more: float) -> Expectation:
    arguments = {"column": column, "value_set": values, **more}
    return Expectation("ExpectColumnValuesToBeInSet", arguments)


def _values(names: Iterable[StrEnum]) -> list[str]:
    return [str(name) for name in names]
