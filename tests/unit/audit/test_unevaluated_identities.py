"""An identity that no SQL evaluates is refused before anything is checked with it."""

import shutil
from pathlib import Path

import pytest

from expectations import all_suites
from pipelines.domain import FormError
from pipelines.forms import FORMS_DIR, load_forms
from pipelines.warehouse.rules import audit_many, audited_rules, require_audits
from pipelines.warehouse.sql_models import SQL_DIR

RULE = """\
  - id: {rule}
    kind: filing
    severity: hint
    label_zh: 标签
    label_en: Label
    message_zh: “{{row}}”“{{column}}”：{{left}}、{{right}}。
    message_en: "{{row}}, {{column}}: {{left}}, {{right}}."
"""
IDENTITY = """\
  - id: {rule}
    for_each: {for_each}
    left: [{left}]
    right: [{right}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FORMS_DIR, tmp_path / "forms"))


def add(folder: Path, rule: str, table: str, identity: str) -> None:
    with (folder / "rules.yaml").open("a", encoding="utf-8") as file:
        file.write(RULE.format(rule=rule))
    with (folder / table).open("a", encoding="utf-8") as file:
        file.write(identity)


@pytest.mark.parametrize(
    ("table", "left", "right"),
    [
        ("2021/requests.yaml", "granted", "received"),
        ("2014/indicators.yaml", "replies_total", "requests_received"),
    ],
)
def test_identity_without_sql_is_refused_with_rule_file_and_what_is_missing(
    folder: Path, table: str, left: str, right: str
) -> None:
    identity = IDENTITY.format(rule="new_rule", for_each="column", left=left, right=right)
    add(folder, "new_rule", table, identity)
    forms = load_forms(folder)
    for use in (lambda: audit_many([], forms), lambda: all_suites(forms)):
        with pytest.raises(FormError) as refusal:
            use()
        told = str(refusal.value)
        assert "identity new_rule" in told
        assert f"data/forms/{table}" in told
        assert "sql/audits/new_rule.sql" in told
        assert "\n" not in told


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SQL_DIR, tmp_path / "sql"))


def add_audit(sql: Path, rule: str, like: str) -> None:
    text = (sql / "audits" / f"{like}.sql").read_text(encoding="utf-8")
    (sql / "audits" / f"{rule}.sql").write_text(text.replace(like, rule), encoding="utf-8")


@pytest.mark.parametrize(
    ("identity", "like", "sums"),
    [
        (("row", "corrected", "upheld"), "outcomes_sum_to_total", "row_sums"),
        (
            ("column", "reconsideration", "litigation_direct"),
            "dispositions_sum_to_total",
            "column_sums",
        ),
    ],
)
def test_identity_is_refused_where_the_sums_that_its_audit_reads_lack_it(
    folder: Path, sql: Path, identity: tuple[str, str, str], like: str, sums: str
) -> None:
    for_each, left, right = identity
    text = IDENTITY.format(rule="new_rule", for_each=for_each, left=left, right=right)
    add(folder, "new_rule", "2021/reviews.yaml", text)
    add_audit(sql, "new_rule", like)
    with pytest.raises(FormError, match=rf"reviews\.yaml: .* new_rule: .*{sums}\.sql does not sum"):
        require_audits(load_forms(folder), sql_dir=sql)


def test_identity_with_its_audit_is_accepted(folder: Path, sql: Path) -> None:
    identity = IDENTITY.format(rule="new_rule", for_each="column", left="granted", right="received")
    add(folder, "new_rule", "2021/requests.yaml", identity)
    add_audit(sql, "new_rule", "dispositions_sum_to_total")
    require_audits(load_forms(folder), sql_dir=sql)
    assert "new_rule" in audited_rules(sql_dir=sql)


def test_audit_without_a_rule_is_refused(sql: Path) -> None:
    add_audit(sql, "new_rule", "counts_are_whole")
    with pytest.raises(FormError, match=r"audits/new_rule\.sql: rules\.yaml has no rule new_rule"):
        require_audits(load_forms(), sql_dir=sql)
