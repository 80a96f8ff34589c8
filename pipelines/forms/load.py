"""data/forms/*.yaml → Forms, checked on load."""

from functools import lru_cache
from pathlib import Path

from pipelines.domain import FormError
from pipelines.forms.claims import ClaimForms, ClaimKind
from pipelines.forms.model import (
    Annex,
    AnnexForm,
    BlockTable,
    Form,
    FormHead,
    Forms,
    RectangularTable,
    Rule,
    RuleList,
    Table,
)
from pipelines.text.lexicon import Lexicon
from pipelines.text.yaml_file import load_yaml, read_yaml

# The one table of a form that is an annex.
INDICATORS = "indicators"
FORMS_DIR = Path(__file__).parents[2] / "data" / "forms"


@lru_cache(maxsize=8)
def load_forms(folder: Path = FORMS_DIR) -> Forms:
    """Read every vintage below `folder`.

    Raises:
        FormError: a file is missing or breaks a rule; the message names the file and the place.
    """
    vintages: dict[str, Form] = {}
    annexes: dict[str, AnnexForm] = {}
    for head_file in sorted(folder.glob("*/form.yaml")):
        head = _load_head(head_file)
        if head.tables == (INDICATORS,):
            file = head_file.parent / f"{INDICATORS}.yaml"
            annexes[head.vintage] = AnnexForm(head=head, annex=load_yaml(file, Annex, FormError))
        else:
            vintages[head.vintage] = _load_form(head_file, head)
    if not vintages:
        raise FormError(f"{folder}: no <vintage>/form.yaml below it")
    rules = _load_rules(folder / "rules.yaml")
    for form in vintages.values():
        for table in form.tables.values():
            _rules_are_known(table, folder / form.vintage, rules)
    for name, annex in annexes.items():
        _rules_are_known(annex.annex, folder / name, rules)
        if annex.head.facts_as not in (None, *annexes):
            raise FormError(f"{folder / name}: facts_as names the unknown {annex.head.facts_as}")
    return Forms(
        vintages=vintages,
        annexes=annexes,
        rules=rules,
        lexicon=load_yaml(folder / "lexicon.yaml", Lexicon, FormError),
        claims=_load_claims(folder / "claims.yaml", vintages),
    )


def _load_claims(file: Path, vintages: dict[str, Form]) -> ClaimForms:
    """What prose may claim; every figure that a claim restates is one of some form's."""
    claims = load_yaml(file, ClaimForms, FormError)
    for claim in claims.claims:
        if claim.table is not None and not _is_restated(claim, vintages):
            raise FormError(f"{file}: claim {claim.code} restates a figure that no form has")
    return claims


def _is_restated(claim: ClaimKind, vintages: dict[str, Form]) -> bool:
    """Whether each of its rows or groups, and each of its columns, stands in some vintage."""
    tables = [f.tables[claim.table] for f in vintages.values() if claim.table in f.tables]
    cells = {cell for table in tables for cell in table.cells()}
    groups = {g.code for table in tables for g in getattr(table, "groups", ())}
    rows = {row for row, _ in cells} | groups
    columns = {column for _, column in cells}
    named = {*claim.rows, *(row for base in claim.bases.values() for row in base)}
    others = (*claim.or_columns, *(c for base in claim.other_columns.values() for c in base))
    return named <= rows and {*claim.columns, *others} <= columns


def _load_head(head_file: Path) -> FormHead:
    head = load_yaml(head_file, FormHead, FormError)
    if head.vintage != head_file.parent.name:
        raise FormError(f"{head_file}: vintage {head.vintage} stands in another vintage's folder")
    return head


def _load_form(head_file: Path, head: FormHead) -> Form:
    tables: dict[str, Table] = {}
    for name in head.tables:
        file = head_file.parent / f"{name}.yaml"
        read = read_yaml(file, FormError)
        has_blocks = isinstance(read.value, dict) and "blocks" in read.value
        table: Table = read.parse(BlockTable) if has_blocks else read.parse(RectangularTable)
        if table.table != name:
            raise FormError(f"{file}: table is {table.table}, expected {name}")
        tables[name] = table
    return Form(head=head, tables=tables)


def _load_rules(file: Path) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for rule in load_yaml(file, RuleList, FormError).rules:
        if rule.id in rules:
            raise FormError(f"{file}: the rule {rule.id} stands twice")
        rules[rule.id] = rule
    return rules


def _rules_are_known(table: Table | Annex, folder: Path, rules: dict[str, Rule]) -> None:
    for identity in getattr(table, "identities", ()):
        if identity.id not in rules:
            file = folder / f"{table.table}.yaml"
            raise FormError(f"{file}: identity {identity.id} has no rule in rules.yaml")
