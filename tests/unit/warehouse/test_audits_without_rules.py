"""A select of sql/audits without a rule is refused before anything is checked with it."""

import shutil
from pathlib import Path

import pytest

from pipelines.domain import FormError
from pipelines.forms import load_forms
from pipelines.warehouse.rules import audited_rules, require_rules
from pipelines.warehouse.sql_models import SQL_DIR


def test_audit_without_a_rule_is_refused(tmp_path: Path) -> None:
    sql = Path(shutil.copytree(SQL_DIR, tmp_path / "sql"))
    text = (sql / "audits" / "counts_are_whole.sql").read_text(encoding="utf-8")
    (sql / "audits" / "new_rule.sql").write_text(text, encoding="utf-8")
    assert "new_rule" in audited_rules(sql_dir=sql)
    with pytest.raises(FormError, match=r"audits/new_rule\.sql: rules\.yaml has no rule new_rule"):
        require_rules(load_forms(), sql_dir=sql)
