"""The checks of a warehouse as values, made from records: rules (data/forms, sql/audits), keys and
accepted values (sql/**/*.yml), coverage."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipelines.domain import Verdict
from pipelines.forms import Forms, RectangularTable, load_forms
from pipelines.warehouse.rules import require_rules
from pipelines.warehouse.sql_models import (
    VIOLATIONS,
    Column,
    Mart,
    literal,
    load_marts,
    load_model_columns,
    load_sql_models,
    quoted,
)

_REPORTS = "select count(*) from raw.documents where outcome = 'report'"


@dataclass(frozen=True, slots=True)
class Check:
    """One query for the rows of a relation that fail.

    `failing_rows` has the relation as `{batch}`, and agency_id and report_year among its columns.
    `evaluated` counts what was looked at; `should_evaluate` (a count, too) is not zero where that
    may not be nothing. Both are SQL. A `blocking` check that fails forbids the release. A check of
    a rule has its `rule` and `policy` (the blank policy of an identity).
    """

    name: str
    title: str
    relation: str
    failing_rows: str
    evaluated: str
    should_evaluate: str | None = None
    blocking: bool = False
    rule: str | None = None
    policy: str | None = None

    @property
    def mart(self) -> str | None:
        """The mart that it looks at."""
        schema, name = self.relation.split(".")
        return name if schema == "marts" else None


def all_checks(*, coverage_floor: float = 0) -> tuple[Check, ...]:
    """Every check: each rule, that readers agree, of each relation with a .yml its accepted values,
    of each mart its key, and that enough of the expected reports are there (`coverage_floor`: the
    least share of them).

    Raises:
        FormError: rules.yaml lacks a rule of sql/audits, or its planted violation.
    """
    forms, marts = load_forms(), load_marts()
    require_rules(forms)
    return (
        *_rules(forms),
        _readers(),
        *_values_of_models(),
        *(_key(name, mart) for name, mart in marts.items()),
        *(
            check
            for name, mart in marts.items()
            if (check := _values(f"marts.{name}", mart.key, mart.columns, mart.columns)) is not None
        ),
        _coverage(coverage_floor),
    )


def _rules(forms: Forms) -> Iterator[Check]:
    of_identities = _tables_of_identities(forms)
    for rule in forms.rules.values():
        if rule.id in of_identities:
            for policy in Verdict:
                yield _rule(rule.id, f"{rule.label_en} ({policy})", policy, of_identities[rule.id])
        elif rule.planted:
            tables = [
                (table, vintage)
                for table in rule.tables
                for vintage, form in forms.vintages.items()
                if table in form.tables and vintage in (rule.vintages or (vintage,))
            ]
            yield _rule(rule.id, rule.label_en, None, tables)


def _tables_of_identities(forms: Forms) -> dict[str, list[tuple[str, str]]]:
    """Of each identity the tables and vintages that must have it. Annexes are no table of the form:
    each prints the rows that it likes."""
    found: dict[str, list[tuple[str, str]]] = {
        identity.id: [] for form in forms.annexes.values() for identity in form.annex.identities
    }
    for vintage, form in forms.vintages.items():
        for table in form.tables.values():
            for identity in table.identities if isinstance(table, RectangularTable) else ():
                found.setdefault(identity.id, []).append((table.table, vintage))
    return found


def _rule(
    rule: str, title: str, policy: Verdict | None, tables: Iterable[tuple[str, str]]
) -> Check:
    reading = "null" if policy is None else literal(policy)
    of_rule = f"rule = {literal(rule)} and reading is not distinct from {reading}"
    # As text: Great Expectations takes 5 ms for a decimal and makes a float of it.
    figures = ", ".join(
        f"rtrim(rtrim({name}::varchar, '0'), '.') as {name}"
        for name in ('"left"', '"right"', "difference")
    )
    whole = ", ".join(f"({literal(table)}, {literal(vintage)})" for table, vintage in tables)
    return Check(
        name=rule if policy is None else f"{rule}_{policy}",
        title=title,
        relation=VIOLATIONS,
        failing_rows='select agency_id, report_year, document_sha256, "table", "row", "column",'
        f" {figures}, detail from {{batch}} as violations"
        f" left join raw.resolution using (document_sha256) where {of_rule} order by all",
        evaluated=f"select sum(evaluated) from audits.evaluations where {of_rule}",
        # A table with a figure in every cell leaves no rule of it without something to evaluate.
        should_evaluate='select count(*) from (select "table", vintage, count(*) as cells from'
        f" raw.facts where state = 'reported' and (\"table\", vintage) in ({whole}) group by"
        ' document_sha256, "table", vintage) semi join (select "table", vintage, count(*) as cells'
        ' from raw.form_cells group by all) using ("table", vintage, cells)'
        if whole
        else None,
        rule=rule,
        policy=policy,
    )


def _readers() -> Check:
    return Check(
        name="readers_agree",
        title="Readers of one document agree",
        relation="raw.findings",
        failing_rows="select distinct agency_id, report_year, document_sha256"
        " from {batch} as findings left join raw.resolution using (document_sha256)"
        " where rule = 'readers_differ' order by all",
        evaluated=_REPORTS,
        blocking=True,
    )


def _key(name: str, mart: Mart) -> Check:
    key = ", ".join(quoted(column) for column in mart.key)
    never_null = [column for column in mart.key if column not in mart.nullable]
    has_null = " or ".join(f"{quoted(column)} is null" for column in never_null)
    missing = [c for c in ("agency_id", "report_year") if c not in mart.key]
    others = [f"any_value({c}) as {c}" if c in mart.columns else f"null as {c}" for c in missing]
    return Check(
        name=f"{name}_key",
        title=f"{name}: {', '.join(mart.key)} is its key",
        relation=f"marts.{name}",
        failing_rows=f"select {', '.join([*others, key])}, count(*) as rows from {{batch}}"
        f" group by {key} having count(*) > 1 or {has_null} order by all",
        evaluated=f"select count(*) from marts.{name}",
        should_evaluate=_REPORTS if name == "dim_document" else None,
        blocking=True,
    )


def _values_of_models() -> Iterator[Check]:
    grains = {model.full_name: model.grain for model in load_sql_models()}
    for relation, columns in load_model_columns().items():
        if (check := _values(relation, grains[relation], columns, ())) is not None:
            yield check


def _values(
    relation: str, key: Iterable[str], columns: Mapping[str, Column], known: Iterable[str]
) -> Check | None:
    """That the columns hold what their .yml accepts; None where it accepts everything."""
    conditions = {name: sql for name, column in columns.items() if (sql := column.failing(name))}
    if not conditions:
        return None
    schema, name = relation.split(".")
    wrong = ", ".join(f"if({sql}, {literal(name)}, null)" for name, sql in conditions.items())
    place = [c if c in known else f"null as {c}" for c in ("agency_id", "report_year")]
    place += [quoted(column) for column in key if column not in ("agency_id", "report_year")]
    return Check(
        name=f"{name if schema == 'marts' else f'{schema}_{name}'}_domains",
        title=f"{name}: {', '.join(conditions)} hold what they may",
        relation=relation,
        failing_rows=f"select {', '.join(place)}, concat_ws(', ', {wrong}) as what"
        f" from {{batch}} where {' or '.join(conditions.values())} order by all",
        evaluated=f"select count(*) from {relation}",
    )


def _coverage(floor: float) -> Check:
    expected = "expected_by is not null"
    return Check(
        name="coverage_floor",
        title=f"At least {floor:.1%} of the expected reports are there (OGI_COVERAGE_FLOOR)",
        relation="marts.coverage",
        failing_rows="select agency_id, report_year, expected_by, due_on from {batch}"
        f" where {expected} and status = 'missing' and (select count_if(status <> 'missing')"
        f" < {floor} * count(*) from marts.coverage where {expected}) order by all",
        evaluated=f"select count(*) from marts.coverage where {expected}",
        blocking=True,
    )
