"""Outcomes → Parquet shards → schema raw of the warehouse."""

from pipelines.load.lake import processed, write_shard
from pipelines.load.warehouse import load

__all__ = ["load", "processed", "write_shard"]
