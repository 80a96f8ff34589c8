"""Planted violations: found by every rule that works, missed by one that does not."""

import shutil
from pathlib import Path

import pytest

from pipelines.domain import FormError
from pipelines.forms import load_forms
from pipelines.warehouse.planted import missed_violations
from pipelines.warehouse.rules import audited_rules, require_rules
from pipelines.warehouse.sql_models import SQL_DIR

FORMS = load_forms()


def test_every_rule_finds_what_is_planted_for_it() -> None:
    assert missed_violations(FORMS) == frozenset()


@pytest.fixture(scope="module")
def missed(tmp_path_factory: pytest.TempPathFactory) -> frozenset[tuple[str, str | None]]:
    """What is missed where each rule of sql/audits, and the blank policies, are broken."""
    sql = Path(shutil.copytree(SQL_DIR, tmp_path_factory.mktemp("broken") / "sql"))
    for name in (*audited_rules(), "identities"):
        file = sql / "audits" / f"{name}.sql"
        text = file.read_text(encoding="utf-8")
        select = text.partition("\n")[2]
        file.write_text(
            f"{text.splitlines()[0]}\nselect * replace (false as failed) from (\n{select})\n",
            encoding="utf-8",
        )
    return missed_violations(FORMS, sql_dir=sql)


@pytest.mark.parametrize("rule", audited_rules())
def test_rule_that_finds_nothing_is_noticed(
    missed: frozenset[tuple[str, str | None]], rule: str
) -> None:
    assert (rule, None) in missed


def test_identity_that_finds_nothing_is_noticed_by_both_blank_policies(
    missed: frozenset[tuple[str, str | None]],
) -> None:
    tables = [t for form in FORMS.vintages.values() for t in form.tables.values()]
    annexes = [form.annex for form in FORMS.annexes.values()]
    identities = {i.id for t in (*tables, *annexes) for i in getattr(t, "identities", ())}
    assert len(identities) == 7
    assert missed == {
        *((rule, None) for rule in audited_rules()),
        *((rule, policy) for rule in identities for policy in ("strict", "blank_as_zero")),
    }


def test_rule_of_sql_without_a_planted_violation_is_refused() -> None:
    rule = FORMS.rules["counts_are_whole"].model_copy(update={"planted": ()})
    forms = FORMS.model_copy(update={"rules": {**FORMS.rules, rule.id: rule}})
    with pytest.raises(FormError, match=r"counts_are_whole\.sql: .* has no planted"):
        require_rules(forms)
