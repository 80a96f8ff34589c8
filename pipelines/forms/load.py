"""data/forms/*.yaml → Forms, checked on load."""

from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipelines.domain import FormError
from pipelines.forms.claims import ClaimForms, ClaimKind
from pipelines.forms.model import (
    Annex,
    AnnexForm,
    BlockTable,
    Form,
    FormHead,
    Forms,
    Lexicon,
    RectangularTable,
    Rule,
    Table,
)

# The one table of a form that is an annex.
INDICATORS = "indicators"
FORMS_DIR = Path(__file__).parents[2] / "data" / "forms"

_Model = TypeVar("_Model", bound=BaseModel)


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"line {line}: {key!r} twice")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


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
            annexes[head.vintage] = AnnexForm(head=head, annex=_parse(file, Annex))
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
        lexicon=_parse(folder / "lexicon.yaml", Lexicon),
        claims=_load_claims(folder / "claims.yaml", vintages),
    )


def _load_claims(file: Path, vintages: dict[str, Form]) -> ClaimForms:
    """What prose may claim; every figure that a claim restates is one of some form's."""
    claims = _parse(file, ClaimForms)
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
    head = _parse(head_file, FormHead)
    if head.vintage != head_file.parent.name:
        raise FormError(f"{head_file}: vintage {head.vintage} stands in another vintage's folder")
    return head


def _load_form(head_file: Path, head: FormHead) -> Form:
    tables: dict[str, Table] = {}
    for name in head.tables:
        file = head_file.parent / f"{name}.yaml"
        raw = _read_yaml(file)
        if isinstance(raw, dict) and "blocks" in raw:
            table: Table = _validate(file, raw, BlockTable)
        else:
            table = _validate(file, raw, RectangularTable)
        if table.table != name:
            raise FormError(f"{file}: table is {table.table}, expected {name}")
        tables[name] = table
    return Form(head=head, tables=tables)


def _load_rules(file: Path) -> dict[str, Rule]:
    raw = _read_yaml(file)
    if not isinstance(raw, dict) or set(raw) != {"rules"} or not isinstance(raw["rules"], list):
        raise FormError(f"{file}: expected one list named rules")
    rules: dict[str, Rule] = {}
    for entry in raw["rules"]:
        rule = _validate(file, entry, Rule)
        if rule.id in rules:
            raise FormError(f"{file}: the rule {rule.id} stands twice")
        rules[rule.id] = rule
    return rules


def _rules_are_known(table: Table | Annex, folder: Path, rules: dict[str, Rule]) -> None:
    for identity in getattr(table, "identities", ()):
        if identity.id not in rules:
            file = folder / f"{table.table}.yaml"
            raise FormError(f"{file}: identity {identity.id} has no rule in rules.yaml")


def _parse(file: Path, model: type[_Model]) -> _Model:
    return _validate(file, _read_yaml(file), model)


def _read_yaml(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise FormError(f"{file}: {error.strerror}") from error
    try:
        return yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise FormError(f"{file}: {' '.join(str(error).split())}") from error


def _validate(file: Path, raw: Any, model: type[_Model]) -> _Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first["loc"]) or "the file"
        raise FormError(f"{file}: {place}: {first['msg']}") from error
