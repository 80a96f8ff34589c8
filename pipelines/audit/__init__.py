"""Facts → Findings: the rules of sql/audits, over one document in memory or over the warehouse."""

from pipelines.audit.keys import BrokenKey, broken_keys
from pipelines.audit.rules import (
    audit,
    audit_many,
    audit_warehouse,
    audited_rules,
    require_audits,
)

__all__ = [
    "BrokenKey",
    "audit",
    "audit_many",
    "audit_warehouse",
    "audited_rules",
    "broken_keys",
    "require_audits",
]
