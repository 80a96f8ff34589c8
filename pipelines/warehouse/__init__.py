"""Lake → warehouse: lake files, Arrow tables, SQL models and their runner, the loader, rules over
one document or all, and whether the result may be published."""

from pipelines.warehouse.census import Census, read_census
from pipelines.warehouse.gate import Gate, ReleaseBlocked, Thresholds
from pipelines.warehouse.key_checks import BrokenKey, broken_keys
from pipelines.warehouse.lake import processed, write_shard
from pipelines.warehouse.loader import load
from pipelines.warehouse.rules import (
    audit,
    audit_many,
    audit_warehouse,
    audited_rules,
    require_audits,
)

__all__ = [
    "BrokenKey",
    "Census",
    "Gate",
    "ReleaseBlocked",
    "Thresholds",
    "audit",
    "audit_many",
    "audit_warehouse",
    "audited_rules",
    "broken_keys",
    "load",
    "processed",
    "read_census",
    "require_audits",
    "write_shard",
]
